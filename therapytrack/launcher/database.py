"""Bring the database to the newest revision."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import OperationalError, ProgrammingError

from therapytrack.db import make_engine
from therapytrack.launcher.progress import LaunchProblem
from therapytrack.settings import PROJECT_ROOT, Settings

NO_RIGHT_TO_MIGRATE = (
    "The database needs changes that this login may not make. Set THERAPYTRACK_MIGRATION_DATABASE_URL to the address "
    "of the tables' owner and run `migrate`; the first time, an administrator makes the role therapytrack_app "
    "(docs/operations.md, PostgreSQL)."
)


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database, without its own logging set-up."""
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def is_current(settings: Settings) -> bool:
    """Whether the database is at the newest revision. Raises LaunchProblem when it cannot be reached."""
    url = settings.resolved_migration_url
    newest = ScriptDirectory.from_config(alembic_config(url)).get_current_head()
    prepare_folder(settings)
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == newest
    except OperationalError as error:
        raise LaunchProblem(unreachable(settings)) from error
    finally:
        engine.dispose()


def migrate(settings: Settings) -> None:
    """Upgrade to the newest revision; nothing happens when it is there already. Raises LaunchProblem."""
    prepare_folder(settings)
    try:
        command.upgrade(alembic_config(settings.resolved_migration_url), "head")
    except OperationalError as error:
        raise LaunchProblem(unreachable(settings)) from error
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise LaunchProblem(NO_RIGHT_TO_MIGRATE) from error
        raise


def prepare_folder(settings: Settings) -> None:
    """Make the data folder, readable by this account only. Raises LaunchProblem when that is not possible."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LaunchProblem(
            f"The data folder {settings.data_dir} cannot be made ({error.strerror}). Set "
            "THERAPYTRACK_DATA_DIR to a folder that this account may write to."
        ) from error


def unreachable(settings: Settings) -> str:
    """What to do when the database does not open; never the address itself, which may hold a password."""
    if settings.database_url:
        return "The database in THERAPYTRACK_DATABASE_URL does not answer. Check the address and that the server runs."
    return (
        f"The database in {settings.data_dir} cannot be opened. Check that this account may write there and that the "
        "disk is not full."
    )
