"""What an auditor would ask about a note before it is signed: explained, each with its source, and never a verdict.

The questions are those of real audits of school-based claims (HHS OIG A-01-02-00001: students absent, schools closed,
IEPs not valid, providers not qualified; A-04-01-00005: elements missing). They are shown to the person who signs; she
decides. What a payer or a state asks beyond them is her workspace's to know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from therapytrack.domain.attendance import LABELS, Attendance
from therapytrack.domain.dates import long_date, short_date
from therapytrack.domain.late_notes import LateRule, count_days, days_late

OIG_BOSTON = "HHS OIG A-01-02-00001"
OIG_NC = "HHS OIG A-04-01-00005"
CMS_2023 = "CMS guide to school-based services 2023, p. 91"
IDEA_REVIEW = "34 CFR 300.324(b)"
MANDATE = "the student's mandate"


class Question(StrEnum):
    """What is asked about."""

    ABSENT = "absent"
    CLOSED = "school closed"
    NO_MANDATE = "no mandate"
    IEP_LAPSED = "IEP lapsed"
    CREDENTIAL_LAPSED = "credential lapsed"
    GROUP_SIZE = "group size"
    OVERLAP = "overlap"
    MISSING = "missing"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Finding:
    """One question in a sentence, and where it comes from."""

    question: Question
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class MandateOnFile:
    """A mandate from `first` to `last` (None: open), both inclusive; `largest` group that it allows (None: any)."""

    first: date
    last: date | None
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """Everything that is asked about. `group`: students present, this one included; `minutes`: whole minutes recorded.

    `overlaps` are other sessions at the same time of the student or the author, in words; `closings` what the school
    calendar says of the day; `review_due_on` of the IEP that ran then, None without one; `signed_on`: today; `late`: by
    when the note is to be signed.
    """

    attendance: Attendance
    held_on: date
    minutes: int
    planned_minutes: int
    group: int
    place: str
    has_data: bool
    mandates: Sequence[MandateOnFile]
    has_iep: bool
    review_due_on: date | None
    credential_until: date | None
    closings: Sequence[str]
    overlaps: Sequence[str]
    signed_on: date
    late: LateRule


def check_claim(facts: ClaimFacts) -> list[Finding]:
    """The questions that these facts raise, the gravest first; none when there are none."""
    if facts.attendance != Attendance.PRESENT:
        return [*_missed(facts), *_late(facts)]
    return [
        *(Finding(Question.CLOSED, f"{one}.", OIG_BOSTON) for one in facts.closings),
        *_plan(facts),
        *_credential(facts),
        *_group(facts),
        *(Finding(Question.OVERLAP, f"At the same time as {one}.", OIG_NC) for one in facts.overlaps),
        *_missing(facts),
        *_late(facts),
    ]


def _missed(facts: ClaimFacts) -> Iterator[Finding]:
    if facts.attendance == Attendance.PLANNED:
        yield Finding(Question.ABSENT, "Nobody said yet whether the student came.", OIG_BOSTON)
        return
    words = LABELS[facts.attendance].lower()
    if facts.minutes:
        sentence = f"{_recorded(facts.minutes)} recorded, and the entry says {words}."
        yield Finding(Question.ABSENT, sentence, OIG_BOSTON)
    if facts.has_data:
        sentence = f"Data are recorded for a student who is marked absent: the entry says {words}. Correct one of them."
        yield Finding(Question.ABSENT, sentence, OIG_BOSTON)


def _recorded(minutes: int, than: str = "") -> str:
    """ "1 minute is", "30 minutes are"."""
    return f"{minutes} minute{than} is" if minutes == 1 else f"{minutes} minutes{than} are"


def _plan(facts: ClaimFacts) -> Iterator[Finding]:
    day = facts.held_on
    if not any(one.first <= day and (one.last is None or day <= one.last) for one in facts.mandates):
        ended = [one.last for one in facts.mandates if one.last and one.last < day]
        last = f" The last one ended on {long_date(max(ended))}." if ended else ""
        yield Finding(Question.NO_MANDATE, f"No mandate runs on {short_date(day)}.{last}", OIG_BOSTON)
    if not facts.has_iep:
        yield Finding(Question.IEP_LAPSED, f"No IEP had begun by {short_date(day)}.", OIG_BOSTON)
    elif facts.review_due_on and facts.review_due_on < day:
        sentence = f"The IEP's review was due on {long_date(facts.review_due_on)}, before this session."
        yield Finding(Question.IEP_LAPSED, sentence, IDEA_REVIEW)


def _credential(facts: ClaimFacts) -> Iterator[Finding]:
    if facts.credential_until and facts.credential_until < facts.held_on:
        sentence = f"Your credential ended on {long_date(facts.credential_until)}. Renew it in your profile."
        yield Finding(Question.CREDENTIAL_LAPSED, sentence, OIG_BOSTON)


def _group(facts: ClaimFacts) -> Iterator[Finding]:
    day = facts.held_on
    running = (one for one in facts.mandates if one.first <= day and (one.last is None or day <= one.last))
    largest = min((one.largest for one in running if one.largest), default=None)
    if largest is not None and facts.group > largest:
        allowed = "alone" if largest == 1 else f"in groups of at most {largest}"
        sentence = f"{facts.group} students were present, and this student is to be seen {allowed}."
        yield Finding(Question.GROUP_SIZE, sentence, MANDATE)


def _missing(facts: ClaimFacts) -> Iterator[Finding]:
    if not facts.minutes:
        yield Finding(Question.MISSING, "No minutes are recorded.", CMS_2023)
    elif facts.minutes > facts.planned_minutes > 0:
        over = facts.minutes - facts.planned_minutes
        sentence = f"{_recorded(over, ' more than planned')} recorded. Say why."
        yield Finding(Question.MISSING, sentence, CMS_2023)
    if not facts.place:
        yield Finding(Question.MISSING, "The place is not recorded.", CMS_2023)
    if not facts.has_data:
        yield Finding(Question.MISSING, "No data are recorded. Say in words what was done.", CMS_2023)


def _late(facts: ClaimFacts) -> Iterator[Finding]:
    if days := days_late(facts.held_on, facts.signed_on, facts.late.days):
        sentence = f"This is {count_days(days)} later than {count_days(facts.late.days)} after the session."
        yield Finding(Question.LATE, sentence, facts.late.source)
