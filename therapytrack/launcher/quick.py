"""Cheap answers about a SQLite file, so that a second start loads neither the migrations nor the tables."""

import re
import sqlite3
from contextlib import closing

from therapytrack.settings import PROJECT_ROOT, Settings

REVISION = re.compile(r"^(revision|down_revision)\b.*= [\"'](\w+)[\"']", re.MULTILINE)


def newest_revision() -> str:
    """The revision that no other follows, read from the files' text; empty when that is not one."""
    made: set[str] = set()
    followed: set[str] = set()
    for path in (PROJECT_ROOT / "alembic" / "versions").glob("*.py"):
        for name, value in REVISION.findall(path.read_text()):
            (made if name == "revision" else followed).add(value)
    last = made - followed
    return last.pop() if len(last) == 1 else ""


def is_ready(settings: Settings) -> bool:
    """Whether the SQLite file is surely at the newest revision and, where wanted, holds the demo workspace."""
    current = ask(settings, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]
    return current and (not settings.demo or has_demo(settings))


def has_demo(settings: Settings) -> bool:
    """Whether the SQLite file surely holds the demo workspace."""
    return ask(settings, "SELECT EXISTS (SELECT 1 FROM workspace WHERE is_demo)") == [(1,)]


def ask(settings: Settings, question: str) -> list[tuple[object, ...]]:
    """The rows of one question to the SQLite file; none when there is no such file, table or database of this kind."""
    path = settings.data_dir / "therapytrack.db"
    if settings.database_url or not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file:
            return file.execute(question).fetchall()
    except sqlite3.Error:
        return []
