"""The caseload in the words of its page: rows, counts and filters, small enough to be sent whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from sys import intern
from zoneinfo import ZoneInfo

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.facts import Facts
from therapytrack.access.roles import decide
from therapytrack.access.seen import StudentLine
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.domain.dates import WEEKDAYS, clock_time, day_line, due_label, school_grade_label, short_date
from therapytrack.domain.names import folded, initials
from therapytrack.domain.sparkline import sparkline_path
from therapytrack.domain.standing import Standing
from therapytrack.domain.trend import Status
from therapytrack.domain.units import is_percent
from therapytrack.models import Student
from therapytrack.services.activity import only_reads, record_views
from therapytrack.services.caseload import StandingGoal, StudentFacts, list_caseload, minutes_behind, minutes_of
from therapytrack.services.student_minutes import MinutesView, minutes_view
from therapytrack.services.today import DaySession, meetings_of, students_in

SPARK_WIDTH, SPARK_HEIGHT = 80, 24
NEXT = "Next: "
NEEDS_A_LOOK = (Status.OFF_TRACK, Status.WATCH)


@dataclass(frozen=True, slots=True)
class GoalMark:
    """One goal's mark: a `status` of domain.trend and the words for those who do not see it."""

    status: str
    label: str


@dataclass(frozen=True, slots=True)
class SparkView:
    """A line of 80 by 24 as SVG path data of `goal`, with its words; all empty without data."""

    line: str = ""
    dot: str = ""
    target: str = ""
    label: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One student's row; `search` holds the words by which she is found beside those that are shown."""

    id: str
    name: str
    initials: str
    place: str
    search: str
    iep_on: str
    iep_label: str
    iep_tone: str
    minutes: MinutesView
    spark: SparkView
    marks: tuple[GoalMark, ...]
    last_on: str
    missed: bool
    next_words: str


@dataclass(frozen=True, slots=True)
class CaseloadCounts:
    """What the strip and the views count; `short_minutes` are what they are behind together."""

    students: int = 0
    mine: int = 0
    watch: int = 0
    schools: int = 0
    ieps_due: int = 0
    ieps_late: int = 0
    short: int = 0
    short_minutes: int = 0
    off_track: int = 0


@dataclass(frozen=True, slots=True)
class CaseloadView:
    """The rows that were asked for, the counts of the whole caseload, what it can be filtered by, and today."""

    rows: list[CaseloadRow]
    counts: CaseloadCounts
    grades: list[str]
    schools: list[str]
    line: str
    may_create: bool
    today: list[DaySession]


@only_reads
def open_caseload(db: Session, actor: Actor, choice: CaseloadChoice) -> CaseloadView:
    """The caseload as `choice` asks for it, with today's sessions; both views are logged. Four statements."""
    everyone, day, calendar = list_caseload(
        db, actor, archived=choice.view == "archived", missed=choice.view == "make_up", forecast=True
    )
    schools = sorted({one.seen.student.school for one in everyone} - {""}, key=folded)
    shown = [one for one in everyone if _wanted(one, actor, choice)]
    shown.sort(key=_order(choice.sort))
    today = meetings_of(actor, day, calendar)
    seen = {"caseload": len(shown), "today": students_in(today)}
    record_views(db, actor, {kind: {"students": count} for kind, count in seen.items()})
    return CaseloadView(
        [row_of(one, actor) for one in shown],
        _counts(everyone, actor, len(schools)),
        sorted({one.seen.student.grade for one in everyone} - {""}, key=lambda grade: (len(grade), grade)),
        schools,
        _line(actor, len(everyone), len(schools)),
        decide(Action.CREATE_STUDENT, Facts(actor.member, actor.workspace)).allowed,
        today,
    )


def _line(actor: Actor, students: int, schools: int) -> str:
    words = [day_line(actor.today), f"{students} student{'' if students == 1 else 's'}"]
    return " · ".join([*words, f"{schools} schools"] if schools > 1 else words)


def display_name(student: Student | StudentLine) -> str:
    """The name by which a student is listed: the preferred one, if any, and the family name."""
    return f"{student.preferred_name or student.given_name} {student.family_name}".strip()


def place_of(student: Student | StudentLine) -> str:
    """A student's grade and school, as they are known."""
    return intern(" · ".join(part for part in (school_grade_label(student.grade), student.school) if part))


def last_of(facts: StudentFacts) -> date | None:
    """The day of her last session, whether she came or missed it."""
    return max((day for day in (facts.last_present, facts.last_missed) if day), default=None)


def last_words(day: date | None) -> str:
    """Such a day in a row; "" where there was none."""
    return intern(short_date(day)) if day else ""


def mark_of(goal: StandingGoal) -> GoalMark:
    """A goal's mark."""
    return _mark(goal.standing.status, goal.standing.label, goal.facts.label)


@lru_cache(maxsize=4096)
def _mark(status: Status, words: str, goal: str) -> GoalMark:
    return GoalMark(status, f"{goal}: {words}")


def spark_of(goal: StandingGoal | None) -> SparkView:
    """A goal's last points as a line; empty when there is no goal."""
    if goal is None or not goal.standing.values:
        return SparkView()
    return _drawn(goal.standing, goal.facts.target_value, goal.facts.label)


@lru_cache(maxsize=4096)
def _drawn(standing: Standing, target: float, goal: str) -> SparkView:
    top = 100 if is_percent(standing.metric) else max(*standing.values, target, 0.1)
    drawn = sparkline_path(standing.values, SPARK_WIDTH, SPARK_HEIGHT, target, top)
    label = f"{goal}: {standing.words(target)}"
    return SparkView(drawn.line, intern(drawn.dot), intern(drawn.target_line), label, goal)


def next_words(start: datetime | None, actor: Actor) -> str:
    """When the next session begins: "Today 10:00 AM", "Next: Wed 9:00 AM" within a week, else "Next: Dec 9"; of one
    whose time has come and that can still be started: "Due 8:30 AM"."""
    if start is None:
        return ""
    local = start.astimezone(ZoneInfo(actor.time_zone))
    clock, days = clock_time(local), (local.date() - actor.today).days
    if days == 0:
        return f"Today {clock}" if start > actor.at else f"Due {clock}"
    return NEXT + (f"{WEEKDAYS[local.weekday()][:3]} {clock}" if days < 7 else short_date(local.date()))


def row_of(facts: StudentFacts, actor: Actor) -> CaseloadRow:
    """One student's row. Every open tab keeps its rows: the words that rows share, of one tab or of several, are kept
    once for all of them."""
    student = facts.seen.student
    name, today = display_name(student), actor.today
    label, tone = due_label(facts.iep_due, today) if facts.iep_due else ("", "")
    last = last_of(facts)
    return CaseloadRow(
        id=intern(str(student.id)),
        name=intern(name),
        initials=intern(initials(name)),
        place=place_of(student),
        search=intern(" ".join(part for part in (student.given_name, student.local_number) if part not in name)),
        iep_on=intern(short_date(facts.iep_due)) if facts.iep_due else "",
        iep_label=intern(label),
        iep_tone=tone,
        minutes=minutes_view(facts),
        spark=spark_of(_most_pressing(facts.goals)),
        marks=tuple(mark_of(goal) for goal in facts.goals),
        last_on=last_words(last),
        missed=last is not None and last == facts.last_missed and last != facts.last_present,
        next_words=intern(next_words(facts.next_start, actor)),
    )


def _most_pressing(goals: Sequence[StandingGoal]) -> StandingGoal | None:
    order = {status: place for place, status in enumerate((*NEEDS_A_LOOK, Status.ON_TRACK, Status.TOO_FEW))}
    return min(goals, key=lambda goal: order[goal.standing.status], default=None)


def _has_watch(facts: StudentFacts) -> bool:
    return any(goal.standing.status in NEEDS_A_LOOK for goal in facts.goals)


def _iep_tone(facts: StudentFacts, today: date) -> str:
    return due_label(facts.iep_due, today)[1] if facts.iep_due else ""


def _is_mine(facts: StudentFacts, actor: Actor) -> bool:
    return facts.seen.student.case_manager_at(actor.at) == actor.membership_id


def _is_short(facts: StudentFacts) -> bool:
    return minutes_behind(facts) > 0


def _wanted(facts: StudentFacts, actor: Actor, choice: CaseloadChoice) -> bool:
    student = facts.seen.student
    if choice.grade and student.grade != choice.grade:
        return False
    if choice.school and student.school != choice.school:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "mine": lambda: _is_mine(facts, actor),
        "watch": lambda: _has_watch(facts),
        "off": lambda: any(goal.standing.status is Status.OFF_TRACK for goal in facts.goals),
        "iep": lambda: _iep_tone(facts, actor.today) != "",
        "short": lambda: _is_short(facts),
        "make_up": lambda: any(one.left for one in facts.missed),
    }
    return tests.get(choice.view, lambda: True)()


def _order(sort: str) -> Callable[[StudentFacts], tuple[object, ...]]:
    def by_name(facts: StudentFacts) -> tuple[object, ...]:
        student = facts.seen.student
        return folded(student.family_name or student.given_name), folded(student.given_name)

    def by_iep(facts: StudentFacts) -> tuple[object, ...]:
        return (facts.iep_due or date.max, *by_name(facts))

    def by_minutes(facts: StudentFacts) -> tuple[object, ...]:
        status = minutes_of(facts)
        return (-(status.mandated - status.delivered) if status else 0, *by_name(facts))

    def by_seen(facts: StudentFacts) -> tuple[object, ...]:
        return (facts.last_present or date.min, *by_name(facts))

    return {"iep": by_iep, "minutes": by_minutes, "seen": by_seen}.get(sort, by_name)


def _counts(everyone: Sequence[StudentFacts], actor: Actor, schools: int) -> CaseloadCounts:
    tones = [_iep_tone(one, actor.today) for one in everyone]
    behind = [short for one in everyone if (short := minutes_behind(one))]
    statuses = [goal.standing.status for one in everyone for goal in one.goals]
    return CaseloadCounts(
        students=len(everyone),
        mine=sum(_is_mine(one, actor) for one in everyone),
        watch=sum(_has_watch(one) for one in everyone),
        schools=schools,
        ieps_due=sum(tone in ("warn", "bad") for tone in tones),
        ieps_late=tones.count("bad"),
        short=len(behind),
        short_minutes=sum(behind),
        off_track=statuses.count(Status.OFF_TRACK),
    )
