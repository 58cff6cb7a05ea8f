"""Why each person may or may not do something with one student: the facts of the decision as `permission_words` wants
them, from the same ties that decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from therapytrack.access.actions import Permission
from therapytrack.access.facts import StudentFacts, WorkspaceFacts
from therapytrack.access.granting_gate import Governed
from therapytrack.access.roles import CEILING, through_broken_glass
from therapytrack.access.standing import (
    EXPLICIT,
    Held,
    Ties,
    editing_supervisees_at,
    effective_at,
    enablers_at,
    facts_at,
    glass_at,
    granted_at,
    is_live,
    person_at,
)
from therapytrack.access.ties import GLASS_LASTS
from therapytrack.domain.dates import clock_time
from therapytrack.domain.local_days import first_day, last_day
from therapytrack.domain.permission_words import GrantNote, RightStory, right_sentence
from therapytrack.models import ClinicalRole, WorkspaceStatus

EDIT, GENERATE, VIEW = Permission.EDIT, Permission.GENERATE, Permission.VIEW
SOMEBODY = "somebody who has left"


@dataclass(frozen=True, slots=True)
class RightMark:
    """One right of one person: a mark (held: it counts; asleep: given, does not count; planned; none) and why."""

    right: str
    mark: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What stories are told from: one student's ties, the people's names, and the moment where the workspace is."""

    ties: Ties
    workspace: WorkspaceFacts
    student: StudentFacts
    names: Mapping[UUID, str]
    zone: str
    at: datetime

    @property
    def today(self) -> date:
        """The local day."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    def name(self, person_id: UUID) -> str:
        """A person's name."""
        return self.names.get(person_id, SOMEBODY)


def telling_of(here: Governed) -> Telling:
    """What the stories of one student are told from."""
    return Telling(
        here.ties,
        here.seen.facts.workspace,
        here.seen.facts.student or StudentFacts(),
        {key: one.name for key, one in here.people.items()},
        here.actor.time_zone,
        here.actor.at,
    )


def marks_of(telling: Telling, person_id: UUID, ended: Iterable[Held] = ()) -> list[RightMark]:
    """The four rights of a person. `ended`: her grants that are over, newest first."""
    stories = stories_of(telling, person_id, ended)
    return [RightMark(one.right, mark_of(one), right_sentence(one, telling.today)) for one in stories]


def mark_of(story: RightStory) -> str:
    """The mark of one right."""
    if story.holds:
        return "held"
    if story.granted:
        return "asleep"
    return "planned" if story.planned else "none"


def stories_of(telling: Telling, person_id: UUID, ended: Iterable[Held] = ()) -> list[RightStory]:
    """The four rights of a person, each with all that explains it."""
    holds = effective_at(telling.ties, person_id, telling.at, telling.workspace, telling.student)
    mine = [one for one in telling.ties.grants if one.person == person_id and one.kind == EXPLICIT]
    past = [one for one in ended if one.person == person_id and one.kind == EXPLICIT]
    return [_story(telling, person_id, right, right in holds, mine, past) for right in Permission]


def note_of(telling: Telling, held: Held) -> GrantNote:
    """A grant in words."""
    zone = telling.zone
    return GrantNote(telling.name(held.granted_by), first_day(held.starts_at, zone), last_day(held.ends_at, zone))


def glass_end(telling: Telling, person_id: UUID) -> datetime | None:
    """When a person's emergency access ends; None without one that counts."""
    glass = glass_at(telling.ties, person_id, telling.at)
    if glass is None or not through_broken_glass(
        facts_at(telling.ties, person_id, telling.at, telling.workspace, telling.student)
    ):
        return None
    return min(glass.starts_at + GLASS_LASTS, glass.ends_at or glass.starts_at + GLASS_LASTS)


def _story(
    telling: Telling, person_id: UUID, right: Permission, holds: bool, mine: list[Held], past: list[Held]
) -> RightStory:
    person = telling.ties.people.get(person_id)
    carrying = [one for one in mine if right in one.rights]
    last = next((one for one in past if right in one.rights), None)
    until = glass_end(telling, person_id) if right == VIEW and holds else None
    return RightStory(
        right=str(right),
        holds=holds,
        role=person.clinical if person else ClinicalRole.NONE,
        granted=tuple(note_of(telling, one) for one in carrying if is_live(one, telling.at)),
        planned=tuple(note_of(telling, one) for one in carrying if one.starts_at > telling.at),
        ended=note_of(telling, last) if last else None,
        through=_through(telling, person_id, right) if holds else "",
        glass_until=clock_time(until.astimezone(ZoneInfo(telling.zone))) if until else "",
        why_not="" if holds else _why_not(telling, person_id, right),
    )


def _through(telling: Telling, person_id: UUID, right: Permission) -> str:
    """The colleague through whom a right counts: rule 3 for an assistant's edit, rule 4 for a supervisor's view."""
    person = person_at(telling.ties, person_id, telling.at)
    if person is None:
        return ""
    if person.clinical == ClinicalRole.ASSISTANT and right in (EDIT, GENERATE):
        others = enablers_at(telling.ties, person, telling.at)
    elif person.clinical == ClinicalRole.SUPERVISOR and right == VIEW:
        others = editing_supervisees_at(telling.ties, person, telling.at)
    else:
        others = []
    return " and ".join(sorted(telling.name(one.id) for one in others))


def _why_not(telling: Telling, person_id: UUID, right: Permission) -> str:
    """Why a right does not count, as a key of `permission_words.REASONS`; "" when it was never given."""
    person = person_at(telling.ties, person_id, telling.at)
    if telling.workspace.status == WorkspaceStatus.CLOSED:
        return "closed"
    if person is None:
        return "left"
    if person.clinical == ClinicalRole.NONE:
        return "office"
    if right not in CEILING[person.clinical]:
        return "ceiling"
    granted = granted_at(telling.ties, person_id, telling.at)
    if right not in granted:
        return ""
    if VIEW not in granted:
        return "no_view"
    return _asleep(telling, right)


def _asleep(telling: Telling, right: Permission) -> str:
    """Why a right that was given and is within the role does not count: what is left are rules 3 and 9."""
    if right == Permission.EXPORT:
        return "assistant_export"
    if telling.student.archived:
        return "archived"
    if telling.workspace.status == WorkspaceStatus.READ_ONLY:
        return "read_only"
    return "unsupervised"
