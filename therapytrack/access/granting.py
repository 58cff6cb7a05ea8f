"""Who may change whose rights: the pure decision about grants and supervision links (rules 5 and 12).

A change is judged by what it adds, at every moment from now on at which something begins or ends. What it takes away
needs no more than the right to grant: removing never enables anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from therapytrack.access.actions import Action, Permission
from therapytrack.access.facts import Facts, StudentFacts, WorkspaceFacts
from therapytrack.access.roles import CEILING, OFFICE, decide
from therapytrack.access.standing import BREAK_GLASS, Held, Link, Ties, effective_at, explicit_at, granted_at, moments
from therapytrack.models import WorkspaceStatus

EDIT, GENERATE, VIEW = Permission.EDIT, Permission.GENERATE, Permission.VIEW
# Rule 5 speaks of now and later: a workspace that is read-only today may be active again, a setting may change.
LASTING = WorkspaceFacts(assistants_may_export=True)


@dataclass(frozen=True, slots=True)
class Change:
    """Grants to make and grants to end (id: the moment from which it does not count) on one student."""

    adds: tuple[Held, ...] = ()
    ends: Mapping[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a change is allowed; if not, the sentence and the form field (or "") beside which it belongs."""

    allowed: bool
    field: str = ""
    sentence: str = ""


ALLOWED = Verdict(True)


def applied(ties: Ties, change: Change) -> Ties:
    """The ties as they would be after `change`; a grant never ends later than it did."""
    kept = [replace(one, ends_at=_earlier(one.ends_at, change.ends.get(one.id))) for one in ties.grants]
    return replace(ties, grants=(*kept, *change.adds))


def judge(ties: Ties, change: Change, actor_id: UUID, facts: Facts, at: datetime) -> Verdict:
    """Whether the actor of `facts` (her facts on this student, from the gate) may make `change` at `at`."""
    decision = decide(Action.GRANT_ACCESS, facts)
    if not decision.allowed:
        return Verdict(False, "", decision.reason)
    for refusal in _forms(change.adds, at):
        return refusal
    if not adds_anything(ties, change, at):
        return ALLOWED
    if facts.student is None or facts.student.archived:
        return Verdict(False, "students", "This student is archived. Restore the student first, then give access.")
    for refusal in _grantees(ties, change.adds, at):
        return refusal
    return _judge_additions(_without_glass(ties), change, actor_id, facts, at)


def adds_anything(ties: Ties, change: Change, at: datetime) -> bool:
    """Whether `change` gives anybody a right at any moment that she would not have had then."""
    after = applied(ties, change)
    people = {one.person for one in change.adds}
    return any(granted_at(after, one, t) - granted_at(ties, one, t) for t in moments(at, ties, after) for one in people)


def losses(
    ties: Ties, change: Change, at: datetime, workspace: WorkspaceFacts, student: StudentFacts
) -> dict[UUID, frozenset[Permission]]:
    """What others lose at `at` through `change`: an assistant's edit hangs on her supervisor's rights (rules 3 and 4).

    People whose own grants the change ends or makes are left out.
    """
    after = applied(ties, change)
    own = {one.person for one in (*ties.grants, *change.adds) if one.id in change.ends or one in change.adds}
    linked = {link.assistant for link in ties.links} | {link.supervisor for link in ties.links}
    lost = {
        person: effective_at(ties, person, at, workspace, student) - effective_at(after, person, at, workspace, student)
        for person in linked - own
    }
    return {person: rights for person, rights in lost.items() if rights}


def judge_link(worlds: Iterable[Ties], link: Link, actor_id: UUID, at: datetime) -> Verdict:
    """Whether `link` leaves the actor's own rights on every student as they are, now and later (rule 5).

    `worlds`: the ties of each student on whom one of the two holds anything. The right to link at all is the gate's.
    """
    for ties in map(_without_glass, worlds):
        after = replace(ties, links=(*ties.links, link))
        if any(_gain(ties, after, actor_id, t) for t in moments(at, after)):
            return Verdict(False, "person", OWN_BY_LINK)
    return ALLOWED


OWN_BY_LINK = "This link would give you yourself a right on a student. Ask another owner or administrator to make it."


def _forms(adds: Iterable[Held], at: datetime) -> Iterator[Verdict]:
    """What no grant may be, whatever it adds: one of the past, one that ends before it begins, emergency access."""
    for one in adds:
        if one.starts_at < at:
            yield Verdict(False, "starts_on", "The first day is in the past. Leave it empty to start now.")
        if one.ends_at is not None and one.ends_at <= at:
            yield Verdict(False, "ends_on", "The last day is in the past. Choose a later one, or leave it empty.")
        if one.ends_at is not None and one.ends_at <= one.starts_at:
            yield Verdict(False, "ends_on", "The last day is before the first one. Change one of them.")
        if one.kind == BREAK_GLASS:
            yield Verdict(False, "person", "Emergency access is taken, never given.")


def _grantees(ties: Ties, adds: Iterable[Held], at: datetime) -> Iterator[Verdict]:
    for one in adds:
        person = ties.people.get(one.person)
        if person is None:
            yield Verdict(False, "person", "Choose a person of this workspace.")
        elif not person.active:
            yield Verdict(False, "person", "This person is suspended or removed. Choose somebody else.")
        elif person.ends_at is not None and person.ends_at <= max(one.starts_at, at):
            yield Verdict(False, "person", "This person's membership has ended by then. Choose somebody else.")


def _judge_additions(ties: Ties, change: Change, actor_id: UUID, facts: Facts, at: datetime) -> Verdict:
    after = applied(ties, change)
    people = {one.person for one in change.adds}
    office = facts.member.admin in OFFICE
    own = frozenset(Permission)
    for t in moments(at, ties, after):
        own &= explicit_at(ties, actor_id, t)
        if facts.workspace.status == WorkspaceStatus.READ_ONLY:
            own -= {EDIT, GENERATE}
        for person in people:
            new = granted_at(after, person, t) - granted_at(ties, person, t)
            if new and VIEW not in granted_at(after, person, t):
                return Verdict(False, "rights", "Without View no other right counts. Tick View as well.")
            if beyond := new - CEILING[ties.people[person].clinical]:
                return Verdict(False, "rights", _beyond_ceiling(beyond, ties.people[person].clinical))
            if not office and (exceeding := new - own):
                return Verdict(False, "rights", _beyond_own(exceeding))
        if _gain(ties, after, actor_id, t):
            return Verdict(False, "person", OWN_RIGHT)
    return ALLOWED


def _gain(before: Ties, after: Ties, actor_id: UUID, at: datetime) -> frozenset[Permission]:
    return effective_at(after, actor_id, at, LASTING) - effective_at(before, actor_id, at, LASTING)


def _without_glass(ties: Ties) -> Ties:
    """What break-glass gives does not count as held: it ends by itself."""
    return replace(ties, grants=[one for one in ties.grants if one.kind != BREAK_GLASS])


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((end for end in (one, other) if end is not None), default=None)


OWN_RIGHT = (
    "This would give you yourself a right on this student, now or later. Nobody can do that for herself: ask the "
    "case manager or another administrator."
)


def _beyond_ceiling(rights: frozenset[Permission], clinical: str) -> str:
    if clinical == "none":
        return "This person has no clinical role, so no student's record opens to her. Change her role first."
    return f"{in_words(rights).capitalize()} is beyond the role {clinical}. Untick it, or choose somebody else."


def _beyond_own(rights: frozenset[Permission]) -> str:
    return (
        f"You cannot give what you do not hold yourself until that day ({in_words(rights)}). Shorten the time, untick "
        "it, or ask the owner."
    )


def in_words(rights: Iterable[Permission]) -> str:
    """Rights in their usual order: "view, edit and export"."""
    held = set(rights)
    ordered = [str(one) for one in Permission if one in held]
    return " and ".join([", ".join(ordered[:-1]), ordered[-1]]) if len(ordered) > 1 else "".join(ordered)
