"""What a person does with a draft: read it with its sources, change it, accept it, throw it away.

Accepting marks the text as hers; it signs nothing and sends nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_draft
from therapytrack.domain.draft_facts import Catalogue, catalogue, changed_keys, load_catalogue
from therapytrack.domain.draft_text import Sentence, fill, foreign_numbers
from therapytrack.domain.note_content import clean_text
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Draft, Student
from therapytrack.services.activity import record
from therapytrack.services.draft_data import gather
from therapytrack.services.drafts import (
    ACCEPTED,
    DISCARDED,
    LONGEST_DRAFT,
    OPEN,
    WRITING,
    WRITTEN,
    is_abandoned,
    own_draft,
    right_to_draft,
)

CHANGED = "Somebody saved this draft after you opened it. Both texts are kept: choose which one to go on with."
NOT_WRITTEN = "There is no text to save yet."


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A generated sentence, its facts, whether the data behind it have changed since, and the goal it is about."""

    sentence: Sentence
    stale: bool
    goal_id: str


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """A draft for its author: the row, the student, sentences with sources, and what to look at before accepting.

    `foreign` are numbers of the edited text that stand in no fact; `unsigned` counts attended sessions without a signed
    note; `may_change` is whether she may still draft for this student.
    """

    draft: Draft
    student: Student
    sentences: tuple[ReadSentence, ...]
    foreign: tuple[str, ...]
    unsigned: int
    interrupted: bool
    may_change: bool


def read_draft(db: Session, actor: Actor, draft_id: UUID) -> ReadDraft:
    """The draft with its facts held against the data of this moment. Raises NotFound (also when discarded)."""
    draft, seen = access_draft(db, actor, draft_id, Action.VIEW_PROGRESS)
    if draft.status == DISCARDED:
        raise NotFound
    stored = load_catalogue(draft.facts["values"])
    sentences: tuple[ReadSentence, ...] = ()
    if draft.status in OPEN:
        changed = set(changed_keys(stored, _current(db, actor, seen.student, draft)))
        made = fill(draft.generated_text, stored).sentences
        sentences = tuple(ReadSentence(one, bool(changed & set(one.keys)), _goal_of(one, stored)) for one in made)
    record(db, actor, "view", student_id=draft.student_id, record_kind="draft", record_id=draft.id)
    return ReadDraft(
        draft=draft,
        student=seen.student,
        sentences=sentences,
        foreign=foreign_numbers(draft.text, stored),
        unsigned=draft.facts["unsigned"],
        interrupted=draft.status == WRITING and is_abandoned(actor, draft),
        may_change=seen.allows(right_to_draft(actor)),
    )


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """The text as it is stored now, its version and when that was, and the numbers in it that stand in no fact."""

    text: str
    version: int
    status: str
    at: datetime
    foreign: tuple[str, ...]


def save_draft_text(db: Session, actor: Actor, draft_id: UUID, text: str, version: int) -> SavedDraft:
    """Save the person's text over the `version` that she saw; an accepted draft is open again afterwards.

    Saving the same text again changes nothing. Raises Conflict with the stored text, Invalid, NotFound, NotPermitted.
    """
    text = clean_text(text, "text", LONGEST_DRAFT)
    draft = _written(db, actor, draft_id)
    if draft.text != text:
        _replace(db, draft, version, text=text, status=WRITTEN)
        about = {"student_id": draft.student_id, "record_id": draft.id}
        record(db, actor, "edit", record_kind="draft", length=len(text), **about)
    foreign = foreign_numbers(draft.text, load_catalogue(draft.facts["values"]))
    return SavedDraft(draft.text, draft.version, draft.status, actor.at, foreign)


def accept_draft(db: Session, actor: Actor, draft_id: UUID, version: int) -> Draft:
    """Mark the very text that the person was shown as read and hers. Raises Conflict when another was stored since,
    Invalid, NotFound, NotPermitted.
    """
    draft = _written(db, actor, draft_id)
    if draft.status == ACCEPTED and draft.version == version:
        return draft
    _replace(db, draft, version, status=ACCEPTED)
    edited = draft.text != fill(draft.generated_text, load_catalogue(draft.facts["values"])).text
    detail: dict[str, Any] = {"source": draft.facts["by"], "edited": edited}
    record(db, actor, "accept draft", student_id=draft.student_id, record_kind="draft", record_id=draft.id, **detail)
    return draft


def discard_draft(db: Session, actor: Actor, draft_id: UUID) -> None:
    """Throw the draft's words away; that it was made, and what was sent, stays on record.

    Discarding twice changes nothing. Raises NotFound, NotPermitted (a hold keeps everything).
    """
    draft, seen = access_draft(db, actor, draft_id, Action.VIEW_PROGRESS, to_change=True)
    if draft.status == DISCARDED:
        return
    if seen.student.on_hold:
        raise NotPermitted("A hold keeps this student's record, drafts included. The owner can release it.")
    draft.status, draft.text, draft.generated_text, draft.problem = DISCARDED, "", "", ""
    draft.version += 1
    record(db, actor, "discard draft", student_id=draft.student_id, record_kind="draft", record_id=draft.id)


def draft_status(db: Session, actor: Actor, draft_id: UUID) -> str:
    """Where the draft stands now: "interrupted" when its writer is gone. Raises NotFound."""
    draft, _ = access_draft(db, actor, draft_id, Action.VIEW_PROGRESS)
    return "interrupted" if draft.status == WRITING and is_abandoned(actor, draft) else draft.status


def _goal_of(sentence: Sentence, known: Catalogue) -> str:
    """The id of the first goal that the sentence uses a fact of; "" for a sentence about sessions."""
    prefix = next((key.split(".")[0] for key in sentence.keys if key.startswith("goal")), "")
    label = known.get(f"{prefix}.label")
    return label.source_ids[0] if label else ""


def _current(db: Session, actor: Actor, student: Student, draft: Draft) -> Catalogue:
    goal_id = UUID(draft.facts["goal"]) if draft.facts["goal"] else None
    return catalogue(gather(db, actor, student, draft.since, draft.until, goal_id).facts)


def _written(db: Session, actor: Actor, draft_id: UUID) -> Draft:
    draft = own_draft(db, actor, draft_id, right_to_draft(actor))
    if draft.status not in OPEN:
        raise Invalid({"text": NOT_WRITTEN})
    return draft


def _replace(db: Session, draft: Draft, version: int, **values: Any) -> None:
    """Write over `version` in one statement, or raise Conflict with what is stored."""
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.version) == version)
        .values(version=version + 1, **values)
        .returning(col(Draft.version))
        .execution_options(synchronize_session=False)
    )
    if db.execute(statement).first() is None:
        raise Conflict(CHANGED, theirs=draft.text, version=draft.version)
    db.refresh(draft)
