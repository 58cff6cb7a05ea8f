"""What the gate hands out: records with the facts of the decision about them, and what else those facts allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import MEMBER_COLUMNS, WORKSPACE_COLUMNS, Actor, member_in, workspace_in
from therapytrack.access.facts import Facts, MemberFacts, NoteFacts, StudentFacts, WorkspaceFacts
from therapytrack.access.roles import decide
from therapytrack.models import (
    NoteAddendum,
    NoteStatus,
    ProgressReport,
    ReportAddendum,
    SessionEntry,
    Student,
    TherapySession,
    Workspace,
)

# Columns of `queries.the_students` after the student: membership, workspace, and the seven flags of the actor's ties.
MEMBER = len(MEMBER_COLUMNS)
PEOPLE = MEMBER + len(WORKSPACE_COLUMNS)
FACTS = PEOPLE + len(Permission) + 3


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student as lists show her; `case_manager_id` is whose case she is at the actor's moment."""

    id: UUID
    given_name: str
    family_name: str
    preferred_name: str
    grade: str
    school: str
    local_number: str
    case_manager_id: UUID
    archived_at: datetime | None
    on_hold: bool
    ai_opt_out: bool

    def case_manager_at(self, _at: datetime) -> UUID:
        """As `Student.case_manager_at`, for the moment at which the line was read."""
        return self.case_manager_id


@dataclass(frozen=True, slots=True)
class Judged:
    """Something that this actor may see, with the facts of the decision."""

    facts: Facts

    def allows(self, action: Action) -> bool:
        """Whether `action` is allowed: for showing or explaining a button."""
        return decide(action, self.facts).allowed

    def reason(self, action: Action) -> str:
        """Why `action` is not allowed, in words; empty when it is."""
        return decide(action, self.facts).reason


@dataclass(frozen=True, slots=True)
class Seen(Judged):
    """A student as this actor may see it."""

    student: Student


@dataclass(frozen=True, slots=True)
class SeenLine(Judged):
    """A student in a list that this actor may see."""

    student: StudentLine


@dataclass(frozen=True, slots=True)
class SeenEntry(Judged):
    """One student's part of a session as this actor may see it; the note's text only if `note_readable`."""

    entry: SessionEntry
    seen: Seen

    @property
    def note_readable(self) -> bool:
        """Whether the actor may read the note as it stands (rule 7)."""
        return self.allows(Action.READ_NOTE)


@dataclass(frozen=True, slots=True)
class SeenWorkspace(Judged):
    """The actor's own workspace, whose rules hold for her and may be known to her; changing them takes a right."""

    workspace: Workspace


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A therapy session with those parts of it that the actor may view."""

    session: TherapySession
    entries: list[SeenEntry]


def people_of(columns: Sequence[Any], actor: Actor) -> tuple[MemberFacts, WorkspaceFacts]:
    """The facts of the actor's membership and workspace, out of `queries.PEOPLE` as they were read just now."""
    return member_in(columns[:MEMBER], actor.at), workspace_in(columns[MEMBER:PEOPLE])


def facts_about(
    student: Student | StudentLine, people: tuple[MemberFacts, WorkspaceFacts], flags: Sequence[Any], actor: Actor
) -> Facts:
    """The facts of a decision about `student`; `flags` are those of the actor's ties, in the statement's order."""
    *held, glass_broken, supervised, supervisee_edits = flags
    tied = StudentFacts(
        granted=frozenset([permission for permission, holds in zip(Permission, held, strict=True) if holds]),
        glass_broken=bool(glass_broken),
        supervised=bool(supervised),
        supervisee_edits=bool(supervisee_edits),
        case_manager=student.case_manager_at(actor.at) == actor.membership_id,
        archived=student.archived_at is not None,
        on_hold=student.on_hold,
        ai_opt_out=student.ai_opt_out,
    )
    return Facts(*people, tied)


def seen_in(row: Sequence[Any], actor: Actor) -> Seen:
    """The student in a row of `queries.the_students`."""
    student: Student = row[0]
    return Seen(facts_about(student, people_of(row[1:], actor), row[1 + PEOPLE : 1 + FACTS], actor), student)


def facts_about_note(
    written: SessionEntry | NoteAddendum | ProgressReport | ReportAddendum,
    status: str,
    actor: Actor,
    shown_hash: str,
    *,
    supervised: bool,
) -> NoteFacts:
    """The facts of a decision about what was written; `supervised`: the actor supervises its author."""
    return NoteFacts(
        status=NoteStatus(status),
        author_is_actor=written.author_id == actor.membership_id,
        author_is_supervisee=supervised,
        shown_hash_matches=bool(shown_hash) and shown_hash == written.content_hash,
    )
