"""What a text was found to name.

TracegraphError
└── NotIdentified    the text is in none of the syntaxes known here
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracegraph.model.refusal import TracegraphError

Syntax = Literal["element-string", "bracketed", "digital-link", "epc-urn", "gtin"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a text only looks like a GS1 key.

    `code` is stable, `detail` is one sentence that says what would be right.

    | code | means |
    |---|---|
    | `length` | a GTIN, SSCC, lot, serial or company prefix is too short or too long |
    | `check_digit` | the last digit of a GTIN or SSCC does not follow from the others |
    | `characters` | a number has other than digits; a lot or serial leaves character set 82 |
    | `percent_encoding` | a URI has a percent sign that encodes nothing |
    | `application_identifier` | text where an application identifier should begin |
    | `malformed` | another element is not of its form, so its neighbours cannot be trusted |
    | `repeated` | one field is given twice, with different values |
    | `no_key` | a lot or serial without the GTIN that makes it unique |
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
    than the text meant. Without flaws `gtin` or `sscc` is present.

    `lot`, `serial`, `made_on` and `expires_on` describe the trade item of `gtin`. An SSCC alone
    has none: what its label says of them is said of its contents. Where a label has both (a
    logistic unit that is a trade item too), both are filled.
    """

    raw: str
    """The text exactly as it was scanned or typed."""
    syntax: Syntax
    gtin: str | None = None
    """14 digits, shorter GTINs padded with zeros on the left."""
    lot: str | None = None
    serial: str | None = None
    sscc: str | None = None
    """18 digits."""
    made_on: date | None = None
    """Production date, AI (11). A text that is no date is left out: it names nothing."""
    expires_on: date | None = None
    """Expiry date, AI (17), under the same rule."""
    flaws: tuple[Flaw, ...] = ()


class NotIdentified(TracegraphError, ValueError):
    """The text is in none of the known syntaxes. The message says what forms are accepted."""
