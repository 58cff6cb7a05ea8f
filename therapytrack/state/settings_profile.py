"""The person's own settings: how she signs, and where she is signed in."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.settings_form import parse_profile
from therapytrack.errors import TherapyTrackError
from therapytrack.services.profile import LiveSignIn, edit_profile, end_own_sign_in, get_profile
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


class SettingsProfileState(RecordForm, SignedInState):
    """The profile's form, and the live sign-ins beneath it."""

    email: str = ""
    sign_ins: list[SignInView] = []
    done: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Begin with what is stored."""
        await self._enter()
        self.form_key = ""
        changed = self.router.url.query_parameters.get("password") == "new"
        await self._load("Your password is changed. Every other browser is signed out." if changed else "")
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

    async def _load(self, done: str = "") -> None:
        profile = await self._try(get_profile)
        if profile is None:
            return
        fields = asdict(profile.form)
        shown = {
            "single_keys": "on" if profile.form.single_keys else "",
            "credential_until": _iso(fields["credential_until"]),
        }
        self._begin({**fields, **shown}, "", 0)
        self.single_keys = profile.form.single_keys
        self.email, self.done = profile.email, done
        self._show_sign_ins(profile.sign_ins)
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
