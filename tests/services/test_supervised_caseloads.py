"""A supervisor's view over her assistants' caseloads: whom it shows, to whom, what a row says, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_plan, add_session, add_student, grant, make_cast, school_day
from therapytrack.domain.caseloads_choice import CaseloadsChoice, parse_caseloads
from therapytrack.errors import NotPermitted
from therapytrack.models import NoteStatus, Student, SupervisionContact, SupervisionLink, utc_now
from therapytrack.services.supervised_caseloads import CaseloadsView, open_caseloads

DAY = timedelta(days=1)
TODAY = school_day()
EVERYBODY = CaseloadsChoice()


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def supervised(session: Session, cast: Cast, given: str = "Ana") -> Student:
    """A student with a plan and a goal whom the assistant edits."""
    student = add_student(session, cast, given)
    add_plan(session, student, TODAY - 100 * DAY, period="week")
    add_goal(session, student)
    grant(session, cast, student, "slpa", edit=True)
    return student


def opened(db: OpenDb, cast: Cast, choice: CaseloadsChoice = EVERYBODY, who: str = "supervisor") -> CaseloadsView:
    with db() as session:
        return open_caseloads(session, cast.actor(session, who), choice)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_supervisor_sees_the_students_whom_her_assistants_edit_and_no_others(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        supervised(session, cast)
        grant(session, cast, add_student(session, cast, "Only viewed"), "slpa")
        grant(session, cast, add_student(session, cast, "Her own"), "supervisor", edit=True)
        archived = supervised(session, cast, "Archived")
        archived.archived_at = utc_now()
    view = opened(db, cast)
    assert [(one.name, one.assistant) for one in view.rows] == [("Ana Test", "Slpa")]
    assert view.assistants == [(str(cast.members["slpa"]), "Slpa")]


@pytest.mark.parametrize("who", ["owner", "slp", "slpa", "reader", "outsider"])
def test_nobody_else_sees_them(db: OpenDb, cast: Cast, who: str) -> None:
    with db() as session:
        supervised(session, cast)
    with pytest.raises(NotPermitted):
        opened(db, cast, who=who)


def test_they_are_gone_with_the_link(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        supervised(session, cast)
    assert len(opened(db, cast).rows) == 1
    with db() as session:
        session.execute(update(SupervisionLink).values(ends_at=utc_now()))
    assert opened(db, cast) == CaseloadsView([], 0, opened(db, cast).counts, [])


def test_a_row_says_what_is_owed_on_the_assistants_caseload(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        student = supervised(session, cast)
        entries = [add_session(session, cast, student, TODAY - days * DAY, who="slpa") for days in (40, 3, 2)]
        entries[0].note_status = NoteStatus.COSIGNED
        entries[1].note_status = NoteStatus.SUBMITTED
    (row,) = opened(db, cast).rows
    assert (row.unsigned, row.waiting) == (1, 1)
    assert [one.label for one in row.goals] == ["/s/ blends: Cannot say yet"]
    assert row.observed == "Not observed in 40 days of treatment"
    with db() as session:
        for kind, days in (("indirect", 1), ("direct", 5), ("direct", 9)):
            session.add(
                SupervisionContact(
                    workspace_id=cast.workspace_id,
                    supervisor_id=cast.members["supervisor"],
                    assistant_id=cast.members["slpa"],
                    student_id=student.id,
                    kind=kind,
                    method="in_person",
                    held_on=TODAY - days * DAY,
                    minutes=20,
                )
            )
    assert opened(db, cast).rows[0].observed == "5 days ago"


def test_views_choose_rows_and_leave_the_counts(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        busy, quiet = supervised(session, cast, "Busy"), supervised(session, cast, "Quiet")
        add_session(session, cast, busy, TODAY - 2 * DAY, who="slpa")
        add_session(session, cast, quiet, TODAY - 2 * DAY, who="slp")
    assert [one.name for one in opened(db, cast, CaseloadsChoice("unsigned")).rows] == ["Busy Test"]
    assert opened(db, cast, CaseloadsChoice("watch")).rows == []
    assert opened(db, cast, CaseloadsChoice(of="somebody else")).found == 0
    counts = opened(db, cast, CaseloadsChoice("watch")).counts
    assert (counts.students, counts.unsigned, counts.waiting) == (2, 1, 0)


def test_an_address_asks_for_a_view_and_an_assistant_and_nothing_else() -> None:
    choice = CaseloadsChoice("short", "1")
    assert choice.href() == "/supervision/caseloads?view=short&of=1"
    assert choice.href(view="all", of="") == "/supervision/caseloads"
    assert parse_caseloads({"view": "drop table", "x": "y"}) == EVERYBODY


def test_it_takes_as_many_statements_for_many_students_as_for_one(db: OpenDb, cast: Cast, engine: Engine) -> None:
    taken = []
    for more in (1, 8):
        with db() as session:
            for number in range(more):
                student = supervised(session, cast, f"Ana {more} {number}")
                add_session(session, cast, student, TODAY - DAY, who="slpa")
        with db() as session:
            actor = cast.actor(session, "supervisor")
            with statements(engine) as sent:
                view = open_caseloads(session, actor, EVERYBODY)
            taken.append(len(sent))
    assert len(view.rows) == 9
    assert taken == [4, 4]
