"""Missed sessions that are owed, what makes them up, and who may say so, on real databases."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import acts_of_people, add_plan, add_session, add_student, grant, make_cast, school_day
from therapytrack.domain.caseload_choice import CaseloadChoice
from therapytrack.domain.dates import short_date
from therapytrack.domain.make_ups import MakeUp, Missed, still_owed
from therapytrack.domain.student_choice import StudentChoice, StudentTab
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted
from therapytrack.models import AttendanceCode, NoteStatus, SessionEntry, Student, new_id
from therapytrack.services.attendance_codes import add_default_codes
from therapytrack.services.caseload import StudentFacts, access_facts
from therapytrack.services.caseload_rows import open_caseload
from therapytrack.services.make_up_links import (
    SIGNED,
    choose_make_up,
    decide_make_up,
    link_make_up,
    start_make_up,
    unlink_make_up,
)
from therapytrack.services.make_ups import missed_of
from therapytrack.services.session_sheet import get_session_sheet
from therapytrack.services.student_page import open_student
from therapytrack.services.therapy_sessions import set_attendance
from therapytrack.services.today import get_day

WEEK = timedelta(days=7)
MISSED = StudentChoice(StudentTab.MINUTES)


class Owed:
    """Ana, who missed a session a week ago because the provider was away, and came today; Ben, who came today."""

    def __init__(self, db: Session) -> None:
        self.cast = make_cast(db)
        self.today = school_day()
        ana, ben = (add_student(db, self.cast, name) for name in ("Ana", "Ben"))
        self.ana, self.ben = ana.id, ben.id
        self.missed = self.miss(db, ana, self.today - WEEK)
        self.held = add_session(db, self.cast, ana, self.today, minutes=20).id
        self.bens = add_session(db, self.cast, ben, self.today).id

    def miss(self, db: Session, student: Student, on: date, attendance: str = "provider_absent") -> UUID:
        return add_session(db, self.cast, student, on, attendance=attendance).id


@pytest.fixture
def owed(db: OpenDb) -> Owed:
    with db() as session:
        return Owed(session)


def counted_minutes(facts: StudentFacts) -> tuple[int, int]:
    """The minutes of the running period, and those of them that were made up."""
    assert facts.line is not None
    return facts.line.sums.provided, facts.line.sums.made_up


def missed(db: OpenDb, owed: Owed) -> dict[UUID, Missed]:
    with db() as session:
        found = missed_of(session, owed.cast.actor(session, "slp"), [owed.ana, owed.ben])
        return {one.entry_id: one for rows in found.values() for one in rows}


def link(db: OpenDb, owed: Owed, entry: UUID, of: UUID, who: str = "slp") -> None:
    with db() as session:
        link_make_up(session, owed.cast.actor(session, who), entry, of)


def test_a_session_that_the_provider_missed_is_owed_until_its_minutes_are_given(db: OpenDb, owed: Owed) -> None:
    assert [one.left for one in missed(db, owed).values()] == [30]
    link(db, owed, owed.held, owed.missed)
    assert [(one.left, one.made_up) for one in missed(db, owed).values()] == [(10, 20)]
    with db() as session:
        unlink_make_up(session, owed.cast.actor(session, "slp"), owed.held)
    assert [one.left for one in missed(db, owed).values()] == [30]


@pytest.mark.parametrize("linked", [False, True])
def test_what_a_signed_session_makes_up_stays_and_is_not_offered(db: OpenDb, owed: Owed, linked: bool) -> None:
    if linked:
        link(db, owed, owed.held, owed.missed)
    with db() as session:
        session.get_one(SessionEntry, owed.held).note_status = NoteStatus.SIGNED
    with db() as session:
        slp = owed.cast.actor(session, "slp")
        assert [one.choices for one in open_student(session, slp, owed.ana, MISSED).make_ups] == [[]]
        with pytest.raises(NotPermitted) as refused:
            choose_make_up(session, slp, owed.held, "" if linked else str(owed.missed))
        assert refused.value.sentence == SIGNED


def test_each_link_is_told_once_in_the_log(db: OpenDb, owed: Owed) -> None:
    for _ in range(2):
        link(db, owed, owed.held, owed.missed)
    for _ in range(2):
        with db() as session:
            choose_make_up(session, owed.cast.actor(session, "slp"), owed.held, "")
    with db() as session:
        assert [one.action for one in acts_of_people(session)] == ["link make-up", "unlink make-up"]


def test_the_policy_of_a_code_says_what_is_owed(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        add_default_codes(session, owed.cast.workspace_id)
        session.flush()
        codes = {one.reason: one for one in session.execute(select(AttendanceCode)).scalars()}
        codes["provider_absent"].make_up_owed = False
        session.get_one(SessionEntry, owed.missed).attendance_code_id = codes["provider_absent"].id
    found = missed(db, owed)[owed.missed]
    assert (found.owed, found.reason) == (False, "Provider absent")
    with pytest.raises(Invalid):
        link(db, owed, owed.held, owed.missed)


def test_a_clinician_decides_otherwise_with_a_reason_and_takes_it_back(db: OpenDb, owed: Owed) -> None:
    for decided, why, left in ((MakeUp.NOT_OWED, "Given ahead.", 0), (MakeUp.POLICY, "", 30)):
        with db() as session:
            decide_make_up(session, owed.cast.actor(session, "slp"), owed.missed, decided, why)
        one = missed(db, owed)[owed.missed]
        assert (one.left, one.why) == (left, why)


def test_an_assistant_links_but_does_not_decide_and_a_reader_does_neither(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        ana = session.get_one(Student, owed.ana)
        grant(session, owed.cast, ana, "slpa", edit=True)
        grant(session, owed.cast, ana, "supervisor", edit=True)
        grant(session, owed.cast, ana, "reader")
    link(db, owed, owed.held, owed.missed, "slpa")
    for who in ("slpa", "reader"):
        with pytest.raises(NotPermitted), db() as session:
            decide_make_up(session, owed.cast.actor(session, who), owed.missed, MakeUp.NOT_OWED, "No.")
    with pytest.raises(NotPermitted):
        link(db, owed, owed.held, owed.missed, "reader")


def test_a_session_makes_up_one_and_a_full_one_is_not_made_up_twice(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        ana = session.get_one(Student, owed.ana)
        older = owed.miss(session, ana, owed.today - 2 * WEEK)
        full = add_session(session, owed.cast, ana, owed.today, minutes=30).id
    link(db, owed, full, owed.missed)
    link(db, owed, full, older)
    assert {one.entry_id: one.left for one in missed(db, owed).values()} == {older: 0, owed.missed: 30}
    with pytest.raises(Invalid):
        link(db, owed, owed.held, older)


def test_another_students_and_unknown_sessions_are_not_found(db: OpenDb, owed: Owed) -> None:
    for entry, of in ((owed.bens, owed.missed), (owed.held, new_id()), (new_id(), owed.missed)):
        with pytest.raises(NotFound):
            link(db, owed, entry, of)
    for choice in ("no id", str(new_id())):
        with pytest.raises(NotFound), db() as session:
            choose_make_up(session, owed.cast.actor(session, "slp"), owed.held, choice)


def test_an_outsider_finds_none_of_it(db: OpenDb, owed: Owed) -> None:
    with pytest.raises(NotFound):
        link(db, owed, owed.held, owed.missed, "outsider")
    with pytest.raises(NotFound), db() as session:
        decide_make_up(session, owed.cast.actor(session, "outsider"), owed.missed, MakeUp.NOT_OWED, "No.")
    with pytest.raises(NotFound), db() as session:
        start_make_up(session, owed.cast.actor(session, "outsider"), new_id(), owed.missed)


def test_what_is_not_missed_after_all_is_made_up_by_nothing(db: OpenDb, owed: Owed) -> None:
    link(db, owed, owed.held, owed.missed)
    with db() as session:
        set_attendance(session, owed.cast.actor(session, "slp"), owed.missed, "present", "provider_absent")
    with db() as session:
        assert session.get_one(SessionEntry, owed.held).makes_up_id is None
        assert [one.record_id for one in acts_of_people(session) if one.action == "unlink make-up"] == [owed.held]
    with pytest.raises(Conflict):
        link(db, owed, owed.held, owed.missed)


@pytest.mark.parametrize("status", [NoteStatus.SIGNED, NoteStatus.SUBMITTED, NoteStatus.COSIGNED])
def test_what_a_signed_session_made_up_stays_missed_and_the_refusal_says_why(
    db: OpenDb, owed: Owed, status: NoteStatus
) -> None:
    link(db, owed, owed.held, owed.missed)
    with db() as session:
        session.get_one(SessionEntry, owed.held).note_status = status
    with pytest.raises(NotPermitted) as refused, db() as session:
        set_attendance(session, owed.cast.actor(session, "slp"), owed.missed, "present", "provider_absent")
    assert f"The session of {short_date(owed.today)} makes this one up" in refused.value.sentence
    with db() as session:
        assert session.get_one(SessionEntry, owed.held).makes_up_id == owed.missed
        assert session.get_one(SessionEntry, owed.missed).attendance == "provider_absent"
        assert [one.action for one in acts_of_people(session)] == ["link make-up"]
    with db() as session:
        set_attendance(session, owed.cast.actor(session, "slp"), owed.missed, "student_absent", "provider_absent")


def test_a_make_up_that_is_missed_leaves_the_first_session_owed_and_owes_nothing_itself(db: OpenDb, owed: Owed) -> None:
    link(db, owed, owed.held, owed.missed)
    with db() as session:
        set_attendance(session, owed.cast.actor(session, "slp"), owed.held, "provider_absent", "present")
    assert {one.entry_id: one.left for one in missed(db, owed).values()} == {owed.missed: 30, owed.held: 0}


def test_a_session_started_for_it_makes_it_up_and_a_second_click_finds_it(db: OpenDb, owed: Owed) -> None:
    key = new_id()
    for _ in range(2):
        with db() as session:
            started = start_make_up(session, owed.cast.actor(session, "slp"), key, owed.missed)
            assert (started.id, started.status) == (key, "running")
    assert [(one.left, len(one.repairs)) for one in missed(db, owed).values()] == [(0, 1)]


def test_a_session_is_not_started_for_what_is_not_owed(db: OpenDb, owed: Owed) -> None:
    key = new_id()
    link(db, owed, owed.held, owed.missed)
    with db() as session:
        decide_make_up(session, owed.cast.actor(session, "slp"), owed.missed, MakeUp.NOT_OWED, "Enough.")
    with pytest.raises(Invalid), db() as session:
        start_make_up(session, owed.cast.actor(session, "slp"), key, owed.missed)
    with pytest.raises(NotFound), db() as session:
        get_session_sheet(session, owed.cast.actor(session, "slp"), key)


def test_minutes_of_a_make_up_count_in_the_period_of_what_it_makes_up(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        ana = session.get_one(Student, owed.ana)
        add_plan(session, ana, owed.today - timedelta(days=3), period="year")
    for linked, counted in ((False, (20, 0)), (True, (0, 0))):
        if linked:
            link(db, owed, owed.held, owed.missed)
        with db() as session:
            _, facts = access_facts(session, owed.cast.actor(session, "slp"), owed.ana)
            assert counted_minutes(facts) == counted


def test_what_was_given_ahead_makes_up_what_was_missed_and_counts_in_its_period(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        ana = session.get_one(Student, owed.ana)
        add_plan(session, ana, owed.today - 4 * WEEK, period="week")
        ahead = add_session(session, owed.cast, ana, owed.today - timedelta(days=13), minutes=30).id
        early = add_session(session, owed.cast, ana, owed.today - timedelta(days=15), minutes=30).id
        late = owed.miss(session, ana, owed.today)
        choices = {
            one.id: one.choices
            for one in open_student(session, owed.cast.actor(session, "slp"), owed.ana, MISSED).make_ups
        }
        assert str(ahead) in {one.value for one in choices[str(late)]}
        assert str(early) not in {one.value for one in choices[str(late)]}
    link(db, owed, ahead, late)
    assert missed(db, owed)[late].left == 0
    with pytest.raises(Invalid):
        link(db, owed, early, late)
    with db() as session:
        _, facts = access_facts(session, owed.cast.actor(session, "slp"), owed.ana)
        assert counted_minutes(facts) == (50, 30)


def test_today_the_students_page_and_the_session_show_what_is_owed(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        actor = owed.cast.actor(session, "slp")
        assert [(one.student.id, one.words) for one in get_day(session, actor).to_make_up] == [
            (owed.ana, "1 session · 30 min")
        ]
        page = open_student(session, actor, owed.ana, MISSED)
        assert [(one.standing, one.open) for one in page.make_ups] == [("30 min owed", True)]
        assert [one.value for one in page.make_ups[0].choices] == [str(owed.held)]
        held = session.get_one(SessionEntry, owed.held)
        sheet = get_session_sheet(session, actor, held.session_id)
        assert [key for key, _ in sheet.entries[0].times.owed] == [str(owed.missed)]
        assert open_student(session, actor, owed.ben, MISSED).make_ups == []


def test_a_colleague_who_does_not_see_the_student_is_told_of_nothing(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        assert get_day(session, owed.cast.actor(session, "supervisor")).to_make_up == []


def test_the_caseload_lists_those_who_are_owed_a_session(db: OpenDb, owed: Owed) -> None:
    for names in (["Ana Test"], []):
        with db() as session:
            slp = owed.cast.actor(session, "slp")
            assert [row.name for row in open_caseload(session, slp, CaseloadChoice(view="make_up")).rows] == names
        with db() as session:
            session.get_one(SessionEntry, owed.held).minutes = 60
        link(db, owed, owed.held, owed.missed)


def still(found: dict[UUID, Missed]) -> list[UUID]:
    return [one.entry_id for one in still_owed(found.values())]


def test_what_was_missed_over_a_year_ago_is_history(db: OpenDb, owed: Owed) -> None:
    with db() as session:
        ana = session.get_one(Student, owed.ana)
        owed.miss(session, ana, owed.today - timedelta(days=401))
        recent = owed.miss(session, ana, owed.today - timedelta(days=400))
    assert still(missed(db, owed)) == [recent, owed.missed]
