"""The team in the words of its page: members, invitations, what stands open in the panel."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from therapytrack.domain.dates import long_date
from therapytrack.domain.member_place import can_line, role_line
from therapytrack.domain.names import initials
from therapytrack.services.team_page import Member, OnRolls, Pending


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list. `state`: "Suspended" or "Ended", else ""; `why_not`: why the reader may not change her."""

    id: str
    name: str
    initials: str
    below: str
    role: str
    can: str
    me: bool
    state: str = ""
    since: str = ""
    until: str = ""
    last: str = ""
    students: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class InviteRow:
    """A pending invitation; `expired`: its link is too old and can be sent again."""

    id: str
    version: int
    email: str
    role: str
    line: str
    until: str
    expired: bool
    by_hand: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The member whom the open panel is about, with the values that its fields begin with."""

    id: str = ""
    version: int = 0
    name: str = ""
    role: str = ""
    clinical: str = ""
    discipline: str = ""
    until: str = ""
    us_state: str = ""
    is_admin: bool = False
    is_owner: bool = False
    billing: bool = False
    suspended: bool = False
    me: bool = False
    manages: int = 0


@dataclass(frozen=True, slots=True)
class RollView:
    """A student to choose."""

    id: str
    name: str
    grade: str


def person_row(one: Member, zone: str) -> PersonRow:
    """A member as the list shows her."""
    office = one.office
    row = {
        "id": str(one.id),
        "name": one.name,
        "initials": initials(one.name),
        "role": role_line(one.place),
        "can": can_line(one.place),
        "me": one.me,
    }
    if office is None:
        return PersonRow(**row, below=one.credential)  # type: ignore[arg-type]
    return PersonRow(
        **row,  # type: ignore[arg-type]
        below=" · ".join(part for part in (one.credential, office.email) if part),
        state="Suspended" if one.status == "suspended" else "Ended" if one.ended else "",
        since=long_date(office.since),
        until=long_date(one.place.until) if one.place.until else "",
        last=_last(office.last_active, zone),
        students=str(office.students),
        why_not=office.why_not,
    )


def invite_row(one: Pending) -> InviteRow:
    """An invitation as the list shows it."""
    came = f"{one.students} students" if one.students != 1 else "1 student"
    parts = [f"Sent {long_date(one.sent_on)}" + (f" by {one.inviter}" if one.inviter else "")]
    parts += [came] if one.students else []
    parts += [f"until {long_date(one.place.until)}"] if one.place.until else []
    return InviteRow(
        id=str(one.id),
        version=one.version,
        email=one.email,
        role=role_line(one.place),
        line=" · ".join(parts),
        until=long_date(one.until),
        expired=one.expired,
        by_hand=one.by_hand,
        why_not=one.why_not,
    )


def subject_of(one: Member) -> Subject:
    """A member with what the panel about her begins with."""
    place, office = one.place, one.office
    return Subject(
        id=str(one.id),
        version=office.version if office else 0,
        name=one.name,
        role=role_line(place),
        clinical=place.clinical,
        discipline=place.discipline,
        until=place.until.isoformat() if place.until else "",
        us_state=place.us_state,
        is_admin=place.admin == "admin",
        is_owner=place.admin == "owner",
        billing=place.billing,
        suspended=one.status == "suspended",
        me=one.me,
        manages=office.manages if office else 0,
    )


def roll_view(one: OnRolls) -> RollView:
    """A student to choose, by name and grade."""
    return RollView(str(one.id), one.name, one.grade)


def _last(moment: datetime | None, zone: str) -> str:
    return long_date(moment.astimezone(ZoneInfo(zone)).date()) if moment else "Not yet"
