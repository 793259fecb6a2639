"""Quantities: exact amounts, integers of 10^-6 of their unit; never floats."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from tracegraph.model.refusal import json_type

MICRO = 1_000_000
ACCEPTED = 'a decimal string such as "12" or "0.25": at most 12 digits before and 6 after the point'

_DECIMAL = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)


class Quantity(NamedTuple):
    """An exact amount, in millionths of a unit that is named beside it.

    >>> Quantity.parse("1.0") == Quantity.parse("1")
    True
    >>> str(Quantity.parse("0.250"))
    '0.25'
    """

    micro: int

    @classmethod
    @lru_cache(maxsize=16_384)
    def parse(cls, text: str) -> Quantity:
        """Read a decimal string. Raises ValueError with the reason."""
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise ValueError("is not a decimal of at most 12 digits before and 6 after the point")
        micro = int(match[2]) * MICRO + int((match[3] or "").ljust(6, "0"))
        return cls(-micro if match[1] else micro)

    def __str__(self) -> str:
        """The shortest decimal that is exactly this amount."""
        return spelled(self.micro)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Pydantic reads decimal strings and writes the shortest one."""
        return core_schema.no_info_plain_validator_function(
            _validate,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """The JSON Schema of a quantity."""
        return {"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "description": ACCEPTED}


ONE = Quantity(MICRO)


@lru_cache(maxsize=65_536)
def spelled(micro: int) -> str:
    """The shortest decimal that is exactly so many millionths.

    >>> spelled(250_000)
    '0.25'
    """
    whole, rest = divmod(abs(micro), MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")


def _validate(value: Any) -> Quantity:
    if isinstance(value, Quantity):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError(
            "quantity",
            "is {kind}, not a text; numbers lose digits on the way.",
            {"kind": json_type(value), "accepted": ACCEPTED},
        )
    try:
        return Quantity.parse(value)
    except ValueError as error:
        raise PydanticCustomError(
            "quantity", "{reason}.", {"reason": str(error), "accepted": ACCEPTED}
        ) from error
