"""Everything that a progress report says, in one canonical form: what is shown, printed, hashed and signed is this."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final, Literal

from therapytrack.domain.date_range import DateRange
from therapytrack.domain.dates import long_date
from therapytrack.domain.family_words import TONGUES, Language, family_date

FORMAT: Final = 1
LONGEST_WORDS, LONGEST_ADDENDUM = 5_000, 20_000
Kind = Literal["report", "family-en", "family-es"]
KINDS: Final[dict[Kind, str]] = {
    "report": "Report",
    "family-en": "Family letter, English",
    "family-es": "Family letter, Spanish",
}
TEXTS: Final = ("words", "family_en", "family_es")
CODE_OR_WORDS: Final = "Choose a code, or say in your words why none fits."


@dataclass(frozen=True, slots=True)
class GoalContent:
    """One goal: `paragraph` and `cautions` are made from the data, `words` are the author's; `chart` is a picture (SVG)
    with its alternative text `alt`, "" without data."""

    goal_id: str
    version_id: str
    number: int
    label: str
    text: str
    paragraph: str
    cautions: tuple[str, ...]
    code: str
    code_meaning: str
    words: str
    family_en: str
    family_es: str
    chart: str
    alt: str

    @property
    def code_words(self) -> str:
        """The code with its meaning: "C: Goal met"."""
        return f"{self.code}: {self.code_meaning}" if self.code else ""

    def family(self, language: Language) -> str:
        """The family's words."""
        return self.family_en if language == "en" else self.family_es


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The report of one student about one period. Dates are ISO; `code_set` is the set's name and number."""

    report_id: str
    student_id: str
    student: str
    first_name: str
    local_number: str
    grade: str
    school: str
    period: str
    first_on: str
    last_on: str
    author: str
    workspace: str
    code_set: str
    service: str
    goals: tuple[GoalContent, ...]

    @property
    def title(self) -> str:
        """What the document is called: never the student's name, which would show in windows and file lists."""
        return f"Progress report, {self.period}"

    @property
    def range(self) -> DateRange:
        """The period's days."""
        return DateRange(date.fromisoformat(self.first_on), date.fromisoformat(self.last_on))

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The lines under the name: what, value."""
        lines = [
            ("Student number", self.local_number),
            ("Grade", self.grade),
            ("School", self.school),
            ("Period", f"{self.period}, {long_date(self.range.since)} to {long_date(self.range.until)}"),
            ("Written by", f"{self.author}, {self.workspace}"),
            ("Progress codes", self.code_set),
        ]
        return tuple((what, value) for what, value in lines if value)

    def family_period(self, language: Language) -> str:
        """The period in the family's language."""
        first, last = (family_date(day, language) for day in (self.range.since, self.range.until))
        return TONGUES[language].period.format(first=first, last=last)


def content_text(content: ReportContent) -> str:
    """The canonical JSON of `content`: what is stored and hashed."""
    return json.dumps({"format": FORMAT, **asdict(content)}, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def content_from(text: str) -> ReportContent:
    """The content that `content_text` wrote."""
    stored: Mapping[str, Any] = json.loads(text)
    goals = tuple(GoalContent(**{**one, "cautions": tuple(one["cautions"])}) for one in stored["goals"])
    return ReportContent(
        **{name: value for name, value in stored.items() if name not in ("format", "goals")}, goals=goals
    )


def text_hash(text: str) -> str:
    """SHA-256 of a report's canonical text, as 64 hexadecimal digits."""
    return sha256(text.encode("ascii")).hexdigest()


def facts_hash(content: ReportContent) -> str:
    """The hash of what is made from data alone: proof of the data that a page showed while its words were typed."""
    bare = [replace(one, code="", code_meaning="", words="", family_en="", family_es="") for one in content.goals]
    return text_hash(content_text(replace(content, report_id="", author="", goals=tuple(bare))))


def report_addendum_hash(report_hash: str, author_id: str, text: str) -> str:
    """The hash of an addendum, bound to the signed report that it stands under."""
    form = json.dumps({"format": FORMAT, "report": report_hash, "author": author_id, "text": text}, sort_keys=True)
    return text_hash(form)
