"""From a cookie's hash to the actor of this event or request, with the idle limit moved on when a person acted."""

from therapytrack.access.actor import TOUCH_AFTER, Actor, note_activity, resolve_actor
from therapytrack.db import IDENTITY, look_up, transaction
from therapytrack.errors import Unavailable


def actor_behind(token_hash: str, *, is_activity: bool = True) -> Actor | None:
    """The actor, or None when the sign-in is not live. `is_activity=False` for what the page does by itself.

    One statement; at most once a minute a second one notes the activity. Storage that takes no writes does not sign
    anybody out.
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
