"""One student's page: the tab that its address asks for, logging a session, archiving."""

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.domain.student_choice import StudentChoice, parse_student_choice
from therapytrack.errors import NotFound
from therapytrack.services.access_stories import RightMark
from therapytrack.services.student_access import AccessTab, my_rights
from therapytrack.services.student_ledger import FreeTimes, StudentLedger, free_times
from therapytrack.services.student_minutes import MinutesLine
from therapytrack.services.student_page import GoalLine, StudentPage, StudentView, open_student
from therapytrack.services.student_reports import ReportLine
from therapytrack.services.student_sessions import NoteLine, SessionLine
from therapytrack.services.student_timeline import TimelineLine
from therapytrack.services.students import archive_student, restore_student
from therapytrack.services.therapy_sessions import start_unplanned
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.student_files import StudentFiles
from therapytrack.state.student_make_ups import StudentMakeUps

NO_ID = UUID(int=0)


class StudentState(StudentMakeUps, StudentFiles, SignedInState):
    """The parts of the page are apart, so that a change of one does not send the others again; those of tabs that are
    not open are empty. `until`: the last day of the list that is shown, "" for the newest; `older`: of the next."""

    student: StudentView = StudentView()
    tab: str = ""
    goals: list[GoalLine] = []
    sessions: list[SessionLine] = []
    notes: list[NoteLine] = []
    minutes: list[MinutesLine] = []
    ledger: StudentLedger = StudentLedger()
    times: FreeTimes = FreeTimes()
    reports: list[ReportLine] = []
    access: AccessTab = AccessTab()
    timeline: list[TimelineLine] = []
    unseen: list[str] = []
    until: str = ""
    older: str = ""
    done: str = ""
    reasons: list[RightMark] = []
    _student_id: UUID = NO_ID
    _choice: StudentChoice = StudentChoice()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the page of the student in the address, at the tab that it names."""
        await self._enter()
        self._choice = parse_student_choice(self.router.url.query_parameters)
        self._session_id = UUID(int=uuid7().int)
        self.done, self.reasons, self.deciding = "", [], ""
        try:
            self._student_id = id_after(self.router.url.path, "students")
        except NotFound:
            self._student_id = NO_ID
        await self._load()
        self._decide_on(self._kept())

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def find_times(self) -> None:
        """Look for free times that would mend what will be short."""
        self.times = await self._try(free_times, self._student_id) or FreeTimes()

    @rx.event
    @requires(Action.VIEW_ACCESS)
    async def explain(self) -> None:
        """Say of each right why it is there or not."""
        self.reasons = await self._try(my_rights, self._student_id) or []

    @rx.event
    @requires(Action.RECORD_SESSION)
    async def log_session(self) -> EventSpec | None:
        """Start a session with this student now; a second click finds the session of the first."""
        session = await self._try(start_unplanned, self._session_id, [self._student_id])
        return rx.redirect(f"/sessions/{session.id}") if session else None

    @rx.event
    @requires(Action.EDIT_PROFILE)
    async def archive(self) -> None:
        """Take the student off the caseload; it can be undone at once."""
        await self._try(archive_student, self._student_id)
        await self._load("Archived. Nothing was deleted." if not self.problem else "")

    @rx.event
    @requires(Action.RESTORE_STUDENT)
    async def restore(self) -> None:
        """Put the student back on the caseload."""
        await self._try(restore_student, self._student_id)
        await self._load("Back on the caseload." if not self.problem else "")

    async def _load(self, done: str = "") -> None:
        kept, self.times = self.problem, FreeTimes()
        page = await self._try(open_student, self._student_id, self._choice)
        if page:
            self.done, self.problem = done, kept
        else:
            self.reasons = []
        self._fill(page or StudentPage(StudentView()))
        self.tab = self._choice.tab
        self.until = self._choice.until.isoformat() if self._choice.until else ""
        self.ready = True

    def _fill(self, page: StudentPage) -> None:
        """Show the page; what is shown already is not sent again."""
        shown = {name: getattr(page, name) for name in StudentPage.__dataclass_fields__}
        self._set_vars(**shown | {"unseen": list(page.unseen)})
