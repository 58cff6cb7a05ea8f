"""Whose file somebody has seen: a page or a file of several students is a row for each, a list is one row.

The rule stands in `services.activity`; it is what answers "who has seen my child's file?" and what the owner's alarm
counts.
"""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, acts_of_people, add_student, make_cast
from tests.services.audit_world import findings
from tests.services.live_world import World, build_world
from tests.services.note_world import NoteWorld, build_notes
from tests.services.progress_world import counted
from tests.services.report_world import ReportWorld, build_reports, coded
from tests.services.test_group_charts import child, group
from therapytrack.domain.activity_words import act_in_words
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.domain.group_choice import EVERYBODY, GroupChoice
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.models import Activity, AdminRole, Alarm, Membership, ReportBatch, Workspace
from therapytrack.services.activity import OWN, PART
from therapytrack.services.agreement import get_goal_agreement
from therapytrack.services.caseload_rows import open_caseload
from therapytrack.services.co_sign_queue import open_queue
from therapytrack.services.disclosures import open_register
from therapytrack.services.group_charts import open_group
from therapytrack.services.ledger_rows import open_minutes
from therapytrack.services.note_lists import NoteTab
from therapytrack.services.note_queue import open_notes, open_session_notes
from therapytrack.services.report_batches import open_batch
from therapytrack.services.reports import submit_report
from therapytrack.services.session_sheet import get_session_sheet
from therapytrack.services.student_ledger import free_times

ALL = GroupChoice(of=EVERYBODY)
TOLD_ABOVE_TWO: dict[str, Any] = {"alarm_students_an_hour": 2, "alarm_exports_an_hour": 2}


def limits(db: Session, workspace_id: UUID) -> None:
    workspace = db.get_one(Workspace, workspace_id)
    for name, value in TOLD_ABOVE_TWO.items():
        setattr(workspace, name, value)


def rows_about(db: OpenDb, kind: str, act: str = "") -> list[Activity]:
    with db() as session:
        return [one for one in acts_of_people(session) if one.record_kind == kind and act in ("", one.action)]


def alarms(db: OpenDb) -> list[tuple[str, int]]:
    with db() as session:
        return [(one.kind, one.detail["count"]) for one in session.execute(select(Alarm)).scalars()]


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        made = make_cast(session)
        limits(session, made.workspace_id)
        return made


def test_each_child_of_the_group_view_has_her_row_and_her_print_tells_of_it(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        ana, ben = child(session, cast, "Ana"), child(session, cast, "Ben")
        group(session, cast, "slpa", ana, ben)
        only_his = add_student(session, cast, "Cal").id
        ids = [ana.id, ben.id]
    with db() as session:
        open_group(session, cast.actor(session, "slpa"), GroupChoice())
    rows = rows_about(db, "goals_together")
    assert [(one.student_id, one.action, one.detail) for one in rows] == [
        (one, "view", {"students": 2, "goals": 3}) for one in ids
    ]
    prints = {}
    for student_id in (*ids, only_his):
        with db() as session:
            prints[student_id] = open_register(session, cast.actor(session, "slp"), student_id).access
    assert [[(line.who, line.acts) for line in prints[one]] for one in ids] == [[("Slpa", (("view", 1),))]] * 2
    assert prints[only_his] == ()
    with db() as session:
        assert findings(session) == []


def test_the_owner_is_told_of_the_children_of_a_group_view(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        for name in ("Ana", "Ben"):
            child(session, cast, name)
    for more in ("", "Cal"):
        with db() as session:
            if more:
                child(session, cast, more)
        assert alarms(db) == []
        with db() as session:
            open_group(session, cast.actor(session, "supervisor"), ALL)
    assert alarms(db) == [("many students", 3)]


def test_fifteen_children_are_stored_in_as_many_statements_as_three(db: OpenDb, cast: Cast, engine: Engine) -> None:
    sent: dict[int, int] = {}
    for number in range(15):
        with db() as session:
            child(session, cast, f"Ana {number}")
        if number + 1 in (3, 15):
            with db() as session:  # so that the next view need not read the log's head, nor tell the owner
                session.execute(text("UPDATE workspace SET alarm_students_an_hour = 900"))
                open_group(session, cast.actor(session, "supervisor"), ALL)
            before = len(rows_about(db, "goals_together"))
            with counted(engine) as statements, db() as session:
                open_group(session, cast.actor(session, "supervisor"), ALL)
            sent[number + 1] = len(statements)
            assert len(rows_about(db, "goals_together")) - before == number + 1
    assert sent[3] == sent[15]


def test_looking_at_nobody_is_a_row_too(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        open_group(session, cast.actor(session, "supervisor"), ALL)
    (row,) = rows_about(db, "goals_together")
    assert (row.student_id, row.detail) == (None, {"students": 0})


def test_a_list_is_one_row(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        for name in ("Ana", "Ben", "Cal"):
            child(session, cast, name)
    with db() as session:
        open_caseload(session, cast.actor(session, "slp"), CaseloadChoice())
    assert [(one.student_id, one.detail) for one in rows_about(db, "caseload")] == [(None, {"students": 3})]
    assert alarms(db) == []


def test_who_is_explained_on_the_page_of_minutes_has_a_row(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        ana, _ = child(session, cast, "Ana").id, child(session, cast, "Ben")
    with db() as session:
        open_minutes(session, cast.actor(session, "slp"), MinutesChoice(student=str(ana)))
    assert [one.student_id for one in rows_about(db, "minutes")] == [None, ana]


def test_each_student_of_a_session_has_her_row_and_a_colleagues_session_counts(db: OpenDb) -> None:
    with db() as session:
        world: World = build_world(session, students=3)
        session.execute(text("UPDATE workspace SET alarm_students_an_hour = 0"))
        session.get_one(Membership, world.actor(session, "slp").membership_id).admin_role = AdminRole.OWNER
        students = [one.student.id for one in world.places]
    with db() as session:
        shown = [one.id for one in get_session_sheet(session, world.actor(session, "slp"), world.session.id).entries]
    rows = rows_about(db, "therapy_session", "view")
    assert [(one.student_id, one.detail) for one in rows] == [(one, {"students": 3, **OWN}) for one in students]
    assert alarms(db) == []
    with db() as session:  # the page looks again after a change: no other view of those it shows already
        get_session_sheet(session, world.actor(session, "slp"), world.session.id, shown[1:])
    assert [one.student_id for one in rows_about(db, "therapy_session", "view")[3:]] == students[:1]
    with db() as session:
        seen = get_session_sheet(session, world.actor(session, "partner"), world.session.id).entries
    hers = [one.detail for one in rows_about(db, "therapy_session", "view")[4:]]
    assert hers == [{"students": len(seen)}] * len(seen)
    assert alarms(db) == [("many students", len(seen))]


def test_each_note_of_a_session_is_read_by_her_who_may_and_seen_by_the_others(db: OpenDb) -> None:
    with db() as session:
        world: NoteWorld = build_notes(session)
    with db() as session:
        open_session_notes(session, world.actor(session, "slp"), world.session_id, None)
    rows = {one.student_id: (one.action, one.detail.get("own")) for one in rows_about(db, "therapy_session")}
    assert rows == {world.students["ana"]: ("read note", True), world.students["ben"]: ("view", None)}


def test_a_list_of_notes_has_no_words_of_a_colleagues_and_is_a_row(db: OpenDb) -> None:
    with db() as session:
        world: NoteWorld = build_notes(session)
        session.execute(text("UPDATE session_entry SET note_status = 'signed', note = 'She said it alone.'"))
    with db() as session:
        rows = open_notes(session, world.actor(session, "slp"), NoteTab.SIGNED, None).rows
    assert {one.entry_id: one.text for one in rows} == {
        world.entries["ana"]: "She said it alone.",
        world.entries["ben"]: "",
    }
    assert [(one.student_id, one.detail) for one in rows_about(db, "notes")] == [(None, {"students": 2})]


def test_a_run_of_reports_is_one_export_each_time_it_is_fetched_and_a_row_for_each_child(
    db: OpenDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("therapytrack.adapters.sealed_files.SealedFiles.read", lambda *_: b"%PDF")
    with db() as session:
        world: ReportWorld = build_reports(session)
        limits(session, world.cast.workspace_id)
        ids = [str(world.student_id), str(add_student(session, world.cast, "Ben").id)]
        run = ReportBatch(
            workspace_id=world.cast.workspace_id,
            membership_id=world.cast.members["slp"],
            period_id=world.period_id,
            kind="report",
            student_ids=ids,
            status="ready",
            made=2,
            moved_at=world.actor(session, "slp").at,
        )
        session.add(run)
        session.flush()
        run_id = run.id
    for times in (1, 2, 3):
        with db() as session:
            open_batch(session, world.actor(session, "slp"), run_id, "merged")
        assert alarms(db) == ([("many exports", 3)] if times == 3 else [])
    rows = rows_about(db, "report_batch")
    assert [(str(one.student_id), one.detail) for one in rows[:3]] == [
        ("None", {"students": 2, "how": "merged"}),
        *[(one, {"students": 2, "how": "merged", **PART}) for one in ids],
    ]


def test_what_is_looked_up_from_a_page_is_a_row_of_its_own(db: OpenDb) -> None:
    with db() as session:
        world: World = build_world(session)
        student_id, goal_id = world.places[0].student.id, world.places[0].goals[0].id
    with db() as session:
        get_goal_agreement(session, world.actor(session, "slp"), student_id, goal_id)
        free_times(session, world.actor(session, "slp"), student_id)
    for kind, record_id in (("goal_agreement", goal_id), ("free_times", None)):
        rows = rows_about(db, kind)
        assert [(one.action, one.student_id, one.record_id) for one in rows] == [("view", student_id, record_id)]
        assert act_in_words("view", "done", kind) != act_in_words("view", "done", "")


def test_the_queue_to_co_sign_is_a_row_where_reports_alone_wait_too(db: OpenDb) -> None:
    with db() as session:
        world: ReportWorld = build_reports(session)
    for waits in (False, True):
        with db() as session:
            if waits:
                submit_report(session, world.actor(session, "slpa"), coded(session, world, "slpa"))
            open_queue(session, world.actor(session, "supervisor"), None)
        rows = [(one.student_id, one.detail) for one in rows_about(db, "co_sign_queue")]
        assert rows == ([(None, {"notes": 0, "reports": 1})] if waits else [])
