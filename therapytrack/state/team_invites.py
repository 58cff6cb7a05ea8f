"""Inviting from the team page: the form, sending again, a link to hand over, withdrawing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.dates import long_date
from therapytrack.services.invites import Sent, hand_over_invite, link_by_hand, resend_invite, revoke_invite
from therapytrack.services.letters import deliver
from therapytrack.services.mailing import invitation_letter, invitation_link, keeps_mail
from therapytrack.services.people_forms import invite_as_typed
from therapytrack.services.team_page import list_roster
from therapytrack.state.guard import requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.team_desk import INVITING, HandLink, TeamDesk
from therapytrack.state.team_views import Subject, roll_view

TICK = "student:"


class InvitePanel(TeamDesk, mixin=True):
    """The form for an invitation, and the invitations that wait for an answer."""

    @rx.event
    @requires(Action.INVITE)
    async def open_invite(self) -> None:
        """Show the form for an invitation, its fields set to what is asked for most."""
        self._clear_messages()
        self._say("")
        self._close()
        self.link = HandLink()
        self._show_panel(INVITING, Subject())

    @rx.event
    @requires(Action.LIST_ROSTER)
    async def choose_students(self) -> None:
        """Show the students who may come with the invitation."""
        await self._show_roster()

    @rx.event
    @requires(Action.INVITE)
    async def send_invite(self, form: dict[str, Any]) -> AsyncIterator[None]:
        """Make the invitation, then send its letter; when that does not go out, the link is shown to be handed over."""
        self._clear_messages()
        self.busy = True
        yield
        chosen = [name.removeprefix(TICK) for name, on in form.items() if name.startswith(TICK) and on]
        sent = await self._do(invite_as_typed, typed_in(form), chosen)
        if sent:
            self._close()
            await self._mail(sent)
            await self._load()
        self.busy = False

    @rx.event
    @requires(Action.INVITE)
    async def resend(self, invite_id: UUID, version: int) -> AsyncIterator[None]:
        """Send an invitation again with a new link."""
        self.busy = True
        yield
        sent = await self._do(resend_invite, invite_id, version)
        if sent:
            await self._mail(sent)
        await self._load()
        self.busy = False

    @rx.event
    @requires(Action.INVITE)
    async def take_link(self, invite_id: UUID, version: int) -> None:
        """Make a new link and show it, where mail does not reach the person."""
        sent = await self._do(link_by_hand, invite_id, version)
        if sent:
            self.link = HandLink(invitation_link(sent.token), sent.email)
        await self._load()

    @rx.event
    @requires(Action.INVITE)
    async def revoke(self, invite_id: UUID, version: int) -> None:
        """Withdraw an invitation: its link is dead."""
        self.link = HandLink()
        if await self._done(revoke_invite, invite_id, version):
            self._say("The invitation is withdrawn, and its link no longer works.")
        await self._load()

    async def _show_roster(self) -> None:
        found = await self._do(list_roster)
        self.roster = [roll_view(one) for one in found or []]
        self._keep_open(roster="shown" if self.roster else "")

    async def _go_on(self) -> None:
        """After a reconnection: the panel that the tab still shows, also where this server knows nothing of it; the
        students of an invitation are asked for again."""
        kept = self._kept()
        if not self.panel:
            self._show_again(kept)
        if self.panel == INVITING and (self.roster or kept.get("roster")):
            await self._show_roster()

    async def _mail(self, sent: Sent) -> None:
        """Send the letter of an invitation that is stored; when that fails, the link is there to be handed over."""
        self.link = HandLink()
        why = await asyncio.to_thread(deliver, invitation_letter(sent))
        if not why:
            kept = " Mail is kept in this server's outbox: who runs it passes the letter on." if keeps_mail() else ""
            self._say(f"{sent.email} is invited; the link works once, until {long_date(sent.link_until)}.{kept}")
            return
        if not await self._done(hand_over_invite, sent.invite_id, sent.version):
            return
        self.link = HandLink(invitation_link(sent.token), sent.email)
        self.problem = (
            f"The invitation is made, but the mail did not go out: {why}. Copy the link below and pass it on."
        )
