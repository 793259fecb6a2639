"""ISBT 128 labels of medical products of human origin, and of blood bags.

Sources: ISBT 128 Standard Technical Specification, section 2 (data structures); IMDRF UDI guidance
N48, appendix A. Every structure begins with its own data identifier and has a fixed length:

| structure | says |
|---|---|
| `=/` 16 | device identifier (processor, facility, product) |
| `=,` 6 | serial number |
| `=` 15 | donation identification number |
| `=>` 6, `=}` 6 | expires on, made on (`YYYJJJ`) |
| `&,1` 18 | lot |
| `=)` 10, `&)` 10 | device identifier and lot of a blood bag |
| `=+` 5 | a compound message follows |

A product of such a number is called by its device identifier with the data identifier in front,
`=/A9999XYZ100T0944`. A unit is told apart by donation and serial together; without a serial the
donation is what units have in common, their lot, unless the label has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegraph.identify import symbology
from tracegraph.identify.identification import Flaw, Identification
from tracegraph.identify.julian_date import ordinal_date_of

_STRUCTURES: tuple[tuple[str, str, str], ...] = (
    ("device", "=/", r"[A-Z0-9]{16}"),
    ("device", "=)", r"[A-Z0-9]{10}"),
    ("serial", "=,", r"[A-Z0-9]{6}"),
    ("expires_on", "=>", r"[0-9]{6}"),
    ("made_on", "=}", r"[0-9]{6}"),
    ("lot", "&,1", r"[A-Z0-9]{18}"),
    ("lot", "&)", r"[A-Z0-9]{10}"),
    ("compound", "=+", r"[0-9]{5}"),
    ("donation", "=", r"[A-NP-Z1-9][A-Z0-9]{14}"),
)
_STRUCTURE = re.compile("|".join(f"({re.escape(mark)}{form})" for _, mark, form in _STRUCTURES))
_BEGINS = re.compile(r"(?:=\+[0-9]{5})?(?:=/|=\))")


def parse(text: str) -> Identification | None:
    """What an ISBT 128 label names; None if the text does not begin with a device identifier.

    >>> found = parse("=/A9999XYZ100T0944=,000025=A99971312345600=>014032")
    >>> found.device, found.serial, found.donation
    ('=/A9999XYZ100T0944', 'A99971312345600-000025', 'A99971312345600')
    """
    data, _ = symbology.without_identifier(text, symbology.PLAIN)
    if _BEGINS.match(data) is None:
        return None
    values: dict[str, set[str]] = {}
    flaws: list[Flaw] = []
    for name, value in _separate(data, flaws):
        values.setdefault(name, set()).add(value)
    for name, given in values.items():
        if len(given) > 1:
            flaws.append(Flaw("repeated", f"One label has one {name}, not {len(given)}."))
    one = {name: next(iter(given)) for name, given in values.items() if len(given) == 1}
    donation, lot, serial = one.get("donation"), one.get("lot"), one.get("serial")
    if donation and serial:
        serial = f"{donation}-{serial}"
    return Identification(
        text,
        "isbt-128",
        device=one.get("device"),
        lot=lot or (None if serial else donation),
        serial=serial,
        donation=donation,
        made_on=ordinal_date_of(one.get("made_on", "")),
        expires_on=ordinal_date_of(one.get("expires_on", "")),
        flaws=tuple(flaws),
    )


def _separate(data: str, flaws: list[Flaw]) -> Iterator[tuple[str, str]]:
    """The structures, in order, up to the end or to where none begins.

    A device identifier keeps its mark, which tells it from anybody's own number.
    """
    at = 0
    while at < len(data):
        found = _STRUCTURE.match(data, at)
        if found is None:
            detail = f"{data[at : at + 60]!r} begins with no data structure that is known here."
            flaws.append(Flaw("malformed", detail))
            return
        name, mark, _ = _STRUCTURES[(found.lastindex or 0) - 1]
        yield name, found[0] if name == "device" else found[0][len(mark) :]
        at = found.end()
