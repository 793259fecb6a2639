"""When scheduled queries run: against looking at every second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.epcis.subscriptions.schedule import FIELDS, Schedule, read_schedule

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def schedule(**fields: object) -> Schedule:
    read = read_schedule(fields)
    assert isinstance(read, Schedule), read
    return read


def fits(moment: datetime, allowed: Schedule) -> bool:
    said = {
        "second": moment.second, "minute": moment.minute, "hour": moment.hour,
        "dayOfMonth": moment.day, "month": moment.month, "dayOfWeek": moment.isoweekday(),
    }  # fmt: skip
    return all(value in allowed.allowed[name] for name, value in said.items())


@given(MOMENTS, st.sets(st.integers(0, 59), min_size=1), st.sets(st.integers(0, 59), min_size=1))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_the_first_second_that_fits(moment: datetime, seconds: set[int], minutes: set[int]) -> None:
    wanted = schedule(second=",".join(map(str, seconds)), minute=",".join(map(str, minutes)))

    found = wanted.after(moment)

    second = moment.replace(microsecond=0) + timedelta(seconds=1)
    while not fits(second, wanted):
        second += timedelta(seconds=1)
    assert found == second


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"hour": "1", "minute": "5"}, "2026-03-02T01:05:00"),  # the standard's example
        ({"minute": "[10-12],40"}, "2026-03-01T09:40:00"),
        ({"hour": "[9-17]", "dayOfWeek": "[1-5]", "minute": "0"}, "2026-03-02T09:00:00"),  # Monday
        ({"dayOfMonth": "29", "month": "2", "hour": "0", "minute": "0"}, "2028-02-29T00:00:00"),
        ({"second": "30"}, "2026-03-01T09:14:30"),
        # the next 29 February that is a Monday
        (
            {"dayOfMonth": "29", "month": "2", "dayOfWeek": "1", "hour": "0", "minute": "0"},
            "2044-02-29T00:00:00",
        ),
        ({"second": 15, "minute": 14, "hour": 9}, "2026-03-02T09:14:15"),  # that one is now
    ],
)
def test_examples(fields: dict[str, object], expected: str) -> None:
    now = datetime(2026, 3, 1, 9, 14, 15, tzinfo=UTC)  # a Sunday

    found = schedule(**fields).after(now)

    assert found is not None
    assert found.isoformat() == f"{expected}+00:00"


def test_a_day_that_no_year_has_never_comes() -> None:
    assert schedule(dayOfMonth="30", month="2").after(datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({}, ""),
        ([], ""),
        ({"hour": "24"}, "/hour"),
        ({"hour": ""}, "/hour"),
        ({"hour": "*"}, "/hour"),
        ({"second": "0/30"}, "/second"),
        ({"dayOfMonth": "0"}, "/dayOfMonth"),
        ({"dayOfWeek": "[5-1]"}, "/dayOfWeek"),
        ({"minute": "1,,2"}, "/minute"),
        ({"week": "1"}, "/week"),
    ],
)
def test_what_is_no_schedule_is_refused(fields: object, at: str) -> None:
    """A field that is read as another would run a query at the wrong time, or never."""
    read = read_schedule(fields)

    assert isinstance(read, list)
    assert [fault.pointer for fault in read] == [at]


def test_a_field_that_is_absent_fits_any_value_but_the_second() -> None:
    read = schedule(hour="3")

    assert read.allowed["second"] == {0}
    assert read.allowed["minute"] == set(range(60))
    assert read.allowed.keys() == FIELDS.keys()
