"""A small workspace with one student's autumn, for the tests of drafts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, SQLModel, select

from tests.factories import acts_of_people
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.models import (
    Account,
    Draft,
    Goal,
    GoalPhase,
    GoalPoint,
    GoalVersion,
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

OpenDb = Callable[..., AbstractContextManager[Session]]
SINCE, UNTIL = date(2026, 9, 1), date(2026, 11, 30)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ROLES = {
    "slp": "clinician",
    "supervisor": "supervisor",
    "slpa": "assistant",
    "reader": "reader",
    "colleague": "clinician",
    "owner": "none",
    "outsider": "clinician",
}
GRANTED = ("slp", "supervisor", "slpa", "reader")


@dataclass
class World:
    """Ids of what was made; `open` opens a transaction."""

    open: OpenDb
    workspace: UUID = field(default_factory=new_id)
    elsewhere: UUID = field(default_factory=new_id)
    members: dict[str, UUID] = field(default_factory=lambda: {who: new_id() for who in ROLES})
    student: UUID = field(default_factory=new_id)
    goal: UUID = field(default_factory=new_id)
    version: UUID = field(default_factory=new_id)
    draft: UUID = field(default_factory=new_id)

    def add(self, *rows: SQLModel) -> None:
        """Store rows in their order."""
        with self.open() as db:
            for row in rows:
                db.add(row)
                db.flush()

    def actor(self, who: str) -> Actor:
        """`who`, as her sign-in says at this moment."""
        with self.open() as db:
            actor = resolve_actor(db, f"hash of {who}")
        assert actor is not None
        return actor

    def change(self, table: type[SQLModel], key: UUID, **values: object) -> None:
        """Set columns of one row."""
        with self.open() as db:
            row = db.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)

    def stored(self) -> Draft:
        """The draft as it is stored."""
        with self.open() as db:
            return db.get_one(Draft, self.draft)

    def drafts(self) -> int:
        """How many drafts are stored."""
        with self.open() as db:
            return len(db.exec(select(Draft)).all())

    def acts(self) -> list[str]:
        """The actions of the activity log, in order."""
        with self.open() as db:
            return [row.action for row in acts_of_people(db)]

    def revoke(self, who: str) -> None:
        """End the member's grant on the student."""
        with self.open() as db:
            for grant in db.exec(select(StudentGrant).where(StudentGrant.membership_id == self.members[who])).all():
                grant.ends_at = utc_now()


def make_world(open_db: OpenDb) -> World:
    """People in both workspaces, a student with a goal, sixteen weeks of probes and three missed sessions."""
    world = World(open_db)
    rows: list[SQLModel] = [
        Workspace(id=world.workspace, name="Lincoln"),
        Workspace(id=world.elsewhere, name="Elsewhere"),
    ]
    for who, role in ROLES.items():
        rows += _person(world, who, role)
    rows += _student(world) + [_grant(world, who) for who in GRANTED] + _goal(world)
    for week in range(8):
        rows += session(world, SINCE + timedelta(weeks=week), 5 + 2 * week)
    rows += session(world, SINCE + timedelta(weeks=9), None, attendance="student_absent")
    world.add(*rows)
    return world


def _student(world: World) -> list[SQLModel]:
    return [
        Student(
            id=world.student,
            workspace_id=world.workspace,
            given_name="Mateo",
            family_name="Rivera",
            birth_date=date(2018, 3, 14),
            school="Lincoln Elementary",
            local_number="900123",
            case_manager_id=world.members["slp"],
        ),
        SupervisionLink(
            workspace_id=world.workspace,
            supervisor_id=world.members["supervisor"],
            assistant_id=world.members["slpa"],
            discipline="slp",
            starts_at=LONG_AGO,
        ),
    ]


def _person(world: World, who: str, role: str) -> list[SQLModel]:
    workspace = world.elsewhere if who == "outsider" else world.workspace
    account = new_id()
    person = Account(
        id=account,
        name=f"{who.title()} Alvarez",
        email=f"{who}@x.test",
        profession="slp",
        us_state="NY",
        password_hash="x",
    )
    membership = Membership(
        id=world.members[who],
        workspace_id=workspace,
        account_id=account,
        admin_role="owner" if who == "owner" else "none",
        clinical_role=role,
        discipline="slp",
        starts_at=LONG_AGO,
    )
    now = utc_now()
    sign_in = SignIn(
        account_id=account,
        workspace_id=workspace,
        token_hash=f"hash of {who}",
        last_active_at=now,
        expires_at=now + timedelta(hours=8),
    )
    return [person, membership, sign_in]


def _grant(world: World, who: str) -> StudentGrant:
    return StudentGrant(
        workspace_id=world.workspace,
        student_id=world.student,
        membership_id=world.members[who],
        granted_by_id=world.members["slp"],
        can_view=True,
        can_edit=who != "reader",
        can_export=True,
        can_generate=who != "reader",
        starts_at=LONG_AGO,
    )


def _goal(world: World) -> list[SQLModel]:
    return [
        Goal(
            id=world.goal, workspace_id=world.workspace, student_id=world.student, label="Initial /ɹ/ with Ms. Alvarez"
        ),
        GoalVersion(
            id=world.version,
            workspace_id=world.workspace,
            goal_id=world.goal,
            starts_on=date(2026, 8, 1),
            text="By May 28, 2027, Mateo will produce initial /ɹ/ with 80% accuracy.",
            baseline_value=20,
            baseline_on=date(2026, 8, 20),
            target_value=80,
            target_on=date(2027, 5, 28),
            mastery=MasteryCriterion(target=80).to_dict(),
        ),
        GoalPhase(workspace_id=world.workspace, goal_id=world.goal, name="Intervention", starts_on=date(2026, 8, 25)),
    ]


def session(
    world: World,
    day: date,
    correct: int | None,
    attendance: str = "present",
    status: str = "finished",
    note: str = "signed",
) -> list[SQLModel]:
    """One session of the student; `correct` of 20 probes, or no point when None."""
    meeting, entry, slp = new_id(), new_id(), world.members["slp"]
    start = datetime(day.year, day.month, day.day, 14, 0, tzinfo=UTC)
    rows: list[SQLModel] = [
        TherapySession(
            id=meeting,
            workspace_id=world.workspace,
            title="Group",
            provider_id=slp,
            held_on=day,
            planned_start=start,
            planned_end=start + timedelta(minutes=30),
            status=status,
        ),
        SessionEntry(
            id=entry,
            workspace_id=world.workspace,
            session_id=meeting,
            student_id=world.student,
            author_id=slp,
            held_on=day,
            attendance=attendance,
            minutes=30 if attendance == "present" else 0,
            note_status=note,
        ),
    ]
    if correct is not None:
        rows.append(
            GoalPoint(
                workspace_id=world.workspace,
                goal_id=world.goal,
                entry_id=entry,
                goal_version_id=world.version,
                held_on=day,
                purpose="probe",
                trials=20,
                correct=correct,
                cued=0,
            )
        )
    return rows
