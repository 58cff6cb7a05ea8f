"""Changes of access as they were typed: a form that cannot be taken is answered beside its fields and logged, as every
refused change of access is."""

from collections.abc import Callable, Collection, Mapping
from typing import ParamSpec, TypeVar
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Permission
from therapytrack.access.actor import Actor
from therapytrack.access.granting_gate import refused
from therapytrack.domain.access_form import Period, parse_grant, parse_handover, parse_substitute, parse_take
from therapytrack.errors import Invalid
from therapytrack.services.grants import Ended, Granted, Losing, Wish, grant_access, losing_by_revoke, revoke_access
from therapytrack.services.handover import Handover, hand_over
from therapytrack.services.substitutes import Substitution, substitute

P = ParamSpec("P")
R = TypeVar("R")


def give(
    db: Session, actor: Actor, operation_id: UUID, student_ids: Collection[UUID], typed: Mapping[str, str]
) -> Granted:
    """The form "Give access". Raises as `grant_access`."""
    asked = _read(parse_grant, typed, actor.today)
    return grant_access(db, actor, operation_id, student_ids, _wish(actor, asked.person, asked.rights, asked.period))


def take(
    db: Session, actor: Actor, student_ids: Collection[UUID], typed: Mapping[str, str], *, sure: bool
) -> tuple[list[Ended], Losing]:
    """The form "Take access away": what was ended; or, unless `sure`, nothing yet and whose rights lean on it.

    Raises as `revoke_access`.
    """
    asked = _read(parse_take, typed)
    rights = _permissions(asked.rights)
    losing = () if sure else losing_by_revoke(db, actor, student_ids, [asked.person], rights)
    return ([], losing) if losing else (revoke_access(db, actor, student_ids, [asked.person], rights), ())


def stand_in(
    db: Session, actor: Actor, operation_id: UUID, student_ids: Collection[UUID], typed: Mapping[str, str], *, dry: bool
) -> Substitution:
    """The form "Substitute". Raises as `substitute`."""
    asked = _read(parse_substitute, typed, actor.today)
    return _beside("to", substitute, db, actor, operation_id, student_ids, asked, dry=dry)


def over(db: Session, actor: Actor, operation_id: UUID, typed: Mapping[str, str], *, dry: bool) -> Handover:
    """The form "Hand over a caseload". Raises as `hand_over`."""
    asked = _read(parse_handover, typed, actor.today)
    return _beside("to", hand_over, db, actor, operation_id, asked, dry=dry)


def _wish(actor: Actor, person: UUID, rights: frozenset[str], period: Period) -> Wish:
    starts, ends = period.starts_at(actor.at, actor.time_zone), period.ends_at(actor.time_zone)
    return Wish((person,), _permissions(rights), starts, ends)


def _permissions(rights: Collection[str]) -> frozenset[Permission]:
    return frozenset(Permission(right) for right in rights)


def _read(parse: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return parse(*args, **kwargs)
    except Invalid as error:
        raise refused(error.fields) from None


def _beside(field: str, service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `service`; what speaks of a grantee or her rights stands beside `field` of this form."""
    try:
        return service(*args, **kwargs)
    except Invalid as error:
        error.fields = {field if name in ("person", "rights") else name: said for name, said in error.fields.items()}
        raise
