"""The page of minutes: what its address asks for, and the file of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.minutes_choice import BY, PAGE_SIZE, SPANS, WHOSE, MinutesChoice, parse_choice
from therapytrack.domain.service_log import parse_columns
from therapytrack.errors import TherapyTrackError
from therapytrack.services.ledger_rows import NOBODY, ExplainedView, MinutesRow, open_minutes
from therapytrack.services.service_log import get_columns, save_columns
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in

NO_ROW = MinutesRow("", "", "", 0, 0, 0, 0, 0, "", 0, 0, 0, "", "", "")


@dataclass(frozen=True, slots=True)
class ChoiceLink:
    """Something to choose; the address keeps the rest."""

    words: str
    href: str
    current: str


@dataclass(frozen=True, slots=True)
class MinutesLinks:
    """The addresses beside the table; "" where there is nothing to go to."""

    before: str = ""
    after: str = ""
    pdf: str = ""
    csv: str = ""
    xlsx: str = ""
    log: str = ""
    page_before: str = ""
    page_after: str = ""
    all: str = "/minutes"


class MinutesState(SignedInState):
    """Rows are at most a page of sixty; the address holds everything that is chosen."""

    rows: list[MinutesRow] = []
    sums: MinutesRow = NO_ROW
    explained: ExplainedView = NOBODY
    by: list[ChoiceLink] = []
    spans: list[ChoiceLink] = []
    whose: list[ChoiceLink] = []
    links: MinutesLinks = MinutesLinks()
    words: str = ""
    unsaid: str = ""
    head: str = "Student"
    count: int = 0
    loaded: bool = False
    columns: str = ""
    asks_columns: bool = False
    may_edit_columns: bool = False
    done: str = ""
    forms: int = 0
    _choice: MinutesChoice = MinutesChoice()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the ledger that the address asks for."""
        await self._enter()
        self.loaded, self.asks_columns, self.done = False, False, ""
        actor = current_actor.get()
        if actor is not None:
            self._choice = parse_choice(self.router.url.query_parameters, actor.today)
        await self._load()
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def open_columns(self) -> None:
        """Show which columns the service log has beyond the federal minimum."""
        found = await self._try(get_columns)
        if found is not None:
            self.columns, self.may_edit_columns = found.text, found.may_edit
            self.asks_columns, self.done = True, ""
            self.forms += 1

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_columns(self, form: dict[str, Any]) -> None:
        """Keep the workspace's own columns; on an error everything typed stays."""
        self._clear_messages()
        self.done = ""
        try:
            await self._ask(_save_columns, typed_in(form).get("columns", ""))
        except TherapyTrackError as error:
            self._show(error)
            return
        self.asks_columns, self.done = False, "Saved. The next service log has these columns."

    def _forget(self) -> None:
        """A page of many records stays when one of them is gone."""

    async def _load(self) -> None:
        actor, choice = current_actor.get(), self._choice
        page = await self._try(open_minutes, choice)
        if page is None or actor is None:
            return
        self.rows, self.sums, self.explained, self.count = page.rows, page.sums, page.explained, page.count
        self.words, self.head, self.unsaid = choice.words(actor.today), BY[choice.by], page.unsaid
        self.by = [
            ChoiceLink(words, choice.href(by=key, page=0, student=""), _on(key == choice.by))
            for key, words in BY.items()
        ]
        self.spans = [
            ChoiceLink(words, choice.href(span=key, page=0), _on(key == choice.span)) for key, words in SPANS.items()
        ]
        self.whose = [
            ChoiceLink(words, choice.href(whose=key, page=0), _on(key == choice.whose)) for key, words in WHOSE.items()
        ]
        self.links = _links(choice, page.count, actor.today)
        self.loaded = True


def _save_columns(db: Session, actor: Actor, text: str) -> None:
    save_columns(db, actor, parse_columns(text))


def _on(current: bool) -> str:
    return "true" if current else "false"


def _links(choice: MinutesChoice, count: int, today: date) -> MinutesLinks:
    before, after = (choice.moved(today, step).href() for step in (-1, 1))
    here = choice.href()
    last = (choice.page + 1) * PAGE_SIZE >= count
    pdf, csv, xlsx = (choice.href(f"/minutes.{kind}", page=0, student="") for kind in ("pdf", "csv", "xlsx"))
    return MinutesLinks(
        before=before if before != here else "",
        after=after if after != here else "",
        pdf=pdf,
        csv=csv,
        xlsx=xlsx,
        log=choice.href("/service-log.csv", page=0, student="", by="student"),
        page_before=choice.href(page=choice.page - 1) if choice.page else "",
        page_after="" if last else choice.href(page=choice.page + 1),
        all=choice.href(student=""),
    )
