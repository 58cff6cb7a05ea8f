"""A workspace's codes for progress, sets as data that are shipped as unverified defaults, and which one data suggest.

Codes differ by state and district (a Mississippi guide's A to D, a California SELPA's 1 to 4), so each code says what
it is suggested for. A suggestion is a prompt with its reason; nobody but the clinician gives a code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from therapytrack.domain.chart_facts import count_text
from therapytrack.domain.dates import long_date
from therapytrack.domain.draft_facts import join_words
from therapytrack.domain.form_fields import FieldReader
from therapytrack.domain.report_goal import LAST, ReportGoal
from therapytrack.domain.trend import Status
from therapytrack.domain.units import is_percent, plain, value_text
from therapytrack.errors import Invalid

LONGEST_CODE, LONGEST_MEANING, LONGEST_NAME, LONGEST_SOURCE = 12, 120, 80, 300
MOST_CODES, LONGEST_LINES = 12, 4000
NUMBERS: Final = {1: "one", 2: "two", 3: "three"}
BY_HAND = ""
SUGGESTED_FOR: Final[dict[str, str]] = {
    BY_HAND: "Never suggested",
    "met": "The criterion is met",
    "sufficient": "On track: the last four points at or beyond the aim line",
    "insufficient": "Off track: the last four points short of the aim line",
    "none": "Less than 1% of the way from baseline to target",
    "partial": "1 to 49% of the way from baseline to target",
    "substantial": "50% of the way or more, criterion not met",
    "not_introduced": "No data so far",
}


@dataclass(frozen=True, slots=True)
class ProgressCode:
    """One code; `suggest` is a key of SUGGESTED_FOR."""

    code: str
    meaning: str
    suggest: str = BY_HAND

    @property
    def words(self) -> str:
        """As a list shows it: "C, goal met"."""
        return f"{self.code}, {self.meaning[:1].lower()}{self.meaning[1:]}"


@dataclass(frozen=True, slots=True)
class CodeSetForm:
    """What a set is to be."""

    name: str
    codes: tuple[ProgressCode, ...]
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The code that the data suggest, "" when they suggest none, and why, in words."""

    code: str
    reason: str


DEFAULT_SETS: Final = (
    CodeSetForm(
        "Mississippi",
        (
            ProgressCode("A", "Sufficient progress is being made", "sufficient"),
            ProgressCode("B", "Insufficient progress is being made; the team must reconvene", "insufficient"),
            ProgressCode("C", "Goal met", "met"),
            ProgressCode("D", "Not yet introduced", "not_introduced"),
        ),
        "specialedstartguide.com/blog/mississippi-iep-progress-monitoring",
        False,
    ),
    CodeSetForm(
        "California",
        (
            ProgressCode("1", "No progress", "none"),
            ProgressCode("2", "Partial progress, 1 to 49% of the goal", "partial"),
            ProgressCode("3", "Substantial progress, 50 to 99% of the goal", "substantial"),
            ProgressCode("4", "Goal met", "met"),
        ),
        "A California SELPA's progress form (laduesystems.net, SelpaMgr)",
        False,
    ),
)


def first_set(us_state: str) -> str:
    """The name of the shipped set with which a workspace of that state begins: the plainest, but in California."""
    return "California" if us_state == "CA" else "Mississippi"


def codes_from(stored: Iterable[Mapping[str, Any]]) -> tuple[ProgressCode, ...]:
    """The codes as they are stored."""
    return tuple(ProgressCode(one["code"], one["meaning"], one.get("suggest", BY_HAND)) for one in stored)


def codes_to(codes: Sequence[ProgressCode]) -> list[dict[str, str]]:
    """The codes as plain JSON."""
    return [{"code": one.code, "meaning": one.meaning, "suggest": one.suggest} for one in codes]


def codes_text(codes: Sequence[ProgressCode]) -> str:
    """The codes as they are typed, one a line: "C = Goal met | met"."""
    return "\n".join(f"{one.code} = {one.meaning}" + (f" | {one.suggest}" if one.suggest else "") for one in codes)


def parse_code_set(form: Mapping[str, str]) -> CodeSetForm:
    """A set from the fields set_name, codes (one a line), source, verified. Raises Invalid, a sentence a field."""
    read = FieldReader(form)
    name = read.line("set_name", LONGEST_NAME, "Enter a name for the set.")
    source = read.line("source", LONGEST_SOURCE)
    lines = read.text("codes", LONGEST_LINES)
    codes: tuple[ProgressCode, ...] = ()
    try:
        codes = _parse_lines(lines)
    except Invalid as error:
        read.wrong.update(error.fields)
    if read.wrong:
        raise Invalid(read.wrong)
    return CodeSetForm(name, codes, source, bool(read.raw("verified")))


def _parse_lines(text: str) -> tuple[ProgressCode, ...]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not 2 <= len(lines) <= MOST_CODES:
        raise Invalid({"codes": f"Enter 2 to {MOST_CODES} codes, one on each line."})
    codes = tuple(_parse_line(number, line) for number, line in enumerate(lines, start=1))
    if len({one.code.casefold() for one in codes}) < len(codes):
        raise Invalid({"codes": "Two lines have the same code. Give each its own."})
    return codes


def _parse_line(number: int, line: str) -> ProgressCode:
    left, _, right = line.partition("=")
    parts = (left, *right.partition("|")[::2])
    code, meaning, suggest = (part.strip() for part in parts)
    if "|" in code or not 0 < len(code) <= LONGEST_CODE or not 0 < len(meaning) <= LONGEST_MEANING:
        raise Invalid({"codes": f"Line {number}: write a code, “=”, and what it means, as in “C = Goal met”."})
    if suggest not in SUGGESTED_FOR:
        known = ", ".join(key for key in SUGGESTED_FOR if key)
        raise Invalid({"codes": f"Line {number}: “{suggest[:40]}” is not one of {known}."})
    return ProgressCode(code, meaning, suggest)


def suggest(codes: Sequence[ProgressCode], goal: ReportGoal) -> Suggestion:
    """The code for which the data of the period speak, with the reason; none where the data or the set have none."""
    kinds, reason = _judged(goal)
    for kind in kinds:
        for one in codes:
            if one.suggest == kind:
                return Suggestion(one.code, f"Suggested {one.code}, {reason}")
    if not kinds:
        return Suggestion("", f"No code is suggested: {reason}")
    return Suggestion("", f"Your code set has no code for this: {reason}")


def _judged(goal: ReportGoal) -> tuple[tuple[str, ...], str]:
    """What the data speak for, the surest first, and in words why."""
    if goal.told:
        return (), "the goal is told in words; choose by what they say."
    if not goal.points:
        if goal.before:
            return (), "no data were taken in this period."
        return ("not_introduced",), "no data have been taken on this goal so far."
    if goal.met_on:
        return ("met",), _met_words(goal)
    if goal.mastery is None and goal.level_meets and len(goal.values) >= LAST:
        return ("met",), f"target reached: {_last_words(goal)}; the goal states no rule for mastery."
    if len(goal.values) < LAST:
        return (), f"{_last_words(goal)}; {LAST} points are needed to suggest one."
    return _on_the_way(goal)


def _on_the_way(goal: ReportGoal) -> tuple[tuple[str, ...], str]:
    """As `_judged`, of a goal that is not met: against the aim line, and by its share of the way."""
    kinds, reasons = list[str](), list[str]()
    if goal.check and goal.check.status in (Status.ON_TRACK, Status.OFF_TRACK):
        on_track = goal.check.status is Status.ON_TRACK
        kinds.append("sufficient" if on_track else "insufficient")
        reasons.append(f"{goal.check.status.label.lower()}: {goal.check.sentence}")
    if goal.share is not None:
        kinds.append("none" if goal.share < 0.01 else "partial" if goal.share < 0.5 else "substantial")
        reasons.append(_share_words(goal))
    if not kinds:
        why = goal.met_from_start or "there is no baseline or aim line to hold them against"
        return (), f"{_last_words(goal)}; {why}."
    if len(kinds) == 1 and goal.check:
        reasons.append(f"{goal.check.status.label.lower()} ({goal.check.sentence})")
    return tuple(kinds), f"{'; '.join(reasons)}; {_last_words(goal)}{_criterion(goal)}."


def _met_words(goal: ReportGoal) -> str:
    when = f"met on {long_date(goal.met_on)}" if goal.met_on else "met"
    earlier = " before this period" if goal.met_on and goal.met_on < goal.span.first else ""
    return f"{when}{earlier}: {_last_words(goal)}{_criterion(goal)}."


def _share_words(goal: ReportGoal) -> str:
    share = round(100 * min(max(goal.share or 0.0, 0.0), 0.99))
    level, baseline = (value_text(goal.metric, value) for value in (goal.level or 0.0, goal.baseline or 0.0))
    target = value_text(goal.metric, goal.asks.target_value)
    return f"{share}% of the way from {baseline} to {target} (median of the last {len(goal.values[-LAST:])}: {level})"


def _last_words(goal: ReportGoal) -> str:
    """The last values with what they are: "82, 85 and 90% on the last three probes"."""
    last = [value for _, value in goal.values[-LAST:]]
    if not last:
        return "no data after the baseline"
    noun = count_text(len(last), goal.basis).partition(" ")[2]
    place = f"the last {NUMBERS[len(last)]} {noun}" if len(last) > 1 else f"the only {noun}"
    return f"{values_text(goal, last)} on {place}"


def values_text(goal: ReportGoal, values: Sequence[float]) -> str:
    """Several values with their unit, said once where it is a percent sign: "82, 85 and 90%"."""
    if is_percent(goal.metric):
        return f"{join_words(plain(value, 0) for value in values)}%"
    return join_words(value_text(goal.metric, value) for value in values)


def _criterion(goal: ReportGoal) -> str:
    words = goal.version.criterion_words
    return f"; criterion {words}" if words else ""
