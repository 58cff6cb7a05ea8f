"""What a draft may say: facts gathered from documented data, each with the rows that it came from.

A draft is written around placeholders such as `{{goal1.last}}`; `domain.draft_text` puts the values in. Whoever writes
the words, a template or a language model, therefore cannot write a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Literal

from therapytrack.domain.dates import long_date
from therapytrack.domain.points import Metric
from therapytrack.domain.units import value_text

Trend = Literal["rising", "falling", "level", "unknown"]

MINIMUM_POINTS = 3
"""Below three points a phase is not described (single-case convention: no effect or trend from fewer)."""


@dataclass(frozen=True)
class Source:
    """The stored row behind a fact: its kind ("point", "entry", "goal"), its id and its date, where it has one."""

    kind: str
    id: str
    held_on: date | None = None


@dataclass(frozen=True)
class Fact:
    """One value that a draft may use, worded with its unit, and what it means in words without any value."""

    key: str
    value_text: str
    meaning: str
    sources: tuple[Source, ...] = ()

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Ids of the rows behind the value, in order of date."""
        return tuple(source.id for source in self.sources)


Catalogue = Mapping[str, Fact]


@dataclass(frozen=True)
class DataPoint:
    """Data of one goal in one session by purpose ("probe" or "practice"); `correct` is what the goal counts.

    `measured` is the value in the unit of `metric`, and `ground` what it stands on, where it is no share of trials.
    """

    id: str
    held_on: date
    purpose: str
    correct: int
    trials: int
    metric: Metric = Metric.INDEPENDENT
    measured: float | None = None
    ground: str = ""

    @property
    def value(self) -> float:
        """`correct` in per cent of the trials, or what was measured."""
        return 100 * self.correct / self.trials if self.measured is None else self.measured


@dataclass(frozen=True)
class GoalData:
    """One goal's data in the period, baseline left out; `counting` says what counts: which trials as correct, or, when
    `kind` is "unit", what is measured. A "told" goal has texts and no points.

    `status`, `trend` and `trend_text` come from the progress calculations; the texts are empty where they cannot say.
    """

    id: str
    label: str
    text: str
    points: tuple[DataPoint, ...]
    counting: str = "without cues"
    kind: Literal["trials", "unit", "told"] = "trials"
    criterion: str = ""
    status: str = ""
    trend: Trend = "unknown"
    trend_text: str = ""

    @property
    def described(self) -> tuple[DataPoint, ...]:
        """The points that the draft describes, by date: probes, or practice when only that is enough; never mixed."""
        probes = tuple(point for point in self.points if point.purpose == "probe" and point.trials)
        practice = tuple(point for point in self.points if point.purpose != "probe" and point.trials)
        only_practice = len(probes) < MINIMUM_POINTS and (len(practice) >= MINIMUM_POINTS or not probes)
        return tuple(sorted(practice if only_practice else probes, key=lambda point: point.held_on))

    @property
    def sufficient(self) -> bool:
        """Whether there are enough points to describe."""
        return len(self.described) >= MINIMUM_POINTS


@dataclass(frozen=True)
class SessionPart:
    """The student's part in one session: `reason` is the workspace's words for a missed one, empty when attended."""

    id: str
    held_on: date
    attended: bool
    minutes: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything documented about one student from `since` to `until`, both inclusive."""

    student: str
    since: date
    until: date
    sessions: tuple[SessionPart, ...]
    goals: tuple[GoalData, ...]

    @property
    def attended(self) -> tuple[SessionPart, ...]:
        """Sessions in which the student took part."""
        return tuple(part for part in self.sessions if part.attended)

    @property
    def missed(self) -> tuple[SessionPart, ...]:
        """Planned sessions that the student did not get, whatever the reason."""
        return tuple(part for part in self.sessions if not part.attended)


def count(number: int, noun: str) -> str:
    """A number with its noun in the right form: "1 session", "2 sessions", "no sessions"."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def join_words(parts: Iterable[str]) -> str:
    """A list as a sentence has it: "a", "a and b", "a, b and c"."""
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def catalogue(facts: Facts) -> dict[str, Fact]:
    """Every value that a draft of these facts may use, by key; goals are numbered in their order, from 1."""
    entries = [*_frame_facts(facts), *_session_facts(facts)]
    for number, goal in enumerate(facts.goals, start=1):
        entries += _goal_facts(f"goal{number}", goal)
    return {fact.key: fact for fact in entries}


def _frame_facts(facts: Facts) -> list[Fact]:
    return [
        Fact("student", facts.student, "the student's first name"),
        Fact("range.since", long_date(facts.since), "the first day of the period"),
        Fact("range.until", long_date(facts.until), "the last day of the period"),
        Fact(
            "minimum.points", count(MINIMUM_POINTS, "data point"), "how many data points a goal needs to be described"
        ),
    ]


def _session_facts(facts: Facts) -> list[Fact]:
    attended, missed = (_entry_sources(parts) for parts in (facts.attended, facts.missed))
    minutes = sum(part.minutes for part in facts.attended)
    reasons = [part.reason for part in facts.missed if part.reason]
    tally = join_words(f"{reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons))
    entries = [
        Fact(
            "sessions.attended",
            count(len(attended), "session"),
            "how many sessions were attended, with the noun",
            attended,
        ),
        Fact("sessions.missed", count(len(missed), "session"), "how many sessions were missed, with the noun", missed),
        Fact("minutes.total", count(minutes, "minute"), "minutes of therapy received, with the noun", attended),
    ]
    return (
        [*entries, Fact("sessions.reasons", tally, "why sessions were missed, as a list", missed)] if tally else entries
    )


def _entry_sources(parts: Iterable[SessionPart]) -> tuple[Source, ...]:
    return tuple(Source("entry", part.id, part.held_on) for part in sorted(parts, key=lambda part: part.held_on))


def _goal_facts(prefix: str, goal: GoalData) -> list[Fact]:
    own = (Source("goal", goal.id),)
    points = goal.described
    noun = "probe" if points and points[0].purpose == "probe" else "practice point" if points else "data point"
    entries = [
        Fact(f"{prefix}.label", goal.label, "the goal's short name", own),
        Fact(f"{prefix}.text", goal.text.rstrip(". "), "the goal's full wording, without a final period", own),
        Fact(
            f"{prefix}.points",
            count(len(points), noun),
            "how many data points there are, with the noun",
            _sources(points),
        ),
    ]
    entries.append(Fact(f"{prefix}.counting", goal.counting, "what counts, in words", own))
    if goal.criterion:
        entries.append(Fact(f"{prefix}.criterion", goal.criterion.rstrip(". "), "the mastery criterion in words", own))
    return entries + (_value_facts(prefix, goal) if goal.sufficient else [])


def _value_facts(prefix: str, goal: GoalData) -> list[Fact]:
    points = goal.described
    recent = points[-MINIMUM_POINTS:]
    middle = value_text(points[0].metric, median(point.value for point in points))
    values = [
        Fact(f"{prefix}.first", _value(points[0]), "the earliest value, with its date", _sources(points[:1])),
        Fact(f"{prefix}.last", _value(points[-1]), "the latest value, with its date", _sources(points[-1:])),
        Fact(
            f"{prefix}.last3",
            join_words(value_text(point.metric, point.value) for point in recent),
            "the latest values as a list, oldest of them first",
            _sources(recent),
        ),
        Fact(f"{prefix}.median", middle, "the median of the period", _sources(points)),
    ]
    if goal.trend_text:
        values.append(
            Fact(f"{prefix}.trend", goal.trend_text, "the trend with its rate and interval", _sources(points))
        )
    if goal.status:
        values.append(
            Fact(f"{prefix}.status", goal.status, "whether the criterion was met, as a participle", _sources(points))
        )
    return values


def _value(point: DataPoint) -> str:
    ground = point.ground or f"{point.correct} of {point.trials}"
    return f"{value_text(point.metric, point.value)} ({ground}) on {long_date(point.held_on)}"


def _sources(points: Iterable[DataPoint]) -> tuple[Source, ...]:
    return tuple(Source("point", point.id, point.held_on) for point in points)


def changed_keys(stored: Catalogue, current: Catalogue) -> tuple[str, ...]:
    """Keys of stored facts whose value or rows are no longer what the data say: their sentences need another look."""
    return tuple(
        key
        for key, fact in stored.items()
        if key not in current or (fact.value_text, fact.sources) != (current[key].value_text, current[key].sources)
    )


def dump_catalogue(known: Catalogue) -> dict[str, Any]:
    """A catalogue as plain JSON data, to be kept with the draft."""
    return {
        key: {
            "value": fact.value_text,
            "meaning": fact.meaning,
            "sources": [[s.kind, s.id, s.held_on.isoformat() if s.held_on else ""] for s in fact.sources],
        }
        for key, fact in known.items()
    }


def load_catalogue(stored: Mapping[str, Any]) -> dict[str, Fact]:
    """The catalogue that `dump_catalogue` wrote."""
    return {
        key: Fact(
            key,
            entry["value"],
            entry["meaning"],
            tuple(Source(kind, row, date.fromisoformat(day) if day else None) for kind, row, day in entry["sources"]),
        )
        for key, entry in stored.items()
    }
