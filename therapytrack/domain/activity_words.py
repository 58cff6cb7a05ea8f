"""The activity log in words: what each act was, and the groups by which the page filters.

A phrase begins with its verb, so that a refused act can be told as tried: "Tried to export the summary".
"""

from collections.abc import Mapping
from datetime import date

from therapytrack.domain import report_acts
from therapytrack.domain.dates import long_date

PAST = {
    "accept": "Accepted", "add": "Added", "archive": "Archived", "ask": "Asked", "become": "Became", "begin": "Began",
    "bring": "Brought", "call": "Called", "change": "Changed", "close": "Closed", "co-sign": "Co-signed",
    "correct": "Corrected", "decide": "Decided", "decline": "Declined", "delete": "Deleted", "discard": "Discarded",
    "download": "Downloaded", "draft": "Drafted", "end": "Ended", "enter": "Entered", "export": "Exported",
    "finish": "Finished", "give": "Gave", "hand": "Handed", "import": "Imported", "invite": "Invited", "let": "Let",
    "link": "Linked", "list": "Listed", "log": "Logged", "look": "Looked", "make": "Made", "move": "Moved",
    "offer": "Offered", "open": "Opened",
    "place": "Placed", "plan": "Planned", "prepare": "Prepared", "print": "Printed", "prove": "Proved",
    "put": "Put", "read": "Read",
    "record": "Recorded", "release": "Released", "remove": "Removed", "rename": "Renamed",
    "restore": "Restored", "resume": "Resumed", "retire": "Retired",
    "return": "Returned", "save": "Saved", "see": "Saw", "send": "Sent", "set": "Set", "sign": "Signed",
    "start": "Started", "stop": "Stopped", "store": "Stored", "strike": "Struck", "submit": "Submitted",
    "suspend": "Suspended", "switch": "Switched", "take": "Took", "turn": "Turned", "use": "Used",
    "withdraw": "Withdrew", "write": "Wrote",
}  # fmt: skip
# A refusal that names no act: of a record that is not there for this person, and of what she may not do with one.
ASKED, BEYOND = "ask for a record", "go beyond a right"
SEEN = {
    "student": "open the student's page",
    "caseload": "open the caseload",
    "today": "open today's sessions",
    "schedule": "open the schedule",
    "roster": "list the students for the schedule",
    "therapy_session": "open a session's sheet",
    "draft": "open a draft",
    "student_form": "open the student's profile to change it",
    "goal_form": "open the goal editor",
    "minutes": "open the minutes",
    "plan": "open the student's mandates",
    "goal_comparison": "open the comparison of a student's goals",
    "goals_together": "open the goals of several students together",
    "draft_form": "open the form for a draft",
    "notes": "open the list of notes",
    "co_sign_queue": "open the queue of notes and reports to co-sign",
    "goal_agreement": "open how far second scorers agreed on a goal",
    "free_times": "look for free times for a student",
    **report_acts.SEEN,
}
PHRASES = {
    ASKED: "ask for a record that is not there",
    BEYOND: "use a right that is not there",
    "view progress": "open a goal",
    "view statistics": "open the statistics of a goal",
    "view supervision": "open supervision",
    "view caseloads": "open the caseloads of assistants",
    "view settings": "open the settings",
    "view audit": "open the activity log",
    "view disclosures": "open who has seen the record",
    "view invoices": "open the invoices",
    "view access": "open who has access",
    "end emergency access": "end emergency access",
    "change case manager": "change the case manager",
    "hand over caseload": "hand over a caseload",
    "substitute": "let somebody stand in",
    "search for emergency access": "look for a student for emergency access",
    "list roster": "list the students",
    "read note": "read a note",
    "download": "download a file",
    "create student": "add the student",
    "edit student": "change the student's profile",
    "edit profile": "change the student's profile",
    "manage plan": "change the plan",
    "archive student": "archive the student",
    "restore student": "restore the student",
    "delete student": "delete the student",
    "create goal": "add a goal",
    "edit goal": "change a goal",
    "manage goals": "change goals",
    "set goal status": "set a goal's status",
    "save goal phase": "save a phase of a goal",
    "enter goal stage": "enter a stage of a goal",
    "correct goal stage": "correct a stage of a goal",
    "withdraw goal stage": "withdraw a stage of a goal",
    "add objective": "add an objective",
    "correct objective": "correct an objective",
    "withdraw objective": "withdraw an objective",
    "add event": "add an event to the charts",
    "correct event": "correct an event on the charts",
    "remove event": "take an event off the charts",
    "restore event": "put an event back on the charts",
    "write narrative": "write what happened with a goal",
    "change prompt scale": "change the prompt scale",
    "remove goal phase": "remove a phase of a goal",
    "schedule": "put sessions on the schedule",
    "change schedule": "change sessions on the schedule",
    "end schedule": "take sessions off the schedule",
    "move session": "move a session",
    "call off session": "call off a session",
    "plan session": "plan a session",
    "start session": "start a session",
    "finish session": "finish a session",
    "leave session": "end the part of one's own students in a session",
    "record session": "record a session",
    "record trials": "record trials",
    "set attendance": "set attendance",
    "set times": "set when a student came and left",
    "link make-up": "link a make-up to the missed session",
    "unlink make-up": "take the link of a make-up away",
    "decide make-up": "decide whether a session is to be made up",
    "attach": "add a file",
    "remove file": "remove a file",
    "bring file back": "bring a removed file back",
    "draft note": "write a note",
    "edit note": "change a note",
    "sign note": "sign a note",
    "submit note": "submit a note",
    "co-sign note": "co-sign a note",
    "return note": "return a note",
    "add addendum": "add an addendum",
    "edit addendum": "change an addendum",
    "export session log": "export the session log",
    "export minutes": "export the minutes",
    "export service log": "export the service log",
    "export summary": "export the progress summary",
    "export goal progress": "export a goal's progress",
    "export audit": "export the activity log",
    "export account": "export the whole account",
    "record disclosure": "record a disclosure",
    "correct disclosure": "correct a disclosure",
    "prepare draft": "prepare a draft",
    "generate note": "draft a note",
    "generate summary": "draft a summary",
    "generate note with AI": "draft a note with AI",
    "generate summary with AI": "draft a summary with AI",
    "send to AI service": "send a draft's facts to the AI service",
    "refuse AI text": "turn the AI service's text away",
    "store draft": "store a draft",
    "edit": "change a draft",
    "accept draft": "accept a draft",
    "discard draft": "discard a draft",
    "stop draft": "stop a draft",
    "draft failed": "write a draft, which failed",
    "invite": "invite somebody",
    "send invite again": "send an invitation again",
    "hand over invite": "hand over an invitation's link",
    "revoke invite": "withdraw an invitation",
    "accept invite": "accept an invitation",
    "change member": "change a member's role",
    "manage member": "change a member",
    "manage admin": "change an admin",
    "suspend member": "suspend a member",
    "resume member": "resume a member",
    "remove member": "remove a member",
    "grant access": "give access to a student",
    "revoke access": "end access to a student",
    "break glass": "use emergency access",
    "link supervision": "link a supervisor and an assistant",
    "end supervision": "end a supervision",
    "log supervision contact": "log a supervision contact",
    "strike out supervision contact": "strike out a supervision contact",
    "set supervision rule": "set a supervision rule",
    "offer ownership": "offer the ownership",
    "accept ownership": "accept the ownership",
    "decline ownership": "decline the ownership",
    "withdraw offer": "withdraw the offer of ownership",
    "transfer ownership": "hand over the workspace",
    "configure workspace": "change the workspace's settings",
    "add attendance code": "add a code of attendance",
    "change attendance code": "change a code of attendance",
    "put attendance code away": "put a code of attendance away",
    "bring attendance code back": "bring a code of attendance back",
    "add note template": "add a note template",
    "change note template": "change a note template",
    "put note template away": "put a note template away",
    "bring note template back": "bring a note template back",
    "score along": "record trials as a second scorer",
    "fill notes": "begin notes from a template",
    "keep goal bank": "change the goal bank",
    "add bank goal": "add a goal to the goal bank",
    "change bank goal": "change a goal of the goal bank",
    "retire bank goal": "retire a goal of the goal bank",
    "bring bank goal back": "bring a goal of the goal bank back",
    "add starter goals": "add the starter goals to the goal bank",
    "import bank goals": "import goals into the goal bank",
    "save goal bank": "save the goal bank as a file",
    "add school": "add a school",
    "rename school": "rename a school",
    "put school away": "put a school away",
    "bring school back": "bring a school back",
    "set school hours": "set the hours of a school's day",
    "set travel time": "set the time on the road between two schools",
    "add school days": "add days to the school calendar",
    "import school days": "import days into the school calendar",
    "remove school days": "take days out of the school calendar",
    "make calendar feed": "make a private calendar feed",
    "end calendar feed": "end a private calendar feed",
    "read calendar feed": "read the schedule through a private calendar feed",
    "switch AI": "switch AI",
    "set retention": "set how long records are kept",
    "place hold": "place a hold",
    "release hold": "release a hold",
    "close workspace": "close the workspace",
    "create workspace": "begin the workspace",
    "manage billing": "change the billing",
    "sign in": "sign in",
    "prove": "give the password once more",
    "end a sign-in": "end a sign-in",
    "sign out everywhere": "end all sign-ins",
    "edit own profile": "change the own profile",
    "change password": "change the own password",
    "ask for a new password": "ask for a link to set a new password",
    "reset password": "set a new password by a link",
    "put alarm aside": "put a notice aside",
    "begin log": "begin a log",
    "resume log": "take up the log whose end was not as it was left",
    **report_acts.PHRASES,
}
COUNTED = {
    "students": "student", "notes": "note", "goals": "goal", "rows": "row", "taps": "mark", "undone": "mark taken back",
    "repeats": "attempt like this", "sentences": "sentence", "ended": "sign-in", "days": "date of the calendar",
    "reports": "report",
}  # fmt: skip
NAMED: dict[str, dict[object, str]] = {
    "medium": {"pdf": "as PDF", "page": "to print", "csv": "as CSV", "xlsx": "as XLSX"},
    "answer": {
        "NotFound": "no such record for this person",
        "NotPermitted": "without the right",
        "NotProved": "the password was asked for",
        "Invalid": "asked for what cannot be",
        "Conflict": "somebody else was first",
    },
    "why": {"credentials": "wrong e-mail or password"},
    "own": {True: "own work"},
    "part": {True: "in a file of several students"},
    "party": {True: "for somebody outside"},
}
LONGEST_DETAIL = 160


def act_in_words(action: str, outcome: str, record_kind: str) -> str:
    """What was done, or tried and refused: "Opened the caseload", "Tried to export the progress summary"."""
    phrase = SEEN.get(record_kind, "open a record") if action == "view" else PHRASES.get(action, action)
    if outcome == "refused":
        return f"Tried to {phrase}"
    verb, _, rest = phrase.partition(" ")
    return f"{PAST.get(verb, verb.capitalize())} {rest}".rstrip()


def detail_in_words(detail: Mapping[str, object]) -> str:
    """The counts, days and reasons of a row in one line; what has no words is left out."""
    parts = [_days(detail)] + [_part(name, value) for name, value in detail.items()]
    return ", ".join(part for part in parts if part)[:LONGEST_DETAIL]


def _part(name: str, value: object) -> str:
    if name in COUNTED and isinstance(value, int) and not isinstance(value, bool):
        words = COUNTED[name]
        head, _, tail = words.partition(" ")
        return f"{value:,} {words}" if value == 1 else f"{value:,} {head}s {tail}".rstrip()
    known = NAMED.get(name)
    if known is not None and isinstance(value, str | bool):
        return known.get(value, "")
    if name == "fields" and isinstance(value, list):
        return ", ".join(str(one).replace("_", " ") for one in value)
    return ""


def _days(detail: Mapping[str, object]) -> str:
    try:
        since, until = (date.fromisoformat(str(detail[name])) for name in ("since", "until"))
    except (KeyError, ValueError):
        return ""
    return f"{long_date(since)} to {long_date(until)}"
