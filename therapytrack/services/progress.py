"""One goal's progress for its page: the chart, the facts in words, the points in a table."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import Seen, access_goal
from therapytrack.domain.chart_window import Period, rows_within, window_of
from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import ChartRow, GoalChart
from therapytrack.models import GoalVersion
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.goal_data import GoalRecord, load_goals


@dataclass(frozen=True, slots=True)
class VersionLine:
    """Where a new version of the goal began: an event, which does not break the data path."""

    on: date
    label: str


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """What the goal's page shows. `rows` are the points within `window`, newest first; `total` counts all points."""

    student_name: str
    goal_label: str
    goal_number: int
    goal_text: str
    criterion_words: str
    chart: GoalChart | None
    versions: tuple[VersionLine, ...]
    window: tuple[date, date] | None
    rows: tuple[ChartRow, ...]
    total: int
    may_export: bool
    why_no_export: str
    may_draft: bool
    may_edit: bool


def get_goal_progress(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, period: Period = Period.YEAR
) -> GoalProgress:
    """The progress of one goal of that student, as of the workspace's today. The view is logged.

    Five statements (six when the criterion limits prompts). Raises NotFound, NotPermitted.
    """
    goal, seen = access_goal(db, actor, student_id, goal_id, Action.VIEW_PROGRESS)
    records = load_goals(db, actor, [goal])
    record(db, actor, "view progress", student_id=student_id, record_kind="goal", record_id=goal_id)
    if not records:
        return _without_version(seen, goal.label, goal.position)
    return _progress(records[0], seen, actor.today, period)


def _progress(found: GoalRecord, seen: Seen, today: date, period: Period) -> GoalProgress:
    version = found.version_on(today)
    chart = found.chart_on(today)
    window = window_of(chart, period, today)
    export = Action.EXPORT_GOAL_PROGRESS
    return GoalProgress(
        student_name=display_name(seen.student),
        goal_label=found.goal.label,
        goal_number=found.goal.position + 1,
        goal_text=version.text,
        criterion_words=chart.mastery.sentence if chart.mastery else version.criterion,
        chart=chart,
        versions=_version_lines(found.versions),
        window=window,
        rows=rows_within(chart.rows, *window),
        total=len(chart.rows),
        may_export=seen.allows(export),
        why_no_export=seen.reason(export),
        may_draft=seen.allows(Action.GENERATE_SUMMARY),
        may_edit=seen.allows(Action.MANAGE_GOALS),
    )


def _without_version(seen: Seen, label: str, position: int) -> GoalProgress:
    return GoalProgress(
        student_name=display_name(seen.student),
        goal_label=label,
        goal_number=position + 1,
        goal_text="",
        criterion_words="",
        chart=None,
        versions=(),
        window=None,
        rows=(),
        total=0,
        may_export=False,
        why_no_export="There is nothing to export yet.",
        may_draft=False,
        may_edit=seen.allows(Action.MANAGE_GOALS),
    )


def _version_lines(versions: tuple[GoalVersion, ...]) -> tuple[VersionLine, ...]:
    return tuple(
        VersionLine(version.starts_on, f"Version {version.number}, {long_date(version.starts_on)}")
        for version in versions[1:]
    )
