"""The goals with which a workspace's bank begins: written for this product, to be changed, added to and retired.

Each has a condition, a behavior that can be seen or counted, and a criterion that the product evaluates. They are
starting points for a team's own judgment, not advice about a child.
"""

from collections.abc import Mapping
from typing import NamedTuple

from therapytrack.domain.goal_bank import BankForm, parse_bank_goal
from therapytrack.domain.goal_setup import setup_fields
from therapytrack.domain.starter_goals_counseling import COUNSELING
from therapytrack.domain.starter_goals_ot import OT
from therapytrack.domain.starter_goals_pt import PT
from therapytrack.domain.starter_goals_slp import SLP

Written = tuple[str, ...]


class Kind(NamedTuple):
    """A way of measuring with the usual criterion: the words of it, and the fields that say the same."""

    words: str
    fields: Mapping[str, str]


def _kind(words: str, measure: str, metric: str = "", direction: str = "up", **more: str) -> Kind:
    usual = {"points_needed": "3", "min_opportunities": "1", "people": "1", "settings": "1", "probe_only": ""}
    return Kind(words, usual | {"measure": measure, "metric": metric, "direction": direction} | more)


PROBES = {"probe_only": "on", "min_opportunities": "10"}
IN_A_ROW = "in 3 sessions in a row"
KINDS = {
    "accuracy": _kind("with {percent}% accuracy without cues in 3 probes in a row", "trials", "independent", **PROBES),
    "few trials": _kind(
        "in {percent}% of opportunities without cues, at least 5 each, in 3 probes in a row",
        "trials",
        "independent",
        **(PROBES | {"min_opportunities": "5"}),
    ),
    "two people": _kind(
        "with {percent}% accuracy without cues in 4 of 5 probes, recorded by 2 or more people",
        "trials",
        "independent",
        **PROBES,
        points_needed="4",
        points_out_of="5",
        people="2",
    ),
    "two places": _kind(
        "in {percent}% of opportunities without cues, at least 5 each, in 3 probes in a row in 2 or more settings",
        "trials",
        "independent",
        **(PROBES | {"min_opportunities": "5"}),
        settings="2",
    ),
    "steps": _kind(f"completing {{percent}}% of the steps without help {IN_A_ROW}", "task", "independent"),
    "often": _kind(f"{{number}} times or more in a session {IN_A_ROW}", "frequency"),
    "seldom": _kind(f"with a count of {{number}} or fewer in a session {IN_A_ROW}", "frequency", direction="down"),
    "rate": _kind(f"at {{number}} per minute or more {IN_A_ROW}", "rate"),
    "long": _kind(f"for {{number}} seconds or more on average {IN_A_ROW}", "duration", "mean_time"),
    "short": _kind(f"in {{number}} seconds or less on average {IN_A_ROW}", "duration", "mean_time", "down"),
    "soon": _kind(f"within {{number}} seconds on average {IN_A_ROW}", "latency", "mean_time", "down"),
    "intervals": _kind(
        f"in {{percent}}% or more of 30 intervals of 10 seconds {IN_A_ROW}", "interval", interval_kind="whole"
    ),
    "few intervals": _kind(
        f"in {{percent}}% or fewer of 30 intervals of 10 seconds {IN_A_ROW}", "interval", "", "down"
    ),
    "level": _kind(f"at level {{number}} or higher of the rubric {IN_A_ROW}", "rubric"),
}
STARTERS: Mapping[str, tuple[Written, ...]] = {"slp": SLP, "ot": OT, "pt": PT, "counselor": COUNSELING}


def starter_goals() -> list[BankForm]:
    """The starter goals of all disciplines. Checked as typed goals are."""
    return [_form(discipline, written) for discipline, goals in STARTERS.items() for written in goals]


def _form(discipline: str, written: Written) -> BankForm:
    """From (name, area, grade band, kind, target, condition, behavior), for a task or rubric with its lines last."""
    label, area, grade_band, kind, target, condition, behavior, *lines = written
    words, fields = KINDS[kind]
    listed = {"steps" if fields["measure"] == "task" else "levels": "\n".join(lines)} if lines else {}
    given = {"label": label, "area": area, "condition": condition, "behavior": behavior, "criterion": words}
    about = {"discipline": discipline, "grade_band": grade_band, "target_value": target}
    return parse_bank_goal({**setup_fields({}, ()), **fields, **given, **about, **listed})
