"""What references call items: only sound GS1 keys are read as such."""

from __future__ import annotations

from tracegraph.identify.naming import is_gtin, name_item
from tracegraph.model.item import ItemRef


def test_a_sound_gtin_names_a_digital_link() -> None:
    name = name_item(ItemRef(product="9506000134352", lot="A"))

    assert name is not None
    assert name.key == "https://id.gs1.org/01/09506000134352/10/A"
    assert name.flaws == ()


def test_a_wrong_check_digit_is_an_own_number_with_a_flaw() -> None:
    """Taken for a GTIN it would pass silently, and could be another maker's product."""
    name = name_item(ItemRef(product="09506000134353", lot="A"))

    assert name is not None
    assert name.key == "urn:tracegraph:lot:09506000134353:A"
    assert [flaw.code for flaw in name.flaws] == ["check_digit"]
    assert not is_gtin("09506000134353")
