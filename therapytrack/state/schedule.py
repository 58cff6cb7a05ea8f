"""The schedule page: days and meetings as its address asks, a meeting's panel, and the form of a slot."""

from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.roles import PROVIDERS
from therapytrack.domain.dates import clock_time
from therapytrack.domain.ids import parse_id
from therapytrack.domain.slot_form import DayMove, SlotForm, day_in, parse_move, parse_offer, parse_slot
from therapytrack.domain.slots import parse_key
from therapytrack.domain.week_layout import (
    ScheduleChoice,
    clock_of,
    column_title,
    next_half_hour,
    parse_schedule,
)
from therapytrack.errors import Invalid, TherapyTrackError
from therapytrack.services.attendance_codes import list_codes
from therapytrack.services.schedule import get_schedule
from therapytrack.services.slot_days import call_off_day, move_day, resume_day, start_meeting
from therapytrack.services.slots import change_slot, end_slot, get_slot, make_slot, who_can_be_scheduled
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.schedule_views import (
    Choice,
    DayView,
    MeetingView,
    PersonView,
    ScheduleLinks,
    added_words,
    fields_of,
    person_view,
    reasons_of,
    shown_of,
)

TICK = "student:"
HALF_HOUR = 30  # minutes
NOTHING = MeetingView()


class ScheduleState(SignedInState):
    """`picked` is the meeting whose panel is open, "" none; `form_key` the id of the slot that the open form makes, and
    `changing` the meeting from whose day on it changes one."""

    choice_view: str = "week"
    who: str = ""
    title: str = ""
    links: ScheduleLinks = ScheduleLinks()
    people: list[Choice] = []
    days: list[DayView] = []
    meetings: list[MeetingView] = []
    first: int = 0
    last: int = 0
    picked: MeetingView = NOTHING
    form_key: str = ""
    changing: str = ""
    fields: dict[str, str] = {}
    students: list[PersonView] = []
    in_slot: list[str] = []
    schools: list[Choice] = []
    reasons: list[Choice] = []
    may_add: bool = False
    said: str = ""
    undo: str = ""
    _choice: ScheduleChoice = ScheduleChoice("week", date(2000, 1, 3))
    _version: int = 0
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
        if (offer := parse_offer(asked)) and self.may_add and not self.problem:
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
    @requires(Action.VIEW)
    async def pick(self, key: str) -> None:
        """Open the panel of one of the meetings that are shown."""
        self._clear_messages()
        self._shut()
        self.picked = next((one for one in self.get_value("meetings") if one.key == key), NOTHING)
        self.reasons = reasons_of(await self._try(list_codes) or [])

    @rx.event
    @requires(Action.VIEW)
    async def shut(self) -> None:
        """Close the panel or the form."""
        self._clear_messages()
        self._shut()

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
        starts = clock_of(minutes if day else next_half_hour(now, *shown))
        await self._offer(SlotForm("", on, None, "FREQ=WEEKLY", starts, HALF_HOUR, None, "", "pull_out", ()))

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def edit(self, key: str) -> None:
        """Open the form of a meeting's slot, to change it from that day on."""
        slot, students = await self._try_day(get_slot, key), await self._try(who_can_be_scheduled)
        if slot is None or students is None:
            return
        self._shut()
        self._version = slot.version
        self.students = [person_view(one) for one in students]
        self._begin(slot.form, key)

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

    def _forget(self) -> None:
        """Nothing but the panel: when one of the meetings is gone, the others stay."""
        self._shut()

    def _shut(self) -> None:
        self._set_vars(picked=NOTHING, form_key="", changing="", fields={}, in_slot=[], students=[])

    async def _offer(self, form: SlotForm) -> None:
        students = await self._try(who_can_be_scheduled)
        if students is None:
            return
        self._shut()
        self.students = [person_view(one) for one in students]
        self._begin(form, "")

    def _begin(self, form: SlotForm, changing: str) -> None:
        self.changing, self.form_key = changing, str(uuid7())
        self.in_slot = [str(one) for one in form.student_ids]
        self.fields = fields_of(form)

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

    async def _try_day(self, service: Any, key: str, *args: Any) -> Any:
        """`_try` of a service about the slot and the day in a meeting's key."""
        self._clear_messages()
        try:
            slot, on = parse_key(key)
            return await self._ask(service, slot, on, *args)
        except TherapyTrackError as error:
            self._show(error)
            return None

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
