"""Minutes and the service log as files: of whom, what is in them, and that each is logged."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pikepdf
import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import delete
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_goal, add_session, grant
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.domain.service_log import BESIDE, MINIMUM, Service, columns_in, parse_columns, to_check, units
from therapytrack.errors import Invalid, NotPermitted
from therapytrack.models import (
    Account,
    Enrollment,
    Iep,
    Mandate,
    Membership,
    SchoolCalendarDay,
    Student,
    TherapySession,
)
from therapytrack.services.exports_xlsx import xlsx_bytes
from therapytrack.services.ledger_schools import MOVED
from therapytrack.services.minutes_exports import export_minutes
from therapytrack.services.minutes_pdf import COLUMNS, render_minutes_pdf
from therapytrack.services.pdf_pages import FAMILY, Frame, new_document
from therapytrack.services.service_log import export_service_log, get_columns, save_columns

DECEMBER = MinutesChoice(span="month", on="2026-12-01")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel("2026-12-14T14:00:00Z", tick=False):
        yield


@pytest.fixture
def world(db: OpenDb, clock: None) -> ScheduleWorld:
    with db() as session:
        made = build_schedule_world(session)
        ana, ben, _ = (session.get_one(Student, one.id) for one in made.students)
        ana.medicaid_number, ana.local_number = "MA-0042", "17"
        add_session(session, made.cast, ana, date(2026, 12, 1), minutes=25)
        add_session(session, made.cast, ana, date(2026, 12, 3), attendance="student_absent")
        add_session(session, made.cast, ben, date(2026, 12, 4))
        grant(session, made.cast, ana, "reader", export=True)
        return made


def test_the_minutes_have_a_row_a_line_and_are_logged_for_each_student(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        table = export_minutes(session, world.actor(session, "slp"), DECEMBER, "csv").table
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["Student"], row["Mandate"], row["First day"]) == (
        "Ana Test",
        "4 x 30 min each month",
        date(2026, 12, 1),
    )
    figures = [row[name] for name in ("Allowable", "Provided", "Not provided", "Student absent", "Not accounted for")]
    assert figures == [120, 25, 30, 30, 65]
    assert table.filename == "minutes-student-month-2026-12-01.csv"
    with db() as session:
        acts = [(one.action, one.student_id) for one in acts_of_people(session)]
    assert acts[0] == ("export session log", None)
    assert set(acts[1:]) == {("export minutes", one.id) for one in world.students}


def test_a_file_holds_those_students_alone_who_may_leave_the_product(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        table = export_minutes(session, world.actor(session, "reader"), DECEMBER, "csv").table
        assert [row[0] for row in table.rows] == ["Ana Test"]
        sums = export_minutes(session, world.actor(session, "reader"), MinutesChoice(by="workspace"), "xlsx").table
        assert sums.rows[0][:4] == ("All students", 1, 120, 25)
    for who in ("slpa", "supervisor", "owner", "outsider"):
        with db() as session, pytest.raises(NotPermitted, match="no student here"):
            export_minutes(session, world.actor(session, who), DECEMBER, "csv")


def test_the_minutes_become_a_pdf_and_a_workbook_without_formulas(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        report = export_minutes(session, world.actor(session, "slp"), DECEMBER, "pdf")
    assert report.short[0] == (
        "Ana Test", "120", "25", "30", "65", "95 minutes short by Dec 31 at the present schedule",
    )  # fmt: skip
    with pikepdf.open(io.BytesIO(render_minutes_pdf(report))) as pdf:
        assert len(pdf.pages) == 1
    data = xlsx_bytes(("Name", "Day", "Minutes"), [("=1+1 <&>\x00", date(2026, 12, 1), 30), (None, None, 0)], "Minutes")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.get_sheet_by_name("Minutes").to_python() == [
        ["Name", "Day", "Minutes"], ["=1+1 <&>", date(2026, 12, 1), 30.0], ["", "", 0.0],
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert "<f" not in file.read("xl/worksheets/sheet1.xml").decode()


def test_a_forecast_is_whole_in_the_pdf() -> None:
    pdf = new_document(Frame("Minutes", "Ana", "Lincoln", "Ana, today", ""))
    pdf.add_page(orientation="landscape")
    pdf.set_font(FAMILY, "", 9.5)
    longest = pdf.get_string_width("1060 minutes short by Nov 29 at the present schedule")
    assert (longest <= dict(COLUMNS)["Forecast"] - 6, sum(dict(COLUMNS).values()) <= pdf.epw) == (True, True)


def test_a_student_who_moved_is_in_the_file_with_each_of_her_schools(db: OpenDb, world: ScheduleWorld) -> None:
    """Of December's 23 school days 3 at Maple and 20 at Oak: 120 x 3/23 is 16, and 104. Maple gave 25: 9 beyond it."""
    with db() as session:
        ana = world.students[0]
        of: dict[str, Any] = {"workspace_id": ana.workspace_id, "student_id": ana.id}
        session.add(Enrollment(**of, school="Maple", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 3)))
        session.add(Enrollment(**of, school="Oak", starts_on=date(2026, 12, 4)))
        missed = add_session(session, world.cast, ana, date(2026, 12, 9), attendance="provider_absent")
        add_session(session, world.cast, ana, date(2026, 12, 10)).makes_up_id = missed.id
    with db() as session:
        slp = world.actor(session, "slp")
        report = export_minutes(session, slp, replace(DECEMBER, by="school"), "pdf")
        (whole,) = export_minutes(session, slp, replace(DECEMBER, by="workspace"), "csv").table.rows
        alone = export_minutes(session, slp, DECEMBER, "csv")
    assert [row[:7] for row in report.table.rows] == [
        ("Maple", 1, 55, 25, 0, 0, 30), ("No school", 2, 240, 30, 0, 0, 0), ("Oak", 1, 65, 30, 30, 0, 0),
    ]  # fmt: skip
    assert [sum(column) for column in zip(*(row[2:] for row in report.table.rows), strict=True)] == list(whole[2:])
    assert report.short[0] == ("Maple", "55", "25", "30", "0", "")
    assert (report.moved, alone.moved) == (f"1 student {MOVED}", "")
    with pikepdf.open(io.BytesIO(render_minutes_pdf(report))) as pdf:
        assert len(pdf.pages) == 1
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(report.table.columns, report.table.rows, "Minutes")))
    assert sheet.get_sheet_by_name("Minutes").to_python()[1][:4] == ["Maple", 1.0, 55.0, 25.0]


def log_rows(db: OpenDb, world: ScheduleWorld) -> list[dict[str, object]]:
    """The rows of December's log, each by its columns."""
    with db() as session:
        table = export_service_log(session, world.actor(session, "slp"), DECEMBER)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_service_log_has_the_federal_minimum_and_the_workspaces_own_columns(
    db: OpenDb, world: ScheduleWorld
) -> None:
    with db() as session:
        save_columns(session, world.actor(session, "owner"), parse_columns("units\nGroup size\nAgency NPI = 123"))
    first, second = log_rows(db, world)
    assert tuple(first) == (*MINIMUM, *BESIDE, "Units", "Group size", "Agency NPI", "To check")
    assert [first[name] for name in ("Date", "Recipient", "Medicaid number", "Provider agency", "Minutes")] == [
        date(2026, 12, 1), "Ana Test", "MA-0042", "Lincoln USD", 25,
    ]  # fmt: skip
    assert (first["Provider"], first["Group size"], first["Units"], first["Agency NPI"]) == ("Slp", 1, 2, "123")
    assert second["Recipient"] == "Ben Test", "a missed session is no service"


def test_what_was_given_to_a_student_who_is_archived_since_stays_in_the_log(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        session.get_one(Student, world.students[0].id).archived_at = datetime(2026, 12, 10, 15, tzinfo=UTC)
    assert [row["Recipient"] for row in log_rows(db, world)] == ["Ana Test", "Ben Test"]
    with db() as session:
        table = export_minutes(session, world.actor(session, "slp"), replace(DECEMBER, whose="archived"), "csv").table
        assert [row[0] for row in table.rows] == ["Ana Test"]


def test_actual_times_stand_beside_the_planned_ones(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        late = add_session(session, world.cast, world.students[0], date(2026, 12, 8), minutes=20)
        held = session.get_one(TherapySession, late.session_id)
        held.started_at, held.credited_minutes = datetime(2026, 12, 8, 15, 12, tzinfo=UTC), 20
        left = add_session(session, world.cast, world.students[0], date(2026, 12, 9), minutes=15)
        session.get_one(TherapySession, left.session_id).started_at = datetime(2026, 12, 9, 15, 1, tzinfo=UTC)
        left.left_at = datetime(2026, 12, 9, 15, 15, tzinfo=UTC)
    hours = ("Planned start", "Planned end", "Actual start", "Actual end")
    shown = {row["Date"]: [row[name] for name in hours] for row in log_rows(db, world)}
    assert shown[date(2026, 12, 8)] == ["10:00", "10:30", "10:12", "10:32"]
    assert shown[date(2026, 12, 9)] == ["10:00", "10:30", "10:00", "10:15"]
    assert shown[date(2026, 12, 1)] == ["10:00", "10:30", "", ""], "it was typed in afterwards"


def test_the_service_log_says_which_goals_were_worked_on_and_what_came_of_them(
    db: OpenDb, world: ScheduleWorld
) -> None:
    with db() as session:
        ana = session.get_one(Student, world.students[0].id)
        versions = [add_goal(session, ana, label, position=number)[1] for number, label in enumerate(("/s/", "/r/"))]
        scores = [(versions[0], 10, 7), (versions[1], 8, 2)]
        add_session(session, world.cast, ana, date(2026, 12, 10), scores=scores)
    row = next(one for one in log_rows(db, world) if one["Date"] == date(2026, 12, 10))
    assert (row["Goals"], row["Progress"]) == ("/s/; /r/", "/s/, probe 7/10; /r/, probe 2/8")
    assert "no goal" not in str(row["To check"])


def test_the_service_log_names_what_a_service_lacks(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        ana, ben = (session.get_one(Student, one.id) for one in world.students[:2])
        slp = session.get_one(Membership, world.cast.members["slp"])
        session.get_one(Account, slp.account_id).credential = "MS, CCC-SLP"
        entry = add_session(session, world.cast, ana, date(2026, 12, 7), scores=[(add_goal(session, ana)[1], 5, 4)])
        held = session.get_one(TherapySession, entry.session_id)
        held.started_at, held.place, entry.note_status = held.planned_start, "Room 12", "signed"
        closed: dict[str, Any] = {"first_on": date(2026, 12, 4), "last_on": date(2026, 12, 4), "kind": "closed"}
        session.add(SchoolCalendarDay(workspace_id=ana.workspace_id, label="Snow", **closed))
        session.execute(delete(Mandate).where(col(Mandate.student_id) == ben.id))
        session.execute(delete(Iep).where(col(Iep.student_id) == ben.id))
    checks = {row["Date"]: row["To check"] for row in log_rows(db, world)}
    assert checks[date(2026, 12, 7)] == ""
    assert checks[date(2026, 12, 1)] == ("no place; no actual start and end; no goal with data; the note is not signed")


@pytest.mark.parametrize(("minutes", "expected"), [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (60, 4)])
def test_timed_units_begin_at_eight_minutes_and_every_fifteen_after(minutes: int, expected: int) -> None:
    assert units(minutes) == expected


def test_what_is_unlike_the_times_the_iep_or_the_calendar_is_to_be_checked() -> None:
    began = datetime(2026, 12, 1, 15, tzinfo=UTC)
    right = Service(
        day=date(2026, 12, 1),
        minutes=30,
        medicaid_number="MA-1",
        place="Room",
        credential="CCC-SLP",
        began=began,
        ended=began + timedelta(minutes=30),
        goals=1,
        signed=True,
        mandated=True,
        ieps=[(date(2026, 9, 1), date(2027, 8, 31))],
        closed="",
    )
    assert to_check(right) == ""
    assert to_check(replace(right, minutes=45)) == "45 minutes, but 30 from start to end"
    assert to_check(replace(right, ieps=[])) == "no IEP on this day"
    overdue = [(date(2025, 9, 1), date(2026, 11, 3)), (date(2026, 12, 2), date(2027, 12, 1))]
    assert to_check(replace(right, ieps=overdue)) == "the review of the IEP was due Nov 3, 2026"
    assert to_check(replace(right, closed="Snow", mandated=False)) == "no mandate on this day; no school: Snow"
    assert to_check(replace(right, medicaid_number="", credential="")) == (
        "no Medicaid number; the provider has no credential"
    )


def test_columns_that_are_in_each_log_now_are_left_out_of_what_was_chosen_before() -> None:
    assert [one.name for one in columns_in("Starts\nEnds\nGroup size")] == ["Group size"]


def test_only_the_office_chooses_the_columns(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session, pytest.raises(NotPermitted):
        save_columns(session, world.actor(session, "slp"), "Units")
    with db() as session:
        assert not get_columns(session, world.actor(session, "slp")).may_edit


@pytest.mark.parametrize(
    "text", ["Moon phase", "Date = today", "Units\nunits", "progress = good", " = x", "\n".join(["x = y"] * 2)]
)
def test_a_column_that_is_unknown_or_there_already_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_columns(text)
    assert set(error.value.fields) == {"columns"}
