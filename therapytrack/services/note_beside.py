"""What stands beside a note: however many kinds of it a page asks for, they are the columns of one statement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.entries import visible_in
from therapytrack.access.queries import run_plain, the_entries
from therapytrack.access.seen import SeenEntry
from therapytrack.access.slots import credential_of, name_of
from therapytrack.models import CoSignature, NoteAddendum, NoteReturn, NoteStatus, PromptLevel, SessionEntry
from therapytrack.services.attendance_codes import CodeLine, codes_column, codes_in
from therapytrack.services.json_rows import JsonRows, moment_in, rows_in
from therapytrack.services.prompt_scale import prompt_code

NOTES_BEFORE = 5
SIGNED = (NoteStatus.SIGNED, NoteStatus.COSIGNED)
ENTRY: Any = bindparam("entry_id", type_=Uuid)
STUDENT: Any = bindparam("entry_student")
SESSION: Any = bindparam("entry_session")
AUTHOR: Any = bindparam("entry_author")
DAY = bindparam("entry_day", type_=Date)
# A module's function, so that a statement of such columns is built once.
Part = Callable[[], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """The workspace's own words: its codes of attendance, and its prompt levels by `prompt_code`."""

    codes: Sequence[CodeLine]
    levels: dict[int, str]


@dataclass(frozen=True, slots=True)
class Back:
    """A return of a note, or of one of its addenda: by whom, when, why, and the text that was read."""

    addendum_id: UUID | None
    by: str
    at: datetime
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class Added:
    """An addendum; `supervised`: the actor supervises who wrote it."""

    id: UUID
    author_id: UUID
    author: str
    at: datetime
    text: str
    status: str
    supervised: bool


@dataclass(frozen=True, slots=True)
class Around:
    """Who wrote a note and what became of it: `returns`, newest first; `addenda`, oldest first; who co-signed when."""

    author: str
    returns: tuple[Back, ...]
    addenda: tuple[Added, ...]
    co_signed: tuple[str, datetime] | None

    def last_return(self, addendum_id: UUID | None) -> Back | None:
        """The newest return of the note, or of one of its addenda."""
        return next((one for one in self.returns if one.addendum_id == addendum_id), None)


def read_beside(
    db: Session, actor: Actor, parts: Sequence[Part], entry: SessionEntry | None, **values: Any
) -> dict[Part, Sequence[Any]]:
    """The columns of each of `parts`, those about a note about `entry` (granted by the gate). One statement."""
    (row,) = run_plain(db, actor, _columns(*parts), **about(entry), **values)
    columns = iter(row)
    return {part: [next(columns) for _ in part()] for part in parts}


@cache
def _columns(*parts: Part) -> Any:
    return select(*(column for part in parts for column in part()))


def about(entry: SessionEntry | None) -> dict[str, Any]:
    """The values of the parameters in statements about a note."""
    if entry is None:
        return {}
    return {
        "entry_id": entry.id,
        "entry_student": entry.student_id,
        "entry_session": entry.session_id,
        "entry_author": entry.author_id,
        "entry_day": entry.held_on,
    }


@cache
def words_columns() -> tuple[Any, ...]:
    """The columns of `Words`; read them with `words_in`."""
    level = PromptLevel
    levels = select(JsonRows(col(level.scale_version), col(level.rank), col(level.name)))
    return codes_column(), levels.where(col(level.workspace_id) == ties.WORKSPACE).scalar_subquery()


def words_in(columns: Sequence[Any]) -> Words:
    """The words in such columns."""
    codes, levels = columns
    return Words(codes_in(codes), {prompt_code(scale, rank): name for scale, rank, name in rows_in(levels)})


@cache
def around_columns() -> tuple[Any, ...]:
    """The columns of `Around` about one note; read them with `around_in`."""
    back, added, signature = NoteReturn, NoteAddendum, CoSignature
    returns = JsonRows(
        col(back.addendum_id), *_who(col(back.returned_by_id)), *_when_and(back, "comment", "returned_text")
    )
    addenda = JsonRows(
        *(col(added.id), col(added.author_id), *_who(col(added.author_id))),
        *(*_when_and(added, "text", "status"), ties.supervises_author(NoteAddendum)),
    )
    signed = JsonRows(*_who(col(signature.signed_by_id)), *_when_and(signature))
    return (
        *_who(AUTHOR),
        _of_note(returns, NoteReturn).scalar_subquery(),
        _of_note(addenda, NoteAddendum).scalar_subquery(),
        _of_note(signed, CoSignature).where(col(signature.addendum_id).is_(None)).scalar_subquery(),
    )


def around_in(columns: Sequence[Any]) -> Around:
    """What such columns say."""
    name, credential, returns, addenda, signed = columns
    back = [
        Back(UUID(key) if key else None, signs_as(*who), moment_in(at), comment, text)
        for key, *who, at, comment, text in rows_in(returns)
    ]
    added = [
        Added(UUID(key), UUID(author), signs_as(*who), moment_in(at), text, status, bool(supervised))
        for key, author, *who, at, text, status, supervised in rows_in(addenda)
    ]
    signatures = [(signs_as(*who), moment_in(at)) for *who, at in rows_in(signed)]
    return Around(
        author=signs_as(name, credential),
        returns=tuple(sorted(back, key=lambda one: one.at, reverse=True)),
        addenda=tuple(sorted(added, key=lambda one: (one.at, one.id))),
        co_signed=signatures[0] if signatures else None,
    )


def _who(member: Any) -> tuple[Any, Any]:
    return name_of(member), credential_of(member)


def _when_and(table: Any, *names: str) -> tuple[Any, ...]:
    return tuple(col(getattr(table, name)) for name in ("created_at", *names))


def _of_note(rows: Any, table: Any) -> Any:
    return select(rows).where(table.workspace_id == ties.WORKSPACE, table.entry_id == ENTRY)


def signs_as(name: str, credential: str) -> str:
    """Somebody as signatures show her."""
    return f"{name}, {credential}" if credential else name


@dataclass(frozen=True, slots=True)
class Near:
    """Other notes as the gate shows them: the student's `last` signed one of an earlier day, her newest ones `before`,
    and those `beside` it in the session; the two last only where they are to be compared."""

    last: SeenEntry | None
    before: Sequence[SeenEntry]
    beside: Sequence[SeenEntry]


def notes_near(db: Session, actor: Actor, entry: SessionEntry, *, compared: bool) -> Near:
    """The notes near that of `entry` (granted by the gate) that the actor may read. One statement."""
    found = [one for one, _ in visible_in(db, actor, _near(compared=compared), **about(entry))]
    hers = [one for one in found if one.entry.student_id == entry.student_id]
    signed = [one for one in hers if one.entry.note_status in SIGNED]
    beside = [one for one in found if one.entry.session_id == entry.session_id]
    last = signed[0] if signed and signed[0].note_readable else None
    return Near(last, _readable(hers[:NOTES_BEFORE]), _readable(beside))


def _readable(found: Iterable[SeenEntry]) -> list[SeenEntry]:
    return [one for one in found if one.note_readable]


@cache
def _near(*, compared: bool) -> Any:
    before = _written().where(_other().student_id == STUDENT, _other().held_on < DAY)
    newest = before.order_by(_other().held_on.desc(), _other().id.desc())
    near = [newest.where(_other().note_status.in_(SIGNED)).limit(1)]
    if compared:
        near += [newest.limit(NOTES_BEFORE), _written().where(_other().session_id == SESSION, _other().id != ENTRY)]
    ids = union_all(*(select(one.subquery().c.id) for one in near))
    order = (col(SessionEntry.held_on).desc(), col(SessionEntry.id).desc())
    return the_entries().where(col(SessionEntry.id).in_(ids), ties.may_view()).order_by(*order)


@cache
def _other() -> Any:
    return aliased(SessionEntry)


def _written() -> Any:
    return select(_other().id).where(_other().workspace_id == ties.WORKSPACE, _other().note != "")
