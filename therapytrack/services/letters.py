"""Letters in plain text: handing them over, also those of a transaction, once it has committed.

A letter of a transaction that was undone never leaves.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from therapytrack.adapters.mail import NotSent, get_mailer

LETTERS = "letters to send"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain-text message."""

    to: str
    subject: str
    text: str


def deliver(letter: Letter) -> str:
    """Hand the letter over; answers why it did not go out, in words, or ''. May take seconds: call it in a thread."""
    try:
        get_mailer().send(letter.to, letter.subject, letter.text)
    except NotSent as error:
        log.warning("mail not sent", why=error.why)
        return error.why
    return ""


def send_after_commit(db: Session, letter: Letter) -> None:
    """Hand `letter` over when this transaction has committed; one that does not go out is noted in the server's log."""
    db.info.setdefault(LETTERS, []).append(letter)


@event.listens_for(Session, "after_commit")
def _send(db: Session) -> None:
    if LETTERS in db.info and not db.in_nested_transaction():
        for letter in db.info.pop(LETTERS):
            deliver(letter)


@event.listens_for(Session, "after_soft_rollback")
def _forget(db: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        db.info.pop(LETTERS, None)
