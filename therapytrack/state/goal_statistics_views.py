"""The supervisor's tab of a goal as the page shows it: an index a row, a comparison a column."""

from dataclasses import dataclass, field

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
