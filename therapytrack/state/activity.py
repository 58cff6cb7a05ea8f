"""The activity page: the log as its address asks for it, and what this person was told of."""

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.access.facts import Facts
from therapytrack.access.roles import decide
from therapytrack.domain.activity_choice import ActivityChoice, choice_from_form, parse_choice
from therapytrack.domain.ids import parse_id
from therapytrack.errors import TherapyTrackError
from therapytrack.services.activity_log import ActivityRow, find_students, list_activity
from therapytrack.services.alarm_list import AlarmLine, list_alarms, put_aside
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """What is chosen, as the form shows it, and where the page's links lead."""

    person: str = ""
    what: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    student: str = ""
    log: str = "/activity"
    exports: str = "/activity?tab=exports"
    tab: str = "log"
    newest: str = ""
    older: str = ""
    all: str = ""
    without_student: str = ""
    file: str = "/activity.csv"
    register: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A student whose acts can be shown."""

    name: str
    href: str


class ActivityState(SignedInState):
    """`sees_log`: the office reads the log; others see what they were told of."""

    rows: list[ActivityRow] = []
    people: list[tuple[str, str]] = []
    told: list[AlarmLine] = []
    found: list[Found] = []
    choice: ChoiceView = ChoiceView()
    sees_log: bool = False
    may_export: bool = False
    searched: bool = False
    _choice: ActivityChoice = ActivityChoice()

    @rx.event
    @requires(Action.VIEW_AUDIT)
    async def enter(self) -> None:
        """Open the page as its address asks."""
        await self._enter()
        self._choice = parse_choice(self.router.url.query_parameters)
        self.found, self.searched = [], False
        if actor := current_actor.get():
            facts = Facts(actor.member, actor.workspace)
            self.sees_log = decide(Action.VIEW_AUDIT, facts).allowed
            self.may_export = decide(Action.EXPORT_AUDIT, facts).allowed
        await self._load()

    @rx.event
    @requires(Action.VIEW_AUDIT)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW_AUDIT)
    async def show(self, form: dict[str, str]) -> EventSpec | None:
        """Go to the address of what the filters ask for."""
        self._clear_messages()
        try:
            wanted = choice_from_form(form, self._choice)
        except TherapyTrackError as error:
            self._show(error)
            return None
        return rx.redirect(wanted.href())

    @rx.event
    @requires(Action.LIST_ROSTER)
    async def search(self, form: dict[str, str]) -> None:
        """Students by their name; the name never enters the address."""
        found = await self._try(find_students, str(form.get("name", ""))[:300])
        self.found = [Found(name, self._choice.href(student=key)) for key, name in found or []]
        self.searched = found is not None

    @rx.event
    @requires(Action.VIEW)
    async def aside(self, alarm_id: str) -> None:
        """Put one of the person's own alarms aside."""
        self._clear_messages()
        try:
            await self._ask(put_aside, parse_id(alarm_id))
            self.told = await self._ask(list_alarms)
        except TherapyTrackError as error:
            self._show(error)
        await self._recount()

    def _forget(self) -> None:
        """Nothing: the page is about many records."""

    async def _load(self) -> None:
        self.told = await self._try(list_alarms) or []
        page = await self._try(list_activity, self._choice) if self.sees_log else None
        self.rows, self.people = (page.rows, page.people) if page else ([], [])
        if page:
            self.choice = view_of(self._choice, page.student, page.older)
        self.ready = True


def view_of(choice: ActivityChoice, student: str, older: str) -> ChoiceView:
    """The choice for the page; `student` is the chosen student's name, `older` where the next page begins."""
    return ChoiceView(
        person=str(choice.person or ""),
        what=choice.what,
        outcome=choice.outcome,
        since=choice.since.isoformat() if choice.since else "",
        until=choice.until.isoformat() if choice.until else "",
        student=student,
        log=choice.href(tab="log"),
        exports=choice.href(tab="exports"),
        tab=choice.tab,
        newest=choice.href() if choice.before else "",
        older=choice.href(before=older) if older else "",
        all=ActivityChoice(tab=choice.tab).href() if choice.narrowed else "",
        without_student=choice.href(student=None),
        file=choice.href("/activity.csv"),
        register=f"/students/{choice.student}/disclosures" if student else "",
    )
