"""Acts after which this browser goes on with a new sign-in: another workspace, ownership, a new password."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.adapters.passwords import hash_password, in_pool, problem_with, verify_password
from therapytrack.domain.ids import parse_id
from therapytrack.models import utc_now
from therapytrack.routes.before_actor import before_actor, home_behind
from therapytrack.routes.client import (
    FORGED,
    actor_of,
    csrf_matches,
    go_to,
    refuse,
    set_session_cookies,
)
from therapytrack.routes.forms import csrf_sent, read_form
from therapytrack.routes.proof import SIGNED_OUT, WRONG, begin, check
from therapytrack.services import identity
from therapytrack.services.letters import deliver
from therapytrack.services.mailing import handed_over_letter, password_letter
from therapytrack.services.ownership import accept_ownership
from therapytrack.services.password_change import change_password, own_words
from therapytrack.state.base import run_service

Handler = Callable[[Request, Actor, FormData], Awaitable[Response]]


def signed_in_form(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A form of ours by somebody who is signed in: 401, 403 and 413 before `handler` sees it."""

    async def answer(request: Request) -> Response:
        form = await read_form(request)
        if not csrf_matches(request, csrf_sent(request, form)):
            return refuse({"form": FORGED}, 403)
        actor = await asyncio.to_thread(actor_of, request)
        return refuse({"form": SIGNED_OUT}, 401) if actor is None else await handler(request, actor, form)

    return answer


async def switch_workspace(request: Request, actor: Actor, form: FormData) -> Response:
    """Go on in another workspace of this person. 404 for every other."""
    workspace_id = parse_id(str(form.get("workspace", "")))
    token = await before_actor(identity.switch_workspace, actor, workspace_id, utc_now())
    return _renewed(request, token, await home_behind(token))


async def own(request: Request, actor: Actor, form: FormData) -> Response:
    """Accept the ownership that was offered, with the password. 403, 404, 422 and 429 with sentences."""
    password = str(form.get("password", ""))
    if not await check(request, actor, password):
        return refuse({"password": WRONG if password else "Enter your password."})
    proved = await asyncio.to_thread(actor_of, request)
    handed = await asyncio.to_thread(run_service, proved, accept_ownership)
    response = _renewed(request, handed.token, "/team/?owner=you")
    response.background = BackgroundTask(deliver, handed_over_letter(handed))
    return response


async def new_password(request: Request, actor: Actor, form: FormData) -> Response:
    """Exchange the password for a new one, with the present one. 422 and 429 with sentences beside the fields."""
    present, wanted = str(form.get("current_password", "")), str(form.get("new_password", ""))
    about = await asyncio.to_thread(run_service, actor, own_words)
    problem = problem_with(wanted, about.name, about.email, about.email.partition("@")[0], about.workspace)
    if problem or not present:
        said = {} if present else {"current_password": "Enter your present password."}
        return refuse(said | ({"new_password": problem} if problem else {}))
    attempt = await begin(request, actor)
    ok, _ = await in_pool(verify_password, present, attempt.password_hash)
    made = await in_pool(hash_password, wanted)
    change = partial(run_service, actor, change_password, attempt, ok=ok, password_hash=made)
    token = await asyncio.to_thread(change)
    if not token:
        return refuse({"current_password": WRONG})
    response = _renewed(request, token, "/settings/profile/?password=new")
    response.background = BackgroundTask(deliver, password_letter(about.email))
    return response


def _renewed(request: Request, token: str, onward: str) -> Response:
    response = go_to(request, onward)
    set_session_cookies(response, token, "")
    return response


routes = [
    Route("/auth/workspace", signed_in_form(switch_workspace), methods=["POST"]),
    Route("/auth/ownership", signed_in_form(own), methods=["POST"]),
    Route("/auth/password", signed_in_form(new_password), methods=["POST"]),
]
