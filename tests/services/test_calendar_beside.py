"""The school calendar beside the first row of another statement says what its own statement says."""

from datetime import date, time, timedelta
from typing import Any

from tests.conftest import OpenDb
from tests.factories import add_student, make_cast
from therapytrack.access.gate import visible_lines
from therapytrack.models import School, SchoolCalendarDay
from therapytrack.services.caseload_sql import days_around, plans_day_and_calendar
from therapytrack.services.schedule_sql import calendar_between, calendar_in

FIRST = date(2026, 11, 23)


def test_the_calendar_beside_the_first_student_is_the_calendar(db: OpenDb) -> None:
    with db() as session:
        cast = make_cast(session)
        for name in ("Ana", "Ben"):
            add_student(session, cast, name)
        school = School(workspace_id=cast.workspace_id, name="Oak Hill")
        session.add(school)
        session.flush()
        here: dict[str, Any] = {"workspace_id": cast.workspace_id}
        break_days: dict[str, Any] = {"first_on": FIRST + timedelta(days=3), "last_on": FIRST + timedelta(days=4)}
        early: dict[str, Any] = {"first_on": FIRST, "last_on": FIRST, "school_id": school.id, "closes_at": time(12, 30)}
        past: dict[str, Any] = {"first_on": FIRST - timedelta(days=9), "last_on": FIRST - timedelta(days=8)}
        session.add(SchoolCalendarDay(**here, **break_days, kind="closed", label="Thanksgiving"))
        session.add(SchoolCalendarDay(**here, **early, kind="early_release", label="Conferences"))
        session.add(SchoolCalendarDay(**here, **past, kind="closed", label="Storm"))
    with db() as session:
        actor = cast.actor(session, "slp")
        window = {"first": FIRST, "last": FIRST + timedelta(days=30)}
        rows = list(visible_lines(session, actor, plans_day_and_calendar(False), **days_around(actor), **window))
        beside = [columns[-1] for _, columns in rows]
        expected = calendar_between(session, actor, window["first"], window["last"])
    assert len(rows) == 2
    assert [one is not None for one in beside].count(True) == 1
    assert calendar_in(next(one for one in beside if one)) == expected
    assert [one.label for one in expected] == ["Conferences", "Thanksgiving"]
