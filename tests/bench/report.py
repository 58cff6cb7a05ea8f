"""The table."""

from tests.bench.measure import Result


def line(result: Result) -> str:
    """One row."""
    subject = result.subject
    misses = "; ".join(result.misses)
    verdict = "" if subject.limit is None else "ok" if not misses else f"MISSED: {misses}"
    return (
        f"{subject.name:<36}{result.took:>9.2f}{result.floor:>9.2f}{result.ratio:>7.2f}  {subject.budget:<12}"
        f"{result.statements:>4} ({result.asking_who})  {result.size:>8,}  {verdict}"
    )
