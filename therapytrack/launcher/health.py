"""What `doctor` looks at: settings, storage, database, built pages, fonts. Read only."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from therapytrack.launcher import database, fonts, frontend, wall
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import Settings

LOW_BYTES = 1_000_000_000
LEAST_SECRET = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what to do when it is not."""

    ok: bool
    what: str
    advice: str = ""

    @property
    def line(self) -> str:
        """The finding as the operator reads it."""
        return f"  ok    {self.what}" if self.ok else f"  LOOK  {self.what}: {self.advice}"


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which a start needs them."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_storage, _database, _built, _mail, _exposure)
    return [finding for check in checks for finding in check(settings)]


def _storage(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    yield Finding(
        folder.is_dir() and os.access(folder, os.W_OK),
        f"data folder {folder}",
        "make it, and let this account write to it",
    )
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        yield Finding(free > LOW_BYTES, f"{free / 1e9:.1f} GB free there", "less than 1 GB is left: free some space")
        private = folder.stat().st_mode & 0o077 == 0
        yield Finding(private, "data folder is private to this account", f"run: chmod 700 {folder}")
    yield from _secret(settings)


def _secret(settings: Settings) -> Iterator[Finding]:
    """The secret that seals the activity log: without it nothing is saved."""
    given, file = settings.secret_key.get_secret_value(), settings.secret_file
    if given:
        advice = f"THERAPYTRACK_SECRET_KEY has fewer than {LEAST_SECRET} characters: make a longer one"
        yield Finding(len(given) >= LEAST_SECRET, "secret key", advice)
    elif file.exists():
        usable = os.access(file, os.R_OK) and file.stat().st_mode & 0o077 == 0
        advice = f"it must belong to this account and be private: chown it, then run: chmod 600 {file}"
        yield Finding(usable, f"secret key in {file}", advice)


def _database(settings: Settings) -> Iterator[Finding]:
    postgresql = settings.resolved_database_url.startswith("postgresql")
    kind = "PostgreSQL" if postgresql else "SQLite"
    try:
        current = database.is_current(settings)
        yield Finding(current, f"{kind} at the newest revision", "run: python -m therapytrack.cli migrate")
        if current and postgresql:
            yield from _wall(wall.look(settings))
    except LaunchProblem as problem:
        yield Finding(False, f"{kind} database", str(problem))


def _wall(found: wall.Standing) -> Iterator[Finding]:
    """Whether row-level security holds the server, and what its login could do if somebody ran statements as it."""
    powers = " and ".join(found.role.powers)
    yield Finding(not powers, f"the server works as {found.role.name}", f"that role {powers}: take this from it")
    yield Finding(
        not found.open_tables,
        "every table shows one workspace at a time",
        f"row-level security is off for {', '.join(found.open_tables)}: put it back or restore a copy",
    )
    beyond = " and ".join(found.login.powers)
    yield Finding(True, f"its login {found.login.name} {beyond or 'can do no more than that role'}")


def _built(_: Settings) -> Iterator[Finding]:
    yield Finding(fonts.are_current(), "fonts", "run: make build")
    yield Finding(frontend.is_current(), "built pages", "run: make build")


def _mail(settings: Settings) -> Iterator[Finding]:
    server = settings.smtp_server
    kept = f"mail is kept in {settings.data_dir / 'outbox'} and sent to nobody"
    yield Finding(True, f"mail goes to {server.host}, port {server.port}" if server else kept)


def _exposure(settings: Settings) -> Iterator[Finding]:
    loopback = settings.host in ("127.0.0.1", "localhost", "::1")
    yield Finding(
        loopback or settings.secure_cookies,
        "sign-ins travel encrypted",
        "the server listens to the network without https: set THERAPYTRACK_PUBLIC_URL to your proxy's https address",
    )
    yield Finding(
        not (settings.environment == "production" and settings.demo),
        "no demo sign-ins on a production server",
        "set THERAPYTRACK_DEMO=false: their password is public",
    )
