"""The queue of a reporting period, and all of its signed reports printed in one run with a progress bar."""

from typing import Any
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.report_content import KINDS, Kind
from therapytrack.errors import TherapyTrackError
from therapytrack.services.pdf_workers import in_worker
from therapytrack.services.report_export import NOTHING, batch_name, export_report, keep_batch
from therapytrack.services.report_pdf import PrintedReport, pack_reports, render_merged, render_report
from therapytrack.services.report_queue import QueueLine, open_report_queue
from therapytrack.services.report_settings import PeriodLine
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_views import record_id, text_of
from therapytrack.state.report_views import PeriodView, QueueView, days_line, period_view, queue_view, tally_line

REPORT: Kind = "report"


class ReportsState(SignedInState):
    """The period is in the address. `run`: the run that is going on, "" while none is."""

    loaded: bool = False
    periods: list[PeriodView] = []
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
    _period_id: str = ""
    _prints: list[str] = []
    _cancelled: str = ""

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Open the queue of the period of the address, else of the one that is due."""
        await self._enter()
        self.loaded, self.batch = False, ""
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event(background=True)
    @requires(Action.EXPORT_SUMMARY)
    async def print_all(self, form: dict[str, Any]) -> None:
        """Make a file of every signed report of the period, one after the other, off the loop; it can be canceled."""
        kind: Kind = next((one for one in KINDS if one == text_of(form, "kind")), REPORT)
        async with self:
            if self.run:
                return
            self._clear_messages()
            students, period_id, period = list(self._prints), record_id(self._period_id), self.period
            if not students:
                self.problem = NOTHING
                return
            run = self.run = f"{period_id}:{kind}"
            self._cancelled, self.batch, self.made, self.of = "", "", 0, len(students)
            self.kind_words = KINDS[kind]
        try:
            batch = await self._print(run, [record_id(one) for one in students], period_id, period, kind)
        except TherapyTrackError as error:
            async with self:
                self.run = ""
                self._show(error)
                self.problem = next(iter(self.field_errors.values()), "") or error.sentence
            return
        async with self:
            self.run, self.batch = "", batch

    @rx.event
    @requires(Action.EXPORT_SUMMARY)
    async def cancel(self) -> None:
        """Stop the run after the report that is being made; nothing of it is kept."""
        self._cancelled, self.run = self.run, ""

    async def _print(self, run: str, students: list[UUID], period_id: UUID, period: str, kind: Kind) -> str:
        """The id of the finished batch, "" when the run was canceled."""
        parts: list[tuple[PrintedReport, int]] = []
        each: list[tuple[str, bytes]] = []
        for number, student_id in enumerate(students, start=1):
            file = await self._ask(export_report, student_id, period_id, kind)
            rendered = await in_worker(render_report, file.printed)
            parts.append((file.printed, rendered.pages))
            each.append((f"{number:02d}-{file.filename}", rendered.data))
            async with self:
                if self._cancelled == run:
                    return ""
                self.made = number
        merged = await in_worker(render_merged, tuple(parts))
        packed = await in_worker(pack_reports, tuple(each))
        files = {
            "merged": (batch_name(period, kind, "merged"), merged),
            "each": (batch_name(period, kind, "each"), packed),
        }
        async with self:
            if self._cancelled == run:
                return ""
        return str(await self._ask(keep_batch, students, files))

    def _forget(self) -> None:
        """A page of many records stays when one of them is gone."""

    async def _load(self) -> None:
        wanted = self.router.url.query_parameters.get("period", "")
        found = await self._try(open_report_queue, record_id(wanted) if wanted else None)
        actor = current_actor.get()
        if found is None or actor is None:
            return
        self.periods = [period_view(one, found.period) for one in found.periods]
        self._fill(found.period, found.lines, days_line(found.period, actor.today) if found.period else "")
        self.loaded = True

    def _fill(self, period: PeriodLine | None, lines: list[QueueLine], days: str) -> None:
        self.period, self.days = (period.name, days) if period else ("", "")
        self._period_id = str(period.id) if period else ""
        self.tally = tally_line(lines)
        self.lines = [queue_view(one, period) for one in lines] if period else []
        self._prints = [str(one.student_id) for one in lines if one.prints]
        self.printable = len(self._prints)
