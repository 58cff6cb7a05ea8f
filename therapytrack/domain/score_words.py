"""One point's data in words, for charts' tables, notes, drafts and exports: counts and value in the right unit."""

from collections.abc import Sequence

from therapytrack.domain.accuracy import Score
from therapytrack.domain.points import Metric
from therapytrack.domain.units import TIMES, UNITS, clock_text, is_percent, value_text

NOTHING_SAID = "–"


def value_of(metric: Metric, score: Score) -> float | None:
    """What `score` comes to in the unit of `metric`; None when it cannot be said."""
    if metric is Metric.SUPPORTED:
        return score.supported
    return score.independent if is_percent(metric) else score.value


def hits_of(metric: Metric, score: Score) -> int:
    """How many of the observations count."""
    return score.correct + (score.cued if metric is Metric.SUPPORTED else 0)


def score_text(metric: Metric, score: Score) -> str:
    """The value: "80%", "1.5 per min", "1 min 5 s"; a dash when it cannot be said."""
    value = value_of(metric, score)
    return NOTHING_SAID if value is None else value_text(metric, value)


def counts_text(metric: Metric, score: Score) -> str:
    """What the value stands on: "16/20", "12 times in 8:20", "3 episodes, 2:05 in all", "no episodes", "4 ratings"."""
    if is_percent(metric):
        return f"{hits_of(metric, score)}/{score.n}"
    if metric in (Metric.COUNT, Metric.RATE):
        times = f"{score.correct} time{'' if score.correct == 1 else 's'}"
        return f"{times} in {clock_text(score.amount)}" if score.amount else times
    words = _observed(metric, score)
    return f"{words}, {clock_text(score.amount)} in all" if metric in TIMES and score.amount else words


def data_words(metric: Metric, score: Score, measure: str = "") -> str:
    """The data of one goal as a note says them: "16 of 20 correct (80%)", "7 of 9 steps independent (78%)"."""
    value, n, hits = score_text(metric, score), score.n, hits_of(metric, score)
    if metric is Metric.INTERVALS:
        return f"{hits} of {n} {'interval' if n == 1 else 'intervals'} ({value})"
    if is_percent(metric):
        steps = "step independent" if n == 1 else "steps independent"
        what = steps if measure == "task" else "correct"
        return f"{hits} of {n} {what} ({value})"
    if metric is Metric.COUNT:
        return counts_text(metric, score)
    return f"{value} ({counts_text(metric, score)})" if value != NOTHING_SAID else counts_text(metric, score)


def source_words(metric: Metric, score: Score, measure: str, purpose: str) -> str:
    """What a note's data were counted from: "8 practice trials", "3 probe episodes", "practice counts"."""
    if metric in (Metric.COUNT, Metric.RATE):
        return f"{purpose} counts"
    if measure == "task":
        return f"{score.n} {purpose} step{'' if score.n == 1 else 's'}"
    return _observed(metric, score, f"{purpose} ")


def episodes(metric: Metric, score: Score) -> int:
    """How many observations of any length or level there were: none where it was watched for and did not occur."""
    return 0 if metric in TIMES and not score.amount else score.n


def _observed(metric: Metric, score: Score, purpose: str = "") -> str:
    """ "3 episodes", "1 probe episode", "no episodes"."""
    n = episodes(metric, score)
    return f"{n or 'no'} {purpose}{UNITS[metric].noun}{'' if n == 1 else 's'}"


def prompt_words(prompts: Sequence[tuple[str, int]]) -> str:
    """The help that was given: "2 with minimal cues, 1 with maximal cues"."""
    return ", ".join(f"{count} with {name.lower()} cues" for name, count in prompts)
