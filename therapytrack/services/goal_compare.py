"""Goals of one student beside one another: the chart of each on one time axis, and their data in one table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.goals import access_goals
from therapytrack.access.seen import Seen
from therapytrack.domain.chart_choice import Layer, layer_of
from therapytrack.domain.chart_stack import Panel
from therapytrack.domain.chart_window import rows_within, shared_window, zoomed
from therapytrack.domain.compare_choice import MOST, CompareChoice
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.outside_events import outside
from therapytrack.domain.points import Metric
from therapytrack.domain.standing import Standing, standing_of_chart
from therapytrack.errors import NotFound
from therapytrack.models import Goal
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.export_files import file_name, log_export
from therapytrack.services.exports import PROGRESS_COLUMNS, Table, progress_rows
from therapytrack.services.goal_data import GoalRecord, load_goals

MOST_DAYS = 60
KIND = "goal_comparison"


@dataclass(frozen=True, slots=True)
class ComparedGoal:
    """One goal: the part of its chart that is shown, with what is said of all its data."""

    id: UUID
    label: str
    chart: GoalChart
    layer: Layer
    standing: Standing


@dataclass(frozen=True, slots=True)
class ComparedDay:
    """A day with data, and what was recorded of each goal in the order of the panels, "" for nothing."""

    day: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows. `offered` are all goals of the student as (id, label); `choice` holds the goals that are
    shown; `days`, newest first, are at most 60 of `found`."""

    student_name: str
    offered: tuple[tuple[UUID, str], ...]
    choice: CompareChoice
    goals: tuple[ComparedGoal, ...] = ()
    window: tuple[date, date] | None = None
    steps: tuple[date | None, date | None] = (None, None)
    days: tuple[ComparedDay, ...] = field(default=())
    found: int = 0
    may_export: bool = False
    why_no_export: str = ""


@only_reads
def compare_goals(db: Session, actor: Actor, student_id: UUID, choice: CompareChoice) -> Comparison:
    """Up to four goals of that student as of the workspace's today; without a choice her first four.

    The view is logged. Three statements whatever the number of goals, and its log.

    Raises NotFound, also for a goal that is not hers, and NotPermitted.
    """
    goals, seen = access_goals(db, actor, student_id, Action.VIEW_PROGRESS)
    chosen = replace(choice, goals=tuple(one.id for one in _chosen(goals, choice)))
    records = load_goals(db, actor, _chosen(goals, choice))
    record(db, actor, Action.VIEW, student_id=student_id, record_kind=KIND, record_id=student_id, goals=len(records))
    found = Comparison(display_name(seen.student), tuple((one.id, one.label) for one in goals), chosen)
    return _compared(found, records, seen, actor.today) if records else found


@dataclass(frozen=True, slots=True)
class ComparisonFile:
    """The charts as they are shown, under one another, and the name of the file."""

    filename: str
    panels: tuple[Panel, ...]


def export_comparison(
    db: Session, actor: Actor, student_id: UUID, choice: CompareChoice, medium: str
) -> ComparisonFile:
    """The charts of the comparison as a picture; `medium` as for one goal. Raises NotFound, NotPermitted."""
    records, seen = _records_to_export(db, actor, student_id, choice)
    shown, window, _ = _charts(records, choice, actor.today)
    days = DateRange(*window)
    log_export(db, actor, Action.EXPORT_GOAL_PROGRESS, student_id, days, kind=KIND, goals=len(records), medium=medium)
    panels = tuple((one.label, one.chart, one.layer) for one in shown if one.chart.metric is not Metric.NOTHING)
    return ComparisonFile(file_name("goals-compared", seen.student.local_number, days, "svg"), panels)


def export_compared_data(db: Session, actor: Actor, student_id: UUID, choice: CompareChoice) -> Table:
    """The points of the goals in the time that is shown, each row with its goal. Raises NotFound, NotPermitted."""
    records, seen = _records_to_export(db, actor, student_id, choice)
    _, window, _ = _charts(records, choice, actor.today)
    days = DateRange(*window)
    rows = tuple((one.goal.label, *row) for one in records for row in progress_rows(one, days, actor.today))
    log_export(db, actor, Action.EXPORT_GOAL_PROGRESS, student_id, days, kind=KIND, goals=len(records), rows=len(rows))
    name = file_name("goals-compared", seen.student.local_number, days, "csv")
    return Table(name, ("Goal", *PROGRESS_COLUMNS), rows)


def _records_to_export(
    db: Session, actor: Actor, student_id: UUID, choice: CompareChoice
) -> tuple[list[GoalRecord], Seen]:
    goals, seen = access_goals(db, actor, student_id, Action.EXPORT_GOAL_PROGRESS)
    records = load_goals(db, actor, _chosen(goals, choice))
    if not records:
        raise NotFound()
    return records, seen


def _chosen(goals: Sequence[Goal], choice: CompareChoice) -> list[Goal]:
    """The goals of the choice in its order. Raises NotFound when one of them is not among `goals`."""
    if not choice.goals:
        return [one for one in goals if one.status == "active"][:MOST]
    known = {one.id: one for one in goals}
    if not known.keys() >= set(choice.goals):
        raise NotFound()
    return [known[one] for one in choice.goals]


def _charts(
    records: Sequence[GoalRecord], choice: CompareChoice, today: date
) -> tuple[list[ComparedGoal], tuple[date, date], tuple[date | None, date | None]]:
    """Each chart cut to the window that all share, the window, and the stretches beside it."""
    charts = [one.chart_on(today, choice.chart.trend) for one in records]
    window, beside = shared_window(charts, choice.chart.period, today, choice.chart.until)
    shown = []
    for one, whole in zip(records, charts, strict=True):
        chart = zoomed(whole, window)
        layer = layer_of(choice.chart, chart)
        shown.append(ComparedGoal(one.goal.id, one.goal.label, chart, layer, standing_of_chart(whole)))
    return shown, window, beside


def _compared(found: Comparison, records: Sequence[GoalRecord], seen: Seen, today: date) -> Comparison:
    shown, window, beside = _charts(records, found.choice, today)
    days = _days(shown, window)
    export = Action.EXPORT_GOAL_PROGRESS
    return replace(
        found,
        goals=tuple(shown),
        window=window,
        steps=beside,
        days=days[:MOST_DAYS],
        found=len(days),
        may_export=seen.allows(export),
        why_no_export=seen.reason(export),
    )


def _days(shown: Sequence[ComparedGoal], window: tuple[date, date]) -> tuple[ComparedDay, ...]:
    """One row a day, newest first; several points of a day and goal stand in one cell."""
    cells: defaultdict[date, list[list[str]]] = defaultdict(lambda: [[] for _ in shown])
    for place, one in enumerate(shown):
        for row in one.chart.rows_of(rows_within(one.chart.points, *window)):
            said = [row.score, row.trials, row.condition] if row.trials else [row.score]
            cells[row.on][place].append(" · ".join(said))
        for event in outside(one.chart.events):
            cells[event.on][place].append(f"Event: {event.label}")
    return tuple(
        ComparedDay(long_date(day), tuple("; ".join(parts) for parts in cells[day])) for day in sorted(cells)[::-1]
    )
