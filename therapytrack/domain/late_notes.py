"""When a note is late: the one rule for the lists and for what is asked before signing.

No federal rule sets a day: the workspace's own number of days holds, and a state's rule where it is stricter. The
states that we know of are few and unverified; what a payer asks beyond them is the workspace's to set.
"""

from dataclasses import dataclass
from datetime import date

DUE_DAYS = 7
FEWEST_DAYS, MOST_DAYS = 1, 60
STATE_RULES = {"TX": (7, "Texas SHARS: within 7 days")}


@dataclass(frozen=True, slots=True)
class LateRule:
    """A note is to be signed within `days` after the session's day; `source` says whose rule that is."""

    days: int
    source: str


def late_rule(us_state: str, days: int) -> LateRule:
    """The stricter of the workspace's `days` and the rule of the state that binds the author."""
    own = LateRule(days, f"your workspace's rule: within {count_days(days)}")
    limit, source = STATE_RULES.get(us_state, (0, ""))
    return LateRule(limit, source) if limit and limit <= days else own


def days_late(held_on: date, signed_on: date, days: int) -> int:
    """How many days beyond `days` after the session a note is signed, or still is not; 0 in time."""
    return max(0, (signed_on - held_on).days - days)


def count_days(days: int) -> str:
    """ "1 day", "7 days"."""
    return "1 day" if days == 1 else f"{days} days"
