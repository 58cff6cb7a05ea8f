"""What happened with one student, newest first: sessions, signatures, goals and phases, access, exports, disclosures.

Each kind is there for those who may see it where it is kept; of what is left out the page says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, String, bindparam, case, cast, literal, select, union_all
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import Seen
from therapytrack.access.queries import run_plain
from therapytrack.access.slots import name_of
from therapytrack.access.standing import BREAK_GLASS
from therapytrack.domain.activity_groups import EXPORTS
from therapytrack.domain.activity_words import act_in_words
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import clock_time, long_date
from therapytrack.domain.day_pages import PAGE, page_of
from therapytrack.models import (
    Activity,
    CoSignature,
    Disclosure,
    Goal,
    GoalPhase,
    GoalVersion,
    SessionEntry,
    StudentGrant,
    TherapySession,
)
from therapytrack.services.dialects import key_text, raw_key

STUDENT: Any = bindparam("student_id")
DAY: Any = bindparam("until", type_=Date)
MOMENT: Any = bindparam("before")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event; `kind`: "session", "note", "goal", "access", "export" or "disclosure". `at` is "" for whole days."""

    id: str
    kind: str
    day: str
    at: str
    words: str
    more: str
    href: str


@dataclass(frozen=True, slots=True)
class _Event:
    day: date
    at: datetime | None
    line: TimelineLine


def list_timeline(
    db: Session, actor: Actor, seen: Seen, until: date | None
) -> tuple[list[TimelineLine], str, tuple[str, ...]]:
    """The events of a student just granted up to `until`, where the next page begins, and what is left out and why.

    Two statements.
    """
    last = until or actor.today
    before = datetime.combine(last + ONE_DAY, time(), actor.zone)
    others, disclosed = seen.reason(Action.GRANT_ACCESS), seen.reason(Action.VIEW_DISCLOSURES)
    bound = {"student_id": seen.student.id, "until": last, "before": min(before, actor.at)}
    rows = [
        *run_plain(db, actor, _of_days(disclosures=not disclosed), **bound),
        *run_plain(db, actor, _of_moments(everybody=not others, exports=not disclosed), **bound),
    ]
    events = sorted((_event(row, actor, str(seen.student.id)) for row in rows), key=_order, reverse=True)
    page, older = page_of(events, lambda one: one.day)
    unseen = [f"Exports and disclosures: {disclosed}"] if disclosed else []
    unseen += [f"Other people's access: {others}"] if others else []
    return [one.line for one in page], older, tuple(unseen)


def _order(one: _Event) -> tuple[date, float, str]:
    return one.day, one.at.timestamp() if one.at else 0, one.line.id


def _event(row: Sequence[Any], actor: Actor, student_id: str) -> _Event:
    kind, on, raw, first, second, third = row
    at = on.astimezone(actor.zone) if isinstance(on, datetime) else None
    day = at.date() if at else on
    shown, words, more, href = WORDS[kind](first, second, third)
    key = key_text(raw)
    address = href.format(id=key, student=student_id)
    line = TimelineLine(f"{kind} {key}", shown, long_date(day), clock_time(at) if at else "", words, more, address)
    return _Event(day, at, line)


def _session(title: str, attendance: str, minutes: str) -> tuple[str, str, str, str]:
    held = Attendance(attendance) is Attendance.PRESENT
    return "session", title, f"{minutes} min" if held else LABELS[Attendance(attendance)], "/sessions/{id}"


def _goal(label: str, number: str, _: str) -> tuple[str, str, str, str]:
    words = "Goal begins" if number == "1" else f"Goal changes: version {number}"
    return "goal", words, label, "/students/{student}/goals/{id}"


def _phase(label: str, name: str, _: str) -> tuple[str, str, str, str]:
    return "goal", f"Phase begins: {name}", label, "/students/{student}/goals/{id}"


def _signed(title: str, by: str, _: str) -> tuple[str, str, str, str]:
    return "note", f"Note signed by {by}", title, "/sessions/{id}/notes"


def _cosigned(title: str, by: str, _: str) -> tuple[str, str, str, str]:
    return "note", f"Note co-signed by {by}", title, "/sessions/{id}/notes"


def _given(person: str, rights: str, by: str) -> tuple[str, str, str, str]:
    if rights == BREAK_GLASS:
        return "access", f"{person} opened the record in an emergency", "", ""
    return "access", f"{person} may {_listed(rights)}", f"given by {by}", ""


def _ended(person: str, rights: str, by: str) -> tuple[str, str, str, str]:
    words = f"ended by {by}" if by else "as it was given for a time"
    what = "Emergency access" if rights == BREAK_GLASS else "Access"
    return "access", f"{what} of {person} ends", words, ""


def _exported(action: str, kind: str, by: str) -> tuple[str, str, str, str]:
    return "export", act_in_words(action, "done", kind), f"by {by}" if by else "", ""


def _disclosed(party: str, what: str, by: str) -> tuple[str, str, str, str]:
    return "disclosure", f"Disclosed to {party}", f"{what} · entered by {by}", "/students/{student}/disclosures"


WORDS: Mapping[str, Callable[[str, str, str], tuple[str, str, str, str]]] = {
    "session": _session,
    "goal": _goal,
    "phase": _phase,
    "signed": _signed,
    "cosigned": _cosigned,
    "given": _given,
    "ended": _ended,
    "exported": _exported,
    "disclosed": _disclosed,
}


def _listed(rights: str) -> str:
    first, *more = rights.split()
    return f"{', '.join([first, *more[:-1]])} and {more[-1]}" if more else first


@cache
def _of_days(*, disclosures: bool) -> Any:
    """(kind, day, id, three words) of what happens on a day."""
    parts = [_sessions(), _versions(), _phases()] + ([_disclosures()] if disclosures else [])
    return union_all(*parts)


@cache
def _of_moments(*, everybody: bool, exports: bool) -> Any:
    """(kind, moment, id, three words) of what happens at a moment: access of `everybody`, or the actor's own."""
    parts = [_signatures(), _co_signatures(), *_grants(everybody)] + ([_exports()] if exports else [])
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
