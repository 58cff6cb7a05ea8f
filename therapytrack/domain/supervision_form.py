"""The forms of supervision: a contact to log, and a rule to hold from a day on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.ids import parse_id
from therapytrack.domain.people import ASSISTANTS
from therapytrack.domain.us_states import US_STATES
from therapytrack.errors import NotFound

KINDS: Final = {"direct": "Direct: I saw the treatment", "indirect": "Indirect: review, talk, planning"}
METHODS: Final = {
    "in_person": "In person",
    "live_video": "Live video",
    "recording": "Recording",
    "record_review": "Review of data and notes",
    "meeting": "Meeting",
    "phone": "Phone",
}
# A contact that saw no treatment as it happened is not a direct one.
DIRECT_METHODS: Final = ("in_person", "live_video")
# A contact further back than this counts in no period and stands in no list.
LOOK_BACK = timedelta(days=400)
LONGEST_TOPIC, LONGEST_WHY, MOST_MINUTES = 1000, 500, 600
EVERY_DISCIPLINE: Final = tuple(sorted(set(ASSISTANTS.values())))


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A checked contact; `minutes` whole, `held_on` not in the future."""

    assistant_id: UUID
    student_id: UUID | None
    kind: str
    method: str
    held_on: date
    minutes: int
    topic: str


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A checked tie of a supervisor and an assistant; `ends_on` is the first day on which it does not count."""

    supervisor_id: UUID
    assistant_id: UUID
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A checked rule of one state and discipline from `starts_on` on; None for what is not asked."""

    us_state: str
    discipline: str
    starts_on: date
    total_percent: float | None
    direct_percent: float | None
    period_days: int
    observe_every_days: int | None
    may_interpret: bool
    source: str
    verified: bool

    def values(self) -> dict[str, Any]:
        """The columns of the rule's row."""
        return asdict(self)


def parse_contact(form: Mapping[str, str], today: date) -> ContactForm:
    """Read the contact form. Raises Invalid with a sentence for each wrong field."""
    read = FieldReader(form)
    assistant = _id(read, "assistant", "Choose the assistant.")
    student = _id(read, "student", "Choose a student of the list, or nobody in particular.", optional=True)
    kind = read.choice("kind", KINDS, "Say whether you saw the treatment.")
    method = read.choice("method", METHODS, "Choose how you met.")
    if kind == "direct" and method in METHODS and method not in DIRECT_METHODS:
        read.deny("method", "A direct contact is in person or by live video. Choose one of these, or Indirect.")
    day = read.day("held_on", "Enter the day of the contact.")
    if day and day > today:
        read.deny("held_on", "This day is still to come. Log the contact when it was held.")
    if day and day < today - LOOK_BACK:
        read.deny("held_on", f"This day is more than {LOOK_BACK.days} days ago: nothing counts or lists it any more.")
    minutes = read.whole("minutes", 1, MOST_MINUTES, required=True)
    topic = read.text("topic", LONGEST_TOPIC)
    read.finish()
    assert assistant and day and minutes
    return ContactForm(assistant, student, kind, method, day, minutes, topic)


def parse_link(form: Mapping[str, str], today: date) -> LinkForm:
    """Read the form of a tie: the last day is one on which it still counts. Raises Invalid."""
    read = FieldReader(form)
    supervisor = _id(read, "supervisor", "Choose the supervisor.")
    assistant = _id(read, "link_assistant", "Choose the assistant.")
    starts_on = read.day("link_starts_on") or today
    last = read.day("link_ends_on")
    if starts_on < today:
        read.deny("link_starts_on", "The first day is in the past. Choose today or a later day.")
    if last is not None and last < starts_on:
        read.deny("link_ends_on", "The last day is before the first one. Change one of them.")
    read.finish()
    assert supervisor and assistant
    return LinkForm(supervisor, assistant, starts_on, last + timedelta(days=1) if last else None)


def parse_rule(form: Mapping[str, str]) -> RuleForm:
    """Read the rule form. Raises Invalid with a sentence for each wrong field."""
    read = FieldReader(form)
    us_state = read.choice("us_state", US_STATES, "Choose the state.")
    discipline = read.choice("discipline", EVERY_DISCIPLINE, "Choose the discipline.")
    starts_on = read.day("starts_on", "Enter the first day of this rule.")
    total, direct = read.percent("total_percent"), read.percent("direct_percent")
    if total is not None and direct is not None and direct > total:
        read.wrong["direct_percent"] = "Direct supervision is a part of the whole: enter at most the percentage above."
    period = read.whole("period_days", 1, 366, required=True)
    observe = read.whole("observe_every_days", 1, 366)
    source = read.line("source", 500)
    verified = bool(read.raw("verified"))
    if verified and not source:
        read.wrong["source"] = "Say where the checked rule stands, for example its section."
    read.finish()
    assert starts_on and period
    may_interpret = bool(read.raw("may_interpret"))
    return RuleForm(us_state, discipline, starts_on, total, direct, period, observe, may_interpret, source, verified)


def _id(read: FieldReader, name: str, sentence: str, *, optional: bool = False) -> UUID | None:
    if optional and not read.raw(name):
        return None
    try:
        return parse_id(read.raw(name))
    except NotFound:
        read.wrong[name] = sentence
        return None
