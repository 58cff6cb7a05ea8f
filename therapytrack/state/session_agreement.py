"""The page of a session's co-scoring: how to score along, and how far the two agreed."""

import reflex as rx

from therapytrack.access.actions import Action
from therapytrack.services.agreement import get_session_agreement
from therapytrack.state.agreement_views import AgreementView, agreement_views, in_all
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.note_views import record_id


class SessionAgreementState(SignedInState):
    """The session of the address; `finished`: only then anything is compared."""

    session_id: str = ""
    title: str = ""
    finished: bool = False
    can_score: bool = False
    lines: list[AgreementView] = []
    in_all: str = ""

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Load what the session's second scorers made of it."""
        await self._enter()
        session_id = record_id(self.router.url.path.strip("/").partition("/")[2].split("/")[0])
        self.session_id, self.lines, self.in_all = "", [], ""
        found = await self._try(get_session_agreement, session_id)
        if found is not None:
            self.session_id, self.title = str(session_id), found.title
            self.finished, self.can_score = found.finished, found.can_score
            self.lines, self.in_all = agreement_views(found.lines), in_all(found.lines)
        self.ready = True
