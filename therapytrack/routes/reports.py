"""Progress reports as files: the right is checked and the export logged before a byte is made."""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.ids import parse_id
from therapytrack.domain.report_content import KINDS, Kind
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.routes.client import NO_STORE, actor_of
from therapytrack.routes.plain_pages import error_page, to_sign_in
from therapytrack.routes.turns import documents
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.report_batches import open_batch
from therapytrack.services.report_export import ReportFile, export_report
from therapytrack.services.report_pdf import render_report
from therapytrack.state.base import run_service

HOW = {"all.pdf": "merged", "each.zip": "each"}
MEDIA = {"pdf": "application/pdf", "zip": "application/zip"}


async def report_pdf(request: Request) -> Response:
    """One signed report, or its letter for the family, as a PDF file."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        with documents.of(actor.membership_id):
            file = await asyncio.to_thread(_report, request, actor)
            rendered = await in_worker(render_report, file.printed)
    except TherapyTrackError as error:
        return error_page(error)
    return _file(file.filename, rendered.data)


async def batch_file(request: Request) -> Response:
    """All reports of a finished run, as one PDF for printing or one file each in a ZIP."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        name, data = await asyncio.to_thread(_batch, request, actor)
    except TherapyTrackError as error:
        return error_page(error)
    return _file(name, data)


def _report(request: Request, actor: Actor) -> ReportFile:
    student_id, period_id = (parse_id(request.path_params[name]) for name in ("student_id", "period_id"))
    return run_service(actor, export_report, student_id, period_id, _kind(request))


def _batch(request: Request, actor: Actor) -> tuple[str, bytes]:
    batch_id: UUID = parse_id(request.path_params["batch_id"])
    return run_service(actor, open_batch, batch_id, HOW[request.url.path.rpartition("/")[2]])


def _kind(request: Request) -> Kind:
    asked = request.query_params.get("kind", "report")
    for kind in KINDS:
        if kind == asked:
            return kind
    raise NotFound


def _file(name: str, data: bytes) -> Response:
    headers = {
        **NO_STORE,
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    return Response(data, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)


routes = [
    Route("/reports/{period_id}/{student_id}/report.pdf", report_pdf, methods=["GET"]),
    Route("/reports/batches/{batch_id}/all.pdf", batch_file, methods=["GET"]),
    Route("/reports/batches/{batch_id}/each.zip", batch_file, methods=["GET"]),
]
