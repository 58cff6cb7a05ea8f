"""What a decision hangs on, already read from the database: plain values, no rows."""

from dataclasses import dataclass, field

from therapytrack.access.actions import Permission
from therapytrack.models import AdminRole, ClinicalRole, NoteStatus, WorkspaceStatus


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """The actor's place in the workspace at this moment. `live`: active and within its dates."""

    live: bool
    admin: AdminRole = AdminRole.NONE
    clinical: ClinicalRole = ClinicalRole.NONE
    billing: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """The switches of the workspace that decisions read."""

    status: WorkspaceStatus = WorkspaceStatus.ACTIVE
    ai_enabled: bool = False
    assistants_may_export: bool = False
    break_glass_enabled: bool = False


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """The actor's ties to one student.

    `granted`: union of the actor's live explicit grants. `glass_broken`: a live break-glass grant.
    `supervised`: a live supervisor of the actor, same discipline, explicitly holds view and edit here.
    `supervisee_edits`: a live supervisee of the actor, same discipline, explicitly holds edit here.
    """

    granted: frozenset[Permission] = frozenset()
    glass_broken: bool = False
    supervised: bool = False
    supervisee_edits: bool = False
    case_manager: bool = False
    archived: bool = False
    on_hold: bool = False
    ai_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One note as it stands now. `author_is_supervisee`: a live link of the same discipline makes the actor its
    author's supervisor. `shown_hash_matches`: the text that the actor was shown is the text stored. `overstep`: why an
    assistant's words go beyond her license, "" when they do not."""

    status: NoteStatus
    author_is_actor: bool = False
    author_is_supervisee: bool = False
    shown_hash_matches: bool = False
    overstep: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything for one decision; `student` and `note` only where the action is about one."""

    member: MemberFacts
    workspace: WorkspaceFacts = field(default_factory=WorkspaceFacts)
    student: StudentFacts | None = None
    note: NoteFacts | None = None
