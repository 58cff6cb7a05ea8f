"""The only reader of the environment: typed, frozen, prefix THERAPYTRACK_ (PORT is read without it)."""

import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent
FILES_FOLDER = "attachments"
"""Where the data folder holds the students' files, sealed, a folder for each workspace."""

SMTP_PORTS = {"smtp": 587, "smtps": 465}
SMTP_SHAPE = "write it as smtps://user:password@host or smtp://user:password@host:587"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes. `starttls`: the connection begins in clear and must be encrypted before anything is said."""

    host: str
    port: int
    encrypted: bool
    starttls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> SmtpServer:
    """The server that an address names. Raises ValueError, without quoting it, for one that cannot be used.

    smtps encrypts from the first byte, smtp by STARTTLS; `?starttls=off` is for a relay on this very machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(SMTP_SHAPE) from None
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise ValueError(SMTP_SHAPE)
    in_clear = parse_qs(parts.query).get("starttls") == ["off"]
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if in_clear and not local:
        raise ValueError("starttls=off is for a server on this machine only: letters hold links that let people in")
    return SmtpServer(
        host=parts.hostname,
        port=port or SMTP_PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp" and not in_clear,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class Settings(BaseSettings):
    """Everything an operator can set; defaults need no key, no server and no network."""

    model_config = SettingsConfigDict(env_prefix="THERAPYTRACK_", frozen=True, extra="ignore", populate_by_name=True)

    data_dir: Path = PROJECT_ROOT / ".data"
    database_url: str = ""
    migration_database_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, validation_alias=AliasChoices("PORT", "port"))] = 8000
    public_url: str = ""
    demo: bool = False
    environment: Literal["local", "production"] = "local"
    secret_key: SecretStr = SecretStr("")
    old_secret_keys: SecretStr = SecretStr("")
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=5)] = 0
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = ""
    anthropic_model: str = "claude-sonnet-5-5"
    anthropic_timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30.0
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "therapytrack@localhost"
    # Where libraries of the system do not bear a fork, the worker begins afresh.
    worker_start: Literal["fork", "spawn"] = "fork" if sys.platform == "linux" else "spawn"

    @field_validator("smtp_url")
    @classmethod
    def _can_be_used(cls, url: SecretStr) -> SecretStr:
        """A mail server that cannot be understood stops the start, not the first invitation."""
        if url.get_secret_value():
            parse_smtp_url(url.get_secret_value())
        return url

    @property
    def smtp_server(self) -> SmtpServer | None:
        """Where mail goes; None for the outbox folder."""
        url = self.smtp_url.get_secret_value()
        return parse_smtp_url(url) if url else None

    @property
    def resolved_database_url(self) -> str:
        """SQLAlchemy address of the database; `therapytrack.db` in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'therapytrack.db'}"

    @property
    def resolved_migration_url(self) -> str:
        """The address at which revisions run: the tables' owner's; the server's own unless one is set."""
        return self.migration_database_url or self.resolved_database_url

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL's and not a SQLite file."""
        return not self.resolved_database_url.startswith("sqlite")

    @property
    def secret_file(self) -> Path:
        """Where the installation's secret is kept while `secret_key` gives none."""
        return self.data_dir / "secret.key"

    @property
    def origin(self) -> str:
        """Scheme, host and port that people type, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry Secure and the __Host- prefix when people reach the app over https."""
        return self.origin.startswith("https://")


@cache
def get_settings() -> Settings:
    """Read the environment once; tests clear the cache with `get_settings.cache_clear()`."""
    return Settings()
