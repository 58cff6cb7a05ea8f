"""People who sign in, their browsers' sign-ins, and the counters that slow down guessing."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import true
from sqlmodel import Field

from therapytrack.models.base import Row


class Account(Row, table=True):
    """A person who signs in; what she may do hangs on her memberships, not on this row.

    `credential_until`: the last day on which her credential is valid, when she said so; `single_keys`: whether keys of
    one letter, number or sign act for her (WCAG 2.2, 2.1.4).
    """

    __tablename__ = "account"

    name: str = Field(max_length=200)
    email: str = Field(max_length=254, unique=True)
    profession: str = Field(max_length=40)
    credential: str = Field(default="", max_length=60)
    credential_until: date | None = None
    us_state: str = Field(max_length=2)
    password_hash: str = Field(max_length=255)
    email_verified_at: datetime | None = None
    single_keys: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class SignIn(Row, table=True):
    """One browser's session: only the SHA-256 of its cookie is kept.

    `proved_at`: when its person last proved with her password that it is she; signing in is the first time.
    """

    __tablename__ = "sign_in"

    account_id: UUID = Field(foreign_key="account.id", index=True)
    workspace_id: UUID = Field(foreign_key="workspace.id")
    token_hash: str = Field(max_length=64, unique=True)
    last_active_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    proved_at: datetime | None = None


class PasswordReset(Row, table=True):
    """A link by mail that sets a new password once. Only the SHA-256 of its token is kept; asking again ends it."""

    __tablename__ = "password_reset"

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime
    ended_at: datetime | None = None


class SignInThrottle(Row, table=True):
    """Failed attempts for one subject (a hashed account, network or the whole site) within a window."""

    __tablename__ = "sign_in_throttle"

    subject: str = Field(max_length=100, unique=True)
    failures: int = 0
    window_started_at: datetime
    last_failure_at: datetime


class KnownDevice(Row, table=True):
    """A browser that signed in to an account before: strangers' failures do not slow it down."""

    __tablename__ = "known_device"

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    last_seen_at: datetime
