"""From a cookie's hash, or a feed's secret, to the actor of this event or request."""

from dataclasses import dataclass
from uuid import UUID

from therapytrack.access.actor import TOUCH_AFTER, Actor, note_activity, resolve_actor
from therapytrack.access.feed_reader import FeedReader, resolve_feed_reader
from therapytrack.db import IDENTITY, look_up, transaction
from therapytrack.domain.local_days import last_day
from therapytrack.domain.member_place import Place
from therapytrack.errors import Unavailable
from therapytrack.models import Membership, Workspace
from therapytrack.services.identity import hash_token, own_memberships


def actor_behind(token_hash: str, *, is_activity: bool = True) -> Actor | None:
    """The actor, or None when the sign-in is not live. `is_activity=False` for what the page does by itself.

    One statement; at most once a minute a second one notes the activity, which moves the idle limit on. Storage that
    takes no writes does not sign anybody out.
    """
    with look_up() as connection:
        actor = resolve_actor(connection, token_hash)
    if actor and is_activity and actor.at - actor.last_active_at > TOUCH_AFTER:
        try:
            with transaction(IDENTITY) as db:
                note_activity(db, actor)
        except Unavailable:
            return actor
    return actor


def reader_behind_feed(secret: str) -> FeedReader | None:
    """Who reads by the secret of a calendar feed, or None. One statement."""
    with look_up() as connection:
        return resolve_feed_reader(connection, hash_token(secret))


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A workspace in which a person is a live member; `here`: the one that she is in now."""

    workspace_id: UUID
    workspace: str
    place: Place
    here: bool


def places_of(actor: Actor) -> list[OwnPlace]:
    """Every workspace that the actor may open, by name. It looks past her own workspace, at nothing but her places."""
    with transaction(IDENTITY, write=False) as db:
        rows = own_memberships(db, actor.account_id, actor.at)
    return [_own_place(membership, workspace, actor) for membership, workspace in rows]


def _own_place(one: Membership, workspace: Workspace, actor: Actor) -> OwnPlace:
    until = last_day(one.ends_at, workspace.time_zone)
    place = Place(one.clinical_role, one.admin_role, one.billing, one.discipline, until)
    return OwnPlace(workspace.id, workspace.name, place, workspace.id == actor.workspace_id)
