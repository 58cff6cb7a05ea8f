"""The caseload: one row for each student that the actor may view, with what is owed next.

Two statements whatever the number of students; sums never go through the sessions, and points are read in a bounded
number, so that a long history costs nothing.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_with, visible_lines
from therapytrack.access.queries import run_plain
from therapytrack.access.seen import Seen, SeenLine
from therapytrack.domain.goal_findings import GoalFacts
from therapytrack.domain.ledger import Happened, Line, reach_of, running_ledger
from therapytrack.domain.make_ups import Missed
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.minutes import MinutesStatus
from therapytrack.domain.points import Direction
from therapytrack.domain.school_calendar import SchoolDay
from therapytrack.domain.standing import Standing, standing_of
from therapytrack.services.caseload_sql import (
    PLAN,
    days_around,
    plan_of_one,
    plans_and_day,
    plans_day_and_calendar,
    the_goals,
)
from therapytrack.services.coming import coming, sizes_in
from therapytrack.services.goal_counts import COLUMNS, series_in
from therapytrack.services.json_rows import rows_in
from therapytrack.services.ledger_sql import archived_on, given_in, plan_in, running_days
from therapytrack.services.make_ups import missed_in, missed_of, missed_window
from therapytrack.services.schedule_sql import calendar_in
from therapytrack.services.student_slots import next_of, slots_in


@dataclass(frozen=True, slots=True)
class StandingGoal:
    """An active goal with its standing."""

    id: UUID
    facts: GoalFacts
    standing: Standing


@dataclass(slots=True)
class StudentFacts:
    """Everything that a row says about one student, as values; `missed`, newest first, where one student is opened.

    `foreseen`: what is planned was read, so that `short` of a line is a forecast.
    """

    seen: Seen | SeenLine
    iep_due: date | None = None
    lines: Sequence[Line] = ()
    missed: Sequence[Missed] = ()
    last_present: date | None = None
    last_missed: date | None = None
    next_start: datetime | None = None
    goals: Sequence[StandingGoal] = ()
    foreseen: bool = False

    @property
    def line(self) -> Line | None:
        """The line of the running ledger that a row shows: the one that is furthest behind, of these the one that
        will be most short, else the first."""
        return max(self.lines, key=lambda one: (one.sums.behind, one.sums.short), default=None)


DayRow = tuple[SeenLine, Sequence[Any]]


def list_caseload(
    db: Session, actor: Actor, *, archived: bool = False, missed: bool = False, forecast: bool = False
) -> tuple[list[StudentFacts], list[DayRow], Sequence[SchoolDay]]:
    """The students that the actor may view, by family name, with the facts of their rows; and today's sessions.

    The second list has a row for each student and each of her parts of today, for `today.meetings_of`; the third holds
    the school calendar. Two statements, and one for the sessions that they `missed`. Without `forecast` nothing is
    known of what will be, and of no school.
    """
    rows, school = _lines(db, actor, archived=archived, forecast=forecast)
    found: dict[UUID, StudentFacts] = {}
    day = []
    for seen, columns in rows:
        student = seen.student
        day.append((seen, columns[PLAN - 1 :]))
        if student.id not in found and (student.archived_at is not None) == archived:
            found[student.id] = facts_in(seen, columns, actor, school)
    _add_goals(db, actor, found)
    if missed:
        for student_id, own in missed_of(db, actor, list(found)).items():
            found[student_id].missed = own
    return list(found.values()), day, school.days if school else ()


def _lines(db: Session, actor: Actor, *, archived: bool, forecast: bool) -> tuple[list[DayRow], "_School | None"]:
    """The rows of `plans_and_day`, and the school calendar where a forecast is to be made. One statement."""
    if not forecast:
        return list(visible_lines(db, actor, plans_and_day(archived), **days_around(actor))), None
    days = days_around(actor)
    rows = list(visible_lines(db, actor, plans_day_and_calendar(archived), **days, **_school_days(actor)))
    calendar = next((text for _, columns in rows if (text := columns[-1])), None)
    return [(seen, columns[:-1]) for seen, columns in rows], _kept(tuple(calendar_in(calendar)))


def _school_days(actor: Actor) -> dict[str, date]:
    """The days of the school calendar that are read: to the end of the longest period that can run."""
    return {"first": actor.today, "last": running_days(actor.today)["ledger_until"]}


def access_facts(db: Session, actor: Actor, student_id: UUID, *, goals: bool = True) -> tuple[Seen, StudentFacts]:
    """One student with the same facts and her missed sessions, without a forecast. Two statements, one without `goals`.

    Raises NotFound or NotPermitted.
    """
    days = days_around(actor) | missed_window(actor) | _school_days(actor)
    seen, columns = access_with(db, actor, student_id, Action.VIEW, plan_of_one(), **days)
    facts = facts_in(seen, columns, actor, _kept(tuple(calendar_in(columns[PLAN + 1]))), foresee=False)
    facts.missed = missed_in(columns[PLAN])
    if goals:
        _add_goals(db, actor, {student_id: facts})
    return seen, facts


@dataclass(frozen=True, slots=True, eq=False)
class _School:
    """A school calendar that is known by itself: a key that costs nothing to compare."""

    days: tuple[SchoolDay, ...]


# The same calendar is the same key, as long as few others were read since.
_kept = lru_cache(maxsize=64)(_School)


def facts_in(
    seen: Seen | SeenLine,
    columns: Sequence[Any],
    actor: Actor,
    school: _School | None = None,
    *,
    foresee: bool = True,
) -> StudentFacts:
    """What the columns of a plan (`caseload_sql`) say of a student, without her goals.

    Without the calendar of the `school`, or unless it is to `foresee`, nothing is known of what will be: `short` and
    `planned` mean nothing then. The next session is one that this calendar lets be held.
    """
    iep_due, mandates, enrollments, planned, done, *last, ahead, sizes, slots = columns[:PLAN]
    meeting = next_of(slots_in(slots), actor, school.days if school else ())
    next_start = min((one for one in (planned, meeting) if one is not None), default=None)
    school = school if foresee else None
    facts = StudentFacts(seen, iep_due=iep_due, next_start=next_start, last_present=last[0], last_missed=last[1])
    facts.foreseen = school is not None
    come = (ahead, sizes, slots) if school else (None, None, None)
    facts.lines = _running(mandates, enrollments, done, come, school, actor.today, archived_on(seen.student, actor))
    return facts


@lru_cache(maxsize=4096)
def _running(
    mandates: str | None,
    enrollments: str | None,
    given: str | None,
    come: tuple[str | None, str | None, str | None],
    school: _School | None,
    today: date,
    until: date | None,
) -> tuple[Line, ...]:
    """The lines of a running ledger follow from these columns and the days alone, and most are what they were when a
    page opened last. As with `_standing_goal`, what is kept is calculation."""
    plan = plan_in(mandates, enrollments, until)
    if not plan.mandates:
        return ()
    planned, sizes, slots = come
    days = (today, reach_of(plan, today).end)
    ahead = coming(rows_in(planned), slots_in(slots), sizes_in(sizes), school.days, days) if school else ()
    return tuple(running_ledger(plan, Happened(given_in(given), planned=ahead), today).lines)


def minutes_of(facts: StudentFacts) -> MinutesStatus | None:
    """The minutes of the running period that a row shows, as the ledger counts them; None without a mandate."""
    return facts.line.status if facts.line else None


def minutes_behind(facts: StudentFacts) -> int:
    """Minutes that all of a student's mandates together are behind."""
    return sum(one.sums.behind for one in facts.lines)


def _add_goals(db: Session, actor: Actor, found: Mapping[UUID, StudentFacts]) -> None:
    """The active goals of each student in their order, as they read today, with their standing. One statement."""
    goals: dict[UUID, list[StandingGoal]] = defaultdict(list)
    if found:
        rows = run_plain(db, actor, the_goals(), student_ids=list(found), **days_around(actor))
        for student_id, *columns in rows:
            goals[student_id].append(_standing_goal(*columns))
    for student_id, of_student in goals.items():
        found[student_id].goals = of_student


@lru_cache(maxsize=4096)
def _standing_goal(goal_id: UUID, *columns: Any) -> StandingGoal:
    """A goal's standing follows from its columns alone, and most are what they were when a page opened last.

    What is kept is calculation: the counts come from the database and through the gate each time.
    """
    counts, (label, *numbers) = columns[:COLUMNS], columns[COLUMNS:]
    facts = goal_facts(label, *numbers)
    return StandingGoal(goal_id, facts, standing_of(facts, series_in(facts.metric, counts)))


def goal_facts(
    label: str,
    direction: str,
    target_value: float,
    target_on: date,
    baseline_value: float | None,
    baseline_on: date | None,
    mastery: str,
    began: date | None = None,
) -> GoalFacts:
    """The numbers of a stored version, in percent; `mastery` is JSON; `began` as GoalFacts has it."""
    criterion = _criterion(mastery)
    return GoalFacts(
        label, target_value, target_on, Direction(direction), baseline_value, baseline_on, criterion, began=began
    )


@lru_cache(maxsize=256)
def _criterion(mastery: str) -> MasteryCriterion | None:
    """The same few criteria stand in many goals."""
    stored = json.loads(mastery)
    return MasteryCriterion.from_dict(stored) if stored else None
