"""Serve the bench's app as production serves TherapyTrack (`python -m tests.bench.serve`)."""

from therapytrack.launcher import database, server
from therapytrack.settings import get_settings


def main() -> None:
    """Migrate, then serve until stopped."""
    settings = get_settings()
    database.migrate(settings)
    server.serve(settings, lambda: None, "tests.bench.app:app")


if __name__ == "__main__":
    main()
