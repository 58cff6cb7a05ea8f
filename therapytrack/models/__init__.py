"""Tables only; importing this package registers all of them with the metadata."""

from therapytrack.models.accounts import Account, KnownDevice, PasswordReset, SignIn, SignInThrottle
from therapytrack.models.activity import Activity, AuditHead, RefusalCount
from therapytrack.models.alarms import Alarm
from therapytrack.models.attachments import Attachment
from therapytrack.models.base import metadata, new_id, utc_now
from therapytrack.models.disclosures import Disclosure
from therapytrack.models.drafts import Draft
from therapytrack.models.goals import BankGoal, Goal, GoalPhase, GoalVersion, Objective, PromptLevel, StudentEvent
from therapytrack.models.invites import Invite, InviteGrant, OfferStatus, OwnershipOffer
from therapytrack.models.notes import CoSignature, NoteAddendum, NoteReading, NoteReturn, NoteTemplate
from therapytrack.models.presence import Presence
from therapytrack.models.reports import (
    ProgressCodeSet,
    ProgressReport,
    ProgressReportGoal,
    ReportAddendum,
    ReportAnswer,
    ReportBatch,
    ReportPeriod,
)
from therapytrack.models.schedule import (
    CalendarFeed,
    ScheduleSlot,
    School,
    SchoolCalendarDay,
    SchoolTravel,
    SlotDay,
    SlotStudent,
    StudentBusyTime,
)
from therapytrack.models.students import Enrollment, Iep, Mandate, Student, StudentGrant
from therapytrack.models.supervision import SupervisionContact, SupervisionLink, SupervisionRule
from therapytrack.models.therapy_sessions import (
    AttendanceCode,
    GoalNarrative,
    GoalPoint,
    NoteStatus,
    SecondTrial,
    SessionEntry,
    SessionStatus,
    TherapySession,
    Trial,
)
from therapytrack.models.workspaces import (
    AdminRole,
    ClinicalRole,
    Membership,
    MemberStatus,
    Workspace,
    WorkspaceStatus,
)

__all__ = [
    "Account",
    "Activity",
    "AdminRole",
    "Alarm",
    "Attachment",
    "AttendanceCode",
    "AuditHead",
    "BankGoal",
    "CalendarFeed",
    "ClinicalRole",
    "CoSignature",
    "Disclosure",
    "Draft",
    "Enrollment",
    "Goal",
    "GoalNarrative",
    "GoalPhase",
    "GoalPoint",
    "GoalVersion",
    "Iep",
    "Invite",
    "InviteGrant",
    "KnownDevice",
    "Mandate",
    "MemberStatus",
    "Membership",
    "NoteAddendum",
    "NoteReading",
    "NoteReturn",
    "NoteStatus",
    "NoteTemplate",
    "Objective",
    "OfferStatus",
    "OwnershipOffer",
    "PasswordReset",
    "Presence",
    "ProgressCodeSet",
    "ProgressReport",
    "ProgressReportGoal",
    "PromptLevel",
    "RefusalCount",
    "ReportAddendum",
    "ReportAnswer",
    "ReportBatch",
    "ReportPeriod",
    "ScheduleSlot",
    "School",
    "SchoolCalendarDay",
    "SchoolTravel",
    "SecondTrial",
    "SessionEntry",
    "SessionStatus",
    "SignIn",
    "SignInThrottle",
    "SlotDay",
    "SlotStudent",
    "Student",
    "StudentBusyTime",
    "StudentEvent",
    "StudentGrant",
    "SupervisionContact",
    "SupervisionLink",
    "SupervisionRule",
    "TherapySession",
    "Trial",
    "Workspace",
    "WorkspaceStatus",
    "metadata",
    "new_id",
    "utc_now",
]
