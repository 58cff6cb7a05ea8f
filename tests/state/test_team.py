"""The team page as events: what each sees, what an invitation leads to, and how an open page ends with a membership."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.conftest import OpenDb
from tests.factories import add_student
from tests.harness import Tab, Tabs, running_tabs
from tests.services.people_world import CLINICIAN, People, make_people
from therapytrack.domain.invite_form import InviteForm
from therapytrack.domain.member_place import Place
from therapytrack.models import Invite, SignIn
from therapytrack.services.identity import hash_token
from therapytrack.services.invites import invite
from therapytrack.services.ownership import offer_ownership
from therapytrack.services.team import change_member, remove_member, suspend_member
from therapytrack.settings import get_settings
from therapytrack.state.base import SignedInState
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.team import TeamState

NEW = "new@school.org"
TYPED = {"email": NEW, "clinical": "assistant", "discipline": "slp"}


@pytest.fixture
def people(db: OpenDb) -> People:
    return make_people(db)


async def page(tabs: Tabs, people: People, who: str, path: str = "/team", **query: str) -> Tab:
    return await tabs.tab(people.cast.tokens[who]).open(path, **query)


def letters() -> list[Path]:
    return sorted((get_settings().data_dir / "outbox").glob("*.eml"))


def letters_to(address: str) -> list[EmailMessage]:
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in letters()]
    return [one for one in found if one["To"] == address]


def invites(people: People) -> list[Invite]:
    with people.db() as db:
        return list(db.execute(select(Invite)).scalars())


async def open_person(tab: Tab, people: People, who: str) -> Tab:
    return await tab.call(TeamState, "open_person", member_id=str(people.cast.members[who]))


async def test_the_office_sees_addresses_counts_and_invitations(people: People) -> None:
    with people.db() as db:
        add_student(db, people.cast)
    people.act("admin", invite, InviteForm(NEW, CLINICIAN))
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "owner")
        rows = {one.name: one for one in tab.var(TeamState.people)}
        assert rows["Slp"].students == "1"
        assert "slp@example.org" in rows["Slp"].below
        assert [one.email for one in tab.var(TeamState.invites)] == [NEW]
        assert (tab.var(TeamState.may_invite), tab.var(TeamState.may_make_admins)) == (True, True)


@pytest.mark.parametrize("who", ["supervisor", "slp", "slpa", "reader"])
async def test_a_colleague_sees_names_and_roles_of_who_is_here_and_nothing_more(people: People, who: str) -> None:
    people.act("admin", invite, InviteForm(NEW, CLINICIAN))
    people.act("admin", suspend_member, people.cast.members["reader" if who != "reader" else "slp"], 1)
    async with running_tabs() as tabs:
        tab = await page(tabs, people, who)
        await tab.call(TeamState, "choose_students")
        names = [one.name for one in tab.var(TeamState.people)]
        assert "Owner" in names and len(names) == 6
        assert "@example.org" not in tab.received and NEW not in tab.received
        assert (tab.var(TeamState.may_invite), tab.var(TeamState.roster)) == (False, [])
        assert tab.var(TeamState.office) == "Admin, Deputy, Owner"


async def test_an_admin_reads_why_she_may_not_change_an_admin(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        why = {one.name: one.why_not for one in tab.var(TeamState.people)}
        assert "owner" in why["Deputy"] and "owner" in why["Owner"]
        assert why["Slp"] == ""


async def test_an_invitation_is_made_and_its_letter_goes_out_afterwards(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        await tab.call(TeamState, "open_invite")
        await tab.call(TeamState, "send_invite", form=TYPED)
        assert tab.var(TeamState.panel) == ""
        assert f"{NEW} is invited" in tab.var(TeamState.done)
        assert [one.email for one in tab.var(TeamState.invites)] == [NEW]
    (letter,) = letters_to(NEW)
    token = letter.get_content().partition("/invite/")[2].split()[0]
    assert hash_token(token) == invites(people)[0].token_hash
    assert token not in tab.received


async def test_when_the_mail_does_not_go_out_the_invitation_stays_and_its_link_is_shown(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THERAPYTRACK_SMTP_URL", "smtps://127.0.0.1:1")
    get_settings.cache_clear()
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        await tab.call(TeamState, "open_invite")
        await tab.call(TeamState, "send_invite", form=TYPED)
        assert "the mail did not go out: the mail server could not be reached" in tab.var(TeamState.problem)
        token = tab.var(TeamState.link).url.partition("/invite/")[2]
    (stored,) = invites(people)
    assert (hash_token(token), stored.by_hand, stored.status) == (stored.token_hash, True, "pending")


async def test_no_link_is_shown_when_it_could_not_be_noted_that_a_person_hands_it_over(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdrawn_meanwhile(_letter: object) -> str:
        with people.db() as db:
            db.execute(update(Invite).values(status="revoked"))
        return "the mail server could not be reached"

    monkeypatch.setattr("therapytrack.state.team_invites.deliver", withdrawn_meanwhile)
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        await tab.call(TeamState, "open_invite")
        await tab.call(TeamState, "send_invite", form=TYPED)
        assert (tab.var(TeamState.link).url, bool(tab.var(TeamState.problem))) == ("", True)
    assert [one.by_hand for one in invites(people)] == [False]


async def test_students_come_with_the_invitation_by_ticks(people: People) -> None:
    with people.db() as db:
        student = add_student(db, people.cast)
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        await tab.call(TeamState, "open_invite")
        await tab.call(TeamState, "choose_students")
        assert [one.id for one in tab.var(TeamState.roster)] == [str(student.id)]
        opened = tab.var(TeamState.form_key), tab.var(TeamState.roster)
        for restarted in (False, True):
            if restarted:
                tabs.restart()
            await tab.come_back()
            assert tab.var(TeamState.panel) == "invite"
            assert (tab.var(TeamState.form_key), tab.var(TeamState.roster)) == opened
        form = TYPED | {f"student:{student.id}": "on", "right_edit": "on"}
        await tab.call(TeamState, "send_invite", form=form)
        assert "1 student" in tab.var(TeamState.invites)[0].line


async def test_a_mistake_stands_beside_its_field_and_the_panel_stays_open(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")
        await tab.call(TeamState, "open_invite")
        for form, field in (({**TYPED, "email": "nobody"}, "email"), ({**TYPED, "email": "slp@example.org"}, "email")):
            await tab.call(TeamState, "send_invite", form=form)
            assert list(tab.var(TeamState.field_errors)) == [field]
            assert tab.var(TeamState.panel) == "invite"
    assert (invites(people), letters()) == ([], [])


async def test_a_role_change_asks_for_the_password_and_goes_through_once_it_was_given(people: People) -> None:
    people.forget_proofs()
    form = {"clinical": "reader"}
    async with running_tabs() as tabs:
        tab = await open_person(await page(tabs, people, "owner"), people, "slp")
        await tab.call(TeamState, "save_person", form=form)
        assert "password" in tab.var(TeamState.proof_asked)
        assert (tab.var(TeamState.panel), people.member("slp").clinical_role) == ("person", "clinician")
        people.prove("owner")
        await tab.call(SignedInState, "proved")
        assert (tab.var(TeamState.proof_asked), tab.var(TeamState.proof_given)) == ("", True)
        await tab.call(TeamState, "save_person", form=form)
        assert tab.var(TeamState.panel) == ""
        assert people.member("slp").clinical_role == "reader"
        await tab.call(TeamState, "undo")
        assert people.member("slp").clinical_role == "clinician"


async def test_suspending_is_undone_with_one_press(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await open_person(await page(tabs, people, "admin"), people, "slp")
        await tab.call(TeamState, "suspend")
        assert tab.var(TeamState.can_undo)
        assert people.member("slp").status == "suspended"
        await tab.call(TeamState, "undo")
        assert (people.member("slp").status, tab.var(TeamState.done)) == ("active", "Undone.")


async def test_two_admins_at_once_the_second_reads_what_the_first_did_and_decides_again(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await open_person(await page(tabs, people, "admin"), people, "slp")
        people.act("deputy", change_member, people.cast.members["slp"], 1, Place("supervisor", discipline="slp"))
        key = tab.var(TeamState.form_key)
        for restarted in (False, True):
            if restarted:
                tabs.restart()
            await tab.come_back()
            assert (tab.var(TeamState.panel), tab.var(TeamState.form_key)) == ("person", key), "what is typed stays"
        await tab.call(TeamState, "save_person", form={"clinical": "reader"})
        assert "Now: Supervisor" in tab.var(TeamState.problem)
        assert (tab.var(TeamState.panel), people.member("slp").clinical_role) == ("person", "supervisor")
        await tab.call(TeamState, "save_person", form={"clinical": "reader"})
        assert people.member("slp").clinical_role == "reader"


@pytest.mark.parametrize("how", ["removed", "suspended", "changed"])
async def test_an_open_page_stops_at_the_next_event_and_forgets_what_it_showed(people: People, how: str) -> None:
    with people.db() as db:
        add_student(db, people.cast, "Canarygiven")
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "slp", "/caseload")
        assert "Canarygiven" in tab.received
        key = people.cast.members["slp"]
        if how == "removed":
            people.act("owner", remove_member, key, 1)
        elif how == "suspended":
            people.act("owner", suspend_member, key, 1)
        else:
            people.act("owner", change_member, key, 1, Place("reader"))
        tab.deltas.clear()
        await tab.call(CaseloadState, "retry")
        assert "Canarygiven" not in tab.received
        assert "/sign-in/?ended=1" in tab.received
        assert tab.var(CaseloadState.rows) == []
        reopened = await page(tabs, people, "slp", "/caseload")
        assert "Canarygiven" not in reopened.received


async def test_a_removed_persons_cookie_opens_nothing_even_where_she_still_works_elsewhere(people: People) -> None:
    people.act("owner", remove_member, people.cast.members["slp"], 1)
    with people.db() as db:
        query = select(SignIn).where(col(SignIn.token_hash) == people.cast.tokens["slp"])
        assert db.execute(query).scalar_one().ended_at is not None


async def test_the_person_to_whom_the_workspace_is_offered_reads_it_and_may_decline(people: People) -> None:
    people.act("owner", offer_ownership, people.cast.members["slp"])
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "slp")
        assert tab.var(TeamState.offered_by) == "Owner"
        await tab.call(TeamState, "decline")
        assert (tab.var(TeamState.offered_by), tab.var(TeamState.done)) == ("", "Declined. Nothing has changed.")


async def test_an_offer_is_made_told_and_withdrawn(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await open_person(await page(tabs, people, "owner"), people, "supervisor")
        await tab.call(TeamState, "ask_offer")
        await tab.call(TeamState, "offer")
        assert tab.var(TeamState.offered_to) == "Supervisor"
        assert len(letters()) == 1
        await tab.call(TeamState, "withdraw")
        assert tab.var(TeamState.offered_to) == ""


async def test_sending_again_getting_the_link_and_withdrawing(people: People) -> None:
    people.act("admin", invite, InviteForm(NEW, CLINICIAN))
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "admin")

        async def on_row(handler: str) -> None:
            (row,) = tab.var(TeamState.invites)
            await tab.call(TeamState, handler, invite_id=row.id, version=row.version)

        await on_row("resend")
        assert len(letters_to(NEW)) == 1
        await on_row("take_link")
        assert hash_token(tab.var(TeamState.link).url.rpartition("/")[2]) == invites(people)[0].token_hash
        await on_row("revoke")
        assert (tab.var(TeamState.invites), tab.var(TeamState.link).url) == ([], "")


async def test_who_was_left_out_is_told_on_arrival(people: People) -> None:
    async with running_tabs() as tabs:
        tab = await page(tabs, people, "slp", "/team?left_out=2", left_out="2")
        assert "2 of the students" in tab.var(TeamState.done)
        other = await page(tabs, people, "slp", "/team?left_out=x", left_out="<b>")
        assert other.var(TeamState.done) == ""
