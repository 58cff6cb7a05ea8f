"""The table: a row for each subject, and what was not measured."""

from tests.bench.measure import Result

HEADER = f"{'milliseconds, p50':<38}{'took':>8}{'floor':>8}{'ratio':>7}  {'budget':<14}{'statements':>10}{'bytes':>9}"
LEGEND = """
F: a guarded event that changes one int, from a raw websocket. S: the very SQL of the service through the bare driver,
with its rows as JSON. Statements: all, and in brackets how many of them only ask who is there (one for each event).
"""
NOT_MEASURED = """
Not measured here: anything against Baby Buddy or Redis; PostgreSQL; page opens per second; the PDF against the bare
library, and that memory does not grow with a file's rows; Lighthouse and layout shift; the cold first page; times of
`make run` and of the production start; sign-ins and AI drafts as other people's load.
"""


def line(result: Result) -> str:
    """One row."""
    subject = result.subject
    misses = "; ".join(result.misses)
    verdict = "" if subject.limit is None else "ok" if not misses else f"MISSED: {misses}"
    statements = f"{result.statements} ({result.asking_who})"
    return (
        f"{subject.name:<38}{result.took:>8.2f}{result.floor:>8.2f}{result.ratio:>7.2f}  {subject.budget:<14}"
        f"{statements:>10}{result.size:>9,}  {verdict}"
    )
