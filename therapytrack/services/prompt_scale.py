"""The prompt scale that a new workspace starts with: ordered, with written definitions, to be replaced by its own.

Prompt scales differ from team to team, so levels are data; these are unverified defaults in everyday terms.
"""

from uuid import UUID

from sqlmodel import Session

from therapytrack.models import PromptLevel

DEFAULT_SCALE = (
    ("Minimal", "One light cue: a look, a pause, or a repeated instruction."),
    ("Moderate", "Two or three cues, or one that gives part of the answer."),
    ("Maximal", "Four or more cues, a full model, or hand-over-hand help."),
)


def add_default_scale(db: Session, workspace_id: UUID) -> None:
    """Add version 1 of the scale; rank 1 is the least help."""
    db.add_all(
        PromptLevel(workspace_id=workspace_id, rank=rank, name=name, definition=definition)
        for rank, (name, definition) in enumerate(DEFAULT_SCALE, start=1)
    )
