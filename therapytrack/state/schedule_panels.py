"""What opens beside the schedule: a meeting's panel, and the form of a slot."""

from datetime import date
from typing import Any

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.slot_form import SlotForm
from therapytrack.domain.slots import parse_key
from therapytrack.domain.week_layout import clock_of
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.services.attendance_codes import list_codes
from therapytrack.services.slots import get_slot, who_can_be_scheduled
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.schedule_views import Choice, MeetingView, PersonView, fields_of, person_view, reasons_of
from therapytrack.state.still_open import whole

NOTHING = MeetingView()
HALF_HOUR = 30  # minutes


def usual_slot(on: date, minutes: int) -> SlotForm:
    """A new slot before anything was said of it: weekly, half an hour, from that minute of the day on."""
    return SlotForm("", on, None, "FREQ=WEEKLY", clock_of(minutes), HALF_HOUR, None, "", "pull_out", ())


class SchedulePanels(SignedInState, mixin=True):
    """`picked` is the meeting whose panel is open, "" none; `form_key` the id of the slot that the open form makes, and
    `changing` the meeting from whose day on it changes one."""

    meetings: list[MeetingView] = []
    picked: MeetingView = NOTHING
    form_key: str = ""
    changing: str = ""
    fields: dict[str, str] = {}
    students: list[PersonView] = []
    in_slot: list[str] = []
    reasons: list[Choice] = []
    _version: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def pick(self, key: str) -> None:
        """Open the panel of one of the meetings that are shown."""
        self._clear_messages()
        self._shut()
        await self._pick(key)

    @rx.event
    @requires(Action.VIEW)
    async def shut(self) -> None:
        """Close the panel or the form."""
        self._clear_messages()
        self._shut()

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

    def _forget(self) -> None:
        """Nothing but the panel: when one of the meetings is gone, the others stay."""
        self._shut()

    def _shut(self) -> None:
        self._set_vars(picked=NOTHING, form_key="", changing="", fields={}, in_slot=[], students=[])
        self._keep_open(picked="", key="", changing="")

    async def _pick(self, key: str) -> None:
        self.picked = next((one for one in self.get_value("meetings") if one.key == key), NOTHING)
        self._keep_open(picked=self.picked.key)
        self.reasons = reasons_of(await self._try(list_codes) or [])

    async def _offer(self, form: SlotForm) -> None:
        students = await self._try(who_can_be_scheduled)
        if students is None:
            return
        self._shut()
        self.students = [person_view(one) for one in students]
        self._begin(form, "")

    def _begin(self, form: SlotForm, changing: str, key: str = "") -> None:
        self.changing, self.form_key = changing, key or str(uuid7())
        self.in_slot = [str(one) for one in form.student_ids]
        self.fields = fields_of(form)
        self._keep_open(key=self.form_key, changing=changing, version=str(self._version))

    async def _go_on(self, kept: dict[str, str]) -> None:
        """Let the panel or the form go on that the tab still shows, over the version that the slot had then."""
        if kept.get("picked"):
            await self._pick(kept["picked"])
        if not kept.get("key") or self.problem:
            return
        changing, actor = kept.get("changing", ""), current_actor.get()
        students = await self._try(who_can_be_scheduled)
        slot = await self._try_day(get_slot, changing) if changing and students is not None else None
        if students is None or actor is None:
            return
        if changing and slot is None:
            self.problem = self.get_value("problem") or NotFound().sentence
            return
        self._version = whole(kept.get("version", ""))
        self.students = [person_view(one) for one in students]
        self._begin(slot.form if slot else usual_slot(actor.today, 0), changing, kept["key"])

    async def _try_day(self, service: Any, key: str, *args: Any) -> Any:
        """`_try` of a service about the slot and the day in a meeting's key."""
        self._clear_messages()
        try:
            slot, on = parse_key(key)
            return await self._ask(service, slot, on, *args)
        except TherapyTrackError as error:
            self._show(error)
            return None
