"""The page of minutes in its words: sums by student, clinician, school or all together, and one student explained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.clashes import Circumstances
from therapytrack.domain.dates import long_date
from therapytrack.domain.forecast import LOOKS_AHEAD, Search, brief_forecast, forecast_words, mending_words, openings
from therapytrack.domain.ledger import Line, Sums, total
from therapytrack.domain.ledger_words import (
    allowable_words,
    identity_words,
    last_end,
    line_words,
    owed_by_reason,
    provided_words,
    reasons_words,
    rest_words,
)
from therapytrack.domain.mandates import gaps_and_overlaps
from therapytrack.domain.minutes_choice import PAGE_SIZE, MinutesChoice
from therapytrack.domain.names import folded
from therapytrack.domain.slot_form import offer_href
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.ledger import Books, StudentMinutes, group_of, keep_books
from therapytrack.services.ledger_schools import at_schools, moved_words
from therapytrack.services.schedule import booking_of, meetings_between


@dataclass(frozen=True, slots=True)
class MinutesRow:
    """One sum of the table; `lost_words` are its reasons, `tone` of the forecast; `href` explains a student's.

    `owed`: all that is to be made up today, as on the students' pages; `owed_words`: how much of it was missed in the
    days that are shown.
    """

    href: str
    name: str
    sub: str
    allowable: int
    provided: int
    made_up: int
    over: int
    lost: int
    lost_words: str
    rest: int
    planned: int
    owed: int
    owed_words: str
    forecast: str
    tone: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a student's ledger with how each figure was made."""

    title: str
    identity: str
    allowable: str
    provided: str
    reasons: str
    rest: str
    forecast: str
    tone: str


@dataclass(frozen=True, slots=True)
class OpeningView:
    """A free time in words; `href` opens the schedule's form with all of it filled in."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ExplainedView:
    """One student's ledger: its lines, what is owed, what counts for no mandate, and free times that would mend it."""

    id: str = ""
    name: str = ""
    lines: tuple[LineView, ...] = ()
    owed: str = ""
    beside: str = ""
    nothing: str = ""
    dates: tuple[str, ...] = ()
    openings: tuple[OpeningView, ...] = ()
    mending: str = ""


NOBODY = ExplainedView()
SOMEBODY = "somebody"  # stands in an address that is made once for all


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """The rows of one page, everybody's sum, how many rows there are, and the student who is explained, if one is.

    `unsaid`: of how many students nothing can be said, and why; "" for none.
    """

    rows: list[MinutesRow]
    sums: MinutesRow
    count: int
    explained: ExplainedView
    unsaid: str = ""


@only_reads
def open_minutes(db: Session, actor: Actor, choice: MinutesChoice) -> MinutesPage:
    """The ledger as `choice` asks for it; the view is logged. Four statements, three more for free times."""
    books = keep_books(db, actor, choice.period(actor.today), choice.whose)
    record(db, actor, Action.VIEW, record_kind="minutes", students=len(books.students))
    counted = who_counts(books, actor, choice)
    rows, first = rows_of(counted, actor, choice), choice.page * PAGE_SIZE
    chosen = next((one for one in books.students if str(one.seen.student.id) == choice.student), None)
    if chosen:
        record(db, actor, Action.VIEW, student_id=chosen.seen.student.id, record_kind="minutes")
    explained = explain(db, actor, books, chosen) if chosen else NOBODY
    everybody = _row("", "All students", "", [one for one in books.students if one.lines], actor)
    return MinutesPage(rows[first : first + PAGE_SIZE], everybody, len(rows), explained, _unsaid(books, counted))


def who_counts(books: Books, actor: Actor, choice: MinutesChoice) -> list[StudentMinutes]:
    """The students with a mandate; by school once for each school that she was at."""
    if choice.by == "school":
        return at_schools(books, actor, choice.period(actor.today))
    return [one for one in books.students if one.lines]


def rows_of(counted: Sequence[StudentMinutes], actor: Actor, choice: MinutesChoice) -> list[MinutesRow]:
    """The sums by student, clinician, school, or all together, of those whom `who_counts` gives."""
    if choice.by == "student":
        explained = choice.href(student=SOMEBODY)
        return [
            _row(
                explained.replace(SOMEBODY, str(one.seen.student.id)),
                display_name(one.seen.student),
                _sub(one),
                [one],
                actor,
            )
            for one in counted
        ]
    return [_row("", name, _count(len(group), "student"), group, actor) for name, group in grouped(counted, choice.by)]


def _unsaid(books: Books, counted: Sequence[StudentMinutes]) -> str:
    """Of whom nothing can be said (no mandate runs, or the student is enrolled nowhere), and how those are counted who
    moved."""
    without = sum(not one.lines and one.archived_on is None for one in books.students)
    words = f"{_count(without, 'student')} without a mandate in these days: nothing is said of them." if without else ""
    return " ".join(one for one in (words, moved_words(counted)) if one)


def _sub(one: StudentMinutes) -> str:
    archived = f"archived {long_date(one.archived_on)}" if one.archived_on else ""
    return " · ".join(part for part in (one.school, archived) if part)


def grouped(counted: Iterable[StudentMinutes], by: str) -> list[tuple[str, list[StudentMinutes]]]:
    """Those whom `who_counts` gives by whose sum they stand in: (name, students) by name."""
    groups: dict[str, list[StudentMinutes]] = {}
    for one in counted:
        groups.setdefault(group_of(one, by), []).append(one)
    return sorted(groups.items(), key=lambda pair: folded(pair[0]))


def sums_of(students: Iterable[StudentMinutes]) -> Sums:
    """Their lines together."""
    return total(line.sums for one in students for line in one.lines)


def owed_here(students: Iterable[StudentMinutes]) -> int:
    """What is to be made up of what was missed on the days of their lines."""
    return sum(missed.left for one in students for missed in one.missed)


def _owed(students: Iterable[StudentMinutes]) -> int:
    """All that is to be made up."""
    return sum(missed.left for one in students for missed in one.to_make_up)


def _owed_words(owed: int, here: int) -> str:
    """How much of it was missed in these days; "" where nothing is to be made up."""
    part = "all" if here == owed else str(here) if here else "none"
    return f"{part} missed in these days" if owed else ""


def _row(href: str, name: str, sub: str, students: Sequence[StudentMinutes], actor: Actor) -> MinutesRow:
    sums, owed = sums_of(students), _owed(students)
    lines = [line for one in students for line in one.lines]
    days = last_end(lines)
    short = sum(line.sums.short > 0 for line in lines)
    if len(students) == 1 and len(lines) == 1:
        words = brief_forecast(sums, lines[0].span, actor.today)
    elif days is None or not sums.short:
        words = "Nothing short"
    else:
        words = f"{sums.short} short in {_count(short, 'period')}"
    return MinutesRow(
        href=href,
        name=name,
        sub=sub,
        allowable=sums.allowable,
        provided=sums.provided,
        made_up=sums.made_up,
        over=sums.over,
        lost=sums.lost,
        lost_words=reasons_words(sums),
        rest=sums.not_accounted,
        planned=sums.planned,
        owed=owed,
        owed_words=_owed_words(owed, owed_here(students)),
        forecast=words,
        tone="warn" if sums.short else "good",
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def explain(db: Session, actor: Actor, books: Books, one: StudentMinutes) -> ExplainedView:
    """How each figure of a student was made, and what would mend what will be missing."""
    times, mending = mend(db, actor, books, one)
    owed = (owed_by_reason(one.to_make_up), _owed_words(_owed([one]), owed_here([one])))
    return ExplainedView(
        id=str(one.seen.student.id),
        name=display_name(one.seen.student),
        lines=tuple(line_view(line, one, actor) for line in one.lines),
        owed=", ".join(part for part in owed if part),
        beside=beside_words(one.ledger.beside),
        nothing="" if one.lines else why_nothing(one),
        dates=tuple(gaps_and_overlaps(one.plan.mandates, one.plan.enrollments)),
        openings=times,
        mending=mending,
    )


def beside_words(minutes: int) -> str:
    """What was given and counts for no mandate; "" for nothing."""
    where = "on days without a mandate or an enrollment, or in a setting that none asks for"
    return f"{_count(minutes, 'minute')} {where}" if minutes else ""


def why_nothing(one: StudentMinutes) -> str:
    """Why a student has no line."""
    if not one.plan.mandates:
        return "No mandate is entered, so nothing can be said of what is owed. Add one under Mandates."
    return "No mandate runs on a day of this period on which the student is enrolled, so nothing is owed."


def line_view(line: Line, one: StudentMinutes, actor: Actor) -> LineView:
    """A line with how each of its figures was made."""
    return LineView(
        title=line_words(line),
        identity=identity_words(line.sums),
        allowable=allowable_words(line, one.plan),
        provided=provided_words(line.sums),
        reasons=reasons_words(line.sums),
        rest=rest_words(line.sums),
        forecast=forecast_words(line.sums, line.span, actor.today),
        tone="warn" if line.sums.short else "good",
    )


def mend(db: Session, actor: Actor, books: Books, one: StudentMinutes) -> tuple[tuple[OpeningView, ...], str]:
    """Free times of the actor until the end of the first running period that will be short. Three statements."""
    today, student = actor.today, one.seen.student
    short = next((line for line in one.lines if line.sums.short and line.span.end > today), None)
    if short is None or not one.seen.allows(Action.RECORD_SESSION):
        return (), ""
    first, last = today + timedelta(days=1), short.span.end
    meetings = meetings_between(db, actor, first, min(last, first + LOOKS_AHEAD))
    schools = {folded(name): key for key, name in books.schools.names.items()}
    school = schools.get(folded(one.school))
    search = Search(
        student_id=student.id,
        provider_id=actor.membership_id,
        short=short.sums.short,
        length=short.claim.mandates[-1].asks.minutes,
        usual=sorted({slot.slot.starts for slot in one.slots}),
        taken=[booking_of(each) for each in meetings if each.status != "cancelled"],
        around=Circumstances(one.busy, calendar=books.calendar, travel=books.schools.travel),
        school_id=school,
        hours=books.schools.hours.get(school, books.schools.day) if school else books.schools.day,
    )
    found = openings(search, first, last)
    times = tuple(
        OpeningView(one.words, offer_href(one.day, one.starts, one.minutes, student.id, school)) for one in found
    )
    return times, mending_words(found, short.sums.short, last)
