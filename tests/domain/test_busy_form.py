"""When a student cannot come: lines of the form, what is wrong with one, and back again."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.busy_form import LINES, BusyHours, busy_fields, busy_words, read_busy
from therapytrack.domain.form_fields import FieldReader

LUNCH = {"busy_0_day": "all", "busy_0_from": "11:30", "busy_0_to": "12:00", "busy_0_why": "lunch"}
HOURS = st.tuples(st.integers(6, 11), st.integers(12, 17)).map(lambda pair: (time(pair[0]), time(pair[1])))
BUSY = st.builds(
    lambda day, hours, label: BusyHours(day, hours[0], hours[1], label),
    st.integers(0, 6),
    HOURS,
    st.sampled_from(["band", "gym"]),
)


def test_every_school_day_is_five_days_and_reads_back_as_one_line() -> None:
    read = FieldReader(LUNCH)
    found = read_busy(read)
    assert [one.weekday for one in found] == [0, 1, 2, 3, 4]
    assert read.wrong == {}
    assert {name: value for name, value in busy_fields(found).items() if value} == LUNCH
    assert busy_words(found) == "Every school day 11:30 AM–12:00 PM lunch"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"busy_0_day": ""}, "busy_0_day"),
        ({"busy_0_day": "7"}, "busy_0_day"),
        ({"busy_0_from": "25:00"}, "busy_0_from"),
        ({"busy_0_to": "11:30"}, "busy_0_to"),
        ({"busy_0_why": ""}, "busy_0_why"),
        ({"busy_0_why": "x" * 61}, "busy_0_why"),
    ],
)
def test_a_line_that_is_not_right_is_told_beside_its_field(change: dict[str, str], field: str) -> None:
    read = FieldReader(LUNCH | change)
    read_busy(read)
    assert list(read.wrong) == [field]


def test_empty_lines_are_none() -> None:
    read = FieldReader(dict.fromkeys(busy_fields(()), " "))
    assert (read_busy(read), read.wrong) == ((), {})


@given(st.sets(BUSY, max_size=LINES))
def test_what_the_form_begins_with_is_read_back_the_same(busy: set[BusyHours]) -> None:
    read = FieldReader(busy_fields(busy))
    assert set(read_busy(read)) == busy
    assert read.wrong == {}
