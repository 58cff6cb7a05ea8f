"""A student's ledger on her page: the running periods and those before, explained, and times that would mend it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.calendar_form import school_year, school_year_of
from therapytrack.domain.ledger import ledger_of, running_ledger
from therapytrack.domain.ledger_words import owed_by_reason
from therapytrack.domain.mandates import gaps_and_overlaps
from therapytrack.domain.minutes import Period
from therapytrack.errors import NotFound
from therapytrack.services.activity import only_reads, record
from therapytrack.services.ledger import StudentMinutes, keep_books
from therapytrack.services.ledger_rows import LineView, OpeningView, beside_words, line_view, mend, why_nothing

MOST_PAST = 12
YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class StudentLedger:
    """Her `running` lines and at most MOST_PAST `past` ones of this school year, the newest first.

    `may_mend`: something will be short that the reader could mend. `nothing`: why there is no line.
    """

    running: tuple[LineView, ...] = ()
    past: tuple[LineView, ...] = ()
    owed: str = ""
    dates: tuple[str, ...] = ()
    nothing: str = ""
    may_mend: bool = False


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """Free times in words, and what they would do; both empty where nothing is short."""

    openings: tuple[OpeningView, ...] = ()
    mending: str = ""


def student_ledger(db: Session, actor: Actor, student_id: UUID) -> StudentLedger:
    """The ledger of a student whom the gate has just shown to the actor. Three statements."""
    today = actor.today
    begins = school_year(school_year_of(today))[0]
    reach = Period(min(begins, today - YEAR), today + YEAR)
    books = keep_books(db, actor, reach, student_id=student_id)
    if not books.students:
        return StudentLedger(nothing="The student was archived more than a year ago.")
    (one,) = books.students
    ledger = running_ledger(one.plan, one.happened, today)
    running = ledger.lines
    past = ledger_of(one.plan, one.happened, Period(begins, today), today).lines
    over = sorted((line for line in past if line.period.end < today), key=lambda line: line.period.end, reverse=True)
    return StudentLedger(
        tuple(line_view(line, one, actor) for line in running),
        tuple(line_view(line, one, actor) for line in over[:MOST_PAST]),
        owed_by_reason(one.to_make_up),
        _notices(one, beside_words(ledger.beside)),
        "" if running else why_nothing(one),
        any(line.sums.short and line.span.end > today for line in running),
    )


def _notices(one: StudentMinutes, beside: str) -> tuple[str, ...]:
    found = gaps_and_overlaps(one.plan.mandates, one.plan.enrollments)
    return (*found, f"Beside the mandates: {beside}.") if beside else tuple(found)


@only_reads
def free_times(db: Session, actor: Actor, student_id: UUID) -> FreeTimes:
    """Free times of the actor that would mend what will be short. The view is logged. Six statements. Raises
    NotFound."""
    books = keep_books(db, actor, None, student_id=student_id)
    if not books.students:
        raise NotFound
    record(db, actor, Action.VIEW, student_id=student_id, record_kind="free_times")
    times, mending = mend(db, actor, books, books.students[0])
    return FreeTimes(times, mending or "Nothing will be short that you could mend.")
