"""Everything that the live session's page shows about one session, except the trials: those come by plain HTTP."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.places import SeenPlace, SeenPlaces, access_places, access_places_with
from therapytrack.access.roles import decide
from therapytrack.access.seen import StudentLine
from therapytrack.domain.actual_times import minutes_between
from therapytrack.domain.dates import clock_range, short_date
from therapytrack.domain.measures import Measure
from therapytrack.domain.points import Metric
from therapytrack.domain.taps import milliseconds
from therapytrack.domain.units import value_text
from therapytrack.models import Account, Membership
from therapytrack.services.activity import only_reads, own_part, record_each
from therapytrack.services.attendance_codes import CodeLine, choice_of, codes_in
from therapytrack.services.entry_times import EntryTimes, entry_times
from therapytrack.services.finishing import ends_all
from therapytrack.services.held_session import Beside, beside_in, held_columns, held_in
from therapytrack.services.json_rows import kept_json
from therapytrack.services.live import queue_owner
from therapytrack.services.live_marks import standing_words
from therapytrack.services.make_ups import missed_in, missed_window
from therapytrack.services.narratives import narratives_of
from therapytrack.services.prompt_scale import ScaleLevel, list_levels
from therapytrack.services.session_hits import hits_in
from therapytrack.services.sheet_goals import HeldGoal, goals_of

Texts = dict[tuple[UUID, UUID], tuple[str, int]]
NO_TEXT = ("", 0)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SheetGoal:
    """One goal that can be recorded; `target` and the last scores in words, "" when there is none.

    `setup` as in `GoalVersion`; `targets` are (number, name) of those in use; `text` and `text_version` the narrative.
    """

    id: str
    name: str
    measure: str
    target: str
    last_practice: str
    last_probe: str
    setup: Mapping[str, Any]
    targets: tuple[tuple[int, str], ...]
    text: str
    text_version: int


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One student's part; `note` is empty when the actor may not read it, `note_why` says why she may not write it.

    `choice`: as in `attendance_codes.choice_of`. `standing` and `plan`: as in `domain.entry_facts`.
    """

    id: str
    student: StudentLine
    plan: int
    attendance: str
    choice: str
    minutes: int
    can_record: bool
    record_why: str
    can_write: bool
    note_why: str
    note: str
    note_version: int
    standing: str
    times: EntryTimes
    goals: list[SheetGoal]


@dataclass(frozen=True, slots=True)
class SessionSheet:
    """A session with those students whom the actor may view; times in milliseconds since 1970, 0 for not yet. `ends`:
    whether it is hers to end for all; `hit`: what the school calendar says against it, "" for nothing."""

    id: str
    owner: str
    title: str
    when: str
    place: str
    status: str
    started_at: int
    finished_at: int
    planned: int
    ends: bool
    hit: str
    levels: list[ScaleLevel]
    codes: list[CodeLine]
    entries: list[SheetEntry]


@only_reads
def get_session_sheet(db: Session, actor: Actor, session_id: UUID, shown: Collection[str] = ()) -> SessionSheet:
    """The session as its page shows it, in at most five statements and one for narratives; the view of
    each student's part is logged.

    Raises NotFound.

    `shown`: entries that the open page shows already; looking at those again, because somebody changed them, is no
    other view.
    """
    seen, columns = access_places_with(db, actor, session_id, Action.VIEW, held_columns(), **missed_window(actor))
    session, beside = held_in(columns[0]), [beside_in(row) for row in columns]
    _log_view(db, actor, seen, session.provider_id, shown)
    goals = goals_of(db, actor, [one.entry.student_id for one in seen.entries], session.held_on)
    texts = _texts(db, actor, seen, goals)
    authors = _authors(db, actor, seen)
    start, end = (at.astimezone(actor.zone) for at in (session.planned_start, session.planned_end))
    schools = {one.student.school for one in seen.entries}
    return SessionSheet(
        id=str(session_id),
        owner=queue_owner(actor),
        title=session.title,
        when=f"{short_date(session.held_on)}, {clock_range(start, end)}",
        place=session.place,
        status=seen.status,
        started_at=_stamp(session.started_at),
        finished_at=_stamp(session.finished_at),
        planned=minutes_between(session.planned_start, session.planned_end),
        ends=ends_all(actor, session.provider_id, seen.entries, beside[0].students),
        hit=hits_in(beside[0].calendar, session.held_on, end, session.school_id, schools),
        levels=list_levels(db, actor),
        codes=codes_in(beside[0].codes),
        entries=[
            _entry(one, goals.get(one.entry.student_id, []), texts, authors, more, actor)
            for one, more in zip(seen.entries, beside, strict=True)
        ],
    )


def _log_view(db: Session, actor: Actor, seen: SeenPlaces, provider_id: UUID, shown: Collection[str]) -> None:
    new = [one.entry for one in seen.entries if str(one.entry.id) not in shown]
    if new:
        whose = {one.student_id: own_part(actor, provider_id, one.author_id) for one in new}
        record_each(db, actor, Action.VIEW, whose, record_kind="therapy_session", record_id=seen.id)


def in_session(
    db: Session, actor: Actor, session_id: UUID, service: Callable[..., R], *args: Any
) -> tuple[R, frozenset[str]]:
    """What `service` answers about one student's part, and the entries that the actor may view at this moment.

    A page of several students shows by them whose right has ended. Raises what `service` raises, and NotFound.
    """
    answer = service(db, actor, *args)
    seen = access_places(db, actor, session_id, Action.VIEW)
    return answer, frozenset(str(one.entry.id) for one in seen.entries)


def _stamp(at: datetime | None) -> int:
    return milliseconds(at) if at else 0


def _entry(
    one: SeenPlace,
    goals: list[HeldGoal],
    texts: Texts,
    authors: dict[UUID, str],
    beside: Beside,
    actor: Actor,
) -> SheetEntry:
    entry = one.entry
    marks, write = decide(Action.RECORD_SESSION, one.facts), decide(Action.EDIT_NOTE, one.facts)
    readable = one.note_readable
    why = write.reason
    if not write.allowed and entry.author_id in authors:
        why = f"{authors[entry.author_id]} writes this note."
    return SheetEntry(
        id=str(entry.id),
        student=one.student,
        plan=entry.plan_version,
        attendance=entry.attendance,
        choice=choice_of(entry),
        minutes=entry.minutes,
        can_record=marks.allowed and entry.note_status in ("draft", "returned"),
        record_why=marks.reason,
        can_write=write.allowed,
        note_why=why,
        note=beside.note if readable else "",
        note_version=entry.note_version if readable else 0,
        standing=standing_words(entry.note_status, marks.allowed, write.allowed),
        times=entry_times(entry, actor, missed_in(beside.missed)),
        goals=[_sheet_goal(goal, entry.id, texts) for goal in goals],
    )


def _sheet_goal(goal: HeldGoal, entry: UUID, texts: Texts) -> SheetGoal:
    text, version = texts.get((entry, goal.id), NO_TEXT) if texts else NO_TEXT
    return SheetGoal(
        id=str(goal.id),
        name=goal.label,
        measure=goal.measure,
        target="" if goal.metric is Metric.NOTHING else value_text(goal.metric, goal.target_value),
        last_practice=goal.last_practice,
        last_probe=goal.last_probe,
        setup=kept_json(goal.setup),
        targets=tuple((n, one["name"]) for n, one in enumerate(kept_json(goal.targets), start=1) if not one["away"]),
        text=text,
        text_version=version,
    )


def _texts(db: Session, actor: Actor, seen: SeenPlaces, goals: Mapping[UUID, Sequence[HeldGoal]]) -> Texts:
    """The narratives of the session, (text, version) by entry and goal; no statement where no goal is told in words."""
    if not any(goal.measure == Measure.NARRATIVE for rows in goals.values() for goal in rows):
        return {}
    rows = narratives_of(db, actor, [one.entry.id for one in seen.entries])
    return {(row.entry_id, row.goal_id): (row.text, row.version) for row in rows}


def _authors(db: Session, actor: Actor, seen: SeenPlaces) -> dict[UUID, str]:
    """Names of colleagues who write notes of this session."""
    others = {one.entry.author_id for one in seen.entries} - {actor.membership_id}
    if not others:
        return {}
    rows = db.execute(
        select(col(Membership.id), col(Account.name))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == actor.workspace_id, col(Membership.id).in_(others))
    )
    return {row[0]: row[1] for row in rows}
