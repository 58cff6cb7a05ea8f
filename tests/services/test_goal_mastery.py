"""A criterion against stored data: who recorded, where, and under which of a goal's versions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_session, add_student, make_cast
from tests.services.progress_world import counted
from therapytrack.domain.mastery import MasteryCriterion, MasteryResult, Window, WindowKind
from therapytrack.models import Goal, GoalVersion, SessionEntry, Student, TherapySession, Trial, utc_now
from therapytrack.services.goal_data import load_goals
from therapytrack.services.goal_terms import asked_since

FIRST = date(2026, 2, 2)
TWO = Window(WindowKind.CONSECUTIVE, 2, 2)
Judge = Callable[..., MasteryResult]


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def judged(db: Session, cast: Cast, goal: Goal, on: date = date(2026, 5, 1)) -> MasteryResult:
    """What the goal's criterion in force on a day says of all data."""
    found = load_goals(db, cast.actor(db, "slp"), [goal])[0].chart_on(on).mastery
    assert found is not None
    return found


def held(db: Session, cast: Cast, student: Student, version: GoalVersion, day: int, **where: Any) -> SessionEntry:
    """A probe of 9 in 10 on a day of February, by the slp at a place."""
    entry = add_session(db, cast, student, FIRST.replace(day=day), scores=[(version, 10, 9)], at=time(15))
    db.get_one(TherapySession, entry.session_id).place = where.get("place", "")
    for who in where.get("recorders", ()):
        db.add(mark(cast, entry, version, who))
    db.flush()
    return entry


def mark(cast: Cast, entry: SessionEntry, version: GoalVersion, who: str, **more: Any) -> Trial:
    """One trial of the point."""
    now = utc_now()
    return Trial(
        workspace_id=cast.workspace_id,
        session_id=entry.session_id,
        entry_id=entry.id,
        goal_id=version.goal_id,
        goal_version_id=version.id,
        recorded_by_id=cast.members[who],
        outcome="correct",
        purpose="probe",
        tapped_at=now,
        changed_at=now,
        **more,
    )


def asking(db: Session, student: Student, **parts: Any) -> tuple[Goal, GoalVersion]:
    criterion = replace(MasteryCriterion(80, window=TWO), **parts)
    return add_goal(db, student, starts_on=FIRST, mastery=criterion.to_dict(), behavior="say it")


def test_who_marked_counts_and_not_who_wrote_the_note(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = asking(session, student, people=2)
        held(session, cast, student, version, 3, recorders=["slp", "slp"])
        entry = held(session, cast, student, version, 4, recorders=["slp"])
        assert not judged(session, cast, goal).met
        session.add(mark(cast, entry, version, "supervisor", undone_at=utc_now()))
        session.flush()
        assert not judged(session, cast, goal).met, "a mark that was taken back is nobody's"
        session.add(mark(cast, entry, version, "slpa"))
        session.flush()
        assert judged(session, cast, goal).met_on == date(2026, 2, 4)


def test_counts_without_marks_are_of_the_author(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = asking(session, student, people=2)
        held(session, cast, student, version, 3)
        held(session, cast, student, version, 4, recorders=["slp"])
        assert not judged(session, cast, goal).met
        held(session, cast, student, version, 5, recorders=["slpa"])
        assert judged(session, cast, goal).met


def test_settings_are_the_places_of_the_sessions(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = asking(session, student, settings=2)
        held(session, cast, student, version, 3, place="Room 12")
        held(session, cast, student, version, 4, place="Room 12")
        assert judged(session, cast, goal).sentence.endswith("not with enough different settings.")
        held(session, cast, student, version, 5, place="Cafeteria")
        assert judged(session, cast, goal).met_on == date(2026, 2, 5)


def test_people_cost_no_statement_more(db: OpenDb, engine: Engine, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goals = [asking(session, student, people=people)[0] for people in (1, 2)]
        actor = cast.actor(session, "slp")
        counts = []
        for goal in goals:
            with counted(engine) as statements:
                load_goals(session, actor, [goal])
            counts.append(len(statements))
        assert counts[0] == counts[1]


def second(db: Session, goal: Goal, first: GoalVersion, **changes: Any) -> GoalVersion:
    values = {name: getattr(first, name) for name in GoalVersion.model_fields if name not in ("id", "created_at")}
    made = GoalVersion(**(values | {"number": first.number + 1, "starts_on": FIRST.replace(day=10)} | changes))
    db.add(made)
    db.flush()
    return made


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"target_on": date(2027, 2, 2)}, True),
        ({"text": "the same in other words"}, True),
        ({"behavior": "write it"}, False),
        ({"condition": "in class"}, False),
        ({"mastery": MasteryCriterion(85, window=TWO).to_dict()}, False),
    ],
)
def test_only_another_demand_begins_anew(db: OpenDb, cast: Cast, changes: dict[str, Any], met: bool) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = asking(session, student)
        later = second(session, goal, version, **changes)
        for day in (3, 4):
            held(session, cast, student, version, day)
        assert judged(session, cast, goal).met is met
        assert judged(session, cast, goal, FIRST.replace(day=9)).met, "what the first version asked stays met"
        held(session, cast, student, later, 11)
        held(session, cast, student, later, 12)
        assert judged(session, cast, goal).met_on == date(2026, 2, 4 if met else 12)


def test_a_demand_that_came_back_counts_from_its_return(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        goal, version = asking(session, add_student(session, cast))
        other = second(session, goal, version, behavior="write it")
        back = second(session, goal, other, behavior="say it", starts_on=FIRST.replace(day=20))
        versions = [version, other, back]
        assert [asked_since(versions, one) for one in versions] == [None, FIRST.replace(day=10), FIRST.replace(day=20)]
