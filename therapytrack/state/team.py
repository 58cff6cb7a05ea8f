"""The team page: who is here, who is invited, and the panels in which people are invited, changed and removed."""

import asyncio
import re
from typing import Any
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.errors import NotFound
from therapytrack.services.letters import deliver
from therapytrack.services.mailing import offer_letter
from therapytrack.services.ownership import decline_offer, offer_ownership, withdraw_offer
from therapytrack.services.people_forms import change_as_typed
from therapytrack.services.team import change_member, remove_member, resume_member, suspend_member
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.team_desk import HandLink
from therapytrack.state.team_invites import InvitePanel

COUNT = re.compile(r"[1-9][0-9]{0,3}")
LEFT_OUT = (
    "You are in. {n} of the students named in your invitation were left out, because they have left the rolls or the "
    "right to give them ended. Ask the office."
)


class TeamState(InvitePanel, SignedInState):
    """The page with its list and panels."""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the page; a person who has just come in is told whom she was not given.

        In a tab that has only reconnected the open panel stays, with what is typed in it.
        """
        await self._enter()
        goes_on, asked = self._returned and self.panel != "", self.router.url.query_parameters
        left_out = asked.get("left_out", "")
        self._say(LEFT_OUT.format(n=int(left_out)) if COUNT.fullmatch(left_out) else "")
        if asked.get("owner") == "you":
            self._say("You own this workspace now. The former owner is an admin.")
        self.link, self.busy = HandLink(), False
        await self._load()
        if not (goes_on and self.may_invite):
            self._close()
        if self.may_invite:
            await self._go_on()
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def open_person(self, member_id: str) -> None:
        """Show what one person is here, to be changed."""
        self._open("person", member_id)

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def ask_remove(self) -> None:
        """Ask once more before the person of the panel is removed."""
        self._open("remove", self.subject.id)

    @rx.event
    @requires(Action.TRANSFER_OWNERSHIP)
    async def ask_offer(self) -> None:
        """Ask once more before the workspace is offered to the person of the panel."""
        self._open("offer", self.subject.id)

    @rx.event
    @requires(Action.VIEW)
    async def close_panel(self) -> None:
        """Put the panel away."""
        self._clear_messages()
        self._close()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def save_person(self, form: dict[str, Any]) -> None:
        """Give the person of the panel another place; a change of role takes the password."""
        subject = self._about()
        before = self._member(subject.id)
        if before is None:
            self.problem = NotFound().sentence
            return
        version = await self._do(change_as_typed, before.id, subject.version, typed_in(form))
        if version is not None:
            self._close()
            self._say(f"Saved: {subject.name}.", change_member, before.id, version, before.place)
        await self._load()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def suspend(self) -> None:
        """Shut the person of the panel out; it can be undone at once."""
        subject = self._about()
        version = await self._do(suspend_member, id_of(subject.id), subject.version)
        if version is not None:
            self._close()
            self._say(f"{subject.name} is suspended and signed out.", resume_member, UUID(subject.id), version)
        await self._load()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def resume(self) -> None:
        """Let the person of the panel back in; it can be undone at once."""
        subject = self._about()
        version = await self._do(resume_member, id_of(subject.id), subject.version)
        if version is not None:
            self._close()
            self._say(f"{subject.name} is back.", suspend_member, UUID(subject.id), version)
        await self._load()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def remove(self) -> None:
        """Take the person of the panel out; this takes the password and is not undone."""
        subject = self._about()
        left = await self._do(remove_member, id_of(subject.id), subject.version)
        if left is not None:
            self._close()
            named = f" {left} students still name {subject.name} as case manager." if left else ""
            self._say(f"{subject.name} is removed; sign-ins, rights and supervision links have ended.{named}")
        await self._load()

    @rx.event
    @requires(Action.MANAGE_MEMBER)
    async def undo(self) -> None:
        """Take the last harmless change back."""
        act, self._undo, self.can_undo = self._undo, None, False
        if act is None:
            return
        service, member_id, more = act
        if await self._do(service, member_id, *more) is not None:
            self._say("Undone.")
        await self._load()

    @rx.event
    @requires(Action.TRANSFER_OWNERSHIP)
    async def offer(self) -> None:
        """Offer the workspace to the person of the panel; this takes the password."""
        offered = await self._do(offer_ownership, id_of(self.subject.id))
        if offered:
            self._close()
            why = await asyncio.to_thread(deliver, offer_letter(offered))
            told = f" The letter did not go out: {why}. Tell {offered.to_name} yourself." if why else ""
            self._say(f"{offered.to_name} can accept the ownership on this page for seven days.{told}")
        await self._load()

    @rx.event
    @requires(Action.TRANSFER_OWNERSHIP)
    async def withdraw(self) -> None:
        """Take the offer of ownership back."""
        if await self._done(withdraw_offer):
            self._say("The offer is withdrawn. You stay the owner.")
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def decline(self) -> None:
        """Say no to the offer of ownership."""
        if await self._done(decline_offer):
            self._say("Declined. Nothing has changed.")
        await self._load()


def id_of(text: str) -> UUID:
    """The id in `text`; for none, the id of no record, which gets the door's own answer."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
