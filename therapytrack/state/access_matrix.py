"""Access to many students at once: the matrix, a selection, and giving, taking or lending rights on all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.handover_words import count_words, losing_words, substitute_words
from therapytrack.errors import TherapyTrackError
from therapytrack.services.access_forms import give, stand_in, take
from therapytrack.services.access_matrix import Matrix, MatrixChoice, MatrixPerson, MatrixRow, open_matrix
from therapytrack.services.grant_undo import may_restore
from therapytrack.services.grants import Ended
from therapytrack.services.student_access import Choice
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, typed_in
from therapytrack.state.student_access import undo_change

DOING = ("give", "take", "substitute")
LONGEST_WORDS = 100
GONE = "Access to one of these students is not yours to govern any more. The others are still selected: try again."


class AccessMatrixState(SignedInState):
    """Rows are sent a page at a time. `doing` is the open form ("" for none); `asked` is what it would do and `warned`
    what that does to others, to be confirmed.

    A tick shows at once, before the server answers; `round` makes the boxes begin again where it disagrees.
    """

    people: list[MatrixPerson] = []
    rows: list[MatrixRow] = []
    students: int = 0
    pages: int = 1
    choice: MatrixChoice = MatrixChoice()
    before: str = ""
    after: str = ""
    words: str = ""
    choices: list[Choice] = []
    selected: list[str] = []
    round: int = 0
    doing: str = ""
    form_key: str = ""
    asked: list[str] = []
    warned: list[str] = []
    done: str = ""
    can_undo: bool = False
    _operation: UUID = NO_ID
    _typed: dict[str, str] = {}
    _ended: list[Ended] = []
    _made: dict[UUID, tuple[UUID, ...]] = {}

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def enter(self) -> None:
        """Open the page as its address asks, with those students selected whom it names and who are shown.

        In a tab that has only reconnected what is typed stays; what was asked about it is asked again.
        """
        await self._enter()
        query, goes_on = self.router.url.query_parameters, self._returned and self.form_key != ""
        self.choice, self.asked, self.warned = parse_choice(query), [], []
        if not goes_on:
            self.words = ""
            self.round += 1
        await self._load()
        shown = {row.id for row in self.get_value("rows")}
        self.selected = [one for one in dict.fromkeys(query.get("pick", "").split(",")) if one in shown]
        doing = self._offered(query.get("do", ""))
        if not (goes_on and shown) or doing != self.doing:
            self._begin("", doing)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def find(self, form: dict[str, Any]) -> None:
        """Show the students whose names hold these words; they stand in no address."""
        self.words = typed_in(form).get("words", "")[:LONGEST_WORDS]
        self.choice = MatrixChoice(person=self.choice.person)
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def pick(self, student_id: str, on: bool) -> None:
        """Add a student to the selection or take her out; only rows that are shown can be chosen."""
        kept = [one for one in self.selected if one != student_id]
        self._choose([*kept, student_id] if on and self._shows(student_id) else kept)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def pick_all(self, on: bool) -> None:
        """Select everybody who is shown, or nobody."""
        self.round += 1
        self._choose([row.id for row in self.get_value("rows")] if on else [])

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def start(self, doing: str) -> None:
        """Open a form for the selection, or close it ("")."""
        self._begin("", self._offered(doing))
        self._clear_messages()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def submit(self, form: dict[str, Any]) -> None:
        """Do what the open form asks, or say first what it would do to others; everything typed stays on an error."""
        self._typed = typed_in(form)
        self.asked, self.warned = [], []
        await self._act(sure=False)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def confirm(self) -> None:
        """Go on with what was asked and read."""
        if self.asked or self.warned:
            await self._act(sure=True)

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def undo(self) -> None:
        """Take the last change back."""
        if not self.can_undo:
            return
        if await self._try(undo_change, self._operation, self._ended, self._made):
            self._begin("Undone.", self.doing)
            await self._load()

    async def _act(self, *, sure: bool) -> None:
        students = [UUID(one) for one in self.selected]
        acts = {"give": self._give, "take": self._take, "substitute": self._substitute}
        if students and self.doing in acts:
            await acts[self.doing](students, sure)
        if self.missing:
            self.missing = False
            await self._load()
            self.field_errors = {"students": GONE}

    async def _give(self, students: Sequence[UUID], _sure: bool) -> None:
        given = await self._try(give, self._operation, students, self._typed)
        if given is not None:
            already = f" {count_words(given.already, 'student')} had it already." if given.already else ""
            await self._finish(f"Given on {count_words(given.students, 'student')}.{already}", made=dict(given.made))

    async def _take(self, students: Sequence[UUID], sure: bool) -> None:
        answer = await self._try(take, students, self._typed, sure=sure)
        if answer is None:
            return
        ended, losing = answer
        if losing:
            self.asked, self.warned = ["This takes more away than it says:"], losing_words(losing)
            return
        touched = len({one.student for one in ended})
        done = f"Taken away on {count_words(touched, 'student')}." if ended else "There was nothing left to take away."
        await self._finish(done, ended=ended)

    async def _substitute(self, students: Sequence[UUID], sure: bool) -> None:
        told = await self._try(stand_in, self._operation, students, self._typed, dry=not sure)
        if told is None:
            return
        names = {one.value: one.words.partition(",")[0] for one in self.get_value("choices")}
        of, to = (names.get(self._typed.get(name, ""), "this person") for name in ("of", "to"))
        numbers = {name: value for name, value in asdict(told).items() if isinstance(value, int)}
        words = substitute_words(numbers, of, to)
        if sure:
            await self._finish(f"Done. {' '.join(words)}")
        else:
            self.asked, self.warned = words, losing_words(told.losing)

    async def _finish(
        self, done: str, *, made: dict[UUID, tuple[UUID, ...]] | None = None, ended: list[Ended] | None = None
    ) -> None:
        undoable = bool(made) or (bool(ended) and bool(await self._try(may_restore, ended or [])))
        self._begin(done)
        self._made, self._ended, self.can_undo = made or {}, ended or [], undoable
        await self._load()

    def _offered(self, doing: str) -> str:
        return doing if doing in DOING and self.selected else ""

    def _begin(self, done: str, doing: str = "") -> None:
        """A fresh form and operation; nothing asked, nothing to undo."""
        self._operation = UUID(int=uuid7().int)
        self.doing, self.form_key = doing, doing if doing != self.form_key else f"{doing} again"
        self.done, self.can_undo = done, False
        self.asked, self.warned, self._typed, self._ended, self._made = [], [], {}, [], {}

    def _shows(self, student_id: str) -> bool:
        return any(row.id == student_id for row in self.get_value("rows"))

    def _choose(self, student_ids: list[str]) -> None:
        self.selected, self.asked, self.warned = student_ids, [], []
        if not student_ids:
            self.doing = ""

    def _forget(self) -> None:
        """Nothing: when one of the students is gone, the others stay; loading again leaves her out."""

    async def _load(self) -> None:
        try:
            matrix = await self._ask(open_matrix, self.choice, self.words)
        except TherapyTrackError as error:
            self.rows, self.people = [], []
            self._show(error)
        else:
            self._put(matrix)
        self.ready = True

    def _put(self, matrix: Matrix) -> None:
        self.people, self.rows, self.choices = matrix.people, matrix.rows, matrix.choices
        self.students, self.pages = matrix.students, matrix.pages
        page = min(self.choice.page, matrix.pages)
        self.before = self.choice.href(page=page - 1) if page > 1 else ""
        self.after = self.choice.href(page=page + 1) if page < matrix.pages else ""
        shown = {row.id for row in matrix.rows}
        self.selected = [one for one in self.selected if one in shown]


def parse_choice(query: Mapping[str, str]) -> MatrixChoice:
    """What an address asks for; what is unknown there is taken as the default."""
    page = query.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
    return MatrixChoice(max(1, number), query.get("person", "")[:36])
