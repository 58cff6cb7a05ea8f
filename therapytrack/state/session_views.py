"""What the live session's page shows of its students, their goals and notes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from therapytrack.access.actor import Actor
from therapytrack.domain.actual_times import length_words
from therapytrack.domain.attendance import LABELS, LONGEST_MINUTES, Attendance
from therapytrack.domain.dates import school_grade_label
from therapytrack.domain.measures import Measure
from therapytrack.domain.names import initials
from therapytrack.services.attendance_codes import choice_of
from therapytrack.services.entry_times import SavedEntry, entry_times
from therapytrack.services.finishing import Closing
from therapytrack.services.session_sheet import SessionSheet, SheetEntry, SheetGoal


@dataclass(frozen=True, slots=True)
class TargetView:
    """A word or sound that is worked on; marks name it by its number."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A step of a task or a level of a rubric."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class SetupView:
    """What a row needs to know of its measure: intervals of `seconds`, or steps and levels in order."""

    kind: str
    seconds: int
    intervals: int
    places: list[PlaceView]


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as its row shows it; `measure` as in `GoalVersion`, `targets` those in use."""

    id: str
    name: str
    measure: str
    target: str
    last_practice: str
    last_probe: str
    setup: SetupView
    targets: list[TargetView]


@dataclass(frozen=True, slots=True)
class OwedView:
    """A missed session that this one can make up: the id of the student's part, and its day and minutes."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class ClosingView:
    """The question at the end of a session: which minutes are credited. `offer`: the clock's can be."""

    ask: bool = False
    words: str = ""
    planned: int = 0
    passed: int = 0
    offer: bool = False


@dataclass(frozen=True, slots=True)
class KidView:
    """One student's card. `closed`: no marks now, and `why` says why; `fixed`: attendance and minutes stay as well."""

    entry: str
    name: str
    first: str
    initials: str
    grade: str
    attendance: str
    choice: str
    attendance_words: str
    minutes: int
    missed: bool
    closed: bool
    fixed: bool
    why: str
    standing: str
    part: str
    came: str
    left: str
    makes_up: str
    owed: list[OwedView]
    plan: int
    goals: list[GoalView]


@dataclass(frozen=True, slots=True)
class NoteView:
    """One note as stored; `why` says why it cannot be written here, "" when it can."""

    text: str
    version: int
    read_only: bool
    why: str


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of the prompt scale in its version `scale`."""

    rank: int
    name: str
    definition: str
    scale: int


@dataclass(frozen=True, slots=True)
class CodeView:
    """One choice of attendance: a code of the workspace, or a normal reason."""

    value: str
    label: str


def kid_view(one: SheetEntry) -> KidView:
    """A student's card."""
    student = one.student
    first = student.preferred_name or student.given_name
    name = f"{first} {student.family_name}"
    missed = one.attendance not in (Attendance.PRESENT, Attendance.PLANNED)
    return KidView(
        entry=one.id,
        name=name,
        first=first,
        initials=initials(name),
        grade=school_grade_label(student.grade),
        attendance=one.attendance,
        choice=one.choice,
        attendance_words=_words(one.attendance),
        minutes=one.minutes,
        missed=missed,
        closed=missed or not one.can_record,
        fixed=not one.can_record,
        why=one.record_why,
        standing=one.standing,
        part=one.times.part,
        came=one.times.came,
        left=one.times.left,
        makes_up=one.times.makes_up,
        owed=[OwedView(*pair) for pair in one.times.owed],
        plan=one.plan,
        goals=[_goal(goal) for goal in one.goals],
    )


def changed(kid: KidView, saved: SavedEntry, actor: Actor) -> KidView:
    """The card with the attendance, minutes and times that were saved."""
    missed = saved.attendance not in (Attendance.PRESENT, Attendance.PLANNED)
    kid = replace(kid, minutes=saved.minutes, missed=missed, closed=missed or kid.fixed)
    kid = replace(kid, attendance=saved.attendance, choice=choice_of(saved), attendance_words=_words(saved.attendance))
    times = entry_times(saved, actor)
    return replace(kid, part=times.part, came=times.came, left=times.left, makes_up=times.makes_up)


def closing_view(closing: Closing) -> ClosingView:
    """The question in words: "Planned 30 min · 12 min passed"."""
    planned, passed = closing.planned, closing.passed
    words = f"Planned {planned} min · {length_words(passed)} passed"
    return ClosingView(closing.ask, words, planned, passed, passed <= LONGEST_MINUTES)


def _goal(goal: SheetGoal) -> GoalView:
    targets = [TargetView(number, name) for number, name in goal.targets]
    last = (goal.last_practice, goal.last_probe)
    return GoalView(goal.id, goal.name, goal.measure, goal.target, *last, _setup(goal.setup), targets)


def _setup(setup: Mapping[str, Any]) -> SetupView:
    places = [PlaceView(name, "") for name in setup.get("steps", ())]
    places += [PlaceView(name, definition) for name, definition in setup.get("levels", ())]
    return SetupView(setup.get("kind", ""), setup.get("seconds", 0), setup.get("intervals", 0), places)


def _words(code: str) -> str:
    return LABELS.get(Attendance(code), "Planned")


def offered_codes(sheet: SessionSheet) -> list[CodeView]:
    """What may be chosen: the workspace's codes, those that a card shows, and the normal reasons that it shows."""
    shown = {one.choice for one in sheet.entries}
    codes = [CodeView(str(one.id), one.label) for one in sheet.codes if not one.away or str(one.id) in shown]
    plain = [code for code in LABELS if code in shown or not sheet.codes]
    return codes + [CodeView(str(code), LABELS[code]) for code in plain]


def notes_of(sheet: SessionSheet) -> dict[str, NoteView]:
    """The notes by entry."""
    return {one.id: NoteView(one.note, one.note_version, not one.can_write, one.note_why) for one in sheet.entries}


def texts_of(sheet: SessionSheet) -> dict[str, NoteView]:
    """What happened with goals that are told in words, by "entry|goal"."""
    return {
        f"{one.id}|{goal.id}": NoteView(goal.text, goal.text_version, not one.can_record, one.record_why)
        for one in sheet.entries
        for goal in one.goals
        if goal.measure == Measure.NARRATIVE
    }
