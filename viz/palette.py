"""Colours, light and dark: text at least 7:1 on its ground, borders at least 3:1."""

from __future__ import annotations

from collections.abc import Mapping
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
    way: str  # of the way that led to an item
    found: str  # around what a search found
    tints: Mapping[str, tuple[str, str]]  # fill and border of each of COLOURS

    def fill(self, colour: str) -> str:
        """The fill of what has a colour of COLOURS."""
        return self.tints[colour][0]

    def line(self, colour: str) -> str:
        """The border of what has a colour of COLOURS."""
        return self.tints[colour][1]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ground="#ffffff", band="#f6f8fa", ink="#1f2933", quiet="#4a5561", edge="#7d8998",
        event="#4a5561", lot="#ffffff", serial="#e8f1fb", container="#f6efdc", border="#7b8794",
        under="#e3e8ee", seed="#1f2933", on_seed="#ffffff", way="#0b5cad",
        found="#a3109b",
        tints={
            "certain": ("#fbdccb", "#b23c00"), "possible": ("#fff0c9", "#8a5a00"),
            "other": ("#eef1f4", "#7b8794"),
            "a": ("#dbe9fb", "#1f5fae"), "b": ("#d9f0dd", "#1f7a35"), "c": ("#e9e0f8", "#6d47b5"),
            "d": ("#d3eff0", "#0f7377"), "e": ("#fbdfe9", "#ae2a62"), "f": ("#efe9d2", "#80631a"),
        },
    ),
    "dark": Palette(
        ground="#14181d", band="#1b2027", ink="#eef2f6", quiet="#b9c3ce", edge="#66727f",
        event="#b9c3ce", lot="#232a32", serial="#173049", container="#3a321e", border="#7d8998",
        under="#2f3842", seed="#f4f6f8", on_seed="#14181d", way="#6cb6ff",
        found="#f39bff",
        tints={
            "certain": ("#4a2413", "#ff9b6b"), "possible": ("#423510", "#e0b040"),
            "other": ("#232a32", "#7d8998"),
            "a": ("#18304f", "#6aaaf0"), "b": ("#17381f", "#62c07a"), "c": ("#2f2550", "#a98df0"),
            "d": ("#10393b", "#4fc0c4"), "e": ("#48192d", "#f083ab"), "f": ("#3a321e", "#cbb067"),
        },
    ),
}  # fmt: skip
