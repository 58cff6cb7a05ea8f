"""The matrix of students and people: who can edit, who can view, for whom something begins later or does not count.

It shows the roster and rights, and nothing of a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action, Permission
from therapytrack.access.actor import Actor
from therapytrack.access.granting import in_words
from therapytrack.access.granting_gate import Governed, visible_governed
from therapytrack.access.standing import EXPLICIT, Held, effective_at, glass_at, is_live
from therapytrack.domain.local_days import first_day, last_day
from therapytrack.domain.names import folded, initials
from therapytrack.domain.permission_words import GrantNote, period_words
from therapytrack.services import activity
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.student_access import ROLE_WORDS, Choice, choices_of

ON_A_PAGE = 60
EDIT, VIEW = Permission.EDIT, Permission.VIEW
MATRIX = "access matrix"


@dataclass(frozen=True, slots=True)
class MatrixChoice:
    """What the address asks for: a page from 1, and one person's students only ("" for all)."""

    page: int = 1
    person: str = ""

    def href(self, **changes: object) -> str:
        """The address of this choice with `changes`."""
        wanted = replace(self, **changes)  # type: ignore[arg-type]
        parts = [f"person={wanted.person}"] if wanted.person else []
        parts += [f"page={wanted.page}"] if wanted.page > 1 else []
        return "/team/access" + (f"?{'&'.join(parts)}" if parts else "")


@dataclass(frozen=True, slots=True)
class MatrixPerson:
    """A column: somebody who has anything on one of the students shown."""

    id: str
    name: str
    initials: str
    role: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What a person has on a student. `mark`: edit, view, later or none; a word to see and words to hear."""

    mark: str = "none"
    word: str = ""
    words: str = ""


NOTHING = MatrixCell()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A student with a cell for each column."""

    id: str
    name: str
    initials: str
    manager: str
    cells: list[MatrixCell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of the matrix; `students`: how many there are in all pages; `choices`: to whom rights can be given."""

    people: list[MatrixPerson]
    rows: list[MatrixRow]
    students: int
    pages: int
    choices: list[Choice]


@activity.only_reads
def open_matrix(db: Session, actor: Actor, choice: MatrixChoice, words: str = "") -> Matrix:
    """One page of the students whose access the actor governs, narrowed by `choice` and by `words` in their names.

    Four statements and the log's row, whatever the numbers. It is empty for somebody who governs nothing.
    """
    governed = visible_governed(db, actor)
    everybody = governed[0].people if governed else {}
    wanted = [one for one in governed if _wanted(one, choice.person, words)]
    pages = max(1, -(-len(wanted) // ON_A_PAGE))
    start = (min(choice.page, pages) - 1) * ON_A_PAGE
    shown = wanted[start : start + ON_A_PAGE]
    columns = [key for key in everybody if any(_has_tie(one, key) for one in shown)]
    activity.record(db, actor, Action.VIEW_ACCESS, record_kind=MATRIX, students=len(shown))
    people = [
        MatrixPerson(str(key), one.name, initials(one.name), ROLE_WORDS[one.person.clinical])
        for key, one in ((key, everybody[key]) for key in columns)
    ]
    return Matrix(
        people,
        [_row(one, columns) for one in shown],
        len(wanted),
        pages,
        choices_of(everybody, actor),
    )


def _wanted(one: Governed, person: str, words: str) -> bool:
    name = folded(display_name(one.seen.student))
    if not all(word in name for word in folded(words).split()):
        return False
    return not person or any(str(held.person) == person for held in one.ties.grants)


def _has_tie(one: Governed, person: UUID) -> bool:
    """Whether a column would have anything in this row; derived view needs an assistant's grant, so look closely."""
    if any(held.person == person for held in one.ties.grants):
        return True
    supervises = any(link.supervisor == person for link in one.ties.links)
    return supervises and VIEW in _effective(one, person)


def _effective(one: Governed, person: UUID) -> frozenset[Permission]:
    student = one.seen.facts.student
    assert student is not None
    return effective_at(one.ties, person, one.actor.at, one.seen.facts.workspace, student)


def _row(one: Governed, columns: Sequence[UUID]) -> MatrixRow:
    student = one.seen.student
    name = display_name(student)
    manager = one.people.get(student.case_manager_at(one.actor.at))
    return MatrixRow(
        id=str(student.id),
        name=name,
        initials=initials(name),
        manager=manager.name if manager else "",
        cells=[_cell(one, person) for person in columns],
    )


def _cell(one: Governed, person: UUID) -> MatrixCell:
    mine = [held for held in one.ties.grants if held.person == person and held.kind == EXPLICIT]
    supervises = any(link.supervisor == person for link in one.ties.links)
    if not mine and not supervises and glass_at(one.ties, person, one.actor.at) is None:
        return NOTHING
    rights, until = _effective(one, person), _until(one, mine)
    if not rights:
        return MatrixCell("later", *_later(one, mine)) if mine else NOTHING
    word = "Edit" if EDIT in rights else "View"
    return MatrixCell(word.lower(), word, f"{in_words(rights)}{until}")


def _until(one: Governed, mine: Sequence[Held]) -> str:
    """Until when the live grants last, when all of them end."""
    ends = [held.ends_at for held in mine if is_live(held, one.actor.at)]
    last = max((end for end in ends if end), default=None)
    if last is None or None in ends:
        return ""
    note = GrantNote("", one.actor.today, last_day(last, one.actor.time_zone))
    return f", {period_words(note, one.actor.today)}"


def _later(one: Governed, mine: Sequence[Held]) -> tuple[str, str]:
    first = min(mine, key=lambda held: held.starts_at)
    zone = one.actor.time_zone
    if first.starts_at <= one.actor.at:
        role = one.ties.people[first.person].clinical
        return "Rests", f"given, does not count for this person now ({role})"
    note = GrantNote("", first_day(first.starts_at, zone), last_day(first.ends_at, zone))
    return "Later", f"{in_words(first.rights)}, {period_words(note, one.actor.today)}"
