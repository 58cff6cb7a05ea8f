"""The forms of a goal's plan: for a new entry, or for the one that is corrected or withdrawn."""

from typing import Any

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.life_cycle import note_of, usual_next
from therapytrack.domain.objectives import objective_fields
from therapytrack.services.goal_plan import GoalPlan, ObjectiveLine, StageLine
from therapytrack.state.base import SignedInState
from therapytrack.state.goal_plan_views import NOTHING, EntryView, PlanHead, event_view, objective_view, stage_view
from therapytrack.state.guard import requires
from therapytrack.state.still_open import whole

GONE = "an entry that is gone"
KINDS = ("stage", "objective", "event", "leaving")


class GoalPlanForms(SignedInState, mixin=True):
    """`stage`, `objective` and `event` are the entries that are being corrected, `leaving` the one being withdrawn;
    `can_undo`: an event was just taken off the charts.

    Each form begins again with another number in `forms`, which leaves the others with what is typed in them; one entry
    is corrected or withdrawn at a time. They send back `form_key`, the id of what they make, and the id of what they
    correct: sent twice, it is done once.
    """

    head: PlanHead = PlanHead()
    stages: list[EntryView] = []
    objectives: list[EntryView] = []
    event: EntryView = NOTHING
    event_fields: dict[str, str] = {}
    can_undo: bool = False
    stage: EntryView = NOTHING
    objective: EntryView = NOTHING
    leaving: EntryView = NOTHING
    stage_fields: dict[str, str] = {}
    objective_fields: dict[str, str] = {}
    forms: dict[str, int] = dict.fromkeys(KINDS, 0)
    form_key: str = ""
    done: str = ""
    _plan: GoalPlan | None = None

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def edit_stage(self, stage_id: str) -> None:
        """Begin to correct an entry of the goal's life; "" leaves it as it is."""
        self._begin("stage", stage_id)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def edit_objective(self, objective_id: str) -> None:
        """Begin to correct an objective; "" leaves it as it is."""
        self._begin("objective", objective_id)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def leave_out(self, record_id: str) -> None:
        """Begin to withdraw a stage or an objective; "" leaves it as it is."""
        self._begin("leaving", record_id)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def edit_event(self, event_id: str) -> None:
        """Begin to correct an event; "" leaves it as it is."""
        self._begin("event", event_id)

    def _say_nothing(self) -> None:
        self.done, self.can_undo = "", False

    def _begin(self, kind: str, entry: str) -> None:
        self._clear_messages()
        self._say_nothing()
        for one in KINDS:
            if one == kind or self.get_value(one).id:
                self._begin_form(one)
        if self._show_entry(kind, entry):
            self._keep_open(**{kind: entry})

    def _begin_form(self, kind: str) -> None:
        """Begin the form of this kind with nothing typed, for a new entry."""
        plan, today = self._plan, self._plan.today.isoformat() if self._plan else ""
        setattr(self, kind, NOTHING)
        if kind == "stage":
            now = [one.stage for one in self._stages() if one.entered.gone_on is None]
            self.stage_fields = {"stage": usual_next(now[-1] if now else ""), "stage_note": "", "stage_on": today}
        elif kind == "objective":
            self.objective_fields = objective_fields("", plan.mastery, None) if plan and self.head.measured else {}
        elif kind == "event":
            self.event_fields = {"event_text": "", "event_on": today, "event_here": ""}
        self.form_key = str(uuid7())
        self.forms = self.forms | {kind: self.forms[kind] + 1}
        self._keep_open(**{kind: "", f"forms-{kind}": str(self.forms[kind]), "key": self.form_key})

    def _go_on(self, kept: dict[str, str]) -> None:
        """Begin the forms, or let those go on that the tab still shows, with the entries that they correct.

        Where one is not there any more its form keeps its id all the same: it never makes another one of it.
        """
        for kind in KINDS:
            self._begin_form(kind)
        if not kept.get("key"):
            return
        for kind in KINDS:
            entry = kept.get(kind, "")
            if entry and not self._show_entry(kind, entry):
                self._show_as(kind, EntryView(entry, GONE))
        self.form_key, self.forms = kept["key"], {kind: whole(kept.get(f"forms-{kind}", "")) for kind in KINDS}
        self._keep_open(**kept)

    def _show_entry(self, kind: str, entry: str) -> bool:
        """Put a stored entry into its form; False where there is none with this id."""
        found = next((one for one in self._stored(kind) if str(one.id) == entry), None)
        if found is None:
            return False
        if kind == "stage":
            self.stage_fields = _stage_fields(found)
            self.stage = stage_view(found)
        elif kind == "objective":
            self.objective_fields = objective_fields(found.text, found.mastery, found.target_on)
            self.objective = objective_view(found)
        elif kind == "event":
            here = "on" if found.here else ""
            self.event_fields = {"event_text": found.text, "event_on": found.on.isoformat(), "event_here": here}
            self.event = event_view(found)
        else:
            self.leaving = found
        return True

    def _show_as(self, kind: str, entry: EntryView) -> None:
        if kind == "stage":
            self.stage = entry
        elif kind == "objective":
            self.objective = entry
        elif kind == "event":
            self.event = entry

    def _stored(self, kind: str) -> list[Any]:
        events = self._plan.events if self._plan else []
        listed: dict[str, Any] = {"stage": self._stages(), "objective": self._steps(), "event": events}
        return list(listed.get(kind, [*self.get_value("stages"), *self.get_value("objectives")]))

    def _stages(self) -> list[StageLine]:
        return self._plan.stages if self._plan else []

    def _steps(self) -> list[ObjectiveLine]:
        return self._plan.objectives if self._plan else []


def _stage_fields(found: StageLine) -> dict[str, str]:
    note = note_of(found.stage, found.name)
    return {"stage": found.stage, "stage_note": note, "stage_on": found.starts_on.isoformat()}
