"""The page Today: the day's sessions, what is unsigned, and a form for a new group."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.access.roles import CLINICAL
from therapytrack.domain.dates import long_date, school_grade_label
from therapytrack.domain.late_notes import count_days
from therapytrack.domain.names import initials
from therapytrack.domain.session_plan import parse_plan
from therapytrack.errors import Invalid
from therapytrack.services.report_due import ReportsDue
from therapytrack.services.slot_days import start_meeting
from therapytrack.services.therapy_sessions import plan_session
from therapytrack.services.today import Day, DaySession, OwedLine, get_day
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires

TICK = "student:"
SENT_ALREADY = "This form was sent already, and its session is on the list: nothing was added."
SHOWN = 5
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class PersonChip:
    """A student as a choice or in a list of a group."""

    id: str
    name: str
    initials: str
    grade: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """One of today's sessions; `hit`: what the school calendar says against it, "" for nothing."""

    id: str
    title: str
    hours: str
    place: str
    status: str
    can_start: bool
    href: str
    students: list[PersonChip]
    hit: str


@dataclass(frozen=True, slots=True)
class UnsignedView:
    """A finished session with unsigned notes; `students` are those whose notes they are."""

    id: str
    students: str
    line: str
    late: str


@dataclass(frozen=True, slots=True)
class OwedView:
    """A student to whom something is owed, in words."""

    id: str
    name: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class ReportsView:
    """The reporting period of which reports are not signed; nothing while `href` is empty."""

    href: str = ""
    name: str = ""
    ends: str = ""
    words: str = ""
    tone: str = ""


class TodayState(SignedInState):
    """Today in the workspace's time zone."""

    day: str = ""
    sees_students: bool = True
    sessions: list[SessionView] = []
    unsigned_sessions: list[UnsignedView] = []
    due: list[OwedView] = []
    owed: list[OwedView] = []
    to_make_up: list[OwedView] = []
    more_to_make_up: int = 0
    more_due: int = 0
    more_owed: int = 0
    reports: ReportsView = ReportsView()
    students: list[PersonChip] = []
    form_open: bool = False
    form_id: str = ""
    starts: str = ""
    ends: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Load the day."""
        await self._enter()
        self.form_open, self.day, self.students = False, "", []
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def open_form(self) -> None:
        """Show the form for a new group, its times set to the next half hour."""
        self._clear_messages()
        self.form_open, self.form_id = True, str(uuid4())
        self.starts, self.ends = self._next_half_hour()

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def close_form(self) -> None:
        """Put the form away."""
        self._clear_messages()
        self.form_open = False

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def plan(self, form: dict[str, Any]) -> None:
        """Put a group on today's list; sending the form twice makes one session, also when another was opened since."""
        actor = current_actor.get()
        chosen = [name.removeprefix(TICK) for name, on in form.items() if name.startswith(TICK) and on]
        fields = {name: str(value) for name, value in form.items()}
        self._clear_messages()
        try:
            plan = parse_plan(fields, chosen, actor.today) if actor else None
        except Invalid as error:
            self._show(error)
            return
        if plan is None:
            return
        sent = fields.get("form_id") or self.form_id
        planned = await self._try(plan_session, _id(sent), plan)
        if planned:
            again = sent != self.form_id and any(one.id == str(planned.id) for one in self.sessions)
            self.form_open = False
            await self._load()
            self.problem = SENT_ALREADY if again else self.problem

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start(self, session: str) -> EventSpec | None:
        """Begin a session, or go on with one that runs."""
        started = await self._try(start_meeting, session)
        return rx.redirect(f"/sessions/{started.id}") if started else None

    def _forget(self) -> None:
        """Nothing: when one of the sessions is gone, the others stay."""

    async def _load(self) -> None:
        actor = current_actor.get()
        found: Day | None = await self._try(get_day)
        if actor is None or found is None:
            return
        self.sees_students = actor.member.clinical in CLINICAL
        self.day = " · ".join([f"{actor.today:%A}, {long_date(actor.today)}", *found.calendar])
        self.sessions = [_session(one) for one in found.sessions]
        self.unsigned_sessions = [
            UnsignedView(
                one.id,
                one.students,
                f"{one.day} · {one.title}",
                f"{count_days(one.late)} late" if one.late else "",
            )
            for one in found.unsigned
        ]
        self.due, self.more_due = _shortened(found.due)
        self.owed, self.more_owed = _shortened(found.owed)
        self.to_make_up, self.more_to_make_up = _shortened(found.to_make_up)
        self.students = [_person(one) for one in found.students]
        due = found.reports
        shown = (
            ReportsView(f"/reports?period={due.period_id}", due.name, due.ends, due.words, due.tone) if due else None
        )
        self.reports = shown or ReportsView()

    def _next_half_hour(self) -> tuple[str, str]:
        actor = current_actor.get()
        now = actor.at.astimezone(ZoneInfo(actor.time_zone)) if actor else datetime.now(ZoneInfo("UTC"))
        start = now.replace(minute=0 if now.minute < 30 else 30)
        end = start + HALF_HOUR
        if end.date() != start.date():
            return "23:00", "23:30"
        return f"{start:%H:%M}", f"{end:%H:%M}"


def _id(text: str) -> UUID:
    """The id in `text`; for a text that is none, the id of no record, which gets the gate's own answer."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _session(one: DaySession) -> SessionView:
    people = [_person(student) for student in one.students]
    href = "/schedule?view=day" if ":" in one.id else f"/sessions/{one.id}"
    where = " · ".join(words for words in (one.place, one.by and f"given by {one.by}") if words)
    return SessionView(one.id, one.title, one.hours, where, one.status, one.can_start, href, people, one.hit)


def _reports(due: ReportsDue | None) -> ReportsView:
    if due is None:
        return ReportsView()
    return ReportsView(f"/reports?period={due.period_id}", due.name, due.ends, due.words, due.tone)


def _shortened(lines: list[OwedLine]) -> tuple[list[OwedView], int]:
    """The first of these lines, and how many more there are."""
    shown = [OwedView(str(one.student.id), _person(one.student).name, one.words, one.tone) for one in lines[:SHOWN]]
    return shown, len(lines) - len(shown)


def _person(student: Any) -> PersonChip:
    name = f"{student.preferred_name or student.given_name} {student.family_name}"
    return PersonChip(str(student.id), name, initials(name), school_grade_label(student.grade))
