"""The caseload page: what its address asks for, the selection, and starting a session with it."""

from dataclasses import dataclass
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.caseload_choice import CaseloadChoice, parse_choice, parse_picked
from therapytrack.domain.dates import school_grade_label
from therapytrack.domain.session_plan import LARGEST_GROUP
from therapytrack.errors import TherapyTrackError
from therapytrack.services.caseload_rows import CaseloadCounts, CaseloadRow, open_caseload
from therapytrack.services.slot_days import start_meeting
from therapytrack.services.therapy_sessions import start_unplanned
from therapytrack.services.today import DaySession
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires

NO_ID = UUID(int=0)
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class CaseloadLinks:
    """The addresses of the page's views and sort orders, each keeping the rest of the present choice."""

    everyone: str = "/caseload"
    mine: str = "/caseload?view=mine"
    watch: str = "/caseload?view=watch"
    off: str = "/caseload?view=off"
    iep: str = "/caseload?view=iep"
    short: str = "/caseload?view=short"
    archived: str = "/caseload?view=archived"
    by_name: str = "/caseload"
    by_iep: str = "/caseload?sort=iep"
    by_minutes: str = "/caseload?sort=minutes"
    by_seen: str = "/caseload?sort=seen"


@dataclass(frozen=True, slots=True)
class NowView:
    """One of today's sessions; `is_next` marks the running or the next one; `hit`: what the school calendar says
    against it, "" for nothing."""

    id: str
    title: str
    hours: str
    who: str
    status: str
    can_start: bool
    is_next: bool
    href: str
    hit: str


class CaseloadState(SignedInState):
    """Rows are sent once; the search hides them in the browser, the address holds everything else.

    A tick shows at once, before the server answers; `round` makes the boxes begin again where it disagrees. `hit`: what
    the school calendar has against all of today.
    """

    rows: list[CaseloadRow] = []
    counts: CaseloadCounts = CaseloadCounts()
    choice: CaseloadChoice = CaseloadChoice()
    links: CaseloadLinks = CaseloadLinks()
    grades: list[tuple[str, str]] = []
    schools: list[str] = []
    line: str = ""
    may_create: bool = False
    selected: list[str] = []
    round: int = 0
    today: list[NowView] = []
    hit: str = ""
    _session_id: UUID = NO_ID

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the page as its address asks; those who were selected and are still shown are selected again."""
        await self._enter()
        asked = self.router.url.query_parameters
        self.choice = parse_choice(asked)
        self.links = links_of(self.choice)
        self.round += 1
        self._choose([])
        await self._load()
        shown = {row.id for row in self.get_value("rows")}
        if kept := [one for one in parse_picked(asked) if one in shown]:
            self._choose(kept)

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start_planned(self, meeting: str) -> EventSpec | None:
        """Begin one of today's sessions, or go on with it."""
        started = await self._try(start_meeting, meeting)
        return rx.redirect(f"/sessions/{started.id}") if started else None

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def filter_grade(self, grade: str) -> EventSpec:
        """Show one grade only, or all."""
        return rx.redirect(self.choice.href(grade=grade))

    @rx.event
    @requires(Action.VIEW)
    async def filter_school(self, school: str) -> EventSpec:
        """Show one school only, or all."""
        return rx.redirect(self.choice.href(school=school))

    @rx.event
    @requires(Action.VIEW)
    async def pick(self, student_id: str, on: bool) -> None:
        """Add a student to the selection or take her out; only rows that are shown can be chosen."""
        kept = [one for one in self.selected if one != student_id]
        if not on:
            self._choose(kept)
        elif len(kept) >= LARGEST_GROUP:
            self.round += 1
            self.problem = f"A group can have at most {LARGEST_GROUP} students."
        elif any(row.id == student_id for row in self.rows):
            self._choose([*kept, student_id])

    @rx.event
    @requires(Action.VIEW)
    async def clear_selection(self) -> None:
        """Select nobody."""
        self.round += 1
        self._choose([])

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def start_session(self) -> EventSpec | None:
        """Start a session now with the selection; a second click finds the session of the first."""
        chosen = [UUID(one) for one in self.selected]
        session = await self._try(start_unplanned, self._session_id, chosen)
        return rx.redirect(f"/sessions/{session.id}") if session else None

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def open_access(self) -> EventSpec:
        """Go on to the access of the selected students; there it is judged who may change it."""
        return rx.redirect(f"/team/access?pick={','.join(self.selected)}&do=give")

    def _forget(self) -> None:
        """Nothing: when one of the students is gone, the others stay."""

    def _choose(self, student_ids: list[str]) -> None:
        self.selected, self.problem = student_ids, ""
        self._session_id = UUID(int=uuid7().int)

    async def _load(self) -> None:
        try:
            view = await self._ask(open_caseload, self.choice)
        except TherapyTrackError as error:
            self.rows, self.today, self.hit = [], [], ""
            self._show(error)
        else:
            self.problem = ""
            self.rows, self.schools, self.line = view.rows, view.schools, view.line
            self.grades = [(grade, school_grade_label(grade)) for grade in view.grades]
            self.counts, self.may_create = view.counts, view.may_create
            self.today = now_views(view.today)
            self.hit = common_hit(self.today)
        self.ready = True


def now_views(sessions: list[DaySession]) -> list[NowView]:
    """Today's sessions in the words of the aside; what runs is next, whatever was planned before it."""
    open_now = [one for status in ("running", "planned") for one in sessions if one.status == status]
    coming = open_now[0].id if open_now else ""
    return [
        NowView(
            one.id,
            one.title,
            one.hours.replace(" ", NO_BREAK),
            ", ".join(student.preferred_name or student.given_name for student in one.students) or one.place,
            one.status,
            one.can_start and one.status in ("running", "planned"),
            one.id == coming,
            "/schedule?view=day" if ":" in one.id else f"/sessions/{one.id}",
            one.hit,
        )
        for one in sessions
    ]


def common_hit(today: list[NowView]) -> str:
    """What the school calendar says against all of the sessions that are to come; "" when it says several things, or of
    some alone."""
    told = {one.hit for one in today if one.status == "planned"}
    return told.pop() if len(told) == 1 else ""


def links_of(choice: CaseloadChoice) -> CaseloadLinks:
    """Where the page's links lead from `choice`."""
    return CaseloadLinks(
        everyone=choice.href(view="all"),
        mine=choice.href(view="mine"),
        watch=choice.href(view="watch"),
        off=choice.href(view="off"),
        iep=choice.href(view="iep"),
        short=choice.href(view="short"),
        archived=choice.href(view="archived"),
        by_name=choice.href(sort="name"),
        by_iep=choice.href(sort="iep"),
        by_minutes=choice.href(sort="minutes"),
        by_seen=choice.href(sort="seen"),
    )
