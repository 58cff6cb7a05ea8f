"""Reading the fields of forms that are posted to plain HTTP routes."""

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from therapytrack.routes.client import CSRF_FIELD, CSRF_HEADER, read_body

LARGEST_FORM = 16 * 1024
FORM_TOO_LARGE = "That is more than this form takes. Shorten what you typed, then send it again."


async def read_form(request: Request, most: int = LARGEST_FORM, sentence: str = FORM_TOO_LARGE) -> FormData:
    """The fields of a posted form of at most `most` bytes. Raises TooLarge with `sentence`."""
    body = await read_body(request, most, sentence)

    async def whole() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return await Request(request.scope, whole).form()


def line_of(form: FormData, name: str, limit: int) -> str:
    """The printable signs of a field's text, at most `limit`; '' when it was not sent or is a file."""
    value = form.get(name, "")
    clean = "".join(c for c in value if c.isprintable()) if isinstance(value, str) else ""
    return clean.strip()[:limit]


def csrf_sent(request: Request, form: FormData) -> str:
    """The form token that came with a post, in its header or in a field."""
    return request.headers.get(CSRF_HEADER) or str(form.get(CSRF_FIELD, ""))


def waiting(seconds: int) -> str:
    """How long to wait before the next attempt, in words."""
    return f"{seconds} second{'s' * (seconds > 1)}" if seconds < 120 else f"{seconds // 60} minutes"
