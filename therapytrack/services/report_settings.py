"""A workspace's reporting periods and code sets: read by all its members, changed by the office."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.access.refusals import refused
from therapytrack.domain.progress_codes import (
    DEFAULT_SETS,
    CodeSetForm,
    ProgressCode,
    codes_from,
    codes_to,
    first_set,
)
from therapytrack.domain.report_periods import PeriodForm, is_taken
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import ProgressCodeSet, ProgressReport, ReportPeriod
from therapytrack.services.activity import record
from therapytrack.services.versions import saving_over

TAKEN = "A period of the same school year has this name already. Give this one another."
HAS_REPORTS = "This period has reports, so its days stay. Its name and due day can change."
STAYS = "{name} has reports, so it stays. What is wrong about its name or its due day can be changed."
CHANGED = "This period was changed meanwhile. Look at it again."
MOST_PERIODS, MOST_SETS, MOST_VERSIONS = 60, 40, 100
PERIODS_FULL = f"There are {MOST_PERIODS} periods already, which is the most. Change one that has no reports yet."
SETS_FULL = f"There are {MOST_SETS} sets already, which is the most. Change one that is not in use."
VERSIONS_FULL = f"This set has {MOST_VERSIONS} versions already, which is the most. Add a set under another name."


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period of the list."""

    id: UUID
    name: str
    first_on: date
    last_on: date
    due_on: date
    version: int


@dataclass(frozen=True, slots=True)
class CodeSetLine:
    """The newest version of a set."""

    id: UUID
    name: str
    number: int
    codes: tuple[ProgressCode, ...]
    source: str
    verified: bool
    in_use: bool


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """The settings' page of reports."""

    periods: list[PeriodLine]
    sets: list[CodeSetLine]
    may_edit: bool


def get_report_settings(db: Session, actor: Actor) -> ReportSettings:
    """Periods, newest first, and sets by name, for every member. Raises NotFound."""
    may_edit = visible_workspace(db, actor).allows(Action.CONFIGURE_WORKSPACE)
    return ReportSettings(list_periods(db, actor), list_sets(db, actor), may_edit)


def list_periods(db: Session, actor: Actor) -> list[PeriodLine]:
    """The workspace's periods, newest first. One statement."""
    query = select(ReportPeriod).where(col(ReportPeriod.workspace_id) == actor.workspace_id)
    order = (col(ReportPeriod.first_on).desc(), col(ReportPeriod.id).desc())
    rows = db.execute(query.order_by(*order).limit(MOST_PERIODS)).scalars()
    return [PeriodLine(one.id, one.name, one.first_on, one.last_on, one.due_on, one.version) for one in rows]


def list_sets(db: Session, actor: Actor) -> list[CodeSetLine]:
    """The newest version of each set, by name. One statement."""
    query = select(ProgressCodeSet).where(col(ProgressCodeSet.workspace_id) == actor.workspace_id)
    newest = {one.name: one for one in db.execute(query.order_by(col(ProgressCodeSet.number))).scalars()}
    return [
        CodeSetLine(one.id, one.name, one.number, codes_from(one.codes), one.source, one.verified, one.in_use)
        for one in sorted(newest.values(), key=lambda one: one.name.casefold())
    ]


def save_period(db: Session, actor: Actor, period_id: UUID | None, version: int, form: PeriodForm) -> UUID:
    """Add a period, or change one over the `version` that was shown; with reports its days stay.

    Raises NotPermitted, NotFound, Invalid, Conflict.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    known = list_periods(db, actor)
    if any(one.id != period_id and is_taken(form, one.name, one.first_on) for one in known):
        raise Invalid({"name": TAKEN})
    if period_id is None:
        if len(known) >= MOST_PERIODS:
            raise Invalid({"name": PERIODS_FULL})
        made = ReportPeriod(workspace_id=actor.workspace_id, **_values(form))
        db.add(made)
        db.flush()
        record(db, actor, "add reporting period", record_kind="report_period", record_id=made.id)
        return made.id
    old = next((one for one in known if one.id == period_id), None)
    if old is None:
        raise refused(NotFound(), Action.CONFIGURE_WORKSPACE, "report_period", period_id)
    if (old.first_on, old.last_on) != (form.first_on, form.last_on) and _has_reports(db, actor, period_id):
        raise Invalid({"first_on": HAS_REPORTS})
    if db.execute(saving_over(ReportPeriod, period_id, version, **_values(form))).first() is None:
        raise Conflict(CHANGED)
    record(db, actor, "change reporting period", record_kind="report_period", record_id=period_id)
    return period_id


def remove_period(db: Session, actor: Actor, period_id: UUID, version: int) -> None:
    """Remove a period that nobody has begun a report in, as it was shown. No run of printing hangs on it either: those
    need signed reports.

    Raises NotPermitted, NotFound, and Conflict for one with reports or another `version`.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    mine = (col(ReportPeriod.workspace_id) == actor.workspace_id, col(ReportPeriod.id) == period_id)
    period = db.execute(select(ReportPeriod).where(*mine).with_for_update()).scalar_one_or_none()
    if period is None:
        raise refused(NotFound(), Action.CONFIGURE_WORKSPACE, "report_period", period_id)
    if _has_reports(db, actor, period_id):
        raise Conflict(STAYS.format(name=period.name))
    if period.version != version:
        raise Conflict(CHANGED)
    db.delete(period)
    record(db, actor, "remove reporting period", record_kind="report_period", record_id=period_id)


def hold_period(db: Session, actor: Actor, period_id: UUID) -> bool:
    """Keep a period from being removed until this transaction ends; False when it is gone. One statement."""
    mine = (col(ReportPeriod.workspace_id) == actor.workspace_id, col(ReportPeriod.id) == period_id)
    held = select(col(ReportPeriod.id)).where(*mine).with_for_update(read=True, key_share=True)
    return db.execute(held).first() is not None


def save_code_set(db: Session, actor: Actor, form: CodeSetForm) -> UUID:
    """Add a set, or a new version of the one of that name; reports keep the version that they began with.

    Raises NotPermitted, Invalid when there are as many as are kept.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    known = list_sets(db, actor)
    old = next((one for one in known if one.name.casefold() == form.name.casefold()), None)
    if old and (old.codes, old.source, old.verified) == (form.codes, form.source, form.verified):
        return old.id
    if old and old.number >= MOST_VERSIONS:
        raise Invalid({"codes": VERSIONS_FULL})
    if old is None and len(known) >= MOST_SETS:
        raise Invalid({"set_name": SETS_FULL})
    if old and old.in_use:
        _put_out_of_use(db, actor)
    made = ProgressCodeSet(
        workspace_id=actor.workspace_id,
        name=old.name if old else form.name,
        number=old.number + 1 if old else 1,
        codes=codes_to(form.codes),
        source=form.source,
        verified=form.verified,
        in_use=bool(old and old.in_use),
    )
    db.add(made)
    db.flush()
    record(db, actor, "change code set", record_kind="progress_code_set", record_id=made.id)
    return made.id


def use_code_set(db: Session, actor: Actor, set_id: UUID) -> None:
    """Let new reports use a set. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    chosen = next((one for one in list_sets(db, actor) if one.id == set_id), None)
    if chosen is None:
        raise refused(NotFound(), Action.CONFIGURE_WORKSPACE, "progress_code_set", set_id)
    if not chosen.in_use:
        _put_out_of_use(db, actor)
        db.execute(update(ProgressCodeSet).where(col(ProgressCodeSet.id) == set_id).values(in_use=True))
        record(db, actor, "use code set", record_kind="progress_code_set", record_id=set_id)


def add_default_code_sets(db: Session, workspace_id: UUID, us_state: str) -> None:
    """Give a new workspace its first sets, none of them verified."""
    db.add_all(
        ProgressCodeSet(
            workspace_id=workspace_id,
            name=one.name,
            codes=codes_to(one.codes),
            source=one.source,
            verified=one.verified,
            in_use=one.name == first_set(us_state),
        )
        for one in DEFAULT_SETS
    )


def _values(form: PeriodForm) -> dict[str, Any]:
    return {"name": form.name, "first_on": form.first_on, "last_on": form.last_on, "due_on": form.due_on}


def _has_reports(db: Session, actor: Actor, period_id: UUID) -> bool:
    mine = (col(ProgressReport.workspace_id) == actor.workspace_id, col(ProgressReport.period_id) == period_id)
    return bool(db.execute(select(func.count()).select_from(ProgressReport).where(*mine)).scalar_one())


def _put_out_of_use(db: Session, actor: Actor) -> None:
    mine = (col(ProgressCodeSet.workspace_id) == actor.workspace_id, col(ProgressCodeSet.in_use).is_(True))
    db.execute(update(ProgressCodeSet).where(*mine).values(in_use=False))
    db.flush()


def period_of(periods: list[PeriodLine], wanted: UUID | None, today: date) -> PeriodLine | None:
    """The period that was asked for, else the newest that has begun and is due within the next or last 60 days, else
    the newest that has begun, else the next; None where there is none."""
    near = [one for one in periods if one.first_on <= today and abs(one.due_on - today) <= timedelta(days=60)]
    begun = [one for one in periods if one.first_on <= today]
    asked = [one for one in periods if one.id == wanted]
    return next(iter([*asked, *near, *begun, *reversed(periods)]), None)
