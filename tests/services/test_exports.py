"""Exports: who gets them, that they are logged, and what is in them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.factories import acts_of_people, add_session
from tests.services.progress_world import START, Progress, counted, make_progress
from therapytrack.domain.date_range import DateRange
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import SessionEntry, Student, Workspace
from therapytrack.services import exports

OpenDb = Callable[..., AbstractContextManager[Session]]
DAYS = DateRange(START, START + timedelta(days=300))
KINDS = ("summary", "log", "progress")


def export(db: Session, made: Progress, who: str, kind: str, days: DateRange = DAYS) -> Any:
    actor = made.cast.actor(db, who)
    if kind == "summary":
        return exports.export_summary(db, actor, made.student_id, days, "pdf")
    if kind == "log":
        return exports.export_session_log(db, actor, made.student_id, days)
    return exports.export_goal_progress(db, actor, made.student_id, made.goal_id, days)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("outsider", NotFound),
        ("owner", NotFound),
        ("reader", NotPermitted),
        ("slpa", NotPermitted),
        ("supervisor", NotPermitted),
    ],
)
def test_who_lacks_the_right_gets_nothing(db: OpenDb, kind: str, who: str, error: type[Exception]) -> None:
    with db() as session:
        made = make_progress(session)
        with pytest.raises(error):
            export(session, made, who, kind)
    with db() as session:
        assert acts_of_people(session) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_logged_with_its_days_and_no_words(db: OpenDb, kind: str) -> None:
    with db() as session:
        made = make_progress(session)
        export(session, made, "slp", kind)
    with db() as session:
        (row,) = acts_of_people(session)
    assert row.action.startswith("export ")
    assert (row.student_id, row.detail["since"]) == (made.student_id, START.isoformat())
    assert "Mateo" not in str(row.detail)


def test_an_assistant_exports_the_log_where_the_workspace_allows_it(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        session.get_one(Workspace, made.cast.workspace_id).assistants_may_export = True
        session.flush()
        assert export(session, made, "slpa", "log").rows
        with pytest.raises(NotPermitted):
            export(session, made, "slpa", "summary")


def test_the_log_has_one_row_a_session_in_order(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        student = session.get_one(Student, made.student_id)
        add_session(session, made.cast, student, START + timedelta(days=100), attendance="student_absent")
        add_session(session, made.cast, student, START + timedelta(days=200), attendance="planned")
        rows = [dict(zip(exports.LOG_COLUMNS, row, strict=True)) for row in export(session, made, "slp", "log").rows]
    assert len(rows) == 11
    assert (rows[0]["Date"], rows[0]["Minutes"], rows[0]["Attendance"]) == (START, 30, "Present")
    assert rows[0]["Data"] == "Initial sounds, probe 4/20"
    assert (rows[-1]["Attendance"], rows[-1]["Minutes"]) == ("Student absent", 0)


def test_a_note_that_is_still_written_is_left_out_for_others(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 2)
        first, second = session.exec(select(SessionEntry).order_by(SessionEntry.held_on)).all()  # type: ignore[arg-type]
        first.note, first.note_status, second.note = "Signed words", "signed", "Half a thought"
        first.author_id = second.author_id = made.cast.members["supervisor"]
        session.flush()
        notes = [row[exports.LOG_COLUMNS.index("Note")] for row in export(session, made, "slp", "log").rows]
    assert notes == ["Signed words", ""]


def test_the_log_says_when_the_student_came_and_left_and_what_is_made_up(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 1)
        student = session.get_one(Student, made.student_id)
        missed = add_session(session, made.cast, student, START + timedelta(days=7), attendance="provider_absent")
        held = add_session(session, made.cast, student, START + timedelta(days=14))
        zone = ZoneInfo(session.get_one(Workspace, made.cast.workspace_id).time_zone)
        day = datetime.combine(held.held_on, time(10, 10), zone)
        held.arrived_at, held.left_at = day.astimezone(UTC), (day + timedelta(minutes=12)).astimezone(UTC)
        held.makes_up_id = missed.id
        session.flush()
        rows = export(session, made, "slp", "log").rows
    assert exports.LOG_COLUMNS[-3:] == ("Came", "Left", "Makes up")
    assert [row[-3:] for row in rows] == [("", "", None), ("", "", None), ("10:10", "10:22", missed.held_on)]


def test_the_days_bound_every_export(db: OpenDb) -> None:
    two = DateRange(START + timedelta(weeks=2), START + timedelta(weeks=3))
    with db() as session:
        made = make_progress(session)
        assert len(export(session, made, "slp", "log", two).rows) == 2
        assert len(export(session, made, "slp", "progress", two).rows) == 2
        summary = export(session, made, "slp", "summary", two).summary
    assert [row.on for row in summary.goals[0].rows] == [two.until, two.since]
    assert (summary.minutes, summary.attendance) == (60, (("Present", 2),))


def test_progress_has_n_and_the_interval_as_numbers(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 1)
        (row,) = export(session, made, "slp", "progress").rows
    assert row[:6] == (START, "Probe", "Baseline", 20, 4, 0)
    assert row[6:9] == (20.0, 8.1, 41.6)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("900-123", "summary-900-123-2026-11-01.pdf"),
        ("", "summary-2026-11-01.pdf"),
        ("Mateo", "summary-2026-11-01.pdf"),
        ('a"1\r\nx: y/../é', "summary-a-1-x-y-2026-11-01.pdf"),
    ],
)
def test_a_file_is_not_named_after_the_student(db: OpenDb, number: str, name: str) -> None:
    with db() as session:
        made = make_progress(session, 1)
        session.get_one(Student, made.student_id).local_number = number
        session.flush()
        assert export(session, made, "slp", "summary", DateRange(START, date(2026, 11, 1))).filename == name


@pytest.mark.parametrize("points", [3, 40])
def test_a_summary_takes_the_same_statements_for_any_history(db: OpenDb, engine: Engine, points: int) -> None:
    with db() as session:
        made = make_progress(session, points)
    with db() as session, counted(engine) as statements:
        export(session, made, "slp", "summary")
        session.flush()
    assert len(statements) <= (8 if engine.dialect.name == "sqlite" else 10)
