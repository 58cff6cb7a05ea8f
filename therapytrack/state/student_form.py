"""The student form, for a new student and for a change: typed text stays on every error and conflict."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.busy_form import busy_fields
from therapytrack.domain.student_form import StudentForm, parse_student
from therapytrack.errors import TherapyTrackError
from therapytrack.services.students import create_student, edit_student, open_form, require_create
from therapytrack.state.address import id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, RecordForm, typed_in


class StudentFormState(RecordForm, SignedInState):
    """The form of one student, new or stored."""

    is_new: bool = True
    back: str = "/caseload"
    _student_id: UUID = NO_ID

    @rx.event
    @requires(Action.CREATE_STUDENT)
    async def enter_new(self) -> None:
        """Begin a new student; the id is made here, so that a double click saves one."""
        goes_on = await self._begin_page()
        await self._try(require_create)
        if not self.problem and not goes_on:
            self._begin_student({}, self._new_id(), 0, is_new=True)
        self.ready = True

    @rx.event
    @requires(Action.EDIT_PROFILE)
    async def enter_edit(self) -> None:
        """Begin with the stored profile of the student in the address."""
        await self._reload(goes_on=await self._begin_page())
        self.ready = True

    @rx.event
    @requires(Action.EDIT_PROFILE)
    async def take_theirs(self) -> None:
        """Begin again with what the colleague saved."""
        await self._reload()

    @rx.event
    @requires(Action.EDIT_PROFILE)
    async def keep_mine(self) -> None:
        """Let the next save go over what the colleague saved, which the person has just read."""
        self._go_over_theirs()

    @rx.event
    @requires(Action.EDIT_PROFILE)
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """Save what was typed and go to the student's page; on an error everything typed stays."""
        student_id = self._student_id
        saved = await self._save(_save, student_id, self._version, typed_in(form), self.is_new)
        return rx.redirect(f"/students/{student_id}") if saved else None

    async def _begin_page(self) -> bool:
        await self._enter()
        goes_on = self._goes_on()
        if not goes_on:
            self.form_key = ""
        return goes_on

    async def _reload(self, *, goes_on: bool = False) -> None:
        try:
            student_id = id_after(self.router.url.path, "students")
            stored, version = await self._ask(open_form, student_id)
        except TherapyTrackError as error:
            self._show(error)
        else:
            if not goes_on:
                self._begin_student(fields_of(stored), student_id, version, is_new=False)

    def _begin_student(self, fields: dict[str, str], student_id: UUID, version: int, *, is_new: bool) -> None:
        self._student_id, self.is_new = student_id, is_new
        self.back = "/caseload" if is_new else f"/students/{student_id}"
        self._begin(fields, "" if is_new else str(student_id), version)


def _save(db: Session, actor: Actor, student_id: UUID, version: int, typed: dict[str, str], is_new: bool) -> None:
    form = parse_student(typed, actor.today)
    if is_new:
        create_student(db, actor, student_id, form)
    else:
        edit_student(db, actor, student_id, version, form)


def fields_of(form: StudentForm) -> dict[str, str]:
    """The stored form as the texts of its inputs."""
    iep = {} if form.iep is None else asdict(form.iep)
    mandate = {} if form.mandate is None else asdict(form.mandate)
    iep["iep_starts_on"] = iep.pop("starts_on", None)
    values = {**asdict(form.profile), **iep, **mandate}
    texts = {name: "" if value in (None, False) else str(value) for name, value in values.items()}
    return {**texts, **busy_fields(form.busy)}
