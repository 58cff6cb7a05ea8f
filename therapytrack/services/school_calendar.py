"""The school calendar: read by everybody in the workspace, kept by its office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.domain.calendar_file import FileDay
from therapytrack.domain.calendar_form import RoadForm, school_year
from therapytrack.domain.holiday_defaults import holidays_of
from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours, DayKind, SchoolDay
from therapytrack.errors import Invalid, NotFound
from therapytrack.models import SchoolCalendarDay
from therapytrack.services.activity import record
from therapytrack.services.schools import SchoolLine, hours_of_day, list_roads, list_schools, require_school

MOST_SHOWN = 300
SOURCES = {"import": "Imported", "holidays": "Default, to be checked"}
NO_STATE = "Choose the state in which this team works under Workspace first."


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry of the calendar with its key, and where it comes from: "typed", "import" or "holidays"."""

    id: UUID
    day: SchoolDay
    source: str


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry that was taken out, with all that it takes to put it back."""

    day: SchoolDay
    source: str
    uid: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A school year: its entries by day, `total` of them, at most MOST_SHOWN here; all entries counted by source; the
    schools and the roads between them; whether the actor may change it; `hours` of a school's day."""

    entries: list[CalendarEntry]
    total: int
    by_source: dict[str, int]
    schools: list[SchoolLine]
    roads: list[RoadForm]
    us_state: str
    may_edit: bool
    hours: DayHours = USUAL_HOURS


def get_calendar(db: Session, actor: Actor, year: int) -> Calendar:
    """The school year that begins in `year`, for every member. Raises NotFound."""
    seen = visible_workspace(db, actor)
    first, last = school_year(year)
    shown = (*_mine(actor), col(SchoolCalendarDay.last_on) >= first, col(SchoolCalendarDay.first_on) <= last)
    order = (col(SchoolCalendarDay.first_on), col(SchoolCalendarDay.last_on), col(SchoolCalendarDay.id))
    rows = db.execute(select(SchoolCalendarDay).where(*shown).order_by(*order).limit(MOST_SHOWN)).scalars()
    total = db.execute(select(func.count()).select_from(SchoolCalendarDay).where(*shown)).scalar_one()
    source = col(SchoolCalendarDay.source)
    counted = select(source, func.count()).where(*_mine(actor)).group_by(source)
    return Calendar(
        [CalendarEntry(one.id, _as_day(one), one.source) for one in rows],
        total,
        {str(source): int(number) for source, number in db.execute(counted)},
        list_schools(db, actor),
        list_roads(db, actor),
        seen.workspace.us_state,
        seen.allows(Action.CONFIGURE_WORKSPACE),
        hours_of_day(seen.workspace),
    )


def require_calendar(db: Session, actor: Actor) -> None:
    """Raise NotPermitted when the actor may not change the calendar, before a file of hers is read."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)


def add_days(db: Session, actor: Actor, day: SchoolDay) -> bool:
    """Put an entry into the calendar; False when that very entry stands there. Raises NotPermitted, Invalid."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    require_school(db, actor, day.school_id, "day_school")
    if any(_as_day(one) == day for one in _touching(db, actor, day.first, day.last)):
        return False
    db.add(_row(actor, day, "typed", ""))
    record(db, actor, "add school days", record_kind="school_calendar", days=1)
    return True


def remove_day(db: Session, actor: Actor, day_id: UUID) -> list[Removed]:
    """Take one entry out. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    gone = _remove(db, actor, col(SchoolCalendarDay.id) == day_id)
    if not gone:
        raise NotFound()
    return gone


def put_back(db: Session, actor: Actor, removed: Iterable[Removed]) -> int:
    """Put back what was taken out, where it is not there again; how many entries that are. Raises NotPermitted."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    wanted = list(removed)
    for one in wanted:
        require_school(db, actor, one.day.school_id, "day_school")
    rows = db.execute(select(SchoolCalendarDay).where(*_mine(actor))).scalars()
    stored = {(_as_day(one), one.source, one.uid) for one in rows}
    missing = [one for one in wanted if (one.day, one.source, one.uid) not in stored]
    db.add_all([_row(actor, one.day, one.source, one.uid) for one in missing])
    if missing:
        record(db, actor, "add school days", record_kind="school_calendar", days=len(missing))
    return len(missing)


def remove_source(db: Session, actor: Actor, source: str) -> list[Removed]:
    """Take out all that was imported, or all defaults. Raises NotPermitted, Invalid."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    if source not in SOURCES:
        raise Invalid({"form": "Choose what to take out."})
    return _remove(db, actor, col(SchoolCalendarDay.source) == source)


def add_defaults(db: Session, actor: Actor, year: int) -> int:
    """Add the holidays of the workspace's state in a school year, as defaults to be checked; how many are new.

    A day on which every school is closed already gets none. Raises NotPermitted, Invalid without a state.
    """
    workspace = access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    if not workspace.us_state:
        raise Invalid({"defaults": NO_STATE})
    stored = [one for one in _touching(db, actor, *school_year(year)) if one.school_id is None]
    closed = [one for one in stored if one.kind == DayKind.CLOSED]
    found = holidays_of(workspace.us_state, year)
    new = [one for one in found if not any(old.first_on <= one.day <= old.last_on for old in closed)]
    for one in new:
        day = SchoolDay(one.day, one.day, DayKind.CLOSED, one.label)
        db.add(_row(actor, day, "holidays", f"{workspace.us_state}:{one.day.isoformat()}"))
    if new:
        record(db, actor, "add school days", record_kind="school_calendar", days=len(new))
    return len(new)


def import_days(db: Session, actor: Actor, school_id: UUID | None, days: Iterable[FileDay]) -> tuple[int, int]:
    """Store what a file holds for a school (None: all): (new or changed entries, those that stood there as they are).

    Raises NotPermitted, Invalid for a school of another workspace.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    require_school(db, actor, school_id, "file_school")
    rows = db.execute(select(SchoolCalendarDay).where(*_mine(actor), col(SchoolCalendarDay.source) == "import"))
    stored = {one.uid: one for one in rows.scalars() if one.school_id == school_id}
    new = same = 0
    for one in days:
        day = SchoolDay(one.first, one.last, one.kind, one.label, school_id, one.closes_at)
        row = stored.get(one.uid)
        if row is not None and _as_day(row) == day:
            same += 1
            continue
        new += 1
        if row is not None:
            db.delete(row)
        db.add(_row(actor, day, "import", one.uid))
    if new:
        record(db, actor, "import school days", record_kind="school_calendar", days=new)
    return new, same


def _mine(actor: Actor) -> tuple[Any, ...]:
    return (col(SchoolCalendarDay.workspace_id) == actor.workspace_id,)


def _touching(db: Session, actor: Actor, first: date, last: date) -> list[SchoolCalendarDay]:
    between = (col(SchoolCalendarDay.last_on) >= first, col(SchoolCalendarDay.first_on) <= last)
    return list(db.execute(select(SchoolCalendarDay).where(*_mine(actor), *between)).scalars())


def _remove(db: Session, actor: Actor, which: Any) -> list[Removed]:
    rows = db.execute(select(SchoolCalendarDay).where(*_mine(actor), which)).scalars()
    gone = [Removed(_as_day(one), one.source, one.uid) for one in rows]
    if gone:
        db.execute(delete(SchoolCalendarDay).where(*_mine(actor), which))
        record(db, actor, "remove school days", record_kind="school_calendar", days=len(gone))
    return gone


def _as_day(row: SchoolCalendarDay) -> SchoolDay:
    return SchoolDay(row.first_on, row.last_on, DayKind(row.kind), row.label, row.school_id, row.closes_at)


def _row(actor: Actor, day: SchoolDay, source: str, uid: str) -> SchoolCalendarDay:
    return SchoolCalendarDay(
        workspace_id=actor.workspace_id,
        school_id=day.school_id,
        first_on=day.first,
        last_on=day.last,
        kind=day.kind,
        closes_at=day.closes_at,
        label=day.label,
        source=source,
        uid=uid,
    )
