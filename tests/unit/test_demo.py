"""The demo's history: repeatable, well-formed, balanced, and of the size that it promises."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import orjson
import pytest

from tracegraph.demo import STORY, Scale, history, sized
from tracegraph.demo.calendar import CHINA, EUROPE, moment, stamp
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.numbers import check_digit
from tracegraph.demo.story import lot_of, serial_of
from tracegraph.model.key import container_key
from tracegraph.model.parse import parse_event

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
FIELDS = ("inputs", "outputs", "items")
MAKE = {"production", "assembly", "process"}

# Every GTIN of a package level, as the product's own number and the units it holds.
NAMES = {
    gtin: (product.number, content)
    for product in PRODUCTS.values()
    if product.reference
    for gtin, content in (
        (product.gtin, 1),
        (product.carton_gtin, product.carton),
        (product.case_gtin, product.case),
    )
}


def fractions():
    return defaultdict(Fraction)


def digest(scale, seed):
    sha = hashlib.sha256()
    for event in history(scale, seed):
        sha.update(orjson.dumps(event))
    return sha.hexdigest()


def lines(event, fields=FIELDS):
    return [line for field in fields for line in event.get(field, ())]


def key_of(item):
    """The key of an item of the demo; None for a product that is named alone."""
    if "key" in item:
        return item["key"]
    if "sscc" in item:
        return container_key(item["sscc"])
    if "scan" in item:
        read = dict(re.findall(r"\((\d\d)\)([^(]+)", item["scan"]))
        if "00" in read:
            return container_key(read["00"])
        return serial_of(NAMES[read["01"]][0], read["21"])
    product, content = NAMES.get(item["product"], (item["product"], 1))
    if "serial" in item:
        if content > 1:
            return f"https://id.gs1.org/01/{item['product']}/21/{item['serial']}"
        return serial_of(product, item["serial"])
    return lot_of(product, item["lot"]) if "lot" in item else None


def keys_of(events):
    """Every item of a history, with the lots that lines of serials name."""
    found: set[str | None] = set()
    for event in events:
        found.update(key_of(line["item"]) for line in lines(event))
        if "container" in event:
            found.add(key_of(event["container"]))
        for line in lines(event):
            item = line["item"]
            if "serial" in item and "lot" in item:
                found.add(
                    lot_of(
                        NAMES[item["product"]][0] if item["product"] in NAMES else item["product"],
                        item["lot"],
                    )
                )
    return found - {None}


def descendants(events, seed):
    """Steps from an item to everything made of it, without regard to time."""
    nodes: dict[tuple[str, str], tuple[set, set]] = defaultdict(lambda: (set(), set()))
    later: dict[str, set[str]] = defaultdict(set)
    for event in events:
        node = nodes[event["source"], event.get("run") or event["id"]]
        node[0].update(key_of(line["item"]) for line in lines(event, ["inputs"]))
        node[1].update(key_of(line["item"]) for line in lines(event, ["outputs"]))
        for line in lines(event, ["outputs"]):
            if "serial" in line["item"] and "lot" in line["item"]:
                node[1].add(lot_of(line["item"]["product"], line["item"]["lot"]))
    for inputs, outputs in nodes.values():
        for key in inputs:
            later[key] |= outputs
    steps, queue = {seed: 0}, [seed]
    for key in queue:
        for child in later[key]:
            if child not in steps:
                steps[child] = steps[key] + 1
                queue.append(child)
    return steps


@pytest.fixture(scope="module")
def small():
    return list(history(Scale.SMALL, 1))


def test_the_same_scale_and_seed_give_the_same_bytes():
    assert digest(Scale.SMALL, 7) == digest(Scale.SMALL, 7)


def test_another_process_gives_the_same_bytes():
    # Neither the order of sets nor the local time zone may show.
    code = (
        "import hashlib, orjson; from tracegraph.demo import Scale, history; "
        "print(hashlib.sha256(b''.join(map(orjson.dumps, history(Scale.SMALL, 7)))).hexdigest())"
    )
    surroundings = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"}
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=surroundings, check=True, capture_output=True
    )
    assert said.stdout.decode().strip() == digest(Scale.SMALL, 7)


def test_another_seed_gives_another_history():
    assert digest(Scale.SMALL, 7) != digest(Scale.SMALL, 8)


def test_every_event_is_well_formed(small):
    for event in small:
        parse_event(event)


def test_ids_are_unique_within_their_source(small):
    assert max(Counter((event["source"], event["id"]) for event in small).values()) == 1


def test_every_group_of_the_wire_table_occurs(small):
    missing = {
        "order", "receipt", "supplier_return", "production", "assembly", "disassembly", "process",
        "rework", "split", "merge", "move", "pack", "shipment", "delivery", "return", "use",
        "scrap", "adjustment", "inspection", "hold", "release", "deviation", "nonconformance",
        "capa", "certificate", "complaint", "product", "party", "place", "equipment", "void",
    } - {event["type"] for event in small}  # fmt: skip
    assert not missing


def test_check_digits_are_right(small):
    text = orjson.dumps(small).decode()
    numbers = set(re.findall(r'"(?:gtin|sscc)":"(\d+)"', text))
    numbers |= set(re.findall(r"\((?:00|01)\)(\d+)", text))
    numbers |= set(re.findall(r"id\.gs1\.org/(?:00|01)/(\d+)", text))
    assert len(numbers) > 50
    assert {len(number) for number in numbers} == {14, 18}
    for number in numbers:
        assert check_digit(number[:-1]) == number[-1], number


def test_products_go_by_own_number_gtin_element_string_and_link(small):
    forms: Counter[str] = Counter()
    for event in small:
        for line in lines(event):
            item = line["item"]
            product = item.get("product", "")
            forms["gtin" if product in NAMES else next(iter(item))] += 1
    assert min(forms[form] for form in ("product", "gtin", "scan", "key", "sscc")) > 20


def test_what_is_referred_to_exists(small):
    known: dict[str, set[str]] = {
        kind: set() for kind in ("product", "party", "place", "equipment", "order")
    }
    for event in small:
        if event["type"] in known:
            known[event["type"]].add(event["number"])
    for event in small:
        assert {event["party"]} <= known["party"] if "party" in event else True
        assert {event["place"]} <= known["place"] if "place" in event else True
        assert set(event.get("equipment", ())) <= known["equipment"]
        assert {event["order"]} <= known["order"] if "order" in event else True
        for line in lines(event):
            product = line["item"].get("product")
            assert product is None or product in known["product"] or product in NAMES


def test_records_arrive_late(small):
    late: Counter[str] = Counter()
    newest = datetime.fromisoformat("2000-01-01T00:00:00Z")
    for event in small:
        at = datetime.fromisoformat(event["occurred_at"])
        if at < newest - timedelta(days=2) and event["type"] != "order":
            late[event["type"]] += 1
        newest = max(newest, at)
    assert late["pack"]
    assert late["product"] == 1
    assert late["receipt"]


def test_names_of_the_late_product_are_used_before_its_record_arrives(small):
    met: set[str | None] = set()
    for event in small:
        if event["type"] == "product" and event["number"] == "BS-4540" and "packages" in event:
            break
        for line in lines(event):
            met.add(line["item"].get("product"))
    assert {"BS-4540", PRODUCTS["BS-4540"].gtin} <= met


def test_a_correction_is_a_void_and_next_to_it_what_replaces_it(small):
    voids = {
        (event["source"], event["voids"]): n for n, event in enumerate(small) if "voids" in event
    }
    replacing = [n for n, event in enumerate(small) if "replaces" in event]
    assert replacing
    for n in replacing:
        assert voids[small[n]["source"], small[n]["replaces"]] == n - 1


def test_a_void_may_arrive_before_its_target(small):
    position = {(event["source"], event["id"]): n for n, event in enumerate(small)}
    early = [
        event["id"]
        for n, event in enumerate(small)
        if "voids" in event and position[event["source"], event["voids"]] > n
    ]
    assert early


def test_an_event_makes_at_most_500_items():
    events = history(Scale.MEDIUM, 1)
    assert max(len(lines(event, ["outputs"])) for event in events) <= 500


def test_what_is_made_takes_what_its_bill_says(small):
    voided = {(event["source"], event["voids"]) for event in small if "voids" in event}
    used: dict[tuple[str, str], defaultdict[str, Fraction]] = defaultdict(fractions)
    made: dict[tuple[str, str], defaultdict[str, Fraction]] = defaultdict(fractions)
    for event in small:
        if event["type"] in MAKE and (event["source"], event["id"]) not in voided:
            node = (event["source"], event.get("run") or event["id"])
            for side, field in ((used, "inputs"), (made, "outputs")):
                for line in lines(event, [field]):
                    number = line["item"]["product"]
                    side[node][NAMES.get(number, (number,))[0]] += Fraction(line["quantity"])
    short = set()
    for node, outputs in made.items():
        for product, quantity in outputs.items():
            for part in PRODUCTS[product].bill:
                if used[node][part.product] < quantity * part.milli / 1000:
                    short.add(product)
    # Only the story's record without its compound says less than the bill asks.
    assert short == {"MC-DCB"}


def test_no_lot_is_overdrawn_by_making():
    for seed in (1, 2, 3):
        events = list(history(Scale.SMALL, seed))
        voided = {(event["source"], event["voids"]) for event in events if "voids" in event}
        balance: dict[str | None, Fraction] = defaultdict(Fraction)
        for event in events:
            if (event["source"], event["id"]) in voided or event["type"] not in {
                "receipt", *MAKE, "rework", "split", "merge", "relabel", "supplier_return",
            }:  # fmt: skip
                continue
            gains = event["type"] == "receipt"
            for field, sign in (("inputs", -1), ("outputs", 1), ("items", 1 if gains else -1)):
                if event["type"] == "process" and field == "items":
                    continue
                for line in lines(event, [field]):
                    if line["item"].get("lot") and "serial" not in line["item"]:
                        balance[key_of(line["item"])] += sign * Fraction(line["quantity"])
        assert min(balance.values()) >= 0


@pytest.mark.parametrize(
    ("scale", "seed"), [(Scale.SMALL, 1), (Scale.SMALL, 99), (Scale.MEDIUM, 5)]
)
def test_the_story_is_told_at_every_scale_and_seed(scale, seed):
    events = list(history(scale, seed))
    keys = keys_of(events)
    items = {
        STORY.bad_resin_lot, STORY.good_lot, STORY.good_serial, STORY.unproven_lot,
        STORY.common_lot,
        *STORY.compounds, *STORY.component_lots, *STORY.subassembly_lots, *STORY.finished_lots,
        *STORY.affected_serials, *STORY.sterilizer_lots,
    }  # fmt: skip
    assert not items - keys
    numbers = {event.get("number") for event in events}
    records = {
        *STORY.complaints, *STORY.customers, *STORY.sterilizer_customers, STORY.supplier,
        STORY.sterilizer, STORY.nonconformance, STORY.capa, STORY.deviation,
    }  # fmt: skip
    assert not records - numbers


def test_the_story_is_the_same_in_every_history(small):
    reach = descendants(small, STORY.bad_resin_lot)
    assert reach == descendants(history(Scale.SMALL, 2), STORY.bad_resin_lot)
    assert reach == descendants(history(Scale.MEDIUM, 3), STORY.bad_resin_lot)


def test_bad_resin_reaches_the_affected_and_not_the_good(small):
    reach = descendants(small, STORY.bad_resin_lot)
    affected = {
        *STORY.compounds, *STORY.component_lots, *STORY.subassembly_lots, *STORY.finished_lots,
        *STORY.affected_serials,
    }  # fmt: skip
    assert affected <= set(reach)
    assert not {STORY.good_lot, STORY.good_serial, STORY.unproven_lot} & set(reach)
    assert max(reach.values()) == 8


def test_the_customers_of_the_story_received_what_it_says(small):
    reach = set(descendants(small, STORY.bad_resin_lot))
    content: dict[str | None, set[str | None]] = defaultdict(set)
    voided = {event.get("voids") for event in small}
    received: dict[str, set[str | None]] = defaultdict(set)
    for event in small:
        if event["type"] == "pack":
            content[key_of(event["container"])] |= {key_of(line["item"]) for line in event["items"]}
    for event in small:
        if event["type"] == "shipment" and "party" in event and event["id"] not in voided:
            for line in event["items"]:
                inside = [key_of(line["item"])]
                for key in inside:
                    inside.extend(content[key])
                received[event["party"]].update(inside)
    affected = {party for party, keys in received.items() if keys & reach}
    assert affected == set(STORY.customers)
    lots = {lot.rsplit("-", 1)[1] for lot in STORY.sterilizer_lots}
    touched = {
        party
        for party, keys in received.items()
        if any(key and key.rsplit("/", 1)[1][:4] in lots and "/21/" in key for key in keys)
    }
    assert touched == set(STORY.sterilizer_customers)


def test_only_the_loads_of_the_story_meet_the_fault_of_the_sterilizer(small):
    first, last = (datetime.fromisoformat(at) for at in (STORY.fault_from, STORY.fault_until))
    for events in (small, history(Scale.MEDIUM, 4)):
        loads = [
            event
            for event in events
            if event["type"] == "process"
            and STORY.sterilizer in event["equipment"]
            and datetime.fromisoformat(event["started_at"]) <= last
            and datetime.fromisoformat(event["occurred_at"]) >= first
        ]
        products = {line["item"]["product"] for event in loads for line in event["items"]}
        assert len(loads) == 2
        assert products == {"ST-SET", "PS-45", "PS-35"}


def test_small_is_small(small):
    assert 3_000 <= len(keys_of(small)) <= 6_000
    assert len(small) <= 8_000


def test_medium_has_about_a_hundred_thousand_items():
    events = list(history(Scale.MEDIUM, 1))
    assert 90_000 <= len(keys_of(events)) <= 120_000
    assert 5_000 <= len(descendants(events, STORY.common_lot)) <= 20_000


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="a million items; TRACEGRAPH_PROVE=1 runs it")
def test_large_has_a_million_items():
    serials = events = 0
    for event in history(Scale.LARGE, 1):
        events += 1
        if event["type"] == "production":
            serials += sum("serial" in line["item"] for line in event.get("outputs", ()))
    assert serials >= 1_000_000
    assert 60_000 <= events <= 150_000


@pytest.mark.parametrize("day", ["2024-10-26", "2024-10-28", "2025-03-29", "2025-03-31"])
def test_local_times_keep_their_hour_across_summer_time(day):
    assert stamp(moment(f"{day} 09:30", EUROPE), EUROPE).startswith(f"{day}T09:30")
    assert stamp(moment(f"{day} 09:30", CHINA), CHINA) == f"{day}T09:30:00+08:00"


def test_finished_goods_expire_after_their_shelf_life(small):
    dated = [
        line
        for event in small
        if event["type"] == "production"
        for line in event.get("outputs", ())
        if "expires_on" in line
    ]
    assert dated
    assert all(date.fromisoformat(line["expires_on"]).year >= 2029 for line in dated)


@pytest.mark.parametrize("edges", [3e4, 1e5])
def test_a_size_has_about_as_many_edges_as_were_asked_for(edges):
    drawn = 0
    for event in history(sized(edges), 1):
        drawn += len(lines(event, ["inputs", "outputs"]))
        # A serial of a lot is drawn from the lot, and to what unnamed draws are taken from.
        named = (line["item"] for line in lines(event, ["outputs"]))
        drawn += 2 * sum("serial" in item and "lot" in item for item in named)
    assert edges / 1.5 < drawn < edges * 1.5
