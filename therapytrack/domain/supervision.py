"""Supervision of assistants held against a dated rule: percentages of treatment time, and days since observed.

Co-signing is not supervision (several states say so: 68 Ill. Adm. Code 1315.163, 21 NCAC 38 .0904), so only logged
contacts count. Rules differ by state and discipline and change; a rule is data with its dates and its source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked from `starts_on` until `ends_on` (exclusive; None: open). None for what is not asked.

    `total_percent`, `direct_percent`: share of treatment minutes within `period_days` that contacts must reach.
    `observe_every_days`: the longest time between two direct contacts about one student.
    """

    starts_on: date
    ends_on: date | None = None
    total_percent: float | None = None
    direct_percent: float | None = None
    period_days: int = 30
    observe_every_days: int | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Contact:
    """One supervision contact of `minutes`, `direct` when the supervisor saw the treatment; perhaps about a student."""

    on: date
    minutes: int
    direct: bool
    student: object = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """Minutes that the assistant treated one student on a day."""

    on: date
    minutes: int
    student: object


@dataclass(frozen=True, slots=True)
class Share:
    """Supervised `minutes` of `of` treated ones against `asked` percent (None: nothing is asked)."""

    minutes: int
    of: int
    asked: float | None

    @property
    def percent(self) -> float | None:
        """The share in percent; None when nothing was treated, because there is nothing to have a share of."""
        return 100 * self.minutes / self.of if self.of else None

    @property
    def short_minutes(self) -> float:
        """Minutes of supervision missing to reach what is asked; 0 when nothing is missing or asked."""
        return max(0.0, (self.asked or 0) * self.of / 100 - self.minutes)


@dataclass(frozen=True, slots=True)
class Standing:
    """An assistant's supervision from `since` to `until`, both included."""

    since: date
    until: date
    total: Share
    direct: Share


@dataclass(frozen=True, slots=True)
class Observation:
    """How long one student has not been seen with a supervisor present.

    `days`: since the last direct contact about the student, or since the assistant's first treatment when there was
    none (`never`); None when the assistant has not treated the student. `due_on`: None when no rule asks.
    """

    student: object
    days: int | None
    never: bool
    due_on: date | None

    def is_late(self, day: date) -> bool:
        """Whether the observation was due before `day`."""
        return self.due_on is not None and self.due_on < day


def rule_on(rules: Iterable[Rule], day: date) -> Rule | None:
    """The rule in force on `day`; of several, the one that began last."""
    return max((rule for rule in rules if rule.holds_on(day)), key=lambda rule: rule.starts_on, default=None)


def standing(contacts: Iterable[Contact], treatments: Iterable[Treatment], rule: Rule | None, day: date) -> Standing:
    """The share of supervised treatment minutes in the rule's period that ends with `day` (30 days without a rule).

    All contacts count toward the total, direct ones alone toward the direct share.
    """
    period = rule.period_days if rule else 30
    since = day - timedelta(days=period - 1)
    held = [contact for contact in contacts if since <= contact.on <= day]
    treated = sum(one.minutes for one in treatments if since <= one.on <= day)
    total, direct = sum(one.minutes for one in held), sum(one.minutes for one in held if one.direct)
    return Standing(
        since,
        day,
        Share(total, treated, rule.total_percent if rule else None),
        Share(direct, treated, rule.direct_percent if rule else None),
    )


def observation(
    student: object, contacts: Sequence[Contact], treatments: Sequence[Treatment], rule: Rule | None, day: date
) -> Observation:
    """When `student` was last observed, and when the next observation is due by `rule`."""
    seen = [one.on for one in contacts if one.direct and one.student == student and one.on <= day]
    treated = [one.on for one in treatments if one.student == student and one.on <= day]
    start = max(seen) if seen else min(treated, default=None)
    if start is None:
        return Observation(student, None, never=True, due_on=None)
    every = rule.observe_every_days if rule else None
    due = start + timedelta(days=every) if every is not None else None
    return Observation(student, (day - start).days, never=not seen, due_on=due)
