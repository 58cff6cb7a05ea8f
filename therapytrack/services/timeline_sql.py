"""The statements of a student's timeline: each kind of event as one part of a union, a page of the newest of each."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Date, String, bindparam, case, cast, literal, select, union_all
from sqlmodel import col

from therapytrack.access import ties
from therapytrack.access.slots import name_of
from therapytrack.access.standing import BREAK_GLASS
from therapytrack.domain.activity_groups import EXPORTS
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.day_pages import PAGE
from therapytrack.models import (
    Activity,
    Attachment,
    CoSignature,
    Disclosure,
    Goal,
    GoalPhase,
    GoalVersion,
    SessionEntry,
    StudentGrant,
    TherapySession,
)
from therapytrack.services.dialects import raw_key

STUDENT: Any = bindparam("student_id")
DAY: Any = bindparam("until", type_=Date)
MOMENT: Any = bindparam("before")


@cache
def of_days(*, disclosures: bool) -> Any:
    """(kind, day, id, three words) of what happens on a day."""
    parts = [_sessions(), _versions(), _phases()] + ([_disclosures()] if disclosures else [])
    return union_all(*parts)


@cache
def of_moments(*, everybody: bool, exports: bool) -> Any:
    """(kind, moment, id, three words) of what happens at a moment: access of `everybody`, or the actor's own."""
    parts = [_signatures(), _co_signatures(), _files(), *_grants(everybody)] + ([_exports()] if exports else [])
    return union_all(*parts)


def _branch(kind: str, at: Any, key: Any, words: Sequence[Any], query: Callable[[Any], Any]) -> Any:
    """The newest rows of one kind, a page and one more of them at most."""
    named = [cast(one, String).label(f"word_{place}") for place, one in enumerate(words)]
    columns = (literal(kind).label("kind"), at.label("at"), raw_key(key).label("key"), *named)
    chosen = query(select(*columns)).where(at <= DAY if isinstance(at.type, Date) else at < MOMENT)
    return select(chosen.order_by(at.desc()).limit(PAGE + 1).subquery())


def _of_student(table: Any) -> tuple[Any, Any]:
    return col(table.workspace_id) == ties.WORKSPACE, col(table.student_id) == STUDENT


def _sessions() -> Any:
    entry, session = SessionEntry, TherapySession
    held = (*_of_student(entry), col(entry.attendance) != Attendance.PLANNED)
    words = (col(session.title), col(entry.attendance), col(entry.minutes))
    joined = col(session.id) == col(entry.session_id)
    return _branch(
        "session",
        col(entry.held_on),
        col(session.id),
        words,
        lambda query: query.select_from(entry).join(session, joined).where(*held),
    )


def _versions() -> Any:
    joined = col(Goal.id) == col(GoalVersion.goal_id)
    return _branch(
        "goal",
        col(GoalVersion.starts_on),
        col(Goal.id),
        (col(Goal.label), col(GoalVersion.number), literal("")),
        lambda query: query.select_from(GoalVersion).join(Goal, joined).where(*_of_student(Goal)),
    )


def _phases() -> Any:
    joined, live = col(Goal.id) == col(GoalPhase.goal_id), col(GoalPhase.withdrawn_at).is_(None)
    return _branch(
        "phase",
        col(GoalPhase.starts_on),
        col(Goal.id),
        (col(Goal.label), col(GoalPhase.name), literal("")),
        lambda query: query.select_from(GoalPhase).join(Goal, joined).where(*_of_student(Goal), live),
    )


def _disclosures() -> Any:
    entry = Disclosure
    return _branch(
        "disclosed",
        col(entry.disclosed_on),
        col(entry.id),
        (col(entry.party), col(entry.what), name_of(col(entry.recorded_by_id))),
        lambda query: query.where(*_of_student(entry)),
    )


def _signatures() -> Any:
    entry, session = SessionEntry, TherapySession
    joined = col(session.id) == col(entry.session_id)
    return _branch(
        "signed",
        col(entry.signed_at),
        col(session.id),
        (col(session.title), name_of(col(entry.author_id)), literal("")),
        lambda query: query.select_from(entry).join(session, joined).where(*_of_student(entry)),
    )


def _co_signatures() -> Any:
    entry, session, signature = SessionEntry, TherapySession, CoSignature
    joined = col(session.id) == col(entry.session_id)
    of_note = (*_of_student(entry), col(signature.addendum_id).is_(None))
    return _branch(
        "cosigned",
        col(signature.created_at),
        col(session.id),
        (col(session.title), name_of(col(signature.signed_by_id)), literal("")),
        lambda query: (
            query.select_from(signature)
            .join(entry, col(entry.id) == col(signature.entry_id))
            .join(session, joined)
            .where(*of_note)
        ),
    )


def _files() -> Any:
    file = Attachment
    return _branch(
        "file",
        col(file.created_at),
        col(file.id),
        (col(file.name), name_of(col(file.uploaded_by_id)), literal("")),
        lambda query: query.where(*_of_student(file), col(file.removed_at).is_(None)),
    )


def _grants(everybody: bool) -> list[Any]:
    grant: Any = StudentGrant
    which = _of_student(grant) + (() if everybody else (col(grant.membership_id) == ties.ME,))
    rights: Any = literal("view")
    for name in ("edit", "export", "generate"):
        rights = rights + case((getattr(grant, f"can_{name}"), f" {name}"), else_="")
    what = case((col(grant.kind) == BREAK_GLASS, BREAK_GLASS), else_=rights)
    person = name_of(col(grant.membership_id))
    ends = (("given", col(grant.starts_at), grant.granted_by_id), ("ended", col(grant.ends_at), grant.ended_by_id))
    return [
        _branch(kind, at, col(grant.id), (person, what, name_of(by)), lambda query: query.where(*which))
        for kind, at, by in ends
    ]


def _exports() -> Any:
    act = Activity
    which = (*_of_student(act), col(act.action).in_(EXPORTS), col(act.outcome) == "done")
    return _branch(
        "exported",
        col(act.created_at),
        col(act.id),
        (col(act.action), col(act.record_kind), name_of(col(act.membership_id))),
        lambda query: query.where(*which),
    )
