"""One note as a person may read it: text, facts, data, who signed, what was returned, addenda, and the note before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.entries import access_author_tie, access_entry, visible_entries
from therapytrack.access.seen import SeenEntry
from therapytrack.domain.accuracy import Score
from therapytrack.domain.note_content import NoteContent, content_hash, facts_hash
from therapytrack.domain.points import Metric
from therapytrack.models import (
    Account,
    CoSignature,
    Membership,
    NoteAddendum,
    NoteReturn,
    NoteStatus,
    SessionEntry,
    TherapySession,
)
from therapytrack.services.activity import OWN, record
from therapytrack.services.attendance_codes import labels_of
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.note_contents import content_of, goal_labels, prompt_names


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
    entry = found.entry
    own = OWN if is_own_work(actor, found) else {}
    kind, student_id = "session_entry", entry.student_id
    record(db, actor, Action.READ_NOTE, student_id=student_id, record_kind=kind, record_id=entry.id, **own)
    content = content_of(db, actor, entry)
    around = _around(db, actor, found, content)
    sealed = entry.note_status not in (NoteStatus.DRAFT, NoteStatus.RETURNED)
    return NoteSheet(
        entry_id=entry.id,
        session_id=entry.session_id,
        student_id=entry.student_id,
        student=display_name(found.seen.student),
        held_on=entry.held_on,
        attendance=entry.attendance,
        attendance_words=labels_of(db, actor, [entry])[entry.id],
        minutes=entry.minutes,
        part=(entry.arrived_at, entry.left_at),
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
        **around,
    )


def is_own_work(actor: Actor, found: SeenEntry) -> bool:
    """Whether the note is the reader's own, or waits for her co-signature: reading it is no look into a record."""
    waits = found.entry.note_status == NoteStatus.SUBMITTED
    supervises = found.facts.note is not None and found.facts.note.author_is_supervisee
    return found.entry.author_id == actor.membership_id or (waits and supervises)


def _around(db: Session, actor: Actor, found: SeenEntry, content: NoteContent) -> dict[str, Any]:
    """What stands around the note: its session, data in words, people, returns, addenda, and the note before."""
    entry = found.entry
    session = db.get_one(TherapySession, entry.session_id)
    returns, addenda, signatures = _history(db, actor, entry)
    members = [*[one.returned_by_id for one in returns], *[one.signed_by_id for one in signatures], *_authors(addenda)]
    who = people(db, actor, [entry.author_id, *members])
    before = _note_before(db, actor, entry)
    return {
        "session": session.title,
        "place": session.place,
        "starts": session.planned_start,
        "ends": session.planned_end,
        "goals": goal_data(db, actor, [content])[entry.id],
        "author": who[entry.author_id],
        "co_signer": who[signatures[0].signed_by_id] if signatures else "",
        "co_signed_at": signatures[0].created_at if signatures else None,
        "returned": tuple(_returned(one, who) for one in returns if one.addendum_id is None and _follows(found)),
        "addenda": tuple(_addendum(one, actor, who, returns) for one in addenda if _may_read(db, actor, one)),
        "before": before.entry.note if before else "",
        "before_on": before.entry.held_on if before else None,
    }


def _follows(found: SeenEntry) -> bool:
    """Whether the actor wrote the note or supervises its author: drafts and their returns are theirs (rule 7)."""
    note = found.facts.note
    return note is not None and (note.author_is_actor or note.author_is_supervisee)


def _may_read(db: Session, actor: Actor, one: NoteAddendum) -> bool:
    """An addendum is a note of its own: while it is being rewritten, its author and her supervisor read it."""
    if one.status not in (NoteStatus.DRAFT, NoteStatus.RETURNED):
        return True
    return one.author_id == actor.membership_id or access_author_tie(db, actor, one.author_id)


def goal_data(db: Session, actor: Actor, contents: Sequence[NoteContent]) -> dict[UUID, tuple[GoalData, ...]]:
    """The data of each of `contents` in words, by entry, goals in the order of the goal list. Two statements."""
    labels, levels = goal_labels(db, actor, contents), prompt_names(db, actor)
    order = {goal: place for place, goal in enumerate(labels)}
    return {
        content.entry_id: tuple(
            GoalData(
                goal=labels[one.goal_id],
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
            for one in sorted(content.goals, key=lambda one: (order[one.goal_id], one.purpose))
        )
        for content in contents
    }


def people(db: Session, actor: Actor, member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names with credentials of members of the actor's workspace, as signatures show them. One statement."""
    query = (
        select(col(Membership.id), col(Account.name), col(Account.credential))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_(set(member_ids)))
    )
    return {row[0]: f"{row[1]}, {row[2]}" if row[2] else row[1] for row in db.execute(query)}


def _authors(addenda: Iterable[NoteAddendum]) -> list[UUID]:
    return [one.author_id for one in addenda]


def _history(
    db: Session, actor: Actor, entry: SessionEntry
) -> tuple[list[NoteReturn], list[NoteAddendum], list[CoSignature]]:
    """Returns, newest first; addenda, oldest first; the co-signature of the note itself, if there is one."""
    returns = select(NoteReturn).where(
        col(NoteReturn.workspace_id) == actor.workspace_id, col(NoteReturn.entry_id) == entry.id
    )
    addenda = select(NoteAddendum).where(
        col(NoteAddendum.workspace_id) == actor.workspace_id, col(NoteAddendum.entry_id) == entry.id
    )
    signatures = select(CoSignature).where(
        col(CoSignature.workspace_id) == actor.workspace_id,
        col(CoSignature.entry_id) == entry.id,
        col(CoSignature.addendum_id).is_(None),
    )
    return (
        list(db.execute(returns.order_by(col(NoteReturn.created_at).desc())).scalars()),
        list(db.execute(addenda.order_by(col(NoteAddendum.created_at))).scalars()),
        list(db.execute(signatures).scalars()),
    )


def _note_before(db: Session, actor: Actor, entry: SessionEntry) -> SeenEntry | None:
    """The student's last signed note of an earlier day."""
    found = visible_entries(
        db,
        actor,
        col(SessionEntry.student_id) == entry.student_id,
        col(SessionEntry.held_on) < entry.held_on,
        col(SessionEntry.note_status).in_([NoteStatus.SIGNED, NoteStatus.COSIGNED]),
        col(SessionEntry.note) != "",
        limit=1,
    )
    return found[0] if found and found[0].note_readable else None


def _returned(one: NoteReturn, who: dict[UUID, str]) -> Returned:
    return Returned(who[one.returned_by_id], one.created_at, one.comment, one.returned_text)


def _addendum(one: NoteAddendum, actor: Actor, who: dict[UUID, str], returns: Sequence[NoteReturn]) -> AddendumSheet:
    last = next((back.comment for back in returns if back.addendum_id == one.id), "")
    return AddendumSheet(
        id=one.id,
        author=who[one.author_id],
        at=one.created_at,
        text=one.text,
        status=one.status,
        mine=one.author_id == actor.membership_id,
        comment=last if one.status == NoteStatus.RETURNED else "",
    )
