"""A goal's stages and objectives: entered by a person, corrected and withdrawn by another entry, judged by the data."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_goal, add_session, add_student, grant, make_cast, school_day
from tests.services.progress_world import counted
from tests.services.test_goals import form
from therapytrack.access.actor import Actor
from therapytrack.domain.life_cycle import Stage, StageForm, line_name
from therapytrack.domain.mastery import MasteryCriterion, Window, WindowKind
from therapytrack.domain.objectives import ObjectiveForm
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Goal, GoalPhase, GoalVersion, Objective, new_id
from therapytrack.services import life_cycle
from therapytrack.services.goal_plan import GoalPlan, get_goal_plan
from therapytrack.services.goals import edit_goal
from therapytrack.services.life_cycle import correct_stage, enter_stage, mark_mastered, withdraw_stage
from therapytrack.services.objectives import add_objective, correct_objective, withdraw_objective
from therapytrack.services.progress import get_goal_progress

TWO = MasteryCriterion(80, window=Window(WindowKind.CONSECUTIVE, 2, 2))
SIXTY = replace(TWO, target=60)


class Plan:
    """One goal of one student, and verbs on it."""

    def __init__(self, db: Session, cast: Cast) -> None:
        self.cast = cast
        self.student = add_student(db, cast)
        self.goal, self.version = add_goal(db, self.student, mastery=TWO.to_dict(), behavior="say it")
        grant(db, cast, self.student, "reader")
        self.at = (self.student.id, self.goal.id)

    def probe(self, db: Session, days_ago: int, correct: int) -> None:
        add_session(
            db, self.cast, self.student, school_day() - timedelta(days=days_ago), scores=[(self.version, 10, correct)]
        )

    def look(self, db: Session, who: str = "slp") -> GoalPlan:
        return get_goal_plan(db, self.cast.actor(db, who), *self.at)

    def enter(self, db: Session, stage: Stage, days_ago: int = 0, entry: UUID | None = None) -> UUID:
        entry = entry or new_id()
        enter_stage(db, self.cast.actor(db, "slp"), *self.at, entry, stage_form(stage, days_ago))
        return entry

    def status(self, db: Session) -> str:
        return db.get_one(Goal, self.goal.id, populate_existing=True).status


def stage_form(stage: Stage, days_ago: int = 0, note: str = "") -> StageForm:
    return StageForm(stage, line_name(stage, note), school_day() - timedelta(days=days_ago))


def objective(text: str = "in words", by: int = 30, criterion: MasteryCriterion = SIXTY) -> ObjectiveForm:
    return ObjectiveForm(text, criterion.to_dict(), school_day() + timedelta(days=by))


@pytest.fixture
def plan(db: OpenDb) -> Plan:
    with db() as session:
        return Plan(session, make_cast(session))


def test_a_stage_begins_on_its_day_and_says_who_entered_it(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.enter(session, Stage.BASELINE, 30)
        plan.enter(session, Stage.ACQUISITION, 20)
    with db() as session:
        stages = plan.look(session).stages
    assert [(one.name, one.starts_on) for one in stages] == [
        ("Baseline", school_day() - timedelta(days=30)),
        ("Acquisition", school_day() - timedelta(days=20)),
    ]
    assert {(one.entered.by, one.entered.gone_on) for one in stages} == {("Slp", None)}


def test_the_chart_draws_its_phase_lines_from_the_entries_that_count(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.probe(session, 25, 3)
        plan.enter(session, Stage.BASELINE, 30)
        wrong = plan.enter(session, Stage.GENERALIZATION, 20)
        correct_stage(
            session, plan.cast.actor(session, "slp"), *plan.at, wrong, new_id(),
            stage_form(Stage.ACQUISITION, 22, "in class"), "Typed the wrong stage.",
        )  # fmt: skip
    with db() as session:
        found = get_goal_progress(session, plan.cast.actor(session, "slp"), *plan.at)
    assert found.chart is not None
    assert [(band.name, band.start) for band in found.chart.bands][1] == (
        "Acquisition: in class",
        school_day() - timedelta(days=22),
    )
    assert len(found.chart.bands) == 2
    assert [point.phase for point in found.chart.points] == ["Baseline"]


def test_what_was_corrected_stays_to_be_read_with_its_reason(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        wrong, right = plan.enter(session, Stage.MASTERED, 3), new_id()
        assert plan.status(session) == "met"
        for _ in range(2):  # a double click
            correct_stage(
                session, plan.cast.actor(session, "slp"), *plan.at, wrong, right, stage_form(Stage.MAINTENANCE, 3),
                "Not mastered yet.",
            )  # fmt: skip
        assert plan.status(session) == "active"
    with db() as session:
        old, new = sorted(plan.look(session).stages, key=lambda one: one.entered.gone_on is None)
        assert (old.name, old.entered.gone_by, old.entered.why) == ("Mastered", "Slp", "Not mastered yet.")
        assert (new.name, new.id) == ("Maintenance", right)
        assert session.get_one(GoalPhase, right).corrects_id == wrong


def test_a_withdrawn_end_lets_the_work_go_on(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        entry = plan.enter(session, Stage.DISCONTINUED)
        assert plan.status(session) == "discontinued"
        withdraw_stage(session, plan.cast.actor(session, "slp"), *plan.at, entry, "The family asked to go on.")
        assert plan.status(session) == "active"
    with db() as session, pytest.raises(Conflict, match="meantime"):
        withdraw_stage(session, plan.cast.actor(session, "slp"), *plan.at, entry, "Twice.")


def test_a_stage_does_not_begin_in_a_year_in_which_there_was_no_goal(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.enter(session, Stage.BASELINE, 30)
        with pytest.raises(Invalid) as refused:
            plan.enter(session, Stage.GENERALIZATION, 30 + 367)
        assert "Check the year" in refused.value.fields["stage_on"]
        plan.enter(session, Stage.GENERALIZATION, 30 + 366)


def test_two_stages_do_not_begin_on_one_day(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        entry = plan.enter(session, Stage.BASELINE, 5)
        plan.enter(session, Stage.BASELINE, 5, entry)  # the same click once more
        with pytest.raises(Conflict, match="“Baseline” begins on"):
            plan.enter(session, Stage.ACQUISITION, 5)
    with db() as session:
        withdraw_stage(session, plan.cast.actor(session, "slp"), *plan.at, entry, "Wrong goal.")
        plan.enter(session, Stage.ACQUISITION, 5)


def test_a_goal_has_as_many_stages_as_are_kept_and_each_can_be_corrected(
    db: OpenDb, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life_cycle, "MOST_STAGES", 2)
    with db() as session:
        plan.enter(session, Stage.BASELINE, 9)
        of_id = plan.enter(session, Stage.ACQUISITION, 8)
        with pytest.raises(Invalid) as caught:
            plan.enter(session, Stage.MAINTENANCE, 7)
        assert caught.value.fields == {"stage_on": life_cycle.FULL}
        form = stage_form(Stage.GENERALIZATION, 6)
        correct_stage(session, plan.cast.actor(session, "slp"), *plan.at, of_id, new_id(), form, "Later.")
        live = life_cycle.live_entries(session, plan.cast.actor(session, "slp"), plan.goal.id)
        assert [one.stage for one in live] == [Stage.BASELINE, Stage.GENERALIZATION]


def test_the_end_of_the_work_is_not_entered_ahead(db: OpenDb, plan: Plan) -> None:
    with db() as session, pytest.raises(Invalid) as caught:
        plan.enter(session, Stage.MASTERED, -1)
    assert list(caught.value.fields) == ["stage_on"]
    with db() as session:
        plan.enter(session, Stage.GENERALIZATION, -1)
        assert session.execute(select(col(GoalPhase.stage))).scalars().all() == ["generalization"]


def test_a_met_criterion_is_offered_and_nothing_happens_by_itself(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.probe(session, 9, 9)
        assert plan.look(session).offer == ""
        plan.probe(session, 8, 9)
        asked = plan.look(session)
        assert asked.offer.startswith("Meets its criterion since ")
        assert plan.look(session, "reader").offer == asked.offer
        assert (plan.status(session), asked.stages) == ("active", [])
        mark_mastered(session, plan.cast.actor(session, "slp"), *plan.at, new_id())
        assert (plan.status(session), plan.look(session).offer) == ("met", "")


def test_only_who_may_decide_is_asked_on_the_goals_page(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.probe(session, 9, 9)
        plan.probe(session, 8, 9)
        offers = {
            who: get_goal_progress(session, plan.cast.actor(session, who), *plan.at).offer for who in ("slp", "reader")
        }
    assert (bool(offers["slp"]), offers["reader"]) == (True, "")


def test_objectives_stand_in_their_order_and_are_judged_by_the_data(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        actor = plan.cast.actor(session, "slp")
        plan.probe(session, 9, 6)
        plan.probe(session, 8, 6)
        add_objective(session, actor, *plan.at, new_id(), objective("in words", by=-1))
        add_objective(session, actor, *plan.at, new_id(), objective("in phrases", by=-9))
        add_objective(session, actor, *plan.at, new_id(), objective("in talk", criterion=TWO))
        add_objective(session, actor, *plan.at, new_id(), objective("late", by=-1, criterion=TWO))
        found = plan.look(session).objectives
        marks = [(one.text, one.verdict.mark if one.verdict else "") for one in found]
        shown = get_goal_progress(session, actor, *plan.at).objectives
    assert marks == [("in words", "met"), ("in phrases", "late"), ("in talk", "open"), ("late", "missed")]
    assert [(text, one.mark) for text, one in shown] == marks


def test_an_objective_of_several_people_is_judged_by_who_recorded(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.probe(session, 9, 6)
        plan.probe(session, 8, 6)
        add_objective(
            session, plan.cast.actor(session, "slp"), *plan.at, new_id(), objective(criterion=replace(SIXTY, people=2))
        )
        (found,) = plan.look(session).objectives
        assert found.verdict is not None
        assert found.verdict.words.endswith("not with enough different people.")
        add_session(session, plan.cast, plan.student, school_day(), who="supervisor", scores=[(plan.version, 10, 6)])
        (found,) = plan.look(session).objectives
        assert found.verdict is not None and found.verdict.mark == "met"


def test_a_corrected_objective_takes_the_place_of_the_old_one(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        actor = plan.cast.actor(session, "slp")
        first, second, new = new_id(), new_id(), new_id()
        add_objective(session, actor, *plan.at, first, objective("one"))
        add_objective(session, actor, *plan.at, second, objective("two"))
        correct_objective(session, actor, *plan.at, first, new, objective("one, corrected"), "A word was missing.")
        found = plan.look(session).objectives
        with pytest.raises(Conflict):
            withdraw_objective(session, actor, *plan.at, first, "Twice.")
    live = [one.text for one in found if one.entered.gone_on is None]
    assert (live, [one.text for one in found if one.entered.why]) == (["one, corrected", "two"], ["one"])


def test_a_goal_with_objectives_keeps_its_unit(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        actor, step = plan.cast.actor(session, "slp"), new_id()
        add_objective(session, actor, *plan.at, step, objective())
    with pytest.raises(Invalid) as caught, db() as session:
        edit_goal(session, plan.cast.actor(session, "slp"), *plan.at, 1, form(measure="rate", target_value="2"))
    assert list(caught.value.fields) == ["measure"]
    with db() as session:
        actor = plan.cast.actor(session, "slp")
        withdraw_objective(session, actor, *plan.at, step, "The goal is counted now.")
        edit_goal(session, actor, *plan.at, 1, form(measure="rate", target_value="2"))
        with pytest.raises(Invalid):
            add_objective(session, actor, *plan.at, new_id(), objective())


def test_a_changed_criterion_begins_anew_for_the_objectives_as_well(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        plan.probe(session, 9, 6)
        plan.probe(session, 8, 6)
        add_objective(session, plan.cast.actor(session, "slp"), *plan.at, new_id(), objective())
        values = {name: getattr(plan.version, name) for name in GoalVersion.model_fields if name != "id"}
        later: dict[str, Any] = {"number": 2, "starts_on": school_day() - timedelta(days=5), "behavior": "write it"}
        session.add(GoalVersion(**(values | later)))
        session.flush()
        (found,) = plan.look(session).objectives
        assert found.verdict is not None and found.verdict.mark == "open"


@pytest.mark.parametrize("who", ["reader", "outsider"])
def test_who_may_not_manage_goals_enters_nothing(db: OpenDb, plan: Plan, who: str) -> None:
    refusal: type[Exception] = NotPermitted if who == "reader" else NotFound
    with db() as session:
        stage, step = plan.enter(session, Stage.BASELINE, 9), new_id()
        add_objective(session, plan.cast.actor(session, "slp"), *plan.at, step, objective())
    acts: list[Callable[[Session, Actor], object]] = [
        lambda db, actor: enter_stage(db, actor, *plan.at, new_id(), stage_form(Stage.MASTERED)),
        lambda db, actor: mark_mastered(db, actor, *plan.at, new_id()),
        lambda db, actor: withdraw_stage(db, actor, *plan.at, stage, "No."),
        lambda db, actor: add_objective(db, actor, *plan.at, new_id(), objective()),
        lambda db, actor: withdraw_objective(db, actor, *plan.at, step, "No."),
    ]
    for act in acts:
        with db() as session, pytest.raises(refusal):
            act(session, plan.cast.actor(session, who))
    with db() as session:
        assert session.execute(select(col(Objective.withdrawn_at))).scalar_one() is None


def test_an_entry_of_another_goal_is_not_found(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        entry = plan.enter(session, Stage.BASELINE, 9)
        other, _ = add_goal(session, plan.student, "other", position=1)
        with pytest.raises(NotFound):
            withdraw_stage(
                session, plan.cast.actor(session, "slp"), plan.student.id, other.id, entry, "Not of this goal."
            )


def test_the_reader_sees_the_plan_and_why_she_may_not_change_it(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        found = plan.look(session, "reader")
    assert (found.may_edit, bool(found.why_not)) == (False, True)


def test_acts_are_logged_without_the_reason(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        entry = plan.enter(session, Stage.BASELINE, 9)
        withdraw_stage(session, plan.cast.actor(session, "slp"), *plan.at, entry, "Canary reason.")
    with db() as session:
        rows = acts_of_people(session)
    assert [one.action for one in rows] == ["enter goal stage", "withdraw goal stage"]
    assert "Canary" not in repr([one.detail for one in rows])


@pytest.mark.parametrize("entries", [1, 12])
def test_the_number_of_statements_does_not_grow_with_the_entries(
    db: OpenDb, engine: Engine, plan: Plan, entries: int
) -> None:
    with db() as session:
        for number in range(entries):
            plan.enter(session, Stage.ACQUISITION, number + 1)
            add_objective(session, plan.cast.actor(session, "slp"), *plan.at, new_id(), objective(str(number)))
    with db() as session:
        actor = plan.cast.actor(session, "slp")
        with counted(engine) as statements:
            get_goal_plan(session, actor, *plan.at)
    assert len(statements) == 5


def test_a_goal_of_no_data_and_no_criterion_has_a_plan(db: OpenDb, plan: Plan) -> None:
    with db() as session:
        bare, _ = add_goal(session, plan.student, "bare", position=1)
        found = get_goal_plan(session, plan.cast.actor(session, "slp"), plan.student.id, bare.id)
    assert (found.mastered, found.offer, found.today) == (None, "", school_day())
