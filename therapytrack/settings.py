"""The only reader of the environment: typed, frozen, prefix THERAPYTRACK_ (PORT is read without it)."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


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
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=5)] = 0
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = ""
    anthropic_model: str = "claude-sonnet-5-5"
    anthropic_timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30.0
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "therapytrack@localhost"

    @property
    def resolved_database_url(self) -> str:
        """SQLAlchemy address of the database; `therapytrack.db` in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'therapytrack.db'}"

    @property
    def resolved_migration_url(self) -> str:
        """The address at which revisions run: the tables' owner's; the server's own unless one is set."""
        return self.migration_database_url or self.resolved_database_url

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
