"""What the operator reads of the activity log's chains: where they end, and what a check found."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from therapytrack.domain.audit_chain import AuditKey
from therapytrack.errors import TherapyTrackError
from therapytrack.services.audit_check import GONE, Chain, check_chain, list_chains, stored_head

MOST_LINES = 200
OWN = "installation"
KEPT = re.compile(rf"(?:(?P<chain>{OWN}|[0-9a-f-]{{32,36}})\s+)?(?P<row>\d{{1,18}}):(?P<hash>[0-9a-f]{{64}})")
NOT_A_HEAD = "“{line}” is not a head as `audit head` prints it (a number, a colon and 64 hexadecimal digits)."
Kept = Mapping[UUID | None, Mapping[int, str]]
Line = tuple[str, bool]


def kept_heads(workspace: str, head: str, lines: list[str]) -> Kept:
    """Heads that were kept elsewhere, by chain: `head` of `workspace`, and `lines` as `head_lines` made them.

    Raises TherapyTrackError for what is none.
    """
    kept: dict[UUID | None, dict[int, str]] = {}
    for line in [f"{workspace or OWN} {head}"] * bool(head) + [one for one in lines if one.strip()]:
        found = KEPT.fullmatch(line.strip())
        if found is None:
            raise TherapyTrackError(NOT_A_HEAD.format(line=line.strip()[:80]))
        kept.setdefault(chain_id(found["chain"] or OWN), {})[int(found["row"])] = found["hash"]
    return kept


def chain_id(text: str) -> UUID | None:
    """The workspace whose chain is meant; None for the installation's own. Raises TherapyTrackError."""
    try:
        return None if text == OWN else UUID(text)
    except ValueError:
        raise TherapyTrackError(f"“{text[:80]}” is not the id of a workspace, nor “{OWN}”.") from None


def head_lines(db: Session) -> Iterator[str]:
    """Where each chain ends, one line each; chains without a head are left out: a check says why."""
    for chain in list_chains(db).chains:
        if head := stored_head(db, chain.workspace_id):
            yield f"{chain.workspace_id or OWN} {head.sequence}:{head.hash}"


def verify_lines(db: Session, keys: Mapping[str, AuditKey], workspace: str, kept: Kept) -> Iterator[Line]:
    """The check of every chain, or of one, in words; with each line, whether all is well with it."""
    found = list_chains(db)
    wanted = found.chains
    if workspace:
        one = chain_id(workspace)
        wanted = [chain for chain in found.chains if chain.workspace_id == one]
        if not wanted:
            raise TherapyTrackError(f"There is no log of the workspace “{workspace[:80]}”.")
    else:
        yield from ((str(finding), False) for finding in found.findings)
    for chain in wanted:
        yield from _chain_lines(db, keys, chain, kept.get(chain.workspace_id, {}))
    for one in kept.keys() - {chain.workspace_id for chain in found.chains}:
        yield f"{one}: {GONE}", False


def _chain_lines(db: Session, keys: Mapping[str, AuditKey], chain: Chain, kept: Mapping[int, str]) -> Iterator[Line]:
    name = chain.name if chain.workspace_id is None else f"{chain.name} ({chain.workspace_id})"
    findings = check_chain(db, keys, chain, kept)
    shown = [str(finding) for finding in islice(findings, MOST_LINES)]
    more = sum(1 for _ in findings)
    rows = f"{chain.rows:,} rows" + (f", the first {chain.earlier:,} sealed later" if chain.earlier else "")
    if not shown:
        yield f"{name}: {rows}, nothing wrong", True
        return
    yield f"{name}: {rows}, NOT AS WRITTEN", False
    yield from ((f"  {line}", False) for line in shown)
    if more:
        yield f"  and {more:,} more", False
