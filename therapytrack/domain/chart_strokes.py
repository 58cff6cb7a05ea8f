"""The straight lines of a goal's chart: criterion, aim line and trend, each for the time in which it was asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from therapytrack.domain.goal_findings import Findings, GoalFacts
from therapytrack.domain.trend import AimLine, Line
from therapytrack.domain.units import value_text

Role = Literal["criterion", "aim", "trend"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line from (start, start_value) to (end, end_value), in the chart's unit, with its direct label."""

    role: Role
    start: date
    start_value: float
    end: date
    end_value: float
    label: str

    def within(self, start: date, end: date) -> "Stroke | None":
        """The part from `start` to `end`; None when there is none."""
        first, last = max(self.start, start), min(self.end, end)
        if first >= last:
            return None
        return Stroke(self.role, first, self.at(first), last, self.at(last), self.label)

    def at(self, day: date) -> float:
        """The line's value on a day between its ends."""
        if day == self.end:
            return self.end_value
        share = (day - self.start).days / (self.end - self.start).days
        return self.start_value + share * (self.end_value - self.start_value)


def criterion_stroke(goal: GoalFacts, x_start: date, x_end: date) -> Stroke:
    """The criterion since the goal asks for it."""
    return _criterion(goal, max(x_start, goal.changed_on or x_start), x_end)


def aim_stroke(goal: GoalFacts, found: Findings) -> Stroke | None:
    """The aim line since the goal asks for its target."""
    aim = found.aim
    if aim is None:
        return None
    stroke = Stroke("aim", aim.start, aim.start_value, aim.target_on, aim.target, "Aim line")
    return stroke.within(goal.changed_on, aim.target_on) if goal.changed_on else stroke


def earlier_strokes(goal: GoalFacts, found: Findings, x_start: date) -> Iterator[Stroke]:
    """What earlier versions asked for, each in its own time: no criterion is drawn where nobody had set it."""
    since = x_start
    for earlier, aim in zip(goal.earlier, found.earlier_aims, strict=True):
        if earlier.until > since:
            yield _criterion(earlier.facts, since, earlier.until)
            if aim and (part := _aim_within(aim, since, earlier.until)):
                yield part
            since = earlier.until


def trend_stroke(found: Findings, top: float) -> Stroke | None:
    """The trend between the first and the last point, named by its method, within the plot."""
    if found.line is None:
        return None
    first, last = found.values[0][0], found.values[-1][0]
    (start, start_value), (end, end_value) = (_inside(found.line, day, first, last, top) for day in (first, last))
    return Stroke("trend", start, start_value, end, end_value, f"Trend ({found.method.label})")


def _criterion(goal: GoalFacts, start: date, end: date) -> Stroke:
    value = goal.criterion.target if goal.criterion else goal.target_value
    word = "Mastery" if goal.criterion else "Target"
    return Stroke("criterion", start, value, end, value, f"{word} {value_text(goal.metric, value)}")


def _aim_within(aim: AimLine, since: date, until: date) -> Stroke | None:
    return Stroke("aim", aim.start, aim.start_value, aim.target_on, aim.target, "").within(since, until)


def _inside(line: Line, day: date, first: date, last: date, top: float) -> tuple[date, float]:
    """The point of `line` on `day`, or where it enters the plot when it is above `top` or below 0 on that day."""
    value = line.at(day.toordinal())
    edge = min(float(top), max(0.0, value))
    if edge == value:
        return day, value
    crossing = day + timedelta(days=round((edge - value) / line.slope)) if line.slope else day
    return min(max(crossing, first), last), edge
