"""What anybody holds on one student at any moment, from plain facts: for lists, explanations and judging a grant.

The gate asks the database about one person now (`ties`); here the same rules are asked about everybody, now and later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from therapytrack.access.actions import Permission
from therapytrack.access.facts import Facts, MemberFacts, StudentFacts, WorkspaceFacts
from therapytrack.access.roles import effective_permissions, explicit_permissions
from therapytrack.access.ties import GLASS_LASTS
from therapytrack.models import AdminRole, ClinicalRole

EXPLICIT, BREAK_GLASS = "explicit", "break_glass"
NOTHING = StudentFacts()


@dataclass(frozen=True, slots=True)
class Person:
    """A membership as decisions see it. `active`: neither suspended nor removed; its dates are judged apart."""

    id: UUID
    clinical: ClinicalRole
    admin: AdminRole
    discipline: str
    active: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """Who supervises whom, in which discipline, from when until when."""

    supervisor: UUID
    assistant: UUID
    discipline: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """One stored grant, or one that somebody wants to make, on the student of its `Ties`."""

    id: UUID
    person: UUID
    rights: frozenset[Permission]
    starts_at: datetime
    ends_at: datetime | None
    granted_by: UUID
    kind: str = EXPLICIT
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ties:
    """Everybody's ties to one student: the workspace's people and links, and the grants that count now or later."""

    people: Mapping[UUID, Person]
    links: Sequence[Link]
    grants: Sequence[Held]


def is_live(row: Person | Link | Held, at: datetime) -> bool:
    """Whether `row` counts at `at`: started and not ended (half-open, rule 1)."""
    return row.starts_at <= at and (row.ends_at is None or at < row.ends_at)


def person_at(ties: Ties, person_id: UUID, at: datetime) -> Person | None:
    """The person, when her membership counts at `at`."""
    found = ties.people.get(person_id)
    return found if found and found.active and is_live(found, at) else None


def granted_at(ties: Ties, person_id: UUID, at: datetime) -> frozenset[Permission]:
    """The union of a person's live explicit grants, before ceiling and supervision."""
    held: frozenset[Permission] = frozenset()
    for one in ties.grants:
        if one.person == person_id and one.kind == EXPLICIT and is_live(one, at):
            held |= one.rights
    return held


def explicit_at(ties: Ties, person_id: UUID, at: datetime) -> frozenset[Permission]:
    """What was granted and counts by the role: rule 2. Empty for somebody whose membership does not count then."""
    person = person_at(ties, person_id, at)
    return explicit_permissions(granted_at(ties, person_id, at), person.clinical) if person else frozenset()


def supervisors_at(ties: Ties, person: Person, at: datetime) -> list[Person]:
    """Live supervisors of `person`, linked in the discipline of both."""
    bosses = [person_at(ties, link.supervisor, at) for link in _links_of(ties, person, at, "assistant")]
    return [one for one in bosses if _fits(one, person, ClinicalRole.SUPERVISOR)]  # type: ignore[misc]


def supervisees_at(ties: Ties, person: Person, at: datetime) -> list[Person]:
    """Live assistants whom `person` supervises, linked in the discipline of both."""
    aides = [person_at(ties, link.assistant, at) for link in _links_of(ties, person, at, "supervisor")]
    return [one for one in aides if _fits(one, person, ClinicalRole.ASSISTANT)]  # type: ignore[misc]


def _links_of(ties: Ties, person: Person, at: datetime, side: str) -> list[Link]:
    mine = [link for link in ties.links if getattr(link, side) == person.id and link.discipline == person.discipline]
    return [link for link in mine if link.discipline and is_live(link, at)]


def _fits(other: Person | None, person: Person, role: ClinicalRole) -> bool:
    return other is not None and other.clinical == role and other.discipline == person.discipline


def enablers_at(ties: Ties, person: Person, at: datetime) -> list[Person]:
    """The supervisors through whom an assistant's edit and generate count: they explicitly hold view and edit."""
    return [one for one in supervisors_at(ties, person, at) if Permission.EDIT in explicit_at(ties, one.id, at)]


def editing_supervisees_at(ties: Ties, person: Person, at: datetime) -> list[Person]:
    """The supervisees through whom a supervisor derives view: they explicitly hold edit (rule 4)."""
    return [one for one in supervisees_at(ties, person, at) if Permission.EDIT in explicit_at(ties, one.id, at)]


def glass_at(ties: Ties, person_id: UUID, at: datetime) -> Held | None:
    """A live break-glass grant, at most four hours old (rule 8)."""
    mine = (one for one in ties.grants if one.person == person_id and one.kind == BREAK_GLASS)
    return next((one for one in mine if is_live(one, at) and at < one.starts_at + GLASS_LASTS), None)


def facts_at(
    ties: Ties, person_id: UUID, at: datetime, workspace: WorkspaceFacts, student: StudentFacts = NOTHING
) -> Facts:
    """Everything for a decision about `person_id` at `at`; `student` gives what is no tie (archived, hold, AI)."""
    person = ties.people.get(person_id)
    if person is None or person_at(ties, person_id, at) is None:
        return Facts(MemberFacts(live=False), workspace, student)
    supervised = person.clinical == ClinicalRole.ASSISTANT and bool(enablers_at(ties, person, at))
    over = person.clinical == ClinicalRole.SUPERVISOR and bool(editing_supervisees_at(ties, person, at))
    held = replace(
        student,
        granted=granted_at(ties, person_id, at),
        glass_broken=glass_at(ties, person_id, at) is not None,
        supervised=supervised,
        supervisee_edits=over,
    )
    return Facts(MemberFacts(live=True, admin=person.admin, clinical=person.clinical), workspace, held)


def effective_at(
    ties: Ties, person_id: UUID, at: datetime, workspace: WorkspaceFacts, student: StudentFacts = NOTHING
) -> frozenset[Permission]:
    """The rights that a person really has on the student at `at`."""
    return effective_permissions(facts_at(ties, person_id, at, workspace, student))


def moments(at: datetime, *worlds: Ties) -> list[datetime]:
    """`at` and every later moment at which something of `worlds` begins or ends: between two of them nothing changes.

    Break-glass is left out: what is judged by these moments does not hang on it.
    """
    found = {at}
    for ties in worlds:
        rows: list[Person | Link | Held] = [*ties.people.values(), *ties.links, *ties.grants]
        for row in rows:
            found |= {edge for edge in (row.starts_at, row.ends_at) if edge is not None and edge > at}
    return sorted(found)
