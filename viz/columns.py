"""Figures over time as columns, in plain SVG: a value a month, with what it says on it.

Colours come from the style sheet of the page, by class; the table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

PITCH, WIDE = 56, 36  # pixels from column to column, and of a column
HIGH, HEAD, FOOT = 96, 18, 22  # of the highest column, of its value above, of its name below
_SIZE = 11


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its value (None: nothing to count), and the value as it is said."""

    name: str
    value: float | None
    said: str


def columns_svg(columns: Sequence[Column], *, label: str, most: float | None = None) -> str:
    """Columns side by side as an SVG element; `most` is the value of the highest possible one.

    >>> columns_svg([Column("2026-03", 0.5, "50 %")], label="On time", most=1)[:50]
    '<svg xmlns="http://www.w3.org/2000/svg" class="colu'
    """
    top = most or max((column.value or 0 for column in columns), default=0) or 1
    wide, high = PITCH * max(1, len(columns)), HEAD + HIGH + FOOT
    drawn = "".join(_column(place, column, top) for place, column in enumerate(columns))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="columns" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" role="img" aria-label="{escape(label)}">'
        f'<path class="edge" d="M0 {HEAD + HIGH + 0.5}H{wide}" fill="none"/>{drawn}</svg>'
    )


def _column(place: int, column: Column, top: float) -> str:
    middle = PITCH * place + PITCH / 2
    tall = HIGH * min(1.0, (column.value or 0) / top)
    foot = HEAD + HIGH
    bar = (
        f'<rect class="column" x="{middle - WIDE / 2:.0f}" y="{foot - tall:.1f}" '
        f'width="{WIDE}" height="{tall:.1f}"/>'
        if tall
        else ""
    )
    return (
        f"<g><title>{escape(f'{column.name}: {column.said}')}</title>{bar}"
        + _text(middle, foot - tall - 5, column.said)
        + _text(middle, foot + 15, column.name)
        + "</g>"
    )


def _text(x: float, y: float, said: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.1f}" font-size="{_SIZE}">{escape(said)}</text>'
