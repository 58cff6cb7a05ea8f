"""Dated mandates and enrollments: who may keep them, and what was recorded under one stays as it was."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_plan, add_session, add_student, grant, make_cast, school_day
from therapytrack.domain.plan_form import EnrollmentForm, PlannedMandate, parse_enrollment, parse_mandate
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Student, new_id
from therapytrack.services.plan import (
    StudentPlan,
    open_plan,
    remove_enrollment,
    remove_mandate,
    save_enrollment,
    save_mandate,
)

TODAY = school_day()
TYPED = {
    "minutes": "30",
    "sessions": "2",
    "period": "week",
    "setting": "group",
    "place": "Speech room",
    "delivery": "pull_out",
    "starts_on": TODAY.isoformat(),
}


def typed(**changes: str) -> PlannedMandate:
    """A checked mandate."""
    return parse_mandate(TYPED | changes)


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def student(db: OpenDb, cast: Cast) -> Student:
    with db() as session:
        return add_student(session, cast)


def plan(db: Session, cast: Cast, student: Student) -> StudentPlan:
    """The plan as its clinician sees it."""
    return open_plan(db, cast.actor(db, "slp"), student.id)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"minutes": "0"}, {"minutes"}),
        ({"sessions": "0"}, {"sessions"}),
        ({"minutes": "", "sessions": ""}, {"minutes", "sessions"}),
        ({"setting": "crowd", "delivery": "by post"}, {"setting", "delivery"}),
        ({"setting": "individual", "max_group": "3"}, {"max_group"}),
        ({"starts_on": ""}, {"starts_on"}),
        ({"ends_on": "2020-01-01"}, {"ends_on"}),
    ],
)
def test_each_wrong_field_of_a_mandate_has_its_sentence(changes: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        parse_mandate(TYPED | changes)
    assert set(error.value.fields) == wrong


def test_an_enrollment_needs_a_school_and_days_in_their_order() -> None:
    with pytest.raises(Invalid) as error:
        parse_enrollment({"school": " ", "starts_on": "2026-02-01", "ends_on": "2026-01-01"})
    assert set(error.value.fields) == {"school", "ends_on"}


def test_a_mandate_without_sessions_can_be_changed_and_taken_away(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        mandate_id = save_mandate(session, actor, student.id, None, 0, typed())
        save_mandate(session, actor, student.id, mandate_id, 1, typed(sessions="3"))
        (stored,) = plan(session, cast, student).mandates
        assert (stored.says, stored.version, stored.has_sessions) == (typed(sessions="3"), 2, False)
        remove_mandate(session, actor, student.id, mandate_id, 2)
        assert plan(session, cast, student).mandates == []
    with db() as session:
        acts = [(one.action, one.record_kind, one.detail.get("fields")) for one in acts_of_people(session)]
    assert ("manage plan", "mandate", ["sessions"]) in acts


def test_a_mandate_with_sessions_keeps_what_it_says_and_can_be_ended(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        add_plan(session, student, TODAY - timedelta(days=30))
        add_session(session, cast, student, TODAY - timedelta(days=2))
        (stored,) = plan(session, cast, student).mandates
        assert stored.has_sessions
        since = {"starts_on": stored.says.starts_on.isoformat(), "minutes": "30", "sessions": "4", "period": "month"}
        same = {"setting": "", "place": "", "delivery": "", **since}
        for change in ({"minutes": "45"}, {"setting": "group"}):
            with pytest.raises(Invalid) as error:
                save_mandate(session, actor, student.id, stored.id, 1, typed(**(same | change)))
            assert "keeps what it says" in error.value.fields["minutes"]
        with pytest.raises(Invalid):
            remove_mandate(session, actor, student.id, stored.id, 1)
        save_mandate(session, actor, student.id, stored.id, 1, typed(**same, ends_on=TODAY.isoformat()))
        (ended,) = plan(session, cast, student).mandates
        assert ended.says.ends_on == TODAY


def test_whoever_saves_over_a_colleagues_change_is_told(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        mandate_id = save_mandate(session, actor, student.id, None, 0, typed())
        save_mandate(session, actor, student.id, mandate_id, 1, typed(sessions="3"))
        with pytest.raises(Conflict):
            save_mandate(session, actor, student.id, mandate_id, 1, typed(sessions="4"))
        with pytest.raises(Conflict):
            remove_mandate(session, actor, student.id, mandate_id, 1)


def test_a_student_is_at_one_school_at_a_time(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        first = save_enrollment(session, actor, student.id, None, 0, EnrollmentForm("Lincoln", date(2026, 1, 5), None))
        later = EnrollmentForm("Jefferson", date(2026, 3, 2), None)
        with pytest.raises(Invalid, match="another look") as error:
            save_enrollment(session, actor, student.id, None, 0, later)
        assert "Lincoln" in error.value.fields["starts_on"]
        ended = EnrollmentForm("Lincoln", date(2026, 1, 5), date(2026, 3, 1))
        save_enrollment(session, actor, student.id, first, 1, ended)
        second = save_enrollment(session, actor, student.id, None, 0, later)
        assert [one.says.school for one in plan(session, cast, student).enrollments] == ["Jefferson", "Lincoln"]
        remove_enrollment(session, actor, student.id, second, 1)
        assert [one.says for one in plan(session, cast, student).enrollments] == [ended]


def test_only_whoever_manages_the_plan_changes_it(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        mandate_id = save_mandate(session, cast.actor(session, "slp"), student.id, None, 0, typed())
        grant(session, cast, student, "reader")
    with db() as session:
        reader = cast.actor(session, "reader")
        seen = open_plan(session, reader, student.id)
        assert not seen.may_edit and seen.why_not
        with pytest.raises(NotPermitted):
            save_mandate(session, reader, student.id, None, 0, typed())
        with pytest.raises(NotPermitted):
            remove_mandate(session, reader, student.id, mandate_id, 1)
    with db() as session:
        outsider = cast.actor(session, "outsider")
        for act in (
            lambda: open_plan(session, outsider, student.id),
            lambda: save_mandate(session, outsider, student.id, mandate_id, 1, typed()),
            lambda: save_enrollment(session, outsider, student.id, None, 0, EnrollmentForm("X", TODAY, None)),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_mandate_of_another_student_is_not_found(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        mandate_id = save_mandate(session, actor, add_student(session, cast, "Ben").id, None, 0, typed())
        for row_id in (mandate_id, new_id()):
            with pytest.raises(NotFound):
                save_mandate(session, actor, student.id, row_id, 1, typed())
