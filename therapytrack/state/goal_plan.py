"""A goal's plan: its objectives held against the data, and the stages of its life, each entered by a person."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.goal_form import level_value
from therapytrack.domain.life_cycle import parse_stage, parse_why
from therapytrack.domain.objectives import parse_objective
from therapytrack.domain.outside_events import parse_event
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.services import life_cycle, objectives, student_events
from therapytrack.services.goal_plan import GoalPlan, get_goal_plan
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.goal_editor import Choice
from therapytrack.state.goal_plan_forms import GoalPlanForms
from therapytrack.state.goal_plan_views import (
    EntryView,
    event_view,
    objective_view,
    plan_head,
    stage_view,
)
from therapytrack.state.guard import requires
from therapytrack.state.note_views import record_id
from therapytrack.state.record_form import NO_ID, typed_in


class GoalPlanState(GoalPlanForms, SignedInState):
    """The plan of the goal in the address, as it is stored."""

    events: list[EntryView] = []
    levels: list[Choice] = []
    student_href: str = ""
    goal_href: str = ""
    _removed: UUID = NO_ID

    @rx.event
    @requires(Action.VIEW_PROGRESS)
    async def enter(self) -> None:
        """Open the plan of the goal in the address."""
        await self._enter()
        self._forget()
        self._say_nothing()
        if await self._load():
            self._go_on(self._kept())
        self.ready = True

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def save_stage(self, form: dict[str, Any]) -> None:
        """Let a stage begin, or correct one; on an error everything typed stays."""
        await self._act("stage", "Saved. The chart draws its line on that day.", _save_stage, typed_in(form))

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def save_objective(self, form: dict[str, Any]) -> None:
        """Add an objective, or correct one; on an error everything typed stays."""
        await self._act("objective", "Saved.", _save_objective, typed_in(form), self._plan)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def withdraw(self, form: dict[str, Any]) -> None:
        """Withdraw the entry that the form names, with the reason; it stays to be read. Twice, it is done once."""
        typed = typed_in(form)
        is_stage = any(one.id == typed.get("entry") for one in self.get_value("stages"))
        await self._act("leaving", "Withdrawn. It stays below to be read.", _withdraw, typed, is_stage)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def mark_mastered(self) -> None:
        """Mark the goal as mastered from today on."""
        new = record_id(self.form_key)
        await self._act("stage", "Marked as mastered from today on.", life_cycle.mark_mastered, new)

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def save_event(self, form: dict[str, Any]) -> None:
        """Draw an event on the charts, or correct one; on an error everything typed stays."""
        saved = "Saved. The charts show it as a dotted line."
        await self._act("event", saved, _save_event, typed_in(form))

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def remove_event(self, event_id: str) -> None:
        """Take an event off the charts; it can be put back at once."""
        await self._act("event" if self.event.id == event_id else "", "Taken off the charts.", _remove_event, event_id)
        self.can_undo = self.done != ""
        self._removed = _entry_id(event_id) if self.can_undo else NO_ID

    @rx.event
    @requires(Action.MANAGE_GOALS)
    async def undo_remove(self) -> None:
        """Put the event back that was just taken off."""
        if self.can_undo:
            await self._act("", "Put back.", student_events.restore_event, self._removed)

    async def _act(self, kind: str, done: str, service: Any, *args: Any) -> None:
        """Run a changing service on the goal of the address and load again; then the form of that kind begins again. A
        failure leaves it as it is, as the others always are."""
        self._clear_messages()
        self._say_nothing()
        try:
            await self._ask(service, *self._address(), *args)
        except TherapyTrackError as error:
            if await self._load():
                self._show(error)
            return
        if await self._load():
            self.done = done
            if kind:
                self._begin_form(kind)

    def _address(self) -> tuple[UUID, UUID]:
        path = self.router.url.path
        return id_after(path, "students"), id_after(path, "goals")

    async def _load(self) -> bool:
        """Show the plan as it is stored now; the forms stay, and what is typed in them."""
        try:
            student_id, goal_id = self._address()
            plan = await self._ask(get_goal_plan, student_id, goal_id)
        except TherapyTrackError as error:
            self._show(error)
            return False
        self._plan = plan
        self.student_href = f"/students/{student_id}"
        self.goal_href = f"/students/{student_id}/goals/{goal_id}"
        self.head = plan_head(plan)
        self.stages = [stage_view(one) for one in plan.stages]
        self.objectives = [objective_view(one) for one in plan.objectives]
        self.events = [event_view(one) for one in plan.events]
        self.levels = [Choice(level_value(one.scale, one.rank), f"{one.rank} · {one.name}") for one in plan.levels]
        return True


def _entry_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _sent(typed: dict[str, str]) -> tuple[UUID, str]:
    """The id of what a form makes, and of the entry that it corrects, "" for none."""
    return record_id(typed.get("key", "")), typed.get("entry", "")


def _save_stage(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, typed: dict[str, str]) -> None:
    form, (new, of) = parse_stage(typed), _sent(typed)
    if of:
        life_cycle.correct_stage(db, actor, student_id, goal_id, _entry_id(of), new, form, parse_why(typed))
    else:
        life_cycle.enter_stage(db, actor, student_id, goal_id, new, form)


def _save_objective(
    db: Session,
    actor: Actor,
    student_id: UUID,
    goal_id: UUID,
    typed: dict[str, str],
    plan: GoalPlan | None,
) -> None:
    if plan is None:
        raise NotFound()
    form, (new, of) = parse_objective(typed, plan.measure, plan.direction, plan.metric), _sent(typed)
    if of:
        objectives.correct_objective(db, actor, student_id, goal_id, _entry_id(of), new, form, parse_why(typed))
    else:
        objectives.add_objective(db, actor, student_id, goal_id, new, form)


def _withdraw(
    db: Session, actor: Actor, student_id: UUID, goal_id: UUID, typed: dict[str, str], is_stage: bool
) -> None:
    end = life_cycle.withdraw_stage if is_stage else objectives.withdraw_objective
    _, of = _sent(typed)
    end(db, actor, student_id, goal_id, _entry_id(of), parse_why(typed))


def _save_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, typed: dict[str, str]) -> None:
    form, (new, of) = parse_event(typed, actor.today), _sent(typed)
    if of:
        student_events.correct_event(db, actor, student_id, goal_id, _entry_id(of), form)
    else:
        student_events.add_event(db, actor, student_id, goal_id, new, form)


def _remove_event(db: Session, actor: Actor, student_id: UUID, goal_id: UUID, of: str) -> None:
    student_events.remove_event(db, actor, student_id, goal_id, _entry_id(of))
