"""Rules of supervision as shipped: unverified defaults that a workspace checks against its own state's text and edits.

`us_state` "" stands for every state without a row of its own in that discipline. None of this is legal advice.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DefaultRule:
    """One shipped rule; the fields are those of `domain.supervision.Rule`, with where it was read."""

    us_state: str
    discipline: str
    source: str
    total_percent: float | None = None
    direct_percent: float | None = None
    period_days: int = 30
    observe_every_days: int | None = None


DEFAULT_RULES: Final = (
    DefaultRule(
        "",
        "slp",
        "ASHA: at least 20% of treatment time supervised, 10% directly (guideline of 2004, after the first 90 days); "
        "direct supervision documented for each student every 30 to 60 days (ASHA practice page on SLPA supervision)",
        total_percent=20,
        direct_percent=10,
        observe_every_days=60,
    ),
    DefaultRule(
        "TX",
        "slp",
        "Texas 16 TAC 111: assistants collect data and do not interpret it; shares as in ASHA's guideline of 2004",
        total_percent=20,
        direct_percent=10,
        observe_every_days=60,
    ),
    DefaultRule(
        "WV",
        "slp",
        "W. Va. Code 30-32-15: the first 3 hours with each client directly, then one observation every 2 weeks",
        period_days=14,
        observe_every_days=14,
    ),
    DefaultRule("", "ot", "No general figure found; monthly contact is common", observe_every_days=30),
    DefaultRule("IL", "ot", "68 Ill. Adm. Code 1315.163: at least 5% a month", total_percent=5),
    DefaultRule(
        "SC", "ot", "S.C. Code 40-36-290: reassess every 7 treatments or 30 days, the earlier", observe_every_days=30
    ),
    DefaultRule(
        "", "pt", "No rule for schools found; a home-health guide asks for a visit every 30 days", observe_every_days=30
    ),
)
