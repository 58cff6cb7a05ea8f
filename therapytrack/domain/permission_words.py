"""Why somebody may or may not do something with a student, in words: for herself and for whoever governs access.

The same sentence serves both: it stands under a person's name or under "You".
"""

from dataclasses import dataclass
from datetime import date

from therapytrack.domain.dates import long_date, short_date

RIGHTS = ("view", "edit", "export", "generate")
VERBS = {"view": "view", "edit": "edit", "export": "export", "generate": "generate drafts"}
LABELS = {"view": "View", "edit": "Edit", "export": "Export", "generate": "Generate"}
MISSING = {
    "view": "view this student's record",
    "edit": "edit this student's record",
    "export": "export this student's record",
    "generate": "ask for a draft for this student",
}
# Why a right does not count: rules 1, 2, 3, 5 and 9 of the permission model.
REASONS = {
    "closed": "this workspace is closed",
    "left": "the membership has ended or is suspended",
    "office": "this role governs the workspace and opens no student's record",
    "ceiling": "{role} may not",
    "no_view": "view is not granted, and without it nothing else counts",
    "unsupervised": "waits for a supervisor of the same discipline who may view and edit this student",
    "assistant_export": "assistants may not, workspace setting",
    "archived": "the student is archived",
    "read_only": "the workspace is read-only",
}
ROLES = {
    "none": "people without a clinical role",
    "reader": "readers",
    "assistant": "assistants",
    "clinician": "clinicians",
    "supervisor": "supervisors",
}


@dataclass(frozen=True, slots=True)
class GrantNote:
    """One grant in words: who gave it, from which day, until which day inclusive (None: open), local dates."""

    by: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RightStory:
    """All that explains one right of one person on one student.

    `granted`: live grants that carry it; `planned`: ones that begin later; `ended`: the last that ended. `through`: the
    assistant through whom a supervisor may view, or the supervisor through whom an assistant's edit counts.
    `glass_until`: the local clock time at which emergency access ends. `why_not`: a key of REASONS, or "".
    """

    right: str
    holds: bool
    role: str = "clinician"
    granted: tuple[GrantNote, ...] = ()
    planned: tuple[GrantNote, ...] = ()
    ended: GrantNote | None = None
    through: str = ""
    glass_until: str = ""
    why_not: str = ""


def missing_words(right: str) -> str:
    """What is said to whoever lacks a right and for no other reason may not do something."""
    return f"You do not have the right to {MISSING[right]}. Ask the student's case manager."


def unmet_words(right: str) -> str:
    """What is said to an assistant whose granted right does not count yet."""
    if right == "export":
        return "Assistants may not export here (workspace setting). Ask your supervisor."
    return "This waits for a supervisor of your discipline who can view and edit this student. Ask the owner."


def day_words(day: date, today: date) -> str:
    """`day` as "Jun 12", with its year when that is not today's."""
    return short_date(day) if day.year == today.year else long_date(day)


def period_words(note: GrantNote, today: date) -> str:
    """From when until when: "since Aug 18", "until Jun 12", "Jun 20 to Aug 1"."""
    if note.since > today:
        end = f" to {day_words(note.until, today)}" if note.until else ""
        return f"{'' if end else 'from '}{day_words(note.since, today)}{end}"
    return f"until {day_words(note.until, today)}" if note.until else f"since {day_words(note.since, today)}"


def right_sentence(story: RightStory, today: date) -> str:
    """One right as a sentence without its subject: "can edit: granted by Rosa Alvarez until Jun 12"."""
    return f"{'can' if story.holds else 'cannot'} {VERBS[story.right]}: {_because(story, today)}"


def _because(story: RightStory, today: date) -> str:
    return _why(story, today) if story.holds else _why_not(story, today)


def _why(story: RightStory, today: date) -> str:
    parts = []
    if story.granted:
        last = max(story.granted, key=_lasts)
        parts.append(f"granted by {last.by} {_until(last, today)}")
    if story.through:
        parts.append(
            f"while {story.through} supervises" if story.role == "assistant" else f"as supervisor of {story.through}"
        )
    if story.glass_until:
        parts.append(f"emergency access until {story.glass_until}")
    return ", ".join(parts)


def _lasts(note: GrantNote) -> date:
    return note.until or date.max


def _until(note: GrantNote, today: date) -> str:
    return f"until {day_words(note.until, today)}" if note.until else f"on {day_words(note.since, today)}"


def _why_not(story: RightStory, today: date) -> str:
    if story.why_not:
        return REASONS[story.why_not].format(role=ROLES[story.role])
    if story.planned:
        first = min(story.planned, key=lambda note: note.since)
        return f"begins {day_words(first.since, today)}, granted by {first.by}"
    if story.ended and story.ended.until:
        return f"ended {day_words(story.ended.until, today)}, was granted by {story.ended.by}"
    return "not granted"
