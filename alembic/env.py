"""Runs the revisions: online only, on the database of the settings or on the one that the caller hands over."""

from alembic import context
from sqlalchemy import Connection

from therapytrack.db import make_engine
from therapytrack.models import metadata
from therapytrack.settings import get_settings


def run(connection: Connection) -> None:
    """Run the wanted revisions in one transaction; SQLite tables are rebuilt where ALTER TABLE falls short."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Row-level security is forced on the owner too: without this a revision would find no row to fill.
            connection.exec_driver_sql("SELECT set_config('therapytrack.maintenance', 'on', true)")
        context.run_migrations()


def refuse_orphans(connection: Connection) -> None:
    """Undo everything when a revision left rows that point nowhere. Raises RuntimeError naming the tables."""
    if connection.dialect.name != "sqlite":
        return
    tables = sorted({row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if tables:
        raise RuntimeError(f"the revision would leave rows without their parent in: {', '.join(tables)}")


def main() -> None:
    """Use the caller's connection, else open one to the caller's or the settings' address."""
    attributes = context.config.attributes
    if (connection := attributes.get("connection")) is not None:
        run(connection)
        return
    settings = get_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(attributes.get("url") or settings.resolved_migration_url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # A rebuilt table is dropped and renamed; with the keys on, its children would be deleted on the way.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        run(connection)
        refuse_orphans(connection)
        connection.commit()
    engine.dispose()


main()
