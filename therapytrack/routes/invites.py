"""The link of an invitation: looking at it changes nothing, sending its form accepts it once.

The token stands in the address, so the pages are never stored, send no Referer and load nothing from elsewhere.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.adapters.passwords import hash_password, in_pool, verify_password
from therapytrack.errors import NotFound, NotPermitted, TherapyTrackError, Wait
from therapytrack.models import utc_now
from therapytrack.routes import invite_page
from therapytrack.routes.before_actor import before_actor, person_errors, signed_in
from therapytrack.routes.client import (
    FORGED,
    actor_of,
    client_address,
    csrf_matches,
    device_cookie,
    go_to,
    refuse,
    set_session_cookies,
    sign_in_cookie,
    token_hash_of,
)
from therapytrack.routes.forms import csrf_sent, line_of, read_form, waiting
from therapytrack.routes.sign_in import WRONG
from therapytrack.services import identity, joining, throttle
from therapytrack.services.joining import Joined, NewPerson
from therapytrack.settings import get_settings

LONGEST_TOKEN = 200
PERSON_FIELDS = {"name": 200, "profession": 40, "credential": 60, "us_state": 2}
Way = Callable[[Request, str, FormData], Awaitable[Response]]


async def show(request: Request) -> Response:
    """The page of a pending invitation for whoever looks; 404 with one sentence for every other link, 403 for somebody
    who is signed in with another address, 429 when slowed down. The invitation stays as it is."""
    token, actor = _token(request), await asyncio.to_thread(actor_of, request)
    try:
        await _admit(request)
        invitation = await before_actor(joining.look, token, utc_now())
        if actor is None:
            return invite_page.stranger_page(invitation)
        joining.require_addressee(invitation, await before_actor(joining.email_of, actor.account_id))
        return invite_page.accept_page(invitation, actor.name)
    except Wait as error:
        return invite_page.refused_page(error.sentence, 429)
    except (NotFound, NotPermitted) as error:
        await _note_refused(request, token, actor, error)
        other = isinstance(error, NotPermitted)
        return invite_page.refused_page(error.sentence, 403 if other else 404, offer_sign_out=other)


async def answer(request: Request) -> Response:
    """Accept: as the person who is signed in, with the password of the invited account, or as somebody new.

    403, 404, 409, 413, 422 and 429 with sentences; nothing is changed then.
    """
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    way, token = WAYS.get(str(form.get("way", ""))), _token(request)
    if way is None:
        return refuse({"form": FORGED}, 422)
    await _admit(request)
    try:
        return await way(request, token, form)
    except TherapyTrackError as error:
        await _note_refused(request, token, await asyncio.to_thread(actor_of, request), error)
        raise


async def _accept(request: Request, token: str, _form: FormData) -> Response:
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        raise NotPermitted("Your sign-in has ended. Load this page again and sign in.")
    joined = await before_actor(joining.join_signed_in, token, actor, utc_now())
    response = go_to(request, _onward(joined))
    set_session_cookies(response, joined.token, joined.device)
    return response


async def _with_password(request: Request, token: str, form: FormData) -> Response:
    password, now = str(form.get("password", "")), utc_now()
    if not password:
        return refuse({"password": "Enter your password."})
    invitation = await before_actor(joining.look, token, now)
    device, address = request.cookies.get(device_cookie(), ""), client_address(request)
    attempt = await before_actor(identity.begin_attempt, invitation.email, address, device, now)
    if attempt.wait_seconds:
        raise Wait(f"Too many attempts. Wait {waiting(attempt.wait_seconds)}, then try again.")
    ok, new_hash = await in_pool(verify_password, password, attempt.password_hash)
    joined = await before_actor(joining.join_with_password, token, attempt, ok=ok, new_hash=new_hash, now=now)
    if joined is None:
        return refuse({"form": WRONG})
    return await signed_in(request, (joined.token, joined.device), _onward(joined))


async def _as_new(request: Request, token: str, form: FormData) -> Response:
    values = {name: line_of(form, name, limit) for name, limit in PERSON_FIELDS.items()}
    password, now = str(form.get("password", "")), utc_now()
    invitation = await before_actor(joining.look, token, now)
    known = (invitation.email, invitation.email.partition("@")[0], invitation.workspace)
    if errors := person_errors(values, password, *known):
        return refuse(errors)
    person = NewPerson(password_hash=await in_pool(hash_password, password), **values)
    joined = await before_actor(joining.join_as_new, token, person, now)
    return await signed_in(request, (joined.token, joined.device), _onward(joined))


async def _sign_out(request: Request, token: str, _form: FormData) -> Response:
    """End this browser's sign-in and come back to the link as nobody."""
    await before_actor(identity.end_sign_in, token_hash_of(request.cookies), utc_now())
    response = go_to(request, f"/invite/{token}")
    response.delete_cookie(sign_in_cookie(), path="/", secure=get_settings().secure_cookies, httponly=True)
    return response


WAYS: dict[str, Way] = {"accept": _accept, "password": _with_password, "new": _as_new, "sign-out": _sign_out}


def _onward(joined: Joined) -> str:
    left_out = joined.seat.left_out
    return f"/team/?left_out={left_out}" if left_out else "/today/"


def _token(request: Request) -> str:
    return str(request.path_params["token"])[:LONGEST_TOKEN]


async def _admit(request: Request) -> None:
    """Raise Wait when too many links of this network led nowhere."""
    seconds = await before_actor(throttle.wait_needed, throttle.of_invitations(client_address(request)), utc_now())
    if seconds:
        raise Wait(f"Too many invitations that could not be used. Wait {waiting(seconds)}, then try again.")


async def _note_refused(request: Request, token: str, actor: Actor | None, error: TherapyTrackError) -> None:
    """Log what was refused; a link that leads nowhere counts against its network."""
    account = actor.account_id if actor else None
    await before_actor(joining.note_refused, token, account, type(error).__name__)
    if isinstance(error, NotFound):
        counted = throttle.of_invitations(client_address(request))
        await before_actor(throttle.note_failure, counted, utc_now())


routes = [
    Route("/invite/{token}", show, methods=["GET"]),
    Route("/invite/{token}", answer, methods=["POST"]),
]
