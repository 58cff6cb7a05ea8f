"""The Access page of a student: everybody's rights with their reasons, giving and revoking, each with Undo."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.ids import parse_id
from therapytrack.errors import NotFound, TherapyTrackError
from therapytrack.services.access_forms import give
from therapytrack.services.grant_undo import may_restore, restore_access
from therapytrack.services.grants import Ended, Granted, end_grants
from therapytrack.services.student_access import AccessView, Choice, PastLine, PersonAccess, open_access
from therapytrack.state.address import as_id, id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, typed_in


class StudentAccessState(SignedInState):
    """The parts of the page are apart, so that a change of one does not send the others again.

    `form_key` makes the form begin again. What Undo needs stays on the server.
    """

    view: AccessView = AccessView()
    people: list[PersonAccess] = []
    past: list[PastLine] = []
    choices: list[Choice] = []
    form_key: str = ""
    done: str = ""
    can_undo: bool = False
    _student_id: UUID = NO_ID
    _operation: UUID = NO_ID
    _ended: list[Ended] = []
    _made: dict[UUID, tuple[UUID, ...]] = {}

    @rx.event
    @requires(Action.VIEW_ACCESS)
    async def enter(self) -> None:
        """Open the page of the student in the address; in a tab that has only reconnected what is typed stays."""
        await self._enter()
        try:
            student_id = id_after(self.router.url.path, "students")
        except NotFound:
            student_id = NO_ID
        goes_on = self._returned and self._student_id == student_id
        if not goes_on:
            self._begin("", form=True)
        self._student_id = student_id
        await self._load()
        if goes_on and not self.view.governs:
            self._begin("")

    @rx.event
    @requires(Action.VIEW_ACCESS)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def give(self, form: dict[str, Any]) -> None:
        """Give somebody rights; on an error everything typed stays. A second click finds the grant of the first."""
        given = await self._try(give, self._operation, [self._student_id], typed_in(form))
        if given is None:
            return
        self._begin(_given_words(given), form=True)
        self._made, self.can_undo = dict(given.made), True
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def revoke(self, grant_id: str) -> None:
        """End one grant now; it can be undone at once, unless that would be giving oneself a right."""
        answer = await self._try(_revoke, self._student_id, grant_id)
        if answer is None:
            return
        ended, undoable = answer
        self._begin("Ended, from this moment on." if ended else "Emergency access is over, or this had ended before.")
        self._ended, self.can_undo = ended, undoable
        await self._load()

    @rx.event
    @requires(Action.GRANT_ACCESS)
    async def undo(self) -> None:
        """Take the last change back: what was given ends, what was ended is given anew."""
        if not self.can_undo:
            return
        undone = await self._try(undo_change, self._operation, self._ended, self._made)
        if undone is None:
            return
        self._begin("Undone.")
        await self._load()

    def _begin(self, done: str, *, form: bool = False) -> None:
        """A fresh operation, and `form`: a form that begins again, or those of the form that the tab still shows;
        nothing to undo."""
        kept = self._kept()
        shown = as_id(kept.get("operation", ""))
        self._operation = shown if shown != NO_ID else UUID(int=uuid7().int)
        if form:
            self.form_key = kept.get("key") or uuid7().hex
        self._keep_open(key=self.form_key, operation=str(self._operation))
        self.done, self.can_undo, self._ended, self._made = done, False, [], {}

    async def _load(self) -> None:
        try:
            page = await self._ask(open_access, self._student_id)
        except TherapyTrackError as error:
            self.view, self.people, self.past, self.choices = AccessView(), [], [], []
            self._show(error)
        else:
            self.view, self.people, self.past, self.choices = page.view, page.people, page.past, page.choices
        self.ready = True


def _given_words(given: Granted) -> str:
    return "Given." if given.students == 1 else f"Given on {given.students} students."


def _revoke(db: Session, actor: Actor, student_id: UUID, grant_id: str) -> tuple[list[Ended], bool]:
    ended = end_grants(db, actor, {student_id: [parse_id(grant_id)]})
    return ended, may_restore(db, actor, ended)


def undo_change(
    db: Session, actor: Actor, operation_id: UUID, ended: list[Ended], made: dict[UUID, tuple[UUID, ...]]
) -> bool:
    """Give anew what was ended, end what was given."""
    if ended:
        restore_access(db, actor, operation_id, ended)
    if made:
        end_grants(db, actor, made)
    return True
