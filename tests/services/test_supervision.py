"""Supervision contacts: who logs and sees them, what counts, and the dated rules they are held against."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from tests.conftest import OpenDb
from tests.factories import school_day
from tests.services.note_world import NoteWorld, build_notes
from tests.services.progress_world import counted
from therapytrack.domain.settings_form import WorkspaceForm
from therapytrack.domain.supervision_form import parse_contact, parse_rule
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import (
    Account,
    Activity,
    Membership,
    StudentGrant,
    SupervisionContact,
    SupervisionLink,
    SupervisionRule,
    new_id,
    utc_now,
)
from therapytrack.services.supervision import SupervisionPage, log_contact, open_supervision, strike_out_contact
from therapytrack.services.supervision_rules import rules_in_force, set_rule
from therapytrack.services.workspace_settings import edit_workspace


@pytest.fixture
def world(db: OpenDb) -> NoteWorld:
    with db() as session:
        return build_notes(session)


def contact(world: NoteWorld, **changes: str) -> dict[str, str]:
    typed = {
        "assistant": str(world.members["slpa"]),
        "student": str(world.students["ben"]),
        "kind": "direct",
        "method": "in_person",
        "held_on": (school_day() - timedelta(days=2)).isoformat(),
        "minutes": "15",
        "topic": "Cueing hierarchy",
    }
    return typed | changes


def log(session: Session, world: NoteWorld, who: str, contact_id: UUID | None = None, **changes: str) -> Any:
    actor = world.actor(session, who)
    return log_contact(session, actor, contact_id or new_id(), parse_contact(contact(world, **changes), actor.today))


def look(db: OpenDb, world: NoteWorld, who: str) -> SupervisionPage:
    with db() as session:
        return open_supervision(session, world.actor(session, who))


def count(db: OpenDb, table: Any) -> int:
    with db() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_supervisor_logs_a_contact_and_it_counts(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        log(session, world, "supervisor")
        log(session, world, "supervisor", kind="indirect", method="meeting", student="", minutes="30")
    page = look(db, world, "supervisor")
    (one,) = page.supervised
    assert (one.assistant, one.can_log, one.standing.total.minutes, one.standing.direct.minutes) == (
        "Slpa",
        True,
        45,
        15,
    )
    (ben,) = one.students
    assert (ben.name, ben.found.days, ben.found.never) == ("Ben Test", 2, False)
    assert {(seen.minutes, seen.student, seen.mine) for seen in page.contacts} == {
        (30, "", True),
        (15, "Ben Test", True),
    }


def test_a_double_click_logs_one_contact(db: OpenDb, world: NoteWorld) -> None:
    one = new_id()
    with db() as session:
        log(session, world, "supervisor", one)
    with db() as session:
        log(session, world, "supervisor", one)
    assert count(db, SupervisionContact) == 1


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("other_supervisor", NotPermitted),
        ("slp", NotPermitted),
        ("slpa", NotPermitted),
        ("owner", NotPermitted),
        ("reader", NotPermitted),
        ("outsider", NotFound),
    ],
)
def test_nobody_else_logs_a_contact(db: OpenDb, world: NoteWorld, who: str, error: type[TherapyTrackError]) -> None:
    with pytest.raises(error), db() as session:
        log(session, world, who)
    assert count(db, SupervisionContact) == 0


def test_a_contact_about_a_student_whom_the_supervisor_may_not_view_is_refused(db: OpenDb, world: NoteWorld) -> None:
    with pytest.raises(NotFound), db() as session:
        log(session, world, "supervisor", student=str(new_id()))
    assert count(db, SupervisionContact) == 0


def test_a_contact_ends_with_the_link(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        member = session.get_one(Membership, world.members["slpa"])
        member.status = "suspended"
    with pytest.raises(NotPermitted), db() as session:
        log(session, world, "supervisor")
    assert look(db, world, "supervisor").supervised == []


def test_a_struck_out_contact_stays_readable_and_does_not_count(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        one = log(session, world, "supervisor").id
    with pytest.raises(Invalid), db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, "  ")
    with db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, "Wrong day")
    page = look(db, world, "supervisor")
    assert page.supervised[0].standing.total.minutes == 0
    assert [seen.why for seen in page.contacts] == ["Wrong day"]
    with pytest.raises(Conflict), db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, "Again")


@pytest.mark.parametrize("who", ["other_supervisor", "outsider"])
def test_nobody_strikes_out_a_colleagues_contact(db: OpenDb, world: NoteWorld, who: str) -> None:
    with db() as session:
        one = log(session, world, "supervisor").id
    with pytest.raises(NotFound), db() as session:
        strike_out_contact(session, world.actor(session, who), one, "Mine now")
    with db() as session:
        assert session.get_one(SupervisionContact, one).struck_out_at is None


def test_each_sees_what_is_hers(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        log(session, world, "supervisor")
    assert [one.assistant for one in look(db, world, "owner").supervised] == ["Slpa"]
    assert look(db, world, "owner").supervised[0].students == ()
    assert [one.can_log for one in look(db, world, "slpa").supervised] == [False]
    assert look(db, world, "other_supervisor").supervised == []
    assert look(db, world, "outsider").supervised == []
    for who in ("slp", "reader"):
        with pytest.raises(NotPermitted):
            look(db, world, who)


def test_a_page_takes_the_same_statements_for_any_number(db: OpenDb, world: NoteWorld, engine: Engine) -> None:
    with db() as session:
        for _ in range(5):
            log(session, world, "supervisor")
    with db() as session:
        actor = world.actor(session, "supervisor")
        with counted(engine) as seen:
            open_supervision(session, actor)
            session.flush()
    assert len(seen) <= 7


def rule(**changes: str) -> dict[str, str]:
    typed = {
        "us_state": "NY",
        "discipline": "slp",
        "starts_on": school_day().isoformat(),
        "total_percent": "30",
        "direct_percent": "20",
        "period_days": "7",
        "observe_every_days": "14",
        "source": "Our district's handbook, 4.2",
        "verified": "on",
    }
    return typed | changes


def in_force(db: OpenDb, world: NoteWorld, days_ago: int = 0) -> Any:
    with db() as session:
        actor = world.actor(session, "owner")
        found = rules_in_force(session, actor, [("NY", "slp")], actor.today - timedelta(days=days_ago))
        return found["NY", "slp"]


def test_a_shipped_rule_is_unverified_until_the_workspace_holds_its_own(db: OpenDb, world: NoteWorld) -> None:
    shipped = in_force(db, world)
    assert (shipped.id, shipped.verified, shipped.rule.total_percent) == (None, False, 20)
    with db() as session:
        set_rule(session, world.actor(session, "owner"), parse_rule(rule()), shipped.version)
    own = in_force(db, world)
    assert (own.verified, own.rule.total_percent, own.rule.observe_every_days) == (True, 30, 14)
    assert in_force(db, world, days_ago=1).id is None
    assert look(db, world, "supervisor").supervised[0].standing.total.asked == 30


def test_a_changed_rule_ends_the_old_one_and_keeps_it_for_the_days_before(db: OpenDb, world: NoteWorld) -> None:
    today = school_day()
    with db() as session:
        owner = world.actor(session, "owner")
        set_rule(session, owner, parse_rule(rule(starts_on=(today - timedelta(days=20)).isoformat())), 0)
    version = in_force(db, world).version
    with db() as session:
        set_rule(session, world.actor(session, "owner"), parse_rule(rule(total_percent="25")), version)
    assert in_force(db, world).rule.total_percent == 25
    assert in_force(db, world, days_ago=5).rule.total_percent == 30


def test_of_two_who_change_a_rule_the_second_is_told(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        set_rule(session, world.actor(session, "owner"), parse_rule(rule()), 0)
    with pytest.raises(Conflict), db() as session:
        set_rule(session, world.actor(session, "owner"), parse_rule(rule(total_percent="35")), 0)
    assert count(db, SupervisionRule) == 1


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
def test_only_the_office_sets_a_rule(db: OpenDb, world: NoteWorld, who: str) -> None:
    with pytest.raises(NotPermitted), db() as session:
        set_rule(session, world.actor(session, who), parse_rule(rule()), 0)
    assert count(db, SupervisionRule) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assistant", "x"),
        ("student", "../../x"),
        ("kind", "visual"),
        ("method", ""),
        ("method", "recording"),
        ("held_on", "2999-01-01"),
        ("held_on", "yesterday"),
        ("held_on", (school_day() - timedelta(days=401)).isoformat()),
        ("minutes", "0"),
        ("minutes", "601"),
        ("minutes", "1e3"),
        ("topic", "x" * 1001),
    ],
)
def test_a_wrong_contact_field_gets_its_sentence(world: NoteWorld, name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_contact(contact(world, **{name: value}), school_day())
    assert set(caught.value.fields) == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("us_state", "ZZ"),
        ("discipline", "law"),
        ("starts_on", ""),
        ("total_percent", "101"),
        ("direct_percent", "31"),
        ("period_days", "0"),
        ("observe_every_days", "-1"),
        ("source", ""),
    ],
)
def test_a_wrong_rule_field_gets_its_sentence(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_rule(rule(**{name: value}))
    assert set(caught.value.fields) == {name}


def test_every_act_is_in_the_log_without_its_words(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        one = log(session, world, "supervisor", topic="Canary words").id
    with db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, "Canary words")
    with db() as session:
        rows = (
            session.execute(select(Activity).where(col(Activity.record_kind) == "supervision_contact")).scalars().all()
        )
        assert sorted(row.action for row in rows) == ["log supervision contact", "strike out supervision contact"]
        assert all("Canary" not in str(row.detail) for row in rows)


def test_an_assistant_in_the_office_does_not_widen_what_assistants_may_write(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        session.get_one(Membership, world.members["slpa"]).admin_role = "admin"
    with pytest.raises(Invalid) as caught, db() as session:
        set_rule(session, world.actor(session, "slpa"), parse_rule(rule(may_interpret="on")), 0)
    assert set(caught.value.fields) == {"may_interpret"}
    assert count(db, SupervisionRule) == 0


@pytest.mark.parametrize("why", ["\x00", "x" * 501])
def test_a_reason_that_cannot_be_stored_gets_its_sentence(db: OpenDb, world: NoteWorld, why: str) -> None:
    with db() as session:
        one = log(session, world, "supervisor").id
    with pytest.raises(Invalid) as caught, db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, why)
    assert set(caught.value.fields) == {"why"}


@pytest.mark.parametrize(("office", "expected"), [(None, "NY"), ("TX", "TX")])
def test_an_assistant_is_held_to_the_rule_of_the_state_that_the_office_names(
    db: OpenDb, world: NoteWorld, office: str | None, expected: str
) -> None:
    with db() as session:
        member = session.get_one(Membership, world.members["slpa"])
        member.us_state = office
        session.get_one(Account, member.account_id).us_state = "CA"
        for one in ("NY", "TX", "CA"):
            set_rule(session, world.actor(session, "owner"), parse_rule(rule(us_state=one)), 0)
    (seen,) = look(db, world, "supervisor").supervised
    assert seen.rule is not None
    assert seen.rule.us_state == expected


@pytest.mark.parametrize(
    ("who", "reads"), [("supervisor", True), ("slpa", True), ("second", True), ("owner", False), ("clinical", False)]
)
def test_the_words_of_a_contact_are_for_those_who_are_party_to_it(
    db: OpenDb, world: NoteWorld, who: str, reads: bool
) -> None:
    with db() as session:
        one = log(session, world, "supervisor", student="", topic="Canary topic").id
    with db() as session:
        strike_out_contact(session, world.actor(session, "supervisor"), one, "Canary why")
        if who == "clinical":  # the owner, now with a clinical role and no tie to the assistant
            session.get_one(Membership, world.members["owner"]).clinical_role = "supervisor"
        if who == "second":
            tie: dict[str, Any] = {
                "supervisor_id": world.members["other_supervisor"],
                "assistant_id": world.members["slpa"],
            }
            since = utc_now() - timedelta(days=1)
            session.add(SupervisionLink(workspace_id=world.workspace_id, discipline="slp", starts_at=since, **tie))
    (seen,) = look(db, world, {"second": "other_supervisor", "clinical": "owner"}.get(who, who)).contacts
    assert (seen.minutes, seen.kind, seen.struck) == (15, "direct", True)
    assert (seen.topic, seen.why) == (("Canary topic", "Canary why") if reads else ("", ""))


def test_an_assistant_reads_no_words_about_a_student_whom_she_may_not_view_any_more(
    db: OpenDb, world: NoteWorld
) -> None:
    with db() as session:
        log(session, world, "supervisor", topic="Canary topic")
    with db() as session:
        ended = update(StudentGrant).where(col(StudentGrant.membership_id) == world.members["slpa"])
        session.execute(ended.values(ends_at=utc_now() - timedelta(seconds=1)))
    assert [(one.topic, one.student, one.minutes) for one in look(db, world, "slpa").contacts] == [("", "", 15)]
    assert [one.topic for one in look(db, world, "supervisor").contacts] == ["Canary topic"]


def test_an_assistant_in_the_office_does_not_move_the_workspace_to_another_states_rules(
    db: OpenDb, world: NoteWorld
) -> None:
    with db() as session:
        session.get_one(Membership, world.members["slpa"]).admin_role = "admin"
    wanted = WorkspaceForm("Oak", "America/New_York", "TX", assistants_may_export=False, break_glass_enabled=False)
    with pytest.raises(Invalid) as caught, db() as session:
        edit_workspace(session, world.actor(session, "slpa"), 1, wanted)
    assert set(caught.value.fields) == {"us_state"}


def test_a_contact_that_was_entered_weeks_later_says_so(db: OpenDb, world: NoteWorld) -> None:
    with db() as session:
        log(session, world, "supervisor", held_on=(school_day() - timedelta(days=7)).isoformat())
        log(session, world, "supervisor", held_on=(school_day() - timedelta(days=30)).isoformat())
    assert [one.entered for one in look(db, world, "slpa").contacts] == [None, school_day()]
