"""What a signature stands under: one student's note with its facts and data, in one canonical form, and its hash.

Two hashes: of everything (what was signed), and of everything but the text (so that a page can prove which data it
showed while the text was still being typed).
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from unicodedata import category
from uuid import UUID

from therapytrack.domain.points import Metric
from therapytrack.errors import Invalid

FORMAT = 1
LONGEST_NOTE = 20_000
LONGEST_COMMENT = 2_000
KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True, slots=True, order=True)
class GoalCount:
    """Data of one goal version by purpose; `prompts` are (rank of prompt, trials) in order.

    `amount` and `value` as in `GoalPoint`; `words` is a narrative. `measure` and `metric` say how the data were taken,
    `label` and `place` what the goal is called and where it stands in the student's list; they are no part of what is
    signed: the goal's version is.
    """

    goal_id: UUID
    goal_version_id: UUID
    purpose: str
    trials: int
    correct: int
    cued: int
    prompts: tuple[tuple[int, int], ...] = ()
    amount: int | None = None
    value: float | None = None
    words: str = ""
    measure: str = field(default="trials", compare=False)
    metric: Metric = field(default=Metric.INDEPENDENT, compare=False)
    label: str = field(default="", compare=False)
    place: int = field(default=0, compare=False)

    @property
    def facts(self) -> list[object]:
        """What is hashed: the counts alone where there is nothing else, as in every note that was signed so."""
        counts = [str(self.goal_id), str(self.goal_version_id), self.purpose, self.trials, self.correct, self.cued]
        more = [self.amount, self.value, self.words]
        return [*counts, self.prompts, *(more if more != [None, None, ""] else [])]


@dataclass(frozen=True, slots=True)
class NoteContent:
    """Everything that a signed note says: who, when, how long, the data, the words. `minutes` are whole minutes.

    `arrived_at`, `left_at`: when the student came and left, aware, None for with the session.
    """

    entry_id: UUID
    session_id: UUID
    student_id: UUID
    author_id: UUID
    held_on: date
    attendance: str
    minutes: int
    goals: tuple[GoalCount, ...]
    text: str
    arrived_at: datetime | None = None
    left_at: datetime | None = None


def content_hash(content: NoteContent) -> str:
    """SHA-256 of the canonical JSON of `content`, as 64 hexadecimal digits; the order of `goals` does not matter."""
    goals = [
        one.facts
        for one in sorted(content.goals, key=lambda one: (one.goal_id, one.goal_version_id, one.purpose, one.words))
        if one.trials or one.words
    ]
    return _hash(
        {
            "format": FORMAT,
            "entry": str(content.entry_id),
            "session": str(content.session_id),
            "student": str(content.student_id),
            "author": str(content.author_id),
            "held_on": content.held_on.isoformat(),
            "attendance": content.attendance,
            "minutes": content.minutes,
            "goals": goals,
            "text": content.text,
            **_times(content),
        }
    )


def _times(content: NoteContent) -> dict[str, str]:
    """When the student came and left, where that was not with the session: as in every note that was signed without."""
    times = {"arrived": content.arrived_at, "left": content.left_at}
    return {name: at.astimezone(UTC).isoformat() for name, at in times.items() if at is not None}


def facts_hash(content: NoteContent) -> str:
    """The hash of everything but the text."""
    return content_hash(replace(content, text=""))


def addendum_hash(note_hash: str, author_id: UUID, text: str) -> str:
    """The hash of an addendum, bound to the signed note that it stands under."""
    return _hash({"format": FORMAT, "note": note_hash, "author": str(author_id), "text": text})


def clean_text(text: str, field: str, longest: int = LONGEST_NOTE) -> str:
    """`text` without control characters, which not every database stores; spaces and lines stay as typed.

    Raises Invalid for `field` when it is longer than `longest` characters.
    """
    lines = text.replace("\r\n", "\n")
    kept = "".join(sign for sign in lines if sign in KEPT_CONTROLS or category(sign) not in ("Cc", "Cs"))
    if len(kept) > longest:
        raise Invalid({field: f"Use at most {longest:,} characters; this is {len(kept):,}. Nothing typed is lost."})
    return kept


def required_text(text: str, field: str, sentence: str, longest: int = LONGEST_NOTE) -> str:
    """As `clean_text`, without blanks around it. Raises Invalid with `sentence` when nothing is left."""
    kept = clean_text(text, field, longest).strip()
    if not kept:
        raise Invalid({field: sentence})
    return kept


def _hash(content: dict[str, object]) -> str:
    form = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(form.encode("ascii")).hexdigest()
