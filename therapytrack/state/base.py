"""The bridge between pages and services: the actor of this event, one transaction, a worker thread, errors in words."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import reflex as rx
import structlog
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.access.facts import Facts
from therapytrack.access.roles import decide
from therapytrack.db import transaction
from therapytrack.domain.names import initials
from therapytrack.errors import Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import ClinicalRole, utc_now
from therapytrack.services.activity import record_refusal
from therapytrack.state.guard import current_actor

P = ParamSpec("P")
R = TypeVar("R")
FRESH = timedelta(seconds=2)
BROKEN = "Something went wrong on our side. Nothing that was saved is lost. Try again; if it stays, report {reference}."

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Me:
    """The signed-in person as the page's frame shows her."""

    name: str = ""
    initials: str = ""
    title: str = ""
    workspace: str = ""
    is_demo: bool = False
    can_create_student: bool = False
    is_supervisor: bool = False
    is_assistant: bool = False
    has_caseload: bool = False


class SignedInState(rx.State):
    """Parent of every page's state. Public vars are small frozen views; all else begins with an underscore."""

    me: Me = Me()
    problem: str = ""
    missing: bool = False
    ready: bool = False
    field_errors: dict[str, str] = {}

    async def _ask(self, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `service(db, actor, ...)` for this event's actor in one transaction on a worker thread.

        Raises the service's own errors; refusals are logged in a transaction of their own.
        """
        actor = current_actor.get()
        return await asyncio.to_thread(lambda: run_service(actor, service, *args, **kwargs))

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
        self.problem, self.field_errors = "", {}

    def _show(self, error: TherapyTrackError) -> None:
        """Put an error where its page shows it: beside the field, as the page's missing panel, or as a banner."""
        if isinstance(error, Invalid):
            self.field_errors = error.fields
        if isinstance(error, NotFound):
            self.missing = True
        self.problem = "" if isinstance(error, NotFound) else error.sentence

    def _enter(self) -> None:
        """Begin a page: the frame's person, no message of the page before."""
        self._clear_messages()
        self.missing, self.ready = False, False
        actor = current_actor.get()
        self.me = me_of(actor) if actor else Me()


def run_service(
    actor: Actor | None, service: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run one service in one transaction; unexpected errors become a reference and nothing of the data is logged."""
    if actor is None:
        raise NotFound()
    try:
        with transaction() as db:
            return service(db, _still(db, actor), *args, **kwargs)
    except (NotFound, NotPermitted) as error:
        with transaction() as db:
            record_refusal(db, actor, error)
        raise
    except TherapyTrackError:
        raise
    except Exception as error:
        reference = uuid4().hex[:8]
        log.error("service failed", service=service.__qualname__, kind=type(error).__name__, reference=reference)
        raise TherapyTrackError(BROKEN.format(reference=reference)) from None


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


def me_of(actor: Actor) -> Me:
    """The frame's view of an actor."""
    clinical = actor.member.clinical
    facts = Facts(actor.member, actor.workspace)
    return Me(
        name=actor.name,
        initials=initials(actor.name),
        title=actor.credential or actor.member.clinical.capitalize(),
        workspace=actor.workspace_name,
        is_demo=actor.is_demo,
        can_create_student=decide(Action.CREATE_STUDENT, facts).allowed,
        is_supervisor=clinical == ClinicalRole.SUPERVISOR,
        is_assistant=clinical == ClinicalRole.ASSISTANT,
        has_caseload=clinical != ClinicalRole.NONE,
    )
