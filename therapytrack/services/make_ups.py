"""Missed sessions with what makes them up, read as one column beside their student, as lists and pages need them."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actor import Actor
from therapytrack.access.queries import run_plain
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import short_date
from therapytrack.domain.make_ups import MakeUp, Missed, Repair
from therapytrack.errors import NotPermitted
from therapytrack.models import AttendanceCode, NoteStatus, SessionEntry, Student, TherapySession
from therapytrack.services.activity import record
from therapytrack.services.dialects import Milliseconds, key_text, raw_key
from therapytrack.services.json_rows import JsonRows, rows_in

# What was missed longer ago is history: the plan of that year has ended.
LOOKS_BACK = timedelta(days=400)
MINUTE = 60_000
UNSIGNED = (NoteStatus.DRAFT, NoteStatus.RETURNED)
MADE_UP_BY_SIGNED = (
    "The session of {day} makes this one up, and its note is signed or waits for a signature. So this one stays as "
    "missed. Say in this note, and in an addendum to that one, that the student was here."
)
# As literals: an index of missed parts alone is used for a condition in the very words of its own.
NOT_MISSED: list[Any] = [literal_column(f"'{one}'") for one in (Attendance.PRESENT, Attendance.PLANNED)]


def missed_window(actor: Actor) -> dict[str, date]:
    """The days that `missed_column` is bound to."""
    return {"missed_since": actor.today - LOOKS_BACK, "missed_until": actor.today}


@cache
def missed_column() -> Any:
    """The missed sessions of the enclosing statement's Student within `missed_window`; see `missed_in`."""
    entry: Any = aliased(SessionEntry)
    return _missed_rows(entry).where(entry.student_id == col(Student.id)).correlate(Student).scalar_subquery()


def _missed_rows(entry: Any) -> Any:
    session: Any = aliased(TherapySession)
    code: Any = aliased(AttendanceCode)
    length = (Milliseconds(session.planned_end) - Milliseconds(session.planned_start)) / MINUTE
    decided = (entry.attendance, code.label, code.make_up_owed, entry.make_up, entry.make_up_why)
    rows = JsonRows(
        raw_key(entry.id),
        raw_key(session.id),
        session.title,
        entry.held_on,
        length,
        *decided,
        entry.makes_up_id.is_not(None),
        _repairs(entry),
    )
    days = (entry.held_on >= bindparam("missed_since"), entry.held_on <= bindparam("missed_until"))
    return (
        select(rows)
        .join_from(entry, session, session.id == entry.session_id)
        .outerjoin(code, code.id == entry.attendance_code_id)
        .where(entry.workspace_id == ties.WORKSPACE, entry.attendance.not_in(NOT_MISSED), *days)
    )


def _repairs(entry: Any) -> Any:
    repair: Any = aliased(SessionEntry)
    columns = (raw_key(repair.id), raw_key(repair.session_id), repair.held_on, repair.minutes)
    mine = (repair.workspace_id == ties.WORKSPACE, repair.makes_up_id == entry.id)
    return select(JsonRows(*columns)).where(*mine).correlate(entry).scalar_subquery()


@lru_cache(maxsize=1024)
def missed_in(column: str | None) -> tuple[Missed, ...]:
    """The missed sessions in such a column, the newest first.

    Most are what they were when a page opened last. What is kept is the reading of it: the column comes from the
    database and through the gate each time.
    """
    found = [_missed(*row) for row in rows_in(column)]
    return tuple(sorted(found, key=lambda one: (one.held_on, one.entry_id), reverse=True))


def _missed(
    entry: str,
    session: str,
    title: str,
    held_on: str,
    minutes: float,
    attendance: str,
    words: str | None,
    policy: Any,
    decided: str,
    why: str,
    repairs_another: Any,
    repairs: Any,
) -> Missed:
    return Missed(
        entry_id=_key(entry),
        session_id=_key(session),
        title=title,
        held_on=date.fromisoformat(held_on),
        attendance=Attendance(attendance),
        words=words or "",
        minutes=int(minutes),
        policy=None if policy is None else bool(policy),
        decided=MakeUp(decided),
        why=why,
        repairs_another=bool(repairs_another),
        repairs=tuple(_repair(*row) for row in rows_in(repairs)),
    )


def _repair(entry: str, session: str, held_on: str, minutes: int) -> Repair:
    return Repair(_key(entry), _key(session), date.fromisoformat(held_on), minutes)


def _key(raw: str) -> UUID:
    return UUID(key_text(raw))


def missed_of(db: Session, actor: Actor, students: Collection[UUID]) -> dict[UUID, tuple[Missed, ...]]:
    """The missed sessions of students whom the gate has just granted, by student. One statement."""
    if not students:
        return {}
    rows = run_plain(db, actor, _missed_of_students(), student_ids=list(students), **missed_window(actor))
    return {student: missed_in(column) for column, student in rows}


@cache
def _missed_of_students() -> Any:
    entry: Any = aliased(SessionEntry)
    mine = entry.student_id.in_(bindparam("student_ids", expanding=True))
    return _missed_rows(entry).add_columns(entry.student_id).where(mine).group_by(entry.student_id)


def release_make_ups(db: Session, actor: Actor, entry: SessionEntry) -> None:
    """Let nothing make up a part (just granted) that is not missed after all: those sessions count for themselves.

    Raises NotPermitted, and frees none, when the note of one of them is signed: what it counted for was signed with it.
    """
    if entry.attendance in (Attendance.PRESENT, Attendance.PLANNED):
        return
    one = SessionEntry
    repairs = (col(one.workspace_id) == actor.workspace_id, col(one.makes_up_id) == entry.id)
    found = db.execute(select(col(one.id), col(one.held_on), col(one.note_status)).where(*repairs)).all()
    signed = [held_on for _, held_on, status in found if status not in UNSIGNED]
    if signed:
        raise NotPermitted(MADE_UP_BY_SIGNED.format(day=short_date(min(signed))))
    if found:
        db.execute(update(one).where(*repairs).values(makes_up_id=None))
    for key, *_ in found:
        about = {"student_id": entry.student_id, "record_kind": "session_entry", "record_id": key}
        record(db, actor, "unlink make-up", **about)
