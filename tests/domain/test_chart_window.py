"""Year and quarter: what a chart shows of a goal's time, and the days of an export."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.examples import GOAL, PHASES, goals, points, school_year
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.chart_choice import parse_choice
from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.chart_window import Period, rows_within, steps, window_of, zoomed
from therapytrack.domain.date_range import DateRange, parse_range
from therapytrack.domain.goal_chart import Event, GoalChart, GoalFacts, Point, build_goal_chart
from therapytrack.domain.ids import parse_id
from therapytrack.errors import Invalid, NotFound

TODAY = date(2026, 11, 23)


def chart(weeks: int, target_on: date = date(2027, 1, 28), last: date = date(2026, 10, 19)) -> GoalChart:
    some = [Point(last - timedelta(weeks=week), Score(10, 5), Purpose.PROBE) for week in range(weeks)]
    return build_goal_chart(GoalFacts("Goal", 80, target_on), (), some)


def test_a_year_is_the_whole_chart() -> None:
    made = chart(20)
    assert window_of(made, Period.YEAR, TODAY) == (made.x_start, made.x_end)


def test_a_year_of_a_long_goal_keeps_a_year_of_data() -> None:
    made = chart(150, target_on=date(2027, 8, 15))
    start, end = window_of(made, Period.YEAR, TODAY)
    assert (start, end) == (date(2025, 10, 19), made.x_end)


def test_a_quarter_ends_with_the_last_point() -> None:
    made = chart(40)
    start, end = window_of(made, Period.QUARTER, TODAY)
    assert len(rows_within(made.rows, start, end)) == 14


def test_a_quarter_without_points_ends_today() -> None:
    start, end = window_of(chart(0), Period.QUARTER, TODAY)
    assert start < TODAY < end


@pytest.mark.parametrize(("text", "period"), [("quarter", "quarter"), ("year", "year"), ("", "year"), ("'", "year")])
def test_an_unknown_period_is_a_year(text: str, period: str) -> None:
    assert parse_choice({"period": text}).period == period


def test_the_range_of_an_export_is_the_year_up_to_today_unless_asked() -> None:
    assert parse_range({}, TODAY) == DateRange(date(2025, 11, 23), TODAY)
    assert parse_range({"until": "2026-03-01"}, TODAY).until == date(2026, 3, 1)


@pytest.mark.parametrize(
    "query",
    [{"since": "x"}, {"until": "2026-13-01"}, {"since": "0001-01-01"}, {"since": "2026-05-02", "until": "2026-05-01"}],
)
def test_dates_that_cannot_be_are_refused_with_a_sentence(query: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        parse_range(query, TODAY)
    assert all(sentence.endswith(".") for sentence in caught.value.fields.values())


@pytest.mark.parametrize("text", ["", "abc", "0" * 32, "{01a20950-8c55-7a6b-8a66-f2b848ba7aa6}", "１" * 36])
def test_a_malformed_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        parse_id(text)


def test_a_month_can_be_moved_back_and_forth_within_the_data() -> None:
    made = chart(40)
    latest = window_of(made, Period.MONTH, TODAY)
    assert latest[0] == date(2026, 9, 18)
    before, after = steps(made, Period.MONTH, latest)
    assert (before, after) == (latest[0], None)
    moved = window_of(made, Period.MONTH, TODAY, before)
    assert moved == (date(2026, 8, 18), date(2026, 9, 18))
    assert steps(made, Period.MONTH, moved)[1] == date(2026, 10, 19)
    assert steps(made, Period.YEAR, moved) == (None, None)


@pytest.mark.parametrize("until", [date(1900, 1, 1), date(2200, 1, 1)])
@pytest.mark.parametrize("weeks", [0, 1, 40])
def test_a_day_outside_the_data_shows_what_there_is(until: date, weeks: int) -> None:
    made = chart(weeks)
    start, end = window_of(made, Period.QUARTER, TODAY, until)
    assert made.x_start <= start < end <= made.x_end


def test_a_zoomed_chart_keeps_its_lines_where_they_were_and_its_words() -> None:
    made = build_goal_chart(GOAL, PHASES, school_year(), events=(Event(date(2025, 10, 1), "Version 2"),))
    part = zoomed(made, (date(2026, 1, 1), date(2026, 3, 31)))
    assert made.aim is not None
    assert part.aim is not None
    share = (date(2026, 1, 1) - made.aim.start).days / (made.aim.end - made.aim.start).days
    assert part.aim.start_value == pytest.approx(27.5 + share * 52.5)
    assert part.aim.end == date(2026, 3, 31)
    assert {mark.on.year for segment in part.segments for mark in segment.marks} == {2026}
    assert [band.name for band in part.bands] == ["Intervention"]
    assert (part.events, part.alt, part.facts) == ((), made.alt, made.facts)


@given(
    goals(),
    st.lists(points(), max_size=10),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.sampled_from(list(Period)),
)
def test_any_stretch_of_any_chart_can_be_drawn(goal: GoalFacts, some: list[Point], until: date, period: Period) -> None:
    made = build_goal_chart(goal, PHASES, some)
    window = window_of(made, period, TODAY, until)
    assert "nan" not in render_svg(zoomed(made, window), described=False)
