"""Who reads by a private calendar feed: the person whose feed it is, as she stands at this very moment.

A calendar program has the secret of the address and no sign-in. The actor that is made of it here is for reading the
schedule: it is judged by the gate like any other, and ends with the feed, the membership and the workspace.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, DateTime, and_, bindparam, null, or_, select, type_coerce
from sqlmodel import col

from therapytrack.access.actor import MEMBER_COLUMNS, PERSON_COLUMNS, WORKSPACE_COLUMNS, Actor, actor_in
from therapytrack.models import Account, CalendarFeed, Membership, Workspace, WorkspaceStatus, utc_now


@dataclass(frozen=True, slots=True)
class FeedReader:
    """The actor behind a live feed; her `sign_in_id` is the feed's id. `shows`: what the feed says of students."""

    actor: Actor
    feed_id: UUID
    shows: str


@cache
def _the_feed() -> Any:
    at: Any = bindparam("at")
    member = and_(
        col(Membership.id) == col(CalendarFeed.membership_id),
        col(Membership.workspace_id) == col(CalendarFeed.workspace_id),
    )
    never_proved = type_coerce(null(), DateTime())
    return (
        select(
            col(CalendarFeed.id),
            col(CalendarFeed.token_hash),
            *PERSON_COLUMNS,
            col(CalendarFeed.created_at),
            never_proved,
            *MEMBER_COLUMNS,
            *WORKSPACE_COLUMNS,
            col(Account.single_keys),
            col(Workspace.note_due_days),
            col(CalendarFeed.shows),
        )
        .join(Membership, member)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .join(Workspace, col(Workspace.id) == col(CalendarFeed.workspace_id))
        .where(col(CalendarFeed.token_hash) == bindparam("token_hash"), col(CalendarFeed.revoked_at).is_(None))
        .where(col(Workspace.status) != WorkspaceStatus.CLOSED)
        .where(col(Membership.status) == "active", col(Membership.starts_at) <= at)
        .where(or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > at))
    )


def resolve_feed_reader(connection: Connection, token_hash: str, now: datetime | None = None) -> FeedReader | None:
    """The reader behind the hash of a feed's secret, or None for one that is unknown, revoked, or of somebody who is
    no live member any more. One statement."""
    at = now or utc_now()
    row = connection.execute(_the_feed(), {"token_hash": token_hash, "at": at}).first()
    return None if row is None else FeedReader(actor_in(row, at), row[0], row[-1])
