"""The log as the office reads it: filters, pages, names; and the file whose first row is the head of the log."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import Cast, add_student, make_cast
from therapytrack.access.actions import Action
from therapytrack.domain.activity_choice import ActivityChoice
from therapytrack.errors import NotPermitted, NotProved
from therapytrack.models import Activity, AuditHead, SignIn, new_id, utc_now
from therapytrack.services.activity import record, record_failure
from therapytrack.services.activity_log import (
    PAGE,
    ActivityPage,
    begin_log_export,
    file_cells,
    find_students,
    list_activity,
    log_file_page,
)

TODAY = utc_now().date()


@pytest.fixture
def world(db: OpenDb) -> tuple[Cast, UUID]:
    """The slp opened a student, exported her summary, and was refused once; the reader signed in."""
    with db() as session:
        cast = make_cast(session)
        student = add_student(session, cast, "Ana", "Núñez").id
    with db() as session:
        slp = cast.actor(session, "slp")
        record(session, slp, Action.VIEW, student_id=student, record_kind="student", record_id=student)
        since, until = "2026-01-01", "2026-03-01"
        record(session, slp, Action.EXPORT_SUMMARY, student_id=student, medium="pdf", goals=3, since=since, until=until)
        record_failure(session, slp, "prove", "sign_in", slp.sign_in_id, "credentials")
        record(session, cast.actor(session, "reader"), "sign in")
    return cast, student


def read(db: OpenDb, cast: Cast, choice: ActivityChoice | None = None, who: str = "owner") -> ActivityPage:
    with db() as session:
        return list_activity(session, cast.actor(session, who), choice or ActivityChoice())


def test_acts_are_told_in_words_newest_first(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, _ = world
    rows = read(db, cast).rows
    assert [(row.number, row.person, row.act, row.student) for row in rows] == [
        (4, "Reader", "Signed in", ""),
        (3, "Slp", "Tried to give the password once more", ""),
        (2, "Slp", "Exported the progress summary", "Ana Núñez"),
        (1, "Slp", "Opened the student's page", "Ana Núñez"),
    ]
    assert rows[2].detail == "Jan 1, 2026 to Mar 1, 2026, as PDF, 3 goals"
    assert rows[1].refused
    assert read(db, cast).rows[0].act == "Opened the activity log"


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ({"tab": "exports"}, [2]),
        ({"what": "sign-ins"}, [4, 3]),
        ({"outcome": "refused"}, [3]),
        ({"person": "slp"}, [3, 2, 1]),
        ({"student": "her"}, [2, 1]),
        ({"student": "other"}, []),
        ({"since": TODAY - timedelta(days=1), "until": TODAY + timedelta(days=1)}, [4, 3, 2, 1]),
        ({"until": date(2020, 1, 1)}, []),
        ({"before": "3"}, [2, 1]),
        ({"before": "x"}, [4, 3, 2, 1]),
    ],
)
def test_filters_leave_out_the_rest(
    db: OpenDb, world: tuple[Cast, UUID], choice: dict[str, object], numbers: list[int]
) -> None:
    cast, student = world
    named = {"slp": cast.members["slp"], "her": student, "other": new_id()}
    wanted = ActivityChoice(**{key: named.get(str(value), value) for key, value in choice.items()})  # type: ignore[arg-type]
    assert [row.number for row in read(db, cast, wanted).rows] == numbers


def test_pages_follow_one_another_without_gap_or_double(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, _ = world
    with db() as session:
        for _ in range(2 * PAGE):
            record(session, cast.actor(session, "slp"), "sign in")
    seen: list[int] = []
    choice = ActivityChoice(person=cast.members["slp"])
    while True:
        page = read(db, cast, choice)
        seen += [row.number for row in page.rows]
        if not page.older:
            break
        choice = ActivityChoice(person=cast.members["slp"], before=page.older)
    assert seen == [*range(2 * PAGE + 4, 4, -1), 3, 2, 1]


@pytest.mark.parametrize("who", ["slp", "supervisor", "reader", "slpa"])
def test_only_the_office_reads_the_log(db: OpenDb, world: tuple[Cast, UUID], who: str) -> None:
    cast, _ = world
    with pytest.raises(NotPermitted):
        read(db, cast, who=who)
    with pytest.raises(NotPermitted), db() as session:
        find_students(session, cast.actor(session, who), "ana")


def test_another_workspaces_owner_sees_nothing_of_it(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, student = world
    page = read(db, cast, ActivityChoice(student=student), who="outsider")
    assert (page.rows, page.student) == ([], "")
    with db() as session:
        assert find_students(session, cast.actor(session, "outsider"), "ana") == []


def test_a_student_is_found_by_any_part_of_the_name_without_accents(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, student = world
    with db() as session:
        owner = cast.actor(session, "owner")
        assert find_students(session, owner, "nunez an") == [(str(student), "Ana Núñez")]
        assert find_students(session, owner, " ") == []


def prove(db: OpenDb, cast: Cast, who: str) -> None:
    with db() as session:
        query = update(SignIn).where(col(SignIn.token_hash) == cast.tokens[who])
        session.execute(query.values(proved_at=utc_now()))


def test_an_export_needs_a_fresh_proof_and_the_owner(db: OpenDb, world: tuple[Cast, UUID]) -> None:
    cast, _ = world
    with pytest.raises(NotProved), db() as session:
        begin_log_export(session, cast.actor(session, "owner"), ActivityChoice())
    prove(db, cast, "slp")
    with pytest.raises(NotPermitted), db() as session:
        begin_log_export(session, cast.actor(session, "slp"), ActivityChoice())


def test_the_file_begins_with_the_export_itself_which_is_the_head_of_the_log(
    db: OpenDb, world: tuple[Cast, UUID]
) -> None:
    cast, student = world
    prove(db, cast, "owner")
    choice = ActivityChoice(tab="exports", student=student)
    with db() as session:
        export_id = begin_log_export(session, cast.actor(session, "owner"), choice)
    with db() as session:
        owner = cast.actor(session, "owner")
        first = [file_cells(row) for row in log_file_page(session, owner, choice, export_id, None)]
        rest = [file_cells(row) for row in log_file_page(session, owner, choice, export_id, first[0][0])]
        head = session.execute(select(AuditHead).where(col(AuditHead.id) == cast.workspace_id)).scalar_one()
        stored = session.execute(select(col(Activity.hash)).where(col(Activity.id) == export_id)).scalar_one()
    assert [(row[0], row[3]) for row in first + rest] == [(5, "export audit"), (2, "export summary")]
    assert (head.sequence, head.hash) == (first[0][0], first[0][-1])
    assert stored == first[0][-1]
