"""A student's mandates and enrollments: what runs when, and a form for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.dates import long_date
from therapytrack.domain.mandates import gaps_and_overlaps
from therapytrack.domain.plan_form import (
    Difference,
    EnrollmentForm,
    PlannedMandate,
    differences,
    parse_enrollment,
    parse_mandate,
)
from therapytrack.domain.session_plan import DELIVERIES
from therapytrack.errors import Conflict, NotFound, TherapyTrackError
from therapytrack.services import plan
from therapytrack.services.caseload_rows import display_name
from therapytrack.services.plan import EnrollmentRow, MandateRow
from therapytrack.state.address import as_id, id_after
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import requires
from therapytrack.state.record_form import NO_ID, typed_in
from therapytrack.state.still_open import whole

NEW_STAY = "stay"
SAME = "A colleague saved the very same in the meantime."
GONE = "A colleague took this away in the meantime. What you typed is still here: save it to add it anew."
SAVED = "Saved. The minutes are counted by it."
BLANK = {"minutes": "", "sessions": "", "period": "week", "service": "", "max_group": "", "setting": "", "place": ""}
BLANK |= {"delivery": "", "starts_on": "", "ends_on": "", "school": ""}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A mandate or an enrollment in words; `kept`: sessions were recorded under it."""

    id: str
    words: str
    days: str
    more: str
    kept: bool = False


class PlanState(SignedInState):
    """`editing` is the id of what is being changed, "" for a new one; `stay`: the form is an enrollment's; `forms`
    counts up, so that a form begins again. `both`: what a colleague saved and the form say otherwise."""

    student: str = ""
    name: str = ""
    mandates: list[PlanLine] = []
    stays: list[PlanLine] = []
    notices: list[str] = []
    may_edit: bool = False
    why_not: str = ""
    done: str = ""
    editing: str = ""
    stay: bool = False
    fields: dict[str, str] = BLANK
    forms: int = 0
    both: list[Difference] = []
    _over: tuple[str, int] = ("", 0)
    _student_id: UUID = NO_ID
    _mandates: tuple[MandateRow, ...] = ()
    _stays: tuple[EnrollmentRow, ...] = ()

    @rx.event
    @requires(Action.VIEW)
    async def enter(self) -> None:
        """Open the plan of the student in the address."""
        await self._enter()
        self.student, self.done = "", ""
        try:
            self._student_id = id_after(self.router.url.path, "students")
        except NotFound:
            self._student_id = NO_ID
        await self._load()
        if kept := self._kept():
            self._go_on(kept)
        else:
            self._begin("", BLANK)
        self.ready = True

    @rx.event
    @requires(Action.VIEW)
    async def retry(self) -> None:
        """Load again after a failure."""
        await self._load()

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def edit(self, record: str) -> None:
        """Begin to change a mandate or an enrollment; "" begins a new mandate, "stay" a new enrollment."""
        self._clear_messages()
        found = self._row(record)
        stay = isinstance(found, EnrollmentRow) or record == NEW_STAY
        self._begin(record if found else "", _texts(found) if found else BLANK, stay=stay)

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def save_mandate(self, form: dict[str, Any]) -> None:
        """Add a mandate, or change the one that is being changed."""
        await self._save(_save_mandate, parse_mandate, form)

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def save_stay(self, form: dict[str, Any]) -> None:
        """Add a time at a school, or change the one that is being changed."""
        await self._save(_save_stay, parse_enrollment, form)

    @rx.event
    @requires(Action.MANAGE_PLAN)
    async def remove(self, record: str) -> None:
        """Take a mandate without sessions, or an enrollment, away."""
        found = self._row(record)
        service = plan.remove_enrollment if isinstance(found, EnrollmentRow) else plan.remove_mandate
        await self._act("Taken away.", service, self._student_id, as_id(record), found.version if found else 1)

    async def _save(self, service: Callable[..., Any], parse: Callable[..., Any], form: dict[str, Any]) -> None:
        """Save a form. Where a colleague was first, both versions are shown and neither is lost: what was typed stays,
        and the next save is made over what was shown."""
        record = str(form.get("record") or "")
        error = await self._act(SAVED, service, self._student_id, *self._shown(record), form)
        found = self._row(record)
        if not isinstance(error, Conflict) or found is None:
            return
        self._over = (record, found.version)
        self._keep_open(version=str(found.version))
        self.both = differences(found.says, parse(typed_in(form)))
        if not self.both:
            self._begin("", BLANK)
            self.problem, self.done = "", SAME

    async def _act(self, done: str, service: Callable[..., Any], *args: Any) -> TherapyTrackError | None:
        """Run a changing service and load again; the error where it was not done, and then everything typed stays."""
        self._clear_messages()
        self.done, self.both = "", []
        try:
            await self._ask(service, *args)
        except TherapyTrackError as error:
            if isinstance(error, Conflict | NotFound):
                await self._load()
            if isinstance(error, NotFound) and self.student:
                self.editing, self.problem = "", GONE
                self._keep_open(editing="")
                return error
            self._show(error)
            self.problem = self.field_errors.get("remove", error.sentence if not self.missing else "")
            return error
        self._begin("", BLANK)
        await self._load(done)
        return None

    def _row(self, record: str) -> MandateRow | EnrollmentRow | None:
        """What was shown with this id."""
        shown: tuple[MandateRow | EnrollmentRow, ...] = (*self._mandates, *self._stays)
        return next((one for one in shown if str(one.id) == record), None)

    def _shown(self, record: str) -> tuple[UUID | None, int]:
        """The id of what a form changes and the version over which it was begun; (None, 0) for a new one."""
        if not record:
            return None, 0
        found, (begun, version) = self._row(record), self._over
        return as_id(record), version if begun == record else found.version if found else 1

    def _begin(self, record: str, fields: Mapping[str, str], *, stay: bool = False) -> None:
        found = self._row(record)
        self.editing, self.fields, self.stay, self.both = record, dict(fields), stay, []
        self._over = (record, found.version if found else 0)
        self.forms += 1
        open_now = {"editing": record, "version": str(self._over[1]), "forms": str(self.forms)}
        self._keep_open(stay="yes" if stay else "", **open_now)

    def _go_on(self, kept: dict[str, str]) -> None:
        """Let the form that the tab still shows go on, over the version that it was begun with; where a colleague took
        away what it changes, it adds it anew."""
        record = kept.get("editing", "")
        found = self._row(record)
        self.editing, self.fields = (record, _texts(found)) if found else ("", BLANK)
        self._over = (self.editing, whole(kept.get("version", "")))
        self.stay, self.forms = kept.get("stay") == "yes", whole(kept.get("forms", ""))
        if record and not found and self.student:
            self.problem = GONE

    async def _load(self, done: str = "") -> None:
        found = await self._try(plan.open_plan, self._student_id)
        if found is None:
            self.student, self.name, self.mandates, self.stays = "", "", [], []
            return
        self.student, self.name, self.done = str(self._student_id), display_name(found.student), done
        self.may_edit, self.why_not = found.may_edit, found.why_not
        self._mandates, self._stays = tuple(found.mandates), tuple(found.enrollments)
        self.mandates = [_mandate_line(one) for one in found.mandates]
        self.stays = [PlanLine(str(one.id), one.says.school, _days(one.says), "") for one in found.enrollments]
        stays = [one.says.dated for one in found.enrollments]
        self.notices = gaps_and_overlaps([one.says.dated for one in found.mandates], stays)


def _mandate_line(one: MandateRow) -> PlanLine:
    says = one.says
    parts = (says.asks.service, says.place, DELIVERIES.get(says.delivery, ""))
    most = f"groups of at most {says.asks.max_group}" if (says.asks.max_group or 1) > 1 else ""
    more = " · ".join(part for part in (*parts, most) if part)
    return PlanLine(str(one.id), says.dated.words, _days(says), more, one.has_sessions)


def _days(says: PlannedMandate | EnrollmentForm) -> str:
    last = f" to {long_date(says.ends_on)}" if says.ends_on else ", no last day"
    return f"From {long_date(says.starts_on)}{last}"


def _texts(one: MandateRow | EnrollmentRow) -> dict[str, str]:
    """The stored values as the texts of the inputs."""
    says = one.says
    days = {"starts_on": says.starts_on.isoformat(), "ends_on": says.ends_on.isoformat() if says.ends_on else ""}
    if isinstance(says, EnrollmentForm):
        return BLANK | days | {"school": says.school}
    asks = {name: getattr(says.asks, name) for name in ("minutes", "sessions", "period", "service", "max_group")}
    values = asks | {"setting": says.setting, "place": says.place, "delivery": says.delivery}
    return BLANK | days | {name: "" if value is None else str(value) for name, value in values.items()}


def _save_mandate(
    db: Session, actor: Actor, student_id: UUID, row_id: UUID | None, version: int, form: dict[str, Any]
) -> None:
    plan.save_mandate(db, actor, student_id, row_id, version, parse_mandate(typed_in(form)))


def _save_stay(
    db: Session, actor: Actor, student_id: UUID, row_id: UUID | None, version: int, form: dict[str, Any]
) -> None:
    plan.save_enrollment(db, actor, student_id, row_id, version, parse_enrollment(typed_in(form)))
