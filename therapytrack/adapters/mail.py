"""Mail goes to a folder by default, one file a message, so that the product works without a mail server."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from uuid import uuid4


class Mailer(Protocol):
    """Something that takes a message and sends it, or keeps it where an operator finds it."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one plain-text message. Raises OSError when it cannot be handed over."""


class OutboxMailer:
    """Writes each message as an .eml file into `folder`."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Write the message; the file name holds the time and no address."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message.set_content(text)
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
        (self.folder / name).write_bytes(bytes(message))
