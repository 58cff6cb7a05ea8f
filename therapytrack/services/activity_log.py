"""The activity log as the office reads it: filtered, newest first, by names; and the same as rows of a file.

The office opens no student's record but lists the roster, so students' names may stand here.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace
from therapytrack.access.proof import require_proof
from therapytrack.domain.activity_choice import ActivityChoice
from therapytrack.domain.activity_groups import EXPORTS, GROUPS
from therapytrack.domain.activity_words import act_in_words, detail_in_words
from therapytrack.domain.dates import moment_line
from therapytrack.domain.names import folded
from therapytrack.models import Account, Activity, Membership, Student
from therapytrack.services.activity import only_reads, record

PAGE = 50
FILE_PAGE = 2000
FOUND = 10
HEADER = (
    "Number", "Time (UTC)", "Person", "Act", "Outcome", "Student", "Kind of record", "Record", "Details", "Hash",
)  # fmt: skip


STUDENT_NAME = (col(Student.preferred_name), col(Student.given_name), col(Student.family_name))


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One act as the page shows it."""

    number: int
    at: str
    person: str
    act: str
    refused: bool
    detail: str
    student: str
    student_id: str


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A page of rows, where the next one begins ("" when there is none), and the names of what can be chosen."""

    rows: list[ActivityRow]
    older: str
    people: list[tuple[str, str]]
    student: str


@only_reads
def list_activity(db: Session, actor: Actor, choice: ActivityChoice) -> ActivityPage:
    """The acts that `choice` asks for, newest first, at most 50; looking is an act too. Raises NotPermitted."""
    access_workspace(db, actor, Action.VIEW_AUDIT)
    query = _named().where(*_conditions(actor, choice), col(Activity.sequence) < choice.before_row)
    rows = db.execute(query.order_by(col(Activity.sequence).desc()).limit(PAGE + 1)).all()
    student, found = name_of_student(db, actor, choice.student), min(len(rows), PAGE)
    whose = choice.student if student else None
    record(db, actor, Action.VIEW_AUDIT, student_id=whose, record_kind="activity", rows=found)
    zone, people = ZoneInfo(actor.time_zone), people_of(db, actor)
    shown = [_row(row, zone, dict(people)) for row in rows[:PAGE]]
    older = str(shown[-1].number) if len(rows) > PAGE else ""
    return ActivityPage(shown, older, people, student)


def student_name(preferred: str, given: str, family: str) -> str:
    """The name by which a student is listed: the preferred one, if any, and the family name."""
    return f"{preferred or given} {family}".strip()


def people_of(db: Session, actor: Actor) -> list[tuple[str, str]]:
    """(membership, name) of everybody who is or was a member here, by name."""
    query = (
        select(col(Membership.id), col(Account.name))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id)
    )
    return sorted(((str(key), name) for key, name in db.execute(query)), key=lambda pair: folded(pair[1]))


def find_students(db: Session, actor: Actor, text: str) -> list[tuple[str, str]]:
    """(id, name) of at most ten students whose names have every word of `text` in them. Raises NotPermitted."""
    access_workspace(db, actor, Action.LIST_ROSTER)
    words = folded(text).split()
    query = select(col(Student.id), *STUDENT_NAME).where(col(Student.workspace_id) == actor.workspace_id)
    named = [(str(key), student_name(*names)) for key, *names in db.execute(query)] if words else []
    found = [(key, name) for key, name in named if all(word in folded(name) for word in words)]
    record(db, actor, Action.LIST_ROSTER, record_kind="activity", students=min(len(found), FOUND))
    return sorted(found, key=lambda pair: folded(pair[1]))[:FOUND]


def name_of_student(db: Session, actor: Actor, student_id: UUID | None) -> str:
    """The name of a student of this workspace, "" for any other id. For those who may list the roster."""
    if student_id is None:
        return ""
    query = select(*STUDENT_NAME).where(col(Student.workspace_id) == actor.workspace_id)
    row = db.execute(query.where(col(Student.id) == student_id)).first()
    return student_name(*row) if row else ""


def begin_log_export(db: Session, actor: Actor, choice: ActivityChoice) -> UUID:
    """Log the export of what `choice` asks for, before a byte leaves; the id of that row is the file's first.

    Raises NotPermitted; NotProved unless the actor has just proved with her password that it is she.
    """
    access_workspace(db, actor, Action.EXPORT_AUDIT)
    require_proof(actor, Action.EXPORT_AUDIT, "activity", None)
    days: dict[str, Any] = {"since": choice.since, "until": choice.until}
    told: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
    kind, narrowed = "activity", choice.narrowed
    return record(
        db, actor, Action.EXPORT_AUDIT, student_id=choice.student, record_kind=kind, narrowed=narrowed, **told
    )


def log_file_page(
    db: Session, actor: Actor, choice: ActivityChoice, export_id: UUID, before: int | None
) -> list[tuple[Any, ...]]:
    """Rows of the file from `before` on, newest first; without `before` the export's own row, the head of the log then.

    Raises NotPermitted when the right has ended meanwhile.
    """
    access_workspace(db, actor, Action.EXPORT_AUDIT)
    query = _named()
    if before is None:
        query = query.where(col(Activity.workspace_id) == actor.workspace_id, col(Activity.id) == export_id)
    else:
        query = query.where(*_conditions(actor, choice), col(Activity.sequence) < before)
    return [tuple(row) for row in db.execute(query.order_by(col(Activity.sequence).desc()).limit(FILE_PAGE))]


def file_cells(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row of the file under HEADER."""
    act, person, *names = row
    student = student_name(*names) if names[1] is not None else ""
    detail = json.dumps(act.detail, ensure_ascii=False, sort_keys=True) if act.detail else ""
    at = f"{act.created_at:%Y-%m-%d %H:%M:%S.%f}"
    return (
        act.sequence, at, person or "", act.action, act.outcome, student, act.record_kind,
        str(act.record_id or ""), detail, act.hash,
    )  # fmt: skip


def _named() -> Any:
    """Acts with the names of their person and student."""
    student = and_(col(Student.id) == col(Activity.student_id), col(Student.workspace_id) == col(Activity.workspace_id))
    return (
        select(Activity, col(Account.name), *STUDENT_NAME)
        .outerjoin(Account, col(Account.id) == col(Activity.account_id))
        .outerjoin(Student, student)
    )


def _conditions(actor: Actor, choice: ActivityChoice) -> Iterator[Any]:
    yield col(Activity.workspace_id) == actor.workspace_id
    if choice.tab == "exports":
        yield col(Activity.action).in_(EXPORTS)
    if choice.what:
        yield col(Activity.action).in_(GROUPS[choice.what][1])
    if choice.outcome:
        yield col(Activity.outcome) == choice.outcome
    if choice.person:
        yield col(Activity.membership_id) == choice.person
    if choice.student:
        yield col(Activity.student_id) == choice.student
    zone = ZoneInfo(actor.time_zone)
    if choice.since:
        yield col(Activity.created_at) >= datetime.combine(choice.since, time(), zone)
    if choice.until:
        yield col(Activity.created_at) < datetime.combine(choice.until + timedelta(days=1), time(), zone)


def _row(row: Any, zone: ZoneInfo, people: dict[str, str]) -> ActivityRow:
    act, person, *names = row
    by = act.detail.get("handed_over_by", "")
    link = f"by a link handed over by {people.get(by, 'a former member')}" if by else ""
    return ActivityRow(
        number=act.sequence,
        at=moment_line(act.created_at.astimezone(zone)),
        person=person or "TherapyTrack",
        act=act_in_words(act.action, act.outcome, act.record_kind),
        refused=act.outcome == "refused",
        detail=", ".join(part for part in (link, detail_in_words(act.detail)) if part),
        student=student_name(*names) if names[1] is not None else "",
        student_id=str(act.student_id or ""),
    )
