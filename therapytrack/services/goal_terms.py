"""What a goal's dated versions ask for: now, before, and since when."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from therapytrack.domain.dates import long_date
from therapytrack.domain.goal_chart import Event, GoalFacts
from therapytrack.domain.goal_findings import Earlier
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.measures import Measure, metric_of
from therapytrack.domain.points import Direction
from therapytrack.models import GoalVersion


def version_events(versions: Sequence[GoalVersion]) -> tuple[Event, ...]:
    """Where a new version of the goal began: an event, which does not break the data path."""
    return tuple(
        Event(one.starts_on, f"Version {one.number}, {long_date(one.starts_on)}", mark=f"v{one.number}")
        for one in versions[1:]
    )


def earlier_terms(label: str, versions: Sequence[GoalVersion], version: GoalVersion) -> tuple[Earlier, ...]:
    """What the goal asked for before `version`, as often as its target, its date or its direction changed."""
    until = [one for one in versions if one.number <= version.number]
    pairs = ((facts_of_version(label, before), after) for before, after in pairwise(until))
    return tuple(
        Earlier(after.starts_on, facts)
        for facts, after in pairs
        if _terms(facts) != _terms(facts_of_version(label, after))
    )


def _terms(facts: GoalFacts) -> tuple[Any, ...]:
    asked = facts.criterion.target if facts.criterion else facts.target_value
    return facts.target_value, asked, facts.target_on, facts.direction


def asked_since(versions: Sequence[GoalVersion], version: GoalVersion) -> date | None:
    """The day from which on the goal asks for what `version` does; None when it always did, before its start too.

    Another wording of the same demand (a later date, a word set right) takes nothing away from what was shown; another
    condition, behavior or criterion begins anew, because its data were taken for something else.
    """
    earlier = [one for one in versions if one.number < version.number]
    since = version.starts_on
    for one in reversed(earlier):
        if _asked(one) != _asked(version):
            return since
        since = one.starts_on
    return None


def _asked(version: GoalVersion) -> tuple[Any, ...]:
    criterion = criterion_of(version)
    words = (version.condition, version.behavior) if version.behavior else (version.text,)
    return *words, version.measure, version.direction, version.setup, criterion


def facts_of_version(label: str, version: GoalVersion, since: date | None = None) -> GoalFacts:
    """What `version` asks for, as the chart wants it; `since` as `asked_since` says it."""
    return GoalFacts(
        label=label,
        target_value=version.target_value,
        target_on=version.target_on,
        direction=Direction(version.direction),
        baseline_value=version.baseline_value,
        baseline_on=version.baseline_on,
        criterion=criterion_of(version),
        measured=metric_of(version.measure, version.mastery),
        top=version.places if version.measure == Measure.RUBRIC else 0,
        asked_since=since,
    )


def criterion_of(version: GoalVersion) -> MasteryCriterion | None:
    """When the goal counts as met, in the metric of its measure; None where it is told in words."""
    if not version.mastery or version.measure == Measure.NARRATIVE:
        return None
    return MasteryCriterion.from_dict({**version.mastery, "metric": metric_of(version.measure, version.mastery)})
