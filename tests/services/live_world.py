"""A group session of two students with two goals each, and the people around it."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from tests.databases import act_as
from therapytrack.access.actor import Actor
from therapytrack.domain.goal_form import GoalForm
from therapytrack.domain.session_plan import SessionPlan
from therapytrack.domain.taps import Tap, TapBatch, Undo, milliseconds
from therapytrack.models import (
    Account,
    ClinicalRole,
    Goal,
    GoalVersion,
    Membership,
    SessionEntry,
    SignIn,
    Student,
    StudentGrant,
    TherapySession,
    Workspace,
    new_id,
    utc_now,
)
from therapytrack.services.identity import hash_token
from therapytrack.services.prompt_scale import add_default_scale
from therapytrack.services.therapy_sessions import plan_session, start_session

NEW_GOAL = GoalForm(
    label="goal 9",
    text="Says it again.",
    condition="",
    behavior="",
    criterion="",
    measure="trials",
    direction="up",
    baseline_value=None,
    baseline_on=None,
    target_value=90,
    target_on=date(2027, 6, 1),
    starts_on=date(2026, 9, 1),
    mastery={},
)
NAMES = ("Ana", "Ben", "Chloé", "Đan", "Eve", "Finn", "Gita", "Hugo")


@dataclass
class Place:
    """One student's part of the session with the goals that can be tapped."""

    student: Student
    entry: SessionEntry
    goals: list[Goal]


@dataclass
class World:
    """Cookies of the cast, and the running session with its places, in order."""

    tokens: dict[str, str]
    session: TherapySession
    places: list[Place]

    def actor(self, db: Session, who: str) -> Actor:
        """The actor `who` at this moment; the rest of the transaction is hers."""
        return act_as(db, hash_token(self.tokens[who]))

    def tap(
        self, place: int = 0, goal: int = 0, outcome: str = "correct", purpose: str = "practice", n: int = 0
    ) -> Tap:
        """A fresh mark for a student and one of the student's goals."""
        where = self.places[place]
        return Tap.model_validate(
            {
                "id": new_id(),
                "entry": where.entry.id,
                "goal": where.goals[goal].id,
                "outcome": outcome,
                "purpose": purpose,
                "at": milliseconds(utc_now()),
                "n": n,
            }
        )


def batch(taps: list[Tap], undo: list[UUID] | None = None) -> TapBatch:
    """A request with `taps` and tombstones for the ids in `undo`."""
    at = milliseconds(utc_now())
    return TapBatch(taps=taps, undo=[Undo(id=one, at=at) for one in undo or []])


def build_world(db: Session, students: int = 2, goals: int = 2, mark: str = "") -> World:
    """Store the cast: `slp` records all students, `partner` only the first, `outsider` sits in another workspace.

    `mark` tells several worlds in one database apart.
    """
    workspace, elsewhere = Workspace(name="Oak"), Workspace(name="Elm")
    db.add_all([workspace, elsewhere])
    db.flush()
    tokens: dict[str, str] = {}
    members = {name: _member(db, workspace, name, tokens, mark) for name in ("slp", "partner")}
    _member(db, elsewhere, "outsider", tokens, mark)
    add_default_scale(db, workspace.id)
    kids = [_student(db, workspace, members["slp"], name) for name in NAMES[:students]]
    for kid in kids:
        _grant(db, kid, members["slp"], members["slp"])
    _grant(db, kids[0], members["partner"], members["slp"])
    aims = [[_goal(db, kid, position) for position in range(goals)] for kid in kids]
    db.flush()
    world = World(tokens, TherapySession.model_construct(), [])
    slp = world.actor(db, "slp")
    plan = SessionPlan("Group A", slp.today, *_half_hour(), "Room 12", "pull_out", tuple(one.id for one in kids))
    world.session = plan_session(db, slp, new_id(), plan)
    start_session(db, slp, world.session.id)
    db.flush()
    world.places = [Place(kid, _entry_of(db, world.session, kid), mine) for kid, mine in zip(kids, aims, strict=True)]
    return world


def _half_hour() -> tuple[time, time]:
    return time(10, 0), time(10, 30)


def _entry_of(db: Session, session: TherapySession, student: Student) -> SessionEntry:
    query = select(SessionEntry).where(
        col(SessionEntry.session_id) == session.id, col(SessionEntry.student_id) == student.id
    )
    entry: SessionEntry = db.execute(query).scalar_one()
    return entry


def _member(db: Session, workspace: Workspace, name: str, tokens: dict[str, str], mark: str) -> Membership:
    now = utc_now()
    account = Account(name=name, email=f"{name}{mark}@example.org", profession="slp", us_state="NY", password_hash="x")
    db.add(account)
    db.flush()
    member = Membership(
        workspace_id=workspace.id,
        account_id=account.id,
        clinical_role=ClinicalRole.CLINICIAN,
        discipline="slp",
        starts_at=now - timedelta(days=1),
    )
    tokens[name] = f"{new_id().hex}{new_id().hex}"
    db.add(member)
    db.add(
        SignIn(
            account_id=account.id,
            workspace_id=workspace.id,
            token_hash=hash_token(tokens[name]),
            last_active_at=now,
            expires_at=now + timedelta(hours=12),
        )
    )
    db.flush()
    return member


def _student(db: Session, workspace: Workspace, manager: Membership, name: str) -> Student:
    student = Student(workspace_id=workspace.id, given_name=name, family_name="Test", case_manager_id=manager.id)
    db.add(student)
    db.flush()
    return student


def _grant(db: Session, student: Student, member: Membership, giver: Membership) -> None:
    db.add(
        StudentGrant(
            workspace_id=student.workspace_id,
            student_id=student.id,
            membership_id=member.id,
            granted_by_id=giver.id,
            can_edit=True,
            starts_at=utc_now() - timedelta(days=1),
        )
    )


def _goal(db: Session, student: Student, position: int) -> Goal:
    goal = Goal(workspace_id=student.workspace_id, student_id=student.id, label=f"goal {position}", position=position)
    db.add(goal)
    db.flush()
    db.add(
        GoalVersion(
            workspace_id=student.workspace_id,
            goal_id=goal.id,
            starts_on=date(2026, 9, 1),
            text="Says it.",
            target_value=80,
            target_on=date(2027, 6, 1),
        )
    )
    return goal
