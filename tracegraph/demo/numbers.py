"""Numbers as GS1 makes them (GTIN, SSCC), running numbers, and exact amounts."""

from __future__ import annotations

from collections import defaultdict

# GS1 prefix 952 is kept for demonstrations and examples.
COMPANY = "9521234"
MILLI = 1000


def check_digit(digits: str) -> str:
    """The check digit that belongs after `digits` (GS1 General Specifications, 7.9).

    >>> check_digit("950600013435")
    '2'
    """
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def gtin(reference: int, level: int = 0) -> str:
    """The GTIN-14 of an item reference; `level` is the indicator digit of a package."""
    body = f"{level}{COMPANY}{reference:05d}"
    return body + check_digit(body)


def sscc(serial: int, extension: int) -> str:
    """The SSCC of a logistic unit."""
    body = f"{extension}{COMPANY}{serial:09d}"
    return body + check_digit(body)


def amount(milli: int) -> str:
    """Thousandths as a decimal string.

    >>> amount(12_500), amount(7_000)
    ('12.5', '7')
    """
    whole, rest = divmod(milli, MILLI)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def ceil_div(number: int, by: int) -> int:
    """Division of whole numbers, rounded up."""
    return -(-number // by)


class Counters:
    """Running numbers, each series on its own."""

    def __init__(self, **first: int) -> None:
        """`first` gives the first number of a series; the others begin at 10001."""
        self._next: defaultdict[str, int] = defaultdict(lambda: 10_001)
        self._next.update(first)

    def take(self, series: str) -> int:
        """The next number of a series."""
        number = self._next[series]
        self._next[series] = number + 1
        return number

    def name(self, series: str) -> str:
        """The next number of a series, behind its prefix."""
        return f"{series}-{self.take(series)}"
