"""Unusual volume tells the owner once an hour, and a day's normal work does not."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, grant, make_cast
from tests.services.note_world import build_notes, note_as_shown
from therapytrack.access.actions import Action
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.models import Alarm, Student, Workspace
from therapytrack.services import alarms
from therapytrack.services.activity import record
from therapytrack.services.caseload_rows import open_caseload
from therapytrack.services.note_sheet import read_note
from therapytrack.services.notes import submit_note
from therapytrack.services.student_page import open_student
from therapytrack.settings import get_settings


@pytest.fixture
def students(db: OpenDb) -> tuple[Cast, list[UUID]]:
    """Four students, of whom two may be opened and one exported within an hour without a word."""
    with db() as session:
        cast = make_cast(session)
        workspace = session.get_one(Workspace, cast.workspace_id)
        workspace.alarm_students_an_hour, workspace.alarm_exports_an_hour = 2, 1
        return cast, [add_student(session, cast, f"Child {n}").id for n in range(4)]


def open_page(db: OpenDb, cast: Cast, student_id: UUID, who: str = "slp") -> None:
    with db() as session:
        open_student(session, cast.actor(session, who), student_id)


def export(db: OpenDb, cast: Cast, student_id: UUID) -> None:
    with db() as session:
        record(session, cast.actor(session, "slp"), Action.EXPORT_SUMMARY, student_id=student_id)


def raised(db: OpenDb) -> list[Alarm]:
    with db() as session:
        return list(session.execute(select(Alarm).order_by(col(Alarm.created_at))).scalars())


def letters() -> Iterator[tuple[str, str]]:
    """The mail that left: to whom, and what it says."""
    for file in sorted((get_settings().data_dir / "outbox").glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        yield message["To"], message.get_content()


def test_one_student_more_than_the_limit_tells_the_owner_once(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    for child in children[:2]:
        open_page(db, cast, child)
    assert raised(db) == []
    for child in children[2:]:
        open_page(db, cast, child)
    (alarm,) = raised(db)
    assert (alarm.kind, alarm.membership_id, alarm.told_id) == (
        "many students",
        cast.members["slp"],
        cast.members["owner"],
    )
    assert (alarm.detail, alarm.seen_at) == ({"count": 3, "limit": 2}, None)
    ((to, words),) = letters()
    assert to == "owner@example.org"
    assert "Slp opened the records of 3 students within an hour" in words
    assert "Child" not in words


def test_the_same_student_again_and_again_is_one(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    for _ in range(5):
        open_page(db, cast, children[0])
    assert raised(db) == []


def test_several_students_within_one_transaction_count(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    with db() as session:
        for child in children[:3]:
            open_student(session, cast.actor(session, "slp"), child)
    assert [alarm.detail["count"] for alarm in raised(db)] == [3]


def test_what_was_opened_more_than_an_hour_ago_does_not_count(
    db: OpenDb, students: tuple[Cast, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, children = students
    for child in children[:2]:
        open_page(db, cast, child)
    monkeypatch.setattr(alarms, "WINDOW", timedelta(0))
    open_page(db, cast, children[2])
    assert raised(db) == []


def test_everybody_is_counted_alone(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    with db() as session:
        grant(session, cast, session.get_one(Student, children[2]), "reader")
    for child in children[:2]:
        open_page(db, cast, child)
    open_page(db, cast, children[2], who="reader")
    assert raised(db) == []


def test_the_caseload_shows_many_students_and_is_no_alarm(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, _ = students
    with db() as session:
        assert len(open_caseload(session, cast.actor(session, "slp"), CaseloadChoice()).rows) == 4
    assert raised(db) == []


def test_exports_above_the_limit_tell_the_owner_once(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    export(db, cast, children[0])
    assert raised(db) == []
    for child in children:
        export(db, cast, child)
    assert [(alarm.kind, alarm.detail) for alarm in raised(db)] == [("many exports", {"count": 2, "limit": 1})]


def test_reading_a_colleagues_note_counts_and_ones_own_work_does_not(db: OpenDb) -> None:
    """The supervisor reads the assistant's note while it waits for her, and once it is signed."""
    with db() as session:
        world = build_notes(session)
        workspace = world.actor(session, "slp").workspace_id
        session.get_one(Workspace, workspace).alarm_students_an_hour = 0
        submit_note(session, world.actor(session, "slpa"), note_as_shown(session, world, "ben"))
    for who, entry in (("slp", "ana"), ("supervisor", "ben")):
        with db() as session:
            read_note(session, world.actor(session, who), world.entries[entry])
    assert raised(db) == []
    with db() as session:
        session.execute(text("UPDATE session_entry SET note_status = 'cosigned' WHERE note_status = 'submitted'"))
    with db() as session:
        read_note(session, world.actor(session, "supervisor"), world.entries["ben"])
    assert [alarm.kind for alarm in raised(db)] == ["many students"]


def test_another_service_tells_whom_it_concerns(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, children = students
    with db() as session:
        actor = cast.actor(session, "supervisor")
        alarms.tell(session, actor, alarms.BREAK_GLASS, told=[cast.members["slp"]], student_id=children[0])
    assert {alarm.told_id for alarm in raised(db)} == {cast.members["owner"], cast.members["slp"]}
    assert sorted(to for to, _ in letters()) == ["owner@example.org", "slp@example.org"]


def test_what_was_undone_sends_no_mail(db: OpenDb, students: tuple[Cast, list[UUID]]) -> None:
    cast, _ = students

    def undone(session: Session) -> None:
        alarms.tell(session, cast.actor(session, "slp"), alarms.BREAK_GLASS)
        raise LookupError

    with pytest.raises(LookupError), db() as session:
        undone(session)
    assert list(letters()) == []
