"""What a text was found to name.

TracegraphError
└── NotIdentified    the text is in none of the syntaxes known here
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracegraph.model.refusal import TracegraphError

Syntax = Literal[
    "element-string", "bracketed", "digital-link", "epc-urn", "gtin", "hibc", "isbt-128"
]
Agency = Literal["gs1", "hibcc", "iccbba"]

_AGENCIES: dict[Syntax, Agency] = {"hibc": "hibcc", "isbt-128": "iccbba"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a text only looks like a key of an agency.

    `code` is stable, `detail` is one sentence that says what would be right.

    | code | means |
    |---|---|
    | `length` | a GTIN, SSCC, lot, serial or company prefix is too short or too long |
    | `check_digit` | the last digit of a GTIN or SSCC, or the last sign of an HIBC label, errs |
    | `characters` | a number has other than digits; a lot or serial leaves its character set |
    | `percent_encoding` | a URI has a percent sign that encodes nothing |
    | `application_identifier` | text where an application identifier should begin |
    | `malformed` | a part is not of its form, so its neighbours cannot be trusted |
    | `repeated` | one field is given twice, with different values |
    | `no_key` | a lot or serial without the product that makes it unique |
    | `qualifier` | the unit is told apart by a field that is not read here |
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Identification:
    """The numbers read from one text.

    Every number that is filled is sound: a GTIN or SSCC has its length and check digit, a lot
    or serial its characters and length; whatever is not sound is None and has a flaw. With any
    flaw the text must be treated as an opaque key, for the fields that are left may name less
    than the text meant. Without flaws `gtin`, `device` or `sscc` is present.

    `lot`, `serial` and dates describe the trade item of `gtin` or `device`. An SSCC alone
    has none: what its label says of them is said of its contents. Where a label has both (a
    logistic unit that is a trade item too), both are filled.
    """

    raw: str
    """The text exactly as it was scanned or typed."""
    syntax: Syntax
    gtin: str | None = None
    """14 digits, shorter GTINs padded with zeros on the left."""
    device: str | None = None
    """The device identifier of another agency, with the mark that its labels begin it with."""
    lot: str | None = None
    serial: str | None = None
    sscc: str | None = None
    """18 digits."""
    made_on: date | None = None
    """Production date, of GS1 AI (11). A text that is no date is left out: it names nothing."""
    expires_on: date | None = None
    """Expiry date, of GS1 AI (17), or AI (7003) without its time, under the same rule."""
    donation: str | None = None
    """Donation identification number of ISBT 128."""
    version: str | None = None
    """Version of software, AI (8012)."""
    flaws: tuple[Flaw, ...] = ()

    @property
    def agency(self) -> Agency:
        """Who issues numbers of this kind."""
        return _AGENCIES.get(self.syntax, "gs1")

    @property
    def product(self) -> str | None:
        """The name of the product: its GTIN, or its device identifier of another agency."""
        return self.gtin or self.device

    @property
    def level(self) -> int | None:
        """The package level that the number itself shows; None where numbers show none.

        It is the first digit of a GTIN (9: of variable measure) and the last of an HIBC device
        identifier. How many units that is, only a product record says.
        """
        if self.gtin:
            return int(self.gtin[0])
        return int(self.device[-1]) if self.device and self.syntax == "hibc" else None


class NotIdentified(TracegraphError, ValueError):
    """The text is in none of the known syntaxes. The message says what forms are accepted."""
