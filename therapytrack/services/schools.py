"""The schools of a workspace and the road between them: read by everybody, kept by the office."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.domain.calendar_form import HoursForm, RoadForm
from therapytrack.domain.school_calendar import USUAL_HOURS, DayHours
from therapytrack.errors import Invalid, NotFound
from therapytrack.models import School, SchoolTravel, Workspace
from therapytrack.services.activity import record

TAKEN = "There is a school of this name already."
NO_SCHOOL = "Choose one of the schools."


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school; `away`: it is put away, and no longer offered; `hours` of its day where they are its own."""

    id: UUID
    name: str
    away: bool
    hours: DayHours | None = None


def list_schools(db: Session, actor: Actor) -> list[SchoolLine]:
    """All schools by name, those that are put away too, for every member. Raises NotFound."""
    visible_workspace(db, actor)
    rows = db.execute(select(School).where(col(School.workspace_id) == actor.workspace_id)).scalars()
    lines = [SchoolLine(one.id, one.name, one.archived_at is not None, _hours(one)) for one in rows]
    return sorted(lines, key=lambda one: (one.away, one.name.casefold()))


def list_roads(db: Session, actor: Actor) -> list[RoadForm]:
    """The roads of some minutes between two schools. Raises NotFound."""
    visible_workspace(db, actor)
    mine = (col(SchoolTravel.workspace_id) == actor.workspace_id, col(SchoolTravel.minutes) > 0)
    rows = db.execute(select(SchoolTravel).where(*mine)).scalars()
    return [RoadForm(one.from_id, one.to_id, one.minutes) for one in rows]


def add_school(db: Session, actor: Actor, name: str) -> UUID:
    """Add a school; one of that name that was put away comes back. Raises NotPermitted, Invalid for a name in use."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    found = _named(db, actor, name)
    if found is not None and found.archived_at is None:
        raise Invalid({"school_name": TAKEN})
    if found is not None:
        return bring_school_back(db, actor, found.id)
    school = School(workspace_id=actor.workspace_id, name=name)
    db.add(school)
    db.flush()
    record(db, actor, "add school", record_kind="school", record_id=school.id)
    return school.id


def rename_school(db: Session, actor: Actor, school_id: UUID, name: str) -> None:
    """Give a school another name. Raises NotPermitted, NotFound, Invalid for a name in use."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    school, found = _school(db, actor, school_id), _named(db, actor, name)
    if found is not None and found.id != school.id:
        raise Invalid({"school_name": TAKEN})
    if school.name != name:
        school.name = name
        record(db, actor, "rename school", record_kind="school", record_id=school.id)


def put_school_away(db: Session, actor: Actor, school_id: UUID) -> None:
    """Offer a school no longer; its sessions and slots keep it. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    school = _school(db, actor, school_id)
    if school.archived_at is None:
        school.archived_at = actor.at
        record(db, actor, "put school away", record_kind="school", record_id=school.id)


def bring_school_back(db: Session, actor: Actor, school_id: UUID) -> UUID:
    """Offer a school again. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    school = _school(db, actor, school_id)
    if school.archived_at is not None:
        school.archived_at = None
        record(db, actor, "bring school back", record_kind="school", record_id=school.id)
    return school.id


def set_road(db: Session, actor: Actor, road: RoadForm) -> None:
    """Say how many minutes lie between two schools. Raises NotPermitted, Invalid for schools of another workspace."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    require_school(db, actor, road.one, "road_from")
    require_school(db, actor, road.other, "road_to")
    ends: dict[str, Any] = {"from_id": min(road.one, road.other), "to_id": max(road.one, road.other)}
    query = select(SchoolTravel).where(*(getattr(SchoolTravel, name) == key for name, key in ends.items()))
    stored = db.execute(query).scalar_one_or_none()
    if stored is not None and stored.minutes == road.minutes:
        return
    if stored is None:
        db.add(SchoolTravel(workspace_id=actor.workspace_id, minutes=road.minutes, **ends))
    else:
        stored.minutes = road.minutes
    record(db, actor, "set travel time", record_kind="school_travel")


def set_hours(db: Session, actor: Actor, form: HoursForm) -> None:
    """Say when a school's day begins and ends. Raises NotPermitted, Invalid for no school of the workspace."""
    workspace = access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    require_school(db, actor, form.school_id, "hours_school")
    opens, closes = (form.hours.opens, form.hours.closes) if form.hours else (None, None)
    if form.school_id is None:
        workspace.school_opens_at, workspace.school_closes_at = opens, closes
    else:
        school = _school(db, actor, form.school_id)
        school.opens_at, school.closes_at = opens, closes
    record(db, actor, "set school hours", record_kind="school", record_id=form.school_id)


def hours_of_day(workspace: Workspace) -> DayHours:
    """The hours of a workspace's school day: its own, or the usual ones."""
    opens, closes = workspace.school_opens_at, workspace.school_closes_at
    return DayHours(opens, closes) if opens and closes else USUAL_HOURS


def _hours(school: School) -> DayHours | None:
    return DayHours(school.opens_at, school.closes_at) if school.opens_at and school.closes_at else None


def require_school(db: Session, actor: Actor, school_id: UUID | None, field: str) -> None:
    """Raise Invalid beside `field` unless the school is one of the workspace's, or none is meant."""
    if school_id is None:
        return
    try:
        _school(db, actor, school_id)
    except NotFound:
        raise Invalid({field: NO_SCHOOL}) from None


def _school(db: Session, actor: Actor, school_id: UUID) -> School:
    mine = (col(School.id) == school_id, col(School.workspace_id) == actor.workspace_id)
    school: School | None = db.execute(select(School).where(*mine)).scalar_one_or_none()
    if school is None:
        raise NotFound()
    return school


def _named(db: Session, actor: Actor, name: str) -> School | None:
    rows = db.execute(select(School).where(col(School.workspace_id) == actor.workspace_id)).scalars()
    return next((one for one in rows if one.name.casefold() == name.casefold()), None)
