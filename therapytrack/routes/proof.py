"""Proving again who is at the keyboard: the password for five minutes in which acts that need a proof are allowed."""

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.adapters.passwords import in_pool, verify_password
from therapytrack.errors import Wait
from therapytrack.routes.client import (
    FORGED,
    NO_STORE,
    actor_of,
    client_address,
    csrf_matches,
    device_cookie,
    go_to,
    refuse,
    safe_path,
)
from therapytrack.routes.forms import csrf_sent, read_form, waiting
from therapytrack.services.identity import Attempt
from therapytrack.services.proof import begin_proof, finish_proof
from therapytrack.state.base import run_service

SIGNED_OUT = "Your sign-in has ended. Sign in again."
WRONG = "This is not your password. Check it and try again."


async def prove(request: Request) -> Response:
    """The password for a proof: 413, 422 with a sentence, 429 when slowed down, 401 without a sign-in.

    A form that names the page to go on to ("next") is sent there; one inside a page is told that it is done.
    """
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return refuse({"form": SIGNED_OUT}, 401)
    password, onward = str(form.get("password", "")), str(form.get("next", ""))
    if not password:
        return refuse({"password": "Enter your password."})
    if not await check(request, actor, password):
        return refuse({"password": WRONG})
    return go_to(request, safe_path(onward)) if onward else JSONResponse({"done": True}, headers=NO_STORE)


async def begin(request: Request, actor: Actor) -> Attempt:
    """What checking the actor's password needs. Raises Wait when she is slowed down."""
    device = request.cookies.get(device_cookie(), "")
    attempt = await asyncio.to_thread(run_service, actor, begin_proof, client_address(request), device)
    if attempt.wait_seconds:
        raise Wait(f"Too many attempts. Wait {waiting(attempt.wait_seconds)}, then try again.")
    return attempt


async def check(request: Request, actor: Actor, password: str) -> bool:
    """Whether `password` is the actor's: the proof is noted then, else the failure is counted. Raises Wait.

    An empty one is no attempt.
    """
    if not password:
        return False
    attempt = await begin(request, actor)
    ok, new_hash = await in_pool(verify_password, password, attempt.password_hash)
    return await asyncio.to_thread(partial(run_service, actor, finish_proof, attempt, ok=ok, new_hash=new_hash))


routes = [Route("/auth/prove", prove, methods=["POST"])]
