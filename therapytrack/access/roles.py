"""The one table of roles and actions, and the pure decision that reads it.

Three independent axes (administration, clinical role, billing); a decision is the OR of the axes. The clinical axis
acts on students only through permissions that somebody granted; office gives no clinical access.
"""

from dataclasses import dataclass, replace

from therapytrack.access.actions import Action, Permission
from therapytrack.access.facts import Facts, NoteFacts, StudentFacts
from therapytrack.domain.permission_words import missing_words, unmet_words
from therapytrack.models import AdminRole, ClinicalRole, NoteStatus, WorkspaceStatus

EDIT, EXPORT, GENERATE, VIEW = Permission.EDIT, Permission.EXPORT, Permission.GENERATE, Permission.VIEW
OWNER = frozenset({AdminRole.OWNER})
OFFICE = frozenset({AdminRole.OWNER, AdminRole.ADMIN})
LICENSED = frozenset({ClinicalRole.CLINICIAN, ClinicalRole.SUPERVISOR})
PROVIDERS = LICENSED | {ClinicalRole.ASSISTANT}
CLINICAL = PROVIDERS | {ClinicalRole.READER}

CEILING: dict[ClinicalRole, frozenset[Permission]] = {
    ClinicalRole.NONE: frozenset(),
    ClinicalRole.READER: frozenset({VIEW, EXPORT}),
    ClinicalRole.ASSISTANT: frozenset(Permission),
    ClinicalRole.CLINICIAN: frozenset(Permission),
    ClinicalRole.SUPERVISOR: frozenset(Permission),
}

BY_OFFICE: dict[Action, frozenset[AdminRole]] = {
    Action.VIEW_SETTINGS: OFFICE,
    Action.VIEW_AUDIT: OFFICE,
    Action.LIST_ROSTER: OFFICE,
    Action.CONFIGURE_WORKSPACE: OFFICE,
    Action.KEEP_GOAL_BANK: OFFICE,
    Action.SET_RETENTION: OWNER,
    Action.SWITCH_AI: OWNER,
    Action.EXPORT_ACCOUNT: OWNER,
    Action.EXPORT_AUDIT: OWNER,
    Action.CLOSE_WORKSPACE: OWNER,
    Action.TRANSFER_OWNERSHIP: OWNER,
    Action.RELEASE_HOLD: OWNER,
    Action.PLACE_HOLD: OFFICE,
    Action.MANAGE_BILLING: OWNER,
    Action.VIEW_INVOICES: OFFICE,
    Action.INVITE: OFFICE,
    Action.MANAGE_MEMBER: OFFICE,
    Action.MANAGE_ADMIN: OWNER,
    Action.LINK_SUPERVISION: OFFICE,
    Action.GRANT_ACCESS: OFFICE,
    Action.VIEW_ACCESS: OFFICE,
    Action.DELETE_STUDENT: OWNER,
    Action.RESTORE_STUDENT: OFFICE,
    Action.BREAK_GLASS: OFFICE,
    Action.VIEW_SUPERVISION: OFFICE,
    Action.SET_SUPERVISION_RULE: OFFICE,
    Action.VIEW_DISCLOSURES: OFFICE,
    Action.RECORD_DISCLOSURE: OFFICE,
}

BY_BILLING = frozenset({Action.MANAGE_BILLING, Action.VIEW_INVOICES})

BY_CLINICAL_ROLE: dict[Action, frozenset[ClinicalRole]] = {
    **dict.fromkeys((Action.CREATE_STUDENT, Action.KEEP_GOAL_BANK), LICENSED),
    Action.BREAK_GLASS: LICENSED,
    Action.VIEW_SUPERVISION: frozenset({ClinicalRole.SUPERVISOR, ClinicalRole.ASSISTANT}),
    Action.VIEW_CASELOADS: frozenset({ClinicalRole.SUPERVISOR}),
    Action.LOG_CONTACT: frozenset({ClinicalRole.SUPERVISOR}),
}

BY_CASE_MANAGEMENT = frozenset(
    {Action.GRANT_ACCESS, Action.DELETE_STUDENT, Action.RESTORE_STUDENT, Action.VIEW_DISCLOSURES}
)

BY_GRANT: dict[Action, tuple[frozenset[ClinicalRole], frozenset[Permission]]] = {
    Action.VIEW: (CLINICAL, frozenset({VIEW})),
    Action.VIEW_ACCESS: (CLINICAL, frozenset({VIEW})),
    Action.VIEW_PROGRESS: (CLINICAL, frozenset({VIEW})),
    Action.VIEW_STATISTICS: (frozenset({ClinicalRole.SUPERVISOR}), frozenset({VIEW})),
    Action.DOWNLOAD: (CLINICAL, frozenset({VIEW})),
    Action.READ_NOTE: (CLINICAL, frozenset({VIEW})),
    Action.RECORD_SESSION: (PROVIDERS, frozenset({EDIT})),
    Action.DRAFT_NOTE: (PROVIDERS, frozenset({EDIT})),
    Action.EDIT_NOTE: (PROVIDERS, frozenset({EDIT})),
    Action.ATTACH: (PROVIDERS, frozenset({EDIT})),
    Action.MANAGE_GOALS: (LICENSED, frozenset({EDIT})),
    Action.EDIT_PROFILE: (LICENSED, frozenset({EDIT})),
    Action.MANAGE_PLAN: (LICENSED, frozenset({EDIT})),
    Action.EXPORT_SESSION_LOG: (CLINICAL, frozenset({EXPORT})),
    Action.RECORD_DISCLOSURE: (CLINICAL, frozenset({EXPORT})),
    Action.EXPORT_SUMMARY: (LICENSED | {ClinicalRole.READER}, frozenset({EXPORT})),
    Action.EXPORT_GOAL_PROGRESS: (LICENSED | {ClinicalRole.READER}, frozenset({EXPORT})),
    Action.GENERATE_NOTE: (PROVIDERS, frozenset({GENERATE, EDIT})),
    Action.GENERATE_SUMMARY: (LICENSED, frozenset({GENERATE})),
    Action.GENERATE_NOTE_WITH_AI: (PROVIDERS, frozenset({GENERATE, EDIT})),
    Action.GENERATE_SUMMARY_WITH_AI: (LICENSED, frozenset({GENERATE})),
    Action.SIGN_NOTE: (LICENSED, frozenset({EDIT})),
    Action.SUBMIT_NOTE: (frozenset({ClinicalRole.ASSISTANT}), frozenset({EDIT})),
    Action.COSIGN_NOTE: (frozenset({ClinicalRole.SUPERVISOR}), frozenset({VIEW})),
    Action.RETURN_NOTE: (frozenset({ClinicalRole.SUPERVISOR}), frozenset({VIEW})),
    Action.ADD_ADDENDUM: (PROVIDERS, frozenset({EDIT})),
}

READS = frozenset(
    {
        Action.LIST_ROSTER,
        Action.VIEW,
        Action.VIEW_ACCESS,
        Action.VIEW_AUDIT,
        Action.VIEW_CASELOADS,
        Action.VIEW_DISCLOSURES,
        Action.VIEW_INVOICES,
        Action.VIEW_PROGRESS,
        Action.VIEW_SETTINGS,
        Action.VIEW_SUPERVISION,
        Action.DOWNLOAD,
        Action.READ_NOTE,
    }
)
WITH_AI = frozenset({Action.GENERATE_NOTE_WITH_AI, Action.GENERATE_SUMMARY_WITH_AI})
HOLDS = frozenset({Action.PLACE_HOLD, Action.RELEASE_HOLD})
ABOUT_A_STUDENT = frozenset(BY_GRANT) | BY_CASE_MANAGEMENT | HOLDS | {Action.BREAK_GLASS}
NOT_WHEN_READ_ONLY = frozenset(
    {Action.CREATE_STUDENT, Action.KEEP_GOAL_BANK, Action.RESTORE_STUDENT, Action.COSIGN_NOTE, Action.RETURN_NOTE}
) | {Action.LOG_CONTACT}
WRITTEN = (NoteStatus.DRAFT, NoteStatus.RETURNED)
HANDS_IN = frozenset({Action.SUBMIT_NOTE, Action.ADD_ADDENDUM})


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an act is allowed, and if not, the sentence that says why and whom to ask."""

    allowed: bool
    reason: str = ""


ALLOWED = Decision(True)


def effective_permissions(facts: Facts) -> frozenset[Permission]:
    """The rights that the actor really has on the student of `facts` (rules 1 to 4, 8 and 9 of the model)."""
    student = facts.student
    if student is None or not facts.member.live or facts.workspace.status == WorkspaceStatus.CLOSED:
        return frozenset()
    clinical = facts.member.clinical
    held = explicit_permissions(student.granted, clinical)
    if clinical == ClinicalRole.ASSISTANT:
        if not student.supervised:
            held -= {EDIT, GENERATE}
        if not facts.workspace.assistants_may_export:
            held -= {EXPORT}
    if through_broken_glass(facts) or (clinical == ClinicalRole.SUPERVISOR and student.supervisee_edits):
        held |= {VIEW}
    if student.archived or facts.workspace.status == WorkspaceStatus.READ_ONLY:
        held -= {EDIT, GENERATE}
    return held


def explicit_permissions(granted: frozenset[Permission], clinical: ClinicalRole) -> frozenset[Permission]:
    """Granted rights under the role's ceiling; without view there are none (rule 2)."""
    held = granted & CEILING[clinical]
    return held if VIEW in held else frozenset()


def decide(action: Action, facts: Facts) -> Decision:
    """Whether `action` is allowed under `facts`. Deny by default; never raises."""
    if not facts.member.live:
        return Decision(False, "Your membership of this workspace has ended. Ask its owner to renew it.")
    if facts.workspace.status == WorkspaceStatus.CLOSED:
        return Decision(False, "This workspace is closed.")
    if (action in ABOUT_A_STUDENT) != (facts.student is not None):
        return Decision(False, "This action is not about the kind of record that was given.")
    if action == Action.DELETE_STUDENT and facts.student and facts.student.on_hold:
        return Decision(False, "A hold keeps this record. The owner can release it.")
    if action == Action.BREAK_GLASS and not facts.workspace.break_glass_enabled:
        return Decision(False, "Emergency access is switched off here. Ask the owner of the workspace.")
    if action in NOT_WHEN_READ_ONLY and facts.workspace.status == WorkspaceStatus.READ_ONLY:
        return Decision(False, "This workspace is read-only. Ask its owner.")
    if _by_office(action, facts):
        return ALLOWED
    return _by_clinical_axis(action, facts)


def _by_office(action: Action, facts: Facts) -> bool:
    member = facts.member
    return member.admin in BY_OFFICE.get(action, frozenset()) or (member.billing and action in BY_BILLING)


def _by_clinical_axis(action: Action, facts: Facts) -> Decision:
    clinical = facts.member.clinical
    if clinical in BY_CLINICAL_ROLE.get(action, frozenset()):
        return ALLOWED
    if action in BY_CASE_MANAGEMENT:
        manages = facts.student is not None and facts.student.case_manager
        if clinical in LICENSED and manages and VIEW in effective_permissions(facts):
            return ALLOWED
        return Decision(False, "Only the student's case manager or the workspace's office can do this.")
    if action not in BY_GRANT:
        return Decision(False, "Your role in this workspace does not include this. Ask its owner.")
    return _by_grant(action, facts)


def _by_grant(action: Action, facts: Facts) -> Decision:
    roles, needed = BY_GRANT[action]
    held = effective_permissions(facts)
    student = facts.student or StudentFacts()
    if facts.member.clinical not in roles and not (action in READS and through_broken_glass(facts)):
        return Decision(False, _role_sentence(action, facts.member.clinical))
    if missing := sorted(needed - held):
        return Decision(False, _missing_sentence(missing[0], facts))
    if action in WITH_AI and not facts.workspace.ai_enabled:
        return Decision(False, "AI drafting is switched off in this workspace. Its owner can change it.")
    if action in WITH_AI and student.ai_opt_out:
        return Decision(False, "This student is opted out of AI drafting. The case manager can change it under Edit.")
    if action in NOTE_RULES:
        return _by_note(action, facts.note, facts.member.clinical)
    return ALLOWED


def through_broken_glass(facts: Facts) -> bool:
    """A broken glass opens for those alone who may break it, while the workspace allows it (rule 8)."""
    may_break = facts.member.admin in OFFICE or facts.member.clinical in LICENSED
    broken = facts.student is not None and facts.student.glass_broken
    return broken and may_break and facts.workspace.break_glass_enabled


def _by_note(action: Action, note: NoteFacts | None, clinical: ClinicalRole) -> Decision:
    if note is None:
        return Decision(False, "This action is about a note, and none was given.")
    if clinical != ClinicalRole.SUPERVISOR:
        note = replace(note, author_is_supervisee=False)
    allowed, reason = NOTE_RULES[action](note)
    if allowed and action in HANDS_IN and clinical == ClinicalRole.ASSISTANT and note.overstep:
        allowed, reason = False, note.overstep
    return ALLOWED if allowed else Decision(False, reason)


def _may_read(note: NoteFacts) -> tuple[bool, str]:
    readable = note.status not in WRITTEN or note.author_is_actor or note.author_is_supervisee
    return readable, "This note is still being written. You can read it once it is signed or submitted."


def _may_write(note: NoteFacts) -> tuple[bool, str]:
    if note.status not in WRITTEN:
        return (
            False,
            "This note is signed or waiting for a signature, so its text stays as it is. Add an addendum instead.",
        )
    return note.author_is_actor, "Only the author can change this note."


def _may_cosign(note: NoteFacts) -> tuple[bool, str]:
    if note.status != NoteStatus.SUBMITTED:
        return False, "This note is not waiting for a co-signature."
    if note.author_is_actor:
        return False, "You wrote this note, so somebody else has to co-sign it."
    if not note.author_is_supervisee:
        return False, "Only the author's supervisor in the same discipline can do this."
    return note.shown_hash_matches, "The note changed after you opened it. Read it again, then sign."


def _may_add(note: NoteFacts) -> tuple[bool, str]:
    signed = note.status in (NoteStatus.SIGNED, NoteStatus.COSIGNED)
    return signed, "An addendum can be added once the note is signed."


NOTE_RULES = {
    Action.READ_NOTE: _may_read,
    Action.EDIT_NOTE: _may_write,
    Action.SIGN_NOTE: _may_write,
    Action.SUBMIT_NOTE: _may_write,
    Action.COSIGN_NOTE: _may_cosign,
    Action.RETURN_NOTE: _may_cosign,
    Action.ADD_ADDENDUM: _may_add,
}


def _role_sentence(action: Action, clinical: ClinicalRole) -> str:
    if clinical == ClinicalRole.ASSISTANT and action == Action.SIGN_NOTE:
        return "Assistants submit a note and their supervisor co-signs it."
    if action == Action.VIEW_STATISTICS and clinical != ClinicalRole.NONE:
        return (
            f"Single-case statistics are for supervisors, and your role is {clinical}. "
            "The chart shows the same data in words. Ask the owner of the workspace if you supervise."
        )
    if clinical == ClinicalRole.NONE:
        return "Your role governs the workspace and does not open student records. Ask the student's case manager."
    return f"Your role ({clinical}) does not include this. Ask the student's case manager."


def _missing_sentence(missing: Permission, facts: Facts) -> str:
    student = facts.student or StudentFacts()
    if facts.workspace.status == WorkspaceStatus.READ_ONLY and missing in (EDIT, GENERATE):
        return "This workspace is read-only. Ask its owner."
    if student.archived and missing in (EDIT, GENERATE):
        return "This student is archived. Restore the student first."
    if facts.member.clinical == ClinicalRole.ASSISTANT and missing in student.granted:
        return unmet_words(missing)
    return missing_words(missing)
