"""Colours, light and dark: text at least 7:1 on its ground, borders at least 3:1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif'


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of a figure. Kinds also differ by word, so colour never stands alone."""

    ground: str
    band: str
    ink: str
    quiet: str  # secondary text
    edge: str
    event: str  # border of an event's square
    lot: str
    serial: str
    container: str
    border: str  # of cards
    under: str  # the second card of a fold
    seed: str
    on_seed: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ground="#ffffff", band="#f6f8fa", ink="#1f2933", quiet="#4a5561", edge="#7d8998",
        event="#4a5561", lot="#ffffff", serial="#e8f1fb", container="#f6efdc", border="#7b8794",
        under="#e3e8ee", seed="#1f2933", on_seed="#ffffff",
    ),
    "dark": Palette(
        ground="#14181d", band="#1b2027", ink="#eef2f6", quiet="#b9c3ce", edge="#66727f",
        event="#b9c3ce", lot="#232a32", serial="#173049", container="#3a321e", border="#7d8998",
        under="#2f3842", seed="#f4f6f8", on_seed="#14181d",
    ),
}  # fmt: skip
