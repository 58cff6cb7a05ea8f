"""Files of a student by plain HTTP: sent as they are, with the name in a header, and fetched to be saved.

The framework's own upload route stays closed. What comes in is counted while it comes and never lies unsealed on disk.
"""

import asyncio
from typing import Final
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.file_names import attachment_header
from therapytrack.domain.ids import parse_id
from therapytrack.errors import TherapyTrackError, TooLarge, Unavailable
from therapytrack.routes import turns
from therapytrack.routes.client import CSRF_HEADER, FORGED, NO_STORE, actor_of, csrf_matches, read_body, refuse
from therapytrack.routes.plain_pages import error_page, to_sign_in
from therapytrack.services.attachments import LARGEST_FILE, StoredFile, add_file, may_attach, open_file
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.reading_apart import read_apart
from therapytrack.state.base import run_service

NAME_HEADER = "x-file-name"
LONGEST_HEADER: Final = 4000
SLOWEST_SECONDS: Final = 600
SIGNED_OUT = "Your sign-in has ended. Sign in again, then add the file."
TOO_LARGE = "This file is larger than 25 MB. Make it smaller or divide it, then add it."
CUT_OFF = "The file did not arrive whole. Nothing was kept. Try again."
# A file that a browser opens all the same may do nothing and ask for nothing.
AS_FILE = {
    **NO_STORE,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


async def add(request: Request) -> Response:
    """Keep the file that is the body: 401, 403, 404, 413, 422 with a sentence, 429 while another one is on its way."""
    if not csrf_matches(request, request.headers.get(CSRF_HEADER, "")):
        return refuse({"form": FORGED}, 403)
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return refuse({"form": SIGNED_OUT}, 401)
    student_id = parse_id(request.path_params["student_id"])
    with turns.files.of(actor.membership_id):
        await asyncio.to_thread(run_service, actor, may_attach, student_id)
        file = await in_worker(read_apart, await _body(request))
        name = unquote(request.headers.get(NAME_HEADER, "")[:LONGEST_HEADER], errors="replace")
        await asyncio.to_thread(run_service, actor, add_file, student_id, name, file)
    return JSONResponse({"done": True}, headers=NO_STORE)


async def fetch(request: Request) -> Response:
    """The file, to be saved: the right is asked for and the act logged at each request."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        file = await asyncio.to_thread(_stored, request, actor)
    except TherapyTrackError as error:
        return error_page(error)
    headers = {**AS_FILE, "content-disposition": attachment_header(file.name)}
    return Response(file.data, media_type=file.media_type, headers=headers)


def _stored(request: Request, actor: Actor) -> StoredFile:
    student_id, file_id = (parse_id(request.path_params[name]) for name in ("student_id", "file_id"))
    return run_service(actor, open_file, student_id, file_id)


async def _body(request: Request) -> bytes:
    """The bytes that came, at most so many, whatever their number was said to be. Raises TooLarge, Unavailable."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > LARGEST_FILE:
        raise TooLarge(TOO_LARGE)
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            return await read_body(request, LARGEST_FILE, TOO_LARGE)
    except (TimeoutError, ClientDisconnect) as error:
        raise Unavailable(CUT_OFF) from error


routes = [
    Route("/students/{student_id}/files", add, methods=["POST"]),
    Route("/students/{student_id}/files/{file_id}", fetch, methods=["GET"]),
]
