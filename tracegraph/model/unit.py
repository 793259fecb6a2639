"""Units: UN/ECE Recommendation 20 codes, and the words each, g, kg, mL, L, m."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

ACCEPTED = "a UN/ECE Rec 20 code such as KGM, or one of each, g, kg, mL, L, m"

EACH = "each"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit measures, and how many base units (each, g, L, m) one of it is."""

    dimension: str
    factor: Fraction


def _table() -> dict[str, Measure]:
    rows: dict[str, dict[str, int | Fraction]] = {
        "count": {
            "each": 1, "C62": 1, "EA": 1, "H87": 1, "PR": 2, "DZN": 12, "CEN": 100, "MIL": 1000,
        },
        "mass": {
            "g": 1, "GRM": 1, "kg": 1000, "KGM": 1000, "MGM": Fraction(1, 1000),
            "TNE": 1_000_000, "LBR": Fraction("453.59237"), "ONZ": Fraction("28.349523125"),
        },
        "volume": {
            "L": 1, "LTR": 1, "mL": Fraction(1, 1000), "MLT": Fraction(1, 1000),
            "MTQ": 1000, "DMQ": 1, "CMQ": Fraction(1, 1000), "HLT": 100,
            "GLL": Fraction("3.785411784"),
        },
        "length": {
            "m": 1, "MTR": 1, "CMT": Fraction(1, 100), "MMT": Fraction(1, 1000),
            "KMT": 1000, "INH": Fraction("0.0254"), "FOT": Fraction("0.3048"),
            "YRD": Fraction("0.9144"),
        },
    }  # fmt: skip
    return {
        code: Measure(dimension, Fraction(factor))
        for dimension, units in rows.items()
        for code, factor in units.items()
    }


MEASURES = _table()
_CODE = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)


def measure(unit: str) -> Measure:
    """What `unit` measures. A code outside the table measures only itself, in itself."""
    return MEASURES.get(unit) or Measure(unit, Fraction(1))


def _check(value: str) -> str:
    if value not in MEASURES and _CODE.fullmatch(value) is None:
        raise PydanticCustomError("unit", "is not a known unit.", {"accepted": ACCEPTED})
    return value


Unit = Annotated[str, Field(description=ACCEPTED), AfterValidator(_check)]
