"""The activity log as a file: logged before a byte leaves, proved with the password, read page by page."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.activity_choice import ActivityChoice, parse_choice
from therapytrack.errors import NotProved, TherapyTrackError
from therapytrack.routes.client import NO_STORE, actor_of
from therapytrack.routes.plain_pages import error_page, to_sign_in
from therapytrack.services.activity_log import HEADER, begin_log_export, file_cells, log_file_page
from therapytrack.services.exports_csv import csv_chunks
from therapytrack.state.base import run_service


async def activity_csv(request: Request) -> Response:
    """The acts that the address asks for, newest first. The first row is the export itself: the head of the log."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    choice = parse_choice(request.query_params)
    try:
        export_id = await asyncio.to_thread(run_service, actor, begin_log_export, choice)
    except NotProved:
        back = quote(choice.href(), safe="")
        return RedirectResponse(f"/prove?next={back}", 303, headers=NO_STORE)
    except TherapyTrackError as error:
        return error_page(error)
    name = f"activity-{actor.today.isoformat()}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
    chunks = csv_chunks(HEADER, _rows(actor, choice, export_id))
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=NO_STORE | headers)


def _rows(actor: Actor, choice: ActivityChoice, export_id: UUID) -> Iterator[tuple[Any, ...]]:
    """Every page is read in a transaction of its own, which asks for the right again."""
    before: int | None = None
    while rows := run_service(actor, log_file_page, choice, export_id, before):
        yield from (file_cells(row) for row in rows)
        before = rows[-1][0].sequence


routes = [Route("/activity.csv", activity_csv, methods=["GET"])]
