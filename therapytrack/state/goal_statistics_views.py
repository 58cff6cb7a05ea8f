"""What is said of a goal's data as its page shows it: decision rules, and the statistics of the supervisor's tab."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from therapytrack.domain.decision_rules import Prompt
from therapytrack.domain.phase_statistics import INDICES, Index, PhaseStatistics, Result


@dataclass(frozen=True, slots=True)
class CellView:
    """A number, or the reason why there is none (`said` is False then), under the comparison `of`."""

    of: str
    text: str
    said: bool


@dataclass(frozen=True, slots=True)
class IndexView:
    """An index with what its reader has to know, and a cell for each comparison."""

    name: str
    definition: str
    source: str
    says_nothing: str
    cells: list[CellView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ComparedView:
    """A column: a phase of treatment against its baseline."""

    name: str
    counts: str


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """The supervisor's tab: the table, what it stands on, or why there is none; `refused` for all but supervisors."""

    rows: list[IndexView] = field(default_factory=list)
    compared: list[ComparedView] = field(default_factory=list)
    ground: str = ""
    problem: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class PromptView:
    """A decision rule: what it suggests looking at, what it saw, and the rule itself."""

    name: str
    headline: str
    detail: str
    definition: str
    source: str


def prompt_views(found: Sequence[Prompt]) -> list[PromptView]:
    """The rules in words."""
    return [PromptView(one.name, one.headline, one.detail, one.definition, one.source) for one in found]


def statistics_view(found: PhaseStatistics | None, refused: str) -> StatisticsView:
    """The tab; empty while another one is shown."""
    if found is None:
        return StatisticsView(refused=refused)
    return StatisticsView(index_views(found), compared_views(found), found.ground, found.problem)


def index_views(found: PhaseStatistics) -> list[IndexView]:
    """The rows of the table; without cells when there is nothing to compare, so that the definitions still stand."""
    columns = [one.name for one in found.comparisons]
    return [_view(index, columns, results) for index, results in zip(INDICES, found.results, strict=True)]


def _view(index: Index, columns: list[str], results: tuple[Result, ...]) -> IndexView:
    cells = [
        CellView(name, result.text, result.value is not None) for name, result in zip(columns, results, strict=True)
    ]
    return IndexView(index.name, index.definition, index.source, index.says_nothing, cells)


def compared_views(found: PhaseStatistics) -> list[ComparedView]:
    """The heads of the columns."""
    return [ComparedView(one.name, one.counts) for one in found.comparisons]
