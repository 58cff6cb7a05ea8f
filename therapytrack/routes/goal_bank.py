"""The goal bank as a file: saved as CSV or JSON, and read back whole or not at all."""

import asyncio
from collections.abc import Iterable

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from therapytrack.domain.goal_bank_file import COLUMNS, LARGEST_FILE, csv_rows, json_text, read_bank_file
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.routes.client import FORGED, NO_STORE, actor_of, csrf_matches, go_to, refuse
from therapytrack.routes.forms import csrf_sent, read_form
from therapytrack.routes.plain_pages import error_page, to_sign_in
from therapytrack.routes.turns import documents
from therapytrack.services.exports_csv import csv_chunks
from therapytrack.services.goal_bank import export_goals, import_goals, require_keeper
from therapytrack.services.pdf_workers import in_worker
from therapytrack.state.base import run_service

SIGNED_OUT = "Your sign-in has ended. Sign in again."
NO_FILE = "Choose a file of goals (.csv or .json)."
TOO_LARGE = "This file is larger than 1 MB. Divide it."
AROUND = 4096  # the form's frame


async def bank_file(request: Request) -> Response:
    """The goals that are offered, as CSV or, at the address that says so, as JSON."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        goals = await asyncio.to_thread(run_service, actor, export_goals)
    except TherapyTrackError as error:
        return error_page(error)
    kind = request.url.path.rpartition(".")[2]
    name = f"goal-bank-{actor.today.isoformat()}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
    if kind == "json":
        return Response(json_text(goals), media_type="application/json", headers=NO_STORE | headers)
    chunks: Iterable[bytes] = csv_chunks(list(COLUMNS), csv_rows(goals))
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=NO_STORE | headers)


async def import_file(request: Request) -> Response:
    """Store the goals of a file: 401, 403, 413, and 422 with sentences; nothing is stored when anything is wrong."""
    form = await read_form(request, LARGEST_FILE + AROUND, TOO_LARGE)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return refuse({"form": SIGNED_OUT}, 401)
    await asyncio.to_thread(run_service, actor, require_keeper)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.size:
        return refuse({"file": NO_FILE})
    with documents.of(actor.membership_id):
        found = await in_worker(read_bank_file, await file.read())
    if found.problem:
        raise Invalid({"file": found.problem})
    new, same = await asyncio.to_thread(run_service, actor, import_goals, found.goals)
    return go_to(request, f"/goal-bank?new={new}&same={same}")


routes = [
    Route("/goal-bank.csv", bank_file, methods=["GET"]),
    Route("/goal-bank.json", bank_file, methods=["GET"]),
    Route("/goal-bank/import", import_file, methods=["POST"]),
]
