"""HIBC labels of suppliers: `+` and a device identifier, or that and what is said of the unit.

Sources: ANSI/HIBC 2.6 (Supplier Labeling Standard); IMDRF UDI guidance N48, appendix A.

    +A123BJC5D6E71G                        the device identifier alone
    +A123BJC5D6E71/$$52001510X3/S77DE1G45. with lot, expiry and serial

A device identifier is a labeler's code of four characters, a product or catalogue number, and a
digit for the package level (0 is the unit of use). Behind a slash stands a date and a lot, or a
serial, then what is added by data identifiers (ANSI MH10.8.2). The last character of all is a
check character; printed labels may stand between asterisks, and show a space as `_`.

| behind the slash | says |
|---|---|
| `$` lot, `$+` serial | no date |
| `$$` and a date | expiry, then a lot, or with `$$+` a serial |
| `$$8QQ`, `$$9QQQQQ` | a quantity, then as behind `$$` |
| `YYJJJ` | expiry, then a lot |
| `/S`, `/16D`, `/14D`, `/Q` | serial, made on and expires on (`YYYYMMDD`), quantity |

Dates there are `MMYY`, `2MMDDYY`, `3YYMMDD`, `4YYMMDDHH`, `5YYJJJ`, `6YYJJJHH`, or `7` for none.

A product of such a number is called by its device identifier with the plus sign, `+A123BJC5D6E71`:
no maker's own number is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tracegraph.identify import symbology
from tracegraph.identify.gs1_date import date_of
from tracegraph.identify.identification import Flaw, Identification
from tracegraph.identify.julian_date import ordinal_date_of
from tracegraph.identify.mod43 import check_character

MAX_LENGTH = 18
_DEVICE = re.compile(r"\+[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_QUANTITY = re.compile(r"(?:8[0-9]{2}|9[0-9]{5})")
_NUMBER = re.compile(r"[A-Z0-9.\- %]{1,18}")
_SECOND_OF_TWO = re.compile(r"\+(?:\$|[0-9]{5})")

_Date = Callable[[str], date | None]


def _month_first(text: str) -> date | None:
    """MMDDYY."""
    return date_of(text[4:] + text[:4])


def _end_of_month(text: str) -> date | None:
    """MMYY: the last day of the month, as GS1 has it of a day 00."""
    return date_of(f"{text[2:]}{text[:2]}00")


def _eight_digits(text: str) -> date | None:
    """YYYYMMDD."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


# By the digit that begins it: how many digits follow, and what the first of them mean.
_DATES: dict[str, tuple[int, int, _Date]] = {
    "2": (6, 6, _month_first),
    "3": (6, 6, date_of),
    "4": (8, 6, date_of),
    "5": (5, 5, ordinal_date_of),
    "6": (7, 5, ordinal_date_of),
}
_NO_DATE = "7"
_MONTHS = ("0", "1")


class _Label:
    """What is read of a label, part by part, with its flaws."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self.lot: str | None = None
        self.serial: str | None = None
        self.made_on: date | None = None
        self.expires_on: date | None = None

    def secondary(self, text: str) -> None:
        """The part behind the device identifier."""
        if text.startswith("$$"):
            serial = text.startswith("$$+")
            rest = self._dated(text[3 if serial else 2 :], quantified=not serial)
        elif text.startswith("$"):
            serial = text.startswith("$+")
            rest = text[2 if serial else 1 :]
        elif text[:5].isdigit() and text.isascii():
            serial, rest = False, text[5:]
            self.expires_on = self._date(text[:5], ordinal_date_of)
        else:
            self._malformed(text)
            return
        if rest:
            self._number("serial" if serial else "lot", rest)

    def supplement(self, text: str) -> None:
        """A part that a data identifier begins; others than these are passed over."""
        if text.startswith("16D"):
            self.made_on = self._date(text[3:], _eight_digits, 8)
        elif text.startswith("14D"):
            self.expires_on = self._date(text[3:], _eight_digits, 8)
        elif text.startswith("S"):
            self._number("serial", text[1:])
        elif not text:
            self._malformed(text)

    def _dated(self, text: str, *, quantified: bool) -> str:
        """What is left behind the quantity and the date."""
        if quantified and (quantity := _QUANTITY.match(text)):
            text = text[quantity.end() :]
        if text[:1] in _MONTHS:
            self.expires_on = self._date(text[:4], _end_of_month, 4)
            return text[4:]
        if text[:1] == _NO_DATE:
            return text[1:]
        if text[:1] in _DATES:
            length, meant, read = _DATES[text[0]]
            digits = text[1 : 1 + length]
            self.expires_on = self._date(digits, lambda own: read(own[:meant]), length)
            return text[1 + length :]
        if text:
            self._malformed(text)
        return ""

    def _date(self, digits: str, read: _Date, length: int = 5) -> date | None:
        """A text that is no date is left out, as in a GS1 label: it names nothing."""
        if len(digits) != length or not (digits.isascii() and digits.isdigit()):
            self._malformed(digits)
            return None
        return read(digits)

    def _number(self, name: str, text: str) -> None:
        before = getattr(self, name)
        if not _NUMBER.fullmatch(text):
            detail = f"A {name} has 1 to {MAX_LENGTH} characters of the alphabet of HIBC labels."
            self.flaws.append(Flaw("characters", detail))
        elif before is not None and before != text:
            self.flaws.append(Flaw("repeated", f"One label has one {name}, not 2."))
        else:
            setattr(self, name, text)

    def _malformed(self, text: str) -> None:
        detail = f"The part {text[:60]!r} has none of the forms of HIBC labels."
        self.flaws.append(Flaw("malformed", detail))


def parse(text: str) -> Identification | None:
    """What an HIBC label names; None if the text is none.

    A device identifier alone, whose check character is wrong, is some other text. The second of
    two labels names nothing without the first.

    >>> found = parse("+X999123ABC0/$$3190515" "1234AB/S5678EDFG/16D20151001J")
    >>> found.device, found.lot, found.serial, found.expires_on
    ('+X999123ABC0', '1234AB', '5678EDFG', datetime.date(2019, 5, 15))
    >>> parse("+X999123ABC0/$$3190515" "1234AB/S5678EDFG/16D20151001K").flaws[0].code
    'check_digit'
    """
    data, checked = _checked(_printed(symbology.without_identifier(text, symbology.PLAIN)[0]))
    if data is None:
        return None
    if checked and _SECOND_OF_TWO.match(data):
        detail = (
            "This is the second of two labels; scan the first, which has the device identifier."
        )
        return Identification(text, "hibc", flaws=(Flaw("no_key", detail),))
    first, *rest = data.split("/")
    if _DEVICE.fullmatch(first) is None or not (checked or rest):
        return None
    label = _Label()
    if not checked:
        label.flaws.append(
            Flaw("check_digit", "The last character does not follow from the rest: scan it again.")
        )
    if rest:
        label.secondary(rest[0])
        for part in rest[1:]:
            label.supplement(part)
    return Identification(
        text,
        "hibc",
        device=first,
        lot=label.lot,
        serial=label.serial,
        made_on=label.made_on,
        expires_on=label.expires_on,
        flaws=tuple(label.flaws),
    )


def _printed(text: str) -> str:
    """Without the asterisks of print, between which an underscore stands for a space."""
    if len(text) > 1 and text[0] == text[-1] == "*":
        return text[1:-1].replace("_", " ")
    return text


def _checked(text: str) -> tuple[str | None, bool]:
    """The text without its check character, and whether that is right; None where it is no HIBC.

    A space at the end is the check character, or stood around the scan. Where it could be both,
    and where it got lost, that is not right: what is misread must not pass for another lot.
    """
    bare = text.rstrip(" ")
    if not bare.startswith("+") or check_character(bare) is None:
        return None, False
    without = check_character(bare[:-1]) == bare[-1]
    space = text != bare and check_character(bare) == " "
    if space and not without:
        return bare, True
    return bare[:-1], without and not space
