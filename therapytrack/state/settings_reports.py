"""The settings of progress reports: reporting periods and sets of progress codes, changed by the office."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import long_date, span_words
from therapytrack.domain.ids import parse_id
from therapytrack.domain.progress_codes import codes_text, parse_code_set
from therapytrack.domain.report_periods import parse_period
from therapytrack.services import report_settings
from therapytrack.services.report_settings import CodeSetLine, PeriodLine
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import KeptList
from therapytrack.state.record_form import typed_in
from therapytrack.state.still_open import whole

NOTHING_KEPT: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PeriodForm:
    """A period of the list, and the values with which its form begins."""

    id: str = ""
    name: str = ""
    first_on: str = ""
    last_on: str = ""
    due_on: str = ""
    days: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class CodeSetView:
    """A set of the list, and the values with which its form begins."""

    id: str = ""
    name: str = ""
    title: str = ""
    codes: tuple[str, ...] = ()
    lines: str = ""
    source: str = ""
    verified: bool = False
    in_use: bool = False


class SettingsReportsState(KeptList, SignedInState):
    """`editing` and `changing` are the period and the set in the forms; a new key makes a form begin again.

    `removing`: the period that is asked about before it is removed.
    """

    may_edit: bool = False
    periods: list[PeriodForm] = []
    sets: list[CodeSetView] = []
    editing: PeriodForm = PeriodForm()
    changing: CodeSetView = CodeSetView()
    removing: PeriodForm = PeriodForm()
    period_key: str = ""
    set_key: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the workspace's periods and sets; in a tab that has only reconnected what is typed stays."""
        await self._enter()
        goes_on = self._returned and self.period_key != "" and self.may_edit
        self.loaded, self.removing = goes_on, PeriodForm()
        await self._load()
        if not (goes_on and self.may_edit):
            kept = self._kept() if self.may_edit else {}
            self._begin_period(kept.get("period", ""), kept)
            self._begin_set(kept.get("set", ""), kept)
        self.ready = True

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit_period(self, period_id: str) -> None:
        """Begin to change a period; "" leaves it as it is."""
        self._clear_messages()
        self._begin_period(period_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def ask_remove(self, period_id: str) -> None:
        """Ask before a period is removed; "" leaves it where it is."""
        self._clear_messages()
        self.done, self.removing = "", self._shown(period_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def remove_period(self, period_id: UUID) -> None:
        """Remove a period; one with reports stays, and the question says why."""
        shown = self._shown(str(period_id))
        if await self._act("Removed.", report_settings.remove_period, period_id, shown.version):
            self.removing = PeriodForm()
            if self.get_value("editing").id == str(period_id):
                self._begin_period("")

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit_set(self, set_id: str) -> None:
        """Begin a new version of a set; "" leaves it as it is."""
        self._clear_messages()
        self._begin_set(set_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_period(self, form: dict[str, Any]) -> None:
        """Add a period, or change one; on an error everything typed stays."""
        if await self._act("Saved.", _save_period, self.get_value("editing"), typed_in(form)):
            self._begin_period("")

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_set(self, form: dict[str, Any]) -> None:
        """Add a set, or a new version of one; on an error everything typed stays."""
        if await self._act("Saved. Reports that were begun keep their set.", _save_set, typed_in(form)):
            self._begin_set("")

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def use_set(self, set_id: UUID) -> None:
        """Let new reports use a set."""
        await self._act("New reports use this set.", report_settings.use_code_set, set_id)

    def _begin_period(self, period_id: str, kept: Mapping[str, str] = NOTHING_KEPT) -> None:
        """Begin the period's form, or go on with the one that the tab still shows, over its version."""
        period = self._shown(period_id)
        key = kept.get("period_key", "") if period.id == period_id else ""
        self.editing = replace(period, version=whole(kept.get("period_version", ""))) if key else period
        self.period_key = key or uuid7().hex
        self._keep_open(period=period.id, period_version=str(self.editing.version), period_key=self.period_key)

    def _begin_set(self, set_id: str, kept: Mapping[str, str] = NOTHING_KEPT) -> None:
        """Begin the set's form, or go on with the one that the tab still shows."""
        self.changing = next((one for one in self.get_value("sets") if one.id == set_id), CodeSetView())
        self.set_key = (kept.get("set_key", "") if self.changing.id == set_id else "") or uuid7().hex
        self._keep_open(set=self.changing.id, set_key=self.set_key)

    def _shown(self, period_id: str) -> PeriodForm:
        return next((one for one in self.get_value("periods") if one.id == period_id), PeriodForm())

    async def _load(self, done: str = "") -> None:
        found = await self._try(report_settings.get_report_settings)
        if found is None:
            self._not_read()
            return
        self.done, self.may_edit = done, found.may_edit
        self.periods = [_period(one) for one in found.periods]
        self.sets = [_set(one) for one in found.sets]
        self.loaded = True


def _period(one: PeriodLine) -> PeriodForm:
    days = f"{span_words(one.first_on, one.last_on)}, due {long_date(one.due_on)}"
    iso = (one.first_on.isoformat(), one.last_on.isoformat(), one.due_on.isoformat())
    return PeriodForm(str(one.id), one.name, *iso, days, one.version)


def _set(one: CodeSetLine) -> CodeSetView:
    codes = tuple(f"{code.code}: {code.meaning}" for code in one.codes)
    title = f"{one.name}, version {one.number}"
    return CodeSetView(str(one.id), one.name, title, codes, codes_text(one.codes), one.source, one.verified, one.in_use)


def _save_period(db: Session, actor: Actor, editing: PeriodForm, typed: dict[str, str]) -> None:
    form = parse_period(typed)
    period_id = parse_id(editing.id) if editing.id else None
    report_settings.save_period(db, actor, period_id, editing.version, form)


def _save_set(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    report_settings.save_code_set(db, actor, parse_code_set(typed))
