"""The goal bank: searched by the address, used for a student, kept by the office and by those who write goals."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.bank_choice import BankChoice, parse_bank_choice
from therapytrack.domain.goal_bank import GRADE_BANDS, bank_fields, parse_bank_goal
from therapytrack.domain.goal_form import MEASURES, metric_choices, value_labels
from therapytrack.domain.goal_setup import setup_fields
from therapytrack.domain.ids import parse_id
from therapytrack.domain.measures import Measure
from therapytrack.domain.people import DISCIPLINES
from therapytrack.services import goal_bank
from therapytrack.services.goal_bank import PAGE_ROWS, BankLine
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.goal_editor import NEW_FIELDS, Choice
from therapytrack.state.guard import requires
from therapytrack.state.kept_list import KeptList
from therapytrack.state.record_form import NO_ID, typed_in
from therapytrack.state.still_open import whole

BLANK = NEW_FIELDS | setup_fields({}, ()) | {"discipline": "", "grade_band": "", "area": "", "label": ""}


@dataclass(frozen=True, slots=True)
class BankView:
    """A goal of the bank as the list shows it; `about`: for whom, `measured`: how."""

    id: str = ""
    label: str = ""
    about: str = ""
    condition: str = ""
    behavior: str = ""
    criterion: str = ""
    measured: str = ""
    retired: bool = False
    use_href: str = ""


@dataclass(frozen=True, slots=True)
class AskedView:
    """What is looked for, as the fields of the search begin."""

    words: str = ""
    discipline: str = ""
    area: str = ""
    grade: str = ""
    measure: str = ""
    retired: str = ""
    student: str = ""


NOTHING = BankView()


class GoalBankState(KeptList, SignedInState):
    """`using` is the goal that is to be used for a student; `editing` the one that is changed, `open` its form.

    `forms` counts up, so that the form begins again.
    """

    goals: list[BankView] = []
    asked: AskedView = AskedView()
    areas: list[Choice] = []
    students: list[Choice] = []
    total: int = 0
    shown: str = ""
    any_goals: bool = False
    why_not: str = ""
    student: str = ""
    newer: str = ""
    older: str = ""
    using: BankView = NOTHING
    editing: BankView = NOTHING
    open: bool = False
    fields: dict[str, str] = {}
    measure: str = "trials"
    metrics: list[Choice] = []
    target_label: str = "Target %"
    forms: int = 0
    _lines: list[BankLine] = []
    _new: UUID = NO_ID
    _version: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the part of the bank that the address asks for."""
        await self._enter()
        self.loaded, self.open, self.editing, self.using = False, False, NOTHING, NOTHING
        await self._load(self._imported())
        await self._go_on(self._kept())
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def look(self, form: dict[str, Any]) -> EventSpec:
        """Look for goals: the address holds what was asked for."""
        typed = {name.removeprefix("find_"): value for name, value in typed_in(form).items()}
        wanted = parse_bank_choice({**typed, "retired": "1" if typed.get("retired") else "", "page": ""})
        return rx.redirect(wanted.href())

    @rx.event
    @requires(Action.VIEW)
    async def use(self, bank_id: str) -> None:
        """Ask for which student a goal is to be used; "" asks no more."""
        self._clear_messages()
        self.done = ""
        await self._use(bank_id)

    @rx.event
    @requires(Action.VIEW)
    async def use_for(self, form: dict[str, Any]) -> EventSpec | None:
        """Go on with the goal to the new goal of the student that was chosen."""
        self._clear_messages()
        wanted = parse_bank_choice({"student": str(form.get("for_student", ""))})
        if not wanted.student:
            self.field_errors = {"for_student": "Choose a student."}
            return None
        return rx.redirect(f"/students/{wanted.student}/goals/new?bank={self.using.id}")

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def begin(self, bank_id: str) -> None:
        """Open the form: for the goal of that id, for a new one without."""
        self._clear_messages()
        self.done = ""
        line = next((one for one in self._lines if str(one.id) == bank_id), None)
        self.editing = _view(line, self._choice()) if line else NOTHING
        self.fields = bank_fields(line.form) if line else BLANK
        self._new, self._version = UUID(int=uuid7().int), line.version if line else 0
        self._show_measure(self.fields["measure"], self.fields["metric"])
        self.open = True
        self.forms += 1
        self._keep_form()

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def close(self) -> None:
        """Put the form away; nothing is saved."""
        self._clear_messages()
        self._shut()

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def choose_measure(self, measure: str) -> None:
        """Show the fields of a way to take data; what stands in the others stays."""
        self._show_measure(measure, "")
        self._keep_form()

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def save(self, form: dict[str, Any]) -> None:
        """Add a goal, or change one; on an error everything typed stays."""
        if await self._act("Saved.", _save, self.editing.id, self._version, self._new, typed_in(form)):
            self._shut()
        elif not self.field_errors:
            self._version = next((one.version for one in self._lines if str(one.id) == self.editing.id), 0)
            self._keep_form()

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def retire(self, bank_id: UUID) -> None:
        """Offer a goal no longer; goals of students that came from it stay."""
        await self._act("Retired. Goals that came from it stay.", goal_bank.retire_bank_goal, bank_id)

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def bring_back(self, bank_id: UUID) -> None:
        """Offer a goal again."""
        await self._act("It is offered again.", goal_bank.bring_bank_goal_back, bank_id)

    @rx.event
    @requires(Action.KEEP_GOAL_BANK)
    async def add_starters(self) -> None:
        """Add the starter goals that are not there yet."""
        await self._act("Added. Change and retire as your team works.", goal_bank.add_starters)

    async def _use(self, bank_id: str) -> None:
        self.using = next((one for one in self.get_value("goals") if one.id == bank_id), NOTHING)
        self._keep_open(using=self.using.id)
        if self.using.id:
            found = await self._try(goal_bank.students_for_goals)
            self.students = [Choice(str(key), name) for key, name in found or []]

    def _shut(self) -> None:
        self.open, self.editing = False, NOTHING
        self._keep_open(open="")

    def _keep_form(self) -> None:
        ids = {"editing": self.editing.id, "new": str(self._new), "version": str(self._version)}
        self._keep_open(open="yes", forms=str(self.forms), measure=self.measure, **ids)

    async def _go_on(self, kept: dict[str, str]) -> None:
        """Let what the tab still shows go on: the question for whom, and the form over the version that it had."""
        if kept.get("using"):
            await self._use(kept["using"])
        if not kept.get("open") or self.why_not or not self.loaded:
            return
        editing = kept.get("editing", "")
        line = next((one for one in self._lines if str(one.id) == editing), None)
        self.editing = _view(line, self._choice()) if line else BankView(editing, "this goal" if editing else "")
        self.fields = bank_fields(line.form) if line else BLANK
        self._new, self._version = as_id(kept.get("new", "")), whole(kept.get("version", ""))
        begun, measure = self.fields["measure"], kept.get("measure") or self.fields["measure"]
        self._show_measure(measure, self.fields["metric"] if measure == begun else "")
        self.open, self.forms = True, whole(kept.get("forms", ""))

    def _show_measure(self, measure: str, metric: str) -> None:
        self.measure = measure
        self.metrics = [Choice(*one) for one in metric_choices(measure)]
        self.target_label = value_labels(measure, metric)[1]

    def _choice(self) -> BankChoice:
        return parse_bank_choice(dict(self.router.url.query_parameters))

    def _imported(self) -> str:
        """What became of a file, as the route that read it wrote into the address."""
        query = self.router.url.query_parameters
        counts = [str(query.get(name, "")) for name in ("new", "same")]
        if not all(one.isascii() and one.isdigit() and len(one) <= 5 for one in counts):
            return ""
        new, same = map(int, counts)
        return f"{new} {'goal' if new == 1 else 'goals'} imported; {same} were there already."

    async def _load(self, done: str = "") -> None:
        choice = self._choice()
        found = await self._try(goal_bank.get_bank, choice)
        if found is None:
            return
        self.done, self.why_not, self.student = done, found.why_not, found.student
        self._lines, self.total, self.any_goals = found.lines, found.total, found.any_goals
        self.goals = [_view(one, choice) for one in found.lines]
        self.areas = [Choice(one, one) for one in found.areas]
        self.asked = _asked(choice)
        first = (choice.page - 1) * PAGE_ROWS
        self.shown = f"{first + 1} to {first + len(found.lines)} of {found.total}" if found.lines else ""
        self.newer = choice.href(page=choice.page - 1) if choice.page > 1 else ""
        self.older = choice.href(page=choice.page + 1) if first + len(found.lines) < found.total else ""
        self.loaded = True


def _asked(choice: BankChoice) -> AskedView:
    return AskedView(
        choice.words, choice.discipline, choice.area, choice.grade, choice.measure, "1" if choice.retired else "",
        choice.student,
    )  # fmt: skip


def _view(line: BankLine, choice: BankChoice) -> BankView:
    form = line.form
    about = (DISCIPLINES.get(form.discipline, "Any discipline"), form.area, GRADE_BANDS[form.grade_band])
    use = f"/students/{choice.student}/goals/new?bank={line.id}" if choice.student else ""
    return BankView(
        str(line.id),
        form.label,
        " · ".join(filter(None, about)),
        form.condition,
        form.behavior,
        form.criterion,
        MEASURES[Measure(form.measure)],
        line.retired,
        use,
    )


def _save(db: Session, actor: Actor, editing: str, version: int, new: UUID, typed: dict[str, str]) -> None:
    form = parse_bank_goal(typed)
    if editing:
        goal_bank.change_bank_goal(db, actor, parse_id(editing), version, form)
    else:
        goal_bank.add_bank_goal(db, actor, new, form)
