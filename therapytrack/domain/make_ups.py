"""Which missed sessions are to be made up, what makes them up, and how many minutes are still owed.

No federal rule says how many minutes of a missed session are owed (OSEP judges the impact child by child; ASHA reads it
as no blanket policy): the workspace's policy for each code of attendance decides, and a clinician may decide otherwise
for one missed session of one student.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.attendance_codes import OWED_BY_DEFAULT
from therapytrack.domain.dates import short_date
from therapytrack.domain.names import problem_with, tidy
from therapytrack.errors import Invalid

LONGEST_WHY = 200
# Given ahead of a day that is known to be missed (a trip, a meeting) makes up as well as given after it: no rule says
# otherwise. Longer ago it was service of its own time.
AHEAD = timedelta(days=14)
TOO_EARLY = f"A make-up comes at most {AHEAD.days} days before the session that it makes up. Choose a later one."
NOT_OWED = "This session is not to be made up. Change that first."
MADE_UP = "This session is made up already."
NOTHING = "A session that was missed makes up nothing."


class MakeUp(StrEnum):
    """What a clinician decided about one missed session; POLICY leaves it to the code of attendance."""

    POLICY = ""
    OWED = "owed"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True)
class Repair:
    """A session that makes up a missed one: whole minutes given in it, 0 while it is still to come."""

    entry_id: UUID
    session_id: UUID
    held_on: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Missed:
    """One student's part of a missed session of `minutes`.

    `policy`: what its code says, None where it has none. `repairs_another`: it was to make up an earlier one.
    """

    entry_id: UUID
    session_id: UUID
    title: str
    held_on: date
    attendance: Attendance
    words: str
    minutes: int
    policy: bool | None
    decided: MakeUp
    why: str
    repairs_another: bool
    repairs: tuple[Repair, ...] = ()

    @property
    def owed(self) -> bool:
        """Whether it is to be made up. A make-up that was missed owes nothing itself: the first session still does."""
        if self.attendance in (Attendance.PRESENT, Attendance.PLANNED) or self.repairs_another:
            return False
        if self.decided:
            return self.decided is MakeUp.OWED
        return self.attendance in OWED_BY_DEFAULT if self.policy is None else self.policy

    @property
    def made_up(self) -> int:
        """Minutes given for it so far."""
        return sum(one.minutes for one in self.repairs)

    @property
    def left(self) -> int:
        """Minutes still owed; never below zero, as a longer make-up owes nothing back."""
        return max(0, self.minutes - self.made_up) if self.owed else 0

    @property
    def label(self) -> str:
        """What it is called in a choice: "Nov 12 · 30 min", "Nov 12 · 10 of 30 min left"."""
        rest = f"{self.left} of {self.minutes} min left" if self.made_up and self.left else f"{self.minutes} min"
        return f"{short_date(self.held_on)} · {rest}"

    @property
    def standing(self) -> str:
        """What is to be done about it: "30 min owed", "10 of 30 min owed", "Made up", "Not owed"."""
        if not self.owed:
            return "Not owed"
        if not self.left:
            return "Made up"
        return f"{self.left} of {self.minutes} min owed" if self.made_up else f"{self.minutes} min owed"

    @property
    def reason(self) -> str:
        """Why it was missed, in the workspace's word for it if it has one."""
        return self.words or LABELS.get(self.attendance, "Missed")


def still_owed(missed: Iterable[Missed]) -> list[Missed]:
    """Those with minutes still owed, the oldest first."""
    return sorted((one for one in missed if one.left), key=lambda one: (one.held_on, one.entry_id))


def owed_words(owed: Sequence[Missed]) -> str:
    """ "1 session · 30 min" of those still owed."""
    sessions = "session" if len(owed) == 1 else "sessions"
    return f"{len(owed)} {sessions} · {sum(one.left for one in owed)} min"


def reaches(held_on: date, missed_on: date) -> bool:
    """Whether a session on a day can make up one that was missed on another: after it, or at most `AHEAD` of it."""
    return held_on >= missed_on - AHEAD


def require_repair(missed: Missed, entry_id: UUID, attendance: Attendance, held_on: date) -> None:
    """Raise Invalid, with the sentence, when a student's part of a session cannot make up `missed`."""
    others = sum(one.minutes for one in missed.repairs if one.entry_id != entry_id)
    if attendance not in (Attendance.PRESENT, Attendance.PLANNED):
        raise Invalid({"makes_up": NOTHING})
    if not reaches(held_on, missed.held_on):
        raise Invalid({"makes_up": TOO_EARLY})
    if not missed.owed:
        raise Invalid({"makes_up": NOT_OWED})
    if others >= missed.minutes:
        raise Invalid({"makes_up": MADE_UP})


def parse_decision(decided: str, why: str) -> tuple[MakeUp, str]:
    """What was decided about a missed session, and why: a decision against the policy needs its reason.

    Raises Invalid.
    """
    choice = next((one for one in MakeUp if one == decided), None)
    if choice is None:
        raise Invalid({"decided": "Choose whether the session is to be made up."})
    reason = tidy(why)
    if choice and not reason:
        raise Invalid({"why": "Say why, so that others can follow it."})
    if len(reason) > LONGEST_WHY:
        raise Invalid({"why": f"Use at most {LONGEST_WHY} characters; this is {len(reason)}."})
    if sentence := problem_with(reason, LONGEST_WHY):
        raise Invalid({"why": sentence})
    return choice, reason if choice else ""
