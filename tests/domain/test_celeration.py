"""The standard celeration chart: times and divided by, zeros off the line, nothing said of too little."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.graph_objs import Figure

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.celeration import Celeration, celeration_legend, celeration_of, factor_text
from therapytrack.domain.celeration_figure import celeration_figure, celeration_stages
from therapytrack.domain.celeration_svg import render_celeration
from therapytrack.domain.dates import span_words
from therapytrack.domain.goal_chart import GoalFacts, Phase, Point, build_goal_chart
from therapytrack.domain.palette import LIGHT, PRINT
from therapytrack.domain.points import Metric

START = date(2026, 1, 5)


def rate(day: int, count: int, minutes: int = 10, phase: str = "Intervention") -> Point:
    score = Score(1, 0 if not count else 1, 0, minutes * 60_000, count / minutes)
    return Point(START + timedelta(days=day), score, Purpose.PRACTICE, phase)


def celeration(points: list[Point], metric: Metric = Metric.RATE) -> Celeration | None:
    goal = GoalFacts("Calling out", 0.5, date(2026, 12, 18), measured=metric)
    return celeration_of(build_goal_chart(goal, (Phase("Intervention", START),), points))


def test_stages_of_a_few_days_have_numbers_and_the_legend_says_what_they_mean() -> None:
    names = ["Baseline", "Acquisition", "Generalization: in the hall", "Baseline", "Maintenance"]
    phases = [Phase(name, START + timedelta(days=8 * n)) for n, name in enumerate(names)]
    goal = GoalFacts("Calling out", 0.5, date(2026, 12, 18), measured=Metric.RATE)
    found = celeration_of(build_goal_chart(goal, phases, [rate(7 * week, 2**week) for week in range(6)]))
    assert found is not None
    svg = ET.fromstring(render_celeration(found, 300))  # noqa: S314 - our own output
    texts = [text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert " ".join(texts).endswith("1 Acquisition 2 Generalization: in the hall 3 Baseline 4 Maintenance")
    assert [texts.count(number) for number in "234"] == [2, 2, 2], "above the plot and in the legend"
    legend = [f"{n} {name}" for n, name in enumerate(names[1:], 1)]
    assert celeration_stages(found) == (legend, "widest")


def test_a_rate_that_doubles_each_week_is_times_two() -> None:
    found = celeration([rate(7 * week, 2**week) for week in range(6)])
    assert found is not None
    assert found.factor == pytest.approx(2)
    assert "Celeration ×2 a week" in found.sentence
    assert (found.end - found.start).days + 1 == 140
    assert found.start.weekday() == 6


def test_the_sentence_names_the_days_of_the_data_not_of_the_axis() -> None:
    found = celeration([rate(7 * week, 2**week) for week in range(6)])
    assert found is not None and f"from {span_words(START, START + timedelta(days=35))}: 6 points" in found.sentence


def test_a_rate_that_halves_is_divided_by_two_and_a_level_one_times_one() -> None:
    falling = celeration([rate(7 * week, 64 // 2**week) for week in range(6)])
    level = celeration([rate(7 * week, 5) for week in range(6)])
    assert falling is not None
    assert level is not None
    assert (factor_text(falling.factor or 0), factor_text(level.factor or 0)) == ("÷2", "×1")


def test_the_drawing_has_a_shape_for_each_point_and_a_cross_for_zero() -> None:
    found = celeration([rate(0, 0), rate(7, 4), rate(14, 6), rate(21, 9), rate(28, 12, phase="Baseline")])
    assert found is not None
    svg = ET.fromstring(render_celeration(found))  # noqa: S314 - our own output
    titled = [one for one in svg.iter() if one.find("{http://www.w3.org/2000/svg}title") is not None][1:]
    assert [one.tag.rpartition("}")[2] for one in titled] == ["path", "rect", "rect", "rect", "rect"]
    assert [one.get("fill") == PRINT.surface for one in titled[1:]] == [False, False, False, True]
    texts = [one.text for one in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert f"Celeration {factor_text(found.factor or 0)} a week" in texts
    assert texts[-3:] == celeration_legend(found) == ["Practice, none counted", "Practice", "Baseline practice"]


def test_zero_stands_below_the_record_floor_and_in_no_line() -> None:
    found = celeration([rate(0, 0), rate(7, 0), rate(14, 0), rate(21, 0)])
    assert found is not None
    assert [round(one.value, 3) for one in found.drawn] == [0.08] * 4
    assert (found.factor, found.line) == (None, None)
    assert "4 with a count of zero stand just below the record floor and in no line" in found.sentence


@pytest.mark.parametrize("points", [[], [rate(0, 5)], [rate(0, 5), rate(0, 6), rate(0, 7)]])
def test_too_little_has_no_celeration(points: list[Point]) -> None:
    found = celeration(points)
    assert found is not None
    assert found.factor is None
    assert found.sentence.endswith("Too few points above zero on different days for a celeration.")


def found_of(points: list[Point]) -> Celeration:
    found = celeration(points)
    assert found is not None
    return found


def test_baseline_points_are_in_no_line() -> None:
    baseline = [rate(7 * week, 40, phase="Baseline") for week in range(4)]
    rising = [rate(28 + 7 * week, 2**week) for week in range(4)]
    assert found_of([*baseline, *rising]).factor == pytest.approx(2)


def test_three_probes_are_enough_for_a_line_of_their_own_and_fewer_leave_it_to_practice() -> None:
    probes = [rate(7 * week + 1, 2**week)._replace(purpose=Purpose.PROBE) for week in range(3)]
    practice = [rate(7 * week, 9) for week in range(3)]
    assert found_of([*practice, *probes]).factor == pytest.approx(2)
    assert found_of([*practice, *probes[:2]]).factor == pytest.approx(1), "the two probes are not mixed in"


def test_points_beyond_the_six_cycles_stand_at_their_edge() -> None:
    rare = Point(START, Score(1, 1, 0, 60_000, 0.0002), Purpose.PRACTICE, "Intervention")
    often = Point(START, Score(1, 1, 0, 60_000, 4000.0), Purpose.PRACTICE, "Intervention")
    assert [one.value for one in found_of([rare, often]).drawn] == [0.001, 1000]
    unobserved = Point(START, Score(1, 0, 0, 0, 0.0), Purpose.PRACTICE, "Intervention")
    assert [(one.value, one.zero) for one in found_of([unobserved]).drawn] == [(0.001, True)]


def test_the_chart_ends_on_the_saturday_of_the_last_point_and_shows_both_its_edges() -> None:
    saturday = START + timedelta(days=5 + 7 * 25)
    points = [rate((saturday - START).days - back, 5) for back in (140, 139, 0)]
    found = found_of(points)
    assert (found.end, found.start) == (saturday, saturday - timedelta(days=139))
    assert [one.on for one in found.drawn] == [found.start, found.end]
    assert found_of(points[:1]).end == saturday - timedelta(days=140), "a Saturday is the end of its own week"


def test_a_phase_line_stands_where_a_phase_begins_within_the_days_but_the_first() -> None:
    goal = GoalFacts("Calling out", 0.5, date(2026, 12, 18), measured=Metric.RATE)
    saturday = START + timedelta(days=5 + 7 * 25)
    first = saturday - timedelta(days=139)
    phases = (Phase("Baseline", START), Phase("Fluency", first), Phase("Later", first + timedelta(days=30)))
    chart = build_goal_chart(
        goal, phases, [rate((saturday - START).days - back, 5, phase="") for back in (170, 100, 0)]
    )
    found = celeration_of(chart)
    assert found is not None
    assert found.phases == ((first, "Fluency"), (first + timedelta(days=30), "Later"))
    begun = build_goal_chart(goal, (Phase("Fluency", START),), [rate(1, 5, phase="")])
    alone = celeration_of(begun)
    assert alone is not None
    assert alone.phases == ()


def test_a_change_too_small_to_be_told_is_none() -> None:
    assert [factor_text(one) for one in (1.25, 1.0, 0.999, 0.8, 0.5)] == ["×1.25", "×1", "×1", "÷1.25", "÷2"]


def test_a_celeration_beyond_all_numbers_is_still_one() -> None:
    """A rate from a thousandth to a thousand a minute within days has a line that leaves every scale."""
    steep = [
        Point(START + timedelta(days=day), Score(1, 1, 0, 60_000, value), Purpose.PRACTICE, "Intervention")
        for day, value in ((0, 1e-300), (1, 1.0), (2, 1e300))
    ]
    factor = found_of(steep).factor
    assert factor is not None and 1 < factor < float("inf")


def test_one_zero_stands_and_two_stand() -> None:
    assert "1 with a count of zero stands just below" in found_of([rate(0, 0), rate(7, 3)]).sentence
    assert "2 with a count of zero stand just below" in found_of([rate(0, 0), rate(7, 0)]).sentence


def test_only_a_rate_has_this_chart() -> None:
    assert celeration([rate(0, 5)], Metric.COUNT) is None


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 500)), max_size=12))
def test_any_counts_make_a_figure_that_plotly_accepts_within_six_cycles(counts: list[tuple[int, int]]) -> None:
    found = celeration([rate(day, count) for day, count in counts])
    assert found is not None
    drawn = celeration_figure(found, LIGHT)
    Figure(drawn)
    assert all(0.001 <= value <= 1000 for trace in drawn["data"] for value in trace["y"])
