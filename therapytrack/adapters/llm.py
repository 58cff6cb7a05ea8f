"""Who writes a draft's words: a template without any network, or the Anthropic API. Neither knows a student.

Both stream text. Every failure is an Unavailable whose sentence tells the person what to do; nothing is logged here,
because prompts and answers are content.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from therapytrack.errors import Unavailable

if TYPE_CHECKING:
    from anthropic import APIStatusError, AsyncAnthropic

ANTHROPIC_URL = "https://api.anthropic.com"
MAXIMUM_TOKENS = 2000
RETRIED = frozenset({429, 500, 502, 503, 504, 529})
_PLAIN = "Nothing was stored. Try again, or write the plain draft, which needs no AI service."
KEY_REFUSED = "The AI service refused this workspace's key. Ask the person who runs TherapyTrack to check it."
BUSY = f"The AI service is taking no more requests from us for now. Wait a minute. {_PLAIN}"
OVERLOADED = f"The AI service is overloaded. {_PLAIN}"
FAULTY = f"The AI service had a fault. {_PLAIN}"
REJECTED = "The AI service did not accept the request. Ask the person who runs TherapyTrack to check the model's name."
TOO_SLOW = f"The AI service did not finish in time. {_PLAIN}"
UNREACHABLE = f"The AI service could not be reached. Check the network connection. {_PLAIN}"
CUT_SHORT = f"The AI service stopped in the middle of its answer. {_PLAIN}"
DECLINED = f"The AI service declined to write this draft. {_PLAIN}"


@dataclass(frozen=True)
class Prompt:
    """What a model is told: `system` are our instructions, `user` is data."""

    system: str
    user: str


class Stopped(Unavailable):
    """The person pressed Stop."""

    def __init__(self) -> None:
        super().__init__("Stopped. Nothing was stored.")


class Drafter(Protocol):
    """Writes a draft piece by piece; `name` and `model` are kept with the draft."""

    name: str
    model: str

    def stream(self, prompt: Prompt, cancel: asyncio.Event, /) -> AsyncIterator[str]:
        """Pieces of text until the draft is whole. Raises Stopped once `cancel` is set, Unavailable on any failure."""
        ...


class TemplateDrafter:
    """The offline twin: gives the text that was made from the data, sentence by sentence."""

    name = "template"
    model = ""

    def __init__(self, text: str) -> None:
        self._text = text

    async def stream(self, _prompt: Prompt, cancel: asyncio.Event) -> AsyncIterator[str]:
        """The finished text in pieces; never fails, and raises Stopped when asked to stop."""
        for piece in self._text.replace(". ", ". \0").split("\0"):
            if cancel.is_set():
                raise Stopped
            yield piece
            await asyncio.sleep(0)


class _Retry(Exception):
    """A failure before the first piece that one more attempt may mend, `wait` seconds from now."""

    def __init__(self, failure: Unavailable, wait: float) -> None:
        super().__init__()
        self.failure = failure
        self.wait = wait


class AnthropicDrafter:
    """The Anthropic Messages API through its official client: streamed, with one time limit over everything."""

    name = "anthropic"

    def __init__(
        self, api_key: str, model: str, *, base_url: str = "", timeout_seconds: float = 30.0, pause_seconds: float = 1.0
    ) -> None:
        """`timeout_seconds` covers both attempts; `pause_seconds` lies between them if the service names no time."""
        self.model = model
        self._api_key = api_key
        self._base_url = base_url or ANTHROPIC_URL
        self._timeout = timeout_seconds
        self._pause = pause_seconds

    async def stream(self, prompt: Prompt, cancel: asyncio.Event) -> AsyncIterator[str]:
        """Pieces as they arrive; one second attempt, only before the first piece. Raises Stopped or Unavailable."""
        pieces: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        reader = asyncio.create_task(self._read_within_limit(prompt, pieces.put_nowait))
        stop = asyncio.create_task(cancel.wait())
        try:
            while (piece := await _next(pieces, stop)) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            for task in (reader, stop):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _read_within_limit(self, prompt: Prompt, put: Callable[[str | Exception | None], None]) -> None:
        """Hand every piece to `put`, then None, or the failure as an exception."""
        await asyncio.to_thread(import_module, "anthropic")
        try:
            async with asyncio.timeout(self._timeout):
                try:
                    await self._attempt(prompt, put)
                except _Retry as first:
                    if first.wait > self._timeout / 2:
                        raise
                    await asyncio.sleep(max(first.wait, self._pause))
                    await self._attempt(prompt, put)
            put(None)
        except _Retry as last:
            put(last.failure)
        except TimeoutError:
            put(Unavailable(TOO_SLOW))
        except Unavailable as failure:
            put(failure)

    async def _attempt(self, prompt: Prompt, put: Callable[[str | Exception | None], None]) -> None:
        """One request; raises _Retry before the first piece when worth it, else Unavailable."""
        from anthropic import AnthropicError, APIConnectionError, APIStatusError
        from httpx2 import TransportError

        began = False
        try:
            async with (
                self._client() as client,
                client.messages.stream(
                    model=self.model,
                    max_tokens=MAXIMUM_TOKENS,
                    system=prompt.system,
                    messages=[{"role": "user", "content": prompt.user}],
                ) as answer,
            ):
                async for piece in answer.text_stream:
                    began = began or bool(piece)
                    put(piece)
                _require_whole((await answer.get_final_message()).stop_reason if began else None)
        except APIStatusError as error:
            raise _status_failure(error, began=began) from error
        except (APIConnectionError, TransportError) as error:
            raise _worth_retrying(Unavailable(CUT_SHORT if began else UNREACHABLE), began=began) from error
        except (AnthropicError, AssertionError, ValueError) as error:
            raise Unavailable(CUT_SHORT if began else FAULTY) from error

    @asynccontextmanager
    async def _client(self) -> AsyncIterator["AsyncAnthropic"]:
        from anthropic import AsyncAnthropic

        async with AsyncAnthropic(
            api_key=self._api_key, base_url=self._base_url, timeout=self._timeout + 5, max_retries=0
        ) as client:
            yield client


async def _next(
    pieces: "asyncio.Queue[str | Exception | None]", stop: "asyncio.Task[object]"
) -> str | Exception | None:
    """The next piece, or Stopped as soon as `stop` is done, even while the service is silent."""
    coming = asyncio.create_task(pieces.get())
    await asyncio.wait((coming, stop), return_when=asyncio.FIRST_COMPLETED)
    if stop.done():
        coming.cancel()
        return Stopped()
    return coming.result()


def _require_whole(stop_reason: str | None) -> None:
    """A stream that ends without a reason was cut; the client reports no error for it."""
    if stop_reason == "refusal":
        raise Unavailable(DECLINED)
    if stop_reason not in ("end_turn", "stop_sequence"):
        raise Unavailable(CUT_SHORT)


def _worth_retrying(failure: Unavailable, *, began: bool, wait: float = 0.0) -> Exception:
    return failure if began else _Retry(failure, wait)


def _status_failure(error: "APIStatusError", *, began: bool) -> Exception:
    """The failure for an HTTP status, or for an error event inside a stream that began with 200."""
    status = error.status_code
    if status == 200:
        status = {"overloaded_error": 529, "rate_limit_error": 429, "authentication_error": 401}.get(
            error.type or "", 500
        )
    if status in (401, 403):
        return Unavailable(KEY_REFUSED)
    if status not in RETRIED:
        return Unavailable(REJECTED if status < 500 else FAULTY)
    failure = Unavailable({429: BUSY, 529: OVERLOADED}.get(status, FAULTY))
    return _worth_retrying(failure, began=began, wait=_asked_wait(error.response.headers.get("retry-after", "")))


def _asked_wait(retry_after: str) -> float:
    """Seconds that the service asked to wait; 0 when it named none (the date form is not used by this service)."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        return 0.0
