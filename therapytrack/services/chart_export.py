"""A goal's chart as a picture that leaves the product: the right is checked and the export logged first."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_goal
from therapytrack.domain.celeration import Celeration, celeration_of
from therapytrack.domain.chart_choice import ChartChoice, Layer, layer_of
from therapytrack.domain.chart_window import window_of, zoomed
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.errors import NotFound
from therapytrack.services.export_files import file_name, log_export
from therapytrack.services.goal_data import load_goals


@dataclass(frozen=True, slots=True)
class ChartFile:
    """The part of a chart that was chosen, what stands beside its points, and the name of the file; for a rate on the
    standard celeration chart that one."""

    filename: str
    chart: GoalChart
    layer: Layer
    celeration: Celeration | None = None


def export_goal_chart(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, choice: ChartChoice, medium: str
) -> ChartFile:
    """The chart as the page shows it for `choice`; `medium` is "svg" or "png", which the browser makes of it.

    Raises NotFound, also for a goal without a version, and NotPermitted.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.EXPORT_GOAL_PROGRESS)
    records = load_goals(db, actor, [goal])
    if not records:
        raise NotFound()
    whole = records[0].chart_on(actor.today, choice.trend)
    rate = celeration_of(whole) if choice.celeration else None
    window = (rate.start, rate.end) if rate else window_of(whole, choice.period, actor.today, choice.until)
    chart, days = zoomed(whole, window), DateRange(*window)
    log_export(db, actor, Action.EXPORT_GOAL_PROGRESS, student_id, days, goal_id=goal_id, medium=medium)
    what = "celeration" if rate else "chart"
    name = file_name(f"goal-{goal.position + 1}-{what}", seen.student.local_number, days, "svg")
    return ChartFile(name, chart, layer_of(choice, chart), rate)
