"""EPC pure identity URNs of trade items and logistic units.

Source: EPC Tag Data Standard, 6.3.1 (SGTIN), 6.3.2 (SSCC), and its sections on the LGTIN class
and on pure identity patterns. A URN has the digits of a key in another order, with the length of
the company prefix shown by a dot, and without the check digit.

| URN | names |
|---|---|
| `urn:epc:id:sgtin:Company.ItemRef.Serial` | a serial |
| `urn:epc:class:lgtin:Company.ItemRef.Lot` | a lot |
| `urn:epc:idpat:sgtin:Company.ItemRef.*` | a product |
| `urn:epc:id:sscc:Company.SerialRef` | a logistic unit |

No other URN is read here, nor are tag URIs (`urn:epc:tag:`), which describe a chip.
"""

from __future__ import annotations

import re

from tracegraph.identify.gs1_key import GTIN_LENGTH, SSCC_LENGTH
from tracegraph.identify.gs1_text import text_or_flaw
from tracegraph.identify.identification import Flaw, Identification
from tracegraph.identify.mod10 import check_digit, is_digits
from tracegraph.identify.percent import decoded_or_flaw

_URN = re.compile(r"urn:epc:([a-z]+:[a-z]+):(.*)", re.IGNORECASE | re.DOTALL)
_PREFIX_SHORTEST, _PREFIX_LONGEST = 6, 12


def parse(text: str) -> Identification | None:
    """What an EPC URN names; None if the text is none of the four above.

    >>> parse("urn:epc:id:sgtin:950600.0013435.A%2F1").gtin
    '09506000134352'
    >>> parse("urn:epc:id:sscc:08600031303.0003").flaws[0].code
    'length'
    """
    urn = _URN.fullmatch(text)
    if urn is None:
        return None
    scheme, body = urn[1].lower(), urn[2]
    if scheme == "id:sscc":
        return _logistic_unit(text, body)
    company, reference, number = (*body.split(".", 2), "", "")[:3]
    if scheme == "id:sgtin":
        return _trade_item(text, company, reference, serial=number)
    if scheme == "class:lgtin":
        return _trade_item(text, company, reference, lot=number)
    if scheme == "idpat:sgtin" and number == "*" and "*" not in company + reference:
        return _trade_item(text, company, reference)
    return None


def _logistic_unit(text: str, body: str) -> Identification:
    company, _, reference = body.partition(".")
    sscc = _key_or_flaw("SSCC", company, reference, SSCC_LENGTH)
    if isinstance(sscc, Flaw):
        return Identification(text, "epc-urn", flaws=(sscc,))
    return Identification(text, "epc-urn", sscc=sscc)


def _trade_item(
    text: str, company: str, reference: str, *, lot: str | None = None, serial: str | None = None
) -> Identification:
    flaws: list[Flaw] = []

    def sound(result: str | Flaw | None) -> str | None:
        if isinstance(result, Flaw):
            flaws.append(result)
            return None
        return result

    gtin = sound(_key_or_flaw("GTIN", company, reference, GTIN_LENGTH))
    lot = sound(_number_or_flaw("lot", lot))
    serial = sound(_number_or_flaw("serial", serial))
    return Identification(text, "epc-urn", gtin=gtin, lot=lot, serial=serial, flaws=tuple(flaws))


def _number_or_flaw(name: str, written: str | None) -> str | Flaw | None:
    if written is None:
        return None
    decoded = decoded_or_flaw(written)
    return decoded if isinstance(decoded, Flaw) else text_or_flaw(name, decoded)


def _key_or_flaw(name: str, company: str, reference: str, length: int) -> str | Flaw:
    """The key: first digit of the reference, company prefix, rest of the reference, check digit."""
    digits = company + reference
    if digits and not is_digits(digits):
        return Flaw(
            "characters", f"The EPC URN of every {name} has digits only, not {digits[:60]!r}."
        )
    if len(digits) != length - 1:
        return Flaw(
            "length",
            f"The EPC URN of every {name} has {length - 1} digits before and after its first dot, "
            f"not {len(digits)}.",
        )
    if not _PREFIX_SHORTEST <= len(company) <= _PREFIX_LONGEST:
        return Flaw("length", f"A company prefix has 6 to 12 digits, not {len(company)}.")
    payload = reference[0] + company + reference[1:]
    return payload + check_digit(payload)
