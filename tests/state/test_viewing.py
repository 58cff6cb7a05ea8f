"""What only reads keeps nobody from writing, and shows nothing that is not in the log."""

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, make_cast
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import visible_students
from therapytrack.db import transaction
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.errors import NotPermitted, TherapyTrackError
from therapytrack.models import Activity, Student
from therapytrack.services.activity import only_reads, record
from therapytrack.services.caseload_rows import open_caseload
from therapytrack.state.base import run_service


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        built = make_cast(session)
        add_student(session, built, "Ana")
        return built


@pytest.fixture
def slp(db: OpenDb, cast: Cast) -> Actor:
    with db() as session:
        return cast.actor(session, "slp")


def views(db: OpenDb) -> int:
    """How many views the log holds."""
    with db() as session:
        query = select(func.count()).select_from(Activity).where(col(Activity.action) == Action.VIEW)
        return int(session.execute(query).scalar_one())


@only_reads
def read_while_somebody_writes(db: Session, actor: Actor) -> list[str]:
    """A view in whose middle a colleague saves, which takes SQLite's only write lock."""
    before = visible_students(db, actor)
    with transaction(actor.workspace_id) as colleague:
        colleague.get_one(Student, before[0].student.id).grade = "5"
    record(db, actor, Action.VIEW, record_kind="caseload")
    return [one.student.grade for one in visible_students(db, actor)]


@only_reads
def read_what_is_refused(db: Session, actor: Actor) -> None:
    """A view that finds out late that it may not be shown."""
    record(db, actor, Action.VIEW, record_kind="caseload")
    raise NotPermitted("No.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_view_lets_others_write_and_shows_one_moment(db: OpenDb, slp: Actor) -> None:
    assert run_service(slp, read_while_somebody_writes) == [""]
    assert views(db) == 1
    with db() as session:
        assert session.execute(select(col(Student.grade))).scalar_one() == "5"


def test_a_view_of_the_product_is_logged(db: OpenDb, slp: Actor) -> None:
    assert len(run_service(slp, open_caseload, CaseloadChoice()).rows) == 1
    assert views(db) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", [read_while_somebody_writes, open_caseload])
def test_nothing_is_shown_that_could_not_be_logged(db: OpenDb, slp: Actor, service: object) -> None:
    with db() as session:
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON activity BEGIN SELECT RAISE(ABORT, 'full'); END"))
    arguments = (CaseloadChoice(),) if service is open_caseload else ()
    with pytest.raises(TherapyTrackError):
        run_service(slp, service, *arguments)  # type: ignore[arg-type]


def test_what_was_not_shown_is_not_logged_as_a_view(db: OpenDb, slp: Actor) -> None:
    with pytest.raises(NotPermitted):
        run_service(slp, read_what_is_refused)
    assert views(db) == 0
