"""Columns of small numbers as bytes: seven bits a byte, so that most numbers take one."""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

_ONE_MORE = bytes((byte + 1) % 256 for byte in range(256))


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
