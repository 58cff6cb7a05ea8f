"""Every bad input about people that is to have an answer: a sentence for the person, no row changed, one in the log.

The whole database is compared before and after, but for the log and the counts that slow guessing down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student, grant
from tests.routes.browsers import PERSON, open_browser
from tests.services.note_world import NoteWorld, build_notes, note_as_shown
from tests.services.people_world import CLINICIAN, People, make_people
from tests.sweeping import rows_of
from therapytrack.access.actor import Actor
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.domain.supervision_form import LinkForm, parse_rule
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.models import (
    Activity,
    ClinicalRole,
    GoalPoint,
    Invite,
    Membership,
    SessionEntry,
    SignIn,
    Student,
    StudentGrant,
    new_id,
    utc_now,
)
from therapytrack.services import access_forms, co_sign, invites, ownership, people_forms, team
from therapytrack.services.identity import hash_token
from therapytrack.services.invites import Sent
from therapytrack.services.notes import submit_note
from therapytrack.services.supervision_links import start_link
from therapytrack.services.supervision_rules import set_rule
from therapytrack.services.therapy_sessions import set_note
from therapytrack.services.workspace_settings import edit_workspace, get_workspace_settings, switch_ai
from therapytrack.state.base import run_service

NEW = "new@school.org"
SLOWING = "sign_in_throttle"
TYPED = {"email": NEW, "clinical": "clinician", "discipline": "slp"}
RULE = {"us_state": "NY", "discipline": "slp", "starts_on": "2026-01-05", "total_percent": "10", "period_days": "30"}


@dataclass
class World:
    """The cast with two admins; Ana is the slp's, who holds her for ten days more."""

    people: People
    ana: UUID
    engine: Engine

    def actor(self, who: str) -> Actor:
        """`who` at this moment."""
        return self.people.actor(who)

    def key(self, who: str) -> UUID:
        """The membership of `who`."""
        return self.people.cast.members[who]

    def do(self, who: str, service: Callable[..., Any], *args: Any) -> Any:
        """A request of `who`."""
        return self.people.act(who, service, *args)

    def day(self, days: int) -> str:
        """A day from today, as a form sends it."""
        return (self.actor("owner").today + timedelta(days=days)).isoformat()

    def sent(self, email: str = NEW) -> Sent:
        """An invitation of the admin's."""
        made: Sent = self.do("admin", invites.invite, InviteForm(email, CLINICIAN))
        return made


@pytest.fixture
def world(db: OpenDb, engine: Engine) -> World:
    people = make_people(db)
    with db() as session:
        ana = add_student(session, people.cast).id
        session.execute(update(StudentGrant).values(ends_at=utc_now() + timedelta(days=10), can_export=False))
    return World(people, ana, engine)


def everything(engine: Engine) -> dict[str, list[str]]:
    found = rows_of(engine)
    return {table: rows for table, rows in found.items() if table != SLOWING}


def refusals(db: OpenDb) -> list[Activity]:
    with db() as session:
        query = select(Activity).where(col(Activity.outcome) == "refused").order_by(col(Activity.created_at))
        return list(session.execute(query).scalars())


def said(error: TherapyTrackError) -> str:
    return " ".join(error.fields.values()) if isinstance(error, Invalid) else error.sentence


def check_one(db: OpenDb, engine: Engine, who: UUID, action: str, sentence: str, act: Callable[[], object]) -> None:
    """`act` is refused with `sentence`; nothing but the log changed, by one row that names who tried what."""
    before, logged = everything(engine), len(refusals(db))
    with pytest.raises(TherapyTrackError) as error:
        act()
    assert sentence in said(error.value)
    assert everything(engine) == before
    (row,) = refusals(db)[logged:]
    assert (row.action, row.membership_id) == (action, who)
    assert row.detail == {"answer": type(error.value).__name__}


Act = Callable[[World], Callable[[], object]]


@dataclass(frozen=True)
class Case:
    """`prepare` does what comes before and answers the act that is refused to `who`."""

    who: str
    action: str
    sentence: str
    prepare: Act


def typed_invite(who: str, students: Callable[[World], list[str]] = lambda _: [], **typed: str) -> Act:
    return lambda world: (
        lambda: world.do(
            who,
            people_forms.invite_as_typed,
            {**TYPED, **{key: world.day(int(one)) if key == "until" else one for key, one in typed.items()}},
            students(world),
        )
    )


def change(who: str, whom: str, place: Place) -> Act:
    return lambda world: lambda: world.do(who, team.change_member, world.key(whom), world.people.version(whom), place)


def stop(who: str, whom: str, service: Callable[..., Any]) -> Act:
    return lambda world: lambda: world.do(who, service, world.key(whom), world.people.version(whom))


def give(who: str, to: str, last: int, *rights: str) -> Act:
    ticked = dict.fromkeys(("view", *rights), "on")
    return lambda world: (
        lambda: world.do(
            who,
            access_forms.give,
            new_id(),
            [world.ana],
            {"person": str(world.key(to)), "ends_on": world.day(last), **ticked},
        )
    )


def second_change(world: World) -> Callable[[], object]:
    version = world.people.version("slp")
    world.do("admin", team.change_member, world.key("slp"), version, Place("reader", discipline="slp"))
    return lambda: world.do("deputy", team.change_member, world.key("slp"), version, Place("clinician", "none", True))


def second_answer(world: World) -> Callable[[], object]:
    sent = world.sent()
    world.do("admin", invites.revoke_invite, sent.invite_id, sent.version)
    return lambda: world.do("deputy", invites.resend_invite, sent.invite_id, sent.version)


def resent_meanwhile(world: World) -> Callable[[], object]:
    sent = world.sent()
    world.do("admin", invites.resend_invite, sent.invite_id, sent.version)
    return lambda: world.do("deputy", invites.revoke_invite, sent.invite_id, sent.version)


def foreign_invite(world: World) -> Callable[[], object]:
    sent = world.sent()
    return lambda: world.do("outsider", invites.resend_invite, sent.invite_id, sent.version)


def second_rule(world: World) -> Callable[[], object]:
    world.do("admin", set_rule, parse_rule(RULE), 0)
    return lambda: world.do("deputy", set_rule, parse_rule({**RULE, "total_percent": "20"}), 0)


def second_settings(world: World) -> Callable[[], object]:
    stored = world.do("admin", get_workspace_settings)
    forms = [type(stored.form)(**{**vars_of(stored.form), "name": name}) for name in ("Oak", "Elm")]
    world.do("admin", edit_workspace, stored.version, forms[0])
    return lambda: world.do("deputy", edit_workspace, stored.version, forms[1])


def vars_of(form: Any) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__dataclass_fields__}


def second_link(world: World) -> Callable[[], object]:
    form = LinkForm(world.key("supervisor"), world.key("slpa"), world.actor("owner").today, None)
    return lambda: world.do("deputy", start_link, new_id(), form)


def linked(who: str, supervisor: str, **days: int) -> Act:
    return lambda world: (
        lambda: world.do(
            who,
            people_forms.link_as_typed,
            {
                "link_id": str(new_id()),
                "supervisor": str(world.key(supervisor)),
                "link_assistant": str(world.key("slpa")),
                **{name: world.day(day) for name, day in days.items()},
            },
        )
    )


def contact(assistant: str, day: int, **typed: str) -> Act:
    usual = {"kind": "indirect", "method": "meeting", "minutes": "30"}
    return lambda world: (
        lambda: world.do(
            "supervisor",
            people_forms.contact_as_typed,
            {
                "contact_id": str(new_id()),
                "assistant": str(world.key(assistant)),
                "held_on": world.day(day),
                **usual,
                **typed,
            },
        )
    )


def own_gain(world: World) -> Callable[[], object]:
    """The owner supervises, and would see Ana by a link with the slpa, who edits there."""
    world.people.put(Membership, world.key("owner"), clinical_role="supervisor")
    with world.people.db() as session:
        grant(session, world.people.cast, session.get_one(Student, world.ana), "slpa", edit=True)
    return linked("owner", "owner")(world)


def unproved(act: Act) -> Act:
    def prepare(world: World) -> Callable[[], object]:
        ready = act(world)
        world.people.forget_proofs()
        return ready

    return prepare


PASSWORD = "Enter your password once more"
CASES = {
    "inviting yourself": Case("admin", "invite", "your own address", typed_invite("admin", email="admin@example.org")),
    "inviting a second address of your own": Case(
        "admin", "invite", "your own address", typed_invite("admin", email="admin+me@example.org")
    ),
    "inviting somebody who is here": Case(
        "admin", "invite", "Slp is here already", typed_invite("admin", email="slp@example.org")
    ),
    "inviting until a day that is past": Case(
        "admin", "invite", "Choose today or a later day", typed_invite("admin", until="-1")
    ),
    "inviting with students and no role for them": Case(
        "admin",
        "invite",
        "Without a clinical role",
        typed_invite("admin", lambda world: [str(world.ana)], clinical="none", billing="on"),
    ),
    "inviting with a student's id that is none": Case(
        "admin", "invite", "could not be found", typed_invite("admin", lambda _: ["1 OR 1=1"])
    ),
    "inviting beyond the role": Case(
        "admin",
        "grant access",
        "The role Reader cannot edit",
        typed_invite("admin", lambda world: [str(world.ana)], clinical="reader", right_edit="on"),
    ),
    "inviting an owner": Case("admin", "transfer ownership", "by an offer", typed_invite("admin", admin="owner")),
    "inviting an admin as an admin": Case("admin", "manage admin", "Ask the owner", typed_invite("admin", admin="on")),
    "inviting without the right": Case("slp", "invite", "", typed_invite("slp")),
    "an invitation of another workspace": Case(
        "outsider",
        "invite",
        "could not find",
        foreign_invite,
    ),
    "removing the last owner": Case(
        "owner", "manage member", "always has one owner", stop("owner", "owner", team.remove_member)
    ),
    "suspending the last owner": Case(
        "owner", "manage member", "always has one owner", stop("owner", "owner", team.suspend_member)
    ),
    "demoting the last owner": Case(
        "owner", "manage member", "always has one owner", change("owner", "owner", Place("none", "admin"))
    ),
    "ending the last owner": Case(
        "owner",
        "manage member",
        "always has one owner",
        lambda world: (
            lambda: change("owner", "owner", Place("none", "owner", until=world.actor("owner").today))(world)()
        ),
    ),
    "demoting the owner as an admin": Case(
        "admin", "manage admin", "Ask the owner", change("admin", "owner", Place("reader"))
    ),
    "a place until a day that is past": Case(
        "admin",
        "manage member",
        "Choose today or a later day",
        lambda world: (
            lambda: world.do(
                "admin",
                people_forms.change_as_typed,
                world.key("slp"),
                1,
                {"clinical": "reader", "until": world.day(-1)},
            )
        ),
    ),
    "granting what you do not hold": Case(
        "slp", "grant access", "do not hold yourself", give("slp", "reader", 5, "export")
    ),
    "granting beyond your own expiry": Case("slp", "grant access", "Shorten the time", give("slp", "reader", 30)),
    "granting beyond the role": Case("slp", "grant access", "beyond the role reader", give("slp", "reader", 5, "edit")),
    "granting until a day that is past": Case(
        "slp", "grant access", "last day is in the past", give("slp", "reader", -1)
    ),
    "granting yourself": Case("owner", "grant access", "record opens to her", give("owner", "owner", 5)),
    "granting to somebody elsewhere": Case(
        "owner", "grant access", "a person of this workspace", give("owner", "outsider", 5)
    ),
    "two admins change one person": Case("deputy", "manage member", "Somebody else changed", second_change),
    "two admins answer one invitation": Case("deputy", "invite", "was withdrawn", second_answer),
    "two admins send and withdraw": Case("deputy", "invite", "sent this invitation again", resent_meanwhile),
    "two admins set one rule": Case("deputy", "set supervision rule", "colleague saved this rule", second_rule),
    "two admins save the settings": Case("deputy", "configure workspace", "colleague saved these", second_settings),
    "two admins make one link": Case("deputy", "link supervision", "already", second_link),
    "a link from a day that is past": Case(
        "admin", "link supervision", "first day is in the past", linked("admin", "supervisor", link_starts_on=-1)
    ),
    "a link that ends before it begins": Case(
        "admin",
        "link supervision",
        "before the first one",
        linked("admin", "supervisor", link_starts_on=9, link_ends_on=8),
    ),
    "a link of an assistant with herself": Case(
        "admin", "link supervision", "is a supervisor here", linked("admin", "slpa")
    ),
    "a link to your own gain": Case("owner", "link supervision", "give you yourself a right", own_gain),
    "supervising yourself": Case("supervisor", "log supervision contact", "supervisor", contact("supervisor", 0)),
    "a contact still to come": Case("supervisor", "log supervision contact", "still to come", contact("slpa", 2)),
    "a contact of years ago": Case("supervisor", "log supervision contact", "days ago", contact("slpa", -500)),
    "a direct contact by phone": Case(
        "supervisor",
        "log supervision contact",
        "in person or by live",
        contact("slpa", 0, kind="direct", method="phone"),
    ),
    "making an admin without a proof": Case(
        "owner", "manage admin", PASSWORD, unproved(typed_invite("owner", admin="on"))
    ),
    "removing without a proof": Case(
        "admin", "manage member", PASSWORD, unproved(stop("admin", "slp", team.remove_member))
    ),
    "another role without a proof": Case(
        "admin", "manage member", PASSWORD, unproved(change("admin", "slpa", Place("reader")))
    ),
    "offering the workspace without a proof": Case(
        "owner",
        "transfer ownership",
        PASSWORD,
        unproved(lambda world: lambda: world.do("owner", ownership.offer_ownership, world.key("slp"))),
    ),
    "switching AI without a proof": Case(
        "owner", "switch AI", PASSWORD, unproved(lambda world: lambda: world.do("owner", switch_ai, True))
    ),
}  # fmt: skip


def test_each_bad_input_has_its_sentence_its_row_in_the_log_and_no_other(db: OpenDb, world: World) -> None:
    """One after the other in one workspace: what was refused has left nothing behind."""
    for name, case in CASES.items():
        try:
            check_one(db, world.engine, world.key(case.who), case.action, case.sentence, case.prepare(world))
        except BaseException as error:
            error.add_note(f"in the case: {name}")
            raise


def test_a_slip_of_the_pen_is_told_and_no_refusal(db: OpenDb, world: World) -> None:
    before = everything(world.engine)
    for who, service, *typed in (
        ("admin", people_forms.invite_as_typed, {**TYPED, "email": "nobody"}, []),
        ("admin", people_forms.link_as_typed, {"link_id": str(new_id()), "supervisor": ""}),
        ("supervisor", people_forms.contact_as_typed, {"contact_id": str(new_id()), "minutes": "many"}),
    ):
        with pytest.raises(Invalid):
            world.do(who, service, *typed)
    assert everything(world.engine) == before
    assert refusals(db) == []


async def test_an_expired_used_revoked_or_altered_link_and_anothers_get_their_answers(db: OpenDb, world: World) -> None:
    """By HTTP, as the person who follows the link: looking and answering are a row each."""
    people, dead = world.people, "This invitation cannot be used."
    with db() as session:
        signed_in = update(SignIn).where(col(SignIn.token_hash) == people.cast.tokens["outsider"])
        session.execute(signed_in.values(token_hash=hash_token("outsider")))
    expired, revoked, used, live = (world.sent(f"{name}@school.org") for name in ("a", "b", "c", "d"))
    people.put(Invite, expired.invite_id, expires_at=utc_now())
    world.do("admin", invites.revoke_invite, revoked.invite_id, revoked.version)
    async with open_browser() as browser:
        await browser.post(f"/invite/{used.token}", data={"way": "new", **PERSON})
    links = [
        ("", expired.token, dead, "pending"),
        ("", revoked.token, dead, "revoked"),
        ("", used.token, dead, "accepted"),
        ("", live.token[:-1], dead, "unknown"),
        ("outsider", live.token, "This invitation is for another address.", "pending"),
    ]
    for cookie, token, sentence, was in links:
        before, logged = everything(world.engine), len(refusals(db))
        async with open_browser(cookie) as browser:
            page = await browser.get(f"/invite/{token}", headers={"accept": "text/html"})
            way = {"way": "accept"} if cookie else {"way": "new", **PERSON}
            answer = await browser.post(f"/invite/{token}", data=way)
        assert sentence in page.text and sentence in answer.json()["errors"]["form"]
        assert everything(world.engine) == before
        rows = refusals(db)[logged:]
        assert [(row.action, row.detail["was"]) for row in rows] == [("accept invite", was)] * 2


@pytest.fixture
def notes(db: OpenDb) -> NoteWorld:
    """The assistant's note is submitted."""
    with db() as session:
        built = build_notes(session)
        submit_note(session, built.actor(session, "slpa"), note_as_shown(session, built, "ben"))
        return built


def entry(db: OpenDb, notes: NoteWorld) -> SessionEntry:
    with db() as session:
        return session.get_one(SessionEntry, notes.entries["ben"])


def ask(db: OpenDb, notes: NoteWorld, who: str, service: Callable[..., Any], *args: Any) -> object:
    with db() as session:
        actor = notes.actor(session, who)
    return run_service(actor, service, *args)


def test_a_supervisor_cannot_co_sign_her_own_note(db: OpenDb, engine: Engine, notes: NoteWorld) -> None:
    """She was the assistant who wrote it, and has become a supervisor since."""
    author = notes.members["slpa"]
    with db() as session:
        session.get_one(Membership, author).clinical_role = ClinicalRole.SUPERVISOR
    key, shown = notes.entries["ben"], entry(db, notes).content_hash
    sign = partial(ask, db, notes, "slpa", co_sign.co_sign_note, key, shown)
    check_one(db, engine, author, "co-sign note", "somebody else has to co-sign it", sign)


def test_neither_an_edit_at_the_moment_of_the_co_signature_nor_one_under_other_words_goes_through(
    db: OpenDb, engine: Engine, notes: NoteWorld
) -> None:
    """Truly at once they meet in test_co_sign_races; each order of the two has its answer."""
    key, shown = notes.entries["ben"], entry(db, notes).content_hash
    author, supervisor = notes.members["slpa"], notes.members["supervisor"]
    edit = partial(ask, db, notes, "slpa", set_note, key, "Other words.", 1)
    sign = partial(ask, db, notes, "supervisor", co_sign.co_sign_note, key)
    check_one(db, engine, author, "edit note", "its text stays as it is", edit)
    check_one(db, engine, supervisor, "co-sign note", "changed", partial(sign, "0" * 64))
    sign(shown)
    check_one(db, engine, author, "edit note", "its text stays as it is", edit)


def test_data_that_are_not_those_submitted_are_not_co_signed(db: OpenDb, engine: Engine, notes: NoteWorld) -> None:
    with db() as session:
        session.execute(update(GoalPoint).values(trials=GoalPoint.trials + 1))
    key, shown = notes.entries["ben"], entry(db, notes).content_hash
    sign = partial(ask, db, notes, "supervisor", co_sign.co_sign_note, key, shown)
    check_one(db, engine, notes.members["supervisor"], "co-sign note", "Return it to its author", sign)
