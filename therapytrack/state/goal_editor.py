"""The goal editor: a new goal, a change, its phases and its status; typed text stays on every error and conflict."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import long_date
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.goal_form import (
    LONGEST_PHASE,
    fields_of,
    level_value,
    metric_choices,
    parse_goal,
    value_labels,
)
from therapytrack.domain.goal_setup import setup_fields
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.services.goals import (
    StoredGoal,
    create_goal,
    edit_goal,
    get_goal,
    open_goal_desk,
    remove_phase,
    save_phase,
    set_goal_status,
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
class PhaseView:
    """A phase and the day on which it begins."""

    name: str
    day: str
    starts_on: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: its value and words."""

    value: str
    words: str


class GoalEditorState(RecordForm, SignedInState):
    """The form of one goal, new or stored, with the phases and the status of a stored one."""

    is_new: bool = True
    has_data: bool = False
    number: int = 1
    status: str = "active"
    phases: list[PhaseView] = []
    back: str = "/caseload"
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

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def enter_new(self) -> None:
        """Begin a new goal; the id is made here, so that a double click saves one."""
        await self._begin_page()
        if not self.problem and not self.missing:
            fields = NEW_FIELDS | {"starts_on": self._today}
            self._begin_goal(fields, UUID(int=uuid7().int), 0, is_new=True)
            self.phases, self.has_data, self.status, self.number = [], False, "active", 1
        self.ready = True

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def enter_edit(self) -> None:
        """Begin with the stored goal in the address."""
        await self._begin_page()
        if not self.problem and not self.missing:
            await self._reload()
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

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def choose_metric(self, metric: str) -> None:
        """Name the unit of the values by what counts."""
        self._show_measure(self.measure, metric)

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
    async def add_phase(self, form: dict[str, Any]) -> None:
        """Begin a phase on a day: the chart's data path breaks there."""
        self._clear_messages()
        self.done = ""
        read = FieldReader(typed_in(form))
        name = read.line("phase_name", LONGEST_PHASE, "Name the phase, for example Intervention.")
        starts_on = read.day("phase_starts_on", "Enter the day on which the phase begins.")
        if read.wrong or starts_on is None:
            self._show(Invalid(read.wrong))
            return
        await self._try(save_phase, self._student_id, self._goal_id, name, starts_on, self._named(starts_on))
        await self._refresh_phases(f"{name} begins on {long_date(starts_on)}.")

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def drop_phase(self, starts_on: str) -> None:
        """Take a phase line out; the data stay."""
        day = FieldReader({"day": starts_on}).day("day")
        if day:
            self._clear_messages()
            await self._try(remove_phase, self._student_id, self._goal_id, day, self._named(day))
            await self._refresh_phases("The phase line is gone; the data stay.")

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def set_status(self, status: str) -> None:
        """Mark the goal as active, met or discontinued."""
        self._clear_messages()
        self.done = ""
        await self._try(set_goal_status, self._student_id, self._goal_id, status, self.status)
        if self.problem:
            await self._look_again()
        elif not self.missing:
            self.status, self.done = status, "Saved."

    async def _begin_page(self) -> None:
        await self._enter()
        self.form_key, self.done, self.student_name = "", "", ""
        try:
            self._student_id = id_after(self.router.url.path, "students")
            self.back = f"/students/{self._student_id}"
            desk = await self._ask(open_goal_desk, self._student_id)
            self.student_name, self._today = desk.student, desk.today.isoformat()
            self.levels = [Choice(level_value(one.scale, one.rank), f"{one.rank} · {one.name}") for one in desk.levels]
        except TherapyTrackError as error:
            self._show(error)

    async def _reload(self) -> None:
        try:
            goal_id = id_after(self.router.url.path, "goals")
            stored = await self._ask(get_goal, self._student_id, goal_id)
        except TherapyTrackError as error:
            self._show(error)
        else:
            self._begin_goal(fields_of(stored.form), goal_id, stored.version, is_new=False)
            self._take(stored)

    async def _refresh_phases(self, done: str) -> None:
        if await self._look_again() and not self.problem:
            self.done = done

    async def _look_again(self) -> bool:
        """Show the phases and the status as they are stored now; a sentence that stands on the page stays there."""
        try:
            self._take(await self._ask(get_goal, self._student_id, self._goal_id))
        except TherapyTrackError as error:
            if not self.problem:
                self._show(error)
            return False
        return True

    def _named(self, day: date) -> str:
        """What the page calls the phase that begins on a day, "" when it shows none."""
        return next((phase.name for phase in self.phases if phase.starts_on == day.isoformat()), "")

    def _take(self, stored: StoredGoal) -> None:
        self.has_data, self.status, self.number = stored.has_data, stored.status, stored.number
        self.phases = [PhaseView(name, long_date(day), day.isoformat()) for name, day in stored.phases]

    def _begin_goal(self, fields: dict[str, str], goal_id: UUID, version: int, *, is_new: bool) -> None:
        self._goal_id, self.is_new = goal_id, is_new
        level = fields.get("max_prompt_level", "")
        if level and level not in {one.value for one in self.levels}:
            rank = level.rpartition("/")[2]
            self.levels = [*self.levels, Choice(level, f"{rank} · of an earlier scale")]
        self._show_measure(fields["measure"], fields["metric"])
        self._begin(fields, str(self._student_id if is_new else goal_id), version)


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
