"""Events from outside: what may be entered, how they are said, and that their names stand clear of others."""

from datetime import date, timedelta

import pytest

from tests.domain.examples import GOAL, school_year
from tests.domain.test_celeration import rate
from tests.domain.test_chart_figure import START as FIRST
from tests.domain.test_chart_figure import chart, figure
from therapytrack.domain.celeration import celeration_of
from therapytrack.domain.celeration_figure import celeration_figure
from therapytrack.domain.celeration_svg import render_celeration
from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import GoalFacts, Phase, build_goal_chart
from therapytrack.domain.outside_events import (
    BEFORE_BIRTH,
    LONGEST_EVENT,
    LONGEST_NAME,
    TO_COME,
    Event,
    events_sentence,
    line_names,
    parse_event,
)
from therapytrack.domain.palette import LIGHT
from therapytrack.domain.points import Metric
from therapytrack.errors import Invalid

TODAY = date(2026, 11, 26)
AIDS = Event(date(2026, 10, 3), "New hearing aids", outside=True)
GOOD = {"event_text": " New  hearing aids ", "event_on": "2026-10-03"}


def test_an_event_is_its_day_and_its_words() -> None:
    form = parse_event(GOOD, TODAY)
    assert (form.text, form.on, form.here) == ("New hearing aids", AIDS.on, False)
    assert parse_event(GOOD | {"event_on": TODAY.isoformat(), "event_here": "on"}, TODAY).here


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"event_text": " "}, "Say in a few words what happened."),
        ({"event_text": "a" * (LONGEST_EVENT + 1)}, "at most 60"),
        ({"event_text": "New\x00aids"}, ""),
        ({"event_on": ""}, "Enter the day"),
        ({"event_on": "soon"}, "Enter a date"),
        ({"event_on": "1890-01-01"}, "Check the year"),
        ({"event_on": (TODAY + timedelta(days=1)).isoformat()}, TO_COME),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_its_field(typed: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_event(GOOD | typed, TODAY)
    assert list(caught.value.fields) == list(typed)
    assert sentence in caught.value.fields[next(iter(typed))]


def test_the_sentence_names_what_a_person_entered_alone() -> None:
    version = Event(date(2026, 9, 9), "Version 2")
    assert events_sentence([version]) == ""
    assert events_sentence([version, AIDS]) == " Outside events: New hearing aids, Oct 3, 2026."
    assert BEFORE_BIRTH.endswith(".")


def test_names_share_a_line_when_they_would_touch_and_long_ones_are_cut() -> None:
    near = Event(AIDS.on + timedelta(days=3), "New room", outside=True)
    assert line_names([near, AIDS], 4) == [(AIDS.on, "New hearing aids; New room")]
    assert line_names([near, AIDS], 3) == [(AIDS.on, AIDS.label), (near.on, near.label)]
    ((_, cut),) = line_names([Event(AIDS.on, "a" * LONGEST_EVENT, outside=True)], 3)
    assert (len(cut), cut[-1]) == (LONGEST_NAME, "…")


def test_the_path_goes_through_an_event_and_its_line_is_dotted() -> None:
    points = school_year()
    plain = build_goal_chart(GOAL, [], points)
    happened = build_goal_chart(GOAL, [], points, events=[Event(points[3].on, "New room", outside=True)])
    assert happened.segments == plain.segments
    assert "New room" in happened.alt
    drawn = render_svg(happened)
    assert 'stroke-dasharray="2 4"' in drawn
    assert drawn.count("New room") == 2  # at the line and in the sentence


def test_a_name_stands_before_its_line_where_a_phase_is_named_upright_after_it() -> None:
    """A phase of a few days whose long name stands upright, and an event at its very line."""
    made = chart(name="A long name of a phase that needs more room than there is on a phone")
    at_line, later = (
        Event(FIRST + timedelta(weeks=weeks), name, outside=True) for weeks, name in ((3, "At it"), (20, "Later"))
    )
    names = {note["text"]: note for note in figure(made, events=(at_line, later))["layout"]["annotations"]}  # type: ignore[index]
    assert (names["At it"]["xanchor"], names["Later"]["xanchor"]) == ("right", "left")
    assert {names[one]["y"] for one in ("At it", "Later")} == {0}


def test_the_celeration_chart_has_the_event_as_a_dotted_line_with_its_name() -> None:
    goal = GoalFacts("Calling out", 0.5, date(2026, 12, 18), measured=Metric.RATE)
    points = [rate(7 * week, 2**week) for week in range(6)]
    events = [Event(points[2].on, "New room", outside=True), Event(points[3].on, "Version 2")]
    found = celeration_of(build_goal_chart(goal, (Phase("Intervention", points[0].on),), points, events=events))
    assert found is not None
    assert found.sentence.endswith(f"Outside events: New room, {long_date(points[2].on)}.")
    assert 'stroke-dasharray="2 4"' in render_celeration(found)
    layout = celeration_figure(found, LIGHT)["layout"]
    assert [one["line"]["dash"] for one in layout["shapes"]] == ["2px,4px"]
    assert layout["annotations"][0]["text"] == "New room"
