"""Today's sessions beside the caseload: which of them is next."""

from datetime import UTC, datetime

from therapytrack.services.today import DaySession
from therapytrack.state.caseload import common_hit, now_views


def day_session(name: str, hours: str, status: str, hit: str = "") -> DaySession:
    now = datetime.now(UTC)
    return DaySession(name, name, hours, "Room 4", status, True, [], now, now, hit=hit)


def test_a_running_session_is_next_although_an_earlier_one_was_never_started() -> None:
    missed, running = (
        day_session("missed", "8:30–9:00 AM", "planned"),
        day_session("running", "10:00–10:30 AM", "running"),
    )
    assert [(one.id, one.is_next) for one in now_views([missed, running])] == [("missed", False), ("running", True)]


def test_the_time_breaks_between_its_halves_alone() -> None:
    assert now_views([day_session("noon", "11:45 AM–12:15 PM", "planned")])[0].hours == "11:45\xa0AM–12:15\xa0PM"


def test_the_first_planned_session_is_next_when_none_runs() -> None:
    done, planned = day_session("done", "8:30–9:00 AM", "finished"), day_session("planned", "10:00–10:30 AM", "planned")
    assert [(one.id, one.is_next) for one in now_views([done, planned])] == [("done", False), ("planned", True)]


def test_what_the_calendar_says_against_a_session_is_shown_beside_it() -> None:
    closed = day_session("closed", "8:30–9:00 AM", "planned", "No school: Thanksgiving")
    assert [(one.hit, one.can_start) for one in now_views([closed])] == [("No school: Thanksgiving", True)]


def test_what_is_said_against_all_that_is_to_come_is_said_once() -> None:
    done, closed = (
        day_session("done", "8:00 AM", "finished"),
        day_session("one", "8:30 AM", "planned", "No school: Snow"),
    )
    other = day_session("other", "9:00 AM", "planned")
    assert common_hit(now_views([done, closed])) == "No school: Snow"
    assert common_hit(now_views([closed, other])) == common_hit(now_views([])) == common_hit(now_views([other])) == ""
