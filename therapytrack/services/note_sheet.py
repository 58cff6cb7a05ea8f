"""One note as a person may read it: text, facts, data, who signed, what was returned, addenda, and the note before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_entry
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.accuracy import Score
from therapytrack.domain.note_content import NoteContent, content_hash, facts_hash
from therapytrack.domain.points import Metric
from therapytrack.models import Account, Membership, NoteStatus, SessionEntry, TherapySession
from therapytrack.services.activity import OWN, record
from therapytrack.services.attendance_codes import labels_in
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.note_beside import (
    Added,
    Around,
    Near,
    Words,
    around_columns,
    around_in,
    notes_near,
    read_beside,
    words_columns,
    words_in,
)
from therapytrack.services.note_contents import content_of


@dataclass(frozen=True, slots=True)
class GoalData:
    """One goal's data of one purpose; `prompts` are (level's name, trials), `words` a narrative.

    The rest as in `domain.note_content.GoalCount`.
    """

    goal: str
    purpose: str
    trials: int
    correct: int
    cued: int
    prompts: tuple[tuple[str, int], ...]
    amount: int | None = None
    value: float | None = None
    words: str = ""
    measure: str = "trials"
    metric: Metric = Metric.INDEPENDENT

    @property
    def score(self) -> Score:
        """The counts with the value."""
        return Score(self.trials, self.correct, self.cued, self.amount, self.value)


@dataclass(frozen=True, slots=True)
class Returned:
    """A return: who sent it back, when, with what comment, and the text that was read."""

    by: str
    at: datetime
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class AddendumSheet:
    """An addendum under a note; `comment` is what its last return said, `mine` whether the reader wrote it."""

    id: UUID
    author: str
    at: datetime
    text: str
    status: str
    mine: bool
    comment: str


@dataclass(frozen=True, slots=True)
class NoteSheet:
    """A whole note. `can` holds the acts on it that are allowed now; `why` says why the text cannot be changed.

    `hash` covers what is shown, `facts` all of it but the text; `minutes` are whole, times aware; `part`: came, left.
    """

    entry_id: UUID
    session_id: UUID
    student_id: UUID
    student: str
    session: str
    place: str
    held_on: date
    starts: datetime
    ends: datetime
    attendance: str
    attendance_words: str
    minutes: int
    part: tuple[datetime | None, datetime | None]
    goals: tuple[GoalData, ...]
    text: str
    version: int
    saved_at: datetime | None
    status: str
    hash: str
    facts: str
    author: str
    mine: bool
    can: frozenset[Action]
    why: str
    signed_at: datetime | None
    co_signer: str
    co_signed_at: datetime | None
    submitted_at: datetime | None
    returned: tuple[Returned, ...]
    addenda: tuple[AddendumSheet, ...]
    before: str
    before_on: date | None


OFFERED = (
    Action.EDIT_NOTE,
    Action.SIGN_NOTE,
    Action.SUBMIT_NOTE,
    Action.ADD_ADDENDUM,
)


def read_note(db: Session, actor: Actor, entry_id: UUID) -> NoteSheet:
    """The note with everything around it; reading it is logged. Raises NotFound, NotPermitted (still being written)."""
    found = access_entry(db, actor, entry_id, Action.READ_NOTE)
    return read_seen(db, actor, found, db.get_one(TherapySession, found.entry.session_id))[0]


def read_seen(db: Session, actor: Actor, found: SeenEntry, session: TherapySession) -> tuple[NoteSheet, Around]:
    """The same of a note that the gate has shown as readable, of its `session`. Three statements."""
    log_reading(db, actor, found)
    content = content_of(db, actor, found.entry)
    beside = read_beside(db, actor, (words_columns, around_columns), found.entry)
    words, around = words_in(beside[words_columns]), around_in(beside[around_columns])
    near = notes_near(db, actor, found.entry, compared=False)
    return sheet_of(actor, found, session, content, words, around, near), around


def log_reading(db: Session, actor: Actor, found: SeenEntry) -> None:
    """That the actor read the note."""
    own = OWN if is_own_work(actor, found) else {}
    kind, entry = "session_entry", found.entry
    record(db, actor, Action.READ_NOTE, student_id=entry.student_id, record_kind=kind, record_id=entry.id, **own)


def sheet_of(
    actor: Actor,
    found: SeenEntry,
    session: TherapySession,
    content: NoteContent,
    words: Words,
    around: Around,
    near: Near,
) -> NoteSheet:
    """A note that the gate has shown, put together from what was read of it."""
    entry = found.entry
    sealed = entry.note_status not in (NoteStatus.DRAFT, NoteStatus.RETURNED)
    return NoteSheet(
        entry_id=entry.id,
        session_id=entry.session_id,
        student_id=entry.student_id,
        student=display_name(found.seen.student),
        session=session.title,
        place=session.place,
        held_on=entry.held_on,
        starts=session.planned_start,
        ends=session.planned_end,
        attendance=entry.attendance,
        attendance_words=labels_in(words.codes, [entry])[entry.id],
        minutes=entry.minutes,
        part=(entry.arrived_at, entry.left_at),
        goals=goal_data(content, words.levels),
        text=entry.note,
        version=entry.note_version,
        saved_at=entry.note_saved_at,
        status=entry.note_status,
        hash=entry.content_hash if sealed else content_hash(content),
        facts=facts_hash(content),
        mine=entry.author_id == actor.membership_id,
        can=frozenset(action for action in OFFERED if found.allows(action)),
        why=found.reason(Action.EDIT_NOTE),
        signed_at=entry.signed_at,
        submitted_at=entry.submitted_at,
        **_history(actor, found, around, near.last.entry if near.last else None),
    )


def _history(actor: Actor, found: SeenEntry, around: Around, before: SessionEntry | None) -> dict[str, Any]:
    """The people who signed, of the returns and addenda what the actor may read, and the note before."""
    returns = around.returns if _follows(found) else ()
    co_signer, co_signed_at = around.co_signed or ("", None)
    return {
        "author": around.author,
        "co_signer": co_signer,
        "co_signed_at": co_signed_at,
        "returned": tuple(
            Returned(one.by, one.at, one.comment, one.text) for one in returns if one.addendum_id is None
        ),
        "addenda": tuple(_addendum(one, actor, around) for one in around.addenda if _may_read(actor, one)),
        "before": before.note if before else "",
        "before_on": before.held_on if before else None,
    }


def is_own_work(actor: Actor, found: SeenEntry) -> bool:
    """Whether the note is the reader's own, or waits for her co-signature: reading it is no look into a record."""
    waits = found.entry.note_status == NoteStatus.SUBMITTED
    supervises = found.facts.note is not None and found.facts.note.author_is_supervisee
    return found.entry.author_id == actor.membership_id or (waits and supervises)


def _follows(found: SeenEntry) -> bool:
    """Whether the actor wrote the note or supervises its author: drafts and their returns are theirs (rule 7)."""
    note = found.facts.note
    return note is not None and (note.author_is_actor or note.author_is_supervisee)


def _may_read(actor: Actor, one: Added) -> bool:
    """An addendum is a note of its own: while it is being rewritten, its author and her supervisor read it."""
    if one.status not in (NoteStatus.DRAFT, NoteStatus.RETURNED):
        return True
    return one.author_id == actor.membership_id or one.supervised


def goal_data(content: NoteContent, levels: Mapping[int, str]) -> tuple[GoalData, ...]:
    """The data of a note in words, goals in the order of the goal list; `levels` names the prompts by `prompt_code`."""
    return tuple(
        GoalData(
            goal=one.label,
            purpose=one.purpose,
            trials=one.trials,
            correct=one.correct,
            cued=one.cued,
            prompts=tuple((levels.get(code, f"level {code}"), trials) for code, trials in one.prompts),
            amount=one.amount,
            value=one.value,
            words=one.words,
            measure=one.measure,
            metric=one.metric,
        )
        for one in sorted(content.goals, key=lambda one: (one.place, one.goal_id, one.purpose))
    )


def people(db: Session, actor: Actor, member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names with credentials of members of the actor's workspace, as signatures show them. One statement."""
    query = (
        select(col(Membership.id), col(Account.name), col(Account.credential))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_(set(member_ids)))
    )
    return {row[0]: f"{row[1]}, {row[2]}" if row[2] else row[1] for row in db.execute(query)}


def _addendum(one: Added, actor: Actor, around: Around) -> AddendumSheet:
    back = around.last_return(one.id)
    return AddendumSheet(
        id=one.id,
        author=one.author,
        at=one.at,
        text=one.text,
        status=one.status,
        mine=one.author_id == actor.membership_id,
        comment=back.comment if back and one.status == NoteStatus.RETURNED else "",
    )
