"""Files and pages that leave the product: the right is checked and the export logged before a byte is sent.

So is the view where a page is printed: that takes no more rights than to see it."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.celeration_svg import render_celeration
from therapytrack.domain.chart_choice import parse_choice
from therapytrack.domain.chart_stack import render_stack
from therapytrack.domain.chart_svg import Look, render_svg
from therapytrack.domain.chart_window import zoomed
from therapytrack.domain.compare_choice import parse_comparison
from therapytrack.domain.date_range import parse_range
from therapytrack.domain.ids import parse_id
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.routes.client import NO_STORE, actor_of
from therapytrack.routes.plain_pages import error_page, plain_page, to_sign_in
from therapytrack.routes.summary_page import summary_body
from therapytrack.routes.turns import documents
from therapytrack.services import exports
from therapytrack.services.chart_export import export_goal_chart
from therapytrack.services.exports_csv import csv_chunks
from therapytrack.services.goal_compare import export_compared_data, export_comparison
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.progress import get_goal_progress
from therapytrack.services.summary_pdf import render_summary_pdf
from therapytrack.state.base import run_service

PAPER = (720, 380)


async def summary_pdf(request: Request) -> Response:
    """The student summary as a PDF file."""
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        with documents.of(actor.membership_id):
            file = await asyncio.to_thread(_summary, request, actor, "pdf")
            data = await in_worker(render_summary_pdf, file.summary)
    except TherapyTrackError as error:
        return error_page(error)
    return Response(data, media_type="application/pdf", headers=as_file(file.filename))


async def summary_page(request: Request) -> Response:
    """The student summary as a page to read and to print."""

    def work(actor: Actor) -> Response:
        file = _summary(request, actor, "page")
        days = file.summary.range
        pdf = f"{request.url.path}.pdf?since={days.since.isoformat()}&until={days.until.isoformat()}"
        return plain_page("Progress summary", summary_body(file.summary, pdf))

    return await _answer(request, work)


async def session_log(request: Request) -> Response:
    """One row a session, as CSV."""

    def work(actor: Actor) -> Response:
        student_id = parse_id(request.path_params["student_id"])
        days = parse_range(request.query_params, actor.today)
        return _csv(run_service(actor, exports.export_session_log, student_id, days))

    return await _answer(request, work)


async def goal_progress(request: Request) -> Response:
    """One row a point of a goal, as CSV."""

    def work(actor: Actor) -> Response:
        student_id, goal_id = (parse_id(request.path_params[name]) for name in ("student_id", "goal_id"))
        days = parse_range(request.query_params, actor.today)
        return _csv(run_service(actor, exports.export_goal_progress, student_id, goal_id, days))

    return await _answer(request, work)


async def goal_chart(request: Request) -> Response:
    """The chart of a goal as a vector picture; the browser makes a PNG of it, which `medium` then says in the log."""

    def work(actor: Actor) -> Response:
        student_id, goal_id = (parse_id(request.path_params[name]) for name in ("student_id", "goal_id"))
        choice = parse_choice(dict(request.query_params))
        medium = "png" if request.query_params.get("medium") == "png" else "svg"
        file = run_service(actor, export_goal_chart, student_id, goal_id, choice, medium)
        rate = file.celeration
        drawing = render_celeration(rate, 960, 520) if rate else render_svg(file.chart, 960, 480, layer=file.layer)
        return Response(drawing, media_type="image/svg+xml", headers=as_file(file.filename))

    return await _answer(request, work)


async def goal_paper(request: Request) -> Response:
    """The chart of a goal as its page has it on paper: nothing is kept, and whoever sees the page may print it."""

    def work(actor: Actor) -> Response:
        student_id, goal_id = (parse_id(request.path_params[name]) for name in ("student_id", "goal_id"))
        choice = parse_choice(dict(request.query_params))
        found = run_service(actor, get_goal_progress, student_id, goal_id, choice)
        if found.chart is None or found.window is None:
            raise NotFound()
        chart, rate = zoomed(found.chart, found.window), found.celeration
        even = partial(render_svg, chart, layer=found.layer, look=Look.DENSE)
        drawing = (partial(render_celeration, rate) if rate else even)(*PAPER, described=False, keyed=False)
        return Response(drawing, media_type="image/svg+xml", headers=NO_STORE)

    return await _answer(request, work)


async def comparison(request: Request) -> Response:
    """Several goals of a student beside one another, as one vector picture; `medium` as for one goal."""

    def work(actor: Actor) -> Response:
        student_id, choice = parse_id(request.path_params["student_id"]), parse_comparison(dict(request.query_params))
        medium = "png" if request.query_params.get("medium") == "png" else "svg"
        file = run_service(actor, export_comparison, student_id, choice, medium)
        drawing = render_stack(file.panels)
        return Response(drawing, media_type="image/svg+xml", headers=as_file(file.filename))

    return await _answer(request, work)


async def compared_data(request: Request) -> Response:
    """One row a point of each of those goals, as CSV."""

    def work(actor: Actor) -> Response:
        student_id, choice = parse_id(request.path_params["student_id"]), parse_comparison(dict(request.query_params))
        return _csv(run_service(actor, export_compared_data, student_id, choice))

    return await _answer(request, work)


async def _answer(request: Request, work: Callable[[Actor], Response]) -> Response:
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return to_sign_in()
    try:
        return await asyncio.to_thread(work, actor)
    except TherapyTrackError as error:
        return error_page(error)


def _summary(request: Request, actor: Actor, medium: str) -> exports.SummaryFile:
    student_id = parse_id(request.path_params["student_id"])
    days = parse_range(request.query_params, actor.today)
    return run_service(actor, exports.export_summary, student_id, days, medium)


def _csv(table: exports.Table) -> Response:
    chunks: Iterable[bytes] = csv_chunks(table.columns, table.rows)
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=as_file(table.filename))


def as_file(name: str) -> dict[str, str]:
    """Headers under which a browser keeps a file."""
    return {**NO_STORE, "content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}


routes = [
    Route("/students/{student_id}/summary.pdf", summary_pdf, methods=["GET"]),
    Route("/students/{student_id}/summary", summary_page, methods=["GET"]),
    Route("/students/{student_id}/sessions.csv", session_log, methods=["GET"]),
    Route("/students/{student_id}/goals/{goal_id}/progress.csv", goal_progress, methods=["GET"]),
    Route("/students/{student_id}/goals/{goal_id}/chart.svg", goal_chart, methods=["GET"]),
    Route("/students/{student_id}/goals/{goal_id}/paper.svg", goal_paper, methods=["GET"]),
    Route("/students/{student_id}/compare.svg", comparison, methods=["GET"]),
    Route("/students/{student_id}/compare.csv", compared_data, methods=["GET"]),
]
