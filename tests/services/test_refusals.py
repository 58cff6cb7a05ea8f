"""Being refused without end: twenty rows an hour, then counts that add up, and a notice to the owner at a hundred."""

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import Cast, make_cast
from tests.full_world import make_full_world
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.domain.activity_words import ASKED, detail_in_words
from therapytrack.domain.report_periods import PeriodForm
from therapytrack.errors import NotFound
from therapytrack.models import Activity, Alarm, RefusalCount, new_id
from therapytrack.services import (
    attendance_codes,
    goal_bank,
    life_cycle,
    objectives,
    plan,
    refusal_tally,
    report_batches,
    report_settings,
    student_events,
)
from therapytrack.services.activity import record_refusal
from therapytrack.services.refusal_tally import HOUR, OWN_ROWS
from therapytrack.state.base import run_service


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def actor(db: OpenDb, cast: Cast, who: str = "slp") -> Actor:
    with db() as session:
        return cast.actor(session, who)


def refuse(db: OpenDb, who: Actor, times: int = 1, action: Action = Action.VIEW, kind: str = "student") -> None:
    with db() as session:
        for _ in range(times):
            record_refusal(session, who, refused(NotFound(), action, kind, new_id()))


def rows(db: OpenDb, who: Actor) -> list[Activity]:
    with db() as session:
        return _rows(session, who.membership_id)


def _rows(session: Session, member: UUID) -> list[Activity]:
    query = select(Activity).where(col(Activity.membership_id) == member, col(Activity.outcome) == "refused")
    return list(session.execute(query.order_by(col(Activity.sequence))).scalars())


def told(found: list[Activity]) -> int:
    return sum(row.detail.get("repeats", 1) for row in found)


def alarms(db: OpenDb) -> list[Alarm]:
    with db() as session:
        return list(session.execute(select(Alarm)).scalars())


def test_the_first_twenty_are_rows_and_the_others_are_counted_exactly(db: OpenDb, cast: Cast) -> None:
    who = actor(db, cast)
    refuse(db, who, 99)
    assert len(rows(db, who)) == OWN_ROWS
    assert all(row.record_id and not row.detail.get("repeats") for row in rows(db, who))
    refuse(db, who, 1)
    assert (len(rows(db, who)), told(rows(db, who))) == (OWN_ROWS + 1, 100)
    refuse(db, who, 900)
    assert (len(rows(db, who)), told(rows(db, who))) == (OWN_ROWS + 2, 1000)
    refuse(db, who, 7)
    assert len(rows(db, who)) == OWN_ROWS + 2
    assert detail_in_words(rows(db, who)[-1].detail) == "no such record for this person, 900 attempts like this"


def test_what_was_not_told_is_told_after_the_hour_at_anybodys_next_refusal(db: OpenDb, cast: Cast) -> None:
    who, other = actor(db, cast), actor(db, cast, "reader")
    refuse(db, who, 33)
    refuse(db, replace(other, at=who.at + HOUR - timedelta(seconds=1)))
    assert told(rows(db, who)) == OWN_ROWS
    refuse(db, replace(other, at=who.at + HOUR))
    assert (len(rows(db, who)), told(rows(db, who)), told(rows(db, other))) == (OWN_ROWS + 1, 33, 2)
    refuse(db, replace(who, at=who.at + HOUR), 2)
    assert (len(rows(db, who)), told(rows(db, who))) == (OWN_ROWS + 3, 35)


def test_other_acts_other_records_and_other_people_are_counted_apart(db: OpenDb, cast: Cast) -> None:
    who, other = actor(db, cast), actor(db, cast, "reader")
    refuse(db, who, 25)
    refuse(db, who, 1, Action.READ_NOTE)
    refuse(db, who, 1, kind="goal")
    refuse(db, other, 1)
    assert (len(rows(db, who)), len(rows(db, other))) == (OWN_ROWS + 2, 1)


def test_the_owner_is_told_of_a_hundred_once_an_hour(db: OpenDb, cast: Cast) -> None:
    who = actor(db, cast)
    refuse(db, who, 99)
    assert alarms(db) == []
    refuse(db, who, 1)
    (one,) = alarms(db)
    assert (one.kind, one.membership_id, one.told_id) == ("many refusals", who.membership_id, cast.members["owner"])
    assert one.detail == {"count": 100}
    refuse(db, who, 150, Action.READ_NOTE)
    assert len(alarms(db)) == 1


def test_another_process_goes_on_where_the_first_one_was(db: OpenDb, cast: Cast) -> None:
    who = actor(db, cast)
    refuse(db, who, 60)
    importlib.reload(refusal_tally)  # what a new process knows: nothing
    refuse(db, who, 40)
    assert (len(rows(db, who)), told(rows(db, who)), len(alarms(db))) == (OWN_ROWS + 1, 100, 1)


def test_refusals_of_the_same_moment_are_all_counted_and_none_waits_in_a_circle(db: OpenDb, cast: Cast) -> None:
    people = [actor(db, cast, name) for name in ("slp", "reader", "slpa", "owner")]
    for who in people:
        refuse(db, who, 25)
    later = [replace(who, at=who.at + HOUR) for who in people]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda who: refuse(db, who), later * 3))
    assert [told(rows(db, who)) for who in people] == [25 + 3] * 4


def test_a_count_that_was_told_leaves_no_row(db: OpenDb, cast: Cast) -> None:
    who = actor(db, cast)
    for kind in ("student", "goal", "session", "draft"):
        refuse(db, who, 2, kind=kind)
    refuse(db, replace(who, at=who.at + HOUR), 1, kind="goal")
    with db() as session:
        (left,) = session.execute(select(RefusalCount)).scalars().all()
    assert (left.record_kind, left.count) == ("goal", 1)


PERIOD = PeriodForm("Quarter 9", date(2027, 1, 1), date(2027, 3, 1), date(2027, 3, 8))
MISSING = new_id()
# A service that is asked for a record which is not there, by whom, and what the log then says: act, kind, id.
ASKING: dict[str, tuple[str, Callable[..., Any], tuple[Any, ...], tuple[str, str, UUID | None]]] = {
    "a goal to retire": ("slp", goal_bank.retire_bank_goal, (MISSING,), ("view", "bank_goal", MISSING)),
    "a goal to bring back": ("slp", goal_bank.bring_bank_goal_back, (MISSING,), ("view", "bank_goal", MISSING)),
    "a mandate": ("slp", plan.remove_mandate, ("student_id", MISSING, 1), ("manage plan", "mandate", MISSING)),
    "a school": ("slp", plan.remove_enrollment, ("student_id", MISSING, 1), ("manage plan", "enrollment", MISSING)),
    "a stage": (
        "slp", life_cycle.withdraw_stage, ("student_id", "goal_id", MISSING, "why"),
        ("manage goals", "goal_phase", MISSING),
    ),
    "an objective": (
        "slp", objectives.withdraw_objective, ("student_id", "goal_id", MISSING, "why"),
        ("manage goals", "objective", MISSING),
    ),
    "an event": (
        "slp", student_events.remove_event, ("student_id", "goal_id", MISSING),
        ("manage goals", "student_event", MISSING),
    ),
    "a batch": (
        "slp", report_batches.open_batch, (MISSING, "merged"), ("export summary", "report_batch", MISSING),
    ),
    "a set of codes": (
        "owner", report_settings.use_code_set, (MISSING,), ("configure workspace", "progress_code_set", MISSING),
    ),
    "a period": (
        "owner", report_settings.save_period, (MISSING, 1, PERIOD), ("configure workspace", "report_period", MISSING),
    ),
    "a period to remove": (
        "owner", report_settings.remove_period, (MISSING, 1), ("configure workspace", "report_period", MISSING),
    ),
    # It says nothing of what it refused: that there was a refusal is in the log all the same.
    "an attendance code": (
        "owner", attendance_codes.put_code_away, (MISSING,), (ASKED, "attendance_codes", None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKING)
def test_asking_for_a_record_that_is_not_there_is_in_the_log(db: OpenDb, what: str) -> None:
    who, service, arguments, expected = ASKING[what]
    with db() as session:
        world = make_full_world(session)
    asking = actor(db, world.cast, who)
    with pytest.raises(NotFound):
        run_service(asking, service, *(UUID(world.ids[one]) if one in world.ids else one for one in arguments))
    (row,) = rows(db, asking)
    assert (row.action, row.record_kind, row.record_id) == expected
