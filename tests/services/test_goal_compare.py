"""Goals of one student beside one another: one time axis, hers alone, few statements, and logged."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_goal, add_session, add_student, make_cast
from tests.services.progress_world import START, Progress, counted, make_progress
from therapytrack.domain.chart_choice import ChartChoice
from therapytrack.domain.chart_window import Period
from therapytrack.domain.compare_choice import CompareChoice, parse_comparison
from therapytrack.domain.dates import long_date
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.errors import NotFound, NotPermitted
from therapytrack.models import GoalVersion, Student, new_id
from therapytrack.services.goal_compare import compare_goals, export_compared_data, export_comparison
from therapytrack.services.student_page import open_student

ALL = ChartChoice(period=Period.ALL)


def with_goals(db: Session, made: Progress, count: int) -> tuple[UUID, ...]:
    """The ids of the world's goal and of `count` further ones, each with data of its own days."""
    student = db.get_one(Student, made.student_id)
    found = [made.goal_id]
    for number in range(count):
        goal, version = add_goal(db, student, f"Goal {number}", starts_on=START)
        for week in range(3):
            day = START + timedelta(days=2 + number + 7 * week)
            add_session(db, made.cast, student, day, scores=[(version, 10, 5)])
        found.append(goal.id)
    return tuple(found)


def test_all_panels_show_the_same_days_and_the_table_has_a_column_for_each(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        goals = with_goals(session, made, 2)
        choice = CompareChoice(goals[::-1], ALL)
        found = compare_goals(session, made.cast.actor(session, "slp"), made.student_id, choice)
    assert [one.id for one in found.goals] == list(goals[::-1])
    assert {(one.chart.x_start, one.chart.x_end) for one in found.goals} == {found.window}
    assert len(found.days) == found.found == 10 + 2 * 3
    assert all(len(day.cells) == 3 for day in found.days)
    assert sum(bool(cell) for day in found.days for cell in day.cells) == 10 + 2 * 3
    assert [one.standing.label for one in found.goals] == ["Cannot say yet", "Cannot say yet", "On track"]


def add_version(db: Session, first: GoalVersion, number: int, weeks: int, **asks: Any) -> None:
    """A later version of a goal, from so many weeks after the first one on."""
    same = {name: getattr(first, name) for name in ("workspace_id", "goal_id", "target_on", "baseline_on", "text")}
    starts_on = first.starts_on + timedelta(weeks=weeks)
    db.add(GoalVersion(number=number, starts_on=starts_on, baseline_value=30.0, **same, **asks))
    db.flush()


def test_a_list_and_a_chart_say_the_same_of_a_goal_that_changed(db: OpenDb) -> None:
    with db() as session:
        student = add_student(session, cast := make_cast(session))
        _, version = add_goal(session, student, mastery=MasteryCriterion(80).to_dict())
        for week in range(10):
            add_session(
                session, cast, student, version.starts_on + timedelta(days=7 * week + 1), scores=[(version, 10, 6)]
            )
        old: dict[str, Any] = {"target_value": 80.0, "mastery": MasteryCriterion(80).to_dict()}
        new: dict[str, Any] = {"target_value": 90.0, "mastery": MasteryCriterion(90).to_dict()}
        for number, weeks, asks in ((2, 2, old), (3, 7, new)):
            add_version(session, version, number, weeks, **asks)
        actor = cast.actor(session, "slp")
        (charted,) = compare_goals(session, actor, student.id, CompareChoice()).goals
        (listed,) = open_student(session, actor, student.id).goals
    changed = long_date(version.starts_on + timedelta(weeks=7))
    assert listed.standing == charted.standing.label == "Cannot say yet"
    assert listed.why == charted.standing.sentence
    assert listed.why == f"3 of the 6 points that the rule needs, since the goal changed on {changed}"


def test_without_a_choice_the_first_four_active_goals_are_shown(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        goals = with_goals(session, made, 5)
        found = compare_goals(session, made.cast.actor(session, "slp"), made.student_id, CompareChoice())
    assert found.choice.goals == goals[:4]
    assert len(found.offered) == 6


@pytest.mark.parametrize("further", [1, 3])
def test_the_number_of_goals_costs_no_statement_and_the_view_is_logged(
    db: OpenDb, further: int, engine: Engine
) -> None:
    with db() as session:
        made = make_progress(session)
        with_goals(session, made, further)
        actor = made.cast.actor(session, "slp")
        with counted(engine) as sent:
            compare_goals(session, actor, made.student_id, CompareChoice())
        assert len(sent) == 3
    with db() as session:
        (act,) = [one for one in acts_of_people(session) if one.record_kind == "goal_comparison"]
        assert (act.action, act.detail["goals"]) == ("view", further + 1)


def test_another_students_goal_and_who_may_not_know_of_her_get_the_same_answer(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        other, _ = add_goal(session, add_student(session, made.cast, "Ana"), "Other")
        slp, outsider = (made.cast.actor(session, who) for who in ("slp", "outsider"))
        for actor, goals in ((slp, (made.goal_id, other.id)), (slp, (new_id(),)), (outsider, (made.goal_id,))):
            with pytest.raises(NotFound):
                compare_goals(session, actor, made.student_id, CompareChoice(goals))


def test_what_leaves_is_the_time_shown_for_those_who_may_export(db: OpenDb) -> None:
    with db() as session:
        made = make_progress(session)
        goals = with_goals(session, made, 1)
        until = START + timedelta(weeks=4)
        choice = CompareChoice(goals, ChartChoice(period=Period.MONTH, until=until))
        slp, reader = (made.cast.actor(session, who) for who in ("slp", "reader"))
        file = export_compared_data(session, slp, made.student_id, choice)
        assert {row[0] for row in file.rows} == {"Initial sounds", "Goal 0"}
        days = [row[1] for row in file.rows if isinstance(row[1], date)]
        assert until - timedelta(days=31) <= min(days) <= max(days) <= until
        picture = export_comparison(session, slp, made.student_id, choice, "svg")
        assert [name for name, _, _ in picture.panels] == ["Initial sounds", "Goal 0"]
        assert "Mateo" not in picture.filename + file.filename
        with pytest.raises(NotPermitted):
            export_compared_data(session, reader, made.student_id, choice)


def test_the_address_holds_the_choice() -> None:
    goals = tuple(new_id() for _ in range(5))
    choice = CompareChoice(goals[:3], ChartChoice(period=Period.QUARTER))
    asked = dict(part.split("=") for part in choice.query.removeprefix("?").split("&"))
    assert parse_comparison(asked) == choice
    assert choice.toggled(goals[1]).goals == (goals[0], goals[2])
    assert choice.toggled(goals[3]).goals == goals[:4]
    assert choice.toggled(goals[3]).toggled(goals[4]).goals == goals[:4]
    assert CompareChoice(goals[:1]).toggled(goals[0]).goals == goals[:1]
    with pytest.raises(NotFound):
        parse_comparison({"goals": "not-an-id"})
