"""The workspace's note templates: read by everybody, kept by the office. No note changes with its template."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.access import ties
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.access.refusals import refused
from therapytrack.domain.note_template_defaults import DEFAULT_TEMPLATES
from therapytrack.domain.note_templates import TemplateForm
from therapytrack.errors import Conflict, Invalid, NotFound
from therapytrack.models import NoteTemplate
from therapytrack.services.activity import record
from therapytrack.services.dialects import key_text, raw_key
from therapytrack.services.json_rows import JsonRows, rows_in
from therapytrack.services.versions import saving_over

MOST_TEMPLATES = 200
TAKEN = "There is a template of this name already."
FULL = f"There are {MOST_TEMPLATES} templates already. Change one that is not needed any more."
CHANGED = "A colleague changed this template in the meantime. What it says now is shown; change it again if need be."


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template; `away`: it is put away, and no longer offered."""

    id: UUID
    name: str
    discipline: str
    setting: str
    text: str
    away: bool
    version: int


@dataclass(frozen=True, slots=True)
class TemplateList:
    """All templates in their order, and whether the actor may change them."""

    templates: list[TemplateLine]
    may_edit: bool


def get_templates(db: Session, actor: Actor) -> TemplateList:
    """The settings' page of templates, for every member. Raises NotFound."""
    may_edit = visible_workspace(db, actor).allows(Action.CONFIGURE_WORKSPACE)
    return TemplateList(list_templates(db, actor), may_edit)


def list_templates(db: Session, actor: Actor) -> list[TemplateLine]:
    """All templates of the workspace in their order, those that are put away last. One statement."""
    rows = db.execute(_mine(actor).order_by(col(NoteTemplate.position), col(NoteTemplate.id))).scalars()
    lines = [
        TemplateLine(one.id, one.name, one.discipline, one.setting, one.text, one.archived_at is not None, one.version)
        for one in rows
    ]
    return sorted(lines, key=lambda one: one.away)


@cache
def templates_column() -> Any:
    """As `list_templates`, as one column of another statement of the actor's; see `templates_in`."""
    one = NoteTemplate
    columns = (col(one.name), col(one.discipline), col(one.setting), col(one.text), col(one.archived_at).is_not(None))
    rows = JsonRows(col(one.position), raw_key(col(one.id)), *columns, col(one.version))
    return select(rows).where(col(one.workspace_id) == ties.WORKSPACE).scalar_subquery()


def templates_in(column: str | None) -> list[TemplateLine]:
    """The templates in such a column, in their order, those that are put away last."""
    rows = sorted(rows_in(column), key=lambda row: (bool(row[6]), row[0], row[1]))
    return [
        TemplateLine(UUID(key_text(key)), name, discipline, setting, text, bool(away), version)
        for _, key, name, discipline, setting, text, away, version in rows
    ]


def templates_for(templates: Iterable[TemplateLine], actor: Actor, setting: str) -> list[TemplateLine]:
    """Which of `templates` are offered to the actor for a note: those of her discipline and of any, those of `setting`
    first."""
    offered = [one for one in templates if not one.away and one.discipline in ("", actor.discipline)]
    return sorted(offered, key=lambda one: (one.setting != setting, one.discipline == ""))


def add_template(db: Session, actor: Actor, form: TemplateForm) -> UUID:
    """Add a template at the end. Raises NotPermitted, Invalid for a name in use or one too many."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    templates = list_templates(db, actor)
    _require_free(templates, form.name)
    if len(templates) >= MOST_TEMPLATES:
        raise Invalid({"name": FULL})
    template = _make(actor.workspace_id, form, len(templates))
    db.add(template)
    db.flush()
    record(db, actor, "add note template", record_kind="note_template", record_id=template.id)
    return template.id


def change_template(db: Session, actor: Actor, template_id: UUID, version: int, form: TemplateForm) -> None:
    """Change a template over the `version` that was shown; notes that were filled from it stay as they are.

    Raises NotPermitted, NotFound, Invalid for a name in use, Conflict.
    """
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    template = _template(db, actor, template_id)
    if (template.name, template.discipline, template.setting, template.text) == (
        form.name, form.discipline, form.setting, form.text
    ):  # fmt: skip
        return
    _require_free(list_templates(db, actor), form.name, but=template_id)
    _take(db, template, version)
    template.name, template.discipline = form.name, form.discipline
    template.setting, template.text = form.setting, form.text
    record(db, actor, "change note template", record_kind="note_template", record_id=template_id)


def put_template_away(db: Session, actor: Actor, template_id: UUID) -> None:
    """Offer a template no longer. Raises NotPermitted, NotFound."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    template = _template(db, actor, template_id)
    if template.archived_at is None:
        template.archived_at = actor.at
        record(db, actor, "put note template away", record_kind="note_template", record_id=template_id)


def bring_template_back(db: Session, actor: Actor, template_id: UUID) -> None:
    """Offer a template again. Raises NotPermitted, NotFound, Invalid when its name is in use by now."""
    access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    template = _template(db, actor, template_id)
    if template.archived_at is not None:
        _require_free(list_templates(db, actor), template.name)
        template.archived_at = None
        record(db, actor, "bring note template back", record_kind="note_template", record_id=template_id)


def add_default_templates(db: Session, workspace_id: UUID) -> None:
    """Give a new workspace its first templates, to be replaced."""
    db.add_all(_make(workspace_id, one, position) for position, one in enumerate(DEFAULT_TEMPLATES))


def _mine(actor: Actor) -> Any:
    return select(NoteTemplate).where(col(NoteTemplate.workspace_id) == actor.workspace_id)


def _template(db: Session, actor: Actor, template_id: UUID) -> NoteTemplate:
    query = _mine(actor).where(col(NoteTemplate.id) == template_id)
    template: NoteTemplate | None = db.execute(query).scalar_one_or_none()
    if template is None:
        raise NotFound()
    return template


def _make(workspace_id: UUID, form: TemplateForm, position: int) -> NoteTemplate:
    return NoteTemplate(
        workspace_id=workspace_id,
        name=form.name,
        discipline=form.discipline,
        setting=form.setting,
        text=form.text,
        position=position,
    )


def _require_free(templates: list[TemplateLine], name: str, but: UUID | None = None) -> None:
    if any(one.name.casefold() == name.casefold() and one.id != but and not one.away for one in templates):
        raise Invalid({"name": TAKEN})


def _take(db: Session, template: NoteTemplate, version: int) -> None:
    if db.execute(saving_over(NoteTemplate, template.id, version)).first() is None:
        raise refused(Conflict(CHANGED), Action.CONFIGURE_WORKSPACE, "note_template", template.id)
