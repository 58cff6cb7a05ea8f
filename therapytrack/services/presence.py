"""Who else has a session's page open at this moment, and who of them is taking data.

A row says when a member's page of a session was last seen. It is old after 40 s, and her next page of another session
takes it over: the table never holds more rows than pages were open at once. Opening a session is logged as a view;
that its page stays open is not another one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlaces, access_places
from therapytrack.domain.names import initials
from therapytrack.models import Account, Membership, Presence, Trial
from therapytrack.services.dialects import dialect_of, upsert
from therapytrack.services.live_marks import TrialPage, trials_of

GONE_AFTER = timedelta(seconds=40)
NOTED_EVERY = timedelta(seconds=15)
TAKING_DATA_FOR = timedelta(minutes=2)
TAKING_DATA, OPEN = "is taking data in this session", "has this session open"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who is here; `words` go on after her name."""

    name: str
    initials: str
    words: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What a session's page asks for again and again. `due`: that this page is open should be noted again."""

    page: TrialPage
    others: list[Colleague]
    due: bool


def watch_session(db: Session, actor: Actor, session_id: UUID, since: str = "") -> Watch:
    """Trials that changed since the cursor `since`, and who else is here: three statements, nothing is written.

    Raises NotFound, and Invalid for a cursor that is none.
    """
    seen = access_places(db, actor, session_id, Action.VIEW)
    present = _present(db, actor, seen)
    mine = next((one.seen_at for one in present if one.membership_id == actor.membership_id), None)
    others = [_colleague(one.name, marked=one.marked) for one in present if one.membership_id != actor.membership_id]
    return Watch(trials_of(db, actor, seen, since), others, _is_due(mine, actor))


def note_presence(db: Session, actor: Actor, session_id: UUID) -> None:
    """Note that the actor's page of this session is open now, unless that was noted just before.

    Raises NotFound for a session that she may not view.
    """
    access_places(db, actor, session_id, Action.VIEW)
    here, old = col(Presence.session_id) == session_id, col(Presence.seen_at) < actor.at - GONE_AFTER
    of_actor = (col(Presence.workspace_id) == actor.workspace_id, col(Presence.membership_id) == actor.membership_id)
    query = select(Presence).where(*of_actor, or_(here, old)).order_by(here.desc()).limit(1)
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        db.execute(_new_row(dialect_of(db)), _values(actor, session_id))
    elif row.session_id != session_id or _is_due(row.seen_at, actor):
        row.session_id, row.seen_at = session_id, actor.at


def _is_due(noted: datetime | None, actor: Actor) -> bool:
    return noted is None or noted <= actor.at - NOTED_EVERY


def _colleague(name: str, *, marked: bool) -> Colleague:
    return Colleague(name, initials(name), TAKING_DATA if marked else OPEN)


def _present(db: Session, actor: Actor, seen: SeenPlaces) -> list[Any]:
    asked = {
        "workspace": actor.workspace_id,
        "session": seen.id,
        "entries": [one.entry.id for one in seen.entries],
        "here": actor.at - GONE_AFTER,
        "lately": actor.at - TAKING_DATA_FOR,
    }
    return list(db.execute(_present_query(), asked))


@cache
def _present_query() -> Any:
    """Everybody who is here, by name, and whether she lately recorded a mark of a student whom the reader may view."""
    marked = (
        select(col(Trial.id))
        .where(
            col(Trial.workspace_id) == bindparam("workspace"),
            col(Trial.session_id) == bindparam("session"),
            col(Trial.changed_at) > bindparam("lately"),
            col(Trial.entry_id).in_(bindparam("entries", expanding=True)),
            col(Trial.recorded_by_id) == col(Presence.membership_id),
        )
        .exists()
    )
    return (
        select(col(Presence.membership_id), col(Presence.seen_at), col(Account.name), marked.label("marked"))
        .join(Membership, col(Membership.id) == col(Presence.membership_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Presence.workspace_id) == bindparam("workspace"),
            col(Presence.session_id) == bindparam("session"),
            col(Presence.seen_at) > bindparam("here"),
        )
        .order_by(col(Account.name), col(Presence.membership_id))
    )


def _values(actor: Actor, session_id: UUID) -> dict[str, Any]:
    row = Presence(
        workspace_id=actor.workspace_id, session_id=session_id, membership_id=actor.membership_id, seen_at=actor.at
    )
    return row.model_dump()


@cache
def _new_row(dialect: str) -> Any:
    """A person's first row for a session; her other tab may be making the same one."""
    row = upsert(dialect, Presence.__table__)  # type: ignore[attr-defined]
    return row.on_conflict_do_update(
        index_elements=["session_id", "membership_id"], set_={"seen_at": row.excluded.seen_at}
    )
