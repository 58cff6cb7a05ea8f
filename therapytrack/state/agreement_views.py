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
    """One goal in one session: "75%", "6 of 8 trials alike", and a mark in words and tone.

    `cue`: "with the cue level 63%: 5 of 8 alike", "" where no two levels were recorded.
    """

    who: str
    goal: str
    line: str
    percent: str
    count: str
    cue: str
    tone: str


def agreement_views(lines: Sequence[AgreementLine]) -> list[AgreementView]:
    """The lines as pages show them."""
    return [_view(one) for one in lines]


def in_all(lines: Sequence[AgreementLine]) -> str:
    """All lines together in a sentence; "" when there are none."""
    if not lines:
        return ""
    every = together(one.agreement for one in lines)
    cue = _cue(together(levels) if (levels := [one.with_cue for one in lines if one.with_cue]) else None)
    return f"In all {_percent(every)}: {_count(every)}." + (f" {cue[0].upper()}{cue[1:]}." if cue else "")


def _view(one: AgreementLine) -> AgreementView:
    line = f"{long_date(one.held_on)} · {PURPOSES[one.purpose]} · second scorer {one.scorer}"
    enough = (one.agreement.percent or 0) >= GOOD_ENOUGH_PERCENT
    tone = "good" if enough else "warn"
    return AgreementView(
        one.student, one.goal, line, _percent(one.agreement), _count(one.agreement), _cue(one.with_cue), tone
    )


def _cue(one: Agreement | None) -> str:
    return f"with the cue level {_percent(one)}: {one.agreed} of {one.trials} alike" if one else ""


def _percent(one: Agreement) -> str:
    return "–" if one.percent is None else percent_text(one.percent)


def _count(one: Agreement) -> str:
    return f"{one.agreed} of {one.trials} {'trial' if one.trials == 1 else 'trials'} alike"
