"""A forgotten password: asking for a link by mail, and the link. Looking at it changes nothing; its form uses it up.

The token stands in the address, so the pages are never stored, send no Referer and load nothing from elsewhere.
"""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.adapters.passwords import hash_password, in_pool, problem_with
from therapytrack.domain.emails import normal_email
from therapytrack.errors import NotFound, Wait
from therapytrack.models import utc_now
from therapytrack.routes import reset_page
from therapytrack.routes.before_actor import before_actor
from therapytrack.routes.client import FORGED, client_address, csrf_matches, go_to, refuse
from therapytrack.routes.forms import csrf_sent, line_of, read_form, waiting
from therapytrack.routes.sign_in import WRONG_EMAIL
from therapytrack.services import password_reset, throttle
from therapytrack.services.letters import deliver
from therapytrack.services.mailing import password_letter, reset_letter

LONGEST_TOKEN = 200


async def forgot(request: Request) -> Response:
    """The page that asks for the address, or says that a letter is on its way if the address is known."""
    return reset_page.asked_page() if "asked" in request.query_params else reset_page.ask_page()


async def ask(request: Request) -> Response:
    """Send a link, if the address has an account: the same answer for every address. 403, 413, 422, 429."""
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    email = normal_email(line_of(form, "email", 254))
    if not email:
        return refuse({"email": WRONG_EMAIL})
    asked = await before_actor(password_reset.ask_for_link, email, client_address(request), utc_now())
    if asked.wait_seconds:
        raise Wait(f"Many links were asked for just now. Wait {waiting(asked.wait_seconds)}, then try again.")
    response = go_to(request, "/forgot?asked=1")
    if asked.token:
        # After the answer, so that a mail server's pace does not tell that the address was known.
        response.background = BackgroundTask(deliver, reset_letter(email, asked.token))
    return response


async def show(request: Request) -> Response:
    """The form behind a live link; 404 with one sentence for every other one, 429 when slowed down."""
    try:
        await _admit(request)
        return reset_page.new_password_page(await before_actor(password_reset.look, _token(request), utc_now()))
    except Wait as error:
        return reset_page.refused_page(error.sentence, 429)
    except NotFound as error:
        await _note_dead(request)
        return reset_page.refused_page(error.sentence, 404)


async def answer(request: Request) -> Response:
    """Set the password; every sign-in of the person ends. 403, 404, 413, 422 and 429 with sentences."""
    form = await read_form(request)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    await _admit(request)
    token, password = _token(request), str(form.get("password", ""))
    try:
        whose = await before_actor(password_reset.look, token, utc_now())
        about = (whose.name, whose.email, whose.email.partition("@")[0], *whose.workspaces)
        if problem := problem_with(password, *about):
            return refuse({"password": problem})
        made = await in_pool(hash_password, password)
        email = await before_actor(password_reset.set_password, token, made, utc_now())
    except NotFound:
        await _note_dead(request)
        raise
    response = go_to(request, "/sign-in/?reset=1")
    response.background = BackgroundTask(deliver, password_letter(email))
    return response


def _token(request: Request) -> str:
    return str(request.path_params["token"])[:LONGEST_TOKEN]


async def _admit(request: Request) -> None:
    """Raise Wait when too many links of this network led nowhere."""
    seconds = await before_actor(throttle.wait_needed, throttle.of_resets(client_address(request)), utc_now())
    if seconds:
        raise Wait(f"Too many links that could not be used. Wait {waiting(seconds)}, then try again.")


async def _note_dead(request: Request) -> None:
    await before_actor(password_reset.note_dead_link, client_address(request), utc_now())


routes = [
    Route("/forgot", forgot, methods=["GET"]),
    Route("/forgot", ask, methods=["POST"]),
    Route("/reset/{token}", show, methods=["GET"]),
    Route("/reset/{token}", answer, methods=["POST"]),
]
