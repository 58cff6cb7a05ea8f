"""The Anthropic drafter against real servers on this machine that speak the wire format, and its offline twin."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from llmock.pytest_plugin import LLMock

from therapytrack.adapters import llm
from therapytrack.adapters.llm import AnthropicDrafter, Drafter, Prompt, Stopped, TemplateDrafter
from therapytrack.errors import Unavailable
from therapytrack.settings import Settings

PROMPT = Prompt("Write a draft.", '{"goals": []}')
ANSWER = "{{student}} attended {{sessions.attended}}. The latest was {{goal1.last}}."
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def drafter(base_url: str, timeout: float = 30.0) -> AnthropicDrafter:
    return AnthropicDrafter(
        "test-key", "claude-sonnet-5-5", base_url=base_url, timeout_seconds=timeout, pause_seconds=0.01
    )


async def pieces_of(writer: Drafter, cancel: asyncio.Event | None = None) -> list[str]:
    return [piece async for piece in writer.stream(PROMPT, cancel or asyncio.Event())]


def failure_of(writer: Drafter) -> str:
    with pytest.raises(Unavailable) as caught:
        asyncio.run(pieces_of(writer))
    return caught.value.sentence


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def opening(*words: str) -> bytes:
    message: dict[str, object] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "x",
        "stop_reason": None,
    }
    start = event("message_start", message={**message, "usage": {"input_tokens": 1, "output_tokens": 1}})
    block = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    deltas = (event("content_block_delta", index=0, delta={"type": "text_delta", "text": word}) for word in words)
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        + start
        + block
        + b"".join(deltas)
    )


def ending(reason: str) -> bytes:
    delta = event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": 2})
    return event("content_block_stop", index=0) + delta + event("message_stop")


@asynccontextmanager
async def wire(handle: Handler) -> AsyncIterator[str]:
    """A server of raw bytes: `handle` answers each request after its headers and body were read."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
        try:
            await handle(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def failure_on_wire(handle: Handler, timeout: float = 30.0) -> str:
    async def run() -> None:
        async with wire(handle) as url:
            await pieces_of(drafter(url, timeout))

    with pytest.raises(Unavailable) as caught:
        asyncio.run(run())
    return caught.value.sentence


def replies(*answers: bytes) -> tuple[Handler, list[int]]:
    """A handler that gives each request the next of `answers`, and the running count of requests."""
    served: list[int] = []

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(1)
        writer.write(answers[min(len(served), len(answers)) - 1])
        await writer.drain()

    return handle, served


def test_a_whole_answer_arrives_in_pieces(llmock: LLMock) -> None:
    llmock.reply(ANSWER)
    pieces = asyncio.run(pieces_of(drafter(llmock.base_url("anthropic"))))
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 3


def test_the_request_carries_the_prompt_as_it_is_and_offers_no_tool(llmock: LLMock) -> None:
    asyncio.run(pieces_of(drafter(llmock.base_url("anthropic"))))
    body = llmock.last_request.body
    assert (body["system"], body["messages"]) == (PROMPT.system, [{"role": "user", "content": PROMPT.user}])
    assert body["model"] == "claude-sonnet-5-5"
    assert set(body) == {"model", "max_tokens", "system", "messages", "stream"}


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_passing_failure_is_tried_exactly_once_more(llmock: LLMock, status: int) -> None:
    llmock.fail(status).reply(ANSWER)
    assert "".join(asyncio.run(pieces_of(drafter(llmock.base_url("anthropic"))))) == ANSWER
    assert len(llmock.requests) == 2


@pytest.mark.parametrize(
    ("status", "sentence"), [(429, llm.BUSY), (500, llm.FAULTY), (503, llm.FAULTY), (529, llm.OVERLOADED)]
)
def test_a_lasting_failure_ends_after_two_requests_with_a_sentence(llmock: LLMock, status: int, sentence: str) -> None:
    llmock.fail(status, times=None)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == sentence
    assert len(llmock.requests) == 2


@pytest.mark.parametrize(
    ("status", "sentence"), [(401, llm.KEY_REFUSED), (403, llm.KEY_REFUSED), (400, llm.REJECTED), (404, llm.REJECTED)]
)
def test_a_refusal_that_waiting_cannot_mend_is_not_tried_again(llmock: LLMock, status: int, sentence: str) -> None:
    llmock.fail(status, times=None)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == sentence
    assert len(llmock.requests) == 1


def test_the_pause_that_the_service_asks_for_is_kept(llmock: LLMock) -> None:
    llmock.rate_limit(retry_after=0.3).reply(ANSWER)
    asyncio.run(pieces_of(drafter(llmock.base_url("anthropic"))))
    llmock.assert_resilient()


def test_a_pause_longer_than_the_time_limit_allows_is_told_at_once(llmock: LLMock) -> None:
    llmock.rate_limit(times=None, retry_after=60)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == llm.BUSY
    assert len(llmock.requests) == 1


def test_a_stream_that_ends_early_is_a_failure_and_not_a_short_draft(llmock: LLMock) -> None:
    llmock.reply(ANSWER).truncate(after_chunks=5)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == llm.CUT_SHORT
    assert len(llmock.requests) == 1


def test_a_connection_lost_in_the_middle_is_a_failure_and_not_tried_again(llmock: LLMock) -> None:
    llmock.reply(ANSWER).disconnect(after_chunks=5)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == llm.CUT_SHORT
    assert len(llmock.requests) == 1


def test_garbage_in_the_stream_is_a_failure(llmock: LLMock) -> None:
    llmock.reply(ANSWER).corrupt(after_chunks=5)
    assert failure_of(drafter(llmock.base_url("anthropic"))) == llm.CUT_SHORT


def test_a_server_that_never_answers_ends_at_the_time_limit() -> None:
    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    assert failure_on_wire(hang, timeout=0.3) == llm.TOO_SLOW


def test_a_stream_that_falls_silent_ends_at_the_time_limit() -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(opening("Some ", "words "))
        await reader.read()

    assert failure_on_wire(stall, timeout=0.5) == llm.TOO_SLOW


def test_a_connection_dropped_before_the_first_piece_is_tried_exactly_once_more() -> None:
    handle, served = replies(b"")
    assert failure_on_wire(handle) == llm.UNREACHABLE
    assert len(served) == 2


def test_an_overload_told_inside_the_stream_before_the_first_piece_is_tried_again() -> None:
    overload = event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    handle, served = replies(opening() + overload, opening("Fine.") + ending("end_turn"))

    async def run() -> list[str]:
        async with wire(handle) as url:
            return await pieces_of(drafter(url))

    assert asyncio.run(run()) == ["Fine."]
    assert len(served) == 2


def test_an_overload_told_after_the_first_piece_is_not_tried_again() -> None:
    handle, served = replies(opening("Some ") + event("error", error={"type": "overloaded_error", "message": "x"}))
    assert failure_on_wire(handle) == llm.OVERLOADED
    assert len(served) == 1


@pytest.mark.parametrize(("reason", "sentence"), [("refusal", llm.DECLINED), ("max_tokens", llm.CUT_SHORT)])
def test_an_answer_that_did_not_end_by_itself_is_a_failure(reason: str, sentence: str) -> None:
    assert failure_on_wire(replies(opening("Some ") + ending(reason))[0]) == sentence


def test_an_empty_answer_is_a_failure() -> None:
    assert failure_on_wire(replies(opening() + ending("end_turn"))[0]) == llm.CUT_SHORT


def test_an_answer_without_any_event_is_a_failure() -> None:
    header = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    assert failure_on_wire(replies(header)[0]) in (llm.FAULTY, llm.CUT_SHORT)


def test_no_server_at_all_says_that_the_network_should_be_checked() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert failure_of(drafter(url)) == llm.UNREACHABLE


def test_stop_ends_a_silent_stream_at_once_and_hangs_up() -> None:
    async def run() -> list[str]:
        hung_up = asyncio.Event()
        got: list[str] = []
        cancel = asyncio.Event()

        async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(opening("Some "))
            await reader.read()
            hung_up.set()

        async with wire(stall) as url:
            pieces = drafter(url).stream(PROMPT, cancel)
            got.append(await anext(pieces))
            cancel.set()
            with pytest.raises(Stopped):
                await anext(pieces)
            await asyncio.wait_for(hung_up.wait(), 30)
        return got

    assert asyncio.run(run()) == ["Some "]


def test_the_key_stands_in_no_sentence() -> None:
    sentences = [value for name, value in vars(llm).items() if name.isupper() and isinstance(value, str)]
    assert sentences
    assert not any("test-key" in sentence for sentence in sentences)


def test_the_address_comes_from_the_settings_and_not_from_the_environment(
    llmock: LLMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "other")
    llmock.reply(ANSWER)
    assert "".join(asyncio.run(pieces_of(drafter(llmock.base_url("anthropic"))))) == ANSWER


def test_the_client_library_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, therapytrack.adapters.llm; sys.exit('anthropic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_template_gives_its_text_whole() -> None:
    assert "".join(asyncio.run(pieces_of(TemplateDrafter(ANSWER)))) == ANSWER


def test_the_template_stops_when_asked() -> None:
    async def run() -> None:
        cancel = asyncio.Event()
        cancel.set()
        await pieces_of(TemplateDrafter(ANSWER), cancel)

    with pytest.raises(Stopped):
        asyncio.run(run())


def test_the_model_that_is_set_by_default_is_not_about_to_be_retired() -> None:
    from anthropic.resources.messages.messages import DEPRECATED_MODELS

    assert Settings.model_fields["anthropic_model"].default not in DEPRECATED_MODELS
