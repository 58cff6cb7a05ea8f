"""Default-deny before every event: a policy on the handler, a live sign-in, arguments that fit the signature.

Reflex calls any public method of a state class over the websocket, with any arguments. This middleware runs in the
task of the event, before the handler, for page loads, background and chained events alike. It judges the event; the
record is judged by `access.gate` inside the service.
"""

import asyncio
import contextvars
import inspect
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, OnLoadInternalState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import form_data_as_dict

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.services.sign_ins import actor_behind
from therapytrack.state.shell import ShellState
from therapytrack.state.still_open import LONGEST

F = TypeVar("F", bound=Callable[..., Any])
POLICY = "__tt_policy__"
PUBLIC = "public"
COOKIE_TO_STATE = "tt_sid"
MOST_EARLY = 2 * 1024 * 1024
"""Characters of the acts that wait for their page; a note's text for an hour without a server, sent every five seconds,
is a tenth of it."""
WHOLE = typing.Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]

current_actor: contextvars.ContextVar[Actor | None] = contextvars.ContextVar("current_actor", default=None)

ROOT = "reflex___state____state"
ON_LOAD, UPDATE_VARS = "reflex___state____on_load_internal_state", "reflex___state____update_vars_internal_state"
STILL_OPEN = "still_open_rx_state_"
EXCEPTION = "reflex___state____frontend_event_exception_state"
HYDRATIONS = frozenset({f"{ROOT}.hydrate", f"{ROOT}.hydrate_and_load"})
# Exact names: a new event of the framework is refused until somebody has read what it does.
FRAMEWORK_EVENTS = frozenset(
    HYDRATIONS
    | {
        prefix + name
        for prefix in ("", f"{ROOT}.")
        for name in (
            f"{ON_LOAD}.on_load_internal",
            f"{ON_LOAD}.set_is_hydrated",
            f"{UPDATE_VARS}.update_vars_internal",
            f"{EXCEPTION}.handle_frontend_exception",
        )
    }
)

# Of these, the two that read nothing of anybody: they only queue guarded handlers and say that all is loaded. Nobody
# needs to be looked up for them.
EMPTY_EVENTS = frozenset(
    {f"{prefix}{ON_LOAD}.{name}" for prefix in ("", f"{ROOT}.") for name in ("on_load_internal", "set_is_hydrated")}
)


def requires(action: Action) -> Callable[[F], F]:
    """Mark a handler as callable by signed-in people only, naming the act that its service asks the gate about."""

    def mark(handler: F) -> F:
        setattr(handler, POLICY, action)
        return handler

    return mark


def public(handler: F) -> F:
    """Mark a handler that strangers may call. Each stands on a list that a test holds against the registry."""
    setattr(handler, POLICY, PUBLIC)
    return handler


def policy_of(event_name: str) -> Action | str | None:
    """The mark of the registered handler `event_name`: an Action, "public", or None."""
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return None if registered is None else getattr(registered.handler.fn, POLICY, None)


class GuardMiddleware(Middleware):
    """Refuses what carries no policy, comes without a live sign-in, or does not fit the handler's signature."""

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        """None lets the event through; an update ends it. What the framework's own events bring has to fit as well."""
        if event.name in FRAMEWORK_EVENTS and not _arguments_fit(event):
            return StateUpdate()
        if event.name in EMPTY_EVENTS:
            current_actor.set(None)
            return await _once_loaded(state, event)
        actor = await asyncio.to_thread(_actor_of_this_event)
        current_actor.set(actor)
        if event.name in FRAMEWORK_EVENTS:
            return await _begin_afresh(state, event, ended=actor is None and bool(_token_hash()))
        policy = policy_of(event.name)
        if policy is None:
            return StateUpdate()
        if policy != PUBLIC and actor is None:
            return await _signed_out(state)
        return await _after_its_page(state, event) if _arguments_fit(event) else StateUpdate()


def _actor_of_this_event() -> Actor | None:
    token_hash = _token_hash()
    return actor_behind(token_hash) if token_hash else None


def _token_hash() -> str:
    """The hash of this event's sign-in cookie, as the edge wrote it into the handshake; '' for a stranger."""
    headers = (EventContext.get().router_data or {}).get("headers") or {}
    name, _, token_hash = str(headers.get("cookie", "")).partition("=")
    return token_hash if name == COOKIE_TO_STATE else ""


async def _begin_afresh(state: BaseState, event: Event, *, ended: bool) -> StateUpdate | None:
    """A page that loads gets nothing out of what the tab was shown before: a right may have ended since, and the page
    asks for its record again. A page that only reconnects sends no hashes: what stands on it and what is typed there
    stay, and it is sent only once it has been asked for again, see `_once_loaded`; a page that asks for nothing begins
    anew."""
    kept = _kept_open(event)
    if ended:
        await _forget(state)
        return None
    root = state._get_root_state()
    again = event.name in HYDRATIONS and not event.payload.get("hashes")
    if again and _asking(root):
        shell = await root.get_state(ShellState)
        shell._returned, shell.still_open = True, shell.still_open or kept
        return StateUpdate(events=Event.from_event_type(OnLoadInternalState.on_load_internal))
    if event.name in HYDRATIONS:
        root.reset()  # type: ignore[no-untyped-call]
    return None


def _kept_open(event: Event) -> str:
    """What the tab kept about the form that was open on it; nothing else that a browser keeps comes into a state."""
    name = f"{ShellState.get_full_name()}.{STILL_OPEN}"
    sent = (event.payload.pop("vars", None) or {}).get(name)
    kept = sent if isinstance(sent, str) and len(sent) <= LONGEST else ""
    if kept:
        event.payload["vars"] = {name: kept}
    return kept


async def _once_loaded(state: BaseState, event: Event) -> StateUpdate | None:
    """After the page of a tab that has reconnected was asked for again: all of it, and nothing of any other page.

    That it is loaded counts only when the server says so: what a browser sends carries its route.
    """
    root = state._get_root_state()
    shell = await root.get_state(ShellState)
    if not shell._returned or event.router_data or not event.payload.get("value"):
        return None
    early = list(shell._early)
    shell._returned, shell._early = False, ()
    _reset_but(root, _asking(root))
    root.is_hydrated = True
    whole = root.dict()
    root._clean()  # type: ignore[no-untyped-call]
    return StateUpdate(delta=whole, events=early)


async def _after_its_page(state: BaseState, event: Event) -> StateUpdate | None:
    """An act that a browser kept while no server answered comes with the connection, before its page has been asked for
    again: it waits for that, as it would find no record, and a save of none would take what was typed off the page."""
    shell = await state._get_root_state().get_state(ShellState)
    if not shell._returned or not event.router_data:
        return None
    early = (*shell._early, Event(name=event.name, payload=dict(event.payload)))
    if len(repr(early)) <= MOST_EARLY:
        shell._early = early
    return StateUpdate()


def _asking(root: BaseState) -> str:
    """The name of the state whose handler loads the page of the tab's address; "" where none does."""
    handlers = RegistrationContext.get().app.get_load_events(root.rx_router_url.path)
    return Event.from_event_type(handlers)[0].name.rpartition(".")[0] if handlers else ""


def _reset_but(state: BaseState, kept: str) -> None:
    """Forget what stands in the states below `state`, but not in the one of that name nor in those above it."""
    for one in state.substates.values():
        if kept.startswith(f"{one.get_full_name()}."):
            _reset_but(one, kept)
        elif one.get_full_name() != kept:
            one.reset()  # type: ignore[no-untyped-call]


async def _forget(state: BaseState) -> BaseState:
    """Forget everything that this tab was shown, and let the page know; the tab's root state."""
    root = state._get_root_state()
    root.reset()  # type: ignore[no-untyped-call]
    (await root.get_state(ShellState)).ended = True
    return root


async def _signed_out(state: BaseState) -> StateUpdate:
    """Forget everything that this tab was shown, and go to the sign-in page."""
    root = await _forget(state)
    go = Event.from_event_type(rx.redirect("/sign-in/?ended=1"))
    return StateUpdate(delta=root.get_delta(), events=go)


@cache
def _model_of(handler: Callable[..., Any]) -> type[BaseModel]:
    hints = typing.get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    fields: dict[str, Any] = {
        one.name: (_bounded(hints.get(one.name, Any)), ... if one.default is one.empty else one.default)
        for one in parameters
    }
    return create_model(handler.__qualname__, __config__=ConfigDict(extra="forbid", strict=False), **fields)


def _bounded(hint: Any) -> Any:
    """A whole number as large as the databases keep it: nobody's version, minutes or count is larger."""
    return WHOLE if hint is int else hint


def _arguments_fit(event: Event) -> bool:
    """Check and convert the arguments in place; the values of a misfit are never logged.

    A browser sends a form as its entries under a key of the framework's: it is the form that has to fit.
    """
    handler = RegistrationContext.get().event_handlers[event.name].handler.fn
    try:
        sent = {name: _whole(form_data_as_dict(value)) for name, value in event.payload.items()}
        model = _model_of(handler).model_validate(sent)
    except (ValidationError, RecursionError, TypeError, ValueError):
        return False
    fitted = {name: getattr(model, name) for name in model.model_fields_set}
    event.payload.clear()
    event.payload.update(fitted)
    return True


def _whole(sent: Any) -> Any:
    """What was sent, with a sign in place of each half of a character: a pasted emoji that was cut in two.

    Such a half cannot be sent back: the socket of the tab would fall silent, whatever its person does. A NUL is left
    out: no page sends one, and PostgreSQL takes it in no text.
    """
    if isinstance(sent, str):
        whole = sent if sent.isascii() else sent.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "")
    if isinstance(sent, dict):
        return {_whole(name): _whole(value) for name, value in sent.items()}
    return [_whole(one) for one in sent] if isinstance(sent, list) else sent
