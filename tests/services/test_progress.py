"""The goal's page: what is read, for whom, in how many statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.factories import acts_of_people, add_goal, add_session
from tests.services.progress_world import START, add_practice, counted, make_progress
from therapytrack.domain.chart_choice import ChartChoice, Tab
from therapytrack.domain.chart_window import Period
from therapytrack.errors import NotFound
from therapytrack.models import Goal, GoalVersion, SessionEntry, Student, new_id
from therapytrack.services.progress import get_goal_progress

OpenDb = Callable[..., AbstractContextManager[Session]]


def test_a_goal_has_its_chart_facts_and_points(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        found = get_goal_progress(session, made.cast.actor(session, "slp"), made.student_id, made.goal_id)
    assert found.chart is not None
    assert [band.name for band in found.chart.bands] == ["Baseline", "Intervention"]
    assert found.rows[0].trials == "13/20"
    assert (found.total, found.rows[0].recorded_by, found.rows[0].note_status) == (10, "Slp", "Draft")
    assert found.chart.trend is not None


def test_practice_is_told_apart_from_probes(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        entry = session.exec(select(SessionEntry).where(SessionEntry.held_on == START + timedelta(weeks=9))).one()
        add_practice(session, made, entry, 12, 5)
        found = get_goal_progress(session, made.cast.actor(session, "slp"), made.student_id, made.goal_id)
    assert {row.condition for row in found.rows[:2]} == {"Practice, with cues", "Probe, no cues"}


@pytest.mark.parametrize("points", [3, 60])
def test_the_number_of_statements_does_not_grow_with_the_points(db: OpenDb, engine: Engine, points: int) -> None:
    with db() as session:
        made = make_progress(session, points)
    with db() as session:
        actor = made.cast.actor(session, "slp")
        with counted(engine) as statements:
            get_goal_progress(session, actor, made.student_id, made.goal_id)
    assert len(statements) == 3


def test_a_view_is_logged_without_a_name(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        get_goal_progress(session, made.cast.actor(session, "reader"), made.student_id, made.goal_id)
    with db() as session:
        (row,) = acts_of_people(session)
    assert (row.action, row.student_id, row.record_id) == ("view progress", made.student_id, made.goal_id)
    assert row.detail == {}


@pytest.mark.parametrize("who", ["outsider", "owner"])
def test_who_may_not_know_of_the_student_finds_nothing(db: OpenDb, who: str) -> None:
    with db() as session:
        made = make_progress(session)
        actor = made.cast.actor(session, who)
        with pytest.raises(NotFound):
            get_goal_progress(session, actor, made.student_id, made.goal_id)


def test_a_goal_of_another_student_is_not_found(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        with pytest.raises(NotFound):
            get_goal_progress(session, made.cast.actor(session, "slp"), new_id(), made.goal_id)


def test_a_reader_is_told_why_she_cannot_export(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        found = get_goal_progress(session, made.cast.actor(session, "reader"), made.student_id, made.goal_id)
    assert not found.may_export
    assert "right to export" in found.why_no_export


def test_a_new_version_is_an_event_and_sets_the_target(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        values = made.version.model_dump(exclude={"id", "created_at", "number", "starts_on", "target_value"})
        day = START + timedelta(weeks=5)
        session.add(GoalVersion(**values, number=2, starts_on=day, target_value=90))
        session.flush()
        found = get_goal_progress(session, made.cast.actor(session, "slp"), made.student_id, made.goal_id)
    assert found.chart is not None
    assert [(one.on, one.label) for one in found.chart.events] == [(day, "Version 2, Feb 9, 2026")]
    assert [one.label for one in found.chart.earlier] == ["Mastery 80%", ""]
    assert "target 90%" in found.chart.alt


def test_a_quarter_keeps_the_points_of_thirteen_weeks(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 30)
        actor = made.cast.actor(session, "slp")
        found = get_goal_progress(session, actor, made.student_id, made.goal_id, ChartChoice(period=Period.QUARTER))
    assert (len(found.rows), found.total) == (14, 30)


def test_a_goal_without_points_or_versions_is_shown_empty(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        student = session.get_one(Student, made.student_id)
        bare = Goal(workspace_id=student.workspace_id, student_id=student.id, label="Later", position=2)
        session.add(bare)
        empty, _ = add_goal(session, student, "Empty", position=1)
        actor = made.cast.actor(session, "slp")
        assert get_goal_progress(session, actor, student.id, empty.id).total == 0
        assert get_goal_progress(session, actor, student.id, bare.id).chart is None


def test_a_goal_of_which_no_entry_counted_anything_says_so(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 0)
        student, actor = session.get_one(Student, made.student_id), made.cast.actor(session, "slp")
        at = made.student_id, made.goal_id
        assert get_goal_progress(session, actor, *at).without_trials == 0
        for weeks in (1, 2, 520):  # of a session still to come nothing is said
            add_session(session, made.cast, student, START + timedelta(weeks=weeks), scores=[(made.version, 0, 0)])
        found = get_goal_progress(session, actor, *at)
        assert (found.total, found.without_trials) == (0, 2)


def test_undone_points_without_trials_are_left_out(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session, 2)
        student = session.get_one(Student, made.student_id)
        add_session(session, made.cast, student, START + timedelta(weeks=4), scores=[(made.version, 0, 0)])
        found = get_goal_progress(session, made.cast.actor(session, "slp"), made.student_id, made.goal_id)
    assert (found.total, found.without_trials) == (2, 0)


SUPERVISOR = ChartChoice(tab=Tab.SUPERVISOR)


def test_a_supervisor_sees_statistics_and_the_view_is_logged_as_that(db: OpenDb, engine: Engine) -> None:
    with db() as session:
        made = make_progress(session)
        actor = made.cast.actor(session, "supervisor")
        with counted(engine) as statements:
            found = get_goal_progress(session, actor, made.student_id, made.goal_id, SUPERVISOR)
    assert len(statements) <= 4
    assert found.statistics is not None
    assert [(one.name, one.counts) for one in found.statistics.comparisons] == [
        ("Intervention", "3 baseline, 7 treatment")
    ]
    with db() as session:
        assert [row.action for row in acts_of_people(session)] == ["view statistics"]


@pytest.mark.parametrize("who", ["slp", "slpa", "reader"])
def test_everybody_else_is_told_why_there_are_no_statistics(db: OpenDb, who: str) -> None:
    with db() as session:
        made = make_progress(session)
        found = get_goal_progress(session, made.cast.actor(session, who), made.student_id, made.goal_id, SUPERVISOR)
    assert found.statistics is None
    assert "are for supervisors" in found.why_no_statistics
