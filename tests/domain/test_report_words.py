"""What a progress report says about a goal, worked by hand: the paragraph, the suggested code, warnings, the family's
words in both languages."""

from datetime import date, timedelta

import pytest

from tests.domain.report_cases import FIRST, LAST, SPAN, asks, facts, in_metric, probe, valued, version, weekly
from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.family_words import Language, family_date, family_text
from therapytrack.domain.mastery import MasteryCriterion, Window, WindowKind
from therapytrack.domain.points import Direction, Metric, Phase, Point
from therapytrack.domain.progress_codes import (
    DEFAULT_SETS,
    ProgressCode,
    Suggestion,
    codes_from,
    codes_text,
    codes_to,
    parse_code_set,
    suggest,
)
from therapytrack.domain.report_goal import ReportGoal, ReportSpan
from therapytrack.domain.report_words import cautions, data_paragraph
from therapytrack.errors import Invalid

MISSISSIPPI, CALIFORNIA = (one.codes for one in DEFAULT_SETS)


def kinds(goal: ReportGoal) -> list[str]:
    return [one.kind for one in cautions(goal)]


def suggested(goal: ReportGoal) -> tuple[str, str]:
    """The codes of Mississippi and of California."""
    return suggest(MISSISSIPPI, goal).code, suggest(CALIFORNIA, goal).code


def test_the_paragraph_says_how_much_was_taken_how_high_it_is_and_how_sure_that_is() -> None:
    # 16 + 17 + 18 of 60 are 51: Wilson 73.9 to 91.9. Slopes of 13, 14, 16, 17, 18 of 20 a week apart: median 6.5.
    assert data_paragraph(facts(weekly(13, 14, 16, 17, 18))) == (
        "5 probes on 5 days from Oct 27, 2026 to Nov 24, 2026 (100 trials). Last three probes: 80, 85 and 90% without "
        "cues (51 of 60 trials together, 95% interval 74 to 92%). Baseline 30%. Trend +6.5 points a week (Theil–Sen; "
        "95% interval 5.0 to 10.0, 5 probes). Against the aim line: cannot say yet (5 of the 6 points that the rule "
        "needs). Target 80% by Mar 1, 2027. Criterion 80% or more without cues in 3 probes in a row: met on Nov 24, "
        "2026."
    )


def test_a_met_goal_is_suggested_as_met_with_its_points_and_its_criterion() -> None:
    goal = facts(weekly(13, 14, 16, 17, 18))
    assert suggest(MISSISSIPPI, goal) == Suggestion(
        "C",
        "Suggested C, met on Nov 24, 2026: 80, 85 and 90% on the last three probes; criterion 80% or more without cues "
        "in 3 probes in a row.",
    )
    assert (suggested(goal), kinds(goal)) == (("C", "4"), [])


def test_a_goal_without_data_says_so_and_tells_not_yet_from_not_any_more() -> None:
    never, earlier = facts(()), facts([probe(FIRST - timedelta(days=1), 9)])
    assert data_paragraph(never).startswith("No data were taken on this goal from Sep 1, 2026 to Nov 24, 2026.")
    assert (suggested(never), suggested(earlier)) == (("D", ""), ("", ""))
    assert (kinds(never), kinds(earlier)) == (["none"], ["none"])
    assert family_text(never, "Maya", "en") == "We have not started to measure this goal yet."
    assert family_text(earlier, "Maya", "es") == "En este período no medimos esta meta."


def test_a_period_that_began_today_is_one_day() -> None:
    today = facts((), span=ReportSpan(LAST, LAST + timedelta(days=60), LAST))
    assert data_paragraph(today).startswith("No data were taken on this goal on Nov 24, 2026.")


def test_one_point_is_told_and_nothing_is_concluded_from_it() -> None:
    goal = facts(weekly(9))  # 9 of 20: Wilson 25.8 to 65.8
    assert "Only probe: 45% without cues (9 of 20 trials, 95% interval 26 to 66%)." in data_paragraph(goal)
    assert "Trend" not in data_paragraph(goal)
    assert (suggested(goal), kinds(goal)) == (("", ""), ["thin"])
    assert family_text(goal, "Maya", "en").endswith("It is too early to say how it is going.")


def test_zero_trials_are_no_data() -> None:
    assert data_paragraph(facts([probe(LAST, 0, 0)])).startswith("No data were taken")


def test_progress_on_and_off_the_aim_line_is_told_by_the_four_point_rule() -> None:
    # The aim line is at 66.5% on Nov 3 and at 66.5 + 0.96 a week: 70, 75 and more are above it.
    above, below = facts(weekly(9, 10, 14, 14, 15, 15)), facts(weekly(6, 6, 7, 6, 5, 6))
    assert suggested(above) == ("A", "3")  # (75 - 30) / (80 - 30) is 90%
    assert suggested(below) == ("B", "1")  # median of 30, 25, 30 is the baseline: 0%
    assert suggest(MISSISSIPPI, below).reason.startswith("Suggested B, off track: last 4 points below the aim line; ")
    assert family_text(below, "Maya", "es").endswith("El avance es menor de lo previsto.")


@pytest.mark.parametrize(
    ("direction", "target", "baseline", "why"),
    [
        (Direction.UP, 80.0, 85.0, "he baseline (85%) already meets the target (80%), so there is no aim line."),
        (Direction.DOWN, 20.0, 15.0, "he baseline (15%) already meets the target (20%), so there is no aim line."),
    ],
)
def test_a_baseline_that_meets_the_target_leaves_nothing_to_hold_results_against(
    direction: Direction, target: float, baseline: float, why: str
) -> None:
    goal = facts(
        weekly(9, 10, 9, 10, 9, 10), asks(target, direction=direction, baseline_value=baseline, criterion=None)
    )
    assert f" T{why} Target" in data_paragraph(goal)
    assert "Against the aim line" not in data_paragraph(goal)
    assert (goal.share, suggested(goal)) == (None, ("", ""))
    assert suggest(MISSISSIPPI, goal).reason == f"No code is suggested: 50, 45 and 50% on the last three probes; t{why}"
    assert family_text(goal, "Maya", "en").endswith(
        "From the start, Maya's results were already as good as this goal asks. So we do not compare them with a plan."
    )
    assert family_text(goal, "Maya", "es").endswith(
        "los resultados de Maya ya eran tan buenos como pide esta meta. Por eso no los comparamos con un plan."
    )


def test_a_share_under_half_is_partial() -> None:
    assert suggested(facts(weekly(9, 9, 10)))[1] == "2"  # median 45: 15 of 50 points, 30%
    assert suggested(facts(weekly(11, 11, 11)))[1] == "3"  # 55: exactly half
    assert suggested(facts(weekly(5, 5, 5)))[1] == "1"  # below the baseline


def test_a_descending_goal_is_better_when_it_is_lower() -> None:
    down = in_metric(Metric.COUNT, 2, direction=Direction.DOWN, baseline_value=10.0)
    goal = facts(valued(5, 4, 3, n=4, correct=4, amount=600_000), down)
    assert goal.share == pytest.approx(0.75)  # 10 to 4 of 10 to 2
    assert "Last three probes: 5 times, 4 times and 3 times" in data_paragraph(goal)
    assert suggested(facts(valued(2, 1, 2, n=2, correct=2), down)) == ("C", "4")
    assert "La meta es: nivel 3 de 5 o más, a más tardar" in family_text(
        facts(valued(1, 2, n=2), in_metric(Metric.LEVEL, 3, baseline_value=0.0, top=5)), "Maya", "es"
    )
    assert "The goal is at most 2 times, by March 1, 2027." in family_text(goal, "Maya", "en")
    assert "La meta es: 2 veces o menos, a más tardar el 1 de marzo de 2027." in family_text(goal, "Maya", "es")


def test_a_descending_criterion_is_met_from_above() -> None:
    rule = MasteryCriterion.from_dict({"target": 2, "metric": "count", "comparator": "at_most"})
    down = in_metric(Metric.COUNT, 2, direction=Direction.DOWN, baseline_value=10.0)
    met = facts(valued(2, 1, 2, n=2, correct=2), asks(2, measured=Metric.COUNT, criterion=rule, direction="down"))
    assert met.met_on == LAST
    assert "not met by" not in data_paragraph(facts(valued(5, 4, 3, n=4), down))


@pytest.mark.parametrize(
    ("metric", "values", "paragraph", "english", "spanish"),
    [
        (Metric.RATE, (1, 1.5, 1.25), "1 per min, 1.5 per min and 1.25", "1.3 times a minute", "1.3 veces por minuto"),
        (Metric.MEAN_TIME, (9.5, 60, 65), "9.5 s, 1 min and 1 min 5 s", "1 minute and 5 s", "1 minuto y 5 segundos"),
        (Metric.TOTAL_TIME, (1, 2, 1), "1 s, 2 s and 1 s", "was 1 second.", "fue: 1 segundo."),
        (Metric.LEVEL, (2, 2.5, 3), "level 2, level 2.5 and level 3", "level 3 of 5", "nivel 3 de 5"),
        (Metric.COUNT, (3, 2, 1), "3 times, 2 times and 1 time", "was 1 time.", "fue: 1 vez."),
    ],
)  # fmt: skip
def test_every_unit_has_its_words(
    metric: Metric, values: tuple[float, ...], paragraph: str, english: str, spanish: str
) -> None:
    goal = facts(valued(*values, n=2, amount=130_000), in_metric(metric, 5, baseline_value=0.0, top=5))
    assert f"Last three probes: {paragraph}" in data_paragraph(goal)
    assert english in family_text(goal, "Maya", "en")
    assert spanish in family_text(goal, "Maya", "es")


def test_shares_have_the_words_of_what_was_counted() -> None:
    slots = facts(weekly(5, 6, 7, n=12), in_metric(Metric.INTERVALS, 85))
    assert "42, 50 and 58% of intervals (5/12; 6/12; 7/12)" in data_paragraph(slots)
    assert "7 of 12 short time slots. The goal is at least 17 of 20" in family_text(slots, "Maya", "en")
    steps = facts(weekly(5, 6, 7, n=9), measure="task")
    assert "18 of 27 steps together" in data_paragraph(steps)
    assert "7 de 9 pasos sin ayuda" in family_text(steps, "Maya", "es")
    helped = facts([probe(LAST, 5, 10, cued=3)], in_metric(Metric.SUPPORTED, 90))
    assert "80% with or without cues (8 of 10 trials" in data_paragraph(helped)
    assert "8 de 10 intentos correctos, con o sin ayuda" in family_text(helped, "Maya", "es")


def test_a_goal_told_in_words_counts_its_texts_and_suggests_nothing() -> None:
    goal = facts([Point(LAST, Score(0, 0), Purpose.PRACTICE, words="Greeted.")], in_metric(Metric.NOTHING, 0))
    assert data_paragraph(goal) == "1 narrative on 1 day, the latest on Nov 24, 2026. This goal is told in words."
    assert (suggested(goal), kinds(goal)) == (("", ""), [])
    assert "anotamos 1 vez" in family_text(goal, "Maya", "es")


def test_a_changed_criterion_is_told_and_the_one_of_the_last_day_judges() -> None:
    old, new = version(), version(asks(90), date(2026, 11, 1))
    goal = facts(weekly(16, 16, 17, 17, 17), versions=[old, new])
    assert goal.met_on is None
    assert data_paragraph(goal).endswith(
        "Criterion 90% or more without cues in 3 probes in a row: not met by Nov 24, 2026. The criterion changed on "
        "Nov 1, 2026 (before: 80% or more without cues in 3 probes in a row); all is judged by the one in force on "
        "Nov 24, 2026."
    )
    assert kinds(goal) == ["changed"]
    assert facts(weekly(16, 16, 17), versions=[old, version(asks(90), LAST + timedelta(days=1))]).met_on == LAST


def test_another_wording_of_the_same_demand_is_told_and_takes_nothing_away() -> None:
    goal = facts(weekly(16, 17, 18), versions=[version(), version(starts_on=date(2026, 10, 1))])
    assert goal.met_on == LAST
    assert data_paragraph(goal).endswith("The goal was reworded on Oct 1, 2026.")


def test_data_of_another_demand_do_not_meet_the_new_one() -> None:
    later = asks(asked_since=date(2026, 11, 18))
    goal = facts(weekly(16, 17, 18), versions=[version(asks(90)), version(later, date(2026, 11, 18))])
    assert goal.met_on is None


def test_a_goal_begun_or_ended_within_the_period_says_so() -> None:
    begun = facts(weekly(9, 9, 9), versions=[version(asks(baseline_on=date(2026, 10, 5)), date(2026, 10, 5))])
    assert "The goal began on Oct 5, 2026." in data_paragraph(begun)
    ended = facts(weekly(9, 9, 9), status="discontinued")
    assert data_paragraph(ended).endswith("The goal is no longer active.")
    assert facts((), versions=[version(starts_on=LAST + timedelta(days=1))]).begins_later


def test_points_outside_of_the_period_do_not_count_in_it() -> None:
    before, after = probe(FIRST - timedelta(days=1), 20), probe(LAST + timedelta(days=1), 20)
    goal = facts([before, probe(FIRST, 4), probe(LAST, 5), after])
    assert [point.score.correct for point in goal.points] == [4, 5]
    running = facts([probe(LAST, 5)], span=ReportSpan(FIRST, LAST, LAST - timedelta(days=1)))
    assert running.points == ()


def test_baseline_and_practice_are_kept_apart_from_probes() -> None:
    base = facts(weekly(5, 6, 7), phases=[Phase("Baseline", FIRST)])
    assert "3 baseline points" in data_paragraph(base)
    assert "Baseline median 30%." in data_paragraph(base)
    assert family_text(base, "Maya", "en").startswith("We found out where Maya starts.")
    mixed = facts([*weekly(9, 9, 9), probe(LAST, 20, 20, Purpose.PRACTICE)])
    assert "3 probes and 1 practice point" in data_paragraph(mixed)
    assert "45, 45 and 45%" in data_paragraph(mixed)


def test_stale_thin_and_few_are_warned_about_with_their_numbers() -> None:
    old = [probe(LAST - timedelta(days=31 + 7 * week), 3, 4, Purpose.PRACTICE) for week in (0, 1)]
    assert [one.words for one in cautions(facts(old))] == [
        "Thin data: 2 practice points, and 3 are needed to describe a level.",
        "Practice shows supported performance; there are too few probes, which show learning.",
        "Few trials: 8 trials in the last points, which fit 41 to 93%.",
        "Stale data: the newest is of Oct 24, 2026, 31 days before Nov 24, 2026; more than 30.",
    ]
    assert kinds(facts([probe(LAST - timedelta(days=30 + 7 * week), 9) for week in range(3)])) == []


def test_a_goal_that_was_met_and_fell_is_warned_about() -> None:
    goal = facts([*weekly(17, 17, 17, last=date(2026, 6, 1)), *weekly(10, 10, 11, 12)])
    assert suggest(MISSISSIPPI, goal).reason.startswith("Suggested C, met on Jun 1, 2026 before this period: 50, 55")
    assert [one.words for one in cautions(goal)] == ["Met on Jun 1, 2026, but the median of the last points is 55%."]
    assert "has met this goal before" in family_text(goal, "Maya", "en")


def test_a_goal_date_that_has_passed_is_warned_about() -> None:
    assert kinds(facts(weekly(9, 9, 9), asks(target_on=date(2026, 11, 1)))) == ["overdue"]


def test_a_goal_without_a_baseline_is_not_measured_against_one() -> None:
    goal = facts(weekly(9, 9, 9), asks(baseline_value=None, baseline_on=None))
    assert "No baseline is recorded." in data_paragraph(goal)
    assert suggest(CALIFORNIA, goal) == Suggestion(
        "",
        "No code is suggested: 45, 45 and 45% on the last three probes; there is no baseline or aim line to hold them "
        "against.",
    )


def test_a_baseline_at_the_target_divides_nothing_by_zero() -> None:
    assert facts(weekly(9, 9, 9), asks(baseline_value=80.0)).share is None


def test_k_of_n_criteria_are_told_in_their_own_words() -> None:
    rule = MasteryCriterion(80, window=Window(WindowKind.K_OF_N, 2, 3))
    assert "Criterion 80% or more without cues in 2 of 3 probes in a row: met on" in data_paragraph(
        facts(weekly(16, 9, 17), asks(criterion=rule))
    )


def test_the_familys_words_have_no_percent_no_interval_and_no_method() -> None:
    goals = [facts(weekly(13, 14, 16, 17, 18)), facts(weekly(6, 6, 7, 6, 5, 6)), facts(weekly(9))]
    for text in (family_text(goal, "Maya", language) for goal in goals for language in ("en", "es")):
        assert not [word for word in ("%", "interval", "Theil", "probe", "trial", "baseline", "aim") if word in text]


def test_spanish_dates_are_in_spanish() -> None:
    assert family_date(date(2026, 11, 24), "es") == "24 de noviembre de 2026"
    assert family_date(date(2026, 11, 24), "en") == "November 24, 2026"
    assert "El 24 de noviembre de 2026, el resultado más reciente fue: 18 de 20 intentos correctos sin ayuda." in (
        family_text(facts(weekly(13, 14, 16, 17, 18)), "Maya", "es")
    )


def test_a_set_is_typed_a_line_a_code_and_comes_back_as_it_was() -> None:
    for one in DEFAULT_SETS:
        form = {"set_name": one.name, "codes": codes_text(one.codes), "source": one.source}
        assert parse_code_set(form) == one
        assert codes_from(codes_to(one.codes)) == one.codes


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("A = Fine", "Enter 2 to 12 codes"),
        ("A = Fine\nB", "Line 2: write a code"),
        ("A = Fine\na = Also", "Two lines have the same code"),
        ("A = Fine | surely\nB = Not", "Line 1: “surely” is not one of met,"),
        (f"{'A' * 13} = Fine\nB = Not", "Line 1: write a code"),
    ],
)
def test_a_line_that_is_none_is_named(lines: str, sentence: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_code_set({"set_name": "Ours", "codes": lines})
    assert error.value.fields["codes"].startswith(sentence)


def test_a_set_may_have_codes_that_are_never_suggested() -> None:
    own = (ProgressCode("NA", "Not applicable"), ProgressCode("A", "Achieved", "met"))
    assert suggest(own, facts(weekly(16, 17, 18))).code == "A"
    assert suggest(own, facts(weekly(9, 9, 9))).reason.startswith("Your code set has no code for this: ")
    assert SPAN.until == LAST


def test_a_descending_goal_that_is_behind_is_not_said_to_be_low() -> None:
    down = asks(2, measured=Metric.COUNT, direction=Direction.DOWN, baseline_value=10.0, criterion=None)
    goal = facts(valued(10, 11, 10, 12, 11, 12, n=2, correct=2), down)
    assert suggested(goal) == ("B", "1")
    assert family_text(goal, "Maya", "es").endswith("El avance es menor de lo previsto.")
    assert family_text(goal, "Maya", "en").endswith("The results are behind what we planned.")


def test_weeks_without_data_are_counted_as_none_and_nothing_is_filled_in() -> None:
    goal = facts([probe(FIRST, 9), probe(FIRST + timedelta(days=7), 10), *weekly(14, 15)])
    paragraph = data_paragraph(goal)
    assert paragraph.startswith("4 probes on 4 days from Sep 1, 2026 to Nov 24, 2026 (80 trials).")
    assert "Last three probes: 50, 70 and 75%" in paragraph
    assert kinds(goal) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_familys_words_agree_in_number_and_have_no_hole(language: Language) -> None:
    told = in_metric(Metric.NOTHING, 0)
    words = [Point(LAST, Score(0, 0), Purpose.PRACTICE, words="Greeted.")]
    goals = [facts(()), facts(weekly(9)), facts(weekly(1, n=1)), facts(words, told), facts(words * 2, told)]
    goals += [facts(valued(value, n=2, amount=1000), in_metric(Metric.COUNT, 1)) for value in (0, 1, 2)]
    for text in (family_text(goal, "Sofía", language) for goal in goals):
        assert not [hole for hole in ("{", "}", "None", "  ", " 1 veces", " 1 times", " 0 vez ") if hole in text]
