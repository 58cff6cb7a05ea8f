"""What the panels of the team page share: the list beneath them, what was done last, and how it is undone."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actor import Actor
from therapytrack.errors import Conflict, Invalid, NotProved, TherapyTrackError
from therapytrack.services.team_page import Member, TeamPage, open_team
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor
from therapytrack.state.still_open import whole
from therapytrack.state.team_views import (
    InviteRow,
    PersonRow,
    RollView,
    Subject,
    invite_row,
    person_row,
    subject_of,
)

INVITING, ABOUT_SOMEBODY = "invite", ("person", "remove", "offer")


@dataclass(frozen=True, slots=True)
class HandLink:
    """A link to be handed over by a person, because no mail carries it."""

    url: str = ""
    email: str = ""


class TeamDesk(SignedInState, mixin=True):
    """`panel` is "", "invite", "person", "remove" or "offer"; `form_key` makes its fields begin again."""

    people: list[PersonRow] = []
    invites: list[InviteRow] = []
    may_invite: bool = False
    may_make_admins: bool = False
    may_transfer: bool = False
    offered_to: str = ""
    offered_by: str = ""
    office: str = ""
    panel: str = ""
    subject: Subject = Subject()
    form_key: str = ""
    discipline: str = ""
    roster: list[RollView] = []
    busy: bool = False
    done: str = ""
    can_undo: bool = False
    link: HandLink = HandLink()
    _members: dict[str, Member] = {}
    _undo: tuple[Callable[..., Any], UUID, tuple[Any, ...]] | None = None

    def _forget(self) -> None:
        """Nothing: when one of the people is gone, the others stay."""

    def _open(self, panel: str, member_id: str) -> None:
        self._clear_messages()
        found = self._member(member_id)
        if found is not None:
            self._show_panel(panel, subject_of(found))

    def _show_panel(self, panel: str, subject: Subject, key: str = "") -> None:
        """Open a panel whose fields begin with `subject`; with its key it is the one that the tab still shows."""
        self.panel, self.subject, self.form_key = panel, subject, key or uuid7().hex
        self._keep_open(panel=panel, who=subject.id, version=str(subject.version), key=self.form_key)

    def _show_again(self, kept: Mapping[str, str]) -> None:
        """Open the panel that the tab still shows, over the version that it had; nothing where that person is gone."""
        panel, found = kept.get("panel", ""), self._member(kept.get("who", ""))
        if panel == INVITING:
            self._show_panel(panel, Subject(), kept.get("key", ""))
        elif panel in ABOUT_SOMEBODY and found is not None:
            subject = replace(subject_of(found), version=whole(kept.get("version", "")))
            self._show_panel(panel, subject, kept.get("key", ""))

    def _member(self, member_id: str) -> Member | None:
        """The member as she was read, without the framework's proxy around her: she goes to services and is kept."""
        members: dict[str, Member] = self.get_value("_members")
        return members.get(member_id)

    def _about(self) -> Subject:
        """Whom the panel is about, without the framework's proxy."""
        subject: Subject = self.get_value("subject")
        return subject

    def _close(self) -> None:
        self.panel, self.subject, self.roster = "", Subject(), []
        self._set_vars(still_open="")

    def _say(self, words: str, undo: Callable[..., Any] | None = None, *about: Any) -> None:
        """Tell what was done, and how it is undone: a service with its arguments."""
        self.done, self.can_undo = words, undo is not None
        self._undo = (undo, about[0], about[1:]) if undo is not None else None

    async def _do(self, service: Callable[..., Any], *args: Any) -> Any:
        """What the service answers, or None and the reason on the page; after a conflict the next try is about what
        was just read."""
        self._clear_messages()
        self._say("")
        try:
            return await self._ask(service, *args)
        except (NotProved, Invalid) as error:
            self._show(error)
        except Conflict as error:
            self.problem, self.subject = error.sentence, replace(self._about(), version=error.version)
            self._keep_open(version=str(error.version))
        except TherapyTrackError as error:
            self.problem = error.sentence
        return None

    async def _done(self, service: Callable[..., None], *args: Any) -> bool:
        """Whether a service that answers nothing did its work."""

        def answering(db: Session, actor: Actor) -> bool:
            service(db, actor, *args)
            return True

        return await self._do(answering) is True

    async def _load(self) -> None:
        """Read everything again; what was said about the last act stays."""
        try:
            page = await self._ask(open_team)
        except TherapyTrackError as error:
            self.problem = self.problem or error.sentence
            return
        self._fill(page)

    def _fill(self, page: TeamPage) -> None:
        actor = current_actor.get()
        zone = actor.time_zone if actor else "UTC"
        self._members = {str(one.id): one for one in page.members}
        self.people = [person_row(one, zone) for one in page.members]
        self.invites = [invite_row(one) for one in page.pending]
        self.may_invite, self.may_make_admins, self.may_transfer = (
            page.may_invite,
            page.may_make_admins,
            page.may_transfer,
        )
        self.offered_to = next((one.name for one in page.members if one.id == page.offered_to), "")
        self.offered_by = page.offered_by
        self.office = ", ".join(one.name for one in page.members if one.place.admin in ("owner", "admin"))
        self.discipline = usual_discipline(page.members)


def usual_discipline(members: list[Member]) -> str:
    """The discipline that most people here have: what an invitation begins with."""
    counted = Counter(one.place.discipline for one in members if one.place.discipline)
    return counted.most_common(1)[0][0] if counted else ""
