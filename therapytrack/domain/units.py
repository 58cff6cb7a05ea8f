"""The units of what goals are about, in words and on an axis: percent, times, times a minute, seconds, levels."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log10

from therapytrack.domain.accuracy import percent_text
from therapytrack.domain.points import PERCENTAGES, Metric

TIMES = frozenset({Metric.MEAN_TIME, Metric.MEDIAN_TIME, Metric.TOTAL_TIME})
MINUTE, HOUR = 60, 3600
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Unit:
    """How values of a metric are said: `counting` what they are, `noun` one observation, `rise` their change a week.

    `limit` is the largest value that a person may ask for.
    """

    counting: str
    noun: str
    rise: str
    limit: float
    sentence: str


PERCENT = "Enter a percentage from 0 to 100."
SECONDS = "Enter seconds from 0 to 14,400."
UNITS: dict[Metric, Unit] = {
    Metric.INDEPENDENT: Unit("without cues", "trial", "points", 100, PERCENT),
    Metric.SUPPORTED: Unit("with or without cues", "trial", "points", 100, PERCENT),
    Metric.INTERVALS: Unit("percent of intervals", "interval", "points", 100, PERCENT),
    Metric.COUNT: Unit("times in a session", "observation", "times", 10_000, "Enter how often, from 0 to 10,000."),
    Metric.RATE: Unit(
        "times per minute", "observation", "per minute", 1000, "Enter times per minute, from 0 to 1,000."
    ),
    Metric.MEAN_TIME: Unit("mean seconds", "episode", "seconds", 4 * HOUR, SECONDS),
    Metric.MEDIAN_TIME: Unit("median seconds", "episode", "seconds", 4 * HOUR, SECONDS),
    Metric.TOTAL_TIME: Unit("total seconds", "episode", "seconds", 4 * HOUR, SECONDS),
    Metric.LEVEL: Unit("level of the rubric", "rating", "levels", 10, "Enter a level, from 1 to 10."),
    Metric.NOTHING: Unit("in words", "text", "", 100, PERCENT),
}


def is_percent(metric: Metric) -> bool:
    """Whether values are percentages, which counts out of trials stand behind."""
    return metric in PERCENTAGES


@lru_cache(maxsize=4096)
def value_text(metric: Metric, value: float) -> str:
    """A value as people write it: "80%", "1.5 per min", "12 times", "1 min 5 s", "level 2.5"."""
    if metric in PERCENTAGES:
        return percent_text(value)
    if metric is Metric.NOTHING:
        return UNITS[metric].counting
    if metric is Metric.RATE:
        return f"{plain(value, 2)} per min"
    if metric is Metric.COUNT:
        return f"{plain(value, 1)} time{'' if plain(value, 1) == '1' else 's'}"
    if metric in TIMES:
        return seconds_text(value)
    return f"level {plain(value, 1)}"


def plain(value: float, digits: int) -> str:
    """A number with at most so many decimals, without trailing zeros; halves are rounded up."""
    scale = 10**digits
    text = f"{floor(value * scale + 0.5) / scale:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds_text(seconds: float) -> str:
    """A length of time: tenths below ten seconds, whole seconds above, minutes from one on."""
    if floor(seconds * 10 + 0.5) < 100:
        return f"{plain(seconds, 1)} s"
    whole = floor(seconds + 0.5)
    minutes, rest = divmod(whole, MINUTE)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def clock_text(milliseconds: int) -> str:
    """Observed time as a clock shows it: "8:20", "1:02:05"."""
    minutes, seconds = divmod(floor(milliseconds / 1000 + 0.5), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def axis_ticks(metric: Metric, highest: float) -> tuple[float, ...]:
    """Where an axis from zero has its lines, for values up to `highest`; the last one is its end.

    Percent always goes to 100; a rubric in whole levels; everything else in steps of 1, 2 or 5 times a power of ten.
    """
    if metric in PERCENTAGES:
        return (0, 20, 40, 60, 80, 100)
    if metric is Metric.LEVEL:
        return tuple(float(level) for level in range(max(2, ceil(highest)) + 1))
    rough = max(highest, 0.1) / (MOST_STEPS - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough * (1 - 1e-9))
    steps = max(1, ceil(max(highest, 0.1) / step - 1e-9))
    return tuple(round(step * place, 6) for place in range(steps + 1))


def tick_text(metric: Metric, value: float) -> str:
    """A line of the axis, short: "20%", "30 s", "1.5"."""
    if metric in PERCENTAGES:
        return f"{plain(value, 0)}%"
    return f"{plain(value, 2)} s" if metric in TIMES else plain(value, 2)
