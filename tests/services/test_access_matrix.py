"""The matrix of students and people, and the page of one student: what they say, and how many statements it takes."""

from dataclasses import asdict
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import _member, add_student, grant
from tests.services.access_world import (
    EDIT,
    AccessWorld,
    give,
    grants_of,
    make_access_world,
    sign_in_again,
)
from tests.services.test_caseload import statements
from therapytrack.models import AdminRole, ClinicalRole, Membership, Student, Workspace, utc_now
from therapytrack.services.access_matrix import Matrix, MatrixChoice, open_matrix
from therapytrack.services.student_access import open_access

DAY = timedelta(days=1)
ALL = MatrixChoice()


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        return make_access_world(session)


def matrix(db: OpenDb, world: AccessWorld, who: str = "owner", choice: MatrixChoice = ALL, words: str = "") -> Matrix:
    with db() as session:
        return open_matrix(session, world.cast.actor(session, who), choice, words)


def cell(found: Matrix, student: str, person: str) -> tuple[str, str]:
    """The word that is seen and the words that are heard."""
    place = [one.name for one in found.people].index(person)
    row = next(one for one in found.rows if one.name == student)
    return row.cells[place].word, row.cells[place].words


def grow(session: Session, world: AccessWorld, students: int, people: int) -> None:
    """More students of the slp, each shared with all of so many more clinicians."""
    workspace = session.get_one(Workspace, world.cast.workspace_id)
    names = [f"helper{number}" for number in range(people)]
    for name in names:
        _member(session, world.cast, workspace, name, ClinicalRole.CLINICIAN, AdminRole.NONE)
    for number in range(students):
        student = add_student(session, world.cast, f"Sofía {number}", "Hernández-Natarajan")
        for name in names:
            grant(session, world.cast, student, name, edit=True, export=True)


def test_a_cell_says_what_counts_now_and_until_when(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "slp", "colleague", [world.ana], EDIT, lasts=10 * DAY)
        give(session, world, "slp", "reader", [world.ana], starts_in=5 * DAY)
        give(session, world, "owner", "slpa2", [world.ben], EDIT)
        session.execute(update(Membership).where(col(Membership.id) == world.member("boss")).values(discipline="ot"))
    found = matrix(db, world)
    assert cell(found, "Ana Test", "Slp") == ("Edit", "view, edit, export and generate")
    assert cell(found, "Ana Test", "Colleague")[0] == "Edit"
    assert cell(found, "Ana Test", "Colleague")[1].startswith("view and edit, until ")
    assert cell(found, "Ana Test", "Reader")[0] == "Later"
    assert cell(found, "Ben Test", "Slpa2") == ("View", "view")
    assert cell(found, "Ben Test", "Supervisor") == ("", "")


def test_derived_view_shows_and_rights_that_rest_do(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        for one in grants_of(session, world, "supervisor"):
            one.ends_at = utc_now()
        session.execute(
            update(Membership).where(col(Membership.id) == world.member("colleague")).values(status="suspended")
        )
        grant(session, world.cast, session.get_one(Student, world.ana), "colleague", edit=True)
    found = matrix(db, world)
    assert cell(found, "Ana Test", "Supervisor") == ("View", "view")
    assert cell(found, "Ana Test", "Slpa") == ("View", "view")
    assert cell(found, "Ana Test", "Colleague")[0] == "Rests"


def test_a_case_manager_sees_her_own_students_also_from_the_day_on_which_she_becomes_one(
    db: OpenDb, world: AccessWorld
) -> None:
    with db() as session:
        ben = session.get_one(Student, world.ben)
        ben.next_case_manager_id, ben.next_case_manager_from = world.member("supervisor"), utc_now() + DAY
        grant(session, world.cast, ben, "supervisor")
    assert [one.name for one in matrix(db, world, "slp").rows] == ["Ana Test", "Ben Test"]
    assert matrix(db, world, "supervisor").rows == []
    with db() as session:
        session.get_one(Student, world.ben).next_case_manager_from = utc_now()
    with db() as session:
        sign_in_again(session, world)
    assert [one.name for one in matrix(db, world, "slp").rows] == ["Ana Test"]
    assert [one.name for one in matrix(db, world, "supervisor").rows] == ["Ben Test"]


def test_it_is_narrowed_by_a_person_and_by_words_and_cut_into_pages(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        grow(session, world, 65, 1)
    first, second = matrix(db, world), matrix(db, world, choice=MatrixChoice(page=2))
    assert (len(first.rows), len(second.rows), first.pages, first.students) == (60, 7, 2, 67)
    assert len(matrix(db, world, words="sofia 6").rows) == 11
    hers = MatrixChoice(person=str(world.member("supervisor")))
    assert [one.name for one in matrix(db, world, choice=hers).rows] == ["Ana Test"]


def test_statements_do_not_grow_with_students_or_people(db: OpenDb, world: AccessWorld, engine: Engine) -> None:
    counts = []
    for students, people in ((3, 1), (30, 9)):
        with db() as session:
            grow(session, world, students, people) if people == 1 else _more(session, world, students, people)
        with db() as session:
            actor = world.cast.actor(session, "owner")
            with statements(engine) as sent:
                open_matrix(session, actor, ALL)
                session.flush()
            counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


def _more(session: Session, world: AccessWorld, students: int, people: int) -> None:
    workspace = session.get_one(Workspace, world.cast.workspace_id)
    for number in range(people):
        _member(session, world.cast, workspace, f"aide{number}", ClinicalRole.CLINICIAN, AdminRole.NONE)
    for number in range(students):
        student = add_student(session, world.cast, f"Noor {number}", "Test")
        for place in range(people):
            grant(session, world.cast, student, f"aide{place}", edit=True)


def test_sixty_students_and_twelve_people_are_sent_in_sixty_kilobytes(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        grow(session, world, 58, 9)
    found = matrix(db, world)
    assert (len(found.rows), len(found.people)) == (60, 12)
    assert len(orjson.dumps([asdict(one) for one in found.rows])) <= 60_000


def test_a_students_page_takes_as_many_statements_however_many_grants_there_are(
    db: OpenDb, world: AccessWorld, engine: Engine
) -> None:
    counts = []
    for lasts in (2, 40):
        with db() as session:
            for days in range(lasts):
                give(session, world, "slp", "colleague", [world.ana], lasts=(days + lasts) * DAY)
        with db() as session:
            actor = world.cast.actor(session, "slp")
            with statements(engine) as sent:
                page = open_access(session, actor, world.ana)
                session.flush()
            counts.append(len(sent))
    assert len(page.people) == 4
    assert counts[0] == counts[1] <= 7
