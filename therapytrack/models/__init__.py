"""Tables only; importing this package registers all of them with the metadata."""

from therapytrack.models.accounts import Account, KnownDevice, SignIn, SignInThrottle
from therapytrack.models.activity import Activity
from therapytrack.models.base import metadata, new_id, utc_now
from therapytrack.models.drafts import Draft
from therapytrack.models.goals import Goal, GoalPhase, GoalVersion, PromptLevel
from therapytrack.models.notes import CoSignature, NoteAddendum, NoteReturn
from therapytrack.models.students import Iep, Mandate, Student, StudentGrant
from therapytrack.models.therapy_sessions import (
    GoalPoint,
    NoteStatus,
    SessionEntry,
    SessionStatus,
    TherapySession,
    Trial,
)
from therapytrack.models.workspaces import (
    AdminRole,
    ClinicalRole,
    Membership,
    SupervisionLink,
    Workspace,
    WorkspaceStatus,
)

__all__ = [
    "Account",
    "Activity",
    "AdminRole",
    "ClinicalRole",
    "CoSignature",
    "Draft",
    "Goal",
    "GoalPhase",
    "GoalPoint",
    "GoalVersion",
    "Iep",
    "KnownDevice",
    "Mandate",
    "Membership",
    "NoteAddendum",
    "NoteReturn",
    "NoteStatus",
    "PromptLevel",
    "SessionEntry",
    "SessionStatus",
    "SignIn",
    "SignInThrottle",
    "Student",
    "StudentGrant",
    "SupervisionLink",
    "TherapySession",
    "Trial",
    "Workspace",
    "WorkspaceStatus",
    "metadata",
    "new_id",
    "utc_now",
]
