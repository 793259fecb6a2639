"""A Digital Link has the EPC URN of its key, or none: never one of another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.canonical_urn import epc_urn
from tracegraph.identify.mod10 import check_digit

GS1 = "https://id.gs1.org"
SET_82 = "!\"%&'()*+,-./:;<=>?_"
DIGITS = "0123456789"
LETTERS = "ABCXYZabcxyz"
CPI_TEXT = "#-/ABC019"

# Prefixes as they are registered, of each length there is.
REGISTERED = [
    "030031", "0614141", "4012345", "9521321", "06280120", "506012345", "0180012345",
    "95060001343", "000810101234",
]  # fmt: skip

URNS = {
    "urn:epc:id:sgtin:0614141.812345.A%2FB": "/01/80614141123458/21/A%2FB",
    "urn:epc:idpat:sgtin:0614141.812345.*": "/01/80614141123458",
    "urn:epc:class:lgtin:0614141.812345.L(1)": "/01/80614141123458/10/L%281%29",
    "urn:epc:id:upui:0614141.812345.x%3Cy'": "/01/80614141123458/235/x%3Cy'",
    "urn:epc:id:itip:0614141.812345.01.02.7": "/8006/806141411234580102/21/7",
    "urn:epc:idpat:itip:0614141.812345.01.02.*": "/8006/806141411234580102",
    "urn:epc:id:sscc:0614141.1234567890": "/00/106141412345678908",
    "urn:epc:id:sgln:0614141.00001.0": "/414/0614141000012",
    "urn:epc:id:sgln:0614141.00001.7": "/414/0614141000012/254/7",
    "urn:epc:id:pgln:0614141.00001": "/417/0614141000012",
    "urn:epc:id:grai:0614141.00001.X1": "/8003/00614141000012X1",
    "urn:epc:idpat:grai:0614141.00001.*": "/8003/00614141000012",
    "urn:epc:id:gdti:0614141.00001.PO-1": "/253/0614141000012PO-1",
    "urn:epc:idpat:gdti:0614141.00001.*": "/253/0614141000012",
    "urn:epc:id:sgcn:0614141.00001.044": "/255/0614141000012044",
    "urn:epc:idpat:sgcn:0614141.00001.*": "/255/0614141000012",
    "urn:epc:id:giai:0614141.AB%2F1.2": "/8004/0614141AB%2F1.2",
    "urn:epc:id:ginc:0614141.xyz": "/401/0614141xyz",
    "urn:epc:id:gsin:0614141.000000001": "/402/06141410000000012",
    "urn:epc:id:gsrn:0614141.0000000001": "/8018/061414100000000014",
    "urn:epc:id:gsrnp:0614141.0000000001": "/8017/061414100000000014",
    "urn:epc:id:cpi:0614141.PART-%23%2F.7": "/8010/0614141PART-%23%2F/8011/7",
    "urn:epc:idpat:cpi:0614141.PART-1.*": "/8010/0614141PART-1",
}


@pytest.mark.parametrize(("urn", "link"), URNS.items())
def test_a_link_has_its_urn(urn: str, link: str) -> None:
    assert canonical_link(urn) == GS1 + link
    assert epc_urn(GS1 + link) == urn


def test_every_other_domain_and_form_has_the_same_urn() -> None:
    urn = "urn:epc:id:sgtin:0614141.012345.7"

    assert epc_urn("http://example.com/a/b/gtin/614141123452/ser/7/") == urn
    assert epc_urn("https://EXAMPLE.com/01/0614141123452/21/%37") == urn


@pytest.mark.parametrize(
    ("link", "why"),
    [
        pytest.param("urn:epc:id:sscc:0614141.1234567890", "it is no link", id="urn"),
        pytest.param("https://example.com/lot/7", "no key", id="no-key"),
        pytest.param("/01/80614141123459", "another check digit would be read back", id="check"),
        pytest.param("/00/106141412345678900", "as above", id="check-of-sscc"),
        pytest.param("/01/80614141123458/10/L/21/S", "the lot would be lost", id="two-qualifiers"),
        pytest.param("/01/80614141123458/22/A", "no URN has variants", id="variant"),
        pytest.param("/01/80614141123458/21/S?17=270101", "the expiry would be lost", id="query"),
        pytest.param("/01/80614141123458/21/S#top", "the fragment would be lost", id="fragment"),
        pytest.param("/8006/806141411234580102/10/L", "no URN has lots of pieces", id="itip-lot"),
        pytest.param("/414/0614141000012/254/0", "0 would be no extension", id="extension-0"),
        pytest.param("/8010/0614141PART-1/8011/07", "parts have no zeros ahead", id="cpi-zero"),
        pytest.param("/01/00000095060002", "GTIN-8: no company prefix", id="gtin-8"),
        pytest.param("/01/95060002", "GTIN-8, unpadded", id="gtin-8-unpadded"),
        pytest.param("/01/10000095060009/21/S", "a case of a GTIN-8", id="gtin-8-case"),
        pytest.param("/01/00000000123457/21/S", "RCN-8", id="rcn-8"),
        pytest.param("/01/02012345678903/21/S", "restricted, 2 in front", id="restricted-2"),
        pytest.param("/01/00201234567899/21/S", "restricted, 02 in front", id="restricted-02"),
        pytest.param("/01/00401234567893/21/S", "restricted, 04 in front", id="restricted-04"),
        pytest.param("/01/09781492053743/21/S", "books have no company prefix", id="isbn"),
        pytest.param("/01/01401234567892/21/S", "nobody has this prefix", id="unknown"),
        pytest.param("/8004/0614141", "a prefix, and nothing behind it", id="no-reference"),
        pytest.param("/8004/06141", "a prefix that is cut off", id="cut-off"),
        pytest.param("/8004/401234A", "seven digits are registered, not six", id="cut-by-letter"),
        pytest.param("/8004/0614A1415", "the prefix would not be digits", id="letter-in-prefix"),
    ],
)
def test_what_has_no_urn_gets_none(link: str, why: str) -> None:
    link = GS1 + link if link.startswith("/") else link

    assert epc_urn(link) is None, why


# -- the laws, over keys of every kind

texts = st.text(SET_82 + DIGITS + LETTERS, min_size=1, max_size=12)
numbers = st.text(DIGITS, min_size=1, max_size=12)


def escaped(text: str) -> str:
    """As a URN has it (EPC Tag Data Standard 1.13, appendix A)."""
    return "".join(f"%{ord(c):02X}" if c in '"#%&/<>?' else c for c in text)


@st.composite
def urns(draw: st.DrawFn, prefixes: st.SearchStrategy[str]) -> str:
    """EPC URNs of all the schemes, as the standard writes them."""
    prefix = draw(prefixes)

    def digits(whole: int) -> str:
        size = whole - len(prefix)
        return draw(st.text(DIGITS, min_size=size, max_size=size))

    text = escaped(draw(texts))
    piece = f"0{draw(st.sampled_from('123'))}.09"
    part = escaped(draw(st.text(CPI_TEXT, min_size=1, max_size=9)))
    serial = draw(st.integers(1, 10**12 - 1))
    return draw(
        st.sampled_from(
            [
                f"id:sgtin:{prefix}.{digits(13)}.{text}",
                f"idpat:sgtin:{prefix}.{digits(13)}.*",
                f"class:lgtin:{prefix}.{digits(13)}.{text}",
                f"id:upui:{prefix}.{digits(13)}.{text}",
                f"id:itip:{prefix}.{digits(13)}.{piece}.{text}",
                f"idpat:itip:{prefix}.{digits(13)}.{piece}.*",
                f"id:sscc:{prefix}.{digits(17)}",
                f"id:sgln:{prefix}.{digits(12)}.{text}",
                f"id:sgln:{prefix}.{digits(12)}.0",
                f"id:pgln:{prefix}.{digits(12)}",
                f"id:grai:{prefix}.{digits(12)}.{text}",
                f"idpat:grai:{prefix}.{digits(12)}.*",
                f"id:gdti:{prefix}.{digits(12)}.{text}",
                f"idpat:gdti:{prefix}.{digits(12)}.*",
                f"id:sgcn:{prefix}.{digits(12)}.{draw(numbers)}",
                f"idpat:sgcn:{prefix}.{digits(12)}.*",
                f"id:gsrn:{prefix}.{digits(17)}",
                f"id:gsrnp:{prefix}.{digits(17)}",
                f"id:gsin:{prefix}.{digits(16)}",
                f"id:giai:{prefix}.{text}",
                f"id:ginc:{prefix}.{text}",
                f"id:cpi:{prefix}.{part}.{serial}",
                f"idpat:cpi:{prefix}.{part}.*",
            ]
        ).map("urn:epc:".__add__)
    )


@given(urns(st.sampled_from(REGISTERED)))
def test_a_urn_of_a_registered_prefix_comes_back(urn: str) -> None:
    link = canonical_link(urn)

    assert link is not None
    assert epc_urn(link) == urn


@given(urns(st.text(DIGITS, min_size=6, max_size=12)))
def test_no_urn_is_that_of_another_key(urn: str) -> None:
    link = canonical_link(urn)
    assert link is not None

    found = epc_urn(link)

    assert found is None or canonical_link(found) == link


@given(st.sampled_from(REGISTERED), st.text(DIGITS, min_size=19, max_size=19), texts)
def test_a_link_has_a_urn_of_one_canonical_link_if_its_check_digit_is_right(
    prefix: str, digits: str, text: str
) -> None:
    payload = (digits[0] + prefix + digits[1:])[:13]
    for last in DIGITS:
        link = f"{GS1}/01/{payload}{last}/21/{escaped(text)}"

        urn = epc_urn(link)

        assert (urn is not None) == (last == check_digit(payload))
        assert urn is None or canonical_link(urn) == canonical_link(link)
