"""What the demo recorded of one goal in one session: raw events, the point that charts read, or a narrative."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from therapytrack.domain.measures import Measure, Raw
from therapytrack.domain.note_content import GoalCount
from therapytrack.models import GoalNarrative, GoalPoint, Trial
from therapytrack.services.demo_caseload import BASELINE_WEEKS, DemoGoal, Provider
from therapytrack.services.demo_measures import TOLD, count_of, events_of, is_measured, level_in
from therapytrack.services.demo_rows import Rows


@dataclass(frozen=True, slots=True)
class Held:
    """One student's part in a session that was held, so many `weeks` after the start of the year."""

    session_id: UUID
    entry_id: UUID
    provider: Provider
    start: datetime
    day: date
    weeks: float


def add_data(rows: Rows, chance: random.Random, held: Held, goal: DemoGoal) -> GoalCount:
    """Add the data of `goal`; answers them as a note counts them."""
    if goal.kind.measure == Measure.NARRATIVE:
        return _tell(rows, held, goal, chance.choice(TOLD))
    if is_measured(goal.kind):
        level = level_in(goal.kind, held.weeks - BASELINE_WEEKS, chance)
        events, purpose = events_of(goal.kind, level, chance), "practice"
    else:
        probe = held.weeks < BASELINE_WEEKS or int(held.weeks) % 3 != 1
        events, purpose = _trials(chance, held, goal, probe=probe), "probe" if probe else "practice"
    for number, (event, rank) in enumerate(events):
        _event(rows, held, goal, purpose, number, event, rank)
    return _count(rows, held, goal, purpose, events)


def _trials(chance: random.Random, held: Held, goal: DemoGoal, *, probe: bool) -> list[tuple[Raw, int | None]]:
    level = goal.kind.start + goal.shift + max(0.0, held.weeks - BASELINE_WEEKS) * goal.kind.weekly
    share = min(0.97, max(0.05, (level + chance.gauss(0, 3)) / 100))
    trials = 20 if probe else chance.randint(10, 14)
    correct = round(share * trials)
    helped = 0 if probe or goal.kind.measure == "tally" else round((trials - correct) * 0.6)
    outcomes = ["correct"] * correct + ["cued"] * helped + ["incorrect"] * (trials - correct - helped)
    chance.shuffle(outcomes)
    targets = len(goal.kind.targets)
    places = [1 + number % targets if targets else None for number in range(trials)]
    ranks = [chance.choice((1, 1, 2, 3)) if outcome == "cued" else None for outcome in outcomes]
    return [(Raw(outcome, place), rank) for outcome, place, rank in zip(outcomes, places, ranks, strict=True)]


def _count(rows: Rows, held: Held, goal: DemoGoal, purpose: str, events: list[tuple[Raw, int | None]]) -> GoalCount:
    found = count_of(goal.kind, events)
    ranks = Counter(rank for _, rank in events if rank is not None)
    cued, prompts = sum(ranks.values()), tuple(sorted(ranks.items()))
    key = (goal.goal_id, goal.version_id, purpose)
    rows.add(
        GoalPoint,
        held.provider.workspace_id,
        goal_id=goal.goal_id,
        entry_id=held.entry_id,
        goal_version_id=goal.version_id,
        held_on=held.day,
        purpose=purpose,
        trials=found.n,
        correct=found.hits,
        cued=cued,
        amount=found.amount,
        value=found.value,
    )
    return GoalCount(*key, found.n, found.hits, cued, prompts, found.amount, found.value)


def _tell(rows: Rows, held: Held, goal: DemoGoal, text: str) -> GoalCount:
    rows.add(
        GoalNarrative,
        held.provider.workspace_id,
        entry_id=held.entry_id,
        goal_id=goal.goal_id,
        goal_version_id=goal.version_id,
        held_on=held.day,
        text=text,
        version=1,
        saved_at=held.start + timedelta(minutes=20),
    )
    return GoalCount(goal.goal_id, goal.version_id, "practice", 0, 0, 0, words=text)


def _event(rows: Rows, held: Held, goal: DemoGoal, purpose: str, number: int, event: Raw, rank: int | None) -> None:
    at = held.start + timedelta(seconds=90 + number * 25)
    rows.add(
        Trial,
        held.provider.workspace_id,
        session_id=held.session_id,
        entry_id=held.entry_id,
        goal_id=goal.goal_id,
        goal_version_id=goal.version_id,
        recorded_by_id=held.provider.membership_id,
        outcome=str(event.outcome),
        prompt_rank=rank,
        scale_version=None if rank is None else 1,
        place=event.place,
        amount=event.amount,
        purpose=purpose,
        tapped_at=at,
        sequence=number,
        changed_at=at,
        undone_at=None,
        undone_by_id=None,
    )
