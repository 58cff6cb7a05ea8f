"""One finished group session with data, its notes, and everybody whom the rules of notes tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from tests.databases import act_as
from therapytrack.access.actor import Actor
from therapytrack.domain.note_content import facts_hash
from therapytrack.models import (
    Account,
    AdminRole,
    ClinicalRole,
    Goal,
    GoalPoint,
    GoalVersion,
    Membership,
    NoteStatus,
    PromptLevel,
    SessionEntry,
    SessionStatus,
    SignIn,
    Student,
    StudentGrant,
    SupervisionLink,
    TherapySession,
    Trial,
    Workspace,
    new_id,
    utc_now,
)
from therapytrack.services.note_contents import content_of
from therapytrack.services.note_readings import ShownNote

ROLES = {
    "owner": ClinicalRole.NONE,
    "supervisor": ClinicalRole.SUPERVISOR,
    "other_supervisor": ClinicalRole.SUPERVISOR,
    "slp": ClinicalRole.CLINICIAN,
    "slpa": ClinicalRole.ASSISTANT,
    "reader": ClinicalRole.READER,
}
CAN_EDIT = ("supervisor", "slp", "slpa")


@dataclass
class NoteWorld:
    """Ids of the cast, and of the two students' entries: `ana` by the clinician, `ben` by the assistant."""

    members: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    workspace_id: UUID = field(default_factory=new_id)
    session_id: UUID = field(default_factory=new_id)
    entries: dict[str, UUID] = field(default_factory=dict)
    students: dict[str, UUID] = field(default_factory=dict)
    goals: dict[str, UUID] = field(default_factory=dict)

    def actor(self, db: Session, who: str) -> Actor:
        """The actor `who` at this moment; the rest of the transaction is hers."""
        return act_as(db, self.tokens[who])


def build_notes(db: Session) -> NoteWorld:
    """Store the cast and a finished session of yesterday with a drafted note for each of two students."""
    world = NoteWorld()
    db.add(Workspace(id=world.workspace_id, name="Oak", us_state="NY"))
    elsewhere = Workspace(name="Elm")
    db.add(elsewhere)
    db.flush()
    for name, role in ROLES.items():
        _member(db, world, world.workspace_id, name, role)
    _member(db, world, elsewhere.id, "outsider", ClinicalRole.SUPERVISOR)
    _links(db, world)
    db.add(PromptLevel(workspace_id=world.workspace_id, rank=1, name="Minimal", definition="One light cue."))
    db.add(_session(world))
    db.flush()
    for position, (name, author) in enumerate((("ana", "slp"), ("ben", "slpa"))):
        _student(db, world, name)
        _entry(db, world, name, author, position)
    return world


def note_as_shown(db: Session, world: NoteWorld, student: str, **changes: Any) -> ShownNote:
    """The note of `student` as its author's page shows it now, with `changes` of text, version or facts."""
    entry = db.get_one(SessionEntry, world.entries[student])
    author = next(name for name, member in world.members.items() if member == entry.author_id)
    facts = facts_hash(content_of(db, world.actor(db, author), entry))
    values: dict[str, Any] = {"text": entry.note, "version": entry.note_version, "facts": facts}
    return ShownNote(entry_id=entry.id, **(values | changes))


def _member(db: Session, world: NoteWorld, workspace_id: UUID, name: str, role: ClinicalRole) -> None:
    now = utc_now()
    account = Account(
        name=name.title(), email=f"{name}@example.org", profession="slp", us_state="NY", password_hash="x"
    )
    db.add(account)
    db.flush()
    member = Membership(
        workspace_id=workspace_id,
        account_id=account.id,
        admin_role=AdminRole.OWNER if name == "owner" else AdminRole.NONE,
        clinical_role=role,
        discipline="slp",
        starts_at=now - timedelta(days=9),
    )
    world.members[name], world.tokens[name] = member.id, f"{new_id().hex}{new_id().hex}"
    db.add(member)
    db.add(
        SignIn(
            account_id=account.id,
            workspace_id=workspace_id,
            token_hash=world.tokens[name],
            last_active_at=now,
            expires_at=now + timedelta(hours=12),
        )
    )
    db.flush()


def _links(db: Session, world: NoteWorld) -> None:
    db.add(
        SupervisionLink(
            workspace_id=world.workspace_id,
            supervisor_id=world.members["supervisor"],
            assistant_id=world.members["slpa"],
            discipline="slp",
            starts_at=utc_now() - timedelta(days=9),
        )
    )
    db.flush()


def _session(world: NoteWorld) -> TherapySession:
    start = utc_now().replace(microsecond=0) - timedelta(days=1)
    return TherapySession(
        id=world.session_id,
        workspace_id=world.workspace_id,
        provider_id=world.members["slp"],
        title="Tuesday group A",
        held_on=start.date(),
        planned_start=start,
        planned_end=start + timedelta(minutes=30),
        status=SessionStatus.FINISHED,
    )


def _student(db: Session, world: NoteWorld, name: str) -> None:
    student = Student(
        workspace_id=world.workspace_id,
        given_name=name.title(),
        family_name="Test",
        case_manager_id=world.members["slp"],
    )
    world.students[name] = student.id
    db.add(student)
    db.flush()
    for member in ("supervisor", "other_supervisor", "slp", "slpa", "reader"):
        grant(db, world, member, name, edit=member in CAN_EDIT)
    goal = Goal(workspace_id=world.workspace_id, student_id=student.id, label=f"/s/ of {name}")
    world.goals[name] = goal.id
    db.add(goal)
    db.flush()


def grant(db: Session, world: NoteWorld, member: str, student: str, *, edit: bool) -> None:
    """Let `member` view (and edit) `student` from yesterday on."""
    db.add(
        StudentGrant(
            workspace_id=world.workspace_id,
            student_id=world.students[student],
            membership_id=world.members[member],
            granted_by_id=world.members["slp"],
            can_edit=edit,
            starts_at=utc_now() - timedelta(days=8),
        )
    )
    db.flush()


def _entry(db: Session, world: NoteWorld, student: str, author: str, position: int) -> None:
    session = db.get_one(TherapySession, world.session_id)
    entry = SessionEntry(
        workspace_id=world.workspace_id,
        session_id=session.id,
        student_id=world.students[student],
        author_id=world.members[author],
        position=position,
        held_on=session.held_on,
        attendance="present",
        minutes=30,
        note=f"Worked on sounds with {student}.",
        note_status=NoteStatus.DRAFT,
        note_saved_at=utc_now(),
    )
    world.entries[student] = entry.id
    db.add(entry)
    db.flush()
    add_trials(db, world, student, ("correct", "correct", "cued", "incorrect"))


def add_trials(db: Session, world: NoteWorld, student: str, outcomes: Sequence[str]) -> None:
    """Trials of practice on the student's goal, and the point that counts them all."""
    entry = db.get_one(SessionEntry, world.entries[student])
    version = GoalVersion(
        workspace_id=world.workspace_id,
        goal_id=world.goals[student],
        starts_on=entry.held_on,
        text="Says it.",
        target_value=80,
        target_on=entry.held_on,
    )
    db.add(version)
    db.flush()
    for sequence, outcome in enumerate(outcomes):
        db.add(_trial(world, student, version.id, outcome, sequence))
    db.add(
        GoalPoint(
            workspace_id=world.workspace_id,
            goal_id=world.goals[student],
            entry_id=entry.id,
            goal_version_id=version.id,
            held_on=entry.held_on,
            purpose="practice",
            trials=len(outcomes),
            correct=outcomes.count("correct"),
            cued=outcomes.count("cued"),
        )
    )
    db.flush()


def _trial(world: NoteWorld, student: str, version_id: UUID, outcome: str, sequence: int) -> Trial:
    return Trial(
        workspace_id=world.workspace_id,
        session_id=world.session_id,
        entry_id=world.entries[student],
        goal_id=world.goals[student],
        goal_version_id=version_id,
        recorded_by_id=world.members["slp"],
        outcome=outcome,
        prompt_rank=1 if outcome == "cued" else None,
        purpose="practice",
        tapped_at=utc_now(),
        sequence=sequence,
        changed_at=utc_now(),
    )
