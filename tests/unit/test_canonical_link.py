"""Every GS1 key in a URI has one canonical link; whatever is no such key has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegraph.identify.canonical_link import canonical_link

GS1 = "https://id.gs1.org"

URNS = {
    "urn:epc:id:sgtin:9506000.013435.A%2FB": "/01/09506000134352/21/A%2FB",
    "urn:epc:id:sgtin:9506000.013435.A.B": "/01/09506000134352/21/A.B",
    "urn:epc:idpat:sgtin:9506000.013435.*": "/01/09506000134352",
    "urn:epc:class:lgtin:9506000.013435.L(1)": "/01/09506000134352/10/L%281%29",
    "urn:epc:id:upui:9506000.013435.x%3Cy'": "/01/09506000134352/235/x%3Cy'",
    "urn:epc:idpat:upui:9506000.013435.*": "/01/09506000134352",
    "urn:epc:id:itip:9506000.013435.01.02.7": "/8006/095060001343520102/21/7",
    "urn:epc:idpat:itip:9506000.013435.01.02.*": "/8006/095060001343520102",
    "urn:epc:id:sscc:9506000.1234567890": "/00/195060002345678901",
    "urn:epc:id:sgln:9506000.00001.0": "/414/9506000000015",
    "urn:epc:id:sgln:9506000.00001.7": "/414/9506000000015/254/7",
    "urn:epc:id:sgln:950600000001..0": "/414/9506000000015",
    "urn:epc:id:pgln:9506000.00001": "/417/9506000000015",
    "urn:epc:id:grai:9506000.00001.X1": "/8003/09506000000015X1",
    "urn:epc:idpat:grai:9506000.00001.*": "/8003/09506000000015",
    "urn:epc:id:gdti:9506000.00001.PO-1": "/253/9506000000015PO-1",
    "urn:epc:idpat:gdti:9506000.00001.*": "/253/9506000000015",
    "urn:epc:id:sgcn:9506000.00001.44": "/255/950600000001544",
    "urn:epc:idpat:sgcn:9506000.00001.*": "/255/9506000000015",
    "urn:epc:id:giai:9506000.AB%2F1": "/8004/9506000AB%2F1",
    "urn:epc:id:ginc:9506000.xyz": "/401/9506000xyz",
    "urn:epc:id:gsin:9506000.000000001": "/402/95060000000000015",
    "urn:epc:id:gsrn:9506000.0000000001": "/8018/950600000000000019",
    "urn:epc:id:gsrnp:9506000.0000000001": "/8017/950600000000000019",
    "urn:epc:id:cpi:9506000.PART-1.7": "/8010/9506000PART-1/8011/7",
    "urn:epc:idpat:cpi:9506000.PART-1.*": "/8010/9506000PART-1",
}
LINKS = {
    "https://id.gs1.org/01/09506000134352/21/7": "/01/09506000134352/21/7",
    "http://id.gs1.org/gtin/9506000134352": "/01/09506000134352",
    "HTTPS://EXAMPLE.COM:8080/01/95060001/": "/01/00000095060001",
    "https://example.com/a/b/01/950600013435/lot/7?17=280200#top": "/01/00950600013435/10/7",
    "https://example.com/01/09506000134352/22/A/10/L/21/S": "/01/09506000134352/21/S",
    "https://example.com/01/09506000134352/cpv/A": "/01/09506000134352",
    "https://example.com/01/09506000134352/10/L/235/T": "/01/09506000134352/235/T",
    "https://example.com/01/09506000134352/10/a%2fb": "/01/09506000134352/10/a%2Fb",
    "https://example.com/itip/095060001343520102/10/L": "/8006/095060001343520102/10/L",
    "https://example.com/sscc/195060002345678901": "/00/195060002345678901",
    "https://example.com/gln/9506000000015/254/7": "/414/9506000000015/254/7",
    "https://example.com/party/9506000000015": "/417/9506000000015",
    "https://example.com/giai/9506000AB": "/8004/9506000AB",
    "https://example.com/cpid/9506000AB/8011/7": "/8010/9506000AB/8011/7",
}


@pytest.mark.parametrize(("uri", "canonical"), [*URNS.items(), *LINKS.items()])
def test_a_key_has_one_canonical_link(uri: str, canonical: str) -> None:
    assert canonical_link(uri) == GS1 + canonical


@given(st.sampled_from([*URNS, *LINKS]))
def test_the_canonical_link_is_its_own(uri: str) -> None:
    link = canonical_link(uri)

    assert link is not None
    assert canonical_link(link) == link


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("9506000134352", "a number alone is no URI", id="number"),
        pytest.param("urn:uuid:1", "another URN", id="other-urn"),
        pytest.param("urn:epc:id:gid:9506000.1.7", "a GID has no GS1 key", id="gid"),
        pytest.param("urn:epc:id:sgtin:9506000.13435.7", "a digit is missing", id="too-short"),
        pytest.param("urn:epc:id:sgtin:9506000.01343X.7", "a letter", id="letter"),
        pytest.param("urn:epc:id:sgtin:9506000.013435", "no serial", id="no-serial"),
        pytest.param("urn:epc:id:sgtin:9506000.013435.", "an empty serial", id="empty-serial"),
        pytest.param("urn:epc:id:sgtin:9506000.013435.7%", "encodes nothing", id="percent"),
        pytest.param("urn:epc:id:sgtin:9506000.013435.a%20b", "a blank", id="character-set"),
        pytest.param(f"urn:epc:id:sgtin:9506000.013435.{'7' * 21}", "too long", id="long-serial"),
        pytest.param("urn:epc:idpat:sgtin:9506000.013435.7", "a pattern ends in *", id="pattern"),
        pytest.param("urn:epc:idpat:sgtin:9506000.*.*", "many products", id="wide-pattern"),
        pytest.param("urn:epc:idpat:sscc:9506000.*", "many units", id="pattern-of-units"),
        pytest.param("urn:epc:id:sscc:9506000.12345", "digits are missing", id="short-sscc"),
        pytest.param("https://example.com/01/95060", "no length of a GTIN", id="short-gtin"),
        pytest.param("https://example.com/2026/01/15", "a date", id="date"),
        pytest.param("https://example.com/01/", "no value", id="no-value"),
        pytest.param("https://example.com/01", "no value", id="key-alone"),
        pytest.param("https://example.com/99/9506000134352", "no key", id="no-key"),
        pytest.param("https://example.com/01/9506000134352/99/7", "no qualifier", id="qualifier"),
        pytest.param("https://example.com/00/195060002345678901/21/7", "not an SSCC's", id="sscc"),
        pytest.param("https://example.com/01/9506000134352/21/a%zz", "encodes nothing", id="link"),
        pytest.param("ftp://example.com/01/9506000134352", "not the web", id="scheme"),
    ],
)
def test_what_is_no_key_has_no_link(text: str, why: str) -> None:
    assert canonical_link(text) is None, why
