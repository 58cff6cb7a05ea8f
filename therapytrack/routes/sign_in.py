"""Signing up, in and out: the only places that set or clear the sign-in cookie."""

import asyncio
from functools import partial
from zoneinfo import available_timezones

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.adapters.passwords import hash_password, in_pool, verify_password
from therapytrack.domain.emails import normal_email
from therapytrack.errors import Wait
from therapytrack.models import utc_now
from therapytrack.routes.before_actor import before_actor, person_errors, signed_in
from therapytrack.routes.client import (
    FORGED,
    actor_of,
    client_address,
    csrf_matches,
    device_cookie,
    go_to,
    refuse,
    safe_path,
    sign_in_cookie,
)
from therapytrack.routes.forms import csrf_sent, line_of, read_form, waiting
from therapytrack.services import demo_accounts, identity, throttle
from therapytrack.services.letters import Letter, deliver
from therapytrack.settings import get_settings

WRONG_EMAIL = "Enter an email address like name@school.org."
WRONG = "This email and password do not fit together. Check both and try again."
TAKEN_MAIL = (
    "Somebody, perhaps you, tried to open a TherapyTrack account with this address. You already have one: sign in with "
    "your password. If it was not you, there is nothing to do."
)


async def sign_in(request: Request) -> Response:
    """E-mail and password for a cookie. 413, 422, 429 when slowed down; the same for known and unknown."""
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    email, password = normal_email(line_of(form, "email", 254)), str(form.get("password", ""))
    missing = {"email": WRONG_EMAIL} if not email else {}
    missing |= {"password": "Enter your password."} if not password else {}
    if missing:
        return refuse(missing)
    return await _attempt(request, email, password, str(form.get("next", "")))


async def _attempt(request: Request, email: str, password: str, onward: str) -> Response:
    now, device = utc_now(), request.cookies.get(device_cookie(), "")
    attempt = await before_actor(identity.begin_attempt, email, client_address(request), device, now)
    if attempt.wait_seconds:
        raise Wait(f"Too many attempts. Wait {waiting(attempt.wait_seconds)}, then try again.")
    ok, new_hash = await in_pool(verify_password, password, attempt.password_hash)
    finish = partial(identity.finish_attempt, ok=ok, new_hash=new_hash, now=now)
    tokens = await before_actor(finish, email, attempt)
    if tokens is None:
        return refuse({"form": WRONG})
    return await signed_in(request, tokens, safe_path(onward) if onward else "")


async def sign_up(request: Request) -> Response:
    """Make an account and its workspace; the answer does not tell whether the address had an account before.

    413 for a form that is too large, 422 with sentences, 429 when many were sent from one network or in all.
    """
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    values = {name: line_of(form, name, limit) for name, limit in SIGN_UP_FIELDS.items()}
    password = str(form.get("password", ""))
    errors = _sign_up_errors(values, password)
    if errors:
        return refuse(errors)
    wait = await before_actor(throttle.admit_sign_up, client_address(request), utc_now())
    if wait:
        raise Wait(f"Many accounts were opened just now. Wait {waiting(wait)}, then try again.")
    email = normal_email(values["email"])
    new = identity.NewAccount(
        name=values["name"],
        email=email,
        password_hash=await in_pool(hash_password, password),
        profession=values["profession"],
        credential=values["credential"],
        us_state=values["us_state"],
        workspace_name=values["workspace_name"],
        time_zone=values["time_zone"] if values["time_zone"] in available_timezones() else "America/New_York",
    )
    made = await before_actor(identity.create_account, new, utc_now())
    response = go_to(request, "/sign-in/?welcome=1")
    if not made:
        # After the answer, so that a mail server's pace does not tell that the address was known.
        response.background = BackgroundTask(deliver, Letter(email, "Your TherapyTrack account", TAKEN_MAIL))
    return response


async def sign_in_as_demo(request: Request) -> Response:
    """One click into the demo workspace, where the settings offer it."""
    form = await read_form(request)
    if not get_settings().demo or not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    account = demo_accounts.DEMO_ACCOUNTS.get(str(form.get("who", "")))
    if account is None:
        return refuse({"form": "Choose one of the demo accounts."})
    return await _attempt(request, account.email, demo_accounts.DEMO_PASSWORD, "")


async def sign_out(request: Request) -> Response:
    """End this browser's sign-in."""
    return await _leave(request, everywhere=False)


async def sign_out_everywhere(request: Request) -> Response:
    """End every sign-in of this person, open pages included."""
    return await _leave(request, everywhere=True)


async def _leave(request: Request, *, everywhere: bool) -> Response:
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    actor = await asyncio.to_thread(actor_of, request)
    if actor and everywhere:
        await before_actor(identity.end_all_sign_ins, actor)
    elif actor:
        await before_actor(identity.end_sign_in, actor.token_hash, utc_now())
    response = go_to(request, "/sign-in/")
    response.delete_cookie(sign_in_cookie(), path="/", secure=get_settings().secure_cookies, httponly=True)
    return response


SIGN_UP_FIELDS = {
    "name": 200,
    "email": 254,
    "profession": 40,
    "credential": 60,
    "us_state": 2,
    "workspace_name": 200,
    "time_zone": 64,
}


def _sign_up_errors(values: dict[str, str], password: str) -> dict[str, str]:
    email, workspace = values["email"], values["workspace_name"]
    errors = person_errors(values, password, email, email.partition("@")[0], workspace)
    if not workspace:
        errors["workspace_name"] = "Enter the name of your school, district or practice."
    if not normal_email(email):
        errors["email"] = WRONG_EMAIL
    return errors


routes = [
    Route("/auth/sign-in", sign_in, methods=["POST"]),
    Route("/auth/sign-up", sign_up, methods=["POST"]),
    Route("/auth/demo", sign_in_as_demo, methods=["POST"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
    Route("/auth/sign-out-everywhere", sign_out_everywhere, methods=["POST"]),
]
