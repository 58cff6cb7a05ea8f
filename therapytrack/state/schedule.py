"""The schedule page: days and meetings as its address asks, a meeting's panel, and the form of a slot."""

from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.access.roles import PROVIDERS
from therapytrack.domain.dates import clock_time
from therapytrack.domain.ids import parse_id
from therapytrack.domain.slot_form import DayMove, day_in, parse_move, parse_offer, parse_slot
from therapytrack.domain.slots import parse_key
from therapytrack.domain.week_layout import (
    ScheduleChoice,
    clock_of,
    column_title,
    next_half_hour,
    parse_schedule,
)
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.services.schedule import get_schedule
from therapytrack.services.slot_days import call_off_day, move_day, resume_day, start_meeting
from therapytrack.services.slots import change_slot, end_slot, make_slot
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.schedule_panels import HALF_HOUR, SchedulePanels, usual_slot
from therapytrack.state.schedule_views import (
    Choice,
    DayView,
    MeetingView,
    ScheduleLinks,
    added_words,
    shown_of,
)

TICK = "student:"


class ScheduleState(SchedulePanels, SignedInState):
    """The days that the address asks for, and what is done with their meetings."""

    choice_view: str = "week"
    who: str = ""
    title: str = ""
    links: ScheduleLinks = ScheduleLinks()
    people: list[Choice] = []
    days: list[DayView] = []
    first: int = 0
    last: int = 0
    schools: list[Choice] = []
    may_add: bool = False
    said: str = ""
    undo: str = ""
    _choice: ScheduleChoice = ScheduleChoice("week", date(2000, 1, 3))
    _before: DayMove = DayMove(date(2000, 1, 3), clock_of(0), HALF_HOUR)

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the days that the address asks for."""
        await self._enter()
        actor = current_actor.get()
        if actor is None:
            return
        asked = self.router.url.query_parameters
        self._choice = parse_schedule(asked, actor.today)
        self._shut()
        self.said = self.undo = ""
        await self._load()
        offer = parse_offer(asked)
        if kept := self._kept():
            await self._go_on(kept)
        elif offer and self.may_add and not self.problem:
            await self._offer(offer)
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def show_person(self, who: str) -> EventSpec:
        """Show another person's meetings."""
        return rx.redirect(self._choice.href(who=who[:36]))

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start(self, key: str) -> EventSpec | None:
        """Hold a meeting now, or go on with its session."""
        session = await self._try(start_meeting, key)
        return rx.redirect(f"/sessions/{session.id}") if session else None

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def new_slot(self, day: str, minutes: int) -> None:
        """Open the form for a new slot, at a place of the grid, or ("", 0) at the next half hour of the day shown."""
        actor = current_actor.get()
        if actor is None:
            return
        on, now = day_in(day) or max(self._choice.first, actor.today), actor.at.astimezone(actor.zone)
        shown = self.get_value("first"), self.get_value("last")
        await self._offer(usual_slot(on, minutes if day else next_half_hour(now, *shown)))

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def save(self, form: dict[str, Any]) -> None:
        """Put the slot on the schedule, or change it; on an error everything typed stays."""
        self._clear_messages()
        typed = typed_in(form)
        ticked = [name.removeprefix(TICK) for name in typed if name.startswith(TICK)]
        changing = typed.get("changing", "")
        try:
            wanted = parse_slot(typed, ticked)
            if changing:
                slot, on = parse_key(changing)
                await self._ask(change_slot, slot, on, self._version, wanted)
            else:
                await self._ask(make_slot, parse_id(typed.get("form_key", "")), wanted)
                self._choice = self._choice.showing(wanted.starts_on)
        except TherapyTrackError as error:
            self._show(error)
            return
        self._shut()
        await self._load()
        self.said, self.undo = "Changed from that day on." if changing else added_words(wanted), ""

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def move(self, key: str, day: str, minutes: int) -> None:
        """Move one day of a slot, dragged or moved by keys; it can be undone."""
        meeting = next((one for one in self.get_value("meetings") if one.key == key), None)
        to = day_in(day)
        if meeting is None or to is None:
            return
        await self._move(meeting, DayMove(to, clock_of(minutes), meeting.length))

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def move_to(self, form: dict[str, Any]) -> None:
        """Move the day whose panel is open to where the form says."""
        self._clear_messages()
        try:
            place = parse_move(typed_in(form))
        except Invalid as error:
            self._show(error)
            return
        picked = self.get_value("picked")
        if picked.key:
            await self._move(picked, place)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def undo_move(self) -> None:
        """Put the day that was moved last back to where it was."""
        if await self._try_day(move_day, self.undo, self._before) is None:
            return
        self.said, self.undo = "Put back.", ""
        await self._load()

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def call_off(self, form: dict[str, Any]) -> None:
        """Say that the day whose panel is open is not held, and why."""
        typed = typed_in(form)
        await self._act(call_off_day, typed.get("key", ""), typed.get("reason", ""), said="Called off.")

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def resume(self, key: str) -> None:
        """Hold a day after all."""
        await self._act(resume_day, key, said="It is planned again.")

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def end(self, key: str) -> None:
        """Take the slot of a meeting off the schedule from its day on."""
        version = next((one.version for one in self.get_value("meetings") if one.key == key), 0)
        await self._act(end_slot, key, version, said="Taken off the schedule from that day on.")

    async def _move(self, meeting: MeetingView, place: DayMove) -> None:
        before = DayMove(
            date.fromisoformat(meeting.day), clock_of(self.get_value("first") + meeting.top), meeting.length
        )
        if await self._try_day(move_day, meeting.key, place) is None:
            return
        self._shut()
        self.said = f"{meeting.title} is moved to {', '.join(column_title(place.to))}, {clock_time(place.starts)}."
        self.undo, self._before = meeting.key, before
        await self._load()

    async def _act(self, service: Any, key: str, *args: Any, said: str) -> None:
        if await self._try_day(service, key, *args) is None:
            return
        self._shut()
        await self._load()
        self.said, self.undo = said, ""

    async def _load(self) -> None:
        actor = current_actor.get()
        try:
            found = await self._ask(get_schedule, self._choice.first, self._choice.last)
        except TherapyTrackError as error:
            self.days, self.meetings = [], []
            self._show(error)
            return
        if actor is None:
            return
        self._set_vars(**shown_of(self._choice, found, actor), may_add=actor.member.clinical in PROVIDERS)
