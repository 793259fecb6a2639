"""The schemes of EPC URNs: which GS1 key each names, and how its parts make that key.

    urn:epc:id:sgtin:CompanyPrefix.IndicatorAndReference.Serial
            └scheme┘ └────────────── parts ───────────────────┘

Source: EPC Tag Data Standard 1.13, section 6.3, and its sections on classes and patterns.
"""

from __future__ import annotations

from typing import NamedTuple

GTIN, SERIAL, LOT, THIRD_PARTY_SERIAL = "01", "21", "10", "235"
GLN, EXTENSION, GRAI, ITIP = "414", "254", "8003", "8006"
COMPONENT, COMPONENT_SERIAL = "8010", "8011"


class Scheme(NamedTuple):
    """How the parts of a URN make a key.

    `digits` are those of company prefix and reference together, 0 where the reference is any
    text. `leads` says that the reference's first digit stands before the company prefix.
    `serial` is the application identifier of the last part, empty where that part ends the key
    itself, None where there is no such part.
    """

    key: str
    digits: int
    leads: bool = False
    serial: str | None = None


SCHEMES = {
    "id:sgtin": Scheme(GTIN, 13, True, SERIAL),
    "class:lgtin": Scheme(GTIN, 13, True, LOT),
    "id:upui": Scheme(GTIN, 13, True, THIRD_PARTY_SERIAL),
    "id:itip": Scheme(ITIP, 13, True, SERIAL),
    "id:sscc": Scheme("00", 17, True),
    "id:sgln": Scheme(GLN, 12, False, EXTENSION),
    "id:pgln": Scheme("417", 12),
    "id:grai": Scheme(GRAI, 12, False, ""),
    "id:gdti": Scheme("253", 12, False, ""),
    "id:sgcn": Scheme("255", 12, False, ""),
    "id:gsrn": Scheme("8018", 17),
    "id:gsrnp": Scheme("8017", 17),
    "id:gsin": Scheme("402", 16),
    "id:giai": Scheme("8004", 0),
    "id:ginc": Scheme("401", 0),
    "id:cpi": Scheme(COMPONENT, 0, False, COMPONENT_SERIAL),
}
# A pattern names a class: everything whose last part, the star, is any at all.
PATTERN = "idpat:"
ANY = "*"
NO_EXTENSION = "0"
