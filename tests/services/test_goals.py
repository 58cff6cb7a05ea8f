"""Goals as dated versions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_session, add_student, grant, make_cast
from therapytrack.domain.goal_form import GoalForm, parse_goal
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Goal, GoalPhase, GoalVersion, PromptLevel, Student, new_id, utc_now
from therapytrack.services.goals import (
    create_goal,
    edit_goal,
    get_goal,
    open_goal_desk,
)
from therapytrack.services.prompt_scale import add_default_scale

TODAY = utc_now().date()
TYPED = {
    "label": "/s/ blends",
    "condition": "given pictures",
    "behavior": "produce /s/ blends in words",
    "criterion": "with 80% accuracy",
    "measure": "trials",
    "direction": "up",
    "baseline_value": "30",
    "baseline_on": (TODAY - timedelta(days=20)).isoformat(),
    "target_value": "80%",
    "target_on": (TODAY + timedelta(days=200)).isoformat(),
    "starts_on": (TODAY - timedelta(days=10)).isoformat(),
    "metric": "independent",
    "points_needed": "3",
    "min_opportunities": "10",
    "probe_only": "on",
}


def form(**changes: str) -> GoalForm:
    """A checked form."""
    return parse_goal(TYPED | changes, TODAY)


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def test_a_new_goal_has_a_version_two_phases_and_its_criterion_as_data(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal_id = create_goal(session, cast.actor(session, "slp"), student.id, new_id(), form())
    with db() as session:
        stored = get_goal(session, cast.actor(session, "slp"), student.id, goal_id)
        begun = session.execute(select(col(GoalPhase.stage), col(GoalPhase.name)).order_by(col(GoalPhase.starts_on)))
        assert [tuple(row) for row in begun] == [("baseline", "Baseline"), ("acquisition", "Acquisition")]
    assert stored.form == form()
    assert stored.form.text.startswith("By ") and stored.form.text.endswith("with 80% accuracy.")
    assert (stored.form.mastery["window"]["k"], stored.form.mastery["probe_only"]) == (3, True)


def test_a_double_click_makes_one_goal(db: OpenDb, cast: Cast) -> None:
    goal_id = new_id()
    with db() as session:
        student = add_student(session, cast)
        for _ in range(2):
            create_goal(session, cast.actor(session, "slp"), student.id, goal_id, form())
    with db() as session:
        assert session.execute(select(func.count()).select_from(GoalVersion)).scalar() == 1


def test_goals_stand_in_the_order_in_which_they_were_added(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        for label in ("first", "second"):
            create_goal(session, cast.actor(session, "slp"), student.id, new_id(), form(label=label))
    with db() as session:
        labels = session.execute(select(col(Goal.label)).order_by(col(Goal.position))).scalars().all()
    assert labels == ["first", "second"]


def test_two_goals_that_are_worked_on_have_two_names(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student, slp = add_student(session, cast), cast.actor(session, "slp")
        first, second = new_id(), new_id()
        create_goal(session, slp, student.id, first, form(label="/s/"))
        create_goal(session, slp, student.id, second, form(label="/k/"))
        for again in (
            lambda: create_goal(session, slp, student.id, new_id(), form(label="/s/")),
            lambda: edit_goal(session, slp, student.id, second, 1, form(label="/s/")),
        ):
            with pytest.raises(Invalid) as refused:
                again()
            assert "another goal" in refused.value.fields["label"].lower()
        session.execute(update(Goal).where(col(Goal.id) == first).values(status="met"))
        edit_goal(session, slp, student.id, second, 1, form(label="/s/"))


def test_a_wording_without_data_is_corrected_in_place(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal_id = create_goal(session, cast.actor(session, "slp"), student.id, new_id(), form())
        edit_goal(session, cast.actor(session, "slp"), student.id, goal_id, 1, form(target_value="90"))
    with db() as session:
        assert session.execute(select(GoalVersion)).scalar_one().target_value == 90


def test_a_wording_with_data_stays_and_a_new_version_follows(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = add_goal(session, student)
        add_session(session, cast, student, TODAY - timedelta(days=1), scores=[(version, 10, 5)])
        edit_goal(session, cast.actor(session, "slp"), student.id, goal.id, 1, form(starts_on=""))
    with db() as session:
        old, new = session.execute(select(GoalVersion).order_by(col(GoalVersion.number))).scalars()
    assert (old.number, old.text) == (1, "/s/ blends")
    assert (new.number, new.starts_on) == (2, TODAY)


def test_a_new_name_alone_makes_no_new_version(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal_id = create_goal(session, cast.actor(session, "slp"), student.id, new_id(), form())
        version = session.execute(select(GoalVersion)).scalar_one()
        add_session(session, cast, student, TODAY, scores=[(version, 10, 5)])
        edit_goal(session, cast.actor(session, "slp"), student.id, goal_id, 1, form(label="blends"))
    with db() as session:
        assert session.execute(select(func.count()).select_from(GoalVersion)).scalar() == 1
        assert session.execute(select(Goal)).scalar_one().label == "blends"


def test_data_of_one_kind_are_not_followed_by_another_kind(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = add_goal(session, student)
        student_id, goal_id = student.id, goal.id

    def save(over: int, **wanted: str) -> None:
        with db() as session:
            edit_goal(session, cast.actor(session, "slp"), student_id, goal_id, over, form(**wanted))

    save(1, measure="rate", target_value="2")
    save(2)
    with db() as session:
        add_session(
            session, cast, session.get_one(Student, student_id), TODAY - timedelta(days=1), scores=[(version, 10, 5)]
        )
    with pytest.raises(Invalid) as caught:
        save(3, measure="rate", target_value="2")
    assert set(caught.value.fields) == {"measure"}
    save(3, measure="tally", starts_on="")


def test_a_new_wording_cannot_begin_before_data_of_the_old_one(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, version = add_goal(session, student)
        add_session(session, cast, student, TODAY, scores=[(version, 10, 5)])
    wanted = form(starts_on=(TODAY - timedelta(days=3)).isoformat())
    with db() as session, pytest.raises(Invalid) as caught:
        edit_goal(session, cast.actor(session, "slp"), student.id, goal.id, 1, wanted)
    assert "starts_on" in caught.value.fields


def test_the_second_of_two_savers_sees_what_the_first_saved(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal_id = create_goal(session, cast.actor(session, "slp"), student.id, new_id(), form())
        edit_goal(session, cast.actor(session, "slp"), student.id, goal_id, 1, form(label="theirs"))
    with db() as session, pytest.raises(Conflict) as caught:
        edit_goal(session, cast.actor(session, "slp"), student.id, goal_id, 1, form(label="mine"))
    assert "Name: theirs" in caught.value.theirs


def test_the_highest_prompt_level_is_one_of_the_workspaces_scale_or_stays(db: OpenDb, cast: Cast) -> None:
    wanted = form(metric="supported", max_prompt_level="2")
    with db() as session:
        student = add_student(session, cast)
        slp = cast.actor(session, "slp")
        with pytest.raises(Invalid) as refused:
            create_goal(session, slp, student.id, new_id(), wanted)
        assert list(refused.value.fields) == ["max_prompt_level"]
    with db() as session:
        add_default_scale(session, cast.workspace_id)
    with db() as session:
        slp = cast.actor(session, "slp")
        goal_id = create_goal(session, slp, student.id, new_id(), wanted)
        desk = open_goal_desk(session, slp, student.id)
        assert [one.name for one in desk.levels] == ["Minimal", "Moderate", "Maximal"]
        with pytest.raises(Invalid):
            edit_goal(session, slp, student.id, goal_id, 1, form(metric="supported", max_prompt_level="4"))
    with db() as session:
        replaced = PromptLevel(workspace_id=cast.workspace_id, scale_version=2, rank=1, name="Any", definition="Any.")
        session.add(replaced)
        session.flush()
        slp = cast.actor(session, "slp")
        edit_goal(session, slp, student.id, goal_id, 1, form(metric="supported", max_prompt_level="2", label="kept"))


def test_an_assistant_does_not_change_goals_and_an_outsider_finds_none(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        goal, _ = add_goal(session, student)
        grant(session, cast, student, "slpa", edit=True)
    with db() as session, pytest.raises(NotPermitted):
        edit_goal(session, cast.actor(session, "slpa"), student.id, goal.id, 1, form())
    with db() as session, pytest.raises(NotFound):
        get_goal(session, cast.actor(session, "outsider"), student.id, goal.id)


def test_a_goal_of_another_student_is_not_found(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        one, other = add_student(session, cast), add_student(session, cast, "Ben")
        goal, _ = add_goal(session, other)
    with db() as session, pytest.raises(NotFound):
        get_goal(session, cast.actor(session, "slp"), one.id, goal.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("target_value", "180"),
        ("target_value", "most"),
        ("target_on", TYPED["starts_on"]),
        ("target_on", ""),
        ("baseline_on", ""),
        ("baseline_value", ""),
        ("points_needed", "0"),
        ("points_out_of", "x"),
        ("measure", "guess"),
        ("people", "9"),
    ],
)
def test_a_wrong_field_gets_its_sentence(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        form(**{field: value})
    assert field in caught.value.fields


def test_k_of_n_needs_no_run() -> None:
    assert form(points_needed="4", points_out_of="5").mastery["window"] == {"kind": "k_of_n", "k": 4, "n": 5}
