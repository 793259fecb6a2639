"""From what a person scans or types to the numbers that name an item.

    text ──identify──> Identification(product, lot, serial, sscc, dates, flaws)
                       or NotIdentified

Each syntax has a module of its own; `syntaxes` lists them and is where another one is added.
The values inside those of GS1 obey the same rules whatever the syntax: `gs1_key` (GTIN, SSCC),
`gs1_text` (lot, serial), `gs1_date`.
"""

from tracegraph.identify.gs1_key import gtin14
from tracegraph.identify.identification import Flaw, Identification, NotIdentified
from tracegraph.identify.mod10 import check_digit, has_valid_check_digit
from tracegraph.identify.syntaxes import identify

__all__ = [
    "Flaw",
    "Identification",
    "NotIdentified",
    "check_digit",
    "gtin14",
    "has_valid_check_digit",
    "identify",
]
