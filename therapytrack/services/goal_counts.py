"""The counts behind the standing of many goals: columns beside each goal, in one statement whatever their history."""

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.goal_findings import Series, Valued
from therapytrack.domain.points import Metric
from therapytrack.domain.standing import LATEST_POINTS
from therapytrack.domain.units import is_percent
from therapytrack.models import Goal, GoalPhase, GoalPoint
from therapytrack.services.json_rows import JsonRows, rows_in

# How many columns `count_columns` are.
COLUMNS = len(Purpose) + 1


def count_columns() -> list[Any]:
    """What `standing` asks for, beside the Goal of the enclosing query: the latest points of each purpose, and all of
    the baseline. Read them with `series_in`."""
    return [*(_latest(purpose) for purpose in Purpose), _baseline()]


def series_in(metric: Metric, columns: Sequence[str | None]) -> Series:
    """The points by purpose and date, in the unit of `metric`; a day of the baseline is not told again as late."""
    probes, practice, baseline = (rows_in(column) for column in columns)
    if not baseline:
        return Series(probes=_valued(probes, metric), practice=_valued(practice, metric))
    days = {row[0] for row in baseline}
    measured: dict[str, list[list[Any]]] = {Purpose.PROBE: [], Purpose.PRACTICE: []}
    for *counts, purpose in baseline:
        measured[purpose].append(counts)
    return Series(
        probes=_valued([row for row in probes if row[0] not in days], metric),
        practice=_valued([row for row in practice if row[0] not in days], metric),
        baseline_probes=_valued(measured[Purpose.PROBE], metric),
        baseline_practice=_valued(measured[Purpose.PRACTICE], metric),
    )


def _valued(rows: list[list[Any]], metric: Metric) -> list[Valued]:
    rows.sort(key=itemgetter(0))
    if not is_percent(metric):
        return [(date.fromisoformat(day), value) for day, _, value, _ in rows if value is not None]
    supported = metric is Metric.SUPPORTED
    return [
        (date.fromisoformat(day), 100 * (correct + cued if supported else correct) / trials)
        for day, trials, correct, cued in rows
    ]


def _latest(purpose: Purpose) -> Any:
    """The latest points of one purpose, found from the end of its index."""
    point: Any = aliased(GoalPoint)
    newest = (
        select(point.held_on, point.trials, _counted(point).label("counted"), point.cued)
        .where(point.workspace_id == Goal.workspace_id, point.goal_id == Goal.id)
        .where(point.purpose == purpose, point.trials > 0)
        .order_by(point.held_on.desc())
        .limit(LATEST_POINTS)
        .correlate(Goal)
        .subquery()
    )
    return select(JsonRows(*newest.c)).scalar_subquery()


def _counted(point: Any) -> Any:
    """The correct trials of a percentage, the value of anything else: a column that many rows share stays short."""
    return case((point.amount.is_(None), point.correct), else_=point.value)


def _baseline() -> Any:
    """The points within a phase that `points.is_baseline` knows: up to the day before the next phase begins."""
    phase: Any = aliased(GoalPhase)
    following: Any = aliased(GoalPhase)
    point: Any = aliased(GoalPoint)
    ends = (
        select(func.min(following.starts_on))
        .where(following.goal_id == phase.goal_id, following.starts_on > phase.starts_on)
        .where(following.withdrawn_at.is_(None))
        .correlate(phase)
        .scalar_subquery()
    )
    within = and_(
        point.workspace_id == phase.workspace_id,
        point.goal_id == phase.goal_id,
        point.held_on >= phase.starts_on,
        or_(ends.is_(None), point.held_on < ends),
        point.trials > 0,
    )
    return (
        select(JsonRows(point.held_on, point.trials, _counted(point), point.cued, point.purpose))
        .select_from(phase)
        .join(point, within)
        .where(phase.workspace_id == Goal.workspace_id, phase.goal_id == Goal.id, phase.withdrawn_at.is_(None))
        .where(func.lower(func.trim(phase.name)).startswith("baseline"))
        .correlate(Goal)
        .scalar_subquery()
    )
