"""Undo for what was just taken away: the same rights until the same day, as new grants, judged like any other."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlmodel import Session

from therapytrack.access.actor import Actor
from therapytrack.access.granting import Change
from therapytrack.access.granting_gate import access_governed
from therapytrack.access.standing import Held
from therapytrack.domain.ids import require_made
from therapytrack.errors import TherapyTrackError
from therapytrack.services.grants import Ended, about, apply_changes, known_grants

TRIAL = UUID(int=1)


def restore_access(db: Session, actor: Actor, operation_id: UUID, ended: Sequence[Ended]) -> int:
    """Undo `revoke_access` or `end_grants`: the same rights until the same day as new grants; answers how many.

    It is a grant like any other. Raises NotFound, NotPermitted, Invalid.
    """
    require_made(operation_id)
    changes = {}
    governed = access_governed(db, actor, {one.student for one in ended})
    known = known_grants(db, actor, [uuid5(operation_id, str(one.held.id)) for one in ended])
    if known:
        return len(known)
    for one in governed:
        change = restoring(operation_id, [part for part in ended if part.student == one.id], actor)
        one.require(change, about(one, governed))
        changes[one.id] = change
    apply_changes(db, actor, governed, changes)
    return sum(len(change.adds) for change in changes.values())


def may_restore(db: Session, actor: Actor, ended: Sequence[Ended]) -> bool:
    """Whether the actor could undo what she just ended: not when that would give herself a right, or when she does not
    govern the student any more."""
    try:
        governed = access_governed(db, actor, {one.student for one in ended})
    except TherapyTrackError:
        return False
    parts = {one.id: [part for part in ended if part.student == one.id] for one in governed}
    return bool(ended) and all(one.judge(restoring(TRIAL, parts[one.id], actor)).allowed for one in governed)


def restoring(operation_id: UUID, ended: Sequence[Ended], actor: Actor) -> Change:
    """The change that undoes `ended` on one student; what would be over by now stays ended."""
    back = [one for one in ended if one.held.ends_at is None or one.held.ends_at > actor.at]
    adds = tuple(
        Held(
            id=uuid5(operation_id, str(one.held.id)),
            person=one.held.person,
            rights=one.held.rights,
            starts_at=max(actor.at, one.held.starts_at),
            ends_at=one.held.ends_at,
            granted_by=actor.membership_id,
            reason=one.held.reason,
        )
        for one in back
    )
    return Change(adds, {one.rest: actor.at for one in back if one.rest})
