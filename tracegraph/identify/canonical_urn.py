"""GS1 keys in Digital Links, written as EPC URNs.

    https://id.gs1.org/{key}[/{qualifier}] ──> urn:epc:{scheme}:{company prefix}.{reference}…

A URN shows where the company prefix ends, and a link does not: it is as long as GS1 registered
it, by the table that `biip` carries. Where that table does not say, there is no URN.

Source: EPC Tag Data Standard 1.13, section 6.3 (URNs; what they percent-encode), and its sections
on classes and patterns; CBV 2.0, section 8.3 (patterns name classes of objects).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from urllib.parse import quote

from biip.gs1_prefixes import GS1CompanyPrefix

from tracegraph.identify.canonical_link import elements_of_link
from tracegraph.identify.epc_scheme import (
    ANY,
    COMPONENT_SERIAL,
    EXTENSION,
    GRAI,
    ITIP,
    NO_EXTENSION,
    PATTERN,
    SCHEMES,
    Scheme,
)
from tracegraph.identify.mod10 import check_digit, is_digits

# Characters of set 82 that a URN has as they are, beside letters and digits.
_PLAIN = "!'()*+,-.:;=_"
_LONGEST = 12
# Numbers of eight digits and those for use within a company begin so: no company's prefix does.
_NO_COMPANY = "00000"


def _names() -> dict[tuple[str, str], str]:
    """The scheme of each key with each qualifier; without one, of the key's first scheme."""
    found: dict[tuple[str, str], str] = {}
    for name, scheme in SCHEMES.items():
        found.setdefault((scheme.key, ""), name)
        found[scheme.key, scheme.serial or ""] = name
    return found


_NAMES = _names()


@lru_cache(maxsize=16_384)
def epc_urn(link: str) -> str | None:
    """The EPC URN of what a GS1 Digital Link names: of an object, a lot, or a class as a pattern.

    None for what is no Digital Link, has no URN, or says more than its URN would: a second
    qualifier, a query. None as well where the table does not say how long the company prefix is
    (unknown or restricted numbers, GTIN-8), and for a wrong check digit. Linear in the link.

    >>> epc_urn("https://id.gs1.org/01/80614141123458/21/6789%2F%21")
    'urn:epc:id:sgtin:0614141.812345.6789%2F!'
    >>> epc_urn("https://example.com/gtin/80614141123458")
    'urn:epc:idpat:sgtin:0614141.812345.*'
    >>> epc_urn("https://id.gs1.org/414/9521321000018")
    'urn:epc:id:sgln:9521321.00001.0'
    >>> epc_urn("https://id.gs1.org/01/80614141123458/10/L/21/6789") is None
    True
    """
    elements = elements_of_link(link)
    if elements is None or len(elements) > 2 or "?" in link or "#" in link:
        return None
    (key, value), (qualifier, serial) = (*elements, ("", ""))[:2]
    name = _NAMES.get((key, qualifier))
    if name is None or _is_not_written(qualifier, serial):
        return None
    scheme = SCHEMES[name]
    split = _split_number(scheme, value) if scheme.digits else _split_text(value)
    if split is None:
        return None
    company, reference, rest = split
    if scheme.serial is None:
        return _written(name, company, reference)
    pieces = [rest[:2], rest[2:]] if scheme.key == ITIP else []
    last = serial if scheme.serial else rest
    if not last and scheme.serial == EXTENSION:
        last = NO_EXTENSION
    elif not last:
        name, last = name.replace("id:", PATTERN), ANY
    return _written(name, company, reference, *pieces, last)


def _written(name: str, *parts: str) -> str:
    return f"urn:epc:{name}:" + ".".join(quote(part, safe=_PLAIN) for part in parts)


def _is_not_written(qualifier: str, serial: str) -> bool:
    """Whether a URN would be read as another: 0 is no extension, and parts have no zeros ahead."""
    if qualifier == EXTENSION:
        return serial == NO_EXTENSION
    return qualifier == COMPONENT_SERIAL and serial.startswith("0")


def _split_number(scheme: Scheme, value: str) -> tuple[str, str, str] | None:
    """Company prefix, reference, and what is behind the check digit."""
    number = value[1:] if scheme.key == GRAI else value
    payload, behind = number[: scheme.digits], number[scheme.digits :]
    split = int(scheme.leads)
    company = _company_prefix(payload[split:])
    if company is None or check_digit(payload) != behind[0]:
        return None
    return company, payload[:split] + payload[split + len(company) :], behind[1:]


def _split_text(value: str) -> tuple[str, str, str] | None:
    """Company prefix and reference of a key that is any text behind its prefix."""
    company = _company_prefix("".join(takewhile(is_digits, value)))
    if company is None or company == value:
        return None
    return company, value[len(company) :], ""


def _company_prefix(digits: str) -> str | None:
    """The company prefix that digits begin with; None where it cannot be told."""
    # Of fewer digits than a prefix has, the table would give all as the prefix.
    found = GS1CompanyPrefix.extract(digits + "0" * _LONGEST)
    if found is None or len(found.value) > len(digits) or digits.startswith(_NO_COMPANY):
        return None
    return found.value
