"""One progress report's page: its goals with suggestion and reason, texts that save themselves, signing, co-signing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.report_content import TEXTS
from therapytrack.errors import Conflict, TherapyTrackError
from therapytrack.services import report_answers, reports
from therapytrack.services.report_page import ReportPage, open_report
from therapytrack.services.report_queue import next_due, open_report_queue
from therapytrack.services.reports import GoalShown, ReportShown
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.note_views import record_id, text_of
from therapytrack.state.report_views import (
    AddendumView,
    Choice,
    ReportGoalView,
    ReportView,
    addendum_view,
    goal_view,
    report_view,
)
from therapytrack.state.still_open import whole

NOTHING = ReportView()


class ReportState(SignedInState):
    """The report of the address. What was typed stays in the browser on every error. `new_addendum`: the id of the one
    that the form makes."""

    report: ReportView = NOTHING
    goals: list[ReportGoalView] = []
    addenda: list[AddendumView] = []
    codes: list[Choice] = []
    spanish: bool = False
    said: str = ""
    comment_error: str = ""
    addendum_error: str = ""
    new_addendum: str = ""
    forms: int = 0
    _facts: str = ""

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Open the report of the address."""
        await self._enter()
        kept = self._kept()
        self.report, self.said = NOTHING, ""
        self._begin_addendum(whole(kept.get("forms", "")) if kept else self.forms, kept.get("addendum", ""))
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def show_language(self, spanish: bool) -> None:
        """Show the family's letter in Spanish, or in English."""
        self.spanish = spanish

    @rx.event
    @requires(Action.DRAFT_NOTE)
    async def give_code(self, goal_id: str, code: str) -> None:
        """Give a goal the code that was chosen; "" takes it away."""
        self.said = ""
        try:
            await self._ask(reports.set_code, *self._place(), as_id(goal_id), code)
        except TherapyTrackError as error:
            self._show(error)
            return
        self._clear_messages()
        words = next((one.words for one in self.get_value("codes") if one.value == code), "")
        self._change(goal_id, code=code, code_words=words, error="")
        self._begun()

    @rx.event
    @requires(Action.DRAFT_NOTE)
    async def save_text(self, record: str, text: str, version: int) -> None:
        """Save one text of a goal; in a conflict the page shows both texts."""
        goal_id, _, field = record.partition(":")
        try:
            saved = await self._ask(reports.save_text, *self._place(), as_id(goal_id), field, text, version)
        except Conflict as error:
            self._text(goal_id, field, error.theirs, error.version)
            return
        except TherapyTrackError as error:
            self._show(error)
            return
        self._text(goal_id, field, saved.text, saved.version)
        self._begun()

    @rx.event
    @requires(Action.DRAFT_NOTE)
    async def made_text(self, goal_id: str, field: str) -> None:
        """Put the words made from the data back."""
        if await self._act("The words made from the data are back.", reports.use_made_text, as_id(goal_id), field):
            self._begin_addendum(self.forms + 1)

    @rx.event
    @requires(Action.SIGN_NOTE)
    async def sign(self, then: str) -> Any:
        """Sign what is shown; `then` "export" fetches the file, "next" goes to the next student's report."""
        return await self._seal("Signed.", reports.sign_report, then)

    @rx.event
    @requires(Action.SUBMIT_NOTE)
    async def submit(self, then: str) -> Any:
        """Hand what is shown to the supervisor."""
        return await self._seal("Submitted.", reports.submit_report, then)

    @rx.event
    @requires(Action.COSIGN_NOTE)
    async def co_sign(self, shown: str) -> None:
        """Co-sign what was shown, by its hash."""
        if await self._act("Co-signed.", report_answers.co_sign_report, shown):
            await self._recount()

    @rx.event
    @requires(Action.RETURN_NOTE)
    async def send_back(self, form: dict[str, Any]) -> None:
        """Return what was shown with a comment."""
        shown, comment = text_of(form, "shown"), text_of(form, "comment")
        if await self._act_on(form, "Returned.", report_answers.return_report, shown, comment):
            await self._recount()
        self.comment_error = self.field_errors.get("comment", "")

    @rx.event
    @requires(Action.ADD_ADDENDUM)
    async def add(self, form: dict[str, Any]) -> None:
        """Add an addendum; sent twice it is stored once."""
        key = record_id(text_of(form, "key"))
        done = await self._act_on(form, "Added.", reports.add_report_addendum, key, text_of(form, "addendum"))
        self.addendum_error = self.field_errors.get("addendum", "")
        if done:
            self._begin_addendum(self.forms + 1)

    @rx.event
    @requires(Action.SUBMIT_NOTE)
    async def revise(self, form: dict[str, Any]) -> None:
        """Change a returned addendum and submit it again."""
        one = record_id(text_of(form, "one"))
        await self._answer_addendum("Submitted.", reports.revise_report_addendum, one, text_of(form, "revised"))

    @rx.event
    @requires(Action.COSIGN_NOTE)
    async def co_sign_addendum(self, one: str, shown: str) -> None:
        """Co-sign an addendum, by its hash."""
        await self._answer_addendum("Co-signed.", report_answers.co_sign_report_addendum, as_id(one), shown)

    @rx.event
    @requires(Action.RETURN_NOTE)
    async def return_addendum(self, form: dict[str, Any]) -> None:
        """Return an addendum with a comment."""
        one, shown, comment = (text_of(form, name) for name in ("one", "shown", "comment"))
        await self._answer_addendum("Returned.", report_answers.return_report_addendum, as_id(one), shown, comment)

    def _begin_addendum(self, forms: int, kept: str = "") -> None:
        """Begin the page's texts and the form of an addendum again, or let those go on that the tab still shows."""
        self.new_addendum, self.forms = kept or str(uuid7()), forms
        self._keep_open(addendum=self.new_addendum, forms=str(self.forms))

    async def _seal(self, words: str, service: Any, then: str) -> Any:
        self._clear_messages()
        student_id, period_id = self._place()
        goals = tuple(
            GoalShown(UUID(one.id), one.code, (one.words_version, one.family_en_version, one.family_es_version))
            for one in self.get_value("goals")
        )
        try:
            await self._ask(service, ReportShown(student_id, period_id, self._facts, goals))
        except TherapyTrackError as error:
            self._show(error)
            wrong = dict(self.field_errors)
            if isinstance(error, Conflict):
                await self._load()
                self.problem = error.sentence
            self.goals = [replace(one, error=wrong.get(f"goal:{one.id}", "")) for one in self.get_value("goals")]
            self.problem = wrong.get("report", "") or self.problem
            return None
        if then == "next":
            return await self._next(student_id, period_id, words)
        file = f"{self.report.file_href}?kind=report"
        await self._load()
        self.said = words
        return rx.download(url=file, filename="report.pdf") if then == "export" and self.report.export else None

    async def _next(self, student_id: UUID, period_id: UUID, words: str) -> Any:
        queue = await self._try(open_report_queue, period_id)
        following = next_due(queue, student_id) if queue else None
        if following is None:
            await self._load()
            self.said = f"{words} That was the last one of this period."
            return None
        return rx.redirect(f"/reports/{period_id}/{following}")

    async def _answer_addendum(self, words: str, service: Any, *args: Any) -> None:
        if await self._try(service, *args) is None and (self.problem or self.missing):
            return
        await self._load()
        self.said = words
        self._begin_addendum(self.forms + 1)
        await self._recount()

    async def _act(self, words: str, service: Any, *args: Any) -> bool:
        """Run a service about this report and load again; True when it was done."""
        return await self._act_at(self._place(), words, service, *args)

    async def _act_on(self, form: dict[str, Any], words: str, service: Any, *args: Any) -> bool:
        """As `_act`, about the report at whose page the form was typed: it is never stored under another."""
        period, _, student = text_of(form, "record").partition("/")
        return await self._act_at((as_id(student), as_id(period)), words, service, *args)

    async def _act_at(self, place: tuple[UUID, UUID], words: str, service: Any, *args: Any) -> bool:
        self._clear_messages()
        self.said = ""
        try:
            await self._ask(service, *place, *args)
        except TherapyTrackError as error:
            self._show(error)
            return False
        await self._load()
        self.said = words
        return True

    async def _load(self) -> None:
        page = await self._try(open_report, *self._place())
        actor = current_actor.get()
        if page is None or actor is None:
            return
        self._fill(page, actor.zone)

    def _fill(self, page: ReportPage, zone: Any) -> None:
        drafts: list[Any] = list(page.drafts) or [None] * len(page.content.goals)
        self.report = report_view(page, zone)
        self.goals = [goal_view(one, draft, {}) for one, draft in zip(page.content.goals, drafts, strict=True)]
        self.addenda = [addendum_view(one, zone) for one in page.addenda]
        self.codes = [Choice(one.code, f"{one.code}: {one.meaning}") for one in page.codes]
        self._facts = page.facts

    def _place(self) -> tuple[UUID, UUID]:
        """The student and the period of the address; ids of no record for what is none."""
        parts = self.router.url.path.strip("/").split("/")
        period, student = parts[1:3] if len(parts) >= 3 and parts[0] == "reports" else ("", "")
        return as_id(student), as_id(period)

    def _change(self, goal_id: str, **values: Any) -> None:
        self.goals = [replace(one, **values) if one.id == goal_id else one for one in self.get_value("goals")]

    def _text(self, goal_id: str, field: str, text: str, version: int) -> None:
        if field in TEXTS:
            own = {"family_en": {"own_en": True}, "family_es": {"own_es": True}}.get(field, {})
            self._change(goal_id, **{field: text, f"{field}_version": version}, **own)

    def _begun(self) -> None:
        """The first act begins the report."""
        if self.report.state == "Due":
            self.report = replace(self.report, state="Draft", tone="info")
