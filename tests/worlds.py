"""A small world with something in every table, and words in it that nobody without a right may ever receive."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from tests.factories import Cast, _member, add_goal, add_plan, add_session, add_student, make_cast
from therapytrack.models import (
    AdminRole,
    Attachment,
    ClinicalRole,
    Draft,
    Invite,
    NoteStatus,
    ReportPeriod,
    Student,
    StudentGrant,
    Trial,
    Workspace,
    new_id,
    utc_now,
)
from therapytrack.services.attachments import keep_bytes
from therapytrack.services.report_settings import add_default_code_sets

NAME, LABEL, NOTE, DRAFT = "Canarygiven", "canary goal label", "canary note text", "canary draft text"
INVITED = "canary-invited@example.org"
CANARIES = (NAME, LABEL, NOTE, DRAFT)


@dataclass(frozen=True)
class World:
    """The cast, with a `newcomer` who holds no grant, and the id of one record of each kind by its name."""

    cast: Cast
    student_id: UUID
    ids: dict[str, str]


def add_invite(db: Session, cast: Cast) -> Invite:
    """A pending invitation by the owner."""
    now = utc_now()
    made = Invite(
        workspace_id=cast.workspace_id,
        email=INVITED,
        token_hash=new_id().hex,
        admin_role="none",
        clinical_role="reader",
        invited_by_id=cast.members["owner"],
        sent_at=now,
        expires_at=now + timedelta(days=7),
    )
    db.add(made)
    db.flush()
    return made


def add_period(db: Session, cast: Cast) -> ReportPeriod:
    """A reporting period of these weeks, and the shipped code sets."""
    today = utc_now().date()
    days: dict[str, Any] = {"first_on": today - timedelta(days=30), "last_on": today, "due_on": today}
    period = ReportPeriod(workspace_id=cast.workspace_id, name="Quarter", **days)
    db.add(period)
    add_default_code_sets(db, cast.workspace_id, "NY")
    db.flush()
    return period


def add_file(db: Session, cast: Cast, student: Student, data: bytes = b"Words in a file.") -> Attachment:
    """A text of that student, added by the slp."""
    made = Attachment(
        workspace_id=cast.workspace_id,
        student_id=student.id,
        uploaded_by_id=cast.members["slp"],
        name="Letter.txt",
        media_type="text/plain",
        size=len(data),
        sha256=sha256(data).hexdigest(),
    )
    db.add(made)
    db.flush()
    keep_bytes(made, data)
    return made


def make_world(db: Session) -> World:
    """One student of the slp with a plan, a goal, a finished session with a note, a trial, and a draft."""
    cast = make_cast(db)
    _member(db, cast, db.get_one(Workspace, cast.workspace_id), "newcomer", ClinicalRole.CLINICIAN, AdminRole.NONE)
    today = utc_now().date()
    student = add_student(db, cast, NAME, "Family")
    add_plan(db, student, today - timedelta(days=30))
    goal, version = add_goal(db, student, LABEL)
    entry = add_session(db, cast, student, today, scores=[(version, 10, 7)])
    entry.note, entry.note_status = NOTE, NoteStatus.DRAFT
    trial = Trial(
        workspace_id=cast.workspace_id,
        session_id=entry.session_id,
        entry_id=entry.id,
        goal_id=goal.id,
        goal_version_id=version.id,
        recorded_by_id=cast.members["slp"],
        outcome="correct",
        purpose="probe",
        tapped_at=utc_now(),
        changed_at=utc_now(),
    )
    draft = Draft(
        workspace_id=cast.workspace_id,
        student_id=student.id,
        author_id=cast.members["slp"],
        since=today - timedelta(days=30),
        until=today,
        status="written",
        facts={"values": {}, "courses": {}, "plain": DRAFT, "goal": "", "unsigned": 0, "attempt": 0, "by": ""},
        generated_text=DRAFT,
        text=DRAFT,
    )
    db.add_all([trial, draft])
    db.flush()
    held = select(col(StudentGrant.id)).where(col(StudentGrant.student_id) == student.id)
    ids = {
        "student_id": student.id,
        "goal_id": goal.id,
        "session_id": entry.session_id,
        "entry_id": entry.id,
        "draft_id": draft.id,
        "period_id": add_period(db, cast).id,
        "batch_id": new_id(),
        "trial_id": trial.id,
        "file_id": add_file(db, cast, student).id,
        "grant_id": db.execute(held).scalars().one(),
        "any": new_id(),
        "invite_id": add_invite(db, cast).id,
        "manager_id": cast.members["slp"],
        "member_id": cast.members["newcomer"],
    }
    return World(cast, student.id, {name: str(one) for name, one in ids.items()})
