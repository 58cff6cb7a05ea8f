"""Adding, changing, archiving and restoring students."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_plan, add_session, add_student, grant, make_cast
from therapytrack.domain.student_form import StudentForm, parse_student
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import Iep, Mandate, Student, StudentGrant, Workspace, new_id, utc_now
from therapytrack.services.student_page import open_student
from therapytrack.services.students import (
    archive_student,
    create_student,
    edit_student,
    open_form,
    restore_student,
)

TODAY = utc_now().date()
TYPED = {
    "given_name": "Nguyễn",
    "family_name": "Thị  Mai",
    "grade": "2",
    "school": "Lincoln ES",
    "iep_starts_on": (TODAY - timedelta(days=30)).isoformat(),
    "minutes": "30",
    "sessions": "4",
    "period": "month",
}


def form(**changes: str) -> StudentForm:
    """A checked form."""
    return parse_student(TYPED | changes, TODAY)


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def test_a_new_student_has_a_case_manager_with_every_right_and_a_dated_plan(db: OpenDb, cast: Cast) -> None:
    student_id = new_id()
    with db() as session:
        create_student(session, cast.actor(session, "slp"), student_id, form())
    with db() as session:
        student = session.get(Student, student_id)
        granted = session.execute(select(StudentGrant)).scalar_one()
        iep, mandate = session.execute(select(Iep)).scalar_one(), session.execute(select(Mandate)).scalar_one()
    assert student is not None
    assert (student.family_name, student.case_manager_id) == ("Thị Mai", cast.members["slp"])
    assert granted.can_view and granted.can_edit and granted.can_export and granted.can_generate
    assert iep.review_due_on > iep.starts_on
    assert (mandate.minutes, mandate.sessions, mandate.starts_on) == (30, 4, iep.starts_on)


def test_a_double_click_makes_one_student(db: OpenDb, cast: Cast) -> None:
    student_id = new_id()
    for _ in range(2):
        with db() as session:
            create_student(session, cast.actor(session, "slp"), student_id, form())
    with db() as session:
        counts = [session.execute(select(func.count()).select_from(t)).scalar() for t in (Student, StudentGrant, Iep)]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("who", ["slpa", "reader", "owner"])
def test_only_licensed_clinicians_add_students(db: OpenDb, cast: Cast, who: str) -> None:
    with db() as session, pytest.raises(NotPermitted):
        create_student(session, cast.actor(session, who), new_id(), form())


def test_the_id_of_a_foreign_student_is_not_found(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student_id = add_student(session, cast).id
    with pytest.raises(NotFound), db() as session:
        create_student(session, cast.actor(session, "outsider"), student_id, form())


def test_the_second_of_two_savers_sees_what_the_first_saved(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student_id = add_student(session, cast).id
        edit_student(session, cast.actor(session, "slp"), student_id, 1, form(grade="3"))
    with db() as session, pytest.raises(Conflict) as caught:
        edit_student(session, cast.actor(session, "slp"), student_id, 1, form(grade="4"))
    assert "Grade: 3" in caught.value.theirs
    assert caught.value.version == 2


def test_saving_the_same_twice_is_no_conflict(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student_id = add_student(session, cast).id
        edit_student(session, cast.actor(session, "slp"), student_id, 1, form())
        edit_student(session, cast.actor(session, "slp"), student_id, 1, form())


def test_a_mandate_with_sessions_is_followed_by_a_new_one(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        add_plan(session, student, TODAY - timedelta(days=30))
        add_session(session, cast, student, TODAY - timedelta(days=3))
        edit_student(session, cast.actor(session, "slp"), student.id, 1, form(minutes="20"))
    with db() as session:
        old, new = session.execute(select(Mandate).order_by(col(Mandate.starts_on))).scalars()
    assert (old.minutes, old.ends_on) == (30, new.starts_on - timedelta(days=1))
    assert (new.minutes, new.ends_on) == (20, None)


def test_a_mandate_without_sessions_is_corrected_in_place(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        add_plan(session, student, TODAY - timedelta(days=30))
        edit_student(session, cast.actor(session, "slp"), student.id, 1, form(minutes="20"))
    with db() as session:
        assert session.execute(select(Mandate)).scalar_one().minutes == 20


def test_when_a_student_cannot_come_and_her_largest_group_are_kept_with_the_profile(db: OpenDb, cast: Cast) -> None:
    student_id = new_id()
    lunch = {"busy_0_day": "all", "busy_0_from": "11:30", "busy_0_to": "12:00", "busy_0_why": "lunch"}
    band = {"busy_1_day": "1", "busy_1_from": "09:00", "busy_1_to": "09:30", "busy_1_why": "band"}
    with db() as session:
        create_student(session, cast.actor(session, "slp"), student_id, form(**lunch, max_group="3"))
    with db() as session:
        stored, version = open_form(session, cast.actor(session, "slp"), student_id)
    assert (len(stored.busy), stored.mandate and stored.mandate.max_group) == (5, 3)
    with db() as session:
        edit_student(session, cast.actor(session, "slp"), student_id, version, form(**band, max_group="2"))
    with db() as session, pytest.raises(Conflict) as refused:
        edit_student(session, cast.actor(session, "slp"), student_id, version, form(**lunch))
    assert "Cannot come: Tuesday 9:00–9:30 AM band" in refused.value.theirs
    assert "Largest group: 2" in refused.value.theirs
    with db() as session:
        acts = [one.detail for one in acts_of_people(session) if one.action == "edit student"]
        assert acts == [{"fields": ["busy_times"]}]
        assert [one.max_group for one in session.execute(select(Mandate)).scalars()] == [2]


def test_a_reader_sees_a_student_and_changes_nothing(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = add_student(session, cast)
        grant(session, cast, student, "reader")
    with db() as session, pytest.raises(NotPermitted):
        edit_student(session, cast.actor(session, "reader"), student.id, 1, form())


def test_an_archived_student_comes_back_by_the_case_manager(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student_id = add_student(session, cast).id
        for _ in range(2):
            archive_student(session, cast.actor(session, "slp"), student_id)
    with db() as session, pytest.raises(NotPermitted):
        open_form(session, cast.actor(session, "slp"), student_id)
    with db() as session:
        restore_student(session, cast.actor(session, "slp"), student_id)
    with db() as session:
        stored, version = open_form(session, cast.actor(session, "slp"), student_id)
        acts = [row.action for row in acts_of_people(session)]
    assert (stored.profile.given_name, version) == ("Ana", 1)
    assert sorted(acts) == ["archive student", "restore student"]


def test_a_read_only_workspace_restores_nobody(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student_id = add_student(session, cast).id
        archive_student(session, cast.actor(session, "slp"), student_id)
        session.execute(update(Workspace).where(col(Workspace.id) == cast.workspace_id).values(status="read_only"))
    with db() as session, pytest.raises(NotPermitted, match="This workspace is read-only"):
        restore_student(session, cast.actor(session, "slp"), student_id)
    with db() as session:
        rights = open_student(session, cast.actor(session, "slp"), student_id).student.rights
        assert session.get_one(Student, student_id).archived_at is not None
    assert not rights.restore
    assert any("Restore" in why and "read-only" in why for why in rights.missing)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("given_name", "a\u202eb"),
        ("given_name", "a\x00b"),
        ("given_name", "x" * 301),
        ("grade", "42"),
        ("birth_date", (TODAY + timedelta(days=1)).isoformat()),
        ("birth_date", "yesterday"),
        ("review_due_on", (TODAY - timedelta(days=31)).isoformat()),
        ("review_due_on", (TODAY + timedelta(days=500)).isoformat()),
        ("minutes", "0"),
        ("sessions", "many"),
        ("period", "decade"),
        ("iep_starts_on", ""),
    ],
)
def test_a_wrong_field_gets_its_sentence(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        form(**{field: value})
    assert field in caught.value.fields


@pytest.mark.parametrize("name", ["李小龙", "مريم", "Ngọc Ánh", "O’Brien-Łukasz", "🙂", "x" * 300])
def test_a_name_of_any_script_is_kept(name: str) -> None:
    assert form(given_name=name).profile.given_name == name
