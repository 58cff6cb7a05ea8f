"""Marks of a running session by plain HTTP: a lost websocket swallows events, an answer reaches the tab that sent.

The page keeps every mark until its id stands in `acked` (or in `refused`, with a sentence). Reading other people's
marks is what the page does by itself: it does not count as activity for the idle limit.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from threading import Lock
from uuid import UUID

from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.db import transaction
from therapytrack.domain.taps import TapBatch, parse_batch
from therapytrack.errors import Invalid, NotFound, NotPermitted, TherapyTrackError, TooLarge, Unavailable
from therapytrack.models import utc_now
from therapytrack.routes.client import (
    CSRF_COOKIE,
    CSRF_HEADER,
    FORGED,
    NO_STORE,
    actor_of,
    csrf_matches,
    new_csrf_token,
    read_body,
)
from therapytrack.services import live
from therapytrack.services.live_marks import TrialPage
from therapytrack.services.presence import note_presence, watch_session
from therapytrack.services.second_scores import list_second_trials, record_second_taps
from therapytrack.settings import get_settings
from therapytrack.state.base import run_service

LARGEST_BODY = 256 * 1024
TOO_MANY = "Too many marks in one request. Reload the page; they stay on this device."
SIGNED_OUT = "You are signed out. Sign in again; the marks stay on this device."
_noting = Lock()
Store = Callable[[Session, Actor, UUID, TapBatch], live.Receipt]
STATUS = {NotFound: 404, NotPermitted: 403, Invalid: 422, Unavailable: 503}


async def post_taps(request: Request) -> Response:
    """Store a batch. 401 signed out, 403, 404, 413, 422, 503 when the storage takes nothing: none of it is stored."""
    if not csrf_matches(request, request.headers.get(CSRF_HEADER, "")):
        signed_in = await asyncio.to_thread(actor_of, request, is_activity=False)
        return _say(FORGED, 403) if signed_in else _say(SIGNED_OUT, 401)
    try:
        body = await read_body(request, LARGEST_BODY, TOO_MANY)
    except TooLarge as error:
        return _say(error.sentence, 413)
    session_id: UUID = request.path_params["session_id"]
    store = record_second_taps if _is_second(request) else live.record_taps
    return await _answer(request, lambda actor: _receipt(actor, session_id, parse_batch(body), store), is_activity=True)


async def get_taps(request: Request) -> Response:
    """Trials that changed since the cursor `since`, for those students whom the caller may view, and who else is here.

    That the caller's page is open is noted after the answer: storage that takes nothing does not hold it up.
    """
    session_id: UUID = request.path_params["session_id"]
    since = request.query_params.get("since", "")
    if _is_second(request):
        return _armed(request, await _answer(request, lambda actor: _second_page(actor, session_id), is_activity=False))
    due: list[Actor] = []
    answer = await _answer(request, lambda actor: _page(actor, session_id, since, due), is_activity=False)
    if due:
        answer.background = BackgroundTask(_note_open, due[0], session_id)
    return _armed(request, answer)


async def get_owner(request: Request) -> Response:
    """Whose marks this browser may send: an opaque id, so that one person's marks never go out under another's name."""
    answer = await _answer(request, lambda actor: {"owner": live.queue_owner(actor)}, is_activity=False)
    return _armed(request, answer)


def _armed(request: Request, response: Response) -> Response:
    """Give the page a form token when its cookie is gone: a browser that was closed forgets it, and a page out of the
    browser's cache brings no new one."""
    if CSRF_COOKIE not in request.cookies:
        secure = get_settings().secure_cookies
        response.set_cookie(CSRF_COOKIE, new_csrf_token(), path="/", samesite="strict", secure=secure)
    return response


def _is_second(request: Request) -> bool:
    """Whether the marks are those of a second scorer, kept apart from all others."""
    return request.query_params.get("second") == "1"


def _receipt(actor: Actor, session_id: UUID, batch: TapBatch, store: Store) -> dict[str, object]:
    try:
        receipt = run_service(actor, store, session_id, batch)
    except Invalid:
        receipt = _one_by_one(actor, session_id, batch, store)
    return {
        "acked": [str(one) for one in receipt.acked],
        "refused": [{name: str(value) for name, value in asdict(one).items()} for one in receipt.refused],
    }


def _one_by_one(actor: Actor, session_id: UUID, batch: TapBatch, store: Store) -> live.Receipt:
    """A mark that can never be stored must not hold up the others: each goes alone, the bad ones come back refused."""
    acked: list[UUID] = []
    refused: list[live.Refused] = []
    known = {tap.id for tap in batch.taps}
    alone = TapBatch(undo=[one for one in batch.undo if one.id not in known])
    parts = [TapBatch(taps=[tap], undo=[one for one in batch.undo if one.id == tap.id]) for tap in batch.taps]
    for part in [*parts, alone]:
        try:
            receipt = run_service(actor, store, session_id, part)
        except Invalid as error:
            refused += [live.Refused(tap.id, next(iter(error.fields.values()))) for tap in part.taps]
            continue
        acked += receipt.acked
        refused += receipt.refused
    return live.Receipt(acked, refused)


def _page(actor: Actor, session_id: UUID, since: str, due: list[Actor]) -> dict[str, object]:
    """The answer of a poll; whose page should be noted as open is added to `due`."""
    with transaction(actor.workspace_id, write=False) as db:
        watch = watch_session(db, actor, session_id, since)
    if watch.due:
        due.append(actor)
    return {**_marks(watch.page), "others": [asdict(one) for one in watch.others]}


def _second_page(actor: Actor, session_id: UUID) -> dict[str, object]:
    """The answer of a second scorer's poll: her own marks alone."""
    with transaction(actor.workspace_id, write=False) as db:
        return {**_marks(list_second_trials(db, actor, session_id)), "others": []}


def _marks(page: TrialPage) -> dict[str, object]:
    cells = [{"entry": one.entry, "goal": one.goal, "purpose": one.purpose, "marks": one.marks} for one in page.cells]
    return {"cells": cells, "cursor": page.cursor, "entries": page.entries, "stage": page.stage, "facts": page.facts}


def _note_open(actor: Actor, session_id: UUID) -> None:
    """One at a time: what finds another under way, or fails, is asked for again by the page's next poll."""
    if not _noting.acquire(blocking=False):
        return
    try:
        with suppress(TherapyTrackError):
            run_service(actor, note_presence, session_id)
    finally:
        _noting.release()


async def _answer(request: Request, work: Callable[[Actor], dict[str, object]], *, is_activity: bool) -> Response:
    """What `work` finds for the signed-in caller, as JSON: both on one trip to a worker thread."""

    def answer() -> Response:
        actor = actor_of(request, is_activity=is_activity)
        if actor is None:
            return _say(SIGNED_OUT, 401)
        try:
            found = work(actor)
        except TherapyTrackError as error:
            sentence = next(iter(error.fields.values())) if isinstance(error, Invalid) else error.sentence
            return _say(sentence, STATUS.get(type(error), 503))
        return JSONResponse({**found, "now": utc_now().isoformat()}, headers=NO_STORE)

    return await asyncio.to_thread(answer)


def _say(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status, headers=NO_STORE)


routes = [
    Route("/sessions/{session_id:uuid}/taps", post_taps, methods=["POST"]),
    Route("/sessions/{session_id:uuid}/taps", get_taps, methods=["GET"]),
    Route("/taps/owner", get_owner, methods=["GET"]),
]
