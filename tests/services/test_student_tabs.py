"""The tabs of a student's page: what each lists, for whom, in how many statements, and page by page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, event, select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_plan, add_session, add_student, grant, make_cast, school_day
from therapytrack.domain.day_pages import PAGE
from therapytrack.domain.student_choice import StudentChoice, StudentTab
from therapytrack.errors import NotFound
from therapytrack.models import (
    CoSignature,
    Disclosure,
    GoalPhase,
    NoteStatus,
    ProgressCodeSet,
    ProgressReport,
    ReportPeriod,
    School,
    SchoolCalendarDay,
    SessionEntry,
    Student,
    StudentGrant,
    utc_now,
)
from therapytrack.services import activity
from therapytrack.services.student_ledger import free_times
from therapytrack.services.student_page import StudentPage, open_student

DAY = timedelta(days=1)
TODAY = school_day()


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


@pytest.fixture
def student(db: OpenDb, cast: Cast) -> Student:
    """A student with a plan, a goal, a held session with data, a missed one, and a reader."""
    with db() as session:
        student = add_student(session, cast)
        add_plan(session, student, TODAY - 100 * DAY)
        _, version = add_goal(session, student)
        add_session(session, cast, student, TODAY - 2 * DAY, scores=[(version, 10, 8)])
        add_session(session, cast, student, TODAY - DAY, attendance="student_absent", minutes=0)
        grant(session, cast, student, "reader")
        return student


def opened(
    db: OpenDb, cast: Cast, student: Student, tab: StudentTab, who: str = "slp", until: date | None = None
) -> StudentPage:
    with db() as session:
        return open_student(session, cast.actor(session, who), student.id, StudentChoice(tab, until))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("tab", list(StudentTab))
def test_no_tab_takes_more_statements_than_its_few_whatever_the_history(
    db: OpenDb, cast: Cast, student: Student, engine: Engine, tab: StudentTab
) -> None:
    taken = []
    for _ in range(2):
        with db() as session:
            slp = cast.actor(session, "slp")
            with statements(engine) as sent:
                open_student(session, slp, student.id, StudentChoice(tab))
                session.flush()
            taken.append(len(sent))
            _, version = add_goal(session, session.merge(student), "Another")
            for days in range(3, 8):
                add_session(session, cast, student, TODAY - days * DAY, scores=[(version, 10, 8)])
    assert taken[0] == taken[1] <= (7 if tab is StudentTab.MINUTES else 4)


def test_a_session_says_who_came_for_how_long_and_what_came_of_each_goal(
    db: OpenDb, cast: Cast, student: Student
) -> None:
    missed, held = opened(db, cast, student, StudentTab.SESSIONS).sessions
    assert (missed.missed, missed.attendance, missed.results) == (True, "Student absent", ())
    assert (held.missed, held.minutes, held.by, held.note_status) == (False, 30, "Slp", "Draft")
    assert [(one.goal, one.value, one.counts) for one in held.results] == [("/s/ blends", "80%", "8/10 probe")]


def test_sessions_come_in_pages_of_sixty(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        for days in range(3, 3 + PAGE + 10):
            add_session(session, cast, student, TODAY - days * DAY)
    first = opened(db, cast, student, StudentTab.SESSIONS)
    rest = opened(db, cast, student, StudentTab.SESSIONS, until=date.fromisoformat(first.older))
    assert (len(first.sessions), len(rest.sessions), rest.older) == (PAGE, 12, "")
    assert len({one.id for one in [*first.sessions, *rest.sessions]}) == PAGE + 12


def write_note(session: Session, student: Student, status: NoteStatus) -> SessionEntry:
    """Words and a standing for the note of the held session."""
    query = select(SessionEntry).where(col(SessionEntry.student_id) == student.id)
    entry: SessionEntry = session.execute(query.where(col(SessionEntry.attendance) == "present")).scalars().one()
    entry.note, entry.note_status = "Worked on blends.", status
    if status in (NoteStatus.SIGNED, NoteStatus.COSIGNED):
        entry.signed_at = utc_now()
    return entry


def test_a_note_that_is_still_being_written_is_closed_to_everybody_but_its_author(
    db: OpenDb, cast: Cast, student: Student
) -> None:
    with db() as session:
        write_note(session, session.merge(student), NoteStatus.DRAFT)
    (own,) = opened(db, cast, student, StudentTab.NOTES).notes
    (others,) = opened(db, cast, student, StudentTab.NOTES, "reader").notes
    assert (own.text, own.closed, own.status) == ("Worked on blends.", "", "Draft")
    assert others.text == "" and "still being written" in others.closed
    with db() as session:
        write_note(session, session.merge(student), NoteStatus.SIGNED)
    (signed,) = opened(db, cast, student, StudentTab.NOTES, "reader").notes
    assert (signed.text, signed.closed, signed.status, signed.by) == ("Worked on blends.", "", "Signed", "Slp")


def test_minutes_are_those_of_the_running_ledger_beside_what_was_missed(
    db: OpenDb, cast: Cast, student: Student
) -> None:
    with db() as session:
        add_session(session, cast, student, TODAY)
    page = opened(db, cast, student, StudentTab.MINUTES)
    (line,) = page.minutes
    assert (line.asked, line.allowable) == ("4 x 30 min each month", 120)
    assert line.provided == page.student.minutes.done >= 30
    assert line.behind == page.student.minutes.behind
    assert [one.what.partition(" · ")[2] for one in page.other_missed] == ["Student absent"]
    (running,) = page.ledger.running
    assert running.identity.startswith(f"120 = {line.provided} provided")
    assert page.ledger.nothing == ""


def test_the_ledger_of_a_student_says_earlier_periods_and_the_times_that_would_mend_what_will_be_short(
    db: OpenDb,
) -> None:
    with time_machine.travel("2026-12-14T14:00:00Z", tick=False):
        with db() as session:
            cast = make_cast(session)
            student = add_student(session, cast, "Dee")
            add_plan(session, student, date(2026, 10, 1))
            for day in (date(2026, 10, 7), date(2026, 12, 2)):
                add_session(session, cast, student, day)
            add_session(session, cast, student, date(2026, 11, 4), attendance="student_absent")
        page = opened(db, cast, student, StudentTab.MINUTES)
        assert [one.identity for one in page.ledger.past] == [
            "120 = 0 provided + 30 not provided + 90 not accounted for",
            "120 = 30 provided + 0 not provided + 90 not accounted for",
        ]
        assert page.ledger.past[0].reasons == "Student absent 30"
        assert page.ledger.running[0].forecast == "90 minutes short by Dec 31 at the present schedule"
        assert page.ledger.may_mend
        with db() as session:
            found = free_times(session, cast.actor(session, "slp"), student.id)
            assert (len(found.openings), found.mending) == (3, "These make up all of it.")
        with db() as session, pytest.raises(NotFound):
            free_times(session, cast.actor(session, "reader"), student.id)


def test_free_times_end_before_her_school_lets_out_early_and_know_nothing_of_other_schools(db: OpenDb) -> None:
    tuesday = date(2026, 12, 15)
    with time_machine.travel("2026-12-14T14:00:00Z", tick=False):
        with db() as session:
            cast = make_cast(session)
            schools = [School(workspace_id=cast.workspace_id, name=name) for name in ("Oak School", "Élm School")]
            session.add_all(schools)
            student = add_student(session, cast, "Eve", school="ELM school")
            add_plan(session, student, date(2026, 12, 1))
            early = SchoolCalendarDay(
                workspace_id=cast.workspace_id, first_on=tuesday, last_on=tuesday, kind="early_release", label="Staff"
            )
            session.add(early)
        oak, elm = (one.id for one in schools)
        for school, closes_at, first in (
            (elm, time(8, 30), "Tue, Dec 15, 8:00–8:30 AM"),
            (elm, time(8, 29), "Wed, Dec 16, 8:00–8:30 AM"),
            (oak, time(8, 29), "Tue, Dec 15, 8:00–8:30 AM"),
            (None, time(8, 29), "Wed, Dec 16, 8:00–8:30 AM"),
        ):
            with db() as session:
                early.school_id, early.closes_at = school, closes_at
                session.merge(early)
            with db() as session:
                found = free_times(session, cast.actor(session, "slp"), student.id)
                assert found.openings[0].words == first, (school == oak, closes_at)


def test_reports_say_how_that_of_each_period_stands(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        codes = ProgressCodeSet(workspace_id=cast.workspace_id, name="Codes")
        session.add(codes)
        periods = [
            ReportPeriod(
                workspace_id=cast.workspace_id,
                name=name,
                first_on=TODAY + begins * DAY,
                last_on=TODAY + (begins + 30) * DAY,
                due_on=TODAY + (begins + 33) * DAY,
            )
            for name, begins in (("Past", -60), ("Now", -20), ("To come", 5))
        ]
        session.add_all(periods)
        session.flush()
        session.add(
            ProgressReport(
                workspace_id=cast.workspace_id,
                student_id=student.id,
                period_id=periods[0].id,
                author_id=cast.members["slp"],
                code_set_id=codes.id,
                status=NoteStatus.SIGNED,
            )
        )
    told = opened(db, cast, student, StudentTab.REPORTS, "reader").reports
    assert [(one.name, one.status, one.by, one.due) for one in told] == [
        ("Now", "Not begun", "", "in 13 days"),
        ("Past", "Signed", "Slp", ""),
    ]


def test_access_lists_everybody_for_the_case_manager_and_says_why_not_for_others(
    db: OpenDb, cast: Cast, student: Student
) -> None:
    managed = opened(db, cast, student, StudentTab.ACCESS).access
    read = opened(db, cast, student, StudentTab.ACCESS, "reader").access
    assert [one.name for one in managed.people] == ["Reader", "Slp"] and managed.closed == ""
    assert read.people == () and "case manager" in read.closed
    assert [one.mark for one in read.mine] == ["held", "none", "none", "none"]


def test_the_timeline_tells_of_everything_that_its_reader_may_see(db: OpenDb, cast: Cast, student: Student) -> None:
    with db() as session:
        actor = cast.actor(session, "slp")
        goal, _ = add_goal(session, session.merge(student), "Later goal")
        workspace, slp = cast.workspace_id, cast.members["slp"]
        session.add(GoalPhase(workspace_id=workspace, goal_id=goal.id, name="Intervention", starts_on=TODAY - 4 * DAY))
        entry = write_note(session, student, NoteStatus.COSIGNED)
        signer = cast.members["supervisor"]
        session.add(CoSignature(workspace_id=workspace, entry_id=entry.id, signed_by_id=signer, content_hash="x"))
        session.add(
            Disclosure(
                workspace_id=workspace,
                student_id=student.id,
                party="Elm Clinic",
                purpose="Referral",
                disclosed_on=TODAY - 5 * DAY,
                what="Summary",
                recorded_by_id=slp,
            )
        )
        ended = select(StudentGrant).where(col(StudentGrant.membership_id) == cast.members["reader"])
        session.execute(ended).scalars().one().ends_at = utc_now() + DAY
        activity.record(session, actor, "export summary", student_id=student.id, record_kind="student")
    managed = opened(db, cast, student, StudentTab.TIMELINE)
    told = {one.words for one in managed.timeline}
    assert {
        "Individual session",
        "Note signed by Slp",
        "Note co-signed by Supervisor",
        "Stage begins: Intervention",
        "Goal begins",
        "Reader may view",
        "Slp may view, edit, export and generate",
        "Disclosed to Elm Clinic",
        "Exported the progress summary",
    } <= told
    assert managed.unseen == ()
    days = [one.day for one in managed.timeline if one.kind == "session"]
    assert days == [f"{day:%b} {day.day}, {day.year}" for day in (TODAY - DAY, TODAY - 2 * DAY)]
    read = opened(db, cast, student, StudentTab.TIMELINE, "reader")
    assert {one.kind for one in read.timeline} == {"session", "note", "goal", "access"}
    assert [one.words for one in read.timeline if one.kind == "access"] == ["Reader may view"]
    assert [why.partition(":")[0] for why in read.unseen] == ["Exports and disclosures", "Other people's access"]


def test_nobody_opens_a_tab_of_a_student_whom_she_may_not_view(db: OpenDb, cast: Cast, student: Student) -> None:
    for tab in StudentTab:
        for who in ("outsider", "slpa", "owner"):
            with db() as session, pytest.raises(NotFound):
                open_student(session, cast.actor(session, who), student.id, StudentChoice(tab))
