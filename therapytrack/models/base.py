"""What every table shares: keys, naming of constraints, and the workspace that a row belongs to."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel
from uuid6 import uuid7

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """A time-ordered UUID (version 7), so that keys made by several processes stay close in an index."""
    return UUID(int=uuid7().int)


def utc_now() -> datetime:
    """The present moment, aware, in UTC: the only form in which times are stored."""
    return datetime.now(UTC)


class Row(SQLModel):
    """A row with a key made in Python, known before it is stored."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now)


class WorkspaceRow(Row):
    """A row that belongs to one workspace and can be referred to only together with it."""

    workspace_id: UUID = Field(foreign_key="workspace.id", index=True)


def key_with_workspace(table: str) -> UniqueConstraint:
    """The (workspace, id) pair that children refer to, so that no row can point into another workspace."""
    return UniqueConstraint("workspace_id", "id", name=f"uq_{table}_workspace_id_id")


def within_workspace(column: str, table: str) -> ForeignKeyConstraint:
    """A reference to `table` that the database refuses when the two rows are of different workspaces."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"])
