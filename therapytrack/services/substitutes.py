"""A substitute for six weeks: one person's rights on chosen students are copied to another for a time; her own stay,
or rest meanwhile and begin again by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlmodel import Session

from therapytrack.access.actor import Actor
from therapytrack.access.granting import Change, adds_anything
from therapytrack.access.granting_gate import Governed, access_governed, refused
from therapytrack.access.standing import EXPLICIT, Held
from therapytrack.domain.access_form import SubstituteWish
from therapytrack.domain.ids import require_made
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.grants import Losing, apply_changes, check_size, done_before, losing_by_name

SUBSTITUTE = "substitute"
PAUSED = "Rests while somebody stands in"


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until another (None: no end)."""

    starts_at: datetime
    ends_at: datetime | None

    def of(self, held: Held) -> "Span | None":
        """The part of a grant that lies within; None when there is none."""
        starts = max(self.starts_at, held.starts_at)
        ends = min((end for end in (self.ends_at, held.ends_at) if end), default=None)
        return Span(starts, ends) if ends is None or starts < ends else None


@dataclass(frozen=True, slots=True)
class Substitution:
    """What a substitution does, or did: students on whom the substitute gets rights, on how many of them she held all
    of it already, and on how many the absent person holds nothing then. `losing`: (name, students) of colleagues whose
    edit leans on the absent one and rests with hers."""

    students: int
    already: int
    without: int
    losing: Losing = ()


def substitute(
    db: Session, actor: Actor, operation_id: UUID, student_ids: Collection[UUID], wish: SubstituteWish, *, dry: bool
) -> Substitution:
    """Let `wish.to` stand in for `wish.of` on these students; `dry` only tells what would happen.

    All or nothing; sent twice it is done once. Raises NotFound or NotPermitted for a student whose access is not the
    actor's to govern, Invalid with the sentence beside its field for anything else.
    """
    require_made(operation_id)
    check_size(student_ids)
    span = Span(wish.period.starts_at(actor.at, actor.time_zone), wish.period.ends_at(actor.time_zone))
    governed = access_governed(db, actor, student_ids)
    if (numbers := done_before(db, actor, SUBSTITUTE, operation_id)) is not None:
        return Substitution(numbers["students"], numbers["already"], numbers["without"])
    changes = {one.id: planned(operation_id, one, wish, span, actor) for one in governed}
    told = _told(governed, changes, wish, span)
    for one in governed:
        one.require(changes[one.id], display_name(one.seen.student))
    if not dry:
        apply_changes(db, actor, governed, changes)
        activity.record(
            db,
            actor,
            SUBSTITUTE,
            record_kind="substitution",
            record_id=operation_id,
            students=told.students,
            already=told.already,
            without=told.without,
            of=str(wish.of),
            to=str(wish.to),
        )
    return told


def planned(operation_id: UUID, one: Governed, wish: SubstituteWish, span: Span, actor: Actor) -> Change:
    """The change on one student: copies for the substitute that add something; with a pause, the gap in the other's."""
    theirs = [held for held in one.ties.grants if held.person == wish.of and held.kind == EXPLICIT]
    copies = [copy for held in theirs if (copy := _copy(operation_id, held, wish.to, span, actor)) is not None]
    new = [copy for copy in copies if adds_anything(one.ties, Change((copy,)), actor.at)]
    if not wish.pause or not copies:
        return Change(tuple(new))
    resting = [held for held in theirs if span.of(held) is not None]
    again = [back for held in resting if (back := _afterwards(operation_id, held, span, actor)) is not None]
    return Change((*new, *again), {held.id: max(span.starts_at, held.starts_at) for held in resting})


def _copy(operation_id: UUID, held: Held, to: UUID, span: Span, actor: Actor) -> Held | None:
    part = span.of(held)
    if part is None:
        return None
    key = uuid5(operation_id, f"copy {held.id}")
    return Held(key, to, held.rights, part.starts_at, part.ends_at, actor.membership_id, reason="Substitute")


def _afterwards(operation_id: UUID, held: Held, span: Span, actor: Actor) -> Held | None:
    """What a paused grant is from the end of the pause on; None when it would be over by then."""
    if span.ends_at is None or (held.ends_at is not None and held.ends_at <= span.ends_at):
        return None
    key = uuid5(operation_id, f"again {held.id}")
    starts = max(span.ends_at, held.starts_at, actor.at)
    return Held(key, held.person, held.rights, starts, held.ends_at, held.granted_by, reason=held.reason or PAUSED)


def _told(governed: Sequence[Governed], changes: dict[UUID, Change], wish: SubstituteWish, span: Span) -> Substitution:
    gets = [one for one in governed if any(add.person == wish.to for add in changes[one.id].adds)]
    holds = [one for one in governed if any(_counts(held, wish.of, span) for held in one.ties.grants)]
    if not holds:
        raise refused({"of": "This person holds nothing on these students in that time. Choose somebody else."})
    losing = losing_by_name(governed, changes, span.starts_at)
    return Substitution(len(gets), len(holds) - len(gets), len(governed) - len(holds), losing)


def _counts(held: Held, person: UUID, span: Span) -> bool:
    return held.person == person and held.kind == EXPLICIT and span.of(held) is not None
