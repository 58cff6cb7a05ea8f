"""What the forms over a record share: the values that they begin with, and the way through a conflict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from sqlmodel import Session
from uuid6 import uuid7

from therapytrack.access.actor import Actor
from therapytrack.errors import Conflict, TherapyTrackError
from therapytrack.state.address import as_id
from therapytrack.state.base import SignedInState
from therapytrack.state.still_open import whole

P = ParamSpec("P")
NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ConflictView:
    """What a colleague saved meanwhile; empty when nobody did."""

    theirs: str = ""


class RecordForm(SignedInState, mixin=True):
    """`fields` are the values with which the inputs begin; `form_key` makes them begin again.

    What was typed stays in the browser on every error: only a new key takes it away.
    """

    fields: dict[str, str] = {}
    form_key: str = ""
    record: str = ""
    conflict: ConflictView = ConflictView()
    _version: int = 0
    _their_version: int = 0
    _begun_at: str = ""

    def _begin(self, fields: dict[str, str], record: str, version: int) -> None:
        """Begin the inputs with `fields`; the next save goes over `version` of the record.

        The form that the tab still shows, though this server does not know of it, goes on over its own version.
        """
        kept = self._kept_of(record)
        self.fields, self.record = fields, record
        self._version = whole(kept["version"]) if "version" in kept else version
        self.form_key, self._begun_at = kept.get("key") or uuid7().hex, str(self.router.url)
        self._keep_open(key=self.form_key, record=record, version=str(self._version))
        self.conflict = ConflictView()
        self._clear_messages()

    def _kept_of(self, record: str) -> dict[str, str]:
        """What the tab kept about its form, where that is of this record; see `_kept`."""
        kept = self._kept()
        return kept if kept.get("record") == record else {}

    def _new_id(self) -> UUID:
        """The id of what the form makes: that of the form which the tab still shows, if it does."""
        kept = as_id(self._kept().get("new", ""))
        made = kept if kept != NO_ID else UUID(int=uuid7().int)
        self._keep_open(new=str(made))
        return made

    def _goes_on(self) -> bool:
        """Whether the tab has only reconnected while the form of its address was open: what is typed in it stays."""
        return self._returned and self.form_key != "" and self._begun_at == str(self.router.url)

    async def _save(
        self, service: Callable[Concatenate[Session, Actor, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Run a saving service; a colleague's text, sentences beside fields or a banner when it was not saved.

        After a save the form is gone until it begins again: the next visit shows no values of before.
        """
        self._clear_messages()
        self.conflict = ConflictView()
        try:
            await self._ask(service, *args, **kwargs)
        except Conflict as error:
            self.conflict, self._their_version = ConflictView(error.theirs), error.version
            self.problem = error.sentence
        except TherapyTrackError as error:
            self._show(error)
        else:
            self.form_key = ""
            self._set_vars(still_open="")
            return True
        return False

    def _go_over_theirs(self) -> None:
        """Let the next save go over what the colleague saved, which the person has just read."""
        self._version = self._their_version
        self._keep_open(version=str(self._version))


def typed_in(form: dict[str, Any]) -> dict[str, str]:
    """A submitted form as texts; an unticked box is left out."""
    return {name: str(value) for name, value in form.items() if value not in (None, False)}
