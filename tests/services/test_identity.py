"""Accounts and sign-ins: what a sign-up makes, how guessing is slowed, how sign-ins end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from tests.conftest import OpenDb
from therapytrack.access.actor import resolve_actor
from therapytrack.models import Account, Activity, Membership, PromptLevel, SignIn, SignInThrottle, Workspace, utc_now
from therapytrack.services import identity, throttle
from therapytrack.services.identity import NewAccount, hash_token

NOW = utc_now()
EMAIL = "ana@school.org"


def form(email: str = EMAIL, profession: str = "slp") -> NewAccount:
    return NewAccount("Ana Núñez", email, "stored-hash", profession, "CCC-SLP", "NY", "Lake School", "America/Chicago")


def sign_up(db: OpenDb, email: str = EMAIL, profession: str = "slp") -> bool:
    with db() as session:
        return identity.create_account(session, form(email, profession), NOW)


def attempt(
    db: OpenDb, *, ok: bool, now: datetime = NOW, device: str = "", address: str = "203.0.113.9"
) -> int | tuple[str, str]:
    """The seconds to wait, or the tokens of a good sign-in, or 0 for a failure."""
    with db() as session:
        begun = identity.begin_attempt(session, EMAIL, address, device, now)
    if begun.wait_seconds:
        return begun.wait_seconds
    with db() as session:
        return identity.finish_attempt(session, EMAIL, begun, ok=ok, new_hash=None, now=now) or 0


def test_signing_up_makes_an_account_that_owns_a_workspace_with_a_prompt_scale(db: OpenDb) -> None:
    assert sign_up(db)
    with db() as session:
        account = session.execute(select(Account)).scalar_one()
        membership = session.execute(select(Membership)).scalar_one()
        workspace = session.execute(select(Workspace)).scalar_one()
        levels = session.execute(select(PromptLevel).order_by(col(PromptLevel.rank))).scalars().all()
    assert (account.email, account.us_state) == (EMAIL, "NY")
    assert (membership.admin_role, membership.clinical_role, membership.discipline) == ("owner", "clinician", "slp")
    assert workspace.time_zone == "America/Chicago"
    assert [level.name for level in levels] == ["Minimal", "Moderate", "Maximal"]


def test_an_assistant_who_signs_up_stays_an_assistant_of_her_discipline(db: OpenDb) -> None:
    sign_up(db, profession="slpa")
    with db() as session:
        membership = session.execute(select(Membership)).scalar_one()
    assert (membership.clinical_role, membership.discipline) == ("assistant", "slp")


def test_signing_up_with_a_known_address_makes_nothing(db: OpenDb) -> None:
    sign_up(db)
    assert not sign_up(db)
    with db() as session:
        assert len(session.execute(select(Workspace)).all()) == 1


def test_sign_ups_with_one_address_at_the_same_moment_make_one_account(db: OpenDb) -> None:
    with ThreadPoolExecutor(max_workers=8) as people:
        made = list(people.map(lambda _: sign_up(db), range(8)))
    assert sorted(made) == [False] * 7 + [True]


def test_many_guesses_at_once_are_slowed_like_one_after_the_other(db: OpenDb) -> None:
    sign_up(db)
    with db() as session:
        late = identity.begin_attempt(session, EMAIL, "203.0.113.9", "", NOW)
    for _ in range(5):
        attempt(db, ok=False)
    with db() as session:
        assert identity.finish_attempt(session, EMAIL, late, ok=True, new_hash=None, now=NOW) is None


def test_the_database_keeps_only_the_hash_of_the_cookie(db: OpenDb) -> None:
    sign_up(db)
    tokens = attempt(db, ok=True)
    assert isinstance(tokens, tuple)
    with db() as session:
        sign_in = session.execute(select(SignIn)).scalar_one()
    assert sign_in.token_hash == hash_token(tokens[0])
    assert tokens[0] not in repr(sign_in.model_dump())


def test_a_failed_sign_in_is_logged_without_the_address(db: OpenDb) -> None:
    sign_up(db)
    attempt(db, ok=False)
    with db() as session:
        row = session.execute(select(Activity).where(col(Activity.outcome) == "refused")).scalar_one()
    assert row.action == "sign in"
    assert EMAIL not in repr(row.model_dump())


def test_from_the_fifth_failure_each_attempt_waits_twice_as_long(db: OpenDb) -> None:
    sign_up(db)
    now, waits = NOW, []
    for _ in range(9):
        answer = attempt(db, ok=False, now=now)
        while answer:
            assert isinstance(answer, int)
            waits.append(answer)
            now += timedelta(seconds=answer)
            answer = attempt(db, ok=False, now=now)
    assert waits == [1, 2, 4, 8]


def test_the_hundredth_failure_stops_the_account_until_the_window_has_passed(db: OpenDb) -> None:
    sign_up(db)
    counted = throttle.subjects(EMAIL, "203.0.113.9")
    with db() as session:
        for _ in range(100):
            throttle.note_failure(session, counted, NOW)
        assert throttle.wait_needed(session, counted, NOW + timedelta(hours=23)) > 0
        assert throttle.wait_needed(session, counted, NOW + timedelta(hours=25)) == 0


def test_a_stranger_cannot_lock_the_owner_of_a_known_browser_out(db: OpenDb) -> None:
    sign_up(db)
    tokens = attempt(db, ok=True)
    assert isinstance(tokens, tuple)
    with db() as session:
        for _ in range(100):
            throttle.note_failure(session, throttle.subjects(EMAIL, "203.0.113.9"), NOW)
    assert isinstance(attempt(db, ok=True, device="stolen guess"), int)
    assert isinstance(attempt(db, ok=True, device=tokens[1]), tuple)


def test_an_unknown_address_is_slowed_like_a_known_one(db: OpenDb) -> None:
    for _ in range(5):
        attempt(db, ok=False)
    assert attempt(db, ok=False) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.1", "203.0.113.2", False),
    ],
)
def test_networks_are_counted_by_address_or_by_64_bits(one: str, other: str, same: bool) -> None:
    assert (set(throttle.subjects("a", one)) == set(throttle.subjects("a", other))) is same


def test_signing_out_everywhere_ends_every_browser(db: OpenDb) -> None:
    sign_up(db)
    tokens = [attempt(db, ok=True) for _ in range(3)]
    first = tokens[0]
    assert isinstance(first, tuple)
    with db() as session:
        actor = resolve_actor(session, hash_token(first[0]), NOW)
        assert actor is not None
        assert identity.end_all_sign_ins(session, actor) == 3
    with db() as session:
        live = [resolve_actor(session, hash_token(one[0]), NOW) for one in tokens if isinstance(one, tuple)]
    assert live == [None, None, None]


def test_a_second_owner_of_a_workspace_is_refused_by_the_database(db: OpenDb) -> None:
    sign_up(db)
    sign_up(db, "ben@school.org")
    with db() as session:
        first, second = session.execute(select(Membership)).scalars().all()
        rival = {"workspace_id": first.workspace_id, "account_id": second.account_id, "admin_role": "owner"}
        session.add(Membership(**rival, starts_at=NOW))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_first_failures_of_the_same_moment_are_all_counted(db: OpenDb) -> None:
    begin = Barrier(8, timeout=30)

    def fail(number: int) -> None:
        begin.wait()
        with db() as session:
            throttle.note_failure(session, throttle.subjects(EMAIL, f"203.0.113.{number}"), NOW)

    with ThreadPoolExecutor(max_workers=8) as people:
        list(people.map(fail, range(8)))
    assert counted(db)["site"] == 8


def test_sign_ups_of_the_same_moment_are_all_counted(db: OpenDb) -> None:
    def ask(_: int) -> int:
        with db() as session:
            return throttle.admit_sign_up(session, "203.0.113.9", NOW)

    with ThreadPoolExecutor(max_workers=8) as people:
        waits = list(people.map(ask, range(throttle.SIGN_UPS_OF_NETWORK.free + 4)))
    assert waits.count(0) == throttle.SIGN_UPS_OF_NETWORK.free


def test_an_ipv6_network_counts_as_one_and_another_one_is_free(db: OpenDb) -> None:
    with db() as session:
        for number in range(throttle.SIGN_UPS_OF_NETWORK.free):
            throttle.admit_sign_up(session, f"2001:db8:1:2::{number:x}", NOW)
        assert throttle.admit_sign_up(session, "2001:db8:1:2:ffff::1", NOW) == 1
        assert throttle.admit_sign_up(session, "2001:db8:1:3::1", NOW) == 0


def test_the_whole_site_slows_down_when_the_networks_are_many(db: OpenDb) -> None:
    with db() as session:
        for number in range(throttle.SIGN_UPS_OF_SITE.free):
            assert throttle.admit_sign_up(session, f"198.51.{number // 250}.{number % 250}", NOW) == 0
        assert throttle.admit_sign_up(session, "203.0.113.77", NOW) == 1
        assert throttle.admit_sign_up(session, "203.0.113.77", NOW + throttle.SIGN_UP_WINDOW * 2) == 0


def counted(db: OpenDb) -> dict[str, int]:
    """The failures that are counted on each subject."""
    with db() as session:
        return {row.subject: row.failures for row in session.execute(select(SignInThrottle)).scalars()}
