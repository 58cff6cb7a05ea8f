"""The person's own settings: how she signs, where she is signed in, and her private calendar feed."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.calendar_feed import SHOWS
from therapytrack.domain.settings_form import parse_profile
from therapytrack.errors import TherapyTrackError
from therapytrack.services.calendar_feed import end_feed, get_own_feed, make_feed, may_have_feed
from therapytrack.services.profile import LiveSignIn, edit_profile, end_own_sign_in, get_profile
from therapytrack.settings import get_settings
from therapytrack.state.base import SignedInState, person_of
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_views import stamp
from therapytrack.state.record_form import RecordForm, typed_in


@dataclass(frozen=True, slots=True)
class SignInView:
    """A browser in which the person is signed in; `here`: this one."""

    id: str
    started: str
    active: str
    ends: str
    here: bool


@dataclass(frozen=True, slots=True)
class FeedView:
    """The live feed: what it shows, in words, and since when; `address` right after it was made, and never again."""

    shows: str = ""
    words: str = ""
    made: str = ""
    address: str = ""


class SettingsProfileState(RecordForm, SignedInState):
    """The profile's form, and the feed and the live sign-ins beneath it; `has_feed`: whether her role has feeds."""

    email: str = ""
    sign_ins: list[SignInView] = []
    has_feed: bool = False
    feed: FeedView = FeedView()
    done: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin with what is stored."""
        await self._enter()
        goes_on = self._goes_on()
        if not goes_on:
            self.form_key = ""
        changed = self.router.url.query_parameters.get("password") == "new"
        done = "Your password is changed. Every other browser is signed out." if changed else ""
        await self._load(done, goes_on=goes_on)
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def save(self, form: dict[str, Any]) -> None:
        """Save what was typed; on an error everything typed stays."""
        self.done = ""
        if await self._save(_save, typed_in(form)):
            await self._load("Saved.")

    @rx.event
    @requires(Action.VIEW)
    async def end_sign_in(self, sign_in_id: UUID) -> None:
        """Sign out in another browser; what is typed in the form above stays."""
        self._clear_messages()
        self.done = ""
        try:
            await self._ask(end_own_sign_in, sign_in_id)
            self.done = "That browser is signed out."
        except TherapyTrackError as error:
            self.problem = error.sentence
        try:
            self._show_sign_ins((await self._ask(get_profile)).sign_ins)
        except TherapyTrackError as error:
            self.problem = error.sentence

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def make_feed(self, form: dict[str, Any]) -> None:
        """Make the private feed, which ends the one before; its address is shown this once."""
        self.done = ""
        secret = await self._try(make_feed, typed_in(form).get("shows", ""))
        if secret:
            await self._show_feed(f"{get_settings().origin}/calendar/{secret}.ics")

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def end_feed(self) -> None:
        """End the private feed: its address leads nowhere from now on."""
        if await self._try(end_feed) is not None:
            await self._show_feed()
            self.done = "The feed is ended. Its address leads nowhere from now on."

    async def _show_feed(self, address: str = "") -> None:
        actor = current_actor.get()
        self.has_feed = actor is not None and may_have_feed(actor)
        own = await self._try(get_own_feed) if self.has_feed else None
        if own is None or actor is None:
            self.feed = FeedView()
            return
        self.feed = FeedView(own.shows, SHOWS[own.shows].lower(), stamp(own.made_at, actor.time_zone), address)

    async def _load(self, done: str = "", *, goes_on: bool = False) -> None:
        profile = await self._try(get_profile)
        if profile is None:
            return
        fields = asdict(profile.form)
        shown = {
            "single_keys": "on" if profile.form.single_keys else "",
            "credential_until": _iso(fields["credential_until"]),
        }
        if not goes_on:
            self._begin({**fields, **shown}, "", 0)
        self.single_keys = profile.form.single_keys
        self.email, self.done = profile.email, done
        self._show_sign_ins(profile.sign_ins)
        await self._show_feed()
        if actor := current_actor.get():
            self.person = person_of(replace(actor, name=profile.form.name, credential=profile.form.credential))

    def _show_sign_ins(self, sign_ins: list[LiveSignIn]) -> None:
        actor = current_actor.get()
        zone = actor.time_zone if actor else "UTC"
        self.sign_ins = [
            SignInView(
                str(one.id),
                stamp(one.started_at, zone),
                "now" if one.here else stamp(one.last_active_at, zone),
                stamp(one.ends_at, zone),
                one.here,
            )
            for one in sign_ins
        ]


def _save(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    edit_profile(db, actor, parse_profile(typed))


def _iso(day: date | None) -> str:
    """A date as its field begins with it, "" for none."""
    return day.isoformat() if day else ""
