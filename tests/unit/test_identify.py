"""What scanned and typed texts name, case by case, and why others name nothing."""

from __future__ import annotations

from datetime import date

import pytest

from tracegraph.identify import (
    Flaw,
    Identification,
    NotIdentified,
    check_digit,
    gtin14,
    has_valid_check_digit,
    identify,
)

GS = "\x1d"
GTIN = "09506000134352"
SSCC = "106141412345678908"
CODE_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"


def fields(found: Identification) -> dict[str, str | date]:
    """The fields that are filled, without the text, the syntax and the flaws."""
    names = (
        "gtin", "device", "lot", "serial", "sscc", "donation", "made_on", "expires_on", "version",
    )  # fmt: skip
    return {name: value for name in names if (value := getattr(found, name)) is not None}


def hibc_label(text: str) -> str:
    """With its check character, by the rule: the sum of all values modulo 43."""
    return text + CODE_39[sum(map(CODE_39.index, text)) % 43]


def codes(found: Identification) -> list[str]:
    return [flaw.code for flaw in found.flaws]


# Examples that HIBCC, the FDA and IMDRF publish; all have their check character.
DEVICE = "+X999123ABC0"
UNIT = {"device": DEVICE, "lot": "1234AB", "serial": "5678EDFG", "made_on": date(2015, 10, 1)}
HIBC = [
    (f"{DEVICE}/{rest}", "hibc", {**UNIT, **expiry})
    for rest, expiry in [
        ("$$05191234AB/S5678EDFG/16D20151001A", {"expires_on": date(2019, 5, 31)}),
        ("$$20515191234AB/S5678EDFG/16D20151001I", {"expires_on": date(2019, 5, 15)}),
        ("$$31905151234AB/S5678EDFG/16D20151001J", {"expires_on": date(2019, 5, 15)}),
        ("$$4190515211234AB/S5678EDFG/16D20151001N", {"expires_on": date(2019, 5, 15)}),
        ("$$5191351234AB/S5678EDFG/16D20151001J", {"expires_on": date(2019, 5, 15)}),
        ("$$619135211234AB/S5678EDFG/16D20151001N", {"expires_on": date(2019, 5, 15)}),
    ]
] + [
    ("+A123BJC5D6E71G", "hibc", {"device": "+A123BJC5D6E71"}),
    ("*+A123BJC5D6E71G*", "hibc", {"device": "+A123BJC5D6E71"}),
    ("]C0+A123BJC5D6E71G", "hibc", {"device": "+A123BJC5D6E71"}),
    (
        "+A99912345/$$52001510X3/16D20111212/S77DE1G45-",
        "hibc",
        {
            "device": "+A99912345",
            "lot": "10X3",
            "serial": "77DE1G45",
            "expires_on": date(2020, 1, 15),
            "made_on": date(2011, 12, 12),
        },
    ),
    (
        f"{DEVICE}/$1234AB/S5678EDFG/16D20151001/14D20190515.",
        "hibc",
        {**UNIT, "expires_on": date(2019, 5, 15)},
    ),
]  # fmt: skip
ISBT_128 = [
    (
        "=/A9999XYZ100T0944=,000025",
        "isbt-128",
        {"device": "=/A9999XYZ100T0944", "serial": "000025"},
    ),
    (
        "=/1AB370000007JC89=,000000=1234567890ABC00=>030329=}025226",
        "isbt-128",
        {
            "device": "=/1AB370000007JC89",
            "serial": "1234567890ABC00-000000",
            "donation": "1234567890ABC00",
            "expires_on": date(2030, 11, 25),
            "made_on": date(2025, 8, 14),
        },
    ),
    (
        "=+06000=/A9999XYZ100T0944&,1000000000000XYZ123",
        "isbt-128",
        {"device": "=/A9999XYZ100T0944", "lot": "000000000000XYZ123"},
    ),
    (
        "=/A9999XYZ100T0944=A99971312345600",
        "isbt-128",
        {"device": "=/A9999XYZ100T0944", "lot": "A99971312345600", "donation": "A99971312345600"},
    ),
    ("=)1TE123456A&)RZ12345678", "isbt-128", {"device": "=)1TE123456A", "lot": "RZ12345678"}),
]


@pytest.mark.parametrize(
    ("text", "syntax", "expected"),
    [
        # element strings
        (f"01{GTIN}10C1", "element-string", {"gtin": GTIN, "lot": "C1"}),
        (f"01{GTIN}10C1{GS}21S7", "element-string", {"gtin": GTIN, "lot": "C1", "serial": "S7"}),
        (f"]C101{GTIN}21S7", "element-string", {"gtin": GTIN, "serial": "S7"}),
        (f"]d201{GTIN}10C1{GS}", "element-string", {"gtin": GTIN, "lot": "C1"}),
        (f"]Q3{GS}01{GTIN}", "element-string", {"gtin": GTIN}),
        (f"]e001{GTIN}", "element-string", {"gtin": GTIN}),
        (f"{GS}01{GTIN}10C1", "element-string", {"gtin": GTIN, "lot": "C1"}),
        (f"00{SSCC}", "element-string", {"sscc": SSCC}),
        # a separator after a value of predefined length is allowed
        (f"01{GTIN}{GS}10C1", "element-string", {"gtin": GTIN, "lot": "C1"}),
        # the key may come last: then the whole text must divide into elements
        (f"1728020001{GTIN}", "element-string", {"gtin": GTIN, "expires_on": date(2028, 2, 29)}),
        (
            f"01{GTIN}11260301172902001 0".replace(" ", "") + "C1",
            "element-string",
            {
                "gtin": GTIN,
                "lot": "C1",
                "made_on": date(2026, 3, 1),
                "expires_on": date(2029, 2, 28),
            },
        ),
        # elements that name nothing here are passed over
        (f"01{GTIN}240REF-1{GS}37{'5'}{GS}10C1", "element-string", {"gtin": GTIN, "lot": "C1"}),
        # what is said of a container's contents does not describe the container
        (f"00{SSCC}02{GTIN}3725{GS}10C1", "element-string", {"sscc": SSCC}),
        # a logistic unit that is a trade item too
        (f"00{SSCC}01{GTIN}10C1", "element-string", {"sscc": SSCC, "gtin": GTIN, "lot": "C1"}),
        # brackets
        (f"(01){GTIN}(10)C1(21)S7", "bracketed", {"gtin": GTIN, "lot": "C1", "serial": "S7"}),
        (f"]C1(01){GTIN}(10)C1", "bracketed", {"gtin": GTIN, "lot": "C1"}),
        (f"(00){SSCC}", "bracketed", {"sscc": SSCC}),
        (" (01) 0 9506000 13435 2 (10) C1\n", "bracketed", {"gtin": GTIN, "lot": "C1"}),
        # brackets are in set 82: (1) and (05) are no identifiers, so they belong to the lot
        (f"(01){GTIN}(10)A(1)B(05)", "bracketed", {"gtin": GTIN, "lot": "A(1)B(05)"}),
        (
            f"(17)290200(11)260301(01){GTIN}",
            "bracketed",
            {"gtin": GTIN, "made_on": date(2026, 3, 1), "expires_on": date(2029, 2, 28)},
        ),
        (f"(01){GTIN}(10)C1(10)C1", "bracketed", {"gtin": GTIN, "lot": "C1"}),
        # Digital Links
        (
            f"https://id.gs1.org/01/{GTIN}/10/C1/21/S7",
            "digital-link",
            {"gtin": GTIN, "lot": "C1", "serial": "S7"},
        ),
        (f"https://id.gs1.org/00/{SSCC}", "digital-link", {"sscc": SSCC}),
        (
            f"HTTP://shop.example:8080/some/path/01/{GTIN}/10/C1?17=290131&x=y#top",
            "digital-link",
            {"gtin": GTIN, "lot": "C1", "expires_on": date(2029, 1, 31)},
        ),
        (f"https://example.com/01/shop/01/{GTIN}/", "digital-link", {"gtin": GTIN}),
        (
            "https://example.com/gtin/9506000134352/lot/C1/ser/S7?exp=290131;11=260301",
            "digital-link",
            {
                "gtin": GTIN,
                "lot": "C1",
                "serial": "S7",
                "made_on": date(2026, 3, 1),
                "expires_on": date(2029, 1, 31),
            },
        ),
        ("https://example.com/01/614141123452", "digital-link", {"gtin": "00614141123452"}),
        ("https://example.com/01/40170725", "digital-link", {"gtin": "00000040170725"}),
        (f"https://example.com/01/{GTIN}/22/2A/10/C1", "digital-link", {"gtin": GTIN, "lot": "C1"}),
        (
            f"https://example.com/01/{GTIN}/10/A%2FB%25+1",
            "digital-link",
            {"gtin": GTIN, "lot": "A/B%+1"},
        ),
        (f"https://example.com/01/{GTIN}?10=C1", "digital-link", {"gtin": GTIN, "lot": "C1"}),
        (f"https://id.gs1.org/00/{SSCC}?02={GTIN}&37=25&10=C1", "digital-link", {"sscc": SSCC}),
        # a lot "00" is a lot, not the start of an SSCC
        (f"https://example.com/01/{GTIN}/10/00", "digital-link", {"gtin": GTIN, "lot": "00"}),
        (f"]Q1https://example.com/01/{GTIN}", "digital-link", {"gtin": GTIN}),
        # EPC URNs
        (
            "urn:epc:id:sgtin:4012345.011111.987",
            "epc-urn",
            {"gtin": "04012345111118", "serial": "987"},
        ),
        (
            "urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
            "epc-urn",
            {"gtin": "80614141123458", "serial": '6789/&%"!?()'},
        ),
        (
            "urn:epc:class:lgtin:4023333.002000.2019.10-07",
            "epc-urn",
            {"gtin": "04023333020008", "lot": "2019.10-07"},
        ),
        ("urn:epc:id:sscc:0614141.1234567890", "epc-urn", {"sscc": SSCC}),
        ("URN:EPC:id:sscc:0614141.1234567890", "epc-urn", {"sscc": SSCC}),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "epc-urn", {"gtin": "04012345111118"}),
        # bare GTINs name the product
        (GTIN, "gtin", {"gtin": GTIN}),
        ("9506000134352", "gtin", {"gtin": GTIN}),
        ("614141123452", "gtin", {"gtin": "00614141123452"}),
        ("40170725", "gtin", {"gtin": "00000040170725"}),
        ("]E09506000134352", "gtin", {"gtin": GTIN}),
        # software: its version is a production identifier; an expiry may have a time
        (
            f"(01){GTIN}(8012)2.0.1(10)C1",
            "bracketed",
            {"gtin": GTIN, "lot": "C1", "version": "2.0.1"},
        ),
        (
            f"(01){GTIN}(7003)2902011530",
            "bracketed",
            {"gtin": GTIN, "expires_on": date(2029, 2, 1)},
        ),
        (f"https://id.gs1.org/01/{GTIN}?8012=7", "digital-link", {"gtin": GTIN, "version": "7"}),
        *HIBC,
        *ISBT_128,
    ],
)
def test_names(text: str, syntax: str, expected: dict[str, str | date]) -> None:
    found = identify(text)

    assert (found.syntax, fields(found), found.flaws) == (syntax, expected, ())
    assert found.raw == text


@pytest.mark.parametrize(
    ("text", "flaws", "left"),
    [
        # wrong check digit
        ("0109506000134353" + "10C1", ["check_digit"], {"lot": "C1"}),
        ("(01)09506000134353(10)C1", ["check_digit"], {"lot": "C1"}),
        ("https://example.com/01/09506000134353/21/S7", ["check_digit"], {"serial": "S7"}),
        ("00106141412345678909", ["check_digit"], {}),
        ("https://id.gs1.org/00/106141412345678909", ["check_digit"], {}),
        ("]E09506000134353", ["check_digit"], {}),
        # wrong length
        ("(01)0950600013435(10)C1", ["length"], {"lot": "C1"}),
        ("]C10195060001", ["length"], {}),
        ("(00)10614141234567890", ["length"], {}),
        ("https://example.com/01/95060001343/10/C1", ["length"], {"lot": "C1"}),
        ("https://example.com/gtin/1", ["length"], {}),
        ("https://id.gs1.org/00/1", ["length"], {}),
        (f"https://id.gs1.org/01/{GTIN}/10", ["length"], {"gtin": GTIN}),
        (f"01{GTIN}10" + "A" * 21, ["length"], {"gtin": GTIN}),
        (f"(01){GTIN}(21)", ["length"], {"gtin": GTIN}),
        # an EPC URN whose digits do not add up, or whose company prefix none can have
        ("urn:epc:id:sscc:08600031303.0003", ["length"], {}),
        ("urn:epc:id:sgtin:4012345.11111.987", ["length"], {"serial": "987"}),
        ("urn:epc:class:lgtin:4012345.0111111.L", ["length"], {"lot": "L"}),
        ("urn:epc:idpat:sgtin:4012345.1.*", ["length"], {}),
        ("urn:epc:id:sgtin:40123.45011111.987", ["length"], {"serial": "987"}),
        ("urn:epc:id:sgtin:4012345.011111", ["length"], {"gtin": "04012345111118"}),
        # characters
        ("(01)0950600013435O(10)C1", ["characters"], {"lot": "C1"}),
        (f"(01){GTIN}(10)C 1", ["characters"], {"gtin": GTIN}),
        (f"(01){GTIN}(10)批次", ["characters"], {"gtin": GTIN}),
        (f"https://example.com/01/{GTIN}/21/S%237", ["characters"], {"gtin": GTIN}),
        ("urn:epc:id:sgtin:401234X.011111.987", ["characters"], {"serial": "987"}),
        ("(01)٠٩٥٠٦٠٠٠١٣٤٣٥٢", ["characters"], {}),
        # percent signs that encode nothing, or no UTF-8
        (f"https://example.com/01/{GTIN}/10/50%", ["percent_encoding"], {"gtin": GTIN}),
        (
            "urn:epc:id:sgtin:4012345.011111.%FF",
            ["percent_encoding"],
            {"gtin": "04012345111118"},
        ),
        # elements that cannot be told apart
        (f"01{GTIN}05X", ["application_identifier"], {"gtin": GTIN}),
        (f"01{GTIN}1729", ["malformed"], {"gtin": GTIN}),
        (f"01{GTIN}372510C1", ["malformed"], {"gtin": GTIN}),
        # contradictions
        (f"(01){GTIN}(10)A(10)B", ["repeated"], {"gtin": GTIN}),
        (f"https://example.com/01/{GTIN}/10/A?10=B", ["repeated"], {"gtin": GTIN}),
        # a lot or serial is unique only beside its GTIN
        ("(10)C1(17)290131", ["no_key"], {"lot": "C1", "expires_on": date(2029, 1, 31)}),
        (f"10C1{GS}21S7", ["no_key"], {"lot": "C1", "serial": "S7"}),
        # a unit told apart by a field that is not read
        (f"https://id.gs1.org/01/{GTIN}/235/X", ["qualifier"], {"gtin": GTIN}),
        # HIBC: what follows the device identifier says that it was meant as one
        (
            hibc_label(f"{DEVICE}/$LOT7")[:-1] + "X",
            ["check_digit"],
            {"device": DEVICE, "lot": "LOT7"},
        ),
        (hibc_label(f"{DEVICE}/LOT7"), ["malformed"], {"device": DEVICE}),
        (hibc_label(f"{DEVICE}/$$A"), ["malformed"], {"device": DEVICE}),
        (hibc_label(f"{DEVICE}/$$319"), ["malformed"], {"device": DEVICE}),
        (hibc_label(f"{DEVICE}/$LOT7/16D2015"), ["malformed"], {"device": DEVICE, "lot": "LOT7"}),
        (
            hibc_label(f"{DEVICE}/$LOT7//S1"),
            ["malformed"],
            {"device": DEVICE, "lot": "LOT7", "serial": "1"},
        ),
        (hibc_label(f"{DEVICE}/$+S7/S8"), ["repeated"], {"device": DEVICE, "serial": "S7"}),
        (hibc_label(f"{DEVICE}/$" + "7" * 19), ["characters"], {"device": DEVICE}),
        (hibc_label("+$$3290515" + "LOT7" + "G"), ["no_key"], {}),
        # ISBT 128
        ("=/A9999XYZ100T094", ["malformed"], {}),
        ("=/a9999xyz100t0944", ["malformed"], {}),
        ("=/A9999XYZ100T0944=,00002", ["malformed"], {"device": "=/A9999XYZ100T0944"}),
        ("=/A9999XYZ100T0944=,000025=,000026", ["repeated"], {"device": "=/A9999XYZ100T0944"}),
    ],
)
def test_only_looks_like_a_key(text: str, flaws: list[str], left: dict[str, str | date]) -> None:
    found = identify(text)

    assert (codes(found), fields(found)) == (flaws, left)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("   ", "nothing but space"),
        ("A12", "an own number"),
        ("12345", "AI (12) asks for six digits, and a date alone names nothing"),
        ("122603", "the same"),
        ("10ABC", "could be lot ABC, is more likely the number 10ABC"),
        ("2103", "could be serial 03, is more likely the number 2103"),
        ("0112", "AI (01) asks for 14 digits"),
        ("019506000134352", "13 digits behind 01, though their check digit is right"),
        ("01202603041234567", "16 digits behind 01 neither check nor end with an element"),
        ("9506000134353", "13 digits without the check digit of a GTIN"),
        ("00000000", "zeros alone are nobody's GTIN"),
        (SSCC, "18 digits without AI (00) are not said to be an SSCC"),
        ("٩٥٠٦٠٠٠١٣٤٣٥٢", "digits, but not those of GS1"),
        ("(17)290131", "a date names nothing"),
        (f"(02){GTIN}(37)5", "contents of an unnamed container"),
        (f"x(01){GTIN}", "text before the first bracket"),
        ("]C1ABC", "no application identifier"),
        ("]C191ABC", "a company's internal field"),
        ("]", "an unfinished symbology identifier"),
        ("foo\x1dbar", "FNC1 alone makes no element string"),
        ("https://example.org/foo", "an address without a key"),
        ("https://example.org/2026/01/15", "a date in an address"),
        ("https://example.org/01/index.html", "the same name, another meaning"),
        (f"https://example.org/01/{GTIN}/shop/red", "a path that goes on after the key"),
        (f"https://example.org/00/{SSCC}/10/C1", "an SSCC has no lot"),
        ("https://id.gs1.org/414/9506000134376", "a location is not an item"),
        (f"ftp://example.com/01/{GTIN}", "another scheme"),
        ("http://[", "not an address at all"),
        ("urn:gdst:example.org:product:lot:class:x", "another URN"),
        ("urn:epc:tag:sgtin-96:3.4012345.011111.987", "what a chip holds, not what it names"),
        ("urn:epc:id:sgln:4012345.00001.0", "a location is not an item"),
        ("urn:epc:id:upui:1234567.089456.51qIgY", "another way to tell units apart"),
        ("urn:epc:idpat:sgtin:4012345.*.*", "all products of a company"),
        ("urn:tracegraph:lot:RM-110:A", "an own key is known elsewhere"),
        ("0" * 8001, "longer than any label"),
        ("+A123BJC5D6E71H", "an HIBC device identifier whose check character is wrong"),
        ("+1234567", "a number with a sign"),
        ("+86 755 1234 5678", "a telephone number"),
        ("+a123bjc5d6e71G", "HIBC has no small letters"),
        ("=A99971312345600", "a donation alone is no device"),
        ("=SUM(A1:A3)", "a formula"),
    ],
)
def test_not_identified(text: str, why: str) -> None:
    with pytest.raises(NotIdentified, match="accepted forms"):
        identify(text)


def test_the_refusal_of_a_long_text_is_short() -> None:
    with pytest.raises(NotIdentified) as refused:
        identify("x" * 100_000)

    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("written", ["000000", "290231", "291301", "29013"])
def test_a_date_that_is_none_is_left_out_and_does_not_spoil_the_key(written: str) -> None:
    found = identify(f"(01){GTIN}(10)C1(17){written}")

    assert (fields(found), found.flaws) == ({"gtin": GTIN, "lot": "C1"}, ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("280200", date(2028, 2, 29)),  # day 00 is the last of the month
        ("261200", date(2026, 12, 31)),
        ("770101", date(1977, 1, 1)),  # the first day of the window
        ("761231", date(2076, 12, 31)),  # and its last
    ],
)
def test_dates(written: str, expected: date) -> None:
    found = identify(f"(01){GTIN}(11){written}(17){written}")

    assert (found.made_on, found.expires_on) == (expected, expected)


def test_a_flaw_says_what_would_be_right() -> None:
    assert identify("(01)09506000134353").flaws == (
        Flaw("check_digit", "The GTIN '09506000134353' would have to end in 2."),
    )


@pytest.mark.parametrize(
    "number",
    [
        "40170725",  # GTIN-8
        "614141123452",  # GTIN-12
        "9506000134352",  # GTIN-13
        "10614141543219",  # GTIN-14
        "106141412345678908",  # SSCC
        "340123450000000000",
    ],
)
def test_check_digits_of_reference(number: str) -> None:
    assert check_digit(number[:-1]) == number[-1]
    assert has_valid_check_digit(number)


@pytest.mark.parametrize("text", ["", "7", "950600013435X", "٩٥٠٦٠٠٠١٣٤٣٥٢", "²²"])
def test_no_other_text_has_a_check_digit(text: str) -> None:
    assert not has_valid_check_digit(text)


@pytest.mark.parametrize("payload", ["", "12X", "٩٥", "-1"])
def test_a_check_digit_is_computed_over_digits(payload: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        check_digit(payload)


def test_gtins_of_every_length_have_one_form() -> None:
    assert gtin14("40170725") == "00000040170725"
    assert gtin14("614141123452") == "00614141123452"
    assert gtin14("9506000134352") == gtin14(GTIN) == GTIN


@pytest.mark.parametrize("text", ["", "9506000134353", "950600013435", "95060001343", "FG-9"])
def test_other_texts_have_no_gtin_form(text: str) -> None:
    with pytest.raises(NotIdentified):
        gtin14(text)


@pytest.mark.parametrize(
    ("text", "agency", "product", "level"),
    [
        (f"(01){GTIN}", "gs1", GTIN, 0),
        ("(01)19506000134359", "gs1", "19506000134359", 1),
        (f"(00){SSCC}", "gs1", None, None),
        ("+A123BJC5D6E71G", "hibcc", "+A123BJC5D6E71", 1),
        ("=/A9999XYZ100T0944", "iccbba", "=/A9999XYZ100T0944", None),
    ],
)
def test_who_issued_it_and_which_package_it_is(
    text: str, agency: str, product: str | None, level: int | None
) -> None:
    found = identify(text)

    assert (found.agency, found.product, found.level) == (agency, product, level)


@pytest.mark.parametrize(
    ("secondary", "expected"),
    [
        ("$LOT7", {"lot": "LOT7"}),
        ("$+S7", {"serial": "S7"}),
        ("$$+70S7", {"serial": "0S7"}),
        ("$$7LOT7", {"lot": "LOT7"}),
        ("$$1228LOT7", {"lot": "LOT7", "expires_on": date(2028, 12, 31)}),
        ("$$+3280229S7", {"serial": "S7", "expires_on": date(2028, 2, 29)}),
        ("$$8053280229LOT7", {"lot": "LOT7", "expires_on": date(2028, 2, 29)}),
        ("$$9002500228LOT7", {"lot": "LOT7", "expires_on": date(2028, 2, 29)}),
        ("$$8057LOT7", {"lot": "LOT7"}),
        ("28060LOT7", {"lot": "LOT7", "expires_on": date(2028, 2, 29)}),
        # an amount, and whatever else has a data identifier, names nothing
        ("$LOT7/Q500", {"lot": "LOT7"}),
        ("$LOT7/25SABC", {"lot": "LOT7"}),
        # no such day: the date is left out
        ("$$3280230LOT7", {"lot": "LOT7"}),
        ("28367LOT7", {"lot": "LOT7"}),
        ("28000LOT7", {"lot": "LOT7"}),
        ("$LOT7/16D20150230", {"lot": "LOT7"}),
    ],
)
def test_what_hibc_labels_say_of_the_unit(secondary: str, expected: dict[str, str | date]) -> None:
    found = identify(hibc_label(f"{DEVICE}/{secondary}"))

    assert (fields(found), codes(found)) == ({"device": DEVICE, **expected}, [])


def test_a_check_character_that_is_a_space_is_read_as_sent_or_as_printed() -> None:
    text = next(
        label for n in range(100) if (label := hibc_label(f"{DEVICE}/$LOT{n}")).endswith(" ")
    )
    lot = text.rpartition("$")[2].strip()

    for sent in (text, f" {text}\r\n", f"*{text[:-1]}_*"):
        assert (identify(sent).lot, codes(identify(sent))) == (lot, [])
    # Without it nobody can tell this label from one that was misread.
    assert codes(identify(text.strip())) == ["check_digit"]


def test_space_behind_an_hibc_label_is_no_part_of_it_unless_it_could_be() -> None:
    def ending_in(mark: str) -> str:
        return next(
            label for n in CODE_39[:36] if (label := hibc_label(f"{DEVICE}/$LOT{n}")).endswith(mark)
        )

    assert codes(identify(f" {ending_in('7')} ")) == []
    # J counts 19, twice 19 is the 38 of a space: it could be the last of the lot.
    assert codes(identify(ending_in("J"))) == []
    assert codes(identify(ending_in("J") + " ")) == ["check_digit"]
