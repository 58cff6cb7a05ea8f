"""A private calendar feed: its address is all that a calendar program has, so every dead one is simply not there.

The secret has 256 bits and is looked up by its hash: guessing is hopeless, and needs no counter of failures that a
revoked feed in somebody's telephone would fill for the whole school. Nothing may store or pass on the address.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from therapytrack.db import viewing
from therapytrack.domain.calendar_feed import calendar_text
from therapytrack.routes.client import NO_STORE
from therapytrack.services.calendar_feed import read_feed
from therapytrack.services.sign_ins import reader_behind_feed

LONGEST_SECRET = 100
HEADERS = {
    **NO_STORE,
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "content-disposition": 'attachment; filename="schedule.ics"',
}


async def feed(request: Request) -> Response:
    """The schedule behind a live secret; 404 and nothing else for any other."""
    found = await asyncio.to_thread(_calendar, str(request.path_params["secret"])[:LONGEST_SECRET])
    if found is None:
        return PlainTextResponse("Not found", 404, headers=NO_STORE)
    return Response(found, media_type="text/calendar; charset=utf-8", headers=HEADERS)


def _calendar(secret: str) -> bytes | None:
    reader = reader_behind_feed(secret)
    if reader is None:
        return None
    with viewing(reader.actor.workspace_id) as db:
        found = read_feed(db, reader.actor, reader.feed_id, reader.shows)
    return calendar_text(found)


routes = [Route("/calendar/{secret}.ics", feed, methods=["GET"])]
