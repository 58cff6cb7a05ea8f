"""Minutes and the service log as files: of whom, what is in them, and that each is logged."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pikepdf
import pytest
import time_machine
from python_calamine import CalamineWorkbook

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_session, grant
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.domain.minutes_choice import MinutesChoice
from therapytrack.domain.service_log import MINIMUM, parse_columns
from therapytrack.errors import Invalid, NotPermitted
from therapytrack.models import Student
from therapytrack.services.exports_xlsx import xlsx_bytes
from therapytrack.services.minutes_exports import export_minutes
from therapytrack.services.minutes_pdf import render_minutes_pdf
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


def test_the_service_log_has_the_federal_minimum_and_the_workspaces_own_columns(
    db: OpenDb, world: ScheduleWorld
) -> None:
    with db() as session:
        save_columns(session, world.actor(session, "owner"), parse_columns("starts\nGroup size\nAgency NPI = 123"))
    with db() as session:
        table = export_service_log(session, world.actor(session, "slp"), DECEMBER)
    assert table.columns == (*MINIMUM, "Starts", "Group size", "Agency NPI")
    first = dict(zip(table.columns, table.rows[0], strict=True))
    assert len(table.rows) == 2, "a missed session is no service"
    assert [first[name] for name in ("Date", "Recipient", "Medicaid number", "Provider agency", "Minutes")] == [
        date(2026, 12, 1), "Ana Test", "MA-0042", "Lincoln USD", 25,
    ]  # fmt: skip
    assert (first["Provider"], first["Group size"], first["Starts"], first["Agency NPI"]) == ("Slp", 1, "10:00", "123")


def test_only_the_office_chooses_the_columns(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session, pytest.raises(NotPermitted):
        save_columns(session, world.actor(session, "slp"), "Starts")
    with db() as session:
        assert not get_columns(session, world.actor(session, "slp")).may_edit


@pytest.mark.parametrize("text", ["Moon phase", "Date = today", "Starts\nstarts", " = x", "\n".join(["x = y"] * 2)])
def test_a_column_that_is_unknown_or_there_already_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_columns(text)
    assert set(error.value.fields) == {"columns"}
