"""What holds for everybody in a workspace: read by all, changed by the office; the switch for AI by the owner alone."""

from dataclasses import asdict, dataclass

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_workspace, visible_workspace
from therapytrack.access.proof import require_proof
from therapytrack.access.refusals import refused
from therapytrack.adapters.llm import ANTHROPIC_URL
from therapytrack.domain.late_notes import count_days
from therapytrack.domain.settings_form import TIME_ZONES, WorkspaceForm
from therapytrack.domain.us_states import US_STATES
from therapytrack.errors import Conflict, Invalid, TherapyTrackError
from therapytrack.models import ClinicalRole, Workspace, WorkspaceStatus
from therapytrack.services import activity
from therapytrack.services.supervision_rules import NOT_FOR_ONESELF
from therapytrack.services.versions import saving_over
from therapytrack.settings import get_settings

CHANGED = "A colleague saved these settings while you were typing. Nothing of either is lost: compare and choose."


@dataclass(frozen=True, slots=True)
class AiService:
    """Who would word drafts: the service's address and model; `has_key`: whether this server may ask it at all."""

    address: str
    model: str
    has_key: bool


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """The stored form, the version to save over, the switch for AI, and which of them the actor may change."""

    form: WorkspaceForm
    version: int
    read_only: bool
    ai_enabled: bool
    may_configure: bool
    may_switch_ai: bool


def get_workspace_settings(db: Session, actor: Actor) -> WorkspaceSettings:
    """The settings of the actor's workspace, for every member: its rules hold for her. Raises NotFound."""
    seen = visible_workspace(db, actor)
    workspace = seen.workspace
    return WorkspaceSettings(
        form=_form_of(workspace),
        version=workspace.version,
        read_only=workspace.status == WorkspaceStatus.READ_ONLY,
        ai_enabled=workspace.ai_enabled,
        may_configure=seen.allows(Action.CONFIGURE_WORKSPACE),
        may_switch_ai=seen.allows(Action.SWITCH_AI),
    )


def edit_workspace(db: Session, actor: Actor, version: int, form: WorkspaceForm) -> int:
    """Save over `version` and answer the new version; saving what stands there already changes nothing.

    Raises NotPermitted, Invalid (an assistant of the office who changes the state whose rules bind her), and Conflict
    with the stored settings when somebody saved in between.
    """
    workspace = access_workspace(db, actor, Action.CONFIGURE_WORKSPACE)
    stored = _form_of(workspace)
    if stored == form:
        return workspace.version
    if stored.us_state != form.us_state and actor.member.clinical == ClinicalRole.ASSISTANT:
        raise _refused(Invalid({"us_state": NOT_FOR_ONESELF}), workspace)
    if workspace.version != version:
        raise _changed(workspace)
    saved: int | None = db.execute(saving_over(Workspace, workspace.id, version, **asdict(form))).scalar_one_or_none()
    if saved is None:
        db.refresh(workspace)
        raise _changed(workspace)
    changed = [name for name, value in asdict(form).items() if getattr(stored, name) != value]
    activity.record(
        db, actor, Action.CONFIGURE_WORKSPACE, record_kind="workspace", record_id=workspace.id, fields=changed
    )
    return saved


def switch_ai(db: Session, actor: Actor, on: bool) -> None:
    """Let drafts of this workspace be worded by the AI service, or stop it; switching twice changes nothing.

    Raises NotPermitted; NotProved unless the actor has just proved with her password that it is she.
    """
    workspace = access_workspace(db, actor, Action.SWITCH_AI)
    require_proof(actor, Action.SWITCH_AI, "workspace", workspace.id)
    if workspace.ai_enabled == on:
        return
    workspace.ai_enabled = on
    activity.record(
        db,
        actor,
        Action.SWITCH_AI,
        record_kind="workspace",
        record_id=workspace.id,
        fields=["ai_enabled"],
        now="on" if on else "off",
    )


def ai_service() -> AiService:
    """The AI service that this server is set up for; the key itself stays in the settings."""
    settings = get_settings()
    return AiService(
        settings.anthropic_base_url or ANTHROPIC_URL,
        settings.anthropic_model,
        bool(settings.anthropic_api_key.get_secret_value()),
    )


def in_words(form: WorkspaceForm) -> str:
    """Settings as lines of words, to be compared by a person."""
    switches = {True: "On", False: "Off"}
    return "\n".join(
        [
            f"Name: {form.name}",
            f"Time zone: {TIME_ZONES.get(form.time_zone, form.time_zone)}",
            f"State or territory: {US_STATES.get(form.us_state, 'none')}",
            f"Assistants may export session logs: {switches[form.assistants_may_export]}",
            f"Emergency access: {switches[form.break_glass_enabled]}",
            f"Records opened in an hour: {form.alarm_students_an_hour}",
            f"Exports in an hour: {form.alarm_exports_an_hour}",
            f"Notes signed within: {count_days(form.note_due_days)}",
        ]
    )


def _changed(workspace: Workspace) -> TherapyTrackError:
    """Somebody saved in between: the stored settings in words."""
    return _refused(Conflict(CHANGED, theirs=in_words(_form_of(workspace)), version=workspace.version), workspace)


def _refused(error: TherapyTrackError, workspace: Workspace) -> TherapyTrackError:
    return refused(error, Action.CONFIGURE_WORKSPACE, "workspace", workspace.id)


def _form_of(workspace: Workspace) -> WorkspaceForm:
    return WorkspaceForm(**{name: getattr(workspace, name) for name in WorkspaceForm.__dataclass_fields__})
