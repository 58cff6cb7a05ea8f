"""Walks a chain of the activity log row by row and says what is wrong, in memory that does not grow with the rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from therapytrack.domain.audit_chain import BEGINNING, COVERED, AuditKey, Head, is_ours, row_hash

MISSING, CHANGED, TWICE = "missing", "changed after it was written", "there more than once"
NO_NUMBER = "a row has no place in the log: it was written past TherapyTrack"
OTHER_KEY = "sealed with another key, which is not known here: it cannot be checked"
RESUMED = "TherapyTrack found the end of the log not as it had left it, and went on"
CUT, BEYOND = "missing at the end", "beyond the head: added past TherapyTrack, or the head was set back"
NO_HEAD, HEAD_CHANGED = "the head is missing", "the head was not written by TherapyTrack"
HEAD_KEY = "the head is sealed with another key, which is not known here: the end cannot be checked"
HEAD_DIFFERS = "the head is not that of the last row"
NOT_KEPT = "not the row whose hash was kept elsewhere"
PLURAL = {CHANGED: "changed after they were written"}
RESUME_ACTION = b"resume log"
ACTION, KEY_ID = COVERED.index("action"), COVERED.index("key_id")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with rows `first` to `last` of a chain; with 0, what is wrong with the chain itself."""

    what: str
    first: int = 0
    last: int = 0

    def __str__(self) -> str:
        if not self.first:
            return self.what
        if self.first == self.last:
            return f"row {self.first}: {self.what}"
        return f"rows {self.first} to {self.last}: {PLURAL.get(self.what, self.what)}"


@dataclass(slots=True)
class Walk:
    """The walk along one chain. `kept`: hashes of rows, by their number, as somebody wrote them down elsewhere."""

    keys: Mapping[str, AuditKey]
    chain: UUID
    kept: dict[int, str] = field(default_factory=dict)
    rows: int = 0
    sequence: int = 0
    hash: str | None = BEGINNING

    def take(self, sequence: object, covered: Sequence[bytes | None], stored_hash: str) -> Iterator[Finding]:
        """One more row, in the order of their numbers: its columns as they are hashed, and its hash."""
        self.rows += 1
        if not isinstance(sequence, int) or sequence < 1:
            yield Finding(NO_NUMBER)
            return
        if sequence <= self.sequence:
            yield Finding(TWICE, sequence, sequence)
            return
        if sequence > self.sequence + 1:
            yield Finding(MISSING, self.sequence + 1, sequence - 1)
            self.hash = None
        yield from self._judge(sequence, covered, stored_hash)
        if sequence in self.kept and self.kept.pop(sequence) != stored_hash:
            yield Finding(NOT_KEPT, sequence, sequence)
        self.sequence, self.hash = sequence, stored_hash

    def _judge(self, sequence: int, covered: Sequence[bytes | None], stored_hash: str) -> Iterator[Finding]:
        """After a gap a row cannot be checked: its hash covers that of a row that is not there."""
        key = self.keys.get((covered[KEY_ID] or b"").decode(errors="replace"))
        if key is None:
            yield Finding(OTHER_KEY, sequence, sequence)
        elif self.hash is not None and row_hash(key, covered, self.hash) != stored_hash:
            yield Finding(CHANGED, sequence, sequence)
        elif covered[ACTION] == RESUME_ACTION:
            yield Finding(RESUMED, sequence, sequence)

    def end(self, head: Head | None) -> Iterator[Finding]:
        """After the last row: hold the head against it, and what was kept elsewhere."""
        if head is None:
            if self.rows:
                yield Finding(NO_HEAD)
        else:
            yield from self._judge_head(head)
        for sequence in sorted(self.kept):
            yield Finding(NOT_KEPT, sequence, sequence)

    def _judge_head(self, head: Head) -> Iterator[Finding]:
        key = self.keys.get(head.key_id)
        if key is None:
            yield Finding(HEAD_KEY)
        elif not is_ours(key, self.chain, head):
            yield Finding(HEAD_CHANGED)
        if head.sequence > self.sequence:
            yield Finding(CUT, self.sequence + 1, head.sequence)
        elif head.sequence < self.sequence:
            yield Finding(BEYOND, head.sequence + 1, self.sequence)
        elif head.hash != self.hash:
            yield Finding(HEAD_DIFFERS)


def joined(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings with neighbors of one kind as one."""
    last: Finding | None = None
    for one in findings:
        if last and last.first and one.what == last.what and one.first == last.last + 1:
            last = Finding(last.what, last.first, one.last)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
