"""The cast (owner, supervisor, slp, slpa, reader, and an outsider in another workspace) and rows for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from tests.databases import act_as
from therapytrack.access.actor import Actor
from therapytrack.models import (
    Account,
    Activity,
    AdminRole,
    ClinicalRole,
    Goal,
    GoalPoint,
    GoalVersion,
    Iep,
    Mandate,
    Membership,
    SessionEntry,
    SignIn,
    Student,
    StudentGrant,
    SupervisionLink,
    TherapySession,
    Workspace,
    new_id,
    utc_now,
)

ZONE = ZoneInfo("America/New_York")
ROLES = {
    "owner": ClinicalRole.NONE,
    "supervisor": ClinicalRole.SUPERVISOR,
    "slp": ClinicalRole.CLINICIAN,
    "slpa": ClinicalRole.ASSISTANT,
    "reader": ClinicalRole.READER,
}


@dataclass
class Cast:
    """Everybody's membership and the hash of their sign-in's token, by name."""

    workspace_id: UUID
    members: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, db: Session, who: str) -> Actor:
        """The actor `who` at this moment; the rest of the transaction is hers."""
        return act_as(db, self.tokens[who])


def school_day() -> date:
    """Today where the workspaces are: after midnight in UTC it is still the day before."""
    return utc_now().astimezone(ZONE).date()


def make_cast(db: Session) -> Cast:
    """Store two workspaces and the cast; the slpa is supervised by the supervisor."""
    workspace, elsewhere = Workspace(name="Lincoln USD"), Workspace(name="Elsewhere")
    db.add_all([workspace, elsewhere])
    db.flush()
    cast = Cast(workspace.id)
    for who, role in ROLES.items():
        _member(db, cast, workspace, who, role, AdminRole.OWNER if who == "owner" else AdminRole.NONE)
    _member(db, cast, elsewhere, "outsider", ClinicalRole.CLINICIAN, AdminRole.OWNER)
    db.add(
        SupervisionLink(
            workspace_id=workspace.id,
            supervisor_id=cast.members["supervisor"],
            assistant_id=cast.members["slpa"],
            discipline="slp",
            starts_at=utc_now() - timedelta(days=1),
        )
    )
    db.flush()
    return cast


def _member(db: Session, cast: Cast, workspace: Workspace, who: str, clinical: ClinicalRole, admin: AdminRole) -> None:
    now = utc_now()
    account = Account(
        name=who.capitalize(), email=f"{who}@example.org", profession="slp", us_state="NY", password_hash="x"
    )
    db.add(account)
    db.flush()
    member = Membership(
        workspace_id=workspace.id,
        account_id=account.id,
        clinical_role=clinical,
        admin_role=admin,
        discipline="slp",
        starts_at=now - timedelta(days=400),
    )
    token = f"{new_id().hex}{new_id().hex}"
    db.add(member)
    db.add(
        SignIn(
            account_id=account.id,
            workspace_id=workspace.id,
            token_hash=token,
            last_active_at=now,
            expires_at=now + timedelta(hours=12),
        )
    )
    db.flush()
    cast.members[who], cast.tokens[who] = member.id, token


def acts_of_people(db: Session) -> list[Activity]:
    """The rows of the activity log in their order, without those that the installation writes about itself."""
    query = select(Activity).where(col(Activity.action) != "begin log")
    return list(db.execute(query.order_by(col(Activity.created_at), col(Activity.sequence))).scalars())


def add_student(db: Session, cast: Cast, given: str = "Ana", family: str = "Test", **values: Any) -> Student:
    """A student whose case manager is the slp, with every right on her."""
    student = Student(
        workspace_id=cast.workspace_id,
        given_name=given,
        family_name=family,
        case_manager_id=cast.members["slp"],
        **values,
    )
    db.add(student)
    db.flush()
    grant(db, cast, student, "slp", edit=True, export=True, generate=True)
    return student


def grant(
    db: Session,
    cast: Cast,
    student: Student,
    who: str,
    *,
    edit: bool = False,
    export: bool = False,
    generate: bool = False,
) -> None:
    """Give `who` the right to view the student, and what else is asked for."""
    db.add(
        StudentGrant(
            workspace_id=cast.workspace_id,
            student_id=student.id,
            membership_id=cast.members[who],
            granted_by_id=cast.members["slp"],
            can_edit=edit,
            can_export=export,
            can_generate=generate,
            starts_at=utc_now() - timedelta(days=1),
        )
    )
    db.flush()


def add_plan(
    db: Session, student: Student, starts_on: date, *, minutes: int = 30, sessions: int = 4, period: str = "month"
) -> None:
    """An IEP of one year and a mandate, both from `starts_on`."""
    where: dict[str, Any] = {"workspace_id": student.workspace_id, "student_id": student.id, "starts_on": starts_on}
    db.add(Iep(**where, review_due_on=starts_on + timedelta(days=364)))
    db.add(Mandate(**where, minutes=minutes, sessions=sessions, period=period))
    db.flush()


def add_goal(db: Session, student: Student, label: str = "/s/ blends", **values: Any) -> tuple[Goal, GoalVersion]:
    """An active goal from 30 to 80% within a year that began 100 days ago."""
    today = utc_now().date()
    goal = Goal(
        workspace_id=student.workspace_id, student_id=student.id, label=label, position=values.pop("position", 0)
    )
    db.add(goal)
    db.flush()
    start = today - timedelta(days=100)
    words: dict[str, Any] = {
        "starts_on": start,
        "text": label,
        "baseline_value": 30.0,
        "baseline_on": start,
        "target_value": 80.0,
        "target_on": start + timedelta(days=365),
    }
    version = GoalVersion(workspace_id=student.workspace_id, goal_id=goal.id, **(words | values))
    db.add(version)
    db.flush()
    return goal, version


def add_session(
    db: Session,
    cast: Cast,
    student: Student,
    on: date,
    *,
    who: str = "slp",
    minutes: int = 30,
    attendance: str = "present",
    at: time = time(15, 0),
    scores: Sequence[tuple[GoalVersion, int, int]] = (),
) -> SessionEntry:
    """A session of one student, held (or planned); `scores` are (goal version, trials, correct) of probes."""
    start = datetime.combine(on, at, UTC)
    session = TherapySession(
        workspace_id=cast.workspace_id,
        title="Individual session",
        provider_id=cast.members[who],
        held_on=on,
        planned_start=start,
        planned_end=start + timedelta(minutes=30),
        status="planned" if attendance == "planned" else "finished",
    )
    db.add(session)
    db.flush()
    entry = SessionEntry(
        workspace_id=cast.workspace_id,
        session_id=session.id,
        student_id=student.id,
        author_id=cast.members[who],
        held_on=on,
        attendance=attendance,
        minutes=minutes if attendance == "present" else 0,
    )
    db.add(entry)
    db.flush()
    for version, trials, correct in scores:
        db.add(
            GoalPoint(
                workspace_id=cast.workspace_id,
                goal_id=version.goal_id,
                entry_id=entry.id,
                goal_version_id=version.id,
                held_on=on,
                purpose="probe",
                trials=trials,
                correct=correct,
                cued=0,
            )
        )
    db.flush()
    return entry
