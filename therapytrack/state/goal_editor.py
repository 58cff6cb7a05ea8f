"""The goal editor: a new goal or a change of one; typed text stays on every error and conflict."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.goal_bank import BankForm, fill, fill_field, first_values
from therapytrack.domain.goal_form import (
    fields_of,
    level_value,
    metric_choices,
    parse_goal,
    value_labels,
)
from therapytrack.domain.goal_setup import setup_fields
from therapytrack.domain.ids import parse_id
from therapytrack.errors import TherapyTrackError
from therapytrack.services.goal_bank import get_bank_goal
from therapytrack.services.goals import (
    create_goal,
    edit_goal,
    get_goal,
    open_goal_desk,
)
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, RecordForm, typed_in

NEW_FIELDS = {
    "measure": "trials",
    "direction": "up",
    "metric": "independent",
    "target_value": "80",
    "points_needed": "3",
    "min_opportunities": "10",
    "people": "1",
    "settings": "1",
    "probe_only": "on",
    **setup_fields({}, ()),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: its value and words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A place of a bank's goal that is to be filled in: its field, its name, and what it begins with."""

    field: str
    label: str
    value: str


class GoalEditorState(RecordForm, SignedInState):
    """The form of one goal, new or stored."""

    is_new: bool = True
    has_data: bool = False
    back: str = "/caseload"
    plan: str = ""
    bank_href: str = ""
    blanks: list[Blank] = []
    blank_goal: str = ""
    levels: list[Choice] = []
    measure: str = "trials"
    metrics: list[Choice] = []
    baseline_label: str = "Baseline %"
    target_label: str = "Target %"
    student_name: str = ""
    done: str = ""
    _student_id: UUID = NO_ID
    _goal_id: UUID = NO_ID
    _today: str = ""
    _bank: BankForm | None = None

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def enter_new(self) -> None:
        """Begin a new goal; the id is made here, so that a double click saves one."""
        goes_on = await self._begin_page()
        if not (self.problem or self.missing or goes_on):
            fields = NEW_FIELDS | {"starts_on": self._today}
            self._begin_goal(fields, self._new_id(), 0, is_new=True)
            self.has_data = False
            if "filled" not in self._kept():
                await self._begin_from_bank()
        self.ready = True

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def enter_edit(self) -> None:
        """Begin with the stored goal in the address."""
        goes_on = await self._begin_page()
        if not self.problem and not self.missing:
            await self._reload(goes_on=goes_on)
        self.ready = True

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def take_theirs(self) -> None:
        """Begin again with what the colleague saved."""
        await self._reload()

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def keep_mine(self) -> None:
        """Let the next save go over what the colleague saved, which the person has just read."""
        self._go_over_theirs()

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def choose_measure(self, measure: str) -> None:
        """Show the fields of a way to take data; what stands in the others stays."""
        self._show_measure(measure, "")
        self._keep_open(measure=measure, metric="")

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def choose_metric(self, metric: str) -> None:
        """Name the unit of the values by what counts."""
        self._show_measure(self.measure, metric)
        self._keep_open(metric=metric)

    def _show_measure(self, measure: str, metric: str) -> None:
        self.measure = measure
        self.metrics = [Choice(*one) for one in metric_choices(measure)]
        self.baseline_label, self.target_label = value_labels(measure, metric)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Save what was typed and go to the student's page; on an error everything typed stays."""
        self.done = ""
        ids = (self._student_id, self._goal_id)
        saved = await self._save(_save, *ids, self._version, typed_in(form), self.is_new)
        return rx.redirect(self.back) if saved else None

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def fill(self, form: dict[str, Any]) -> None:
        """Put what was typed into the places of the bank's goal, and begin the form with it."""
        self._clear_messages()
        bank = self._bank
        if bank is not None:
            try:
                filled = fill(bank, typed_in(form))
            except TherapyTrackError as error:
                self._show(error)
            else:
                self._begin_filled(filled)

    async def _begin_from_bank(self) -> None:
        """Ask for what the bank's goal in the address leaves open, or begin with it when it leaves nothing open."""
        self.blanks, self.blank_goal, self._bank = [], "", None
        wanted = self.router.url.query_parameters.get("bank", "")
        if not wanted:
            return
        try:
            bank, student = await self._ask(get_bank_goal, self._student_id, parse_id(wanted))
        except TherapyTrackError:
            self.problem = "This goal is not in the goal bank any more. Choose another one, or type the goal."
            return
        self._bank = bank
        values = first_values(bank, student)
        self.blanks = [Blank(fill_field(name), name.capitalize(), value) for name, value in values.items()]
        self.blank_goal = f"{bank.label}: {bank.condition}, {bank.behavior} {bank.criterion}."
        if not self.blanks:
            self._begin_filled(fill(bank, {}))

    def _begin_filled(self, filled: dict[str, str]) -> None:
        self.blanks = []
        self._begin_goal(NEW_FIELDS | filled | {"starts_on": self._today}, self._goal_id, 0, is_new=True)
        self._keep_open(filled="yes")

    async def _begin_page(self) -> bool:
        await self._enter()
        goes_on = self._goes_on()
        if not goes_on:
            self.form_key, self.done, self.student_name, self.plan = "", "", "", ""
        try:
            self._student_id = id_after(self.router.url.path, "students")
            self.back = f"/students/{self._student_id}"
            self.bank_href = f"/goal-bank?student={self._student_id}"
            desk = await self._ask(open_goal_desk, self._student_id)
            self.student_name, self._today = desk.student, desk.today.isoformat()
            if not goes_on:
                self.levels = [
                    Choice(level_value(one.scale, one.rank), f"{one.rank} · {one.name}") for one in desk.levels
                ]
        except TherapyTrackError as error:
            self._show(error)
        return goes_on

    async def _reload(self, *, goes_on: bool = False) -> None:
        try:
            goal_id = id_after(self.router.url.path, "goals")
            stored = await self._ask(get_goal, self._student_id, goal_id)
        except TherapyTrackError as error:
            self._show(error)
        else:
            self.has_data = stored.has_data
            if not goes_on:
                self._begin_goal(fields_of(stored.form), goal_id, stored.version, is_new=False)

    def _begin_goal(self, fields: dict[str, str], goal_id: UUID, version: int, *, is_new: bool) -> None:
        self._goal_id, self.is_new = goal_id, is_new
        self.plan = "" if is_new else f"{self.back}/goals/{goal_id}/plan"
        level = fields.get("max_prompt_level", "")
        if level and level not in {one.value for one in self.levels}:
            rank = level.rpartition("/")[2]
            self.levels = [*self.levels, Choice(level, f"{rank} · of an earlier scale")]
        record = str(self._student_id if is_new else goal_id)
        chosen = fields | self._kept_of(record)
        self._show_measure(chosen["measure"], chosen["metric"])
        self._begin(fields, record, version)


def _save(
    db: Session,
    actor: Actor,
    student_id: UUID,
    goal_id: UUID,
    version: int,
    typed: dict[str, str],
    is_new: bool,
) -> None:
    form = parse_goal(typed, actor.today)
    if is_new:
        create_goal(db, actor, student_id, goal_id, form)
    else:
        edit_goal(db, actor, student_id, goal_id, version, form)
