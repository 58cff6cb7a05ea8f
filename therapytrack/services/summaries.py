"""What is documented about one student in a range of days: the data of the summary, whatever it is rendered as."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_seen
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.date_range import DateRange
from therapytrack.domain.dates import long_date, school_grade_label
from therapytrack.domain.student_summary import GoalSummary, StudentSummary
from therapytrack.models import Goal, SessionEntry, SessionStatus, Student, TherapySession
from therapytrack.services.goal_data import GoalRecord, load_goals


def gather_summary(
    db: Session, actor: Actor, student_id: UUID, days: DateRange, action: Action = Action.EXPORT_SUMMARY
) -> StudentSummary:
    """The summary of that student as documented up to `days.until`, for somebody who may do `action`.

    Five statements (six when a criterion limits prompts; two more on PostgreSQL for an export's locks). Raises
    NotFound, NotPermitted.
    """
    student = access_seen(db, actor, student_id, action).student
    goals = db.execute(
        select(Goal)
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.student_id) == student_id)
        .where(col(Goal.status) == "active")
        .order_by(col(Goal.position), col(Goal.id))
    ).scalars()
    records = load_goals(db, actor, list(goals), days.until)
    attendance, minutes = service_in(db, actor, student_id, days)
    return StudentSummary(
        student=full_name(student),
        local_number=student.local_number,
        grade=school_grade_label(student.grade),
        school=student.school,
        range=days,
        goals=tuple(_goal(number, one, days) for number, one in enumerate(records, start=1)),
        attendance=attendance,
        minutes=minutes,
        author=", ".join(part for part in (actor.name, actor.credential) if part),
        workspace=actor.workspace_name,
        made_on=actor.today,
    )


def full_name(student: Student) -> str:
    """The name as the record has it, with the preferred one beside it when it differs."""
    name = f"{student.given_name} {student.family_name}".strip()
    preferred = student.preferred_name
    return f"{name} ({preferred})" if preferred and preferred != student.given_name else name


def _goal(number: int, found: GoalRecord, days: DateRange) -> GoalSummary:
    chart, version = found.chart_on(days.until), found.version_on(days.until)
    later = [one for one in found.versions[1:] if one.starts_on <= days.until]
    return GoalSummary(
        number=number,
        label=found.goal.label,
        text=version.text,
        mastery=chart.mastery.sentence if chart.mastery else version.criterion,
        versions="; ".join(f"version {one.number} from {long_date(one.starts_on)}" for one in later),
        chart=chart,
        rows=tuple(row for row in chart.rows if row.on >= days.since),
    )


def service_in(db: Session, actor: Actor, student_id: UUID, days: DateRange) -> tuple[tuple[tuple[str, int], ...], int]:
    """Sessions of a student (granted by the gate) by what happened, and the minutes delivered. One statement."""
    query = (
        select(col(SessionEntry.attendance), col(SessionEntry.minutes))
        .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
        .where(col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.student_id) == student_id)
        .where(col(SessionEntry.held_on).between(days.since, days.until))
        .where(col(SessionEntry.attendance) != Attendance.PLANNED)
        .where(col(TherapySession.status) != SessionStatus.CANCELLED)
    )
    return service_of([(row[0], row[1]) for row in db.execute(query)])


def service_of(rows: Sequence[tuple[str, int]]) -> tuple[tuple[tuple[str, int], ...], int]:
    """The same from rows of attendance and minutes."""
    counts = Counter(code for code, _ in rows)
    words = [(label, counts[code]) for code, label in LABELS.items() if counts[code]]
    return tuple(words), sum(minutes for code, minutes in rows if code == Attendance.PRESENT)
