"""The minutes and the Medicaid service log as files: of the students whose session log the actor may export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.forecast import forecast_words
from therapytrack.domain.ledger import Sums
from therapytrack.domain.mandates import SETTING_WORDS
from therapytrack.domain.minutes_choice import BY, MinutesChoice
from therapytrack.errors import NotPermitted
from therapytrack.services.activity import PART, record
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.exports import Table
from therapytrack.services.exports_csv import Cell
from therapytrack.services.ledger import Books, StudentMinutes, keep_books
from therapytrack.services.ledger_rows import grouped, owed_here, sums_of, who_counts
from therapytrack.services.ledger_schools import moved_words

NOBODY = "There is no student here whose sessions you may export. Ask the case manager for the right to export."
REASONS = [one for one in LABELS if one is not Attendance.PRESENT]
FIGURES = (
    "Allowable", "Provided", "In make-ups", "Beyond the mandate", "Not provided",
    *(LABELS[one] for one in REASONS),
    "Not accounted for", "Scheduled", "Missing at the end", "Missed in these days, to make up",
)  # fmt: skip
STUDENT = ("Student", "Student number", "School", "Case manager", "First day", "Last day", "Mandate", "Setting")


@dataclass(frozen=True, slots=True)
class MinutesReport:
    """A table with its title, for the file that it becomes; `short` rows are narrow enough for a page.

    `moved`: how students are counted who moved, "" for nobody.
    """

    title: str
    workspace: str
    author: str
    made_on: date
    table: Table
    short: tuple[tuple[str, ...], ...]
    moved: str = ""


def export_minutes(db: Session, actor: Actor, choice: MinutesChoice, medium: str) -> MinutesReport:
    """The ledger as `choice` asks for it: a row a line of each student, or a row a sum. Logged for each student.

    Raises NotPermitted when there is no student whose session log the actor may export.
    """
    books = exportable(keep_books(db, actor, choice.period(actor.today), choice.whose), "minutes")
    log_export(db, actor, "export minutes", books, choice, medium)
    counted = who_counts(books, actor, choice)
    if choice.by == "student":
        columns = STUDENT + FIGURES
        rows = [_line(one, line) for one in counted for line in one.lines]
    else:
        columns = (BY[choice.by], "Students", *FIGURES)
        groups = grouped(counted, choice.by)
        rows = [(name, len(group), *_figures(sums_of(group), owed_here(group))) for name, group in groups]
    name = f"minutes-{choice.by}-{choice.span}-{choice.day(actor.today).isoformat()}.{medium}"
    return MinutesReport(
        f"Minutes, {choice.words(actor.today)}",
        actor.workspace_name,
        actor.name,
        actor.today,
        Table(name, columns, tuple(rows)),
        tuple(_short(counted, choice, actor)),
        moved_words(counted),
    )


def exportable(books: Books, kind: str) -> Books:
    """The same of the students alone whose session log may leave the product. Raises NotPermitted for none."""
    able = [one for one in books.students if one.seen.allows(Action.EXPORT_SESSION_LOG)]
    if not able:
        raise refused(NotPermitted(NOBODY), Action.EXPORT_SESSION_LOG, kind, None)
    return Books(able, books.calendar, books.schools)


def log_export(db: Session, actor: Actor, action: str, books: Books, choice: MinutesChoice, medium: str) -> None:
    """One row for the file, which is counted as an export, and one for each student in it."""
    period = choice.period(actor.today)
    days = {"since": period.start.isoformat(), "until": period.end.isoformat()} if period else {}
    counts: dict[str, Any] = {"students": len(books.students), "medium": medium, **days}
    record(db, actor, Action.EXPORT_SESSION_LOG, record_kind=action.removeprefix("export ").replace(" ", "_"), **counts)
    for one in books.students:
        student_id: UUID = one.seen.student.id
        record(db, actor, action, student_id=student_id, record_kind="student", record_id=student_id, **days, **PART)


def _line(one: StudentMinutes, line: Any) -> tuple[Cell, ...]:
    student = one.seen.student
    asked = "; ".join(each.words for each in line.claim.mandates)
    owed = sum(each.left for each in one.missed if line.within.start <= each.held_on <= line.within.end)
    return (
        display_name(student),
        student.local_number,
        one.school,
        one.manager,
        line.within.start,
        line.within.end,
        asked,
        SETTING_WORDS[line.claim.setting],
        *_figures(line.sums, owed),
    )


def _figures(sums: Sums, owed: int) -> tuple[Cell, ...]:
    reasons = [sums.not_provided.get(one, 0) for one in REASONS]
    head = (sums.allowable, sums.provided, sums.made_up, sums.over, sums.lost)
    return (*head, *reasons, sums.not_accounted, sums.planned, sums.short, owed)


def _short(counted: Sequence[StudentMinutes], choice: MinutesChoice, actor: Actor) -> list[tuple[str, ...]]:
    """The rows of the PDF: whose, and the figures of the identity with the forecast."""
    if choice.by != "student":
        return [(name, *_narrow(sums_of(group)), "") for name, group in grouped(counted, choice.by)]
    return [
        (display_name(one.seen.student), *_narrow(line.sums), forecast_words(line.sums, line.span, actor.today))
        for one in counted
        for line in one.lines
    ]


def _narrow(sums: Sums) -> Sequence[str]:
    return [str(number) for number in (sums.allowable, sums.provided, sums.lost, sums.not_accounted)]
