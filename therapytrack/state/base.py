"""The bridge between pages and services: the actor of this event, one transaction, a worker thread, errors in words."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import reflex as rx
import structlog
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.access.facts import Facts, StudentFacts
from therapytrack.access.roles import decide
from therapytrack.db import transaction, viewing
from therapytrack.domain.activity_words import ASKED, BEYOND
from therapytrack.domain.dates import clock_time
from therapytrack.domain.names import initials
from therapytrack.errors import IdTaken, Invalid, NotFound, NotPermitted, NotProved, Refusal, TherapyTrackError
from therapytrack.models import ClinicalRole, utc_now
from therapytrack.services.activity import ONLY_READS, record_refusal
from therapytrack.services.break_glass import Glass, live_glass
from therapytrack.services.demo_accounts import DEMO_PASSWORD
from therapytrack.services.work_queue import Waiting, count_waiting
from therapytrack.settings import get_settings
from therapytrack.state import still_open
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.shell import GlassView, PersonView, ShellState

P = ParamSpec("P")
R = TypeVar("R")
FRESH = timedelta(seconds=2)
# What is wrong with an act, not with a field of a form: the page itself says it.
NO_FIELD = frozenset({"attendance", "credit", "makes_up", "on", "session"})
BROKEN = "Something went wrong on our side. Nothing that was saved is lost. Try again; if it stays, report {reference}."

ROLE_WORDS = {
    ClinicalRole.NONE: "Office",
    ClinicalRole.READER: "Reader",
    ClinicalRole.ASSISTANT: "Assistant",
    ClinicalRole.CLINICIAN: "Clinician",
    ClinicalRole.SUPERVISOR: "Supervisor",
}

# The page that this event begins, until its first service has run.
_entered: ContextVar["SignedInState | None"] = ContextVar("_entered", default=None)

# What was open on the page that this event asks for again, as its tab has reconnected.
_before: ContextVar[dict[str, str] | None] = ContextVar("_before", default=None)

log = structlog.get_logger(__name__)


class SignedInState(ShellState):
    """Parent of every page's state. Public vars are small frozen views; all else begins with an underscore."""

    problem: str = ""
    proof_asked: str = ""
    proof_given: bool = False
    missing: bool = False
    ready: bool = False
    field_errors: dict[str, str] = {}

    @rx.event
    @requires(Action.VIEW)
    async def proved(self) -> None:
        """The password was right: the panel goes, and the act can be asked for again with all that was typed."""
        self.proof_asked, self.proof_given = "", True

    async def _ask(self, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `service(db, actor, ...)` for this event's actor in one transaction on a worker thread.

        The first one of a page counts what waits for her in the same transaction. Raises the service's own errors;
        refusals are logged in a transaction of their own.
        """
        actor = current_actor.get()
        if _entered.get() is not self:
            return await asyncio.to_thread(lambda: run_service(actor, service, *args, **kwargs))
        _entered.set(None)
        counted: list[tuple[Waiting, list[Glass]]] = []
        asked = _counting(service, counted)
        try:
            return await asyncio.to_thread(lambda: run_service(actor, asked, *args, **kwargs))
        finally:
            for waiting, glass in counted:
                self._show_waiting(waiting)
                self._show_glass(glass)

    async def _try(
        self, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """As `_ask`, but an expected failure becomes words on the page and the answer is None."""
        self._clear_messages()
        try:
            return await self._ask(service, *args, **kwargs)
        except TherapyTrackError as error:
            self._show(error)
            return None

    def _clear_messages(self) -> None:
        self._set_vars(problem="", field_errors={}, proof_asked="", proof_given=False)

    def _show(self, error: TherapyTrackError) -> None:
        """Put an error where its page shows it: beside the field, as the page's missing panel, as the question for the
        password, or as a banner."""
        if isinstance(error, NotProved):
            self.proof_asked = error.sentence
            return
        if isinstance(error, Invalid):
            self.field_errors = error.fields
        if isinstance(error, NotFound):
            self.missing = True
            self._forget()
        self.problem = "" if isinstance(error, NotFound) else _in_words(error)

    def _set_vars(self, **shown: Any) -> None:
        """Set vars of the page: what it shows already is neither marked nor sent again."""
        for name, value in shown.items():
            if value != self.get_value(name):
                setattr(self, name, value)

    def _forget(self) -> None:
        """Drop everything that the page was shown: its record is gone for this person, perhaps since a moment ago.

        A page of many records stays as it is: it overrides this.
        """
        fields = self.__class__.__fields__
        for name in fields.keys() - SignedInState.__fields__.keys():
            setattr(self, name, fields[name].default_value())

    async def _enter(self) -> None:
        """Begin a page: the frame's person, no message of the page before; its first `_ask` counts what waits."""
        self._clear_messages()
        self.missing, self.ready = False, False
        self._look_back()
        actor = current_actor.get()
        if actor is None:
            return
        facts = Facts(actor.member, actor.workspace)
        no_tie = Facts(actor.member, actor.workspace, StudentFacts())
        self._set_vars(
            person=person_of(actor),
            single_keys=actor.single_keys,
            may_cosign=actor.member.clinical == ClinicalRole.SUPERVISOR,
            sees_supervision=decide(Action.VIEW_SUPERVISION, facts).allowed,
            sees_activity=decide(Action.VIEW_AUDIT, facts).allowed,
            demo_password=DEMO_PASSWORD if actor.is_demo and get_settings().demo else "",
            may_break_glass=decide(Action.BREAK_GLASS, no_tie).allowed,
        )
        _entered.set(self)

    def _look_back(self) -> None:
        """Find what was open at this address before the tab reconnected; a page that begins has nothing open."""
        kept = self.get_value("still_open")
        _before.set(still_open.read(kept, str(self.router.url)) if self._returned else {})
        if not self._returned:
            self._set_vars(still_open="")

    def _kept(self) -> dict[str, str]:
        """What was open on the page that `enter` asks for again; empty for a page and for all other events."""
        return _before.get() or {}

    def _keep_open(self, **facts: str) -> None:
        """Let the tab keep these facts about what is open, beside those that it keeps already."""
        address = str(self.router.url)
        kept = still_open.read(self.get_value("still_open"), address)
        self._set_vars(still_open=still_open.written(address, kept | facts))

    def _show_glass(self, glass: Sequence[Glass]) -> None:
        """Put the emergency access that lasts into the frame; nothing is sent where there is none, as before."""
        actor = current_actor.get()
        shown = [glass_view(one, actor.zone) for one in glass] if actor else []
        if shown != self.get_value("glass"):
            self.glass = shown

    async def _recount(self) -> None:
        """Count again what waits for the person; the numbers stay when they cannot be read just now."""
        try:
            waiting = await self._ask(count_waiting)
        except TherapyTrackError:
            return
        self._show_waiting(waiting)

    def _show_waiting(self, waiting: Waiting) -> None:
        self._set_vars(unsigned=waiting.unsigned, to_cosign=waiting.to_cosign, alarms=waiting.alarms)


def _in_words(error: TherapyTrackError) -> str:
    """The sentence for the page: that of an act which cannot be done just now, where no field can show it."""
    if isinstance(error, Invalid) and error.fields.keys() <= NO_FIELD:
        return " ".join(error.fields.values())
    return error.sentence


def _counting(
    service: Callable[Concatenate[Session, Actor, P], R], counted: list[tuple[Waiting, list[Glass]]]
) -> Callable[Concatenate[Session, Actor, P], R]:
    """`service`, with what the frame shows read before it: what waits for the actor, and her emergency access."""

    @wraps(service)
    def counting(db: Session, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        waiting = count_waiting(db, actor)
        counted[:] = [(waiting, live_glass(db, actor) if waiting.glass else [])]
        return service(db, actor, *args, **kwargs)

    return counting


def run_service(
    actor: Actor | None, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run one service in one transaction; unexpected errors become a reference and nothing of the data is logged.

    A record that somebody else made with the same id in this very moment is seen at a second try: a double click.
    """
    if actor is None:
        raise NotFound()
    try:
        try:
            return _run_once(actor, service, *args, **kwargs)
        except IdTaken:
            return _run_once(actor, service, *args, **kwargs)
    except TherapyTrackError as error:
        if error.refusal is None and (action := _refused_act(error)):
            error.refusal = Refusal(action, _kind_of(service), None)
        if error.refusal is not None:
            with transaction(actor.workspace_id) as db:
                record_refusal(db, actor, error)
        raise
    except Exception as error:
        reference = uuid4().hex[:8]
        log.error("service failed", service=service.__qualname__, kind=type(error).__name__, reference=reference)
        raise TherapyTrackError(BROKEN.format(reference=reference)) from None


def _refused_act(error: TherapyTrackError) -> str:
    """What a refusal is called that does not say itself what was refused; "" for what is none."""
    if isinstance(error, NotFound):
        return ASKED
    return BEYOND if isinstance(error, NotPermitted) and not isinstance(error, NotProved) else ""


def _kind_of(service: Callable[..., object]) -> str:
    """What a service is about, for a refusal that says nothing of it: the name of its module."""
    return service.__module__.rpartition(".")[2]


def _run_once(
    actor: Actor, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    opened = viewing if getattr(service, ONLY_READS, False) else transaction
    with opened(actor.workspace_id) as db:
        return service(db, _still(db, actor), *args, **kwargs)


def _still(db: Session, actor: Actor) -> Actor:
    """The actor, resolved again when this event has been running for a while (a background task)."""
    if utc_now() - actor.at < FRESH:
        return actor
    fresh = resolve_actor(db, actor.token_hash)
    if fresh is None:
        raise NotPermitted(
            "Your sign-in has ended. Sign in again; what you typed stays on this page until you leave it."
        )
    return fresh


def glass_view(glass: Glass, zone: ZoneInfo) -> GlassView:
    """Emergency access as the frame shows it."""
    local = glass.until.astimezone(zone)
    return GlassView(str(glass.student_id), glass.name, clock_time(local), int(local.timestamp() * 1000))


def person_of(actor: Actor) -> PersonView:
    """The frame's view of an actor: name, initials, credential and workspace."""
    role = actor.credential or ROLE_WORDS[actor.member.clinical]
    return PersonView(actor.name, initials(actor.name), f"{role} · {actor.workspace_name}")
