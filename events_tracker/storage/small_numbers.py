"""Columns of small numbers as bytes: seven bits a byte, so that most numbers take one."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise

_ONE_MORE = bytes((byte + 1) % 256 for byte in range(256))
_BLOCK = 128
"""So many bytes are added up at once. No number has as many."""
_MORE_FOLLOWS = bytes(range(0x80, 0x100))
_LOW_BITS = bytes(byte & 0x7F for byte in range(256))
_MARKS = int.from_bytes(b"\x80" * 2 * _BLOCK, "little")


def differences(ascending: Sequence[int]) -> bytes:
    """Write numbers in order by their differences; the first may be negative."""
    if not ascending:
        return b""
    first = ascending[0]
    rest = (other - one for one, other in pairwise(ascending))
    return packed_numbers(chain([2 * first if first >= 0 else -2 * first - 1], rest))


def signed(packed: bytes) -> list[int]:
    """Read differences; added up, they are what :func:`differences` wrote."""
    numbers = list(numbers_of(packed))
    if numbers:
        half, negative = divmod(numbers[0], 2)
        numbers[0] = -half - 1 if negative else half
    return numbers


def places_of(wanted: frozenset[int], packed: bytes) -> Iterable[tuple[int, int]]:
    """Find at which places of ascending numbers these are, in order; ``packed``: their differences.

    One alone is found without a look at every other.
    """
    if len(wanted) == 1:
        (one,) = wanted
        return _place_of(one, packed)
    numbers = list(accumulate(signed(packed)))
    found = sorted(wanted.intersection(numbers))
    return [(number, bisect_left(numbers, number)) for number in found]


def _place_of(wanted: int, packed: bytes) -> Iterator[tuple[int, int]]:
    """Add up block by block, and read the numbers of the right one alone."""
    at = reached = 0
    while at < len(packed):
        end = at + (_BLOCK if at else 1)
        while packed[end - 1 : end] > b"\x7f":
            end += 1
        block = packed[at:end]
        read, added = (numbers_of, _sum(block)) if at else (signed, sum(signed(block)))
        if reached + added >= wanted:
            ascending = list(accumulate(read(block), initial=reached))[1:]
            if wanted in ascending:
                yield wanted, how_many(packed[:at]) + ascending.index(wanted)
            return
        at, reached = end, reached + added


def how_many(packed: bytes) -> int:
    """Tell how many numbers these are."""
    return len(packed.translate(None, _MORE_FOLLOWS))


def _sum(packed: bytes) -> int:
    """Add up the numbers of a block: where one has two bytes, the second is 128 times as much."""
    if packed.isascii():
        return sum(packed)
    number = int.from_bytes(packed, "little")
    followed = number & _MARKS
    second = number & (followed << 1) * 0x7F
    if followed & followed << 8:
        return sum(numbers_of(packed))
    of_two = second.to_bytes(len(packed), "little").translate(None, b"\0")
    return sum(packed.translate(_LOW_BITS)) + 127 * sum(of_two)


def less_one(numbers: Iterable[int]) -> bytes:
    return packed_numbers(number - 1 for number in numbers)


def one_more(packed: bytes) -> Sequence[int]:
    if packed.isascii():
        return packed.translate(_ONE_MORE)
    return [number + 1 for number in numbers_of(packed)]


def packed_numbers(numbers: Iterable[int]) -> bytes:
    """Write numbers, none of them negative, seven bits a byte, the lowest first."""
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            written.append(rest & 0x7F | 0x80)
            rest >>= 7
        written.append(rest)
    return bytes(written)


def numbers_of(packed: bytes) -> Sequence[int]:
    """Read what :func:`packed_numbers` wrote; where every number took one byte, they are it."""
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
