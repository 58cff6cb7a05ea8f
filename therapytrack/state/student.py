"""One student's page: what it shows, logging a session, archiving."""

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.errors import NotFound
from therapytrack.services.access_stories import RightMark
from therapytrack.services.student_access import my_rights
from therapytrack.services.student_page import GoalLine, SessionLine, StudentView, open_student
from therapytrack.services.students import archive_student, restore_student
from therapytrack.services.therapy_sessions import start_unplanned
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.student_make_ups import StudentMakeUps

NO_ID = UUID(int=0)


class StudentState(StudentMakeUps, SignedInState):
    """The parts of the page are apart, so that a change of one does not send the others again."""

    student: StudentView = StudentView()
    goals: list[GoalLine] = []
    sessions: list[SessionLine] = []
    done: str = ""
    reasons: list[RightMark] = []
    _student_id: UUID = NO_ID

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the page of the student in the address."""
        await self._enter()
        self._session_id = UUID(int=uuid7().int)
        self.done, self.reasons, self.deciding = "", [], ""
        try:
            self._student_id = id_after(self.router.url.path, "students")
        except NotFound:
            self._student_id = NO_ID
        await self._load()

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

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
        kept = self.problem
        page = await self._try(open_student, self._student_id)
        if page:
            self.student, self.goals, self.sessions = page.student, page.goals, page.sessions
            self.make_ups, self.other_missed = page.make_ups, page.other_missed
            self.done, self.problem = done, kept
        else:
            self.student, self.goals, self.sessions, self.reasons = StudentView(), [], [], []
            self.make_ups, self.other_missed = [], []
        self.ready = True
