"""Decision rules on series worked by hand: ties, breaks, a goal that changed, and what they refuse to say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.examples import FIRST_DAY
from therapytrack.domain.dates import long_date
from therapytrack.domain.decision_rules import CHANGE, KEEP_ON, RAISE, Prompt, prompts
from therapytrack.domain.points import Direction, Metric
from therapytrack.domain.trend import CANNOT_SAY, AimLine, theil_sen_with_interval

# From 20 on the day before the first point, one a day, to 120 after a hundred days: 20 + days since.
START = FIRST_DAY - timedelta(days=1)
AIM = AimLine(START, 20, START + timedelta(days=100), 120)
FALLING = AimLine(START, 120, START + timedelta(days=100), 20)


def weekly(*leads: float, aim: AimLine = AIM, days: int = 7) -> list[tuple[date, float]]:
    """A point every seven days, so far above (or below) the aim line."""
    dates = [FIRST_DAY + timedelta(days=days * number) for number in range(len(leads))]
    return [(day, aim.value_on(day) + lead) for day, lead in zip(dates, leads, strict=True)]


def said(
    values: list[tuple[date, float]],
    direction: Direction = Direction.UP,
    changed_on: date | None = None,
    aim: AimLine | None = AIM,
) -> dict[str, Prompt]:
    return {one.key: one for one in prompts(values, aim, direction, Metric.INDEPENDENT, changed_on)}


@pytest.mark.parametrize(
    ("leads", "headline"),
    [
        ((5, 5, -1, -2, -1, -3), CHANGE),
        ((-5, -5, 1, 2, 1, 3), RAISE),
        ((0, 0, -1, 2, -1, 3), KEEP_ON),
        ((-5, -5, -1, -2, -1, 0), KEEP_ON),
        ((5, 5, 0, 0, 0, 0), KEEP_ON),
    ],
)
def test_the_last_four_points_decide_and_a_tie_is_on_neither_side(leads: tuple[float, ...], headline: str) -> None:
    assert said(weekly(*leads))["four"].headline == headline


def test_the_rule_turns_round_for_a_goal_that_asks_for_less() -> None:
    above = said(weekly(-5, -5, 1, 2, 1, 3, aim=FALLING), Direction.DOWN, aim=FALLING)["four"]
    assert (above.headline, above.detail) == (CHANGE, "Off track: the last 4 points lie above the aim line.")
    assert said(weekly(5, 5, -1, -2, -1, -3, aim=FALLING), Direction.DOWN, aim=FALLING)["four"].headline == RAISE


def test_five_points_or_five_weeks_are_too_few_for_four_points() -> None:
    assert said(weekly(-1, -1, -1, -1, -1))["four"].detail == "5 points, and the rule needs 6."
    daily = said(weekly(*[-1] * 8, days=3))["four"]
    assert daily.detail == "The points span less than six weeks, which the rule needs. By the last 4 alone: off track."


@pytest.mark.parametrize(
    ("leads", "headline", "detail"),
    [
        ((5, -1, -1, -1), CHANGE, "On the last 3 days with data it was below the aim line."),
        ((-1, -1, 0), KEEP_ON, "Of the last 3 days with data, 2 below, 1 on the aim line."),
        ((2, -1, 1), KEEP_ON, "Of the last 3 days with data, 2 above, 1 below the aim line."),
        ((-1, -1), CANNOT_SAY, "2 days with data, and the rule needs 3."),
        ((), CANNOT_SAY, "0 days with data, and the rule needs 3."),
    ],
)
def test_three_days_below_are_a_prompt(leads: tuple[float, ...], headline: str, detail: str) -> None:
    found = said(weekly(*leads, days=1))["three"]
    assert (found.headline, found.detail) == (headline, detail)


def test_points_of_one_day_are_one_day() -> None:
    values = [*weekly(-1, -1, days=1), (FIRST_DAY + timedelta(days=1), 0.0)]
    assert said(values)["three"].detail == "2 days with data, and the rule needs 3."


def test_points_of_one_day_count_as_their_median() -> None:
    values = weekly(-1, -1, -1, days=1)
    last = values[-1][0]
    spread = [*values, (last, AIM.value_on(last) + 9), (last, AIM.value_on(last) - 9)]
    assert said(spread)["three"].headline == CHANGE


@pytest.mark.parametrize(("days", "headline"), [(34, CANNOT_SAY), (35, CHANGE)])
def test_six_weeks_are_thirty_five_days_from_the_first_point_to_the_last(days: int, headline: str) -> None:
    values = [(FIRST_DAY + timedelta(days=day), 0.0) for day in (0, 7, 14, 21, 28, days)]
    assert said(values)["four"].headline == headline


@pytest.mark.parametrize(("days", "told"), [(15, False), (16, True)])
def test_more_than_fifteen_days_are_a_break(days: int, told: bool) -> None:
    values = [(FIRST_DAY + timedelta(days=day), 0.0) for day in (0, 7, 14, 21, 28, 28 + days)]
    assert ("days without data" in said(values)["four"].detail) is told


def test_a_point_that_touches_the_line_within_rounding_lies_on_it() -> None:
    near = weekly(-1, -1, -1e-10)
    assert near[-1][1] != AIM.value_on(near[-1][0])
    assert said(near)["three"].detail.endswith("2 below, 1 on the aim line.")


def test_a_break_among_the_points_is_said() -> None:
    values = weekly(-1, -1, -1, -1, -1)
    values.append((FIRST_DAY + timedelta(days=56), 30.0))
    assert said(values)["four"].detail == (
        "Off track: the last 4 points lie below the aim line. "
        "Between them lie 28 days without data, Oct 7, 2025 to Nov 4, 2025."
    )


def test_after_a_change_of_the_goal_only_later_points_are_held_against_its_line() -> None:
    values = weekly(*[-1] * 8)
    changed = values[3][0]
    later = said(values, changed_on=changed)
    assert later["four"].detail == "5 points since the goal changed on Sep 30, 2025, and the rule needs 6."
    assert later["three"].headline == CHANGE


def test_points_before_the_line_begins_do_not_count() -> None:
    values = [(START - timedelta(days=n), 0.0) for n in (1, 8, 15, 22, 29, 36)]
    assert said(values)["four"].detail == "0 points, and the rule needs 6."


def test_the_trend_is_held_against_the_slope_of_the_line_with_its_interval() -> None:
    flat = said([(day, 20.0 + number % 2) for number, (day, _) in enumerate(weekly(*[0] * 10))])["trend"]
    assert flat.headline == CHANGE
    assert flat.detail.startswith("The trend is flatter than the aim line: 95% interval ")
    assert flat.detail.endswith("points a week, aim line 7.0.")
    steep = [(day, value + 2 * (day - START).days) for day, value in weekly(*[0] * 10)]
    assert said(steep)["trend"].headline == RAISE
    along = said(weekly(1, -2, 2, -1, 1, -2, 2, -1))["trend"]
    assert along.headline == KEEP_ON
    assert "on 8 weeks of data, and ten to twelve make the rule more reliable" in along.detail


def test_the_trend_of_a_falling_goal_is_flatter_when_it_falls_less() -> None:
    level = [(day, 100.0 + number % 2) for number, (day, _) in enumerate(weekly(*[0] * 10))]
    assert said(level, Direction.DOWN, aim=FALLING)["trend"].headline == CHANGE


@pytest.mark.parametrize(("direction", "aim"), [(Direction.UP, AIM), (Direction.DOWN, FALLING)])
def test_a_trend_that_goes_the_other_way_is_not_called_flat(direction: Direction, aim: AimLine) -> None:
    way = -1 if direction is Direction.UP else 1
    away = [(day, 50.0 + way * 2 * number) for number, (day, _) in enumerate(weekly(*[0] * 10))]
    found = said(away, direction, aim=aim)["trend"]
    assert found.headline == CHANGE
    assert found.detail.startswith("The trend runs against the aim line: 95% interval ")


def test_nothing_is_said_of_a_trend_without_spread_or_after_the_goal_date() -> None:
    assert said([(day, 20.0) for day, _ in weekly(*[0] * 8)])["trend"].detail == (
        "The points are too similar for an interval of the trend."
    )
    late = [(day + timedelta(days=90), value) for day, value in weekly(1, -2, 2, -1, 1, -2, 2)]
    assert said(late)["trend"].detail.startswith("The goal date, Dec 17, 2025, has come")


@pytest.mark.parametrize(("days", "said_of_it"), [(-1, True), (0, False), (1, False)])
def test_nothing_is_said_of_a_trend_from_the_very_goal_date_on(days: int, said_of_it: bool) -> None:
    last = AIM.target_on + timedelta(days=days)
    values = [(last - timedelta(weeks=week), AIM.value_on(last) - week * week) for week in range(7)]
    assert (said(values)["trend"].headline != CANNOT_SAY) is said_of_it


def test_a_goal_that_changed_on_the_day_of_its_baseline_is_said_to_have_changed() -> None:
    few = said(weekly(-1), changed_on=START)["four"].detail
    assert few == f"1 point since the goal changed on {long_date(START)}, and the rule needs 6."
    before = said(weekly(-1), changed_on=START - timedelta(days=1))["four"].detail
    assert before == "1 point, and the rule needs 6.", "what came before the line began changes nothing"


def test_an_interval_whose_end_is_the_slope_of_the_line_may_be_parallel() -> None:
    for sign in (1, -1):
        aim = AimLine(START, 20, START + timedelta(days=100), 20 + sign * 100)
        way = Direction.UP if sign > 0 else Direction.DOWN
        values = [(FIRST_DAY + timedelta(days=7 * week), 20.0 + sign * 7 * week) for week in range(8)]
        values[4] = (values[4][0], values[4][1] + 0.5)
        assert said(values, way, aim=aim)["trend"].headline == KEEP_ON


def test_the_trend_of_a_goal_that_changed_is_that_of_the_points_since() -> None:
    values = [*weekly(*[-1] * 4), *[(FIRST_DAY + timedelta(weeks=4 + n), 30.0 + n % 2) for n in range(8)]]
    days, heights = [float(day.toordinal()) for day, _ in values], [value for _, value in values]
    whole = theil_sen_with_interval(days, heights)
    since = values[4][0]
    (*_, given) = prompts(values, AIM, Direction.UP, Metric.INDEPENDENT, since, whole)
    (*_, made) = prompts(values, AIM, Direction.UP, Metric.INDEPENDENT, since)
    assert given == made
    assert given.headline == CHANGE


def test_a_rate_has_two_decimals() -> None:
    aim = AimLine(START, 1, START + timedelta(days=100), 2)
    values = [(FIRST_DAY + timedelta(days=7 * n), 1.0 + n * 0.01 + 0.02 * (n % 2)) for n in range(10)]
    (*_, found) = prompts(values, aim, Direction.UP, Metric.RATE)
    assert found.detail.endswith("per minute a week, aim line 0.07.")


@pytest.mark.parametrize(("points", "told"), [(9, "; on 9 weeks of data, and ten to twelve"), (10, "")])
def test_ten_weekly_points_are_ten_weeks_of_data(points: int, told: str) -> None:
    detail = said(weekly(*[number % 2 for number in range(points)]))["trend"].detail
    assert ("ten to twelve" in detail, told in detail) == (bool(told), True)


@pytest.mark.parametrize(
    ("target", "values", "how"),
    [
        (120, [60, 59, 58, 57, 56, 55, 54, 53], "runs against"),
        (120, [50, 50, 50, 50, 50, 50, 50, 49], "is flatter than"),
        (20, [60, 59, 58, 57, 56, 55, 54, 53], "is flatter than"),
    ],
)
def test_a_trend_runs_against_a_line_only_where_it_falls_and_the_line_rises(
    target: float, values: list[float], how: str
) -> None:
    """The second one's interval ends at 0; the third one's aim line stays level."""
    aim = AimLine(START, 20, START + timedelta(days=100), target)
    days = [FIRST_DAY + timedelta(weeks=week) for week in range(len(values))]
    found = said(list(zip(days, values, strict=True)), aim=aim)["trend"]
    assert (found.headline, f"The trend {how} the aim line" in found.detail) == (CHANGE, True)


def test_without_an_aim_line_every_rule_says_why_it_says_nothing() -> None:
    found = said(weekly(1, 2, 3), aim=None)
    assert {one.headline for one in found.values()} == {CANNOT_SAY}
    assert all(one.definition and one.source for one in found.values())


@given(
    st.lists(st.tuples(st.dates(date(2025, 8, 1), date(2026, 6, 1)), st.floats(0, 100)), max_size=20),
    st.sampled_from(Direction),
    st.none() | st.dates(date(2025, 8, 1), date(2026, 6, 1)),
)
def test_any_series_has_three_prompts_in_words(
    values: list[tuple[date, float]], direction: Direction, changed_on: date | None
) -> None:
    found = prompts(sorted(values), AIM, direction, Metric.INDEPENDENT, changed_on)
    assert [one.key for one in found] == ["four", "three", "trend"]
    assert all(one.headline in (CANNOT_SAY, CHANGE, KEEP_ON, RAISE) and "nan" not in one.detail for one in found)
