"""Kept hours as bytes: a version, then columns of small numbers, compressed.

A number takes a byte for each seven bits, so that most take one, and a column of such bytes is used
as it is. Lines are ordered by account: what repeats stands side by side.
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, chain, pairwise, repeat
from typing import NamedTuple

import msgspec

from events_tracker.base.errors import Damaged
from events_tracker.base.times import HOUR, MINUTE, Instant, Span, iso
from events_tracker.model.hours import Hour
from events_tracker.model.readings import Pair
from events_tracker.storage.small_numbers import (
    differences,
    how_many,
    less_one,
    numbers_of,
    one_more,
    packed_numbers,
    places_of,
    signed,
)

_VERSION = 1
_MOST = 64 * 1024 * 1024
"""The most bytes of columns that are taken in."""
_HEAD_LENGTH = 4
"""The bytes in which the head says how long it is."""
_WORTH_A_TABLE = 200
"""The length from which a column is compressed by itself."""


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
        stretch_gaps=packed_numbers(start - end for start, end in zip(starts, ends, strict=False)),
        stretch_lengths=less_one(lengths),
        accounts=differences(ids),
        per_account=less_one(per_account),
        pair_of=packed_numbers(hour.pair_of),
        stretch_of=packed_numbers(hour.stretch_of),
        numbers=less_one(hour.numbers),
        closed_lines=differences(lines),
        closed=less_one(closed),
        opening_accounts=differences(opening_ids),
        openings=less_one(openings),
    )
    return bytes([_VERSION]) + _compressed(hour.pairs, columns)


def unpack(start: Instant, packed: bytes, only: Collection[int] | None = None) -> Hour:
    """Read the counts of the hour that begins here. Raises Damaged, whatever happened to them.

    ``only``: without the lines and openings of other accounts than these, which costs less.
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
    ids = list(accumulate(signed(columns.accounts)))
    per_account = one_more(columns.per_account)
    hour = Hour(
        start=start,
        stretches=_stretches(start, columns),
        pairs=pairs,
        accounts=list(chain.from_iterable(map(repeat, ids, per_account))),
        pair_of=numbers_of(columns.pair_of),
        stretch_of=numbers_of(columns.stretch_of),
        numbers=one_more(columns.numbers),
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
    per_account = one_more(columns.per_account)
    of_all = numbers_of(columns.pair_of), numbers_of(columns.stretch_of), one_more(columns.numbers)
    opened = one_more(columns.openings)
    if (
        how_many(columns.accounts) != len(per_account)
        or {len(column) for column in of_all} != {sum(per_account)}
        or how_many(columns.opening_accounts) != len(opened)
    ):
        raise ValueError("the columns do not fit one another")
    places: list[int] = []
    accounts: list[int] = []
    begun = before = 0
    for id_, at in places_of(only, columns.accounts):
        begun += sum(per_account[before:at])
        before = at
        places += range(begun, begun + per_account[at])
        accounts += [id_] * per_account[at]
    pair_of, stretch_of, numbers = ([column[place] for place in places] for column in of_all)
    stretches = _stretches(start, columns)
    if max(pair_of, default=-1) >= len(pairs) or max(stretch_of, default=-1) >= len(stretches):
        raise ValueError("the columns do not fit one another")
    closed = _mapping(columns.closed_lines, columns.closed)
    return Hour(
        start=start,
        stretches=stretches,
        pairs=pairs,
        accounts=accounts,
        pair_of=pair_of,
        stretch_of=stretch_of,
        numbers=numbers,
        closed={line: closed[place] for line, place in enumerate(places) if place in closed},
        openings={id_: opened[at] for id_, at in places_of(only, columns.opening_accounts)},
    )


def _stretches(start: Instant, columns: _Columns) -> list[Span]:
    gaps, lengths = columns.stretch_gaps, columns.stretch_lengths
    if gaps == lengths == bytes(HOUR // MINUTE):
        return [Span(at, at + MINUTE - 1) for at in range(start, start + HOUR, MINUTE)]
    found: list[Span] = []
    at = start
    for gap, length in zip(numbers_of(gaps), one_more(lengths), strict=True):
        at += gap * MINUTE
        found.append(Span(at, at + length * MINUTE - 1))
        at += length * MINUTE
    if at > start + HOUR:
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
    return dict(zip(accumulate(signed(keys)), one_more(numbers), strict=True))
