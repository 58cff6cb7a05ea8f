"""The school calendar's settings: schools, roads and days without school, changed by the office and read by all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.calendar_form import (
    RoadForm,
    parse_day,
    parse_hours,
    parse_road,
    parse_school,
    parse_year,
    school_year_words,
)
from therapytrack.domain.dates import long_date, span_words
from therapytrack.domain.ids import parse_id
from therapytrack.domain.us_states import US_STATES
from therapytrack.services import school_calendar, schools
from therapytrack.services.school_calendar import MOST_SHOWN, SOURCES, Calendar, CalendarEntry, Removed
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.kept_list import KeptList
from therapytrack.state.record_form import typed_in
from therapytrack.state.schedule_views import Choice


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school of the list."""

    id: str
    name: str
    away: bool


@dataclass(frozen=True, slots=True)
class RoadView:
    """The road between two schools, or where and when a school's day is, in words."""

    words: str
    minutes: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of the calendar: which days, what is different, where, and who put it there ("" for a colleague)."""

    id: str
    days: str
    words: str
    where: str
    source: str


@dataclass(frozen=True, slots=True)
class YearView:
    """A school year that can be shown."""

    words: str
    href: str
    here: bool


class SettingsCalendarState(KeptList, SignedInState):
    """`editing` is the school whose name is being changed; a new key makes a form begin again."""

    may_edit: bool = False
    years: list[YearView] = []
    year: str = ""
    us_state: str = ""
    schools: list[SchoolView] = []
    offered: list[Choice] = []
    roads: list[RoadView] = []
    hours: list[RoadView] = []
    entries: list[EntryView] = []
    more: int = 0
    imported: int = 0
    defaults: int = 0
    editing: str = ""
    editing_name: str = ""
    school_key: str = ""
    road_key: str = ""
    hours_key: str = ""
    day_key: str = ""
    undo: bool = False
    _year: int = 2000
    _removed: tuple[Removed, ...] = ()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the school year that the address asks for; in a tab that has only reconnected what is typed stays."""
        await self._enter()
        goes_on = self._returned and self.school_key != "" and self.may_edit
        offered = self.get_value("offered")
        self.loaded = goes_on
        self.undo, self._removed = False, ()
        actor, asked = current_actor.get(), self.router.url.query_parameters
        if actor is None:
            return
        self._year = parse_year(asked.get("year", ""), actor.today)
        self.years = [_year_view(self._year, one, actor.today) for one in (-1, 0, 1)]
        await self._load(_import_words(asked))
        if goes_on and self.may_edit:
            self.offered += [one for one in offered if one not in self.get_value("offered")]
        else:
            self._begin_forms(self._kept() if self.may_edit else {})
        self.ready = True

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def edit_school(self, school_id: str) -> None:
        """Begin to give a school another name; "" leaves it as it is."""
        self._clear_messages()
        self._begin_school(school_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_school(self, form: dict[str, Any]) -> None:
        """Add a school, or give one its new name."""
        typed = typed_in(form)
        if await self._act("Saved.", _save_school, typed.get("school_id", ""), typed):
            self._begin_school("")

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def put_away(self, school_id: UUID) -> None:
        """Offer a school no longer."""
        await self._act("Put away. What took place there keeps it.", schools.put_school_away, school_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def bring_back(self, school_id: UUID) -> None:
        """Offer a school again."""
        await self._act("It is offered again.", schools.bring_school_back, school_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_road(self, form: dict[str, Any]) -> None:
        """Say how many minutes lie between two schools."""
        if await self._act("Saved. The schedule says when there is too little time.", _save_road, typed_in(form)):
            self._keep_keys(road_key=uuid7().hex)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_hours(self, form: dict[str, Any]) -> None:
        """Say when a school's day begins and ends."""
        if await self._act("Saved. Free times are looked for within these hours.", _save_hours, typed_in(form)):
            self._keep_keys(hours_key=uuid7().hex)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def save_day(self, form: dict[str, Any]) -> None:
        """Put days into the calendar."""
        if await self._act("In the calendar.", _save_day, typed_in(form)):
            self._keep_keys(day_key=uuid7().hex)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def remove_day(self, day_id: UUID) -> None:
        """Take an entry out of the calendar."""
        await self._take_out(school_calendar.remove_day, day_id)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def remove_source(self, source: str) -> None:
        """Take out all that was imported, or all defaults."""
        await self._take_out(school_calendar.remove_source, source)

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def undo_removal(self) -> None:
        """Put back what was taken out last."""
        if await self._act("Put back.", school_calendar.put_back, self._removed):
            self._removed = ()

    @rx.event
    @requires(Action.CONFIGURE_WORKSPACE)
    async def add_defaults(self) -> None:
        """Put the state's holidays into the school year that is shown."""
        added = await self._try(school_calendar.add_defaults, self._year)
        if added is None:
            self.problem = self.field_errors.get("defaults", self.problem)
            return
        days = "1 day is" if added == 1 else f"{added} days are"
        await self._load(
            f"{days} new in the calendar. Check them against your district's." if added else "None is new."
        )

    def _begin_forms(self, kept: Mapping[str, str]) -> None:
        """Begin the school's form; the others only once: another year of the calendar takes nothing out of them."""
        self._begin_school(kept.get("school", ""), kept.get("school_key", ""))
        self._keep_keys(
            road_key=kept.get("road_key") or self.road_key or uuid7().hex,
            hours_key=kept.get("hours_key") or self.hours_key or uuid7().hex,
            day_key=kept.get("day_key") or self.day_key or uuid7().hex,
        )

    def _begin_school(self, school_id: str, key: str = "") -> None:
        """Begin the school's form, or go on with the one that the tab still shows, which has this key."""
        found = next((one for one in self.get_value("schools") if one.id == school_id), None)
        self.editing, self.editing_name = (found.id, found.name) if found else ("", "")
        self.school_key = (key if self.editing == school_id else "") or uuid7().hex
        self._keep_open(school=self.editing, school_key=self.school_key)

    def _keep_keys(self, **keys: str) -> None:
        self._set_vars(**keys)
        self._keep_open(**keys)

    async def _take_out(self, service: Any, which: Any) -> None:
        """Take entries out; they can be put back until the page is left."""
        gone: list[Removed] = []

        def taking_out(db: Session, actor: Actor) -> None:
            gone[:] = service(db, actor, which)

        if await self._act("Taken out.", taking_out):
            self._removed, self.undo = tuple(gone), bool(gone)

    async def _act(self, done: str, service: Any, *args: Any) -> bool:
        self.undo = False
        return await super()._act(done, service, *args)

    async def _load(self, done: str = "") -> None:
        found = await self._try(school_calendar.get_calendar, self._year)
        if found is None:
            self._not_read()
            return
        self.done, self.may_edit, self.year = done, found.may_edit, school_year_words(self._year)
        self.us_state = US_STATES.get(found.us_state, "")
        names = {one.id: one.name for one in found.schools}
        self.schools = [SchoolView(str(one.id), one.name, one.away) for one in found.schools]
        self.offered = [Choice(str(one.id), one.name) for one in found.schools if not one.away]
        self.roads = [_road_view(one, names) for one in found.roads]
        own = [RoadView(one.name, one.hours.words) for one in found.schools if one.hours and not one.away]
        self.hours = [RoadView("All schools but these" if own else "All schools", found.hours.words), *own]
        self._show_entries(found, names)
        self.loaded = True

    def _show_entries(self, found: Calendar, names: dict[UUID, str]) -> None:
        self.entries = [_entry_view(one, names) for one in found.entries]
        self.more = max(found.total - MOST_SHOWN, 0)
        self.imported, self.defaults = found.by_source.get("import", 0), found.by_source.get("holidays", 0)


def _year_view(shown: int, offset: int, today: date) -> YearView:
    year = parse_year("", today) + offset
    return YearView(school_year_words(year), f"/settings/calendar?year={year}", year == shown)


def _road_view(road: RoadForm, names: dict[UUID, str]) -> RoadView:
    ends = sorted(names.get(one, "") for one in (road.one, road.other))
    return RoadView(" – ".join(ends), f"{road.minutes} minutes")


def _entry_view(entry: CalendarEntry, names: dict[UUID, str]) -> EntryView:
    day = entry.day
    days = long_date(day.first) if day.first == day.last else span_words(day.first, day.last)
    where = names.get(day.school_id, "") if day.school_id else "All schools"
    return EntryView(str(entry.id), days, day.words, where, SOURCES.get(entry.source, ""))


def _import_words(asked: Any) -> str:
    """What came of a file, from the address to which its route led."""
    counts = [asked.get(name, "") for name in ("new", "same", "left")]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in counts):
        return ""
    new, same, left = (int(one) for one in counts)
    known = f" {same} stood there already." if same else ""
    others = f" {left} of the file's events say nothing about school being closed and were left out." if left else ""
    return f"From the file: {new} new in the calendar.{known}{others}"


def _save_school(db: Session, actor: Actor, school_id: str, typed: dict[str, str]) -> None:
    name = parse_school(typed)
    if school_id:
        schools.rename_school(db, actor, parse_id(school_id), name)
    else:
        schools.add_school(db, actor, name)


def _save_road(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    schools.set_road(db, actor, parse_road(typed))


def _save_hours(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    schools.set_hours(db, actor, parse_hours(typed))


def _save_day(db: Session, actor: Actor, typed: dict[str, str]) -> None:
    school_calendar.add_days(db, actor, parse_day(typed))
