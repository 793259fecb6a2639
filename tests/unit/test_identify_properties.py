"""Laws of identification: every syntax gives back what was written; no text makes it fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from random import Random
from urllib.parse import quote

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tracegraph.identify import (
    Identification,
    NotIdentified,
    check_digit,
    has_valid_check_digit,
    identify,
)

GS = "\x1d"
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
digits = st.text("0123456789", min_size=1, max_size=30)
gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda text: text + check_digit(text))
ssccs = st.text("0123456789", min_size=17, max_size=17).map(lambda text: text + check_digit(text))
numbers = st.text(SET_82, min_size=1, max_size=20)
prefix_lengths = st.integers(6, 12)


def names(found: Identification) -> tuple[str | None, str | None, str | None, str | None]:
    assert found.flaws == ()
    return found.gtin, found.lot, found.serial, found.sscc


def encoded(text: str) -> str:
    return quote(text, safe="")


def test_the_alphabet_of_these_tests_is_set_82() -> None:
    assert len(SET_82) == 82


@given(gtins, numbers, numbers)
def test_element_strings_give_back_what_was_written(gtin: str, lot: str, serial: str) -> None:
    assert names(identify(f"01{gtin}10{lot}{GS}21{serial}")) == (gtin, lot, serial, None)
    assert names(identify(f"]d221{serial}{GS}10{lot}{GS}01{gtin}")) == (gtin, lot, serial, None)


@given(gtins, numbers, numbers)
def test_bracketed_text_gives_back_what_was_written(gtin: str, lot: str, serial: str) -> None:
    # A bracketed number inside a value can be an identifier: brackets cannot carry that value.
    bracket = re.compile(r"\([0-9]{2,4}\)")
    lot, serial = bracket.sub("", lot) or "L", bracket.sub("", serial) or "S"
    assume(not bracket.search(lot) and not bracket.search(serial))

    assert names(identify(f"(01){gtin}(10){lot}(21){serial}")) == (gtin, lot, serial, None)


CODE_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
letters = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
devices = st.builds(
    "+{}{}{}{}".format,
    letters,
    st.text(alphanumerics, min_size=3, max_size=3),
    st.text(alphanumerics, min_size=1, max_size=18),
    st.sampled_from("0123456789"),
)
hibc_numbers = st.text(alphanumerics + "-.", min_size=1, max_size=18)
days = st.dates(date(1977, 1, 1), date(2076, 12, 31))


def labelled(text: str) -> str:
    label = text + CODE_39[sum(map(CODE_39.index, text)) % 43]
    assume(not label.endswith("J "))  # refused: the space could be one behind a label
    return label


# How HIBC labels write a day, and whether they can write it exactly.
HIBC_DAYS = [
    lambda day: f"2{day:%m%d%y}",
    lambda day: f"3{day:%y%m%d}",
    lambda day: f"4{day:%y%m%d}17",
    lambda day: f"5{day:%y%j}",
    lambda day: f"6{day:%y%j}17",
]


@given(devices, hibc_numbers, hibc_numbers, days, days, st.sampled_from(HIBC_DAYS))
def test_hibc_labels_give_back_what_was_written(
    device: str, lot: str, serial: str, made: date, expires: date, day: Callable[[date], str]
) -> None:
    found = identify(labelled(f"{device}/$${day(expires)}{lot}/S{serial}/16D{made:%Y%m%d}"))

    assert found.flaws == ()
    assert (found.agency, found.product, found.lot, found.serial) == ("hibcc", device, lot, serial)
    assert (found.made_on, found.expires_on) == (made, expires)
    assert identify(labelled(f"{device}/$$+{day(expires)}{serial}")).serial == serial
    assert identify(labelled(f"{device}/$$7{lot}")).lot == lot
    assert identify(labelled(device)).product == device


@given(devices, hibc_numbers, st.data())
def test_one_wrong_character_of_an_hibc_label_is_seen(
    device: str, lot: str, data: st.DataObject
) -> None:
    text = labelled(f"{device}/$$7{lot}")
    assume(not text.endswith(" "))  # a blank at the end may be a check character, or padding
    at = data.draw(st.integers(1, len(text) - 1))
    other = data.draw(st.sampled_from(CODE_39).filter(lambda c: c != text[at]))
    wrong = text[:at] + other + text[at + 1 :]

    try:
        found = identify(wrong)
    except NotIdentified:
        return
    assert found.flaws


isbt_devices = st.text(alphanumerics, min_size=16, max_size=16).map("=/{}".format)
donations = st.builds(
    "{}{}".format,
    st.sampled_from("ABCDEFGHIJKLMNPQRSTUVWXYZ123456789"),
    st.text(alphanumerics, min_size=14, max_size=14),
)
isbt_serials = st.text(alphanumerics, min_size=6, max_size=6)
isbt_lots = st.text(alphanumerics, min_size=18, max_size=18)


@given(isbt_devices, donations, isbt_serials, isbt_lots, days, days, st.randoms())
def test_isbt_128_labels_give_back_what_was_written_in_any_order(
    device: str, donation: str, serial: str, lot: str, made: date, expires: date, chance: Random
) -> None:
    parts = [
        f"=,{serial}",
        f"={donation}",
        f"&,1{lot}",
        f"=}}{made.year % 1000:03}{made:%j}",
        f"=>{expires.year % 1000:03}{expires:%j}",
    ]
    chance.shuffle(parts)
    found = identify(device + "".join(parts))

    assert found.flaws == ()
    assert (found.agency, found.product, found.lot) == ("iccbba", device, lot)
    assert (found.serial, found.donation) == (f"{donation}-{serial}", donation)
    assert (found.made_on, found.expires_on) == (made, expires)


@given(st.text(CODE_39 + "=,>&})", max_size=60), st.sampled_from(["+", "=/", "*+", "=)", "]C0+"]))
def test_no_text_that_begins_like_a_label_makes_it_fail(text: str, mark: str) -> None:
    try:
        found = identify(mark + text)
    except NotIdentified:
        return
    assert found.flaws or found.product or found.sscc


@given(gtins, numbers, numbers, st.sampled_from(["id.gs1.org", "shop.example/a/01/b"]))
@example("09506000134352", ".", "..", "id.gs1.org")
def test_digital_links_give_back_what_was_written(
    gtin: str, lot: str, serial: str, base: str
) -> None:
    long = f"https://{base}/01/{gtin}/10/{encoded(lot)}/21/{encoded(serial)}"
    short = f"http://{base}/gtin/{gtin}/lot/{encoded(lot)}/ser/{encoded(serial)}"

    assert names(identify(long)) == names(identify(short)) == (gtin, lot, serial, None)


@given(gtins, numbers, prefix_lengths)
def test_epc_urns_give_back_what_was_written(gtin: str, number: str, length: int) -> None:
    body = f"{gtin[1 : 1 + length]}.{gtin[0]}{gtin[1 + length : 13]}.{encoded(number)}"

    assert names(identify(f"urn:epc:id:sgtin:{body}")) == (gtin, None, number, None)
    assert names(identify(f"urn:epc:class:lgtin:{body}")) == (gtin, number, None, None)


@given(ssccs, prefix_lengths)
def test_every_syntax_of_an_sscc_names_the_same(sscc: str, length: int) -> None:
    texts = [
        f"00{sscc}",
        f"]C100{sscc}",
        f"(00){sscc}",
        f"https://id.gs1.org/00/{sscc}",
        f"https://example.com/x/sscc/{sscc}",
        f"urn:epc:id:sscc:{sscc[1 : 1 + length]}.{sscc[0]}{sscc[1 + length : 17]}",
    ]

    assert {names(identify(text)) for text in texts} == {(None, None, None, sscc)}


@given(digits, st.data())
def test_the_check_digit_finds_every_single_wrong_digit(payload: str, data: st.DataObject) -> None:
    number = payload + check_digit(payload)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))

    assert not has_valid_check_digit(number[:place] + wrong + number[place + 1 :])


@given(digits)
def test_the_check_digit_is_that_of_the_definition(payload: str) -> None:
    weighted = 0
    for place in range(1, len(payload) + 1):
        weighted += int(payload[-place]) * (3, 1)[(place - 1) % 2]

    assert (weighted + int(check_digit(payload))) % 10 == 0


pieces = st.sampled_from(
    [
        *("01", "00", "10", "21", "17", "235", "8006", "(01)", "(10)", "(", ")", GS, "]C1", "]Q3"),
        *("https://", "id.gs1.org", "/", "/01/", "/00/", "/10/", "gtin", "?", "&", "#", "%", "%2F"),
        *("urn:epc:id:sgtin:", "urn:epc:id:sscc:", "urn:epc:class:lgtin:", "urn:epc:idpat:sgtin:"),
        *(".", "*", " ", "09506000134352", "9506000134352", "106141412345678908", "4012345"),
        *("\ud800", "%ED%A0%80", "٣", "\x00", "\n", "[", "@"),
    ]
)
likely = st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=12).map("".join)


@given(st.one_of(st.text(), st.text(SET_82 + GS), likely))
def test_no_text_makes_it_fail_and_what_is_filled_is_sound(text: str) -> None:
    try:
        found = identify(text)
    except NotIdentified:
        return

    assert found.raw == text
    assert found == identify(text)
    assert found.gtin is None or (len(found.gtin) == 14 and has_valid_check_digit(found.gtin))
    assert found.sscc is None or (len(found.sscc) == 18 and has_valid_check_digit(found.sscc))
    for number in (found.lot, found.serial):
        assert number is None or (1 <= len(number) <= 20 and set(number) <= set(SET_82))
    assert found.flaws or found.gtin or found.sscc
    assert all(flaw.code and flaw.detail.endswith(".") for flaw in found.flaws)
