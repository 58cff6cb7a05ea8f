"""The caseload: what a row says, what the counts count, and how many statements it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import Engine, event, select
from sqlmodel import col

from tests.bulk import Shape, load_bulk
from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_plan, add_session, add_student, grant, make_cast
from tests.services.schedule_world import WEEKLY
from therapytrack.domain.caseload_choice import CaseloadChoice, parse_choice
from therapytrack.models import Activity, ScheduleSlot, SlotStudent, Student, utc_now
from therapytrack.services.caseload_rows import CaseloadView, next_words, open_caseload
from therapytrack.services.student_page import open_student

TODAY = utc_now().astimezone(ZoneInfo("America/New_York")).date()  # where the workspace is
EVERYONE = CaseloadChoice()


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def view(db: OpenDb, cast: Cast, choice: CaseloadChoice = EVERYONE, who: str = "slp") -> CaseloadView:
    """The caseload of `who`."""
    with db() as session:
        return open_caseload(session, cast.actor(session, who), choice)


def add_many(db: OpenDb, cast: Cast, students: int) -> None:
    """Students with a plan, three goals and ten weeks of data each."""
    with db() as session:
        for number in range(students):
            student = add_student(
                session, cast, f"Sofía {number}", "Hernández-Natarajan", school="Lincoln ES", grade="2"
            )
            add_plan(session, student, TODAY - timedelta(days=200))
            goals = [add_goal(session, student, f"/ɹ/ initial, sentences {n}", position=n)[1] for n in range(3)]
            for week in range(10):
                day = TODAY - timedelta(days=7 * week)
                add_session(session, cast, student, day, scores=[(goal, 10, 9 - week // 2) for goal in goals])


def test_a_row_says_what_is_owed_next(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast, "Mateo", "Rivera", grade="2", school="Lincoln ES")
        add_plan(session, student, TODAY - timedelta(days=364 - 16), minutes=30, sessions=4, period="week")
        _, version = add_goal(session, student)
        for days in range(6):
            add_session(session, cast, student, TODAY - timedelta(days=days), scores=[(version, 10, 8)])
    row = view(db, cast).rows[0]
    assert (row.name, row.initials, row.place) == ("Mateo Rivera", "MR", "Gr 2 · Lincoln ES")
    assert (row.iep_label, row.iep_tone) == ("in 16 days", "warn")
    assert (row.minutes.due, row.minutes.period) == ("120 min", "this week")
    assert row.spark.goal == "/s/ blends", "it is said which goal the line is of"
    assert [mark.status for mark in row.marks] == ["on_track"]
    assert "80% to 80% in 6 sessions, target 80%" in row.spark.label


def test_what_two_tabs_show_of_a_student_is_kept_once(db: OpenDb, cast: Cast) -> None:
    add_many(db, cast, 1)
    first, again = (view(db, cast).rows[0] for _ in range(2))
    assert first == again
    assert first.spark is again.spark
    assert first.spark.line
    assert all(getattr(first, part) is getattr(again, part) for part in ("id", "name", "place"))
    assert all(one is other for one, other in zip(first.marks, again.marks, strict=True))


def test_an_absence_is_shown_as_one(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        add_session(session, cast, student, TODAY - timedelta(days=2))
        add_session(session, cast, student, TODAY - timedelta(days=1), attendance="student_absent")
    assert view(db, cast).rows[0].missed


@pytest.mark.parametrize(
    ("days", "hour", "words"),
    [
        (0, 9, "Today 3:05 PM"),
        (0, 16, "Due 3:05 PM"),
        (1, 16, "Next: {at:%a} 3:05 PM"),
        (7, 9, "Next: {at:%b} {at.day}"),
    ],
)
def test_the_next_session_is_called_the_next(db: OpenDb, cast: Cast, days: int, hour: int, words: str) -> None:
    with db() as session:
        someone = cast.actor(session, "slp")
    now = someone.at.astimezone(someone.zone).replace(hour=hour)
    at = now.replace(hour=15, minute=5) + timedelta(days=days)
    assert next_words(at, replace(someone, at=now)) == words.format(at=at)


def test_minutes_of_another_period_do_not_count(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        add_plan(session, student, TODAY - timedelta(days=200), period="month")
        add_session(session, cast, student, TODAY)
        add_session(session, cast, student, TODAY - timedelta(days=40))
    assert view(db, cast).rows[0].minutes.done == 30


@pytest.mark.parametrize(("who", "seen"), [("slp", 2), ("reader", 1), ("owner", 0), ("outsider", 0), ("slpa", 0)])
def test_everybody_sees_her_own_students_only(db: OpenDb, cast: Cast, who: str, seen: int) -> None:
    with db() as session:
        first, _ = add_student(session, cast), add_student(session, cast, "Ben")
        grant(session, cast, first, "reader")
    shown = view(db, cast, who=who)
    assert (len(shown.rows), shown.counts.students) == (seen, seen)


def test_views_and_filters_choose_rows_and_leave_the_counts(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        late = add_student(session, cast, "Ana", grade="2", school="Oak")
        add_plan(session, late, TODAY - timedelta(days=370))
        add_student(session, cast, "Ben", grade="K", school="Elm")
    assert [row.name for row in view(db, cast, CaseloadChoice(view="iep")).rows] == ["Ana Test"]
    assert view(db, cast, CaseloadChoice(view="off")).rows == []
    assert [row.name for row in view(db, cast, CaseloadChoice(grade="K")).rows] == ["Ben Test"]
    assert [row.name for row in view(db, cast, CaseloadChoice(school="Oak")).rows] == ["Ana Test"]
    counts = view(db, cast, CaseloadChoice(view="watch")).counts
    assert (counts.students, counts.ieps_due, counts.ieps_late) == (2, 1, 1)


def test_rows_can_be_sorted_by_what_is_due(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        for name, days in (("Ana", 10), ("Ben", 300)):
            add_plan(session, add_student(session, cast, name), TODAY - timedelta(days=days))
    assert [row.name for row in view(db, cast, CaseloadChoice(sort="iep")).rows] == ["Ben Test", "Ana Test"]


def test_opening_takes_two_statements_and_the_logs_two_for_any_number_of_students(
    db: OpenDb, cast: Cast, engine: Engine
) -> None:
    taken = []
    view(db, cast)
    for more in (1, 5):
        add_many(db, cast, more)
        with statements(engine) as sent:
            with db() as session:
                slp = cast.actor(session, "slp")
                sent.clear()
                open_caseload(session, slp, EVERYONE)
        taken.append(len(sent))
    assert taken == [4, 4]


def test_the_ledger_and_its_forecast_cost_no_statement_more_for_sixty_students_than_for_three(
    db: OpenDb, cast: Cast, engine: Engine
) -> None:
    with db() as session:
        made = load_bulk(session, cast.members["slp"], TODAY, Shape(sessions_a_year=4, trials=2))
        here: dict[str, Any] = {"workspace_id": cast.workspace_id, "provider_id": cast.members["slp"]}
        for student in made.students:
            slot = ScheduleSlot(**here, title="", starts_on=TODAY, rule=WEEKLY, starts=time(9), minutes=5)
            session.add(slot)
            session.flush()
            session.add(SlotStudent(workspace_id=cast.workspace_id, slot_id=slot.id, student_id=student))
        for student in made.students[:3]:
            grant(session, cast, session.get_one(Student, student), "reader")
    taken = {}
    for who in ("reader", "reader", "slp"):
        with statements(engine) as sent, db() as session:
            actor = cast.actor(session, who)
            sent.clear()
            rows = [one for one in open_caseload(session, actor, EVERYONE).rows if one.minutes.short]
        taken[len(rows)] = len(sent)
    assert set(taken) == {3, 60}, "each student has her forecast"
    assert taken[3] == taken[60] <= 6, "as budgets.md allows"


def test_opening_the_caseload_is_logged_without_a_name(db: OpenDb, cast: Cast) -> None:
    add_many(db, cast, 3)
    view(db, cast)
    with db() as session:
        row = session.execute(select(Activity).where(col(Activity.record_kind) == "caseload")).scalar_one()
    assert (row.action, row.outcome, row.detail) == ("view", "done", {"students": 3})


def test_sixty_students_are_sent_in_less_than_sixty_kilobytes(db: OpenDb, cast: Cast) -> None:
    add_many(db, cast, 60)
    sent = orjson.dumps(asdict(replace(view(db, cast), today=[])))
    assert len(sent) <= 60_000


def test_what_is_not_allowed_is_said_in_words(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        grant(session, cast, student, "reader", export=True)
        rights = open_student(session, cast.actor(session, "reader"), student.id).student.rights
    assert rights.export and not rights.edit
    assert any("Edit" in why and "role" in why for why in rights.missing)


def test_an_address_holds_the_choice_and_nothing_else_is_taken_from_it() -> None:
    choice = CaseloadChoice(view="mine", sort="iep", grade="K", school="Oak & Elm")
    assert choice.href() == "/caseload?view=mine&sort=iep&grade=K&school=Oak+%26+Elm"
    assert parse_choice({"view": "drop table", "sort": "", "x": "y"}) == EVERYONE
