"""What happens before there is an actor: services of the identity scope on a worker thread, the cookies that follow,
and what a new person has to fill in."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from therapytrack.adapters.passwords import problem_with
from therapytrack.db import IDENTITY, transaction
from therapytrack.domain.people import PROFESSIONS
from therapytrack.domain.us_states import US_STATES
from therapytrack.models import utc_now
from therapytrack.routes.client import go_to, home_of, set_session_cookies, token_hash_of
from therapytrack.services import identity
from therapytrack.services.identity import hash_token
from therapytrack.services.sign_ins import actor_behind

R = TypeVar("R")


async def before_actor(service: Callable[..., R], *args: object, **more: object) -> R:
    """Run `service(db, ...)` in one transaction of the identity scope."""

    def run() -> R:
        with transaction(IDENTITY) as db:
            return service(db, *args, **more)

    return await asyncio.to_thread(run)


async def signed_in(request: Request, tokens: tuple[str, str], onward: str) -> Response:
    """Answer with the new cookies, and go on to `onward` ("" for where this person begins); the sign-in that this
    browser had before ends."""
    old = token_hash_of(request.cookies)
    if old:
        await before_actor(identity.end_sign_in, old, utc_now())
    response = go_to(request, onward or await home_behind(tokens[0]))
    set_session_cookies(response, *tokens)
    return response


async def home_behind(token: str) -> str:
    """Where the person of a sign-in that was just made begins."""
    actor = await asyncio.to_thread(actor_behind, hash_token(token))
    return home_of(actor) if actor else "/today/"


def person_errors(values: Mapping[str, str], password: str, *personal: str) -> dict[str, str]:
    """What is wrong with the fields name, profession, us_state and password, by field.

    `personal`: what others know of her, of which the password must not be made.
    """
    errors = {}
    if not values["name"]:
        errors["name"] = "Enter your name as it should stand under your notes."
    if values["profession"] not in PROFESSIONS:
        errors["profession"] = "Choose your profession."
    if values["us_state"] not in US_STATES:
        errors["us_state"] = "Choose the state in which you are licensed."
    if problem := problem_with(password, values["name"], *personal):
        errors["password"] = problem
    return errors
