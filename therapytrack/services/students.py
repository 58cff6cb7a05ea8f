"""Adding, changing, archiving and restoring students, with the IEP dates and mandated minutes of their plans."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_seen, access_student, access_workspace
from therapytrack.domain.busy_form import busy_words
from therapytrack.domain.dates import long_date
from therapytrack.domain.ids import require_made
from therapytrack.domain.student_form import IepDates, MandateForm, StudentForm, StudentProfile
from therapytrack.errors import Conflict
from therapytrack.models import Iep, Mandate, SessionEntry, Student, StudentGrant
from therapytrack.services import activity
from therapytrack.services.busy_times import busy_hours_of, save_busy_hours
from therapytrack.services.versions import saving_over

# What a mandate says that the student's form does not ask: the one that follows says it, too.
KEPT = ("setting", "place", "delivery")
CHANGED = "A colleague saved this profile while you were typing. Nothing of either is lost: compare and choose."


def create_student(db: Session, actor: Actor, student_id: UUID, form: StudentForm) -> UUID:
    """Add a student: the actor becomes case manager with every right; the plan's rows get their dates.

    The id is made by the form, so that a double click makes one student. Raises NotPermitted; NotFound when the id is
    somebody else's.
    """
    access_workspace(db, actor, Action.CREATE_STUDENT)
    require_made(student_id)
    if db.execute(select(col(Student.id)).where(col(Student.id) == student_id)).first():
        return access_student(db, actor, student_id, Action.EDIT_PROFILE).id
    student = Student(
        id=student_id,
        workspace_id=actor.workspace_id,
        case_manager_id=actor.membership_id,
        **asdict(form.profile),
    )
    db.add(student)
    db.flush()
    db.add(
        StudentGrant(
            workspace_id=actor.workspace_id,
            student_id=student_id,
            membership_id=actor.membership_id,
            granted_by_id=actor.membership_id,
            can_edit=True,
            can_export=True,
            can_generate=True,
            reason="Case manager",
            starts_at=actor.at,
        )
    )
    _save_iep(db, actor, student_id, form.iep)
    _save_mandate(db, actor, student_id, form.mandate, form.iep.starts_on if form.iep else actor.today)
    save_busy_hours(db, actor, student, form.busy)
    activity.record(db, actor, "create student", student_id=student_id, record_kind="student", record_id=student_id)
    return student_id


def edit_student(db: Session, actor: Actor, student_id: UUID, version: int, form: StudentForm) -> int:
    """Save the profile and plan over `version` and answer the new version; a saved twin changes nothing.

    A mandate that has sessions is ended and followed by a new one from today. Raises NotFound, NotPermitted, and
    Conflict with the stored profile when somebody saved in between.
    """
    student = access_student(db, actor, student_id, Action.EDIT_PROFILE)
    if student.version != version and (stored := stored_form(db, actor, student)) != form:
        raise Conflict(CHANGED, theirs=in_words(stored), version=student.version)
    changed = [name for name, value in asdict(form.profile).items() if getattr(student, name) != value]
    saved: int | None = db.execute(
        saving_over(Student, student_id, student.version, **asdict(form.profile))
    ).scalar_one_or_none()
    if saved is None:
        raise Conflict(CHANGED, theirs=in_words(stored_form(db, actor, student)), version=student.version)
    _save_iep(db, actor, student_id, form.iep)
    _save_mandate(db, actor, student_id, form.mandate, actor.today)
    changed += ["busy_times"] if save_busy_hours(db, actor, student, form.busy) else []
    activity.record(
        db, actor, "edit student", student_id=student_id, record_kind="student", record_id=student_id, fields=changed
    )
    return saved


def archive_student(db: Session, actor: Actor, student_id: UUID) -> None:
    """Take a student off the caseload; nothing is deleted. Archiving twice changes nothing.

    Raises NotFound, NotPermitted.
    """
    seen = access_seen(db, actor, student_id, Action.VIEW)
    if seen.student.archived_at is not None:
        return
    student = access_student(db, actor, student_id, Action.EDIT_PROFILE)
    student.archived_at = actor.at
    activity.record(db, actor, "archive student", student_id=student_id, record_kind="student", record_id=student_id)


def restore_student(db: Session, actor: Actor, student_id: UUID) -> None:
    """Put an archived student back on the caseload.

    Archiving drops the right to edit (rule 9 of the permission model), so this asks for the case manager's or the
    office's own right. Raises NotFound, NotPermitted (also in a read-only workspace).
    """
    student = access_student(db, actor, student_id, Action.RESTORE_STUDENT)
    if student.archived_at is None:
        return
    student.archived_at = None
    activity.record(db, actor, "restore student", student_id=student_id, record_kind="student", record_id=student_id)


def require_create(db: Session, actor: Actor) -> None:
    """Raise NotPermitted when the actor may not add students, so that the form says so before anything is typed."""
    access_workspace(db, actor, Action.CREATE_STUDENT)


@activity.only_reads
def open_form(db: Session, actor: Actor, student_id: UUID) -> tuple[StudentForm, int]:
    """The stored form with the version to save over; the view is logged. Raises NotFound, NotPermitted."""
    student = access_student(db, actor, student_id, Action.EDIT_PROFILE)
    activity.record(db, actor, Action.VIEW, student_id=student_id, record_kind="student_form", record_id=student_id)
    return stored_form(db, actor, student), student.version


def stored_form(db: Session, actor: Actor, student: Student) -> StudentForm:
    """The profile with the latest IEP and the running mandate, as the form would hold them. Three statements."""
    latest = select(Iep).where(col(Iep.workspace_id) == actor.workspace_id, col(Iep.student_id) == student.id)
    iep = db.execute(latest.order_by(col(Iep.starts_on).desc())).scalars().first()
    mandate = _running_mandate(db, actor, student.id)
    return StudentForm(
        StudentProfile(**{name: getattr(student, name) for name in StudentProfile.__dataclass_fields__}),
        IepDates(iep.starts_on, iep.review_due_on, iep.reevaluation_due_on) if iep else None,
        MandateForm(**{name: getattr(mandate, name) for name in MandateForm.__dataclass_fields__}) if mandate else None,
        busy_hours_of(db, actor, student),
    )


def in_words(form: StudentForm) -> str:
    """A form as lines of words, to be compared by a person."""
    profile, iep, mandate = form.profile, form.iep, form.mandate
    lines = [
        ("Name", f"{profile.given_name} {profile.family_name}".strip()),
        ("Preferred name", profile.preferred_name),
        ("Pronouns", profile.pronouns),
        ("Birth date", long_date(profile.birth_date) if profile.birth_date else ""),
        ("Grade", profile.grade),
        ("School", profile.school),
        ("Student number", profile.local_number),
        ("Medicaid number", profile.medicaid_number),
        ("AI service for drafts", "never" if profile.ai_opt_out else "as the workspace allows"),
        ("IEP", f"{long_date(iep.starts_on)}, review due {long_date(iep.review_due_on)}" if iep else ""),
        ("Minutes", f"{mandate.sessions} x {mandate.minutes} each {mandate.period}" if mandate else ""),
        ("Largest group", str(mandate.max_group) if mandate and mandate.max_group else "any"),
        ("Cannot come", busy_words(form.busy)),
    ]
    return "\n".join(f"{what}: {value or 'none'}" for what, value in lines)


def _save_iep(db: Session, actor: Actor, student_id: UUID, dates: IepDates | None) -> None:
    """Correct the IEP that began on that day, or add the one that begins then; earlier ones stay as history."""
    if dates is None:
        return
    found = db.execute(
        select(Iep).where(
            col(Iep.workspace_id) == actor.workspace_id,
            col(Iep.student_id) == student_id,
            col(Iep.starts_on) == dates.starts_on,
        )
    ).scalar_one_or_none()
    iep = found or Iep(workspace_id=actor.workspace_id, student_id=student_id, **asdict(dates))
    iep.review_due_on, iep.reevaluation_due_on = dates.review_due_on, dates.reevaluation_due_on
    db.add(iep)


def _save_mandate(db: Session, actor: Actor, student_id: UUID, wanted: MandateForm | None, since: date) -> None:
    """Make `wanted` the running mandate from `since`; None ends the running one the day before."""
    running = _running_mandate(db, actor, student_id)
    same = running and wanted and asdict(wanted) == {name: getattr(running, name) for name in asdict(wanted)}
    if same or (running is None and wanted is None):
        return
    if running is not None and not _has_sessions(db, actor, student_id, running.starts_on):
        if wanted is None:
            db.delete(running)
        else:
            _overwrite(running, asdict(wanted) | {"version": running.version + 1})
        return
    more: dict[str, Any] = {}
    if running is not None:
        more = {name: getattr(running, name) for name in KEPT}
        running.ends_on = max(since - timedelta(days=1), running.starts_on)
        running.version += 1
        since = max(since, running.ends_on + timedelta(days=1))
    if wanted is not None:
        db.add(
            Mandate(workspace_id=actor.workspace_id, student_id=student_id, starts_on=since, **asdict(wanted), **more)
        )


def _overwrite(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _running_mandate(db: Session, actor: Actor, student_id: UUID) -> Mandate | None:
    query = (
        select(Mandate)
        .where(col(Mandate.workspace_id) == actor.workspace_id, col(Mandate.student_id) == student_id)
        .where(col(Mandate.ends_on).is_(None) | (col(Mandate.ends_on) >= actor.today))
        .order_by(col(Mandate.starts_on).desc(), col(Mandate.id).desc())
    )
    return db.execute(query).scalars().first()


def _has_sessions(db: Session, actor: Actor, student_id: UUID, since: date) -> bool:
    query = select(col(SessionEntry.id)).where(
        col(SessionEntry.workspace_id) == actor.workspace_id,
        col(SessionEntry.student_id) == student_id,
        col(SessionEntry.held_on) >= since,
        col(SessionEntry.attendance) != "planned",
    )
    return db.execute(query.limit(1)).first() is not None
