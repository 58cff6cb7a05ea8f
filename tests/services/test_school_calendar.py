"""The school calendar: everybody reads it, the office keeps it, an import and the defaults come and go as a whole."""

from datetime import date, time
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from tests.conftest import OpenDb
from tests.factories import acts_of_people
from tests.services.schedule_world import MONDAY, ScheduleWorld, build_schedule_world
from therapytrack.domain.calendar_file import FileDay
from therapytrack.domain.calendar_form import HoursForm, RoadForm, parse_hours
from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours, DayKind, SchoolDay
from therapytrack.errors import Invalid, NotFound, NotPermitted
from therapytrack.models import SchoolCalendarDay, SchoolTravel, Workspace, new_id
from therapytrack.services import school_calendar, schools
from therapytrack.services.schedule import get_schedule
from therapytrack.services.schedule_sql import schools_of

SNOW = SchoolDay(MONDAY, MONDAY, DayKind.CLOSED, "Snow")
FILE = [
    FileDay("a", date(2026, 11, 26), date(2026, 11, 27), DayKind.CLOSED, "Thanksgiving", None),
    FileDay("b", date(2026, 12, 16), date(2026, 12, 16), DayKind.EARLY_RELEASE, "Early release", time(12, 30)),
]


@pytest.fixture
def world(engine: Engine, db: OpenDb) -> ScheduleWorld:
    with db() as session:
        return build_schedule_world(session)


def office(world: ScheduleWorld, db: OpenDb, service: object, *args: object) -> object:
    with db() as session:
        return service(session, world.actor(session, "owner"), *args)  # type: ignore[operator]


def labels(world: ScheduleWorld, db: OpenDb, who: str = "slp", year: int = 2026) -> list[str]:
    with db() as session:
        return [one.day.label for one in school_calendar.get_calendar(session, world.actor(session, who), year).entries]


def test_what_the_office_enters_everybody_reads_and_the_schedule_says(world: ScheduleWorld, db: OpenDb) -> None:
    with db() as session:
        world.slot(session, "slp", 0)
    assert office(world, db, school_calendar.add_days, SNOW) is True
    assert office(world, db, school_calendar.add_days, SNOW) is False
    assert [labels(world, db, who) for who in ("slp", "slpa", "reader", "owner")] == [["Snow"]] * 4
    assert labels(world, db, "outsider") == []
    with db() as session:
        (one,) = get_schedule(session, world.actor(session, "slp"), MONDAY, MONDAY).meetings
    assert one.clashes == ["No school: Snow."]


@pytest.mark.parametrize("who", ["slp", "slpa", "supervisor", "reader"])
def test_nobody_but_the_office_changes_it(world: ScheduleWorld, db: OpenDb, who: str) -> None:
    one, other = (school.id for school in world.schools)
    for service, args in (
        (school_calendar.add_days, (SNOW,)),
        (school_calendar.remove_day, (new_id(),)),
        (school_calendar.remove_source, ("import",)),
        (school_calendar.put_back, ([],)),
        (school_calendar.add_defaults, (2026,)),
        (school_calendar.import_days, (None, FILE)),
        (school_calendar.require_calendar, ()),
        (schools.add_school, ("New",)),
        (schools.rename_school, (one, "New")),
        (schools.put_school_away, (one,)),
        (schools.bring_school_back, (one,)),
        (schools.set_road, (RoadForm(one, other, 5),)),
        (schools.set_hours, (HoursForm(one, None),)),
    ):
        with db() as session, pytest.raises(NotPermitted):
            service(session, world.actor(session, who), *args)


def test_a_file_read_twice_changes_nothing_and_goes_as_a_whole(world: ScheduleWorld, db: OpenDb) -> None:
    office(world, db, school_calendar.add_days, SNOW)
    assert office(world, db, school_calendar.import_days, None, FILE) == (2, 0)
    assert office(world, db, school_calendar.import_days, None, FILE) == (0, 2)
    changed = [FILE[0], FileDay("b", MONDAY, MONDAY, DayKind.CLOSED, "Snow make-up", None)]
    assert office(world, db, school_calendar.import_days, None, changed) == (1, 1)
    assert labels(world, db) == ["Thanksgiving", "Snow", "Snow make-up"]
    assert office(world, db, school_calendar.import_days, world.schools[0].id, FILE) == (2, 0)
    gone = office(world, db, school_calendar.remove_source, "import")
    assert labels(world, db) == ["Snow"]
    assert [office(world, db, school_calendar.put_back, gone) for _ in range(2)] == [4, 0]
    assert office(world, db, school_calendar.import_days, world.schools[0].id, FILE) == (0, 2)
    office(world, db, school_calendar.remove_source, "import")
    assert labels(world, db) == ["Snow"]
    with pytest.raises(Invalid):
        office(world, db, school_calendar.remove_source, "typed")
    with db() as session:
        acts = [(one.action, one.detail) for one in acts_of_people(session)]
    assert acts[1:3] == [("import school days", {"days": 2}), ("import school days", {"days": 1})]


def test_the_states_holidays_are_defaults_beside_what_is_there(world: ScheduleWorld, db: OpenDb) -> None:
    with pytest.raises(Invalid) as refused:
        office(world, db, school_calendar.add_defaults, 2026)
    assert "defaults" in refused.value.fields
    with db() as session:
        session.get_one(Workspace, world.cast.workspace_id).us_state = "NY"
    office(world, db, school_calendar.import_days, None, FILE)
    added = office(world, db, school_calendar.add_defaults, 2026)
    assert isinstance(added, int)
    assert added > 5
    assert office(world, db, school_calendar.add_defaults, 2026) == 0
    found = labels(world, db)
    assert "Labor Day" in found
    assert [one for one in found if "Thanksgiving" in one] == ["Thanksgiving"]
    with db() as session:
        days = session.execute(select(SchoolCalendarDay).where(SchoolCalendarDay.source == "holidays")).scalars()  # type: ignore[arg-type]
        assert all(one.first_on == one.last_on and one.first_on.weekday() < 5 for one in days)
    gone = office(world, db, school_calendar.remove_source, "holidays")
    assert isinstance(gone, list)
    assert len(gone) == added


def test_schools_are_added_renamed_put_away_and_come_back(world: ScheduleWorld, db: OpenDb) -> None:
    maple = world.schools[0].id
    for service, args in (
        (schools.add_school, ("maple ELEMENTARY",)),
        (schools.rename_school, (maple, "Oak Middle")),
    ):
        with pytest.raises(Invalid) as refused:
            office(world, db, service, *args)
        assert list(refused.value.fields) == ["school_name"]
    office(world, db, schools.rename_school, maple, "Maple Street School")
    office(world, db, schools.put_school_away, maple)
    with db() as session:
        lines = [(one.name, one.away) for one in schools.list_schools(session, world.actor(session, "reader"))]
    assert lines == [("Oak Middle", False), ("Maple Street School", True)]
    assert office(world, db, schools.add_school, "Maple Street School") == maple


def test_a_road_holds_in_both_directions(world: ScheduleWorld, db: OpenDb) -> None:
    one, other = (school.id for school in world.schools)
    office(world, db, schools.set_road, RoadForm(one, other, 10))
    office(world, db, schools.set_road, RoadForm(other, one, 15))
    with db() as session:
        assert [row.minutes for row in session.execute(select(SchoolTravel)).scalars()] == [15]
        roads = schools.list_roads(session, world.actor(session, "slp"))
    assert [road.minutes for road in roads] == [15]
    office(world, db, schools.set_road, RoadForm(one, other, 0))
    with db() as session:
        assert schools.list_roads(session, world.actor(session, "slp")) == []


def test_a_school_has_the_workspaces_hours_until_it_has_its_own(world: ScheduleWorld, db: OpenDb) -> None:
    maple, oak = (school.id for school in world.schools)
    with db() as session:
        known = schools_of(session, world.actor(session, "slp"))
    assert (known.day, known.hours) == (USUAL_HOURS, {})
    day, early = DayHours(time(8, 30), time(14, 30)), DayHours(time(7), time(13, 15))
    for form in (HoursForm(None, day), HoursForm(oak, early), HoursForm(maple, early), HoursForm(maple, None)):
        office(world, db, schools.set_hours, form)
    with db() as session:
        known = schools_of(session, world.actor(session, "slp"))
        shown = school_calendar.get_calendar(session, world.actor(session, "reader"), 2026)
    assert (known.day, known.hours) == (day, {oak: early})
    assert (shown.hours, [one.hours for one in shown.schools]) == (day, [None, early])


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"hours_open": "", "hours_close": ""}, {"hours_open", "hours_close"}),
        ({"hours_open": "8:70", "hours_close": "15:00"}, {"hours_open"}),
        ({"hours_open": "15:00", "hours_close": "08:00"}, {"hours_close"}),
        ({"hours_open": "08:00", "hours_close": "08:00"}, {"hours_close"}),
        ({"hours_school": str(UUID(int=1)), "hours_open": "08:00", "hours_close": ""}, {"hours_close"}),
        ({"hours_school": "?", "hours_open": "08:00", "hours_close": "15:00"}, {"hours_school"}),
    ],
)
def test_hours_that_cannot_be_are_told_beside_their_field(form: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        parse_hours(form)
    assert set(error.value.fields) == wrong


def test_the_outsider_s_office_reaches_nothing_here(world: ScheduleWorld, db: OpenDb) -> None:
    office(world, db, school_calendar.add_days, SNOW)
    one, other = (school.id for school in world.schools)
    with db() as session:
        day = session.execute(select(SchoolCalendarDay)).scalar_one().id
    for service, args, error in (
        (school_calendar.remove_day, (day,), NotFound),
        (school_calendar.add_days, (SchoolDay(MONDAY, MONDAY, DayKind.CLOSED, "x", one),), Invalid),
        (school_calendar.import_days, (one, FILE), Invalid),
        (schools.rename_school, (one, "x"), NotFound),
        (schools.put_school_away, (one,), NotFound),
        (schools.set_road, (RoadForm(one, other, 3),), Invalid),
        (schools.set_hours, (HoursForm(one, None),), Invalid),
    ):
        with db() as session, pytest.raises(error):
            service(session, world.actor(session, "outsider"), *args)
    assert labels(world, db) == ["Snow"]
