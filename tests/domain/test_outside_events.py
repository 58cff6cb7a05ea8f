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
    TO_COME,
    Event,
    events_sentence,
    marked,
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


def test_what_a_person_entered_has_a_letter_by_day_and_a_version_its_own_mark() -> None:
    version = Event(AIDS.on - timedelta(days=1), "Version 2", mark="v2")
    many = [Event(AIDS.on + timedelta(days=n), f"No. {n}", outside=True) for n in range(28)]
    marks = [one.mark for one in marked([*reversed(many), version])]
    assert marks[:3] == ["v2", "A", "B"]
    assert marks[26:] == ["Z", "AA", "AB"]
    assert events_sentence(marked(many[:2])) == " Outside events: A: No. 0, Oct 3, 2026; B: No. 1, Oct 4, 2026."


def test_the_path_goes_through_an_event_and_its_line_is_dotted() -> None:
    points = school_year()
    plain = build_goal_chart(GOAL, [], points)
    happened = build_goal_chart(GOAL, [], points, events=[Event(points[3].on, "New room", outside=True)])
    assert happened.segments == plain.segments
    assert "New room" in happened.alt
    drawn = render_svg(happened)
    assert 'stroke-dasharray="2 4"' in drawn
    assert drawn.count("New room") == 2  # in the legend and in the sentence


def test_a_mark_stands_over_its_line_above_the_plot_beneath_the_names_of_phases() -> None:
    happened = marked([Event(FIRST + timedelta(weeks=20), "New room", outside=True)])
    layout = figure(chart(), events=happened)["layout"]
    names = {note["text"]: note for note in layout["annotations"]}  # type: ignore[index]
    assert (names["A"]["x"], names["A"]["xanchor"], names["A"]["y"]) == (happened[0].on.isoformat(), "center", 1)
    assert 0 < names["A"]["yshift"] < names["Intervention"]["yshift"]
    assert "New room" not in names
    before = marked([Event(FIRST + timedelta(weeks=2, days=6), "New room", outside=True)])
    notes = figure(chart(), events=before)["layout"]["annotations"]  # type: ignore[index]
    mark = next(note for note in notes if note["text"] == "A")
    assert (mark["xref"], mark["xanchor"]) == ("x", "right")
    assert mark["x"] < (FIRST + timedelta(weeks=3)).isoformat(), "before the phase line"


def test_the_celeration_chart_has_the_event_as_a_dotted_line_with_its_name() -> None:
    goal = GoalFacts("Calling out", 0.5, date(2026, 12, 18), measured=Metric.RATE)
    points = [rate(7 * week, 2**week) for week in range(6)]
    events = [Event(points[2].on, "New room", outside=True), Event(points[3].on, "Version 2")]
    found = celeration_of(build_goal_chart(goal, (Phase("Intervention", points[0].on),), points, events=events))
    assert found is not None
    assert found.sentence.endswith(f"Outside events: A: New room, {long_date(points[2].on)}.")
    assert 'stroke-dasharray="2 4"' in render_celeration(found)
    layout = celeration_figure(found, LIGHT)["layout"]
    assert [one["line"]["dash"] for one in layout["shapes"]] == ["2px,4px"]
    assert [note["text"] for note in layout["annotations"]][:1] == ["A"]
