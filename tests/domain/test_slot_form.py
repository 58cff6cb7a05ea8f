"""The form of a slot: what it makes, and the sentence beside each field that is not right."""

from datetime import date, time
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from therapytrack.domain.slot_form import DayMove, offer_href, parse_move, parse_offer, parse_slot
from therapytrack.errors import Invalid

ANA, BEN = str(UUID(int=1)), str(UUID(int=2))
GOOD = {
    "title": "",
    "starts_on": "2026-11-24",
    "ends_on": "",
    "repeat": "week",
    "starts": "10:00",
    "ends": "10:30",
    "school": "",
    "place": "",
    "delivery": "pull_out",
}


def test_a_weekly_group_needs_no_more_than_its_day_its_hours_and_its_students() -> None:
    slot = parse_slot(GOOD, [ANA, BEN])
    assert (slot.title, slot.rule, slot.starts_on, slot.starts, slot.minutes) == (
        "Group session",
        "FREQ=WEEKLY;BYDAY=TU",
        date(2026, 11, 24),
        time(10),
        30,
    )


def test_chosen_weekdays_make_the_rule_and_the_first_day() -> None:
    slot = parse_slot(GOOD | {"weekday:0": "on", "weekday:2": "on"}, [ANA])
    assert (slot.title, slot.rule, slot.starts_on) == (
        "Individual session",
        "FREQ=WEEKLY;BYDAY=MO,WE",
        date(2026, 11, 25),
    )


@pytest.mark.parametrize(
    "field, text, students",
    [
        ("starts_on", "", [ANA]),
        ("starts_on", "soon", [ANA]),
        ("ends_on", "2026-11-01", [ANA]),
        ("repeat", "hourly", [ANA]),
        ("starts", "", [ANA]),
        ("ends", "10:00", [ANA]),
        ("ends", "00:15", [ANA]),
        ("school", "Maple", [ANA]),
        ("place", "x" * 121, [ANA]),
        ("delivery", "post", [ANA]),
        ("students", "", []),
        ("students", "", ["somebody"]),
        ("students", "", [str(UUID(int=one)) for one in range(1, 10)]),
    ],
)
def test_each_wrong_field_gets_a_sentence(field: str, text: str, students: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_slot(GOOD | {field: text}, students)
    assert set(refused.value.fields) == {field}


def test_a_repeat_that_has_no_day_before_its_end_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        parse_slot(GOOD | {"weekday:0": "on", "ends_on": "2026-11-27"}, [ANA])
    assert set(refused.value.fields) == {"ends_on"}


def test_a_move_says_where_a_day_goes() -> None:
    assert parse_move({"to": "2026-11-26", "starts": "13:05", "ends": "13:45"}) == DayMove(
        date(2026, 11, 26), time(13, 5), 40
    )


def test_a_move_without_a_day_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        parse_move({"to": "", "starts": "13:05", "ends": "13:00"})
    assert set(refused.value.fields) == {"to", "ends"}


@pytest.mark.parametrize(
    "wrong",
    [{"new": "somebody"}, {"day": ""}, {"starts": "noon"}, {"minutes": "0"}, {"minutes": "900"}, {"school": "Oak"}],
)
def test_an_address_fills_in_the_form_of_one_session_or_opens_none(wrong: dict[str, str]) -> None:
    href = offer_href(date(2026, 11, 30), time(10, 15), 30, UUID(ANA), None)
    asked = dict(parse_qsl(href.partition("?")[2]))
    form = parse_offer(asked)
    assert form is not None
    assert (form.starts_on, form.starts, form.minutes, form.rule) == (date(2026, 11, 30), time(10, 15), 30, "")
    assert (form.student_ids, form.school_id) == ((UUID(ANA),), None)
    assert parse_offer(asked | wrong) is None
