"""Kept hours as bytes: a version, then columns of small numbers, compressed.

A number takes a byte for each seven bits, so that most take one, and a column of such bytes is used
as it is. Lines are ordered by account: what repeats stands side by side.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, chain, pairwise, repeat
from typing import NamedTuple

import msgspec

from events_tracker.base.errors import Damaged
from events_tracker.base.times import HOUR, MINUTE, Instant, Span, iso
from events_tracker.model.hours import Hour
from events_tracker.model.readings import Pair

_VERSION = 1
_MOST = 64 * 1024 * 1024
"""The most bytes of columns that are taken in."""
_HEAD_LENGTH = 4
"""The bytes in which the head says how long it is."""
_WORTH_A_TABLE = 200
"""The length from which a column is compressed by itself."""
_ONE_MORE = bytes((byte + 1) % 256 for byte in range(256))


class _Head(msgspec.Struct, array_like=True):
    """What stands before the columns: CUCs and codes, and how many bytes each column has."""

    pairs: list[Pair]
    lengths: list[int]


class _Columns(NamedTuple):
    """An hour's columns. ``per_account``: how many lines each of ``accounts`` has.

    Of what ascends, the differences are kept; of what is 1 at least, how much more it is.
    """

    stretch_gaps: bytes
    stretch_lengths: bytes
    accounts: bytes
    per_account: bytes
    pair_of: bytes
    stretch_of: bytes
    numbers: bytes
    closed_lines: bytes
    closed: bytes
    opening_accounts: bytes
    openings: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Head)


def pack(hour: Hour) -> bytes:
    """Write an hour's counts, without its start."""
    ids, per_account = _runs(hour.accounts)
    starts = [(stretch.start - hour.start) // MINUTE for stretch in hour.stretches]
    lengths = [stretch.length // MINUTE for stretch in hour.stretches]
    ends = [0, *(start + length for start, length in zip(starts, lengths, strict=True))]
    lines, closed = _ascending(hour.closed)
    opening_ids, openings = _ascending(hour.openings)
    columns = _Columns(
        stretch_gaps=_bytes(start - end for start, end in zip(starts, ends, strict=False)),
        stretch_lengths=_less_one(lengths),
        accounts=_differences(ids),
        per_account=_less_one(per_account),
        pair_of=_bytes(hour.pair_of),
        stretch_of=_bytes(hour.stretch_of),
        numbers=_less_one(hour.numbers),
        closed_lines=_differences(lines),
        closed=_less_one(closed),
        opening_accounts=_differences(opening_ids),
        openings=_less_one(openings),
    )
    return bytes([_VERSION]) + _compressed(hour.pairs, columns)


def unpack(start: Instant, packed: bytes, only: Collection[int] | None = None) -> Hour:
    """Read the counts of the hour that begins here. Raises Damaged, whatever happened to them.

    ``only``: without the lines and openings of other accounts than these, which costs less; what
    did not count when the hour was made is not read then.
    """
    if packed[:1] != bytes([_VERSION]):
        raise Damaged(f"the kept counts of {iso(start)} are damaged, or of a later version")
    try:
        pairs, columns = _decompressed(packed)
        if only is not None:
            return _narrow(start, pairs, columns, frozenset(only))
        return _hour(start, pairs, columns)
    except (zlib.error, msgspec.MsgspecError, ValueError, TypeError) as error:
        raise Damaged(f"the kept counts of {iso(start)} are damaged") from error


def _compressed(pairs: Sequence[Pair], columns: _Columns) -> bytes:
    head = _encoder.encode(_Head(list(pairs), list(map(len, columns))))
    stream = zlib.compressobj(9, strategy=zlib.Z_FILTERED)
    written = [stream.compress(len(head).to_bytes(_HEAD_LENGTH, "big") + head)]
    for column in columns:
        if len(column) > _WORTH_A_TABLE:
            # What is frequent in one column is not in the next: each has a code of its own.
            written.append(stream.flush(zlib.Z_BLOCK))
        written.append(stream.compress(column))
    return b"".join([*written, stream.flush()])


def _decompressed(packed: bytes) -> tuple[list[Pair], _Columns]:
    stream = zlib.decompressobj()
    body = memoryview(stream.decompress(memoryview(packed)[1:], _MOST))
    if not stream.eof:
        raise ValueError("cut short, or far too long")
    at = _HEAD_LENGTH + int.from_bytes(body[:_HEAD_LENGTH], "big")
    head = _decoder.decode(body[_HEAD_LENGTH:at])
    bounds = list(accumulate(head.lengths, initial=at))
    if bounds[-1] != len(body) or min(head.lengths, default=-1) < 0:
        raise ValueError("not so long as its head says")
    return head.pairs, _Columns(*(bytes(body[one:other]) for one, other in pairwise(bounds)))


def _hour(start: Instant, pairs: Sequence[Pair], columns: _Columns) -> Hour:
    ids = list(accumulate(_signed(columns.accounts)))
    per_account = _one_more(columns.per_account)
    hour = Hour(
        start=start,
        stretches=_stretches(start, columns),
        pairs=pairs,
        accounts=list(chain.from_iterable(map(repeat, ids, per_account))),
        pair_of=_numbers(columns.pair_of),
        stretch_of=_numbers(columns.stretch_of),
        numbers=_one_more(columns.numbers),
        closed=_mapping(columns.closed_lines, columns.closed),
        openings=_mapping(columns.opening_accounts, columns.openings),
    )
    lines = len(hour.accounts)
    if (
        len(ids) != len(per_account)
        or {len(hour.pair_of), len(hour.stretch_of), len(hour.numbers)} != {lines}
        or max(hour.pair_of, default=-1) >= len(hour.pairs)
        or max(hour.stretch_of, default=-1) >= len(hour.stretches)
        or max(hour.closed, default=-1) >= lines
    ):
        raise ValueError("the columns do not fit one another")
    return hour


def _narrow(start: Instant, pairs: Sequence[Pair], columns: _Columns, only: frozenset[int]) -> Hour:
    """Make the hour of some accounts: of all others nothing but the number of lines is read."""
    ids = accumulate(_signed(columns.accounts))
    ends = accumulate(_one_more(columns.per_account))
    places: list[int] = []
    accounts: list[int] = []
    begun = 0
    for id_, end in zip(ids, ends, strict=True):
        if id_ in only:
            places += range(begun, end)
            accounts += [id_] * (end - begun)
        begun = end
    all_pairs, all_stretches = _numbers(columns.pair_of), _numbers(columns.stretch_of)
    if {len(all_pairs), len(all_stretches)} != {begun}:
        raise ValueError("the columns do not fit one another")
    numbers = _one_more(columns.numbers) if places else ()
    opened = accumulate(_signed(columns.opening_accounts))
    openings = zip(opened, _one_more(columns.openings), strict=True)
    return Hour(
        start=start,
        stretches=_stretches(start, columns),
        pairs=pairs,
        accounts=accounts,
        pair_of=[all_pairs[place] for place in places],
        stretch_of=[all_stretches[place] for place in places],
        numbers=[numbers[place] for place in places],
        openings={id_: number for id_, number in openings if id_ in only},
    )


def _stretches(start: Instant, columns: _Columns) -> list[Span]:
    found: list[Span] = []
    at, end = start, start + HOUR
    lengths = _one_more(columns.stretch_lengths)
    for gap, length in zip(_numbers(columns.stretch_gaps), lengths, strict=True):
        at += gap * MINUTE
        found.append(Span(at, at + length * MINUTE - 1))
        at += length * MINUTE
    if at > end:
        raise ValueError("the hour is too long")
    return found


def _runs(values: Sequence[int]) -> tuple[list[int], list[int]]:
    """Find the different ones of values in order, and how often each is there."""
    firsts = [at for at, (one, other) in enumerate(pairwise(values), 1) if one != other]
    bounds = [0, *firsts, len(values)] if values else [0]
    return [values[at] for at in bounds[:-1]], [end - at for at, end in pairwise(bounds)]


def _ascending(numbers: Mapping[int, int]) -> tuple[list[int], list[int]]:
    keys = sorted(numbers)
    return keys, [numbers[key] for key in keys]


def _mapping(keys: bytes, numbers: bytes) -> dict[int, int]:
    return dict(zip(accumulate(_signed(keys)), _one_more(numbers), strict=True))


def _differences(ascending: Sequence[int]) -> bytes:
    """Write numbers in order by their differences; the first may be negative."""
    if not ascending:
        return b""
    first = ascending[0]
    rest = (other - one for one, other in pairwise(ascending))
    return _bytes(chain([2 * first if first >= 0 else -2 * first - 1], rest))


def _signed(packed: bytes) -> list[int]:
    """Read differences; added up, they are what :func:`_differences` wrote."""
    numbers = list(_numbers(packed))
    if numbers:
        half, negative = divmod(numbers[0], 2)
        numbers[0] = -half - 1 if negative else half
    return numbers


def _less_one(numbers: Iterable[int]) -> bytes:
    return _bytes(number - 1 for number in numbers)


def _one_more(packed: bytes) -> Sequence[int]:
    if packed.isascii():
        return packed.translate(_ONE_MORE)
    return [number + 1 for number in _numbers(packed)]


def _bytes(numbers: Iterable[int]) -> bytes:
    """Write numbers, none of them negative, seven bits a byte, the lowest first."""
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            written.append(rest & 0x7F | 0x80)
            rest >>= 7
        written.append(rest)
    return bytes(written)


def _numbers(packed: bytes) -> Sequence[int]:
    """Read what :func:`_bytes` wrote; where every number took one byte, they are it."""
    if packed.isascii():
        return packed
    found: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            found.append(number)
            number = shift = 0
        else:
            shift += 7
    if shift:
        raise ValueError("a number is cut short")
    return found
