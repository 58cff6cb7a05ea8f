"""What a person who hands over her caseload has under way: planned sessions, unsigned notes, notes to co-sign."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.models import (
    Draft,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    Student,
    StudentGrant,
    TherapySession,
)
from therapytrack.services.drafts import WRITTEN

OPEN_NOTES = (NoteStatus.DRAFT, NoteStatus.RETURNED, NoteStatus.SUBMITTED)


@dataclass(slots=True)
class Work:
    """`planned`: the students of each of her sessions after the moment, by session; `hers`: those sessions that she
    leads; `earlier`: those before the moment, which are hers to hold. `unfinished`: students for whom she still has
    something to finish. The rest are counts."""

    planned: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    hers: set[UUID] = field(default_factory=set)
    unfinished: set[UUID] = field(default_factory=set)
    earlier: set[UUID] = field(default_factory=set)
    unsigned: int = 0
    to_cosign: int = 0
    drafts: int = 0

    def moving(self, student_ids: Collection[UUID]) -> list[UUID]:
        """Sessions that go over whole: all of their students do."""
        return [key for key in self.hers if self.planned[key] and self.planned[key] <= set(student_ids)]

    def whole(self, student_ids: Collection[UUID]) -> int:
        """How many sessions go over whole."""
        return len(self.moving(student_ids))

    def shared(self, student_ids: Collection[UUID]) -> int:
        """How many sessions stay with who leads them, because other students are in them; the parts go over."""
        touched = [key for key, students in self.planned.items() if students & set(student_ids)]
        return len(touched) - self.whole(student_ids)


def open_work(
    db: Session,
    actor: Actor,
    of: UUID,
    supervisees: Collection[UUID],
    student_ids: Collection[UUID],
    moment: datetime,
) -> Work:
    """What `of` has under way with these students, as it will stand at `moment`. Two statements."""
    work = Work()
    for session, entry in db.execute(_entries(actor, of, supervisees)):
        hers = entry.author_id == of and entry.student_id in student_ids
        if session.status == SessionStatus.PLANNED and session.planned_start >= moment:
            work.planned[session.id].add(entry.student_id)
            work.hers |= {session.id} if session.provider_id == of else set()
        elif session.status == SessionStatus.PLANNED:
            # One of a past day was never held; one before the moment is still hers to hold.
            still = hers and session.held_on >= actor.today
            work.earlier |= {session.id} if still else set()
            work.unfinished |= {entry.student_id} if still else set()
        elif hers:
            work.unsigned += entry.note_status != NoteStatus.SUBMITTED
            work.unfinished.add(entry.student_id)
        elif entry.author_id in supervisees and entry.note_status == NoteStatus.SUBMITTED:
            work.to_cosign += entry.student_id in student_ids
            work.unfinished.add(entry.student_id)
    work.drafts = _count_drafts(db, actor, of, student_ids)
    return work


def _count_drafts(db: Session, actor: Actor, of: UUID, student_ids: Collection[UUID]) -> int:
    query = select(func.count()).where(
        col(Draft.workspace_id) == actor.workspace_id,
        col(Draft.author_id) == of,
        col(Draft.student_id).in_(list(student_ids)),
        col(Draft.status) == WRITTEN,
    )
    return int(db.execute(query).scalar_one())


def move_sessions(db: Session, actor: Actor, of: UUID, to: UUID, student_ids: Collection[UUID], work: Work) -> None:
    """Give planned sessions, and these students' parts of shared ones, to the new person. Two statements."""
    here, sessions = col(SessionEntry.workspace_id) == actor.workspace_id, work.moving(student_ids)
    db.execute(
        update(TherapySession)
        .where(col(TherapySession.workspace_id) == actor.workspace_id, col(TherapySession.id).in_(sessions))
        .where(col(TherapySession.provider_id) == of, col(TherapySession.status) == SessionStatus.PLANNED)
        .values(provider_id=to)
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(SessionEntry)
        .where(here, col(SessionEntry.session_id).in_(list(work.planned)), col(SessionEntry.author_id) == of)
        .where(col(SessionEntry.student_id).in_(list(student_ids)), col(SessionEntry.note_status) == NoteStatus.DRAFT)
        .values(author_id=to)
        .execution_options(synchronize_session=False)
    )


def count_elsewhere(db: Session, actor: Actor, of: UUID, student_ids: Collection[UUID]) -> tuple[int, int]:
    """On how many further students `of` holds rights: archived ones, and ones that are not the actor's to govern."""
    live = or_(col(StudentGrant.ends_at).is_(None), col(StudentGrant.ends_at) > actor.at)
    query = (
        select(col(Student.id), col(Student.archived_at))
        .join(StudentGrant, col(StudentGrant.student_id) == col(Student.id))
        .where(col(Student.workspace_id) == actor.workspace_id, col(StudentGrant.membership_id) == of, live)
        .where(col(StudentGrant.kind) == "explicit", col(Student.id).not_in(list(student_ids)))
        .distinct()
    )
    rows = db.execute(query).all()
    archived = sum(row[1] is not None for row in rows)
    return archived, len(rows) - archived


def _entries(actor: Actor, of: UUID, supervisees: Collection[UUID]) -> Any:
    """Every entry that is not signed yet, written by the person, led by her, or waiting for her co-signature."""
    waiting = and_(
        col(SessionEntry.author_id).in_(list(supervisees)), col(SessionEntry.note_status) == NoteStatus.SUBMITTED
    )
    mine = and_(
        or_(col(SessionEntry.author_id) == of, col(TherapySession.provider_id) == of),
        col(SessionEntry.note_status).in_(OPEN_NOTES),
    )
    return (
        select(TherapySession, SessionEntry)
        .join(SessionEntry, col(SessionEntry.session_id) == col(TherapySession.id))
        .where(col(TherapySession.workspace_id) == actor.workspace_id, or_(waiting, mine))
        .where(col(TherapySession.status) != SessionStatus.CANCELLED)
    )
