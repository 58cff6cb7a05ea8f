"""The queue of a reporting period, and all of its signed reports printed in one run with a progress bar."""

import asyncio
from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.domain.dates import moment_line, span_words
from therapytrack.domain.report_content import KINDS, Kind
from therapytrack.domain.report_periods import recent_since
from therapytrack.errors import Conflict, TherapyTrackError
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.report_batches import (
    BROKEN,
    CANCELED,
    FAILED,
    READY,
    RUNNING,
    BatchLine,
    Begun,
    begin_batch,
    cancel_batch,
    fail_batch,
    finish_batch,
    look_at_batch,
    move_batch,
    running_batch,
)
from therapytrack.services.report_pdf import PrintedReport, pack_reports, render_merged, render_report
from therapytrack.services.report_queue import QueueLine, open_report_queue
from therapytrack.services.report_settings import PeriodLine
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_views import record_id, text_of
from therapytrack.state.report_views import (
    Choice,
    PeriodView,
    QueueView,
    days_line,
    period_view,
    queue_view,
    tally_line,
)

REPORT: Kind = "report"
SAY_EVERY = 5  # reports: a run says that it lives
LOOK_SECONDS = 2


class ReportsState(SignedInState):
    """The period is in the address; `periods` are this school year's, `earlier` those before it.

    `run`: the run that is going on, "" while none is; `batch`: the one whose files are there, until `until`; `halted`:
    what became of one that came to nothing; `first`: that another run has to end first, and `elsewhere` the page of its
    period where that is another."""

    loaded: bool = False
    periods: list[PeriodView] = []
    earlier: list[Choice] = []
    shown_earlier: str = ""
    period: str = ""
    days: str = ""
    tally: str = ""
    lines: list[QueueView] = []
    printable: int = 0
    run: str = ""
    made: int = 0
    of: int = 0
    batch: str = ""
    kind_words: str = ""
    until: str = ""
    halted: str = ""
    first: str = ""
    elsewhere: str = ""
    _period_id: str = ""
    _here: str = ""

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> Any:
        """Open the queue of the period of the address, else of the one that is due; a run of hers goes on."""
        await self._enter()
        self.loaded = False
        await self._load()
        self.ready = True
        return ReportsState.follow if self.run and self.run != self._here else None

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def choose_period(self, period: str) -> EventSpec:
        """Go on to an earlier period's queue; "" is that of the period that is due."""
        return rx.redirect(f"/reports?period={record_id(period)}" if period else "/reports")

    @rx.event(background=True)
    @requires(Action.EXPORT_SUMMARY)
    async def print_all(self, form: dict[str, Any]) -> Any:
        """Make a file of every signed report of the period, one after the other, off the loop; it can be canceled.
        Where a run of hers goes on that another tab began, it is shown instead."""
        kind: Kind = next((one for one in KINDS if one == text_of(form, "kind")), REPORT)
        async with self:
            if self.run:
                return None
            self._clear_messages()
            self.halted = self.batch = self.first = self.elsewhere = ""
            try:
                begun = await self._ask(begin_batch, record_id(self._period_id), kind)
            except Conflict as error:
                self.first = error.sentence
                return await self._first_run()
            except TherapyTrackError as error:
                self._say(error)
                return None
            self.run = self._here = str(begun.id)
            self.made, self.of, self.kind_words = 0, len(begun.files), KINDS[kind]
        try:
            await self._print(begun)
        except Exception as error:
            async with self:
                await self._try(fail_batch, begun.id)
                self._show_batch(await self._try(look_at_batch, begun.id))
                self._here = ""
                if not isinstance(error, TherapyTrackError):
                    raise
                self._say(error)
            return None
        async with self:
            self._here = ""
            if self.run == str(begun.id):
                self._show_batch(await self._try(look_at_batch, begun.id))
        return None

    @rx.event
    @requires(Action.EXPORT_SUMMARY)
    async def cancel(self) -> None:
        """Stop the run after the report that is being made; nothing of it is kept."""
        if self.run:
            await self._try(cancel_batch, record_id(self.run))
            self._show_batch(await self._try(look_at_batch, record_id(self.run)))

    @rx.event(background=True)
    @requires(Action.EXPORT_SUMMARY)
    async def follow(self) -> None:
        """Show how a run goes that another tab, another server or a reloaded page began, until it ends."""
        async with self:
            run = "" if self.run == self._here else self.run
        while run:
            await asyncio.sleep(LOOK_SECONDS)
            async with self:
                if self.run != run:
                    return
                self._show_batch(await self._try(look_at_batch, record_id(run)))
                run = self.run

    async def _print(self, begun: Begun) -> None:
        """Make the files of a run and keep them, unless it is canceled meanwhile, here or anywhere."""
        parts: list[tuple[PrintedReport, int]] = []
        each: list[tuple[str, bytes]] = []
        for number, file in enumerate(begun.files, start=1):
            rendered = await in_worker(render_report, file.printed)
            parts.append((file.printed, rendered.pages))
            each.append((f"{number:02d}-{file.filename}", rendered.data))
            async with self:
                if self.run != str(begun.id):
                    return
                self.made = number
            told = number % SAY_EVERY == 0 or number == len(begun.files)
            if told and not await self._ask(move_batch, begun.id, number):
                return
        merged = await in_worker(render_merged, tuple(parts))
        packed = await in_worker(pack_reports, tuple(each))
        await self._ask(finish_batch, begun.id, {"merged": merged, "each": packed})

    async def _first_run(self) -> Any:
        """Show the run that goes on already, or the way to the page of its period."""
        going = await self._ask(running_batch)
        if going is None:
            return None
        if str(going.period_id) != self._period_id:
            self.elsewhere = f"/reports?period={going.period_id}"
            return None
        self._show_batch(going.line)
        return ReportsState.follow

    def _say(self, error: TherapyTrackError) -> None:
        """An error of a run, whose field no form has."""
        self._show(error)
        self.run, self.missing = "", False
        self.problem = next(iter(self.field_errors.values()), "") or error.sentence

    def _show_batch(self, found: BatchLine | None) -> None:
        running = found is not None and found.status == RUNNING
        ready = found is not None and found.status == READY
        self.run = str(found.id) if found and running else ""
        self.batch = str(found.id) if found and ready else ""
        self.halted = halted_words(found) if found else ""
        actor = current_actor.get()
        if found and actor:
            self.made, self.of, self.kind_words = found.made, found.of, KINDS[found.kind]
            self.until = moment_line(found.until.astimezone(actor.zone))

    def _forget(self) -> None:
        """A page of many records stays when one of them is gone."""

    async def _load(self) -> None:
        wanted = self.router.url.query_parameters.get("period", "")
        found = await self._try(open_report_queue, record_id(wanted) if wanted else None)
        actor = current_actor.get()
        if found is None or actor is None:
            return
        self._list_periods(found.periods, found.period, actor.today)
        self._fill(found.period, found.lines, days_line(found.period, actor.today) if found.period else "")
        if not self._here:
            self._show_batch(found.batch)
        self.loaded = True

    def _list_periods(self, periods: list[PeriodLine], shown: PeriodLine | None, today: date) -> None:
        """This school year's periods in their order, and the earlier ones, newest first."""
        since = recent_since([one.last_on for one in periods], today)
        self.periods = [period_view(one, shown) for one in reversed(periods) if one.last_on >= since]
        self.earlier = [Choice(str(one.id), _dated(one)) for one in periods if one.last_on < since]
        self.shown_earlier = str(shown.id) if shown and shown.last_on < since else ""

    def _fill(self, period: PeriodLine | None, lines: list[QueueLine], days: str) -> None:
        self.period, self.days = (period.name, days) if period else ("", "")
        self._period_id = str(period.id) if period else ""
        self.first = self.elsewhere = ""
        self.tally = tally_line(lines)
        self.lines = [queue_view(one, period) for one in lines] if period else []
        self.printable = sum(one.prints for one in lines)


def _dated(one: PeriodLine) -> str:
    """An earlier period's name with its days, which tell the quarters of several years apart."""
    return f"{one.name} ({span_words(one.first_on, one.last_on)})"


def halted_words(one: BatchLine) -> str:
    """What became of a run that left no files; "" for one that goes on or has."""
    made = f"{one.made} of {one.of} were made, and nothing is kept."
    words = {
        CANCELED: f"The last run was canceled: {made} Print again whenever you like.",
        BROKEN: f"The last run broke off: {made} Print again.",
        FAILED: f"The last run failed: {made} Print again.",
    }
    return words.get(one.status, "")
