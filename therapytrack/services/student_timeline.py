"""What happened with one student, newest first: sessions, signatures, goals and phases, access, exports, disclosures.

Each kind is there for those who may see it where it is kept; of what is left out the page says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.queries import run_plain
from therapytrack.access.seen import Seen
from therapytrack.access.standing import BREAK_GLASS
from therapytrack.domain.activity_words import act_in_words
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import clock_time, long_date
from therapytrack.domain.day_pages import page_of
from therapytrack.services.dialects import key_text
from therapytrack.services.timeline_sql import of_days, of_moments

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event; `kind`: "session", "note", "goal", "file", "access", "export" or "disclosure"; `at` is "" for whole
    days."""

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
        *run_plain(db, actor, of_days(disclosures=not disclosed), **bound),
        *run_plain(db, actor, of_moments(everybody=not others, exports=not disclosed), **bound),
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
    return "goal", f"Stage begins: {name}", label, "/students/{student}/goals/{id}"


def _signed(title: str, by: str, _: str) -> tuple[str, str, str, str]:
    return "note", f"Note signed by {by}", title, "/sessions/{id}/notes"


def _cosigned(title: str, by: str, _: str) -> tuple[str, str, str, str]:
    return "note", f"Note co-signed by {by}", title, "/sessions/{id}/notes"


def _file(name: str, by: str, _: str) -> tuple[str, str, str, str]:
    return "file", f"File added by {by}", name, "/students/{student}/?tab=files"


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
    "file": _file,
    "given": _given,
    "ended": _ended,
    "exported": _exported,
    "disclosed": _disclosed,
}


def _listed(rights: str) -> str:
    first, *more = rights.split()
    return f"{', '.join([first, *more[:-1]])} and {more[-1]}" if more else first
