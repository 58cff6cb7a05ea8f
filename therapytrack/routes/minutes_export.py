"""The minutes ledger and the Medicaid service log as files: checked and logged before a byte is sent."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.minutes_choice import parse_choice
from therapytrack.errors import TherapyTrackError
from therapytrack.routes.client import actor_of
from therapytrack.routes.exports import as_file
from therapytrack.routes.plain_pages import error_page, to_sign_in
from therapytrack.routes.turns import documents
from therapytrack.services.exports import Table
from therapytrack.services.exports_csv import csv_chunks
from therapytrack.services.exports_xlsx import xlsx_bytes
from therapytrack.services.minutes_exports import MinutesReport, export_minutes
from therapytrack.services.minutes_pdf import render_minutes_pdf
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.service_log import export_service_log
from therapytrack.state.base import run_service

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def minutes_pdf(request: Request) -> Response:
    """The ledger that the address asks for, as PDF."""
    return await _minutes(request, "pdf")


async def minutes_csv(request: Request) -> Response:
    """The same as CSV."""
    return await _minutes(request, "csv")


async def minutes_xlsx(request: Request) -> Response:
    """The same as a workbook."""
    return await _minutes(request, "xlsx")


async def service_log(request: Request) -> Response:
    """The Medicaid service log of the days that the address asks for, as CSV."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        table = await asyncio.to_thread(_ask, request, actor, export_service_log)
    except TherapyTrackError as error:
        return error_page(error)
    return _csv(table)


async def _minutes(request: Request, medium: str) -> Response:
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        with documents.of(actor.membership_id):
            report: MinutesReport = await asyncio.to_thread(_ask, request, actor, export_minutes, medium)
            if medium == "csv":
                return _csv(report.table)
            data = await in_worker(render_minutes_pdf if medium == "pdf" else _workbook, report)
    except TherapyTrackError as error:
        return error_page(error)
    kind = "application/pdf" if medium == "pdf" else XLSX
    return Response(data, media_type=kind, headers=as_file(report.table.filename))


def _ask(request: Request, actor: Actor, service: Any, *more: Any) -> Any:
    return run_service(actor, service, parse_choice(request.query_params, actor.today), *more)


def _workbook(report: MinutesReport) -> bytes:
    return xlsx_bytes(report.table.columns, report.table.rows, "Minutes")


def _csv(table: Table) -> Response:
    chunks = csv_chunks(table.columns, table.rows)
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=as_file(table.filename))


routes = [
    Route("/minutes.pdf", minutes_pdf, methods=["GET"]),
    Route("/minutes.csv", minutes_csv, methods=["GET"]),
    Route("/minutes.xlsx", minutes_xlsx, methods=["GET"]),
    Route("/service-log.csv", service_log, methods=["GET"]),
]
