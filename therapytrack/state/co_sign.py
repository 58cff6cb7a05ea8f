"""The co-sign page: one submitted note after the other, each shown before a key can sign it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.dates import short_date
from therapytrack.domain.note_content import LONGEST_COMMENT
from therapytrack.services.co_sign import co_sign_addendum, co_sign_note, return_addendum, return_note
from therapytrack.services.co_sign_queue import (
    CoSignPage,
    CoSignSheet,
    GoalChart,
    WaitingNote,
    WaitingReport,
    open_queue,
)
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_views import (
    GoalLine,
    goal_lines,
    neighbours,
    record_id,
    stamp,
    text_of,
    when_line,
)

GONE = "That note is not here for you any more, so nothing was signed or returned. The list is as it stands now."


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A line of the queue; `first` begins an assistant's group."""

    id: str
    href: str
    author: str
    first: bool
    student: str
    line: str
    kind: str
    again: bool
    current: bool


@dataclass(frozen=True, slots=True)
class PieceView:
    """A run of the difference: "same", "deleted" or "inserted"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class WaitingReportView:
    """A progress report of the queue: it is read and answered on its own page."""

    href: str
    author: str
    first: bool
    student: str
    line: str
    again: bool


@dataclass(frozen=True, slots=True)
class ChartView:
    """A goal's last points as SVG path data, its place, and its standing: a mark and words."""

    goal: str
    href: str
    line: str
    dot: str
    target: str
    label: str
    status: str
    standing: str
    why: str


@dataclass(frozen=True, slots=True)
class CoSignView:
    """What is open; nothing while `id` is empty. `hash` goes back with the signature. `note` is set for an addendum."""

    id: str = ""
    is_addendum: bool = False
    hash: str = ""
    student: str = ""
    author: str = ""
    session: str = ""
    when: str = ""
    submitted: str = ""
    attendance: str = ""
    minutes: str = ""
    goals: tuple[GoalLine, ...] = ()
    charts: tuple[ChartView, ...] = ()
    text: str = ""
    note: str = ""
    comment: str = ""
    pieces: tuple[PieceView, ...] = ()
    before: str = ""


class CoSignState(SignedInState):
    """The queue and the note that is open. The address holds the note."""

    queue: list[WaitingView] = []
    reports: list[WaitingReportView] = []
    sheet: CoSignView = CoSignView()
    said: str = ""
    failed: bool = False
    comment_error: str = ""
    previous_href: str = ""
    next_href: str = ""
    draft: str = ""
    _drafts: dict[str, str] = {}

    @rx.event
    @requires(Action.COSIGN_NOTE)
    async def enter(self) -> None:
        """Load the queue and the note of the address, else the first."""
        await self._enter()
        self.said = self.comment_error = ""
        await self._load(self.router.url.query_parameters.get("note", ""))
        self.ready = True

    @rx.event
    @requires(Action.COSIGN_NOTE)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load(self.router.url.query_parameters.get("note", ""))

    @rx.event
    @requires(Action.COSIGN_NOTE)
    async def co_sign(self, one: str, shown: str) -> None:
        """Co-sign what was shown, by its hash, and go on to the next."""
        verb = co_sign_addendum if self._is_addendum(one) else co_sign_note
        self.comment_error = ""
        await self._answer(one, "Co-signed.", await self._try(verb, record_id(one), shown) is not None)

    @rx.event
    @requires(Action.RETURN_NOTE)
    async def keep_comment(self, one: str, words: str) -> None:
        """Keep what was typed beside a note of the queue for this visit, while another note is looked at."""
        if any(waiting.id == one for waiting in self.queue):
            self._drafts = {**self._drafts, one: words[:LONGEST_COMMENT]}

    @rx.event
    @requires(Action.RETURN_NOTE)
    async def send_back(self, form: dict[str, Any]) -> None:
        """Return what was shown with a comment, and go on to the next."""
        one, shown, comment = (text_of(form, name) for name in ("one", "shown", "comment"))
        verb = return_addendum if self._is_addendum(one) else return_note
        done = await self._try(verb, record_id(one), shown, comment) is not None
        self.comment_error = self.field_errors.get("comment", "")
        if self.comment_error:
            self.problem = ""
            return
        await self._answer(one, "Returned.", done)

    def _forget(self) -> None:
        """Nothing: when one of the notes is gone, the others stay."""

    async def _answer(self, one: str, words: str, done: bool) -> None:
        """After a refusal show the note as it is now; after success go on to the one that followed."""
        problem = self.problem or (GONE if self.missing and not done else "")
        following = self._following(one) if done else one
        await self._load(following)
        self.missing = False
        if self.failed:
            self.said = words if done else ""
            return
        self.problem = problem
        self.said = f"{words} {len(self.queue) + len(self.reports)} left." if done else ""
        await self._recount()

    async def _load(self, wanted: str) -> None:
        """The queue with the note `wanted`; when the storage fails, its sentence, and Retry in the queue's place."""
        page = await self._try(open_queue, record_id(wanted) if wanted else None)
        self.failed = page is None
        if page:
            self._fill(page)

    def _fill(self, page: CoSignPage) -> None:
        opened = _key(page.sheet.waiting) if page.sheet else None
        authors = [one.author for one in page.queue]
        self.queue = [
            _waiting_view(one, first=authors.index(one.author) == place, current=_key(one) == opened)
            for place, one in enumerate(page.queue)
        ]
        writers = [one.author for one in page.reports]
        self.reports = [
            _report_view(one, first=writers.index(one.author) == place) for place, one in enumerate(page.reports)
        ]
        self.previous_href, self.next_href = neighbours(self.queue)
        actor = current_actor.get()
        self.sheet = _sheet_view(page.sheet, actor.time_zone) if page.sheet and actor else CoSignView()
        waiting = {one.id for one in self.queue}
        self._drafts = {one: words for one, words in self._drafts.items() if one in waiting}
        self.draft = self._drafts.get(self.sheet.id, "")

    def _is_addendum(self, one: str) -> bool:
        return any(waiting.id == one and waiting.kind == "Addendum" for waiting in self.queue)

    def _following(self, one: str) -> str:
        ids = [waiting.id for waiting in self.queue]
        place = ids.index(one) if one in ids else -1
        return next(iter([*ids[place + 1 :], *ids[: max(place, 0)]]), "")


def _key(one: WaitingNote) -> UUID:
    return one.addendum_id or one.entry_id


def _waiting_view(one: WaitingNote, *, first: bool, current: bool) -> WaitingView:
    key = str(_key(one))
    return WaitingView(
        id=key,
        href=f"/co-sign?note={key}",
        author=one.author,
        first=first,
        student=one.student,
        line=short_date(one.held_on),
        kind="Addendum" if one.addendum_id else "Note",
        again=one.again,
        current=current,
    )


def _report_view(one: WaitingReport, *, first: bool) -> WaitingReportView:
    what = "Addendum to a report" if one.is_addendum else "Progress report"
    href = f"/reports/{one.period_id}/{one.student_id}"
    return WaitingReportView(href, one.author, first, one.student, f"{one.period} · {what}", one.again)


def _sheet_view(sheet: CoSignSheet, zone: str) -> CoSignView:
    note, waiting = sheet.note, sheet.waiting
    return CoSignView(
        id=str(_key(waiting)),
        is_addendum=waiting.addendum_id is not None,
        hash=sheet.hash,
        student=waiting.student,
        author=waiting.author,
        session=note.session,
        when=when_line(note, zone),
        submitted=stamp(waiting.submitted_at, zone),
        attendance=note.attendance_words,
        minutes=f"{note.minutes} min",
        goals=tuple(goal_lines(note.goals)),
        charts=tuple(_chart_view(one, note.student_id) for one in sheet.charts),
        text=sheet.text,
        note=note.text if waiting.addendum_id else "",
        comment=sheet.comment,
        pieces=tuple(PieceView(one.kind, one.text) for one in sheet.difference or ()),
        before=note.before,
    )


def _chart_view(one: GoalChart, student_id: UUID) -> ChartView:
    spark = one.spark
    return ChartView(
        goal=one.label,
        href=f"/students/{student_id}/goals/{one.goal_id}",
        line=spark.line,
        dot=spark.dot,
        target=spark.target,
        label=spark.label,
        status=one.status,
        standing=one.standing,
        why=one.why,
    )
