"""Emergency access: find the one student, say why, look for four hours; and the banner that lasts as long."""

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.ids import parse_id
from therapytrack.services.break_glass import Found, break_glass, end_glass, find_again, find_student, open_found
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, typed_in


class EmergencyState(SignedInState):
    """`name` is the student found; who she is in the database stays on the server."""

    name: str = ""
    sentence: str = ""
    _student_id: UUID = NO_ID

    @rx.event
    @requires(Action.BREAK_GLASS)
    async def enter(self) -> None:
        """Begin, with the student of the address for the office, which knows the roster; in a tab that has only
        reconnected the student who was found is asked for again, and the reason that is typed stays."""
        await self._enter()
        before = self._student_id if self._returned else NO_ID
        self._put(Found())
        asked = self.router.url.query_parameters.get("student", "")
        if asked:
            self._put(await self._try(_open, asked) or Found())
        elif before != NO_ID:
            self._put(await self._try(find_again, before) or Found())
        else:
            await self._recount()
        self.ready = True

    @rx.event
    @requires(Action.BREAK_GLASS)
    async def find(self, form: dict[str, Any]) -> None:
        """Look for the student whose whole name or number was typed."""
        found = await self._try(find_student, typed_in(form).get("who", ""))
        self._put(found or Found())
        if found is not None and found.id is None:
            self.field_errors = {"who": found.sentence}

    @rx.event
    @requires(Action.BREAK_GLASS)
    async def break_glass(self, form: dict[str, Any]) -> EventSpec | None:
        """Open the student's record for four hours; on an error everything typed stays."""
        glass = await self._try(break_glass, self._student_id, typed_in(form))
        return rx.redirect(f"/students/{glass.student_id}") if glass else None

    @rx.event
    @requires(Action.BREAK_GLASS)
    async def end_now(self, student_id: str) -> EventSpec:
        """End the emergency access of the banner."""
        await self._try(_end, student_id)
        return rx.redirect("/today")

    def _put(self, found: Found) -> None:
        self._student_id, self.name, self.sentence = found.id or NO_ID, found.name, found.sentence


def _open(db: Session, actor: Actor, student_id: str) -> Found:
    return open_found(db, actor, parse_id(student_id))


def _end(db: Session, actor: Actor, student_id: str) -> bool:
    return end_glass(db, actor, parse_id(student_id))
