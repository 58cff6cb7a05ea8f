"""A substitute for six weeks: copies for a time, and what the absent person's own rights do meanwhile."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from tests.conftest import OpenDb
from tests.services.access_world import AccessWorld, acts, give, grants_of, held, make_access_world, sign_in_again
from therapytrack.access.actions import Permission
from therapytrack.domain.access_form import Period, SubstituteWish
from therapytrack.errors import Invalid, NotFound
from therapytrack.models import new_id, utc_now
from therapytrack.services.substitutes import Substitution, substitute

DAY = timedelta(days=1)
TODAY = utc_now().date()
SIX_WEEKS = Period(None, TODAY + 42 * DAY)


@pytest.fixture
def world(db: OpenDb) -> AccessWorld:
    with db() as session:
        return make_access_world(session)


def stand_in(
    db: OpenDb,
    world: AccessWorld,
    by: str = "slp",
    of: str = "slp",
    to: str = "colleague",
    *,
    pause: bool = False,
    period: Period = SIX_WEEKS,
    students: tuple[UUID, ...] = (),
    operation: UUID | None = None,
    dry: bool = False,
) -> Substitution:
    with db() as session:
        wish = SubstituteWish(world.member(of), world.member(to), period, pause)
        chosen = students or (world.ana, world.ben)
        return substitute(session, world.cast.actor(session, by), operation or new_id(), chosen, wish, dry=dry)


def rights_on(db: OpenDb, world: AccessWorld, who: str, student: UUID, in_days: int) -> set[str]:
    """What somebody holds in so many days."""
    with time_machine.travel(utc_now() + in_days * DAY), db() as session:
        sign_in_again(session, world)
        return held(session, world, who, student)


def test_the_substitute_holds_the_same_for_the_time_and_no_longer(db: OpenDb, world: AccessWorld) -> None:
    told = stand_in(db, world)
    assert (told.students, told.already, told.without, told.losing) == (2, 0, 0, ())
    for who, in_days, expected in (
        ("colleague", 0, set(Permission)),
        ("colleague", 41, set(Permission)),
        ("colleague", 44, set()),
        ("slp", 20, set(Permission)),
    ):
        assert rights_on(db, world, who, world.ana, in_days) == expected, (who, in_days)


def test_paused_rights_rest_and_begin_again_by_themselves(db: OpenDb, world: AccessWorld) -> None:
    stand_in(db, world, by="owner", pause=True)
    assert rights_on(db, world, "slp", world.ben, 20) == set()
    assert rights_on(db, world, "slp", world.ben, 44) == set(Permission)
    with db() as session:
        rested, again = grants_of(session, world, "slp", world.ben)
        assert (again.starts_at.date(), again.ends_at) == (TODAY + 43 * DAY, None)
        assert rested.ends_at is not None and rested.ended_by_id == world.member("owner")


def test_a_case_manager_may_pause_herself(db: OpenDb, world: AccessWorld) -> None:
    stand_in(db, world, pause=True, period=Period(TODAY + 10 * DAY, TODAY + 20 * DAY))
    assert [rights_on(db, world, "slp", world.ana, in_days) != set() for in_days in (5, 15, 25)] == [True, False, True]


def test_a_copy_ends_with_what_it_copies(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        give(session, world, "owner", "supervisor", [world.ben], Permission.EDIT, lasts=7 * DAY)
    told = stand_in(db, world, by="owner", of="supervisor", students=(world.ben,))
    assert told.students == 1
    assert rights_on(db, world, "colleague", world.ben, 6) == {"view", "edit"}
    assert rights_on(db, world, "colleague", world.ben, 8) == set()


def test_the_page_is_told_before_whose_edit_leans_on_the_absent_supervisor(db: OpenDb, world: AccessWorld) -> None:
    told = stand_in(db, world, by="owner", of="supervisor", students=(world.ana,), pause=True, dry=True)
    assert told.losing == (("Slpa", 1),)
    with db() as session:
        assert held(session, world, "slpa", world.ana) == {"view", "edit"}, "it was only asked"
        assert acts(session, "substitute") == []


def test_sent_twice_it_is_done_once(db: OpenDb, world: AccessWorld) -> None:
    operation = new_id()
    answers = [stand_in(db, world, by="owner", pause=True, operation=operation) for _ in range(2)]
    assert answers[0] == answers[1]
    with db() as session:
        assert len(grants_of(session, world, "colleague")) == 2
        assert len(acts(session, "substitute")) == 1


def test_one_student_that_cannot_be_shared_refuses_all(db: OpenDb, world: AccessWorld) -> None:
    with db() as session:
        grants_of(session, world, "slp", world.ben)[0].can_export = False
        give(session, world, "owner", "supervisor", [world.ben], Permission.EXPORT)
    with pytest.raises(Invalid) as refused:
        stand_in(db, world, by="slp", of="supervisor")
    assert "Ben Test: You cannot give what you do not hold" in refused.value.fields["rights"]
    with db() as session:
        assert grants_of(session, world, "colleague") == []


def test_who_holds_nothing_cannot_be_stood_in_for(db: OpenDb, world: AccessWorld) -> None:
    with pytest.raises(Invalid) as refused:
        stand_in(db, world, of="reader")
    assert "holds nothing" in refused.value.fields["of"]
    with pytest.raises(NotFound):
        stand_in(db, world, by="outsider")


def test_a_day_is_a_day_of_the_workspace(db: OpenDb, world: AccessWorld) -> None:
    first, last = date(2031, 3, 9), date(2031, 3, 9)
    stand_in(db, world, by="owner", period=Period(first, last))
    with db() as session:
        row = grants_of(session, world, "colleague", world.ana)[0]
        assert row.ends_at is not None
        assert row.ends_at - row.starts_at == timedelta(hours=23), "clocks go forward on that Sunday in New York"
