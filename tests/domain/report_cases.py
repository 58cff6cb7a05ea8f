"""Goals with hand-made data for the tests of progress reports."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from therapytrack.domain.accuracy import Purpose, Score
from therapytrack.domain.goal_findings import GoalFacts
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.points import Metric, Phase, Point
from therapytrack.domain.report_goal import GoalHistory, ReportGoal, ReportSpan, ReportVersion, report_goal

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 24)
SPAN = ReportSpan(FIRST, LAST, date(2026, 11, 26))
STARTS = date(2026, 3, 2)


def asks(target: float = 80, **values: Any) -> GoalFacts:
    """From 30 on Mar 2, 2026 to `target` by Mar 1, 2027; met at 80% in three probes in a row."""
    base: dict[str, Any] = {
        "label": "/s/ blends",
        "target_value": target,
        "target_on": date(2027, 3, 1),
        "baseline_value": 30.0,
        "baseline_on": STARTS,
    }
    if "criterion" not in values:
        base["criterion"] = MasteryCriterion(target)
    return GoalFacts(**(base | values))


def in_metric(metric: Metric, target: float, **values: Any) -> GoalFacts:
    """As `asks`, in another unit, without a rule for mastery."""
    return asks(target, measured=metric, criterion=None, **values)


def probe(on: date, hits: int, n: int = 20, purpose: Purpose = Purpose.PROBE, **score: Any) -> Point:
    """A point of `hits` correct trials of `n`."""
    return Point(on, Score(n, hits, **score), purpose)


def weekly(*hits: int, n: int = 20, last: date = LAST) -> tuple[Point, ...]:
    """Probes a week apart, of which the newest is on `last`."""
    return tuple(probe(last - timedelta(weeks=len(hits) - 1 - place), one, n) for place, one in enumerate(hits))


def valued(*values: float | None, n: int = 1, correct: int = 0, amount: int | None = None) -> tuple[Point, ...]:
    """Probes a week apart that are values in a unit."""
    days = [LAST - timedelta(weeks=len(values) - 1 - place) for place in range(len(values))]
    made = zip(days, values, strict=True)
    return tuple(Point(day, Score(n, correct, 0, amount, value), Purpose.PROBE) for day, value in made)


def version(goal: GoalFacts | None = None, starts_on: date = STARTS, **values: Any) -> ReportVersion:
    """A version of the goal."""
    return ReportVersion(starts_on, "Say it.", goal or asks(), **values)


def facts(
    points: Sequence[Point],
    goal: GoalFacts | None = None,
    *,
    versions: Sequence[ReportVersion] = (),
    phases: Sequence[Phase] = (),
    span: ReportSpan = SPAN,
    status: str = "active",
    measure: str = "trials",
) -> ReportGoal:
    """The facts of a goal with these points in the period from Sep 1 to Nov 24, 2026."""
    known = tuple(versions) or (version(goal, measure=measure),)
    return report_goal(GoalHistory(known, tuple(phases), tuple(points), status), span)
