"""Serve the bench's app as production serves TherapyTrack (`python -m tests.bench.serve`)."""

from therapytrack.launcher import server
from therapytrack.settings import get_settings


def main() -> None:
    """Serve until stopped; the tables are there already."""
    server.serve(get_settings(), "", "tests.bench.app:app")


if __name__ == "__main__":
    main()
