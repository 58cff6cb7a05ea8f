"""Agreement between two scorers, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapytrack.domain.accuracy import percent_text
from therapytrack.domain.agreement import GOOD_ENOUGH_PERCENT, Agreement, together
from therapytrack.domain.dates import long_date
from therapytrack.services.agreement import AgreementLine

PURPOSES = {"probe": "Probe", "practice": "Practice"}


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One goal in one session: "75%", "6 of 8 trials alike", and a mark in words and tone."""

    who: str
    goal: str
    line: str
    percent: str
    count: str
    tone: str


def agreement_views(lines: Sequence[AgreementLine]) -> list[AgreementView]:
    """The lines as pages show them."""
    return [_view(one) for one in lines]


def in_all(lines: Sequence[AgreementLine]) -> str:
    """All lines together in a sentence; "" when there are none."""
    every = together(one.agreement for one in lines)
    return f"In all {_percent(every)}: {_count(every)}." if lines else ""


def _view(one: AgreementLine) -> AgreementView:
    line = f"{long_date(one.held_on)} · {PURPOSES[one.purpose]} · second scorer {one.scorer}"
    enough = (one.agreement.percent or 0) >= GOOD_ENOUGH_PERCENT
    tone = "good" if enough else "warn"
    return AgreementView(one.student, one.goal, line, _percent(one.agreement), _count(one.agreement), tone)


def _percent(one: Agreement) -> str:
    return "–" if one.percent is None else percent_text(one.percent)


def _count(one: Agreement) -> str:
    return f"{one.agreed} of {one.trials} {'trial' if one.trials == 1 else 'trials'} alike"
