"""Notes as pages show them: words only, so that a page does no arithmetic and the browser gets no row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from therapytrack.access.actions import Action
from therapytrack.domain.actual_times import Part, part_words
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.dates import clock_range, clock_time, long_date, short_date
from therapytrack.domain.late_notes import count_days
from therapytrack.domain.names import initials
from therapytrack.domain.score_words import counts_text, data_words, prompt_words, score_text
from therapytrack.services.note_rows import NoteRow
from therapytrack.services.note_sheet import AddendumSheet, GoalData, NoteSheet, Returned

STATUS_WORDS = {
    "draft": ("Draft", "warn"),
    "returned": ("Returned", "bad"),
    "submitted": ("Waiting for co-signature", "info"),
    "signed": ("Signed", "good"),
    "cosigned": ("Co-signed", "good"),
}
NO_RECORD = UUID(int=0)
PURPOSES = {"probe": "Probe", "practice": "Practice"}


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal's score: "75%", "6 of 8", "Practice", "Minimal 2, Moderate 1"."""

    goal: str
    percent: str
    count: str
    purpose: str
    prompts: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A note in the list; `version` and `facts` say what was shown, for signing it from there.

    `read`: opened as it stands; `late`: how late, in words; `wanting`: why it kept the list from being signed.
    """

    id: str
    href: str
    student: str
    initials: str
    line: str
    facts_line: str
    data_line: str
    text: str
    status: str
    tone: str
    current: bool
    can_sign: bool
    version: int
    facts: str
    present: bool
    read: bool
    late: str
    wanting: str = ""


@dataclass(frozen=True, slots=True)
class ReturnView:
    """What a supervisor asked for."""

    by: str
    when: str
    comment: str


@dataclass(frozen=True, slots=True)
class AddendumView:
    """An addendum beneath a note; `can_revise`: it came back and the reader wrote it."""

    id: str
    line: str
    text: str
    status: str
    tone: str
    comment: str
    can_revise: bool


@dataclass(frozen=True, slots=True)
class ActView:
    """A button beneath the text."""

    name: str
    label: str
    primary: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """The open note; no note is open while `id` is empty."""

    id: str = ""
    student: str = ""
    student_href: str = ""
    initials: str = ""
    session: str = ""
    when: str = ""
    attendance: str = ""
    minutes: str = ""
    goals: list[GoalLine] = field(default_factory=list)
    data_text: str = ""
    text: str = ""
    version: int = 0
    facts: str = ""
    status: str = ""
    tone: str = ""
    editable: bool = False
    acts: list[ActView] = field(default_factory=list)
    why: str = ""
    signed: str = ""
    returns: list[ReturnView] = field(default_factory=list)
    addenda: list[AddendumView] = field(default_factory=list)
    may_add: bool = False
    before: str = ""
    before_on: str = ""


def goal_lines(goals: Sequence[GoalData]) -> list[GoalLine]:
    """The data of a note, a line for each goal and purpose."""
    return [
        GoalLine(
            goal=one.goal,
            percent="" if one.words else score_text(one.metric, one.score),
            count=one.words or counts_text(one.metric, one.score).replace("/", " of "),
            purpose="Narrative" if one.words else PURPOSES.get(one.purpose, one.purpose),
            prompts=", ".join(f"{name} {count}" for name, count in one.prompts),
        )
        for one in goals
    ]


def data_text(goals: Sequence[GoalData]) -> str:
    """The data as a sentence for a note, without the final stop; "" without data."""
    return "; ".join(_in_words(one) for one in goals)


def row_view(row: NoteRow, href: str, *, current: bool) -> RowView:
    """A row of the list."""
    status, tone = STATUS_WORDS[row.status]
    scores = [f"{_named(one)} {one.words or score_text(one.metric, one.score)}" for one in row.goals]
    return RowView(
        id=str(row.entry_id),
        href=href,
        student=row.student,
        initials=initials(row.student),
        line=f"{short_date(row.held_on)} · {row.session}",
        facts_line=facts_line(row.attendance_words, row.minutes),
        data_line=" · ".join(scores),
        text=row.text,
        status=status,
        tone=tone,
        current=current,
        can_sign=row.can_sign,
        version=row.version,
        facts=row.facts,
        present=row.attendance == Attendance.PRESENT,
        read=row.read,
        late=f"{count_days(row.late)} late" if row.late else "",
    )


def sheet_view(sheet: NoteSheet, zone: str, acts: list[ActView]) -> SheetView:
    """The open note in words; times in the workspace's `zone`."""
    status, tone = STATUS_WORDS[sheet.status]
    return SheetView(
        id=str(sheet.entry_id),
        student=sheet.student,
        student_href=f"/students/{sheet.student_id}",
        initials=initials(sheet.student),
        session=sheet.session,
        when=when_line(sheet, zone),
        attendance=sheet.attendance_words,
        minutes=f"{sheet.minutes} min{part_words(Part(*sheet.part), ZoneInfo(zone))}",
        goals=goal_lines(sheet.goals),
        data_text=data_text(sheet.goals),
        text=sheet.text,
        version=sheet.version,
        facts=sheet.facts,
        status=status,
        tone=tone,
        editable=Action.EDIT_NOTE in sheet.can,
        acts=acts,
        why="" if sheet.status in ("signed", "cosigned") else sheet.why,
        signed=signed_line(sheet, zone),
        returns=[return_view(one, zone) for one in sheet.returned],
        addenda=[_addendum(one, zone) for one in sheet.addenda],
        may_add=Action.ADD_ADDENDUM in sheet.can,
        before=sheet.before,
        before_on=long_date(sheet.before_on) if sheet.before_on else "",
    )


def record_id(text: str) -> UUID:
    """The id that an address or an event names; a malformed one is the id of nothing, which the gate does not find."""
    try:
        return UUID(text)
    except ValueError:
        return NO_RECORD


def text_of(form: Mapping[str, object], name: str) -> str:
    """The text of a form's field; the framework sends other values beside the fields' texts."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


class Linked(Protocol):
    """A line of a list: where it leads, and whether it is the open one."""

    @property
    def href(self) -> str:
        """The address that opens it."""

    @property
    def current(self) -> bool:
        """Whether it is open."""


def neighbours(lines: Sequence[Linked]) -> tuple[str, str]:
    """The addresses before and after the open line; "" at an end. With none open the first one comes after."""
    place = next((n for n, one in enumerate(lines) if one.current), -1)
    before = lines[place - 1].href if place > 0 else ""
    after = lines[place + 1].href if place + 1 < len(lines) else ""
    return before, after


def facts_line(words: str, minutes: int) -> str:
    """Attendance in words, and minutes: "Present · 30 min"."""
    return f"{words} · {minutes} min" if minutes else words


def when_line(sheet: NoteSheet, zone: str) -> str:
    """Day, hours and place of the session."""
    starts, ends = (moment.astimezone(ZoneInfo(zone)) for moment in (sheet.starts, sheet.ends))
    place = f" · {sheet.place}" if sheet.place else ""
    return f"{_day(sheet.held_on)}, {clock_range(starts, ends)}{place}"


def signed_line(sheet: NoteSheet, zone: str) -> str:
    """Who signed, and who co-signed when; for a submitted note who handed it in."""
    if sheet.co_signed_at:
        return f"Written by {sheet.author}. Co-signed by {sheet.co_signer}, {stamp(sheet.co_signed_at, zone)}"
    if sheet.signed_at:
        return f"Signed by {sheet.author}, {stamp(sheet.signed_at, zone)}"
    return f"Submitted by {sheet.author}" if sheet.status == "submitted" else ""


def stamp(moment: datetime, zone: str) -> str:
    """A moment on the workspace's clock: "Nov 24, 2026, 2:18 PM"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{long_date(local.date())}, {clock_time(local)}"


def return_view(one: Returned, zone: str) -> ReturnView:
    """A return as the author reads it."""
    return ReturnView(one.by, stamp(one.at, zone), one.comment)


def _addendum(one: AddendumSheet, zone: str) -> AddendumView:
    status, tone = STATUS_WORDS[one.status]
    return AddendumView(
        id=str(one.id),
        line=f"{one.author}, {stamp(one.at, zone)}",
        text=one.text,
        status=status,
        tone=tone,
        comment=one.comment,
        can_revise=one.mine and one.status == "returned",
    )


def _named(one: GoalData) -> str:
    """The goal, and that it was probed: a probe is never read as practice, nor the other way round."""
    return f"{one.goal}, probe" if one.purpose == "probe" else one.goal


def _in_words(one: GoalData) -> str:
    if one.words:
        return f"{one.goal}: {one.words.rstrip('. ')}"
    prompts = prompt_words(one.prompts)
    score = f"{_named(one)}: {data_words(one.metric, one.score, one.measure)}"
    return f"{score}, {prompts}" if prompts else score


def _day(day: date) -> str:
    return f"{day:%a}, {short_date(day)}"
