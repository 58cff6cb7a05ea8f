"""The goals of several students together, each as a small chart: of a group of the schedule, or of an assistant's
caseload for her supervisor.

The gate judges each student as on the reader's own caseload; a page holds fifteen students, so that what is read and
sent is bounded.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_lines
from therapytrack.access.queries import the_lines
from therapytrack.access.seen import SeenLine
from therapytrack.access.slots import SeenSlot, visible_slots
from therapytrack.access.supervising import require_role
from therapytrack.domain.chart_window import Period, shared_window, zoomed
from therapytrack.domain.dates import clock_time
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.group_choice import EVERYBODY, GroupChoice
from therapytrack.domain.names import folded
from therapytrack.domain.standing import Standing, standing_of_chart
from therapytrack.models import Account, Goal, Student
from therapytrack.services.activity import only_reads, record_each
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.goal_data import load_goals
from therapytrack.services.json_rows import JsonRows, rows_in

MOST_STUDENTS = 15
AROUND = timedelta(days=14)
KIND = "goals_together"
Offer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One goal: the part of its chart that is shown, and where it stands by all its data."""

    id: UUID
    label: str
    chart: GoalChart
    standing: Standing


@dataclass(frozen=True, slots=True)
class StudentCharts:
    """One student with her active goals."""

    id: UUID
    name: str
    place: str
    goals: tuple[SmallChart, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """`offers` are what can be chosen, as (id, words), `chosen` the one that is shown, "" without any; `students` are
    at most fifteen of `found`; `window` is the time that every chart shows."""

    offers: tuple[Offer, ...]
    chosen: str
    students: tuple[StudentCharts, ...]
    found: int
    first: int
    window: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class _Chosen:
    offers: tuple[Offer, ...]
    chosen: str
    students: Sequence[tuple[SeenLine, Sequence[Any]]]


@only_reads
def open_group(db: Session, actor: Actor, choice: GroupChoice) -> GroupView:
    """The goals of the chosen students, by name, as of the workspace's today. The view of each is logged.

    Three statements whatever the number of students and goals, one more where goals are told in words. Raises
    NotPermitted for an assistant's caseload that is asked for by who is no supervisor.
    """
    asked = _of_assistants(db, actor, choice) if choice.of else _of_a_group(db, actor, choice)
    lines = sorted(
        (one for one in asked.students if one[0].allows(Action.VIEW_PROGRESS)), key=lambda one: _by_name(one[0])
    )
    first = min(choice.first, max(0, len(lines) - 1)) // MOST_STUDENTS * MOST_STUDENTS
    shown = lines[first : first + MOST_STUDENTS]
    goals = {seen.student.id: _goals_in(actor, seen, column) for seen, (column,) in shown}
    charts, window = _charts(db, actor, [one for own in goals.values() for one in own])
    own = {seen.student.id: {"goals": len(charts[seen.student.id])} for seen, _ in shown}
    record_each(db, actor, Action.VIEW, own, record_kind=KIND)
    students = tuple(
        StudentCharts(
            seen.student.id,
            display_name(seen.student),
            " · ".join(part for part in (seen.student.school,) if part),
            tuple(charts[seen.student.id]),
        )
        for seen, _ in shown
    )
    return GroupView(asked.offers, asked.chosen, students, len(lines), first, window)


def _by_name(seen: SeenLine) -> tuple[str, str, str]:
    student = seen.student
    return folded(student.family_name or student.given_name), folded(student.given_name), str(student.id)


def _of_a_group(db: Session, actor: Actor, choice: GroupChoice) -> _Chosen:
    """The actor's own groups: slots of these weeks that she gives, or supervises, for two students or more."""
    slots = visible_slots(db, actor, actor.today - AROUND, actor.today + AROUND, goals_column())
    groups = [one for one in slots if len(one.students) > 1 and one.slot.changeable_by(actor)]
    chosen = next((one for one in groups if str(one.slot.id) == choice.group), groups[0] if groups else None)
    offers = tuple((str(one.slot.id), _words(one)) for one in groups)
    return _Chosen(offers, str(chosen.slot.id) if chosen else "", chosen.students if chosen else [])


def _words(one: SeenSlot) -> str:
    slot = one.slot
    title = slot.title or "Group"
    return f"{title} · {clock_time(slot.starts)} · {len(one.students)} students"


def _of_assistants(db: Session, actor: Actor, choice: GroupChoice) -> _Chosen:
    """The students whom the actor's assistants edit, of the chosen assistant or of all."""
    require_role(actor, Action.VIEW_CASELOADS)
    rows = []
    names: dict[str, str] = {}
    for seen, (goals, assistants) in visible_lines(db, actor, _supervised()):
        own = {str(UUID(str(key))): name for key, name in rows_in(assistants)}
        names |= own
        rows.append((seen, goals, own))
    chosen = choice.of if choice.of in names else EVERYBODY
    students = [(seen, (goals,)) for seen, goals, own in rows if own and chosen in (EVERYBODY, *own)]
    offers = tuple(sorted(names.items(), key=lambda one: folded(one[1])))
    return _Chosen(((EVERYBODY, "All assistants"), *offers), chosen, students)


@cache
def goals_column() -> Any:
    """The active goals of the Student of the enclosing statement: id, position, label."""
    own = (col(Goal.workspace_id) == col(Student.workspace_id), col(Goal.student_id) == col(Student.id))
    return (
        select(JsonRows(col(Goal.id), col(Goal.position), col(Goal.label)))
        .where(*own, col(Goal.status) == "active")
        .correlate(Student)
        .scalar_subquery()
    )


@cache
def _supervised() -> Any:
    aide, link, edits = ties.editing_supervisee()
    assistants = (
        select(JsonRows(aide.id, col(Account.name)))
        .select_from(aide)
        .join(link, link.assistant_id == aide.id)
        .join(Account, col(Account.id) == aide.account_id)
        .where(aide.workspace_id == col(Student.workspace_id), edits)
        .correlate_except(aide, link, Account)
        .scalar_subquery()
    )
    return the_lines(goals_column(), assistants).where(ties.may_view(), col(Student.archived_at).is_(None))


def _goals_in(actor: Actor, seen: SeenLine, column: str | None) -> list[Goal]:
    """The goals of a student just granted, in their order, from the column beside her."""
    rows = sorted(rows_in(column), key=lambda row: (row[1], str(row[0])))
    here, whose = actor.workspace_id, seen.student.id
    return [
        Goal(id=UUID(str(key)), workspace_id=here, student_id=whose, position=position, label=label)
        for key, position, label in rows
    ]


def _charts(
    db: Session, actor: Actor, goals: Sequence[Goal]
) -> tuple[Mapping[UUID, list[SmallChart]], tuple[date, date] | None]:
    """The chart of each goal by student, all over the same year."""
    found: defaultdict[UUID, list[SmallChart]] = defaultdict(list)
    records = load_goals(db, actor, goals)
    whole = [one.chart_on(actor.today) for one in records]
    if not whole:
        return found, None
    window, _ = shared_window(whole, Period.YEAR, actor.today)
    for one, chart in zip(records, whole, strict=True):
        small = SmallChart(one.goal.id, one.goal.label, zoomed(chart, window), standing_of_chart(chart))
        found[one.goal.student_id].append(small)
    return found, window
