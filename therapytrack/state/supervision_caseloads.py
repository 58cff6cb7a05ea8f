"""The caseloads of a supervisor's assistants: what the page's address asks for."""

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from therapytrack.access.actions import Action
from therapytrack.domain.caseloads_choice import CaseloadsChoice, parse_caseloads
from therapytrack.domain.group_choice import EVERYBODY, GroupChoice
from therapytrack.errors import NotPermitted, TherapyTrackError
from therapytrack.services.supervised_caseloads import CaseloadsCounts, SupervisedRow, open_caseloads
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires


@dataclass(frozen=True, slots=True)
class CaseloadsLinks:
    """The addresses of the page's views, each keeping whose caseload is shown."""

    everyone: str = ""
    watch: str = ""
    short: str = ""
    unsigned: str = ""
    observe: str = ""


class SupervisionCaseloadsState(SignedInState):
    """`found`: how many rows there are; at most sixty are sent."""

    rows: list[SupervisedRow] = []
    found: int = 0
    counts: CaseloadsCounts = CaseloadsCounts()
    choice: CaseloadsChoice = CaseloadsChoice()
    links: CaseloadsLinks = CaseloadsLinks()
    assistants: list[tuple[str, str]] = []
    charts_href: str = ""

    @rx.event
    @requires(Action.VIEW_CASELOADS)
    async def enter(self) -> None:
        """Open the page as its address asks."""
        await self._enter()
        self.choice = parse_caseloads(self.router.url.query_parameters)
        self.charts_href = GroupChoice(of=self.choice.of or EVERYBODY).href
        views = ("watch", "short", "unsigned", "observe")
        self.links = CaseloadsLinks(self.choice.href(view="all"), *(self.choice.href(view=one) for one in views))
        await self._load()

    @rx.event
    @requires(Action.VIEW_CASELOADS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW_CASELOADS)
    async def choose(self, assistant: str) -> EventSpec:
        """Show one assistant's caseload only, or all."""
        return rx.redirect(self.choice.href(of=assistant))

    async def _load(self) -> None:
        try:
            view = await self._ask(open_caseloads, self.choice)
        except TherapyTrackError as error:
            self.rows, self.found, self.assistants = [], 0, []
            self.counts = CaseloadsCounts()
            self._show(error)
            self.missing |= isinstance(error, NotPermitted)  # a page of supervisors is none for others
        else:
            self.problem = ""
            self.rows, self.found, self.counts, self.assistants = view.rows, view.found, view.counts, view.assistants
        self.ready = True
