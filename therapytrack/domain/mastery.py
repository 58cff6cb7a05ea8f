"""When a goal counts as met: more than a percentage, kept as data so that a plan team can say what it means.

The parts (consecutive days, minimum trials, different people) follow the mastery criteria that behavior-data systems
offer (DataFinch Catalyst, "Mastery Criteria"). A criterion is met at the first run of points that fulfills it; what
happens afterward is maintenance, another question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.dates import long_date
from therapytrack.domain.points import Metric, Point, is_baseline
from therapytrack.domain.units import UNITS, is_percent, value_text
from therapytrack.errors import Invalid

HOW = {
    Metric.INDEPENDENT: "without cues",
    Metric.SUPPORTED: "with or without cues",
    Metric.INTERVALS: "of the intervals",
    Metric.COUNT: "in a session",
    Metric.MEAN_TIME: "on average",
    Metric.MEDIAN_TIME: "in the median",
    Metric.TOTAL_TIME: "in total",
}
SIDES = {Metric.COUNT: ("or more", "or fewer"), Metric.LEVEL: ("or higher", "or lower")}
FIRST_SCALE = 1


class Comparator(StrEnum):
    """Which side of the target counts."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class WindowKind(StrEnum):
    """Whether the points must follow each other."""

    CONSECUTIVE = "consecutive"
    K_OF_N = "k_of_n"


@dataclass(frozen=True, slots=True)
class Window:
    """`k` points in a row, or `k` of any `n` in a row; `n` equals `k` when consecutive."""

    kind: WindowKind
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class MasteryResult:
    """Whether the criterion is met, the words that say why, and the date of the point that met it."""

    met: bool
    sentence: str
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class MasteryCriterion:
    """What a student must show, `target` in the unit of `metric`.

    Points with fewer than `min_opportunities` trials, and practice when `probe_only`, are left out: they neither count
    nor break a run. With the supported metric a point counts only if no prompt above `max_prompt_level` was used in it
    (and, when cues were given, the level was recorded): a rank of the scale version `prompt_scale`, because levels are
    never compared across scales. `people` and `settings` are how many different ones the points
    that count must come from: who recorded them, and the places of their sessions; a place that was not named is none.
    """

    target: float
    metric: Metric = Metric.INDEPENDENT
    comparator: Comparator = Comparator.AT_LEAST
    min_opportunities: int = 1
    window: Window = Window(WindowKind.CONSECUTIVE, 3, 3)
    max_prompt_level: int | None = None
    probe_only: bool = True
    people: int = 1
    settings: int = 1
    prompt_scale: int = FIRST_SCALE

    def __post_init__(self) -> None:
        """Raise Invalid when a number makes no sense; each field with its sentence."""
        wrong = {
            "target": (not 0 <= self.target <= UNITS[self.metric].limit, UNITS[self.metric].sentence),
            "min_opportunities": (self.min_opportunities < 1, "Enter at least 1 trial."),
            "window": (not self._window_fits(), "Enter how many points are needed, and out of how many (at most 50)."),
            "max_prompt_level": ((self.max_prompt_level or 0) < 0, "Choose a level of the prompt scale, or none."),
            "people": (not 1 <= self.people <= self.window.k, "Enter 1 person up to the number of points needed."),
            "settings": (not 1 <= self.settings <= self.window.k, "Enter 1 setting up to the number of points needed."),
        }
        fields = {name: sentence for name, (is_wrong, sentence) in wrong.items() if is_wrong}
        if fields:
            raise Invalid(fields)

    def _window_fits(self) -> bool:
        same = self.window.k == self.window.n or self.window.kind is WindowKind.K_OF_N
        return same and 1 <= self.window.k <= self.window.n <= 50

    def to_dict(self) -> dict[str, Any]:
        """The criterion as plain JSON values; `from_dict` gives it back."""
        window = {"kind": self.window.kind.value, "k": self.window.k, "n": self.window.n}
        return {
            "target": self.target,
            "metric": self.metric.value,
            "comparator": self.comparator.value,
            "min_opportunities": self.min_opportunities,
            "window": window,
            "max_prompt_level": self.max_prompt_level,
            "probe_only": self.probe_only,
            "people": self.people,
            "settings": self.settings,
        } | ({} if self.prompt_scale == FIRST_SCALE else {"prompt_scale": self.prompt_scale})

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "MasteryCriterion":
        """The criterion from JSON values; what is left out takes its default, `target` is required.

        Raises Invalid when a value is missing, unknown or of the wrong kind.
        """
        given = {"metric": Metric.INDEPENDENT, "comparator": Comparator.AT_LEAST, "min_opportunities": 1, **stored}
        level = given.get("max_prompt_level")
        try:
            window = {"kind": WindowKind.CONSECUTIVE, "k": 3, **(stored.get("window") or {})}
            return cls(
                target=float(given["target"]),
                metric=Metric(given["metric"]),
                comparator=Comparator(given["comparator"]),
                min_opportunities=int(given["min_opportunities"]),
                window=Window(WindowKind(window["kind"]), int(window["k"]), int(window.get("n", window["k"]))),
                max_prompt_level=None if level is None else int(level),
                probe_only=bool(given.get("probe_only", True)),
                people=int(given.get("people", 1)),
                settings=int(given.get("settings", 1)),
                prompt_scale=int(given.get("prompt_scale", FIRST_SCALE)),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Invalid({"mastery": "Set the mastery criterion again: a part of it is missing."}) from error

    @property
    def _goal_words(self) -> str:
        side = SIDES.get(self.metric, ("or more", "or less"))[self.comparator is Comparator.AT_MOST]
        value = f"{self.target:g}%" if is_percent(self.metric) else value_text(self.metric, self.target)
        return f"{value} {side}"

    @property
    def _unit(self) -> str:
        return "probe" if self.probe_only else "point"

    def describe(self) -> str:
        """The criterion in plain English, as one sentence without a full stop."""
        cues = HOW.get(self.metric, "")
        if self.metric is Metric.SUPPORTED and self.max_prompt_level is not None:
            cues = f"with prompts up to level {self.max_prompt_level}"
        parts = [f"{' '.join(filter(None, (self._goal_words, cues)))} in {self._window_words()}"]
        if self.min_opportunities > 1:
            parts.append(f"at least {self.min_opportunities} {UNITS[self.metric].noun}s each")
        if self.people > 1:
            parts.append(f"recorded by {self.people} or more people")
        if self.settings > 1:
            parts.append(f"in {self.settings} or more settings")
        return ", ".join(parts)

    def _window_words(self) -> str:
        if self.window.k < self.window.n:
            return f"{self.window.k} of {self.window.n} {self._unit}s in a row"
        if self.window.k == 1:
            return f"1 {self._unit}"
        return f"{self.window.k} {self._unit}s in a row"

    def _considered(self, points: Sequence[Point], since: date | None = None) -> list[Point]:
        kept = [p for p in points if p.score.n >= self.min_opportunities and not is_baseline(p.phase)]
        kept = [point for point in kept if since is None or point.on >= since]
        if self.probe_only:
            kept = [point for point in kept if point.purpose is Purpose.PROBE]
        return sorted(kept, key=lambda point: point.on)

    def point_meets(self, point: Point) -> bool:
        """Whether one point by itself reaches the target within the prompt level."""
        value = point.value(self.metric)
        if value is None or not self._prompts_fit(point):
            return False
        return value >= self.target if self.comparator is Comparator.AT_LEAST else value <= self.target

    def _prompts_fit(self, point: Point) -> bool:
        if self.metric is Metric.INDEPENDENT or self.max_prompt_level is None or not point.score.cued:
            return True
        same_scale = (point.prompt_scale or FIRST_SCALE) == self.prompt_scale
        return point.prompt_level is not None and same_scale and point.prompt_level <= self.max_prompt_level

    def is_met(self, points: Sequence[Point], since: date | None = None) -> MasteryResult:
        """Look for the first run of points that fulfills the criterion; `points` in any order, baseline is left out.

        `since`: the day on which what is asked began to be asked; data of before were taken for something else.
        """
        considered = self._considered(points, since)
        meets = [self.point_meets(point) for point in considered]
        best = count = 0
        for end, met in enumerate(meets, start=1):
            start = max(0, end - self.window.n)
            count += met - (meets[start - 1] if start else 0)
            best = max(best, count)
            if count < self.window.k:
                continue
            hits = [considered[place] for place in range(start, end) if meets[place]]
            if self._spread_fits(hits):
                day = hits[-1].on
                return MasteryResult(True, f"Met on {long_date(day)}: {self.describe()}.", day)
        earlier = since is not None and len(self._considered(points)) > len(considered)
        left_out = (
            f" Data from before {long_date(since)} were taken under another wording." if since and earlier else ""
        )
        return MasteryResult(False, self._why_not(considered, best) + left_out)

    def _spread_fits(self, hits: Sequence[Point]) -> bool:
        people = {one for point in hits for one in point.recorders or (point.recorded_by,) if one}
        settings = {" ".join(point.setting.casefold().split()) for point in hits} - {""}
        return (self.people == 1 or len(people) >= self.people) and (
            self.settings == 1 or len(settings) >= self.settings
        )

    def _why_not(self, considered: Sequence[Point], best: int) -> str:
        if not considered:
            noun = UNITS[self.metric].noun
            trials = f" with {self.min_opportunities} or more {noun}s" if self.min_opportunities > 1 else ""
            return f"Cannot say yet: no {self._unit}s{trials}."
        if best >= self.window.k:
            missing = "people" if self.people > 1 else "settings"
            if self.people > 1 and self.settings > 1:
                missing = "people or settings"
            what = "percentage" if is_percent(self.metric) else "target"
            return f"Not yet: the {what} is reached, but not with enough different {missing}."
        recent = considered[-self.window.n :]
        hits = sum(self.point_meets(point) for point in recent)
        count = f"{hits} of the last {len(recent)} {self._unit}s" if len(recent) > 1 else f"{hits} of 1 {self._unit}"
        return f"Not yet: {count} at {self._goal_words}, {self.window.k} needed."
