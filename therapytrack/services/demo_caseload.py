"""The demo's students with their rights, plans and goals."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from therapytrack.domain.goal_form import TOLD
from therapytrack.domain.goal_setup import merged_targets
from therapytrack.domain.measures import Measure, metric_of
from therapytrack.domain.points import Metric
from therapytrack.domain.units import value_text
from therapytrack.models import Enrollment, Goal, GoalVersion, Iep, Mandate, Student, StudentGrant
from therapytrack.services.demo_data import GOALS, SCHOOLS, GoalKind
from therapytrack.services.demo_goal_lives import add_benchmarks, add_stages
from therapytrack.services.demo_measures import MEASURED, PLACES, SETUPS, falls, is_measured
from therapytrack.services.demo_rows import Rows

GROUP = 4
BASELINE_WEEKS = 3
MANDATES = ((30, 4, "month"), (30, 1, "week"), (30, 2, "week"), (20, 6, "month"))
ASSISTANTS_STUDENTS = range(12, 28, 2)
READERS_STUDENTS = range(0, 24, 3)
# Whose minutes show something: a mandate that changed, one alone and one in a group, one that asks for little, a move.
CHANGED, BOTH, OVER, MOVED = 6, 10, 13, 8
# The student whose first goal asks for so little that its criterion is met by now.
REACHED, MET_RATE = 4, 2


@dataclass(frozen=True, slots=True)
class Provider:
    """A member of a demo workspace."""

    workspace_id: UUID
    membership_id: UUID


@dataclass(frozen=True, slots=True)
class DemoGoal:
    """A goal on its way: its newest version, its kind and how far this student is from the kind's usual start."""

    goal_id: UUID
    version_id: UUID
    kind: GoalKind
    shift: float


@dataclass(slots=True)
class DemoStudent:
    """A student on her way: who sees her, and her goals."""

    student_id: UUID
    name: str
    provider: str
    school: str
    goals: list[DemoGoal] = field(default_factory=list)


@dataclass
class Caseload:
    """Adds students to the rows and remembers them for the sessions."""

    rows: Rows
    people: dict[str, Provider]
    today: date
    chance: random.Random
    students: list[DemoStudent] = field(default_factory=list)

    @property
    def year_start(self) -> date:
        """The last August 18 that lies at least four weeks back, so that there is something to show."""
        start = date(self.today.year, 8, 18)
        return start if self.today - start >= timedelta(weeks=4) else date(self.today.year - 1, 8, 18)

    def add_student(self, number: int, names: tuple[str, str, str, str, str], manager: str) -> None:
        """Add one student with rights, an IEP, a mandate and goals. `manager` is the key of her case manager."""
        given, family, preferred, pronouns, grade = names
        provider = self.people[manager]
        schools = [name for name, grades in SCHOOLS.items() if grade in grades]
        school = schools[0] if number < GROUP else schools[number % len(schools)]
        student_id = self.rows.add(
            Student,
            provider.workspace_id,
            given_name=given,
            family_name=family,
            preferred_name=preferred,
            pronouns=pronouns,
            birth_date=self._birth_date(grade),
            grade=grade,
            school=school,
            local_number=f"{4100 + number * 37}",
            case_manager_id=provider.membership_id,
            archived_at=None,
            on_hold=False,
            ai_opt_out=False,
            version=1,
        )
        by_assistant = "assistant" in self.people and number in ASSISTANTS_STUDENTS
        student = DemoStudent(student_id, preferred or given, "assistant" if by_assistant else manager, school)
        self._grant_all(student_id, number, manager, by_assistant=by_assistant)
        self._plan(student_id, provider.workspace_id, number)
        kinds = self._kinds(number)
        student.goals = [self._goal(student, one, place) for place, one in enumerate(kinds)]
        self.students.append(student)

    def _birth_date(self, grade: str) -> date:
        age = 5 if grade == "K" else 5 + int(grade)
        return self.year_start - timedelta(days=age * 365 + self.chance.randrange(20, 340))

    def _grant_all(self, student_id: UUID, number: int, manager: str, *, by_assistant: bool) -> None:
        self._grant(student_id, manager, manager, edit=True, export=True, generate=True)
        if by_assistant:
            self._grant(student_id, "assistant", manager, edit=True, export=False, generate=True)
            self._grant(student_id, "supervisor", manager, edit=True, export=False, generate=False)
        if "reader" in self.people and number in READERS_STUDENTS:
            self._grant(student_id, "reader", manager, edit=False, export=True, generate=False)

    def _grant(self, student_id: UUID, who: str, by: str, *, edit: bool, export: bool, generate: bool) -> None:
        member = self.people[who]
        self.rows.add(
            StudentGrant,
            member.workspace_id,
            student_id=student_id,
            membership_id=member.membership_id,
            granted_by_id=self.people[by].membership_id,
            kind="explicit",
            can_view=True,
            can_edit=edit,
            can_export=export,
            can_generate=generate,
            reason="",
            starts_at=datetime.combine(self.year_start, time(12), UTC),
            ends_at=None,
        )

    def _plan(self, student_id: UUID, workspace_id: UUID, number: int) -> None:
        due_in = {4: -3, 19: -11, 0: 16, 7: 25, 22: 9}.get(number, 40 + number * 37 % 300)
        due = self.today + timedelta(days=due_in)
        self.rows.add(
            Iep,
            workspace_id,
            student_id=student_id,
            starts_on=due - timedelta(days=364),
            review_due_on=due,
            reevaluation_due_on=due + timedelta(days=365 * (number % 3)),
        )
        minutes, sessions, period = MANDATES[0] if number < GROUP else MANDATES[number % len(MANDATES)]
        since = self.year_start - timedelta(days=30)
        changed = self.today - timedelta(days=12)
        says = (minutes, sessions, period)
        if number == CHANGED:
            self._mandate(student_id, workspace_id, (30, 2, "month"), since, changed - timedelta(days=1))
            self._mandate(student_id, workspace_id, (30, 6, "month"), changed, None)
        elif number == BOTH:
            self._mandate(student_id, workspace_id, says, since, None, setting="group")
            self._mandate(student_id, workspace_id, (20, 1, "month"), since, None, setting="individual")
        else:
            self._mandate(student_id, workspace_id, (10, 1, "week") if number == OVER else says, since, None)
        if number == MOVED:
            self._moves(student_id, workspace_id)

    def _mandate(
        self,
        student_id: UUID,
        workspace_id: UUID,
        says: tuple[int, int, str],
        starts_on: date,
        ends_on: date | None,
        *,
        setting: str = "",
    ) -> None:
        minutes, sessions, period = says
        self.rows.add(
            Mandate,
            workspace_id,
            student_id=student_id,
            service="Speech-language therapy",
            minutes=minutes,
            sessions=sessions,
            period=period,
            starts_on=starts_on,
            ends_on=ends_on,
            setting=setting,
        )

    def _moves(self, student_id: UUID, workspace_id: UUID) -> None:
        """A student who came from another school three weeks ago."""
        came = self.today - timedelta(days=21)
        school = self.rows.last(Student)["school"]
        before = next(name for name in SCHOOLS if name != school)
        for name, starts_on, ends_on in ((before, self.year_start, came - timedelta(days=1)), (school, came, None)):
            self.rows.add(
                Enrollment,
                workspace_id,
                student_id=student_id,
                school=name,
                starts_on=starts_on,
                ends_on=ends_on,
                version=1,
            )

    def _kinds(self, number: int) -> list[GoalKind]:
        if number in MEASURED and "clinician" in self.people:
            return list(MEASURED[number])
        if number < GROUP:
            return list(GOALS[number * 3 : number * 3 + 3])
        count = 2 + number % 2
        return [GOALS[(number * 5 + step * 7) % len(GOALS)] for step in range(count)]

    def _goal(self, student: DemoStudent, kind: GoalKind, place: int) -> DemoGoal:
        workspace_id = next(iter(self.people.values())).workspace_id
        shift = 0.0 if is_measured(kind) else self.chance.uniform(-6, 6)
        goal_id = self.rows.add(
            Goal,
            workspace_id,
            student_id=student.student_id,
            label=kind.label,
            position=place,
            status="active",
            targets=merged_targets([], kind.targets),
            version=1,
        )
        number, target = len(self.students), kind.target
        changed = number == 1 and place == 0
        if number == REACHED and place == 0:
            target = MET_RATE if is_measured(kind) else round(kind.start / 5) * 5 + 5
        if changed:
            self._version(student, kind, goal_id, workspace_id, shift, number=1, target=kind.target - 10)
        version_id = self._version(
            student, kind, goal_id, workspace_id, shift, number=2 if changed else 1, target=target
        )
        by, begun = self.people.get("clinician") or next(iter(self.people.values())), self.year_start
        first, treated = student.student_id if number == place == 0 else None, begun + timedelta(weeks=BASELINE_WEEKS)
        add_stages(self.rows, workspace_id, goal_id, by.membership_id, begun, treated, first)
        if number == 0 and not is_measured(kind):
            add_benchmarks(self.rows, workspace_id, goal_id, by.membership_id, begun, kind.behavior)
        return DemoGoal(goal_id, version_id, kind, shift)

    def _version(
        self,
        student: DemoStudent,
        kind: GoalKind,
        goal_id: UUID,
        workspace_id: UUID,
        shift: float,
        *,
        number: int,
        target: float,
    ) -> UUID:
        target_on = self.year_start + timedelta(days=282)
        starts_on = self.year_start + timedelta(weeks=0 if number == 1 else 8)
        metric = metric_of(kind.measure, {})
        told = metric is Metric.NOTHING
        criterion = f"{target:g}% accuracy across 3 consecutive probes"
        if is_measured(kind):
            criterion = f"{value_text(metric, target)} or {'less' if falls(kind) else 'more'} in 3 sessions in a row"
        return self.rows.add(
            GoalVersion,
            workspace_id,
            goal_id=goal_id,
            number=number,
            starts_on=starts_on,
            text=f"By {target_on:%B} {target_on.day}, {target_on.year}, given {kind.condition}, {student.name} will "
            f"{kind.behavior}{_ending(kind, criterion)}.",
            condition=f"Given {kind.condition}",
            behavior=f"will {kind.behavior}",
            criterion="" if told else criterion,
            measure=kind.measure,
            direction="down" if falls(kind) and is_measured(kind) else "up",
            baseline_value=_baseline(kind, shift),
            baseline_on=None if told else self.year_start + timedelta(weeks=1),
            target_value=float(target),
            target_on=target_on,
            mastery=_mastery(kind, target, metric),
            setup=SETUPS.get(kind.measure, {}),
            places=PLACES.get(kind.measure, 0),
        )


def _baseline(kind: GoalKind, shift: float) -> float | None:
    if kind.measure == Measure.NARRATIVE:
        return None
    return float(kind.start) if is_measured(kind) else float(max(5, round((kind.start + shift) / 5) * 5))


def _ending(kind: GoalKind, criterion: str) -> str:
    if kind.measure == Measure.NARRATIVE:
        return ", as told after each session"
    return f": {criterion}" if is_measured(kind) else f" with {criterion}, without cues"


def _mastery(kind: GoalKind, target: float, metric: Metric) -> dict[str, Any]:
    if kind.measure == Measure.NARRATIVE:
        return dict(TOLD)
    mastery = {"target": target, "min_opportunities": 5, "window": {"kind": "consecutive", "k": 3}}
    if not is_measured(kind):
        return mastery
    side = "at_most" if falls(kind) else "at_least"
    return {**mastery, "min_opportunities": 1, "metric": metric.value, "comparator": side, "probe_only": False}
