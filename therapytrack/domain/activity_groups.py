"""The groups by which the activity log's page filters: what each is called, and the acts in it."""

from therapytrack.domain import report_acts

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "looked": (
        "Looked at",
        (
            "view", "view progress", "view statistics", "read note", "download", "view supervision", "view audit",
            "view disclosures", "view caseloads", "view access", "view settings", "view invoices", "list roster",
            "search for emergency access", "read calendar feed", "ask for a record", "go beyond a right",
        ),
    ),
    "data": (
        "Sessions and notes",
        (
            "schedule", "change schedule", "end schedule", "move session", "call off session",
            "plan session", "start session", "finish session", "leave session",
            "record session", "record trials", "set attendance", "set times",
            "link make-up", "unlink make-up", "decide make-up", "draft note",
            "write narrative",
            "fill notes", "score along",
            "edit note", "sign note", "submit note", "co-sign note", "return note", "add addendum", "edit addendum",
            *report_acts.ACTS,
        ),
    ),
    "records": (
        "Students and goals",
        (
            "create student", "edit student", "edit profile", "archive student", "restore student", "delete student",
            "place hold", "release hold", "set retention", "manage goals", "create goal", "edit goal",
            "change prompt scale", "keep goal bank",
            "manage plan", "set goal status", "save goal phase", "remove goal phase", "enter goal stage",
            "correct goal stage",
            "withdraw goal stage", "add objective", "correct objective", "withdraw objective",
            "add event", "correct event", "remove event", "restore event",
            "add bank goal", "change bank goal", "retire bank goal", "bring bank goal back", "add starter goals",
            "import bank goals", "save goal bank", "attach", "remove file", "bring file back",
        ),
    ),
    "exports": (
        "Exports and disclosures",
        (
            "export session log", "export summary", "export goal progress", "export audit", "export account",
            "export minutes", "export service log", "record disclosure", "correct disclosure", "send to AI service",
            *report_acts.EXPORTS,
        ),
    ),
    "drafts": (
        "Drafts",
        (
            "generate note", "generate summary", "generate note with AI", "generate summary with AI",
            "prepare draft", "send to AI service", "refuse AI text", "store draft", "edit", "accept draft",
            "discard draft", "stop draft", "draft failed",
        ),
    ),
    "people": (
        "People and rights",
        (
            "change case manager", "hand over caseload", "substitute", "end emergency access", "manage member",
            "manage admin", "transfer ownership", "close workspace", "manage billing", "put alarm aside",
            "invite", "send invite again", "hand over invite", "revoke invite", "accept invite", "change member",
            "suspend member", "resume member", "remove member", "grant access", "revoke access", "break glass",
            "link supervision", "end supervision", "log supervision contact", "strike out supervision contact",
            "set supervision rule", "offer ownership", "accept ownership", "decline ownership", "withdraw offer",
            "configure workspace", "switch AI", "create workspace", "add attendance code",
            "change attendance code", "put attendance code away", "bring attendance code back",
            *report_acts.SETTINGS,
            "add note template", "change note template", "put note template away", "bring note template back",
            "add school", "rename school", "put school away",
            "bring school back", "set school hours", "set travel time", "add school days", "import school days",
            "remove school days",
        ),
    ),
    "sign-ins": (
        "Sign-ins",
        (
            "ask for a new password", "reset password", "change password",
            "sign in", "prove", "end a sign-in", "sign out everywhere", "edit own profile", "make calendar feed",
            "end calendar feed",
        ),
    ),
}  # fmt: skip
EXPORTS = tuple(action for action in GROUPS["exports"][1] if action.startswith("export"))
