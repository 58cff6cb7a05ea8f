"""The workspace's codes of attendance: read by everybody, kept by the office.

What was recorded keeps its words: a code that an entry has, and that is to be called otherwise or to stand for
something else, is put away, and a new one takes its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.access.places import Place
from therapytrack.access.refusals import refused
from therapytrack.domain.attendance import LABELS, Attendance, parse_attendance
from therapytrack.domain.attendance_codes import DEFAULT_CODES, CodeForm
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import AttendanceCode, SessionEntry
from therapytrack.services.activity import record
from therapytrack.services.dialects import key_text, raw_key
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.versions import saving_over

TAKEN = "There is a code of this name already."
LAST = "This is the last code for “{words}”. Add another one for it first."
CHANGED = "A colleague changed this code in the meantime. What it says now is shown; change it again if need be."


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code; `away`: it is put away, and no longer offered."""

    id: UUID
    label: str
    reason: str
    owed: bool
    away: bool
    version: int


@dataclass(frozen=True, slots=True)
class CodeList:
    """All codes in their order, and whether the actor may change them."""

    codes: list[CodeLine]
    may_edit: bool


def get_codes(db: Session, actor: Actor) -> CodeList:
    """The settings' page of codes, for every member. Raises NotFound."""
    may_edit = visible_workspace(db, actor).allows(Action.CONFIGURE_WORKSPACE)
    return CodeList(list_codes(db, actor), may_edit)


def list_codes(db: Session, actor: Actor) -> list[CodeLine]:
    """All codes of the workspace in their order, those that are put away last. One statement."""
    order = (col(AttendanceCode.position), col(AttendanceCode.id))
    rows = db.execute(_mine(actor).order_by(*order)).scalars()
    lines = [
        CodeLine(one.id, one.label, one.reason, one.make_up_owed, one.archived_at is not None, one.version)
        for one in rows
    ]
    return sorted(lines, key=lambda one: one.away)


@cache
def codes_column() -> Any:
    """As `list_codes`, as one column of another statement of the actor's; see `codes_in`."""
    code = AttendanceCode
    columns = (col(code.label), col(code.reason), col(code.make_up_owed), col(code.archived_at).is_not(None))
    rows = JsonRows(col(code.position), raw_key(col(code.id)), *columns, col(code.version))
    return select(rows).where(col(code.workspace_id) == ties.WORKSPACE).scalar_subquery()


def codes_in(column: str | None) -> list[CodeLine]:
    """The codes in such a column, in their order, those that are put away last."""
    rows = sorted(rows_in(column), key=lambda row: (bool(row[5]), row[0], row[1]))
    return [CodeLine(UUID(key_text(row[1])), row[2], row[3], bool(row[4]), bool(row[5]), row[6]) for row in rows]


def labels_in(codes: Iterable[CodeLine], entries: Iterable[SessionEntry]) -> dict[UUID, str]:
    """The words of the workspace's `codes` for what happened in each entry (already granted by the gate), by its id."""
    local = {one.id: one.label for one in codes}
    plain = {str(code): words for code, words in LABELS.items()}
    return {
        one.id: local.get(one.attendance_code_id or one.id) or plain.get(one.attendance, "Not recorded")
        for one in entries
    }


def parse_choice(db: Session, actor: Actor, choice: str) -> tuple[Attendance, UUID | None]:
    """What somebody chose, a code's id or a normal reason, as the reason and the code that stands for it, if any.

    Raises Invalid for what is not offered.
    """
    offered = [one for one in list_codes(db, actor) if not one.away]
    for one in offered:
        if str(one.id) == choice:
            return Attendance(one.reason), one.id
    reason = parse_attendance(choice)
    return reason, next((one.id for one in offered if one.reason == reason), None)


def choice_of(entry: SessionEntry | Place) -> str:
    """What a page shows as chosen for an entry: its code, or its normal reason when it has none."""
    return str(entry.attendance_code_id or entry.attendance)


def add_code(db: Session, actor: Actor, form: CodeForm) -> UUID:
    """Add a code at the end. Raises NotPermitted, Invalid for a name in use."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    codes = list_codes(db, actor)
    _require_free(codes, form.label)
    code = _make(actor, form, len(codes))
    db.add(code)
    db.flush()
    record(db, actor, "add attendance code", record_kind="attendance_code", record_id=code.id)
    return code.id


def change_code(db: Session, actor: Actor, code_id: UUID, version: int, form: CodeForm) -> None:
    """Give a code another name, reason or policy, over the `version` that was shown.

    Raises NotPermitted, NotFound, Invalid for a name in use or the last code of a reason, Conflict.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    codes = list_codes(db, actor)
    code = _code(db, actor, code_id)
    if (code.label, code.reason, code.make_up_owed) == (form.label, form.reason, form.owed):
        return
    _require_free(codes, form.label, but=code_id)
    if code.reason != form.reason:
        _require_another(codes, code)
    _take(db, code, version)
    if (code.label, code.reason) != (form.label, form.reason) and _used(db, actor, code_id):
        code.archived_at = actor.at
        db.add(_make(actor, form, code.position))
    else:
        code.label, code.reason, code.make_up_owed = form.label, form.reason, form.owed
    record(db, actor, "change attendance code", record_kind="attendance_code", record_id=code_id)


def put_code_away(db: Session, actor: Actor, code_id: UUID) -> None:
    """Offer a code no longer; what was recorded with it keeps it. Raises NotPermitted, NotFound, Invalid for the last
    code of a reason."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    code = _code(db, actor, code_id)
    if code.archived_at is None:
        _require_another(list_codes(db, actor), code)
        code.archived_at = actor.at
        record(db, actor, "put attendance code away", record_kind="attendance_code", record_id=code_id)


def bring_code_back(db: Session, actor: Actor, code_id: UUID) -> None:
    """Offer a code again. Raises NotPermitted, NotFound, Invalid when its name is in use by now."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    code = _code(db, actor, code_id)
    if code.archived_at is not None:
        _require_free(list_codes(db, actor), code.label)
        code.archived_at = None
        record(db, actor, "bring attendance code back", record_kind="attendance_code", record_id=code_id)


def add_default_codes(db: Session, workspace_id: UUID) -> None:
    """Give a new workspace its first codes, to be replaced."""
    db.add_all(
        AttendanceCode(
            workspace_id=workspace_id, label=one.label, reason=one.reason, make_up_owed=one.owed, position=position
        )
        for position, one in enumerate(DEFAULT_CODES)
    )


def _mine(actor: Actor) -> Any:
    return select(AttendanceCode).where(col(AttendanceCode.workspace_id) == actor.workspace_id)


def _code(db: Session, actor: Actor, code_id: UUID) -> AttendanceCode:
    code: AttendanceCode | None = db.execute(_mine(actor).where(col(AttendanceCode.id) == code_id)).scalar_one_or_none()
    if code is None:
        raise NotFound()
    return code


def _make(actor: Actor, form: CodeForm, position: int) -> AttendanceCode:
    return AttendanceCode(
        workspace_id=actor.workspace_id,
        label=form.label,
        reason=form.reason,
        make_up_owed=form.owed,
        position=position,
    )


def _require_free(codes: list[CodeLine], label: str, but: UUID | None = None) -> None:
    if any(one.label.casefold() == label.casefold() and one.id != but and not one.away for one in codes):
        raise Invalid({"label": TAKEN})


def _require_another(codes: list[CodeLine], code: AttendanceCode) -> None:
    if not any(one.reason == code.reason and one.id != code.id and not one.away for one in codes):
        raise Invalid({"reason": LAST.format(words=LABELS[Attendance(code.reason)])})


def _take(db: Session, code: AttendanceCode, version: int) -> None:
    if db.execute(saving_over(AttendanceCode, code.id, version)).first() is None:
        raise refused(Conflict(CHANGED), Action.CONFIGURE_WORKSPACE, "attendance_code", code.id)


def _used(db: Session, actor: Actor, code_id: UUID) -> bool:
    mine = (col(SessionEntry.workspace_id) == actor.workspace_id, col(SessionEntry.attendance_code_id) == code_id)
    return bool(db.execute(select(func.count()).select_from(SessionEntry).where(*mine)).scalar_one())
