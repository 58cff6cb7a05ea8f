"""The revision that brings the chains seals the rows that were there before, and says so."""

from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlmodel import Session

from tests.services.audit_world import findings
from tests.test_migrations import empty_database
from therapytrack.launcher.database import alembic_config
from therapytrack.services.audit_check import list_chains

WORKSPACE = UUID(int=11)
ROWS = 4500
INSERT = """
INSERT INTO activity (id, created_at, workspace_id, action, outcome, record_kind, detail)
VALUES (:id, :at, :workspace, 'view', 'done', '', :detail)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_rows_from_before_are_sealed_in_the_order_of_their_time(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with empty_database(kind, request, tmp_path) as url:
        command.upgrade(alembic_config(url), "0008")
        engine = create_engine(url)
        with engine.begin() as connection:
            add_workspace = (
                "INSERT INTO workspace (id, created_at, name, time_zone, us_state, status, ai_enabled, "
                "assistants_may_export, break_glass_enabled, is_demo) VALUES "
                f"('{WORKSPACE.hex}', '2026-01-01', 'Old school', 'UTC', '', 'active', false, false, false, false)"
            )
            connection.exec_driver_sql(add_workspace)
            rows = [row(number, WORKSPACE.hex) for number in range(ROWS)] + [row(ROWS, None)]
            connection.execute(text(INSERT), rows[::-1])
        command.upgrade(alembic_config(url), "head")
        with Session(engine) as db:
            assert findings(db) == []
            chains = {chain.workspace_id: chain for chain in list_chains(db).chains}
            assert chains[WORKSPACE].earlier == ROWS
            first, last = db.execute(text(ORDER.format(WORKSPACE.hex))).one()
            assert (first, last) == ('{"n":  0}', ROWS)
        engine.dispose()


ORDER = (
    "SELECT (SELECT CAST(detail AS TEXT) FROM activity WHERE workspace_id = '{0}' AND sequence = 1), "
    "max(sequence) FROM activity WHERE workspace_id = '{0}'"
)


def row(number: int, workspace: str | None) -> dict[str, object]:
    """A row as it was before; several have the same time, and the detail is written as another library would."""
    moment = f"2026-01-01 10:{number // 900 % 60:02d}:{number // 15 % 60:02d}.000000"
    detail = f'{{"n":  {number}}}'
    return {"id": UUID(int=1000 + number).hex, "at": moment, "workspace": workspace, "detail": detail}
