"""A student's dated mandates and enrollments: read by whoever may view her, kept by whoever manages her plan.

A mandate under which sessions were recorded keeps what it says; it can be ended, and another one begins.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Date, and_, exists, func, literal, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_seen, access_student
from therapytrack.access.refusals import refused
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.plan_form import AT_BOTH, EnrollmentForm, PlannedMandate
from therapytrack.domain.student_form import MandateForm
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import Enrollment, Mandate, SessionEntry, Student
from therapytrack.services.activity import only_reads, record

HAS_SESSIONS = (
    "Sessions were recorded under this mandate, so it keeps what it says. Give it a last day and add another."
)
KEPT = "Sessions were recorded under this mandate, so it stays. Give it a last day instead."
CHANGED = "A colleague changed this in the meantime. Nothing was written over: what it says now is shown."
MOST = 60
Row = TypeVar("Row", Mandate, Enrollment)


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A stored mandate; `has_sessions`: some were recorded on its days."""

    id: UUID
    version: int
    says: PlannedMandate
    has_sessions: bool


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """A stored enrollment."""

    id: UUID
    version: int
    says: EnrollmentForm


@dataclass(frozen=True, slots=True)
class StudentPlan:
    """All of a student's plan, the newest first, and whether the actor may change it ("" or why not)."""

    student: Student
    mandates: list[MandateRow]
    enrollments: list[EnrollmentRow]
    may_edit: bool
    why_not: str


@only_reads
def open_plan(db: Session, actor: Actor, student_id: UUID) -> StudentPlan:
    """The mandates and enrollments of a student; the view is logged. Three statements. Raises NotFound."""
    seen = access_seen(db, actor, student_id, Action.VIEW)
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="plan", record_id=student_id)
    mandates = db.execute(_mandates(actor, student_id)).all()
    stays = _order(Enrollment, select(Enrollment).where(*_of(Enrollment, actor, student_id)))
    return StudentPlan(
        seen.student,
        [MandateRow(one.id, one.version, _planned(one), bool(used)) for one, used in mandates],
        [
            EnrollmentRow(one.id, one.version, EnrollmentForm(one.school, one.starts_on, one.ends_on))
            for one in db.execute(stays).scalars()
        ],
        seen.allows(Action.MANAGE_PLAN),
        seen.reason(Action.MANAGE_PLAN),
    )


def save_mandate(
    db: Session, actor: Actor, student_id: UUID, mandate_id: UUID | None, version: int, form: PlannedMandate
) -> UUID:
    """Add a mandate, or change one over the `version` that was shown.

    One that has sessions changes its last day alone. Raises NotFound, NotPermitted, Invalid, Conflict.
    """
    access_student(db, actor, student_id, Action.MANAGE_PLAN)
    if mandate_id is None:
        _require_room(db, actor, Mandate, student_id)
        row = Mandate(workspace_id=actor.workspace_id, student_id=student_id, **_columns(form))
        return _add(db, actor, row)
    row = _stored(db, actor, Mandate, student_id, mandate_id, version)
    wanted = _columns(form)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed not in ([], ["ends_on"]) and _has_sessions(db, actor, row):
        raise Invalid({"minutes": HAS_SESSIONS})
    return _change(db, actor, row, wanted, changed)


def remove_mandate(db: Session, actor: Actor, student_id: UUID, mandate_id: UUID, version: int) -> None:
    """Take a mandate away under which nothing was recorded. Raises NotFound, NotPermitted, Invalid, Conflict."""
    access_student(db, actor, student_id, Action.MANAGE_PLAN)
    row = _stored(db, actor, Mandate, student_id, mandate_id, version)
    if _has_sessions(db, actor, row):
        raise Invalid({"remove": KEPT})
    _remove(db, actor, row)


def save_enrollment(
    db: Session, actor: Actor, student_id: UUID, enrollment_id: UUID | None, version: int, form: EnrollmentForm
) -> UUID:
    """Add a time at a school, or change one over the `version` that was shown.

    A student is at one school at a time. Raises NotFound, NotPermitted, Invalid, Conflict.
    """
    access_student(db, actor, student_id, Action.MANAGE_PLAN)
    stays = db.execute(select(Enrollment).where(*_of(Enrollment, actor, student_id))).scalars().all()
    for one in stays:
        if one.id != enrollment_id and _meet(one, form):
            raise Invalid({"starts_on": AT_BOTH.format(school=one.school)})
    if enrollment_id is None:
        _require_room(db, actor, Enrollment, student_id)
        return _add(db, actor, Enrollment(workspace_id=actor.workspace_id, student_id=student_id, **asdict(form)))
    row = _stored(db, actor, Enrollment, student_id, enrollment_id, version)
    changed = [name for name, value in asdict(form).items() if getattr(row, name) != value]
    return _change(db, actor, row, asdict(form), changed)


def remove_enrollment(db: Session, actor: Actor, student_id: UUID, enrollment_id: UUID, version: int) -> None:
    """Take a time at a school away. Raises NotFound, NotPermitted, Conflict."""
    access_student(db, actor, student_id, Action.MANAGE_PLAN)
    _remove(db, actor, _stored(db, actor, Enrollment, student_id, enrollment_id, version))


def _planned(row: Mandate) -> PlannedMandate:
    asks = MandateForm(row.service, row.minutes, row.sessions, row.period, row.max_group)
    return PlannedMandate(asks, row.setting, row.place, row.delivery, row.starts_on, row.ends_on)


def _columns(form: PlannedMandate) -> dict[str, Any]:
    names = ("setting", "place", "delivery", "starts_on", "ends_on")
    return asdict(form.asks) | {name: getattr(form, name) for name in names}


def _of(table: type[Row], actor: Actor, student_id: UUID) -> tuple[Any, ...]:
    return col(table.workspace_id) == actor.workspace_id, col(table.student_id) == student_id


def _order(table: type[Row], query: Any) -> Any:
    return query.order_by(col(table.starts_on).desc(), col(table.id).desc())


def _recorded(actor: Actor, student_id: Any, starts_on: Any, ends_on: Any) -> Any:
    """Whether anything was recorded of the student on these days."""
    entry = SessionEntry
    mine = and_(col(entry.workspace_id) == actor.workspace_id, col(entry.student_id) == student_id)
    days = and_(col(entry.held_on) >= starts_on, or_(ends_on.is_(None), col(entry.held_on) <= ends_on))
    return exists(select(1).where(mine, days, col(entry.attendance) != Attendance.PLANNED))


def _mandates(actor: Actor, student_id: UUID) -> Any:
    used = _recorded(actor, student_id, col(Mandate.starts_on), col(Mandate.ends_on)).correlate(Mandate)
    return _order(Mandate, select(Mandate, used).where(*_of(Mandate, actor, student_id)))


def _has_sessions(db: Session, actor: Actor, row: Mandate) -> bool:
    ends = literal(row.ends_on, Date)
    return bool(db.execute(select(_recorded(actor, row.student_id, row.starts_on, ends))).scalar_one())


def _meet(one: Enrollment, form: EnrollmentForm) -> bool:
    before = one.ends_on is not None and one.ends_on < form.starts_on
    return not before and not (form.ends_on is not None and form.ends_on < one.starts_on)


def _require_room(db: Session, actor: Actor, table: type[Row], student_id: UUID) -> None:
    stored = db.execute(select(func.count()).select_from(table).where(*_of(table, actor, student_id))).scalar_one()
    if stored >= MOST:
        raise Invalid({"starts_on": f"There are {MOST} already. Take one away that is not needed first."})


def _stored(db: Session, actor: Actor, table: type[Row], student_id: UUID, row_id: UUID, version: int) -> Row:
    query = select(table).where(*_of(table, actor, student_id), col(table.id) == row_id).with_for_update()
    row: Row | None = db.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise refused(NotFound(), Action.MANAGE_PLAN, str(table.__tablename__), row_id)
    if row.version != version:
        raise Conflict(CHANGED, version=row.version)
    return row


def _add(db: Session, actor: Actor, row: Mandate | Enrollment) -> UUID:
    db.add(row)
    db.flush()
    _log(db, actor, row, ["added"])
    return row.id


def _change(
    db: Session, actor: Actor, row: Mandate | Enrollment, wanted: dict[str, Any], changed: Sequence[str]
) -> UUID:
    if changed:
        for name, value in wanted.items():
            setattr(row, name, value)
        row.version += 1
        _log(db, actor, row, changed)
    return row.id


def _remove(db: Session, actor: Actor, row: Mandate | Enrollment) -> None:
    db.delete(row)
    _log(db, actor, row, ["removed"])


def _log(db: Session, actor: Actor, row: Mandate | Enrollment, fields: Sequence[str]) -> None:
    record(
        db,
        actor,
        Action.MANAGE_PLAN,
        student_id=row.student_id,
        record_kind=row.__tablename__,
        record_id=row.id,
        fields=list(fields),
    )
