"""The caseload page: what its address asks for, the selection, and starting a session with it."""

from dataclasses import dataclass, replace
from uuid import UUID

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.domain.caseload_choice import CaseloadChoice, parse_choice
from therapytrack.domain.dates import long_weekday, school_grade_label
from therapytrack.errors import TherapyTrackError
from therapytrack.services.caseload_rows import CaseloadCounts, CaseloadRow, CaseloadView, open_caseload
from therapytrack.services.therapy_sessions import start_unplanned
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires

LARGEST_GROUP = 8


@dataclass(frozen=True, slots=True)
class CaseloadLinks:
    """The addresses of the page's views and sort orders, each keeping the rest of the present choice."""

    all: str = "/caseload"
    mine: str = "/caseload?view=mine"
    watch: str = "/caseload?view=watch"
    archived: str = "/caseload?view=archived"
    by_name: str = "/caseload"
    by_iep: str = "/caseload?sort=iep"
    by_minutes: str = "/caseload?sort=minutes"
    by_seen: str = "/caseload?sort=seen"


class CaseloadState(SignedInState):
    """Rows are sent once; the search filters them in the browser, the address holds everything else."""

    rows: list[CaseloadRow] = []
    counts: CaseloadCounts = CaseloadCounts()
    choice: CaseloadChoice = CaseloadChoice()
    links: CaseloadLinks = CaseloadLinks()
    grades: list[list[str]] = []
    schools: list[str] = []
    day_line: str = ""
    selected: list[str] = []
    may_create: bool = False

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the page as its address asks."""
        choice = parse_choice(self.router.url.query_parameters)
        if not self.rows:
            await self._enter()
        else:
            self._clear_messages()
        self.choice, self.links = choice, _links(choice)
        self.selected = []
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def filter_grade(self, grade: str) -> rx.event.EventSpec:
        """Show one grade only, or all."""
        return rx.redirect(self.choice.href(grade=grade))

    @rx.event
    @requires(Action.VIEW)
    async def filter_school(self, school: str) -> rx.event.EventSpec:
        """Show one school only, or all."""
        return rx.redirect(self.choice.href(school=school))

    @rx.event
    @requires(Action.VIEW)
    async def select(self, student_id: str, on: bool) -> None:
        """Add a student to the selection or take her out; only rows that are shown can be chosen."""
        kept = [one for one in self.selected if one != student_id]
        known = any(row.id == student_id for row in self.rows)
        if on and known and len(kept) >= LARGEST_GROUP:
            self.problem = f"A group can have at most {LARGEST_GROUP} students."
        self.selected = [*kept, student_id] if on and known and len(kept) < LARGEST_GROUP else kept

    @rx.event
    @requires(Action.VIEW)
    async def clear_selection(self) -> None:
        """Select nobody."""
        self.selected = []

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start_session(self, session_id: UUID) -> rx.event.EventSpec | None:
        """Start a session now with the selection; `session_id` is made by the page, so a double click starts one."""
        chosen = [UUID(one) for one in self.selected]
        session = await self._try(start_unplanned, session_id, chosen)
        return rx.redirect(f"/sessions/{session.id}") if session else None

    async def _load(self) -> None:
        actor = current_actor.get()
        self.problem = ""
        try:
            view = await self._ask(open_caseload, self.choice)
        except TherapyTrackError as error:
            self.rows = []
            self._show(error)
        else:
            self._take(view)
            self.day_line = long_weekday(actor.today) if actor else ""
        self.may_create = actor is not None and actor.may(Action.CREATE_STUDENT)
        self.ready = True

    def _take(self, view: CaseloadView) -> None:
        self.rows, self.schools = view.rows, view.schools
        self.grades = [[grade, school_grade_label(grade)] for grade in view.grades]
        if self.choice.view != "archived":
            self.counts = view.counts
        else:
            self.counts = replace(self.counts, students=self.counts.students or 0)


def _links(choice: CaseloadChoice) -> CaseloadLinks:
    return CaseloadLinks(
        all=choice.href(view="all"),
        mine=choice.href(view="mine"),
        watch=choice.href(view="watch"),
        archived=choice.href(view="archived"),
        by_name=choice.href(sort="name"),
        by_iep=choice.href(sort="iep"),
        by_minutes=choice.href(sort="minutes"),
        by_seen=choice.href(sort="seen"),
    )
