"""Mail goes to a folder by default, one file a message, and to a mail server where the settings name one.

smtplib in a worker thread rather than an asynchronous client: a letter follows a person's act, one at a time.
"""

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from therapytrack.settings import SmtpServer, get_settings

PATIENCE_SECONDS = 10.0


class NotSent(OSError):
    """The message could not be handed over; `why` says it in words for a person, without an address."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Mailer(Protocol):
    """Something that takes a message and sends it, or keeps it where an operator finds it."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one plain-text message. Raises NotSent when it cannot be handed over."""


class OutboxMailer:
    """Writes each message as an .eml file into `folder`."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Write the message; the file name holds the time and no address. Raises NotSent."""
        message = compose(self.sender, to, subject, text)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(bytes(message))
        except OSError as error:
            raise NotSent("the outbox folder took no file") from error


class SmtpMailer:
    """Hands each message to a mail server, with a limit on how long that may take."""

    def __init__(self, server: SmtpServer, sender: str, patience: float = PATIENCE_SECONDS) -> None:
        self.server, self.sender, self.patience = server, sender, patience

    def send(self, to: str, subject: str, text: str) -> None:
        """Send the message over an encrypted connection. Raises NotSent."""
        message = compose(self.sender, to, subject, text)
        try:
            with self._connect() as connection:
                if self.server.starttls:
                    connection.starttls(context=ssl.create_default_context())
                if self.server.user:
                    connection.login(self.server.user, self.server.password)
                connection.send_message(message)
        except (OSError, ValueError) as error:
            raise NotSent(_why(error)) from error

    def _connect(self) -> smtplib.SMTP:
        # Naming ourselves by the sender's domain spares a lookup of this machine's name, which may hang.
        name = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        host, port, patience = self.server.host, self.server.port, self.patience
        if self.server.encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=patience, context=context)
        return smtplib.SMTP(host, port, local_hostname=name, timeout=patience)


def compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A plain-text message; lines stay as they are, so that a link is never broken or encoded."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="7bit" if text.isascii() else "8bit")
    return message


def get_mailer() -> Mailer:
    """The mail server of the settings, else the outbox folder."""
    settings = get_settings()
    server = settings.smtp_server
    if server is None:
        return OutboxMailer(settings.data_dir / "outbox", settings.mail_from)
    return SmtpMailer(server, settings.mail_from)


def _why(error: Exception) -> str:
    """The failure in words; what the server said may quote an address and is left out."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server did not accept its user and password"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the mail server refused the address"
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return "the connection to the mail server could not be encrypted"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "the mail server did not answer in time"
    if isinstance(error, smtplib.SMTPException):
        return "the mail server did not take the message"
    return "the mail server could not be reached"
