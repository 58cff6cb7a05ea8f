"""A second, independent scorer of the same trials: her marks are kept apart and count nowhere but in the agreement."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlace, access_places
from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import TAKES, Measure
from therapytrack.domain.taps import Tap, TapBatch, milliseconds, moment
from therapytrack.errors import Conflict
from therapytrack.models import Goal, GoalVersion, SecondTrial, SessionStatus
from therapytrack.services.activity import record
from therapytrack.services.dialects import dialect_of, upsert
from therapytrack.services.live import CHANGED, FIRST_SCALE, NO_OWN_ID, SIGNED, UNKNOWN, WRITABLE, Receipt, Refused
from therapytrack.services.live_marks import Cell, TrialPage, facts_of
from therapytrack.services.prompt_scale import prompt_code, prompt_codes

NOT_BEGUN = "This session has not begun. Score along once it runs."
ONLY_TRIALS = "Only trials can be scored by two people, and this goal is measured in another way."
RUN = (SessionStatus.RUNNING, SessionStatus.FINISHED)


class Version(NamedTuple):
    """A version of a goal, as far as it says what can be scored: `places` are the steps of a task, `targets` how many
    the goal has."""

    student_id: UUID
    starts_on: date
    measure: str
    places: int
    targets: int


def record_second_taps(db: Session, actor: Actor, session_id: UUID, batch: TapBatch) -> Receipt:
    """Store a second scorer's marks and tombstones; idempotent by id. They start no session and change no count.

    Marks for a student whom she may not record, whose note is signed, that do not fit their goal, or whose id is
    another mark's come back refused, each with a sentence; tombstones too.
    Raises NotFound, NotPermitted, Conflict for a session that does not run and has not run.
    """
    seen = access_places(db, actor, session_id, Action.RECORD_SESSION)
    if seen.status not in RUN:
        raise Conflict(NOT_BEGUN)
    places = {one.entry.id: one for one in seen.entries}
    undone = {one.id: one.at for one in batch.undo}
    kept = _kept(db, actor, session_id, {*undone, *(tap.id for tap in batch.taps)})
    fresh = [tap for tap in batch.taps if tap.id not in kept]
    refused = _misfits(db, actor, fresh, places)
    kept |= _insert(db, actor, session_id, [tap for tap in fresh if tap.id not in refused])
    for tap in batch.taps:
        mark = kept.get(tap.id)
        if tap.id not in refused and (mark is None or (mark.entry_id, mark.goal_id) != (tap.entry, tap.goal)):
            refused[tap.id] = NO_OWN_ID
    refused |= _undo(actor, {key: at for key, at in undone.items() if key not in refused}, kept, places)
    record(db, actor, "score along", record_kind="therapy_session", record_id=session_id, taps=len(batch.taps))
    return Receipt([key for key in kept if key not in refused], [Refused(*one) for one in refused.items()])


def list_second_trials(db: Session, actor: Actor, session_id: UUID) -> TrialPage:
    """The actor's own second scores of a session, and nobody else's marks: she scores without seeing them.

    Raises NotFound.
    """
    seen = access_places(db, actor, session_id, Action.VIEW)
    entries = [one.entry.id for one in seen.entries]
    cells: dict[tuple[UUID, UUID, str], Cell] = {}
    for one in db.execute(_mine(actor, session_id).order_by(col(SecondTrial.changed_at))).scalars():
        if one.entry_id not in entries:
            continue
        place = (one.entry_id, one.goal_id, one.purpose)
        cell = cells.setdefault(place, Cell(str(one.entry_id), str(one.goal_id), one.purpose, []))
        undone = milliseconds(one.undone_at) if one.undone_at else None
        at = milliseconds(one.tapped_at)
        more = (one.place, None, one.scale_version) if one.place or one.scale_version else ()
        cell.marks.append((str(one.id), one.outcome, one.prompt_rank, at, one.sequence, True, undone, *more))
    facts = {str(one.entry.id): facts_of(one) for one in seen.entries}
    return TrialPage(list(cells.values()), "", list(facts), seen.status, facts)


def _misfits(db: Session, actor: Actor, taps: list[Tap], places: dict[UUID, SeenPlace]) -> dict[UUID, str]:
    """Why those of `taps` that cannot be stored cannot, by their ids."""
    if not taps:
        return {}
    goals, levels = _goals(db, actor, {tap.goal for tap in taps}), prompt_codes(db, actor)
    found = {tap.id: _why_not(tap, places, goals, levels) for tap in taps}
    return {key: why for key, why in found.items() if why}


def _why_not(tap: Tap, places: dict[UUID, SeenPlace], goals: dict[UUID, list[Version]], levels: Collection[int]) -> str:
    place, versions = places.get(tap.entry), goals.get(tap.goal, [])
    if place is None or not versions or versions[0].student_id != place.entry.student_id:
        return UNKNOWN
    held = next((one for one in reversed(versions) if one.starts_on <= place.entry.held_on), versions[0])
    if not isinstance(tap.outcome, Outcome) or tap.outcome not in TAKES[Measure(held.measure)]:
        return ONLY_TRIALS
    if not tap.id.int:
        return NO_OWN_ID
    fits = _place_exists(tap, held) and (tap.prompt is None or prompt_code(_scale(tap), tap.prompt) in levels)
    return _closed(tap.entry, places) if fits else CHANGED


def _place_exists(tap: Tap, held: Version) -> bool:
    """Whether the mark names a step of the task, or a target of the goal or none: as `trial_sql` asks of first ones."""
    if held.places:
        return 1 <= (tap.place or 0) <= held.places
    return tap.place is None or tap.place <= held.targets


def _scale(tap: Tap) -> int:
    return tap.scale or FIRST_SCALE


def _undo(
    actor: Actor, undone: dict[UUID, int], kept: dict[UUID, SecondTrial], places: dict[UUID, SeenPlace]
) -> dict[UUID, str]:
    """Let what is undone count no more; answers why what stays as it is does, by its id."""
    refused: dict[UUID, str] = {}
    for key, at in undone.items():
        mark = kept.get(key)
        if mark is None:
            refused[key] = UNKNOWN
        elif mark.undone_at is None and (why := _closed(mark.entry_id, places)):
            refused[key] = why
        elif mark.undone_at is None:
            mark.undone_at, mark.changed_at = moment(at, actor.at), actor.at
    return refused


def _closed(entry_id: UUID, places: dict[UUID, SeenPlace]) -> str:
    """Why nothing can be scored in this part any more, "" when it can."""
    place = places.get(entry_id)
    if place is None:
        return UNKNOWN
    return "" if place.entry.note_status in WRITABLE else SIGNED


def _goals(db: Session, actor: Actor, goal_ids: Iterable[UUID]) -> dict[UUID, list[Version]]:
    """The versions of each of these goals, in their order."""
    query = (
        select(
            col(GoalVersion.goal_id),
            col(Goal.student_id),
            col(GoalVersion.starts_on),
            col(GoalVersion.measure),
            col(GoalVersion.places),
            func.json_array_length(col(Goal.targets)),
        )
        .join(Goal, col(Goal.id) == col(GoalVersion.goal_id))
        .where(col(Goal.workspace_id) == actor.workspace_id, col(Goal.id).in_(list(goal_ids)))
        .order_by(col(GoalVersion.number))
    )
    found: defaultdict[UUID, list[Version]] = defaultdict(list)
    for goal_id, *version in db.execute(query):
        found[goal_id].append(Version(*version))
    return found


def _mine(actor: Actor, session_id: UUID) -> Any:
    return select(SecondTrial).where(
        col(SecondTrial.workspace_id) == actor.workspace_id,
        col(SecondTrial.session_id) == session_id,
        col(SecondTrial.scorer_id) == actor.membership_id,
    )


def _kept(db: Session, actor: Actor, session_id: UUID, ids: set[UUID]) -> dict[UUID, SecondTrial]:
    """Those of `ids` that the actor has stored in this session already."""
    rows = db.execute(_mine(actor, session_id).where(col(SecondTrial.id).in_(ids))).scalars()
    return {one.id: one for one in rows}


def _insert(db: Session, actor: Actor, session_id: UUID, taps: list[Tap]) -> dict[UUID, SecondTrial]:
    """Store these, and answer those that are the actor's of this session now: an id that another mark has stays its."""
    if not taps:
        return {}
    table = SecondTrial.__table__  # type: ignore[attr-defined]
    statement = upsert(dialect_of(db), table).on_conflict_do_nothing(index_elements=[table.c.id])
    db.execute(statement, [_row(actor, session_id, tap) for tap in taps])
    return _kept(db, actor, session_id, {tap.id for tap in taps})


def _row(actor: Actor, session_id: UUID, tap: Tap) -> dict[str, Any]:
    return {
        "id": tap.id,
        "created_at": actor.at,
        "workspace_id": actor.workspace_id,
        "session_id": session_id,
        "entry_id": tap.entry,
        "goal_id": tap.goal,
        "scorer_id": actor.membership_id,
        "outcome": str(tap.outcome),
        "prompt_rank": tap.prompt,
        "scale_version": None if tap.prompt is None else _scale(tap),
        "place": tap.place,
        "purpose": str(tap.purpose),
        "tapped_at": moment(tap.at, actor.at),
        "sequence": tap.n,
        "changed_at": actor.at,
    }
