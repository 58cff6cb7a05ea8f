"""A caseload with years of data in seconds: the same rows at every call, written table by table.

For measuring, where a service's own checks would take hours for a hundred thousand rows.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, case, cast, column, func, insert, select, values
from sqlmodel import Session, SQLModel, col

from therapytrack.models import (
    Goal,
    GoalPoint,
    GoalVersion,
    Iep,
    Mandate,
    Membership,
    SessionEntry,
    Student,
    StudentGrant,
    TherapySession,
    Trial,
    Workspace,
)

CHUNK = 20_000
GROUP = 4
HOURS = (13, 14, 15, 16, 17, 18, 19)
SCHOOLS = ("Lincoln Elementary", "Oak Hill Middle School", "Riverside K-8")
SOUNDS = ("/s/ blends in words", "Wh-questions", "Final consonants", "Narrative retell", "/r/ in phrases")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How much: the defaults make 60 x 3 x 45 x 10 = 81,000 trials in a year."""

    students: int = 60
    goals: int = 3
    sessions_a_year: int = 45
    trials: int = 10
    years: int = 1


@dataclass(frozen=True, slots=True)
class Caseload:
    """The students in order, each one's goals, and the version of each goal."""

    students: list[UUID]
    goals: dict[UUID, list[UUID]]
    versions: dict[UUID, UUID]


def load_bulk(db: Session, provider_id: UUID, today: date, shape: Shape | None = None, *, seed: int = 1) -> Caseload:
    """Store a caseload of the member `provider_id`: students, IEPs, mandates, goals, and sessions up to yesterday.

    Every session was held and its notes are signed, but those of the last week. `seed` keeps two loads' keys apart.
    """
    shape = shape or Shape()
    provider = db.execute(select(Membership).where(col(Membership.id) == provider_id)).scalar_one()
    workspace = db.execute(select(Workspace).where(col(Workspace.id) == provider.workspace_id)).scalar_one()
    writer = _Writer(db, workspace.id, provider.id, today, shape, random.Random(seed), _keys(seed))
    return writer.write()


def _keys(seed: int) -> Callable[[], UUID]:
    """UUIDs of version 7 form, ascending by 16 (a point's trials take the places between), the same at every call."""
    first = (0x019A00000000 + seed * 0x1000000) << 80 | 0x7 << 76 | 0x2 << 62
    numbers = itertools.count(first, 16)
    return lambda: UUID(int=next(numbers))


class _Writer:
    """Makes the rows of one caseload."""

    def __init__(
        self,
        db: Session,
        workspace: UUID,
        provider: UUID,
        today: date,
        shape: Shape,
        dice: random.Random,
        key: Callable[[], UUID],
    ) -> None:
        self.db, self.workspace, self.provider, self.today = db, workspace, provider, today
        self.shape, self.dice, self.key = shape, dice, key
        self.made_at = datetime.combine(today - timedelta(days=366 * shape.years), time(12), UTC)

    def write(self) -> Caseload:
        """Write everything, parents first."""
        students = [self.key() for _ in range(self.shape.students)]
        goals = {student: [self.key() for _ in range(self.shape.goals)] for student in students}
        versions = {goal: self.key() for of_student in goals.values() for goal in of_student}
        caseload = Caseload(students, goals, versions)
        self._students(students)
        self._goals(caseload)
        for year in reversed(range(self.shape.years)):
            self._year(caseload, self.today - timedelta(days=365 * year))
        self._write_trials()
        return caseload

    def _row(self, **values: Any) -> Values:
        return {"id": self.key(), "created_at": self.made_at, "workspace_id": self.workspace, **values}

    def _add(self, table: type[SQLModel], rows: Iterable[Values]) -> None:
        for part in _batched(rows):
            self.db.execute(insert(table.__table__), part)  # type: ignore[attr-defined]

    def _students(self, students: list[UUID]) -> None:
        self._add(Student, (self._student(index, one) for index, one in enumerate(students)))
        start = self.today - timedelta(days=100)
        grant = {"membership_id": self.provider, "granted_by_id": self.provider, "starts_at": self.made_at}
        rights = {"can_view": True, "can_edit": True, "can_export": True, "can_generate": True}
        self._add(StudentGrant, (self._row(student_id=one, kind="explicit", **grant, **rights) for one in students))
        self._add(Iep, (self._iep(index, one) for index, one in enumerate(students)))
        plan = {"minutes": 30, "sessions": 4, "period": "month", "starts_on": start}
        self._add(Mandate, (self._row(student_id=one, **plan) for one in students))

    def _student(self, index: int, key: UUID) -> Values:
        return self._row(
            given_name=f"Given{index:02}",
            family_name=f"Family{index * 7 % 60:02}",
            grade=str(index % 9),
            school=SCHOOLS[index % len(SCHOOLS)],
            local_number=f"{100_000 + index}",
            birth_date=date(self.today.year - 6 - index % 9, 3, 14),
            case_manager_id=self.provider,
        ) | {"id": key}

    def _iep(self, index: int, student: UUID) -> Values:
        starts = self.today - timedelta(days=(index * 6) % 360)
        return self._row(student_id=student, starts_on=starts, review_due_on=starts + timedelta(days=364))

    def _goals(self, caseload: Caseload) -> None:
        self._add(Goal, (self._goal(student, place, goal) for student, place, goal in _places(caseload)))
        self._add(GoalVersion, (self._version(goal, caseload.versions[goal]) for *_, goal in _places(caseload)))

    def _goal(self, student: UUID, place: int, key: UUID) -> Values:
        return self._row(student_id=student, label=SOUNDS[place % len(SOUNDS)], position=place) | {"id": key}

    def _version(self, goal: UUID, key: UUID) -> Values:
        start = self.today - timedelta(days=365 * self.shape.years)
        return self._row(
            goal_id=goal,
            starts_on=start,
            text="Given a picture, the student will produce the sound in single words.",
            baseline_value=30.0,
            baseline_on=start,
            target_value=80.0,
            target_on=self.today + timedelta(days=90),
            mastery={"target": 80},
        ) | {"id": key}

    def _year(self, caseload: Caseload, end: date) -> None:
        """A year of group sessions before `end`, spread evenly."""
        step = 365 / self.shape.sessions_a_year
        days = [end - timedelta(days=1 + round(step * number)) for number in range(self.shape.sessions_a_year)]
        groups = [caseload.students[first : first + GROUP] for first in range(0, len(caseload.students), GROUP)]
        held = [(self.key(), day, index, group) for day in sorted(days) for index, group in enumerate(groups)]
        self._add(TherapySession, (self._session(key, day, index) for key, day, index, _ in held))
        entries = [
            self._entry(key, day, student, place) for key, day, _, group in held for place, student in enumerate(group)
        ]
        self._add(SessionEntry, entries)
        self._add(GoalPoint, (self._point(*part) for part in _parts(entries, caseload)))

    def _write_trials(self) -> None:
        """Each point's trials, the right ones first, made by the database itself; keys follow from the point's."""
        numbers = values(column("number", Integer), column("digit", String), name="numbers")
        number = numbers.data([(one, f"{one:x}") for one in range(self.shape.trials)]).cte("numbers")
        key = cast(col(GoalPoint.id), String)
        columns: dict[str, Any] = {
            "id": cast(func.substr(key, 1, func.length(key) - 1).concat(number.c.digit), Uuid()),
            "created_at": col(GoalPoint.created_at),
            "workspace_id": col(GoalPoint.workspace_id),
            "session_id": col(SessionEntry.session_id),
            "entry_id": col(GoalPoint.entry_id),
            "goal_id": col(GoalPoint.goal_id),
            "goal_version_id": col(GoalPoint.goal_version_id),
            "recorded_by_id": col(SessionEntry.author_id),
            "outcome": case((number.c.number < col(GoalPoint.correct), "correct"), else_="incorrect"),
            "purpose": col(GoalPoint.purpose),
            "tapped_at": col(TherapySession.planned_start),
            "sequence": number.c.number,
            "changed_at": col(TherapySession.planned_start),
        }
        rows = (
            select(*columns.values())
            .select_from(GoalPoint)
            .join(SessionEntry, col(SessionEntry.id) == col(GoalPoint.entry_id))
            .join(TherapySession, col(TherapySession.id) == col(SessionEntry.session_id))
            .join(number, number.c.number < col(GoalPoint.trials))
            .where(col(GoalPoint.workspace_id) == self.workspace)
        )
        self.db.execute(insert(Trial).from_select(list(columns), rows, include_defaults=False))

    def _session(self, key: UUID, day: date, index: int) -> Values:
        start = datetime.combine(day, time(HOURS[index % len(HOURS)], 0), UTC)
        end = start + timedelta(minutes=30)
        return self._row(
            title=f"Group {index + 1}",
            provider_id=self.provider,
            held_on=day,
            planned_start=start,
            planned_end=end,
            status="finished",
            started_at=start,
            finished_at=end,
        ) | {"id": key}

    def _entry(self, session: UUID, day: date, student: UUID, place: int) -> Values:
        came = self.dice.random() < 0.95
        signed = day < self.today - timedelta(days=7)
        return self._row(
            session_id=session,
            student_id=student,
            author_id=self.provider,
            position=place,
            held_on=day,
            attendance="present" if came else "student_absent",
            minutes=30 if came else 0,
            note="Worked on the goals with picture cards. Cues faded over the session.",
            note_status="signed" if signed else "draft",
            content_hash="0" * 64 if signed else "",
        )

    def _point(self, entry: Values, goal: UUID, version: UUID) -> Values:
        where = {"goal_id": goal, "entry_id": entry["id"], "goal_version_id": version, "held_on": entry["held_on"]}
        correct = sum(self.dice.random() < 0.6 for _ in range(self.shape.trials))
        return self._row(**where, purpose="probe", trials=self.shape.trials, correct=correct, cued=0)


def _parts(entries: list[Values], caseload: Caseload) -> Iterator[tuple[Values, UUID, UUID]]:
    """(entry, goal, version) of everything that was worked on."""
    for entry in entries:
        for goal in caseload.goals[entry["student_id"]]:
            yield entry, goal, caseload.versions[goal]


def _places(caseload: Caseload) -> Iterator[tuple[UUID, int, UUID]]:
    """(student, position, goal) of every goal."""
    return ((student, place, goal) for student, own in caseload.goals.items() for place, goal in enumerate(own))


def _batched(rows: Iterable[Values]) -> Iterator[list[Values]]:
    rest = iter(rows)
    while part := list(itertools.islice(rest, CHUNK)):
        yield part
