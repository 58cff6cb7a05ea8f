"""A calendar file on its way into the school calendar: read in a process of its own, stored entire or not at all."""

import asyncio
from datetime import timedelta

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from therapytrack.access.actor import Actor
from therapytrack.domain.calendar_file import LARGEST_FILE, FileAsked
from therapytrack.domain.calendar_form import ImportForm, parse_import, school_year, school_year_of
from therapytrack.errors import Invalid
from therapytrack.routes.client import FORGED, actor_of, csrf_matches, go_to, refuse
from therapytrack.routes.forms import csrf_sent, read_form
from therapytrack.routes.turns import documents
from therapytrack.services.calendar_reading import read_file
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.school_calendar import import_days, require_calendar
from therapytrack.state.base import run_service

SIGNED_OUT = "Your sign-in has ended. Sign in again."
NO_FILE = "Choose a calendar file (.ics)."
TOO_LARGE = "This file is larger than 1 MB. Export a part of the calendar, for example one school year."
AROUND = 4096  # the form's other fields and its frame


async def import_file(request: Request) -> Response:
    """Store the days of a file: 401, 403, 413, and 422 with sentences; nothing is stored when anything is wrong."""
    form = await read_form(request, LARGEST_FILE + AROUND, TOO_LARGE)
    if not csrf_matches(request, csrf_sent(request, form)):
        return refuse({"form": FORGED}, 403)
    actor = await asyncio.to_thread(actor_of, request)
    if actor is None:
        return refuse({"form": SIGNED_OUT}, 401)
    await asyncio.to_thread(run_service, actor, require_calendar)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.size:
        return refuse({"file": NO_FILE})
    wanted = parse_import({name: value for name, value in form.items() if isinstance(value, str)})
    with documents.of(actor.membership_id):
        found = await in_worker(read_file, _asked(actor, await file.read(), wanted))
    if found.problem:
        raise Invalid({"file": found.problem})
    new, same = await asyncio.to_thread(run_service, actor, import_days, wanted.school_id, found.days)
    return go_to(request, f"/settings/calendar?new={new}&same={same}&left={found.left_out}")


def _asked(actor: Actor, data: bytes, wanted: ImportForm) -> FileAsked:
    """The file with the days that are taken: of this school year and the next."""
    first, last = school_year(school_year_of(actor.today))
    last += timedelta(days=365)
    return FileAsked(data, actor.time_zone, first, last, wanted.all_events, wanted.closes_at)


routes = [Route("/settings/calendar/import", import_file, methods=["POST"])]
