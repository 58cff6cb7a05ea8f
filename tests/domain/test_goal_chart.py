"""The chart description: what is drawn, and what its words say and refuse to say."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.examples import FIRST_DAY, GOAL, PHASES, goals, points, probe, school_year
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.chart_facts import without_points
from therapytrack.domain.goal_chart import GAP_DAYS, GoalChart, GoalFacts, build_goal_chart
from therapytrack.domain.goal_findings import Earlier
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Direction, Metric, Phase, Point
from therapytrack.domain.trend import Status
from therapytrack.domain.trend_methods import TrendMethod

any_points = st.lists(points(), max_size=25)
any_phases = st.sampled_from([(), PHASES, (*PHASES, Phase("Fading", date(2026, 1, 10)))])


def headlines(chart: GoalChart) -> dict[str, tuple[str, str]]:
    return {fact.title: (fact.headline, fact.detail) for fact in chart.facts}


def weekly(values: list[int], purpose: Purpose = Purpose.PROBE) -> list[Point]:
    return [probe(FIRST_DAY + timedelta(weeks=week), value, purpose) for week, value in enumerate(values)]


def test_a_school_year_reads_as_clinicians_expect() -> None:
    assert headlines(build_goal_chart(GOAL, PHASES, school_year())) == {
        "Last 3 probes": ("77%", "baseline median 28%"),
        "Trend": ("+1.7 points a week", "95% interval 1.4 to 2.0, 24 probes"),
        "Against the aim line": ("On track", "last 4 points at or above the aim line"),
        "At this rate": ("80% reached", "goal date May 28, 2026"),
    }


def test_the_whole_chart_is_one_sentence_for_those_who_do_not_see_it() -> None:
    assert build_goal_chart(GOAL, PHASES, school_year()).alt == (
        "Chart of /ɹ/ initial, sentences, percent correct without cues: 24 probes from Sep 9, 2025 to Mar 24, 2026, "
        "baseline median 28%, last 3 probes 77%, trend +1.7 points a week, "
        "on track (last 4 points at or above the aim line), target 80% by May 28, 2026."
    )


def test_the_path_breaks_at_the_phase_line_and_at_the_winter_break() -> None:
    segments = build_goal_chart(GOAL, PHASES, school_year()).segments
    assert [(segment.name, len(segment.marks)) for segment in segments] == [
        ("Baseline probe", 4),
        ("Probe", 13),
        ("Probe", 11),
    ]


def test_every_point_carries_its_trials_and_wilson_interval() -> None:
    mark = build_goal_chart(GOAL, PHASES, school_year()).segments[-1].marks[-1]
    assert (mark.low, mark.high) == pytest.approx((58.4, 91.9), abs=0.05)
    assert mark.label == "80% · Mar 24, 2026 · 16 of 20, 95% interval 58 to 92%"


def test_the_lines_are_drawn_between_dates() -> None:
    chart = build_goal_chart(GOAL, PHASES, school_year())
    assert chart.aim is not None
    assert chart.trend is not None
    assert (chart.aim.start, chart.aim.start_value, chart.aim.end, chart.aim.end_value) == (
        date(2025, 9, 3),
        27.5,
        date(2026, 5, 28),
        80,
    )
    assert (chart.trend.start, chart.trend.end) == (date(2025, 9, 9), date(2026, 3, 24))
    assert (chart.criterion.start_value, chart.criterion.label) == (80, "Mastery 80%")
    assert (chart.x_start, chart.x_end) == (date(2025, 8, 11), date(2026, 6, 5))


def test_the_table_has_the_newest_point_first() -> None:
    last = school_year()[-1]._replace(recorded_by="D. Osei, SLPA", note_status="draft", session_id="s1")
    row = build_goal_chart(GOAL, PHASES, [*school_year()[:-1], last]).rows[0]
    assert (row.date_text, row.condition, row.trials, row.score) == ("Mar 24, 2026", "Probe, no cues", "16/20", "80%")
    assert (row.interval, row.recorded_by, row.note_status, row.session_id) == (
        "58 to 92%",
        "D. Osei, SLPA",
        "draft",
        "s1",
    )


def test_an_empty_chart_says_what_it_cannot_say() -> None:
    chart = build_goal_chart(GOAL, [], [])
    assert headlines(chart) == {
        "Latest": ("No data yet", "no baseline recorded"),
        "Trend": ("Cannot say yet", "0 probes, and a trend needs 3 on different days"),
        "Against the aim line": ("Cannot say yet", "no baseline yet"),
        "At this rate": ("Cannot say yet", "goal date May 28, 2026"),
    }
    assert (chart.segments, chart.aim, chart.trend, chart.rows) == ((), None, None, ())
    assert chart.alt.endswith("no data points yet, no baseline recorded, target 80% by May 28, 2026.")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (0, "Points appear here as soon as data are recorded in a session."),
        (1, "1 session has an entry without trials for this goal. A point appears here as soon as it counts a trial."),
        (2, "2 sessions have an entry without trials for this goal. A point appears here as soon as one "),
    ],
)
def test_entries_without_trials_are_told_from_none(entries: int, said: str) -> None:
    assert without_points(entries).startswith(said)


def test_too_few_baseline_points_are_told_from_none() -> None:
    chart = build_goal_chart(GOAL, PHASES[:1], weekly([40]))
    words = headlines(chart)["Latest"]
    assert words == ("No data since baseline", "too few baseline points: a baseline needs 3")
    assert "1 baseline point, too few baseline points: a baseline needs 3" in chart.alt


def test_one_point_has_a_level_but_no_trend() -> None:
    chart = build_goal_chart(replace(GOAL, baseline_value=20), PHASES, weekly([40]))
    assert headlines(chart)["Last probe"] == ("40%", "baseline 20%")
    assert headlines(chart)["Trend"] == ("Cannot say yet", "1 probe, and a trend needs 3 on different days")
    assert chart.status is Status.TOO_FEW


def test_points_of_one_day_have_no_trend() -> None:
    chart = build_goal_chart(GOAL, PHASES, [probe(FIRST_DAY, value) for value in (20, 40, 60)])
    assert headlines(chart)["Trend"][0] == "Cannot say yet"


def test_all_zero_is_level_and_not_heading_to_the_target() -> None:
    chart = build_goal_chart(replace(GOAL, baseline_value=0), PHASES, weekly([0] * 8))
    assert headlines(chart) == {
        "Last 3 probes": ("0%", "baseline 0%"),
        "Trend": ("0.0 points a week", "too few or too similar for a 95% interval, 8 probes"),
        "Against the aim line": ("Off track", "last 4 points below the aim line"),
        "At this rate": ("Not heading to 80%", "goal date May 28, 2026"),
    }


def test_a_descending_goal_is_on_track_when_it_falls() -> None:
    goal = GoalFacts("Disfluencies", 10, date(2026, 5, 28), Direction.DOWN, baseline_value=60)
    found = headlines(build_goal_chart(goal, PHASES, weekly([60, 55, 50, 50, 45, 40, 40])))
    assert found["Trend"][0] == "−3.3 points a week"
    assert found["Against the aim line"] == ("On track", "last 4 points at or below the aim line")
    assert found["At this rate"][0] == "10% near Dec 23, 2025"


def test_a_late_projection_is_a_warning() -> None:
    goal = replace(GOAL, target_on=date(2026, 4, 1))
    fact = build_goal_chart(goal, PHASES, weekly([20, 20, 25, 25, 25, 30])).facts[-1]
    assert (fact.headline, fact.tone) == ("80% near May 16, 2026", "warn")


def test_a_trend_that_may_be_level_says_so() -> None:
    chart = build_goal_chart(replace(GOAL, baseline_value=20), PHASES, weekly([20, 40, 20, 45, 25, 30]))
    assert chart.facts[-1].detail == "goal date May 28, 2026; unsure, as the trend may be level"


def test_an_interval_that_only_touches_zero_may_be_level_too() -> None:
    chart = build_goal_chart(replace(GOAL, baseline_value=20), PHASES, weekly([20, 20, 20, 25, 25, 25]))
    assert chart.facts[1].detail.startswith("95% interval 0.0 to")
    assert chart.facts[-1].detail.endswith("unsure, as the trend may be level")


def test_only_points_since_the_baseline_are_held_against_the_aim_line() -> None:
    goal = replace(GOAL, baseline_value=20, baseline_on=FIRST_DAY + timedelta(weeks=4))
    chart = build_goal_chart(goal, [], weekly([20, 20, 25, 25, 25, 30]))
    assert headlines(chart)["Against the aim line"] == ("Cannot say yet", "2 of the 6 points that the rule needs")


@pytest.mark.parametrize(("days", "segments"), [(GAP_DAYS, 1), (GAP_DAYS + 1, 2)])
def test_a_path_breaks_after_more_than_fifteen_days(days: int, segments: int) -> None:
    some = [probe(FIRST_DAY, 40), probe(FIRST_DAY + timedelta(days=days), 40)]
    assert len(build_goal_chart(GOAL, [], some).segments) == segments


def test_three_probes_are_enough_to_leave_practice_out_of_the_trend() -> None:
    some = [*weekly([40, 45, 50]), *weekly([60, 65, 70, 75], Purpose.PRACTICE)]
    trend = headlines(build_goal_chart(GOAL, [], some))["Trend"]
    assert trend[1] == "too few or too similar for a 95% interval, 3 probes"


def test_practice_stands_in_for_missing_probes_and_says_so() -> None:
    practice = weekly([40, 45, 50, 55, 60, 65], Purpose.PRACTICE)
    chart = build_goal_chart(replace(GOAL, baseline_value=20), PHASES, [*practice, probe(FIRST_DAY, 20)])
    assert chart.title == "Practice without cues"
    assert headlines(chart)["Trend"][1].endswith("6 practice points, because there are fewer than 3 probes")


def test_probe_and_practice_are_never_joined() -> None:
    mixed = [*weekly([40, 45, 50]), *weekly([60, 65, 70], Purpose.PRACTICE)]
    assert build_goal_chart(GOAL, PHASES, mixed).legend == ("Practice", "Probe", "Trend (Theil–Sen)")
    assert build_goal_chart(GOAL, PHASES, mixed).joined == ("Practice", "Probe")
    lone = build_goal_chart(GOAL, PHASES, mixed[:4])
    assert (lone.legend[:2], lone.joined) == (("Practice", "Probe"), ("Probe",))


def test_a_goal_with_support_counts_cued_trials() -> None:
    goal = replace(GOAL, criterion=MasteryCriterion(80, metric=Metric.SUPPORTED))
    chart = build_goal_chart(goal, PHASES, [Point(FIRST_DAY, Score(10, 5, 3), Purpose.PROBE)])
    assert (chart.rows[0].trials, chart.rows[0].score, chart.rows[0].condition) == ("8/10", "80%", "Probe, with cues")


def test_a_session_without_trials_stands_in_the_table_only() -> None:
    chart = build_goal_chart(GOAL, PHASES, [Point(FIRST_DAY, Score(0, 0), Purpose.PROBE)])
    assert (chart.segments, chart.rows[0].score) == ((), "no trials")


def test_bands_fill_the_axis_in_order() -> None:
    chart = build_goal_chart(GOAL, list(reversed(PHASES)), school_year())
    assert [(band.name, band.start, band.end, band.baseline) for band in chart.bands] == [
        ("Baseline", chart.x_start, date(2025, 9, 6), True),
        ("Intervention", date(2025, 9, 6), chart.x_end, False),
    ]


@given(goals(), any_phases, any_points)
def test_any_data_give_a_chart_within_its_axes(goal: GoalFacts, phases: tuple[Phase, ...], some: list[Point]) -> None:
    chart = build_goal_chart(goal, phases, some)
    ends = [(stroke.start, stroke.start_value) for stroke in chart.strokes]
    ends += [(stroke.end, stroke.end_value) for stroke in chart.strokes]
    ends += [(mark.on, mark.value) for segment in chart.segments for mark in segment.marks]
    assert all(chart.x_start <= day <= chart.x_end and 0 <= value <= 100 for day, value in ends)
    assert len(chart.rows) == len(some)


@given(goals(), any_phases, any_points)
def test_no_path_crosses_a_phase_line_or_a_gap(goal: GoalFacts, phases: tuple[Phase, ...], some: list[Point]) -> None:
    chart = build_goal_chart(goal, phases, some)
    assert sum(len(segment.marks) for segment in chart.segments) == sum(point.score.n > 0 for point in some)
    for segment in chart.segments:
        assert all(0 <= (b.on - a.on).days <= GAP_DAYS for a, b in pairwise(segment.marks))
        assert all(mark.low <= mark.value <= mark.high for mark in segment.marks)


@given(goals(), any_phases, any_points)
def test_words_are_complete_whatever_the_data(goal: GoalFacts, phases: tuple[Phase, ...], some: list[Point]) -> None:
    chart = build_goal_chart(replace(goal, label="goal"), phases, some)
    words = " ".join([chart.alt, *(fact.sentence for fact in chart.facts)])
    assert "None" not in words
    assert "nan" not in words
    assert "--" not in words


CHANGED = date(2025, 12, 1)
RAISED = replace(GOAL, earlier=(Earlier(CHANGED, replace(GOAL, target_value=60, criterion=MasteryCriterion(60))),))


def test_each_criterion_and_aim_line_is_drawn_only_while_it_was_asked_for() -> None:
    chart = build_goal_chart(RAISED, PHASES, school_year())
    criterion, aim = chart.earlier
    assert (criterion.label, criterion.start, criterion.end) == ("Mastery 60%", chart.x_start, CHANGED)
    assert (chart.criterion.label, chart.criterion.start, chart.criterion.end) == ("Mastery 80%", CHANGED, chart.x_end)
    assert chart.aim is not None
    assert (aim.start, aim.start_value, aim.end) == (date(2025, 9, 3), 27.5, CHANGED)
    share = (CHANGED - date(2025, 9, 3)).days / (date(2026, 5, 28) - date(2025, 9, 3)).days
    assert aim.end_value == pytest.approx(27.5 + share * 32.5)
    assert chart.aim.start == CHANGED
    assert chart.aim.start_value == pytest.approx(27.5 + share * 52.5)


def test_a_goal_stands_by_the_points_since_it_changed_and_says_when_they_are_too_few() -> None:
    late = replace(RAISED, earlier=(Earlier(date(2026, 3, 1), RAISED.earlier[0].facts),))
    chart = build_goal_chart(late, PHASES, school_year())
    assert chart.status is Status.TOO_FEW
    said = headlines(chart)["Against the aim line"]
    assert said == ("Cannot say yet", "3 of the 6 points that the rule needs, since the goal changed on Mar 1, 2026")
    listed = replace(GOAL, began=date(2026, 3, 1))
    assert build_goal_chart(listed, PHASES, school_year()).status is chart.status
    assert build_goal_chart(RAISED, PHASES, school_year()).status is not Status.TOO_FEW


def test_rules_look_only_at_points_since_the_goal_changed() -> None:
    late = replace(RAISED, earlier=(Earlier(date(2026, 3, 1), RAISED.earlier[0].facts),))
    four = build_goal_chart(late, PHASES, school_year()).prompts[0]
    assert four.detail == "3 points since the goal changed on Mar 1, 2026, and the rule needs 6."


def test_two_changes_within_a_period_leave_no_overlap_and_no_gap() -> None:
    first = Earlier(date(2025, 10, 1), replace(GOAL, target_value=40, criterion=MasteryCriterion(40)))
    chart = build_goal_chart(replace(GOAL, earlier=(first, *RAISED.earlier)), PHASES, school_year())
    lines = [one for one in (*chart.earlier, chart.criterion) if one.role == "criterion"]
    assert [one.end for one in lines] == [one.start for one in lines[1:]] + [chart.x_end]
    assert [one.label for one in lines] == ["Mastery 40%", "Mastery 60%", "Mastery 80%"]


@pytest.mark.parametrize(
    ("method", "name", "detail"),
    [
        (TrendMethod.OLS, "Trend (least squares)", "95% interval"),
        (TrendMethod.THIRDS, "Trend (Tukey's thirds)", "this method has no interval"),
    ],
)
def test_another_trend_is_named_on_the_chart_and_in_words(method: TrendMethod, name: str, detail: str) -> None:
    chart = build_goal_chart(GOAL, PHASES, school_year(), method)
    assert chart.trend is not None
    assert chart.trend.label == name
    fact = headlines(chart)[f"Trend by {method.label}"]
    assert fact[1].startswith(detail)
    assert f"trend by {method.label} +" in chart.alt


def test_a_point_with_cues_has_the_same_trials_with_the_cues_counted_beside_it() -> None:
    chart = build_goal_chart(GOAL, PHASES, [Point(FIRST_DAY, Score(10, 5, 3), Purpose.PRACTICE), probe(FIRST_DAY, 40)])
    assert [(mark.value, mark.beside) for mark in chart.beside] == [(50, 80)]
    assert chart.beside_name == "With cues"


@pytest.mark.parametrize("method", list(TrendMethod))
@given(goals(), any_phases, any_points)
def test_no_method_draws_outside_the_plot(
    method: TrendMethod, goal: GoalFacts, phases: tuple[Phase, ...], some: list[Point]
) -> None:
    chart = build_goal_chart(goal, phases, some, method)
    values = [value for one in chart.strokes for value in (one.start_value, one.end_value)]
    assert all(-1e-9 <= value <= chart.top + 1e-9 for value in values)
