"""A private calendar feed: what it shows and to whom it is dead, made, read and ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier
from typing import Any

import httpx
import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from sqlalchemy import Engine, select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.databases import as_owner
from tests.factories import acts_of_people
from tests.routes.browsers import open_browser
from tests.services.schedule_world import ScheduleWorld, build_schedule_world
from therapytrack.domain.attendance import Attendance
from therapytrack.domain.calendar_feed import SHOWS
from therapytrack.domain.slot_form import DayMove
from therapytrack.errors import Invalid, NotPermitted
from therapytrack.models import (
    CalendarFeed,
    Membership,
    SchoolCalendarDay,
    Student,
    StudentGrant,
    Workspace,
    utc_now,
)
from therapytrack.services import calendar_feed, slot_days
from therapytrack.services.identity import hash_token

TODAY = utc_now().date()
FIRST = TODAY + timedelta(days=(7 - TODAY.weekday()))  # the next Monday
WEEK = timedelta(days=7)


@pytest.fixture
def world(engine: Engine) -> ScheduleWorld:
    """The clinician meets Ana and Ben every Monday at ten, from the next one on."""
    with as_owner() as db:
        made = build_schedule_world(db)
        made.slot(db, "slp", 0, 1, starts_on=FIRST, school_id=made.schools[0].id)
        return made


def make(world: ScheduleWorld, shows: str = "counts", who: str = "slp") -> str:
    with as_owner() as db:
        return calendar_feed.make_feed(db, world.actor(db, who), shows)


async def get(secret: str) -> httpx.Response:
    async with open_browser() as browser:
        return await browser.get(f"/calendar/{secret}.ics")


async def events(secret: str, last: date = FIRST + 3 * WEEK) -> list[Any]:
    answer = await get(secret)
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.text)
    return sorted(recurring_ical_events.of(calendar).between(FIRST, last), key=lambda one: one.start)


def change(table: Any, key: object, **values: object) -> None:
    with as_owner() as db:
        db.execute(update(table).where(col(table.id) == key).values(**values))


async def test_a_feed_is_a_calendar_of_her_own_sessions(world: ScheduleWorld, db: OpenDb) -> None:
    with as_owner() as session:
        world.slot(session, "slpa", 0, starts_on=FIRST)
    secret = make(world)
    found = await events(secret)
    assert [one.start.isoformat()[:16] for one in found] == [f"{FIRST + number * WEEK}T10:00" for number in range(3)]
    assert {str(one["SUMMARY"]) for one in found} == {"2 students"}
    assert {str(one["LOCATION"]) for one in found} == {"Room 12, Maple Elementary"}
    answer = await get(secret)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store, private", "no-referrer")
    with db() as session:
        act = acts_of_people(session)[-1]
        feed = session.get_one(CalendarFeed, act.record_id)
    assert (act.action, act.detail, act.membership_id) == (
        "read calendar feed",
        {"students": 2},
        world.cast.members["slp"],
    )
    assert feed.token_hash == hash_token(secret)
    assert secret not in feed.token_hash


async def test_no_kind_of_feed_holds_a_full_name(world: ScheduleWorld) -> None:
    change(Student, world.students[0].id, given_name="Ana Maria", preferred_name="")
    words = {}
    for shows in SHOWS:
        text = (await get(make(world, shows))).text
        assert "Test" not in text
        assert "Maria" not in text
        words[shows] = next(line for line in text.splitlines() if line.startswith("SUMMARY"))
    assert words["first_names"] == "SUMMARY:Ana\\, Ben"
    assert words["counts"] == "SUMMARY:2 students"


async def test_what_was_moved_called_off_or_falls_on_a_closed_day(world: ScheduleWorld) -> None:
    closed: dict[str, Any] = {"kind": "closed", "label": "Snow", "school_id": world.schools[0].id}
    with as_owner() as db:
        slot = world.slot(db, "slp", 2, starts_on=FIRST, starts=time(13), school_id=world.schools[0].id)
        actor = world.actor(db, "slp")
        slot_days.move_day(db, actor, slot.id, FIRST, DayMove(FIRST + timedelta(days=1), time(14), 20))
        slot_days.call_off_day(db, actor, slot.id, FIRST + WEEK, Attendance.PROVIDER_ABSENT)
        day = FIRST + 2 * WEEK
        db.add(SchoolCalendarDay(workspace_id=world.cast.workspace_id, first_on=day, last_on=day, **closed))
    starts = [one.start.isoformat()[:16] for one in await events(make(world)) if str(one["SUMMARY"]) == "1 student"]
    assert starts == [f"{FIRST + timedelta(days=1)}T14:00"]


async def test_the_gate_is_asked_at_each_reading(world: ScheduleWorld) -> None:
    secret = make(world, "first_names", "slpa")
    with as_owner() as db:
        world.slot(db, "slpa", 0, 1, starts_on=FIRST)
    assert [str(one["SUMMARY"]) for one in await events(secret, FIRST + WEEK)] == ["Ana, Ben"]
    with as_owner() as db:
        of_ana = col(StudentGrant.student_id) == world.students[0].id
        hers = col(StudentGrant.membership_id) == world.cast.members["slpa"]
        db.execute(update(StudentGrant).where(of_ana, hers).values(ends_at=utc_now()))
    assert [str(one["SUMMARY"]) for one in await events(secret, FIRST + WEEK)] == ["Ben"]


async def test_a_dead_address_is_not_there(world: ScheduleWorld) -> None:
    earlier, secret = make(world), make(world)
    member, workspace = world.cast.members["slp"], world.cast.workspace_id
    answers = [await get(one) for one in (earlier, secret[:-1], "x" * 5000, "%2e%2e", hash_token(secret))]
    for table, key, values, back in (
        (Membership, member, {"status": "suspended"}, {"status": "active"}),
        (Membership, member, {"ends_at": utc_now()}, {"ends_at": None}),
        (Workspace, workspace, {"status": "closed"}, {"status": "active"}),
    ):
        change(table, key, **values)
        answers.append(await get(secret))
        change(table, key, **back)
    assert (await get(secret)).status_code == 200
    with as_owner() as db:
        assert calendar_feed.end_feed(db, world.actor(db, "slp")) is True
        assert calendar_feed.end_feed(db, world.actor(db, "slp")) is False
    answers.append(await get(secret))
    assert {(one.status_code, one.text) for one in answers} == {(404, "Not found")}


def test_a_feed_is_for_those_who_give_sessions_and_says_one_of_three_things(world: ScheduleWorld) -> None:
    for who in ("owner", "reader"):
        with pytest.raises(NotPermitted):
            make(world, who=who)
    with pytest.raises(Invalid):
        make(world, "full_names")
    make(world, "initials")
    with as_owner() as db:
        own = calendar_feed.get_own_feed(db, world.actor(db, "slp"))
        assert own is not None
        assert own.shows == "initials"
        assert calendar_feed.get_own_feed(db, world.actor(db, "slpa")) is None


def test_of_feeds_made_at_once_one_is_left(world: ScheduleWorld) -> None:
    start = Barrier(4)

    def one(_number: int) -> str:
        start.wait()
        return make(world)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(4)))) == 4
    with as_owner() as db:
        rows = db.execute(select(CalendarFeed)).scalars().all()
    assert sorted(row.revoked_at is None for row in rows) == [False, False, False, True]
