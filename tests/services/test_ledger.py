"""The ledger from stored rows: the same numbers as the caseload, within few statements, of what one may view."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import add_session, add_student
from tests.services.schedule_world import MONDAY, ScheduleWorld, build_schedule_world
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.domain.dates import short_date
from therapytrack.domain.ledger import Line
from therapytrack.domain.minutes_choice import MinutesChoice, parse_choice
from therapytrack.models import Enrollment, Mandate, SchoolCalendarDay, SessionEntry, Student, TherapySession
from therapytrack.services.caseload_rows import open_caseload
from therapytrack.services.ledger import StudentMinutes, keep_books
from therapytrack.services.ledger_rows import MinutesPage, open_minutes
from therapytrack.services.ledger_schools import MOVED
from therapytrack.services.student_ledger import student_ledger
from therapytrack.services.student_page import open_student
from therapytrack.services.today import get_day

NOW = "2026-12-14T14:00:00Z"
TODAY = date(2026, 12, 14)
STATEMENTS = 8


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db: OpenDb, clock: None) -> ScheduleWorld:
    with db() as session:
        return build_schedule_world(session)


def books(db: Session, world: ScheduleWorld, who: str = "slp", **choice: str) -> dict[str, StudentMinutes]:
    """The ledgers that `who` sees, by first name."""
    actor = world.actor(db, who)
    found = keep_books(db, actor, MinutesChoice(**choice).period(actor.today))  # type: ignore[arg-type]
    return {one.seen.student.given_name: one for one in found.students}


def line(one: StudentMinutes) -> Line:
    """Her only line."""
    (found,) = one.lines
    return found


def page(db: Session, world: ScheduleWorld, who: str = "slp", **choice: str) -> MinutesPage:
    """The page as `who` sees it."""
    return open_minutes(db, world.actor(db, who), parse_choice(choice, TODAY))


def test_the_caseload_and_the_ledger_say_the_same_numbers(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        ana, ben = (session.get_one(Student, world.students[place].id) for place in (0, 1))
        for day, minutes in ((1, 30), (8, 45)):
            add_session(session, world.cast, ana, date(2026, 12, day), minutes=minutes)
        missed = add_session(session, world.cast, ben, date(2026, 11, 24), attendance="provider_absent")
        repair = add_session(session, world.cast, ben, date(2026, 12, 2))
        repair.makes_up_id = missed.id
        add_session(session, world.cast, ben, date(2026, 12, 3), minutes=20)
        for where in (ana, ben):
            session.add(
                Mandate(
                    workspace_id=where.workspace_id, student_id=where.id, minutes=20, sessions=3, period="week",
                    starts_on=date(2026, 12, 9), setting="group",
                )
            )  # fmt: skip
        world.slot(session, "slp", 0, 1, starts_on=date(2026, 12, 7))
        world.slot(session, "slp", 1, 2, starts=time(13), starts_on=date(2026, 12, 8), rule="FREQ=WEEKLY;BYDAY=TU")
        add_session(session, world.cast, ana, date(2026, 12, 17), attendance="planned")
        closed: dict[str, Any] = {"first_on": date(2026, 12, 21), "last_on": date(2027, 1, 1), "kind": "closed"}
        session.add(SchoolCalendarDay(workspace_id=ana.workspace_id, label="Winter break", **closed))
    with db() as session:
        rows = {one.name: one for one in open_caseload(session, world.actor(session, "slp"), CaseloadChoice()).rows}
        for name, one in books(session, world).items():
            shown = max(one.lines, key=lambda each: (each.sums.behind, each.sums.short))
            drawn = rows[f"{name} Test"].minutes
            assert (drawn.done, drawn.behind, drawn.made_up) == (
                shown.sums.provided, shown.sums.behind, shown.sums.made_up,
            )  # fmt: skip
            assert drawn.due.startswith(str(shown.sums.allowable))
            assert drawn.more == len(one.lines) - 1
            short = f"{shown.sums.short} short by {short_date(shown.span.end)}"
            assert drawn.short == (short if shown.sums.short else "")
        # Of December's 120 Chloé has nothing yet, and the Tuesday of this week before the break is planned.
        assert rows["Chloé Test"].minutes.short == "90 short by Dec 31"


def test_what_was_missed_made_up_planned_and_closed_is_each_in_its_place(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        ana = session.get_one(Student, world.students[0].id)
        world.slot(session, "slp", 0, 1, starts_on=date(2026, 12, 7))
        closed: dict[str, Any] = {
            "first_on": date(2026, 12, 7),
            "last_on": date(2026, 12, 7),
            "kind": "closed",
            "label": "Snow",
        }
        session.add(SchoolCalendarDay(workspace_id=world.cast.workspace_id, **closed))
        add_session(session, world.cast, ana, date(2026, 12, 1))
        missed = add_session(session, world.cast, ana, date(2026, 12, 2), attendance="provider_absent")
        repair = add_session(session, world.cast, ana, date(2026, 12, 4), minutes=10)
        repair.makes_up_id = missed.id
    with db() as session:
        sums = line(books(session, world)["Ana"]).sums
    assert (sums.allowable, sums.provided, sums.made_up) == (120, 40, 10)
    assert dict(sums.not_provided) == {Attendance.PROVIDER_ABSENT: 20, Attendance.SCHOOL_CLOSED: 30}
    # Mondays from today on: Dec 14, 21 and 28.
    assert (sums.not_accounted, sums.planned, sums.short) == (30, 80, 0)


@pytest.mark.parametrize(("of_slot", "left"), [(True, (120, 0, 120)), (False, (120, 30, 90))])
def test_a_planned_session_counts_on_a_day_without_school_only_if_somebody_put_it_there(
    db: OpenDb, world: ScheduleWorld, of_slot: bool, left: tuple[int, int, int]
) -> None:
    """Nobody comes for a meeting of the week on a holiday; what was planned for that very day is still to be held."""
    with db() as session:
        ana = session.get_one(Student, world.students[0].id)
        slot = world.slot(session, "slp", 0, starts_on=TODAY, ends_on=TODAY)
        session.add(
            SchoolCalendarDay(workspace_id=ana.workspace_id, first_on=TODAY, last_on=TODAY, kind="closed", label="Snow")
        )
        entry = add_session(session, world.cast, ana, TODAY, attendance="planned")
        if of_slot:
            held = session.get_one(TherapySession, entry.session_id)
            held.slot_id, held.slot_on = slot.id, TODAY
    with db() as session:
        sums = line(books(session, world)["Ana"]).sums
    assert (sums.not_accounted, sums.planned, sums.short) == left


def move(db: Session, student: Student, on: date) -> None:
    """Let her be at Maple Elementary until the eve of a day, and at Oak Middle from then on."""
    of: dict[str, Any] = {"workspace_id": student.workspace_id, "student_id": student.id}
    eve = on - timedelta(days=1)
    db.add(Enrollment(**of, school="Maple Elementary", starts_on=date(2026, 9, 1), ends_on=eve))
    db.add(Enrollment(**of, school="Oak Middle", starts_on=on))


def test_a_student_who_moved_counts_with_each_school_for_her_days_there(db: OpenDb, world: ScheduleWorld) -> None:
    """Of December's 23 school days Maple has 4 (one of 5 is a snow day there) and Oak 18: 120 x 4/22 is 22, and 98."""
    maple = world.schools[0].id
    with db() as session:
        ana, ben = (session.get_one(Student, one.id) for one in world.students[:2])
        move(session, ana, date(2026, 12, 8))
        snow: dict[str, Any] = {"first_on": date(2026, 12, 3), "last_on": date(2026, 12, 3), "kind": "closed"}
        session.add(SchoolCalendarDay(workspace_id=ana.workspace_id, school_id=maple, label="Snow", **snow))
        for student in (ana, ben):
            missed = add_session(session, world.cast, student, date(2026, 12, 2), attendance="provider_absent")
            repair = add_session(session, world.cast, student, date(2026, 12, 9), minutes=10)
            repair.makes_up_id = missed.id
            add_session(session, world.cast, student, date(2026, 12, 10), minutes=40)
            add_session(session, world.cast, student, date(2026, 12, 11), attendance="provider_absent")
    with db() as session:
        shown = {span: page(session, world, by="school", span=span) for span in ("running", "month")}
        assert shown["running"].unsaid == f"1 student {MOVED}"
        for one in shown.values():
            figures = [
                (row.name, row.allowable, row.provided, row.made_up, row.lost, row.rest, row.owed) for row in one.rows
            ]
            # The make-up of Dec 9 counts on Dec 2, and so do the 20 minutes that are still to be made up of that day.
            assert figures == [
                ("Maple Elementary", 30, 10, 10, 20, 0, 20),
                ("No school", 240, 50, 10, 50, 140, 50),
                ("Oak Middle", 90, 40, 0, 30, 20, 30),
            ]
            whole = page(session, world, span="month").sums
            columns = [sum(column) for column in zip(*(row[1:] for row in figures), strict=True)]
            assert columns == [whole.allowable, whole.provided, whole.made_up, whole.lost, whole.rest, whole.owed]
        assert "Ana Test" in [row.name for row in page(session, world).rows], "her own account is one"
        november = page(session, world, by="school", span="month", on="2026-11-03")
        assert [(row.name, row.allowable) for row in november.rows] == [("Maple Elementary", 120), ("No school", 240)]
        assert november.unsaid == ""


def test_an_archived_students_minutes_count_until_the_day_on_which_she_was_archived(
    db: OpenDb, world: ScheduleWorld
) -> None:
    months = [{"span": "month", "on": on} for on in ("2026-11-01", "2026-12-01")]
    with db() as session:
        for day in (date(2026, 11, 4), date(2026, 12, 2)):
            add_session(session, world.cast, world.students[0], day)
    with db() as session:
        november, _ = (page(session, world, **month) for month in months)
        # Nine in the evening of Dec 9 in New York: that is her last day, though it is Dec 10 in UTC.
        session.get_one(Student, world.students[0].id).archived_at = datetime(2026, 12, 10, 2, tzinfo=UTC)
    with db() as session:
        for month, before in zip(months, (november, None), strict=True):
            everybody, active, gone = (
                page(session, world, whose=whose, **month) for whose in ("all", "active", "archived")
            )
            assert before is None or everybody.sums == before.sums, "a past month is what it was"
            assert [row.name for row in gone.rows] == ["Ana Test"]
            assert [row.name for row in active.rows] == ["Ben Test", "Chloé Test"]
            assert active.sums.allowable + gone.sums.allowable == everybody.sums.allowable
            assert active.sums.provided + gone.sums.provided == everybody.sums.provided
        (row,) = gone.rows
        assert row.sub == "archived Dec 9, 2026"
        # 9 of December's 31 days: 120 x 9 / 31 = 34.8.
        assert (row.allowable, row.provided, row.forecast) == (35, 30, "5 missing")
        later = page(session, world, span="month", on="2027-01-01")
        assert [one.name for one in later.rows] == ["Ben Test", "Chloé Test"], "nothing is owed afterwards"
        explained = page(session, world, student=str(world.students[0].id), **months[1]).explained
        assert explained.lines[0].allowable == "4 x 30 min each month, for 9 of 31 days: 35"
        assert explained.openings == ()
        shown = open_caseload(session, world.actor(session, "slp"), CaseloadChoice(view="archived")).rows
        assert shown[0].minutes.done == 30


def test_sums_add_up_whoever_they_are_of(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        add_session(session, world.cast, world.students[0], date(2026, 12, 1))
        move(session, world.students[1], date(2026, 12, 9))
    with db() as session:
        for span in ("running", "week", "month", "quarter", "year"):
            sums = {
                by: page(session, world, by=by, span=span) for by in ("student", "clinician", "school", "workspace")
            }
            for one in sums.values():
                assert sum(row.allowable for row in one.rows) == one.sums.allowable
                assert one.sums == sums["student"].sums
        (mine,) = page(session, world, by="clinician").rows
        assert (mine.name, mine.sub, mine.allowable) == ("Slp", "3 students", 360)


def test_what_is_to_be_made_up_is_the_same_number_on_every_page(db: OpenDb, world: ScheduleWorld) -> None:
    """In October 30 minutes were missed, in December 30, of which 10 are made up; of last year nothing is asked now."""
    ana = world.students[0].id
    with db() as session:
        student = session.get_one(Student, ana)
        add_session(session, world.cast, student, date(2025, 10, 6), attendance="provider_absent")
        add_session(session, world.cast, student, date(2026, 10, 6), attendance="provider_absent")
        missed = add_session(session, world.cast, student, date(2026, 12, 2), attendance="provider_absent")
        add_session(session, world.cast, student, date(2026, 12, 3), minutes=10).makes_up_id = missed.id
        add_session(session, world.cast, student, date(2026, 12, 18), attendance="provider_absent")
    with db() as session:
        actor = world.actor(session, "slp")
        assert open_student(session, actor, ana).student.owed == "50 min to make up"
        (line,) = get_day(session, actor).to_make_up
        assert line.words == "2 sessions · 50 min"
        assert student_ledger(session, actor, ana).owed == "50 (Provider absent 50)"
        for choice, words in (
            ({}, "20 missed in these days"),
            ({"span": "month", "on": "2026-10-01"}, "30 missed in these days"),
            ({"span": "month", "on": "2026-11-01"}, "none missed in these days"),
            ({"span": "year"}, "all missed in these days"),
        ):
            shown = page(session, world, student=str(ana), **choice)
            assert [(row.owed, row.owed_words) for row in shown.rows if row.owed] == [(50, words)], choice
            assert (shown.sums.owed, shown.sums.owed_words) == (50, words)
            assert shown.explained.owed == f"50 (Provider absent 50), {words}"


def test_one_student_is_explained_with_times_that_would_mend_it(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        world.slot(session, "slp", 0, starts=time(9))
        add_session(session, world.cast, world.students[0], date(2026, 12, 1))
        key = str(world.students[0].id)
    with db() as session:
        shown = page(session, world, student=key).explained
        assert shown.lines[0].forecast == "All minutes by Dec 31 at the present schedule"
        assert shown.openings == ()
        other = page(session, world, student=str(world.students[1].id)).explained
    assert other.lines[0].identity == "120 = 0 provided + 0 not provided + 120 not accounted for"
    assert other.lines[0].allowable == "4 x 30 min each month: 120"
    assert other.lines[0].forecast == "120 minutes short by Dec 31 at the present schedule"
    assert (len(other.openings), other.mending) == (4, "These make up all of it.")


def test_the_page_says_of_whom_it_can_say_nothing(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        nobody = add_student(session, world.cast, "Dee")
        later = Enrollment(
            workspace_id=nobody.workspace_id, school="Oak", starts_on=date(2027, 1, 4), student_id=world.students[2].id
        )
        session.add(later)
    with db() as session:
        shown = page(session, world, student=str(nobody.id))
        assert shown.unsaid.startswith("2 students without a mandate in these days")
        assert (shown.explained.lines, "nothing can be said" in shown.explained.nothing) == ((), True)
        early = page(session, world, student=str(world.students[2].id)).explained
        assert "No mandate runs on a day of this period" in early.nothing, "she comes in January"
        assert [one.name for one in shown.rows] == ["Ana Test", "Ben Test"]


def test_nobody_sees_the_minutes_of_students_whom_she_may_not_view(db: OpenDb, world: ScheduleWorld) -> None:
    with db() as session:
        assert set(books(session, world, "slpa")) == {"Ana", "Ben"}
        assert books(session, world, "outsider") == {}
        shown = page(session, world, "outsider", student=str(world.students[0].id))
        assert (shown.rows, shown.explained.name, shown.sums.allowable) == ([], "", 0)


@pytest.mark.parametrize("students", [0, 12])
def test_the_page_takes_few_statements_however_many_students(db: OpenDb, world: ScheduleWorld, students: int) -> None:
    with db() as session:
        for number in range(students):
            one = add_student(session, world.cast, f"Student {number}")
            add_session(session, world.cast, one, TODAY - timedelta(days=3))
        world.slot(session, "slp", 0, 1, 2, starts_on=MONDAY)
        move(session, world.students[0], TODAY)
    with db() as session:
        actor = world.actor(session, "slp")
        seen: list[str] = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        open_minutes(session, actor, parse_choice({"student": str(world.students[1].id), "by": "school"}, TODAY))
        session.flush()
    assert 4 <= len(seen) <= STATEMENTS, seen
    assert SessionEntry.__tablename__ in " ".join(seen)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "The current period of each mandate, Dec 14, 2026"),
        ({"span": "week", "on": "2026-12-16"}, "Dec 14 – Dec 20, 2026"),
        ({"span": "month", "on": "2026-11-01"}, "Nov 2026"),
        ({"span": "quarter"}, "Oct 1 – Dec 31, 2026"),
        ({"span": "year"}, "School year 2026–27"),
        ({"span": "century", "by": "moon", "on": "9999-99-99", "page": "-1"}, "The current period of each mandate"),
        ({"span": "week", "on": "0001-01-01"}, "Dec 14 – Dec 20, 2026"),
    ],
)
def test_the_address_says_which_days(asked: dict[str, str], words: str) -> None:
    choice = parse_choice(asked, TODAY)
    assert choice.words(TODAY).startswith(words)
    assert parse_choice(asked, TODAY).moved(TODAY, 1).moved(TODAY, -1).words(TODAY) == choice.words(TODAY)
