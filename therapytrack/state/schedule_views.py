"""What the schedule page is shown: days as columns, meetings in their places, the people whose meetings there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from therapytrack.access.actor import Actor
from therapytrack.access.seen import StudentLine
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import clock_range
from therapytrack.domain.names import initials
from therapytrack.domain.recurrence import ONCE, repeat_of, repeat_words
from therapytrack.domain.school_calendar import DayKind, closed_on
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.domain.slot_form import UNNAMED, WEEKDAY, SlotForm
from therapytrack.domain.slots import after
from therapytrack.domain.week_layout import (
    ALL,
    MINE,
    Place,
    ScheduleChoice,
    column_title,
    days_shown,
    hours_shown,
    minutes_of,
    side_by_side,
)
from therapytrack.services.attendance_codes import CodeLine
from therapytrack.services.schedule import CANCELLED, PLANNED, Meeting, Schedule

REASONS = [(str(one), words) for one, words in LABELS.items() if one is not Attendance.PRESENT]
STATUS_WORDS = {PLANNED: "", "running": "Running", "finished": "Done", CANCELLED: "Called off"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list: its value and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A student of a meeting."""

    id: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A column. `notes`: what the school calendar says of the day; `meetings`: how many there are."""

    iso: str
    name: str
    date: str
    today: bool
    closed: bool
    notes: list[str]
    meetings: int


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting: `top` and `length` in minutes from the grid's first, `lane` of `lanes` in its day's column.

    `next_step`: "start" (of today), "late" (of a day before), "open" or "" (nothing to do, or not yet). `closed`: its
    school is closed on that day, so that it can be called off at once.
    """

    key: str = ""
    day: str = ""
    day_words: str = ""
    top: int = 0
    length: int = 0
    lane: int = 0
    lanes: int = 1
    starts: str = ""
    ends: str = ""
    hours: str = ""
    title: str = ""
    where: str = ""
    provider: str = ""
    repeats: str = ""
    delivery: str = ""
    status: str = ""
    status_words: str = ""
    session: str = ""
    changeable: bool = False
    moves: bool = False
    moved: bool = False
    next_step: str = ""
    closed: bool = False
    version: int = 0
    names: str = ""
    students: list[PersonView] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ScheduleLinks:
    """The addresses of the page's steps and views, each keeping the rest of the present choice."""

    before: str = "/schedule"
    after: str = "/schedule"
    now: str = "/schedule"
    week: str = "/schedule"
    day: str = "/schedule"
    agenda: str = "/schedule"


def links_of(choice: ScheduleChoice, today: date) -> ScheduleLinks:
    """Where the page's links lead from `choice`."""
    return ScheduleLinks(
        before=choice.moved(-1).href(),
        after=choice.moved(1).href(),
        now=choice.href(day=today),
        week=choice.href(view="week"),
        day=choice.href(view="day"),
        agenda=choice.href(view="agenda"),
    )


def people_of(actor: Actor, meetings: Iterable[Meeting]) -> list[Choice]:
    """Whose meetings can be shown: one's own, those of each other person, all."""
    others = {str(one.provider_id): one.provider for one in meetings if one.provider_id != actor.membership_id}
    named = [Choice(key, name) for key, name in sorted(others.items(), key=lambda one: one[1])]
    return [Choice(MINE, "My schedule"), *named, *([Choice(ALL, "Everybody's")] if named else [])]


def offered_schools(schedule: Schedule) -> list[Choice]:
    """The schools that a slot's form offers; one that is put away only where a slot that is shown has it still."""
    gone = schedule.schools.away - {one.school_id for one in schedule.meetings}
    return [Choice(str(key), name) for key, name in schedule.schools.names.items() if key not in gone]


def chosen(actor: Actor, meetings: Iterable[Meeting], who: str) -> list[Meeting]:
    """The meetings of the person who was asked for."""
    wanted = str(actor.membership_id) if who == MINE else who
    return [one for one in meetings if who == ALL or str(one.provider_id) == wanted]


def shown_of(choice: ScheduleChoice, found: Schedule, actor: Actor) -> dict[str, Any]:
    """The vars of the page with what `choice` asks to see of `found`."""
    meetings = chosen(actor, found.meetings, choice.who)
    views, first, last = meeting_views(meetings, found, actor.today)
    return {
        "choice_view": choice.view,
        "who": choice.who,
        "title": choice.title,
        "links": links_of(choice, actor.today),
        "people": people_of(actor, found.meetings),
        "days": day_views(choice, found, meetings, actor.today),
        "meetings": views,
        "first": first,
        "last": last,
        "schools": offered_schools(found),
    }


def day_views(choice: ScheduleChoice, schedule: Schedule, meetings: list[Meeting], today: date) -> list[DayView]:
    """The columns of the view; of an agenda the days on which there is something."""
    days = days_shown(choice, [one.day for one in meetings])
    shown = [_day(one, schedule, meetings, today) for one in days]
    return [one for one in shown if choice.view != "agenda" or one.meetings or one.notes]


def _day(day: date, schedule: Schedule, meetings: list[Meeting], today: date) -> DayView:
    entries = [one for one in schedule.calendar if one.first <= day <= one.last]
    name, words = column_title(day)
    closed = any(one.kind is DayKind.CLOSED and one.school_id is None for one in entries)
    notes = [one.told for one in entries]
    return DayView(day.isoformat(), name, words, day == today, closed, notes, sum(one.day == day for one in meetings))


def meeting_views(meetings: list[Meeting], schedule: Schedule, today: date) -> tuple[list[MeetingView], int, int]:
    """The meetings in their places, and the first and last minute of the grid."""
    first, last = hours_shown(((one.starts, one.ends) for one in meetings), schedule.schools.days)
    places: dict[str, Place] = {}
    for day in {one.day for one in meetings}:
        places |= side_by_side({one.key: (one.starts, one.ends) for one in meetings if one.day == day})
    names, shut = schedule.schools.names, schedule.calendar
    closed = [closed_on(shut, one.day, one.school_id) is not None for one in meetings]
    around = zip(meetings, closed, strict=True)
    return [_meeting(one, off, places[one.key], names, first, today) for one, off in around], first, last


def _meeting(
    one: Meeting, closed: bool, place: Place, schools: Mapping[UUID, str], first: int, today: date
) -> MeetingView:
    start = minutes_of(one.starts)
    school = schools.get(one.school_id, "") if one.school_id else ""
    names = ", ".join(student.preferred_name or student.given_name for student in one.students)
    return MeetingView(
        key=one.key,
        day=one.day.isoformat(),
        day_words=", ".join(column_title(one.day)),
        top=start - first,
        length=minutes_of(one.ends) - start,
        lane=place.lane,
        lanes=place.lanes,
        starts=one.starts.isoformat("minutes"),
        ends=one.ends.isoformat("minutes"),
        hours=clock_range(one.starts, one.ends),
        title=names if one.title in UNNAMED else one.title,
        where=" · ".join(words for words in (one.place, school) if words),
        provider=one.provider,
        repeats=one.repeats,
        delivery=DELIVERIES.get(one.delivery, ""),
        status=one.status,
        status_words=STATUS_WORDS[one.status],
        session=str(one.session_id or ""),
        changeable=one.changeable,
        moves=one.changeable and one.status == PLANNED,
        moved=one.moved,
        next_step=_next_step(one, today),
        closed=closed,
        version=one.version,
        names=names,
        students=[person_view(student) for student in one.students],
        clashes=list(one.clashes),
    )


def _next_step(one: Meeting, today: date) -> str:
    if one.status == PLANNED:
        return ("start" if one.day == today else "late") if one.can_start and one.day <= today else ""
    return "" if one.status == CANCELLED else "open"


def person_view(student: StudentLine) -> PersonView:
    """A student with her whole name."""
    name = f"{student.preferred_name or student.given_name} {student.family_name}"
    return PersonView(str(student.id), name, initials(name))


def fields_of(form: SlotForm) -> dict[str, str]:
    """The values with which the fields of a slot's form begin."""
    repeat = repeat_of(form.rule)
    return {
        "title": "" if form.title in UNNAMED else form.title,
        "starts_on": form.starts_on.isoformat(),
        "ends_on": form.ends_on.isoformat() if form.ends_on else "",
        "repeat": repeat.how,
        "starts": form.starts.isoformat("minutes"),
        "ends": after(form.starts, form.minutes).isoformat("minutes"),
        "school": str(form.school_id or ""),
        "place": form.place,
        "delivery": form.delivery,
    } | {f"{WEEKDAY}{day}": "on" for day in repeat.weekdays}


def reasons_of(codes: list[CodeLine]) -> list[Choice]:
    """Why a meeting is not held, in the workspace's words; in plain ones as long as it has none."""
    own = [Choice(str(one.id), one.label) for one in codes if not one.away and one.reason != Attendance.PRESENT]
    return own or [Choice(code, words) for code, words in REASONS]


def added_words(form: SlotForm) -> str:
    """What a new slot's maker is told: "Group session is on the schedule, every week on Tue from Dec 1."."""
    name, day = column_title(form.starts_on)
    when = f"{name}, {day}" if form.rule == ONCE else f"{repeat_words(form.rule, form.starts_on)} from {day}"
    return f"{form.title} is on the schedule, {when}."
