"""What the draft page shows of a draft, and the pace at which its words come in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from therapytrack.domain.dates import long_date, short_date
from therapytrack.services.draft_review import ReadDraft, ReadSentence

SHOWN_SOURCES = 6


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A generated sentence with the dates of its rows; `href` leads to them, `warning` says what to check."""

    text: str
    dates: list[str] = field(default_factory=list)
    more: int = 0
    href: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class DraftHead:
    """Whose draft of which days, by whom it was worded, and what may still be done with it."""

    student: str = ""
    student_href: str = ""
    again_href: str = ""
    period: str = ""
    writer: str = ""
    asks_ai: bool = False
    may_change: bool = False


def head_of(found: ReadDraft) -> DraftHead:
    """The head of the page."""
    draft, student = found.draft, found.student
    href = f"/students/{student.id}"
    asks_ai = draft.source == "anthropic"
    worded = "Worded by the AI service from placeholders" if draft.model else "Plain draft, no AI service"
    return DraftHead(
        student=student.preferred_name or student.given_name,
        student_href=href,
        again_href=f"{href}/drafts/new",
        period=f"{long_date(draft.since)} to {long_date(draft.until)}",
        writer="" if asks_ai and draft.status == "prepared" else worded,
        asks_ai=asks_ai,
        may_change=found.may_change,
    )


def sentence_view(one: ReadSentence, student_href: str) -> SentenceView:
    """A sentence with the dates of its rows, oldest first, and what to check in it."""
    days = sorted({source.held_on for source in one.sentence.sources if source.held_on})
    warning = ""
    if one.stale:
        warning = f"The data behind this sentence changed since: “{one.sentence.text}”"
    elif not one.sentence.rests_on_data:
        warning = f"This sentence rests on no documented data: “{one.sentence.text}”"
    href = f"{student_href}/goals/{one.goal_id}" if one.goal_id else student_href
    shown = [short_date(day) for day in days[-SHOWN_SOURCES:]]
    return SentenceView(one.sentence.text, shown, len(days) - len(shown), href, warning)


async def in_batches(pieces: AsyncIterator[str], seconds: float) -> AsyncIterator[str]:
    """What came in each `seconds`, joined, and an empty text when nothing came, until the pieces end or fail."""
    come: list[str] = []
    take = come.append

    async def collect() -> None:
        async for piece in pieces:
            take(piece)

    reader = asyncio.create_task(collect())
    try:
        while not reader.done():
            await asyncio.wait((reader,), timeout=seconds)
            batch = "".join(come)
            come.clear()
            yield batch
        await reader
    finally:
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
