"""Instants: points in time, exact to any number of fractional digits (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from tracegraph.model.refusal import json_type

ACCEPTED = "an RFC 3339 time with its offset, such as 2026-03-02T09:14:00+08:00"

# Beyond what any clock or sender gives; every digit kept is compared, so there must be an end.
MOST_DIGITS = 1000

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UTC = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)


class Instant(NamedTuple):
    """A point in time: microseconds since 1970 (floored), and the digits beyond.

    Tuples compare exactly, so instants do. The offset a time was written with is not part of
    the instant; the event's own text keeps it.

    >>> Instant.parse("2026-03-02T09:14:00+08:00") == Instant.parse("2026-03-02T01:14:00.000Z")
    True
    >>> str(Instant.parse("2021-10-05T11:10:00.12345670+00:00"))
    '2021-10-05T11:10:00.1234567Z'
    """

    micros: int
    rest: str = ""

    @classmethod
    def parse(cls, text: str) -> Instant:
        """Read an RFC 3339 time. Raises ValueError with the reason.

        A leap second counts as the second that follows it.
        """
        match = _RFC3339.fullmatch(text)
        if match is None:
            reason = "has no offset" if _lacks_offset(text) else "is not an RFC 3339 time"
            raise ValueError(reason)
        year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
        fraction = (match[7] or "").rstrip("0")
        if len(fraction) > MOST_DIGITS:
            raise ValueError(f"has more than {MOST_DIGITS} fractional digits")
        offset = _offset(*match.group(9, 10, 11))
        leap = second == 60
        try:
            moment = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC)
            utc = moment - offset
        except (ValueError, OverflowError) as error:
            raise ValueError(f"names no moment of the calendar ({error})") from error
        if leap:
            if (utc.hour, utc.minute) != (23, 59):
                raise ValueError("has second 60 where no leap second can be")
            if utc.year == 9999:
                raise ValueError("is beyond the last year of the calendar")
            return cls((utc - _EPOCH) // _MICROSECOND + 1_000_000)
        micros = (utc - _EPOCH) // _MICROSECOND
        return (
            cls(micros + int(fraction[:6].ljust(6, "0")), fraction[6:]) if fraction else cls(micros)
        )

    @classmethod
    def of(cls, moment: datetime) -> Instant:
        """The instant of an aware datetime."""
        return cls((moment - _EPOCH) // _MICROSECOND)

    def __str__(self) -> str:
        """RFC 3339 in UTC, with as many fractional digits as are needed."""
        return _spelled(self.micros, self.rest)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Pydantic reads RFC 3339 text and writes it back in UTC."""
        return core_schema.no_info_plain_validator_function(
            _validate,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """The JSON Schema of an instant."""
        return {"type": "string", "format": "date-time", "description": ACCEPTED}


@lru_cache(maxsize=65_536)
def _spelled(micros: int, rest: str) -> str:
    seconds, micros = divmod(micros, 1_000_000)
    whole = (_EPOCH_UTC + timedelta(seconds=seconds)).isoformat()
    digits = f"{micros:06d}{rest}".rstrip("0")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def _lacks_offset(text: str) -> bool:
    return _RFC3339.fullmatch(text + "Z") is not None


@lru_cache(maxsize=1024)
def _offset(sign: str | None, hours: str, minutes: str) -> timedelta:
    """How far a local time is ahead of UTC; without a sign it is in UTC."""
    if sign is None:
        return timedelta()
    size = timedelta(hours=int(hours), minutes=int(minutes))
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("has an offset that no clock shows")
    return size if sign == "+" else -size


def _validate(value: Any) -> Instant:
    if isinstance(value, Instant):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError(
            "instant",
            "is {kind}, not a text.",
            {"kind": json_type(value), "accepted": ACCEPTED},
        )
    try:
        return Instant.parse(value)
    except ValueError as error:
        raise PydanticCustomError(
            "instant", "{reason}.", {"reason": str(error), "accepted": ACCEPTED}
        ) from error
