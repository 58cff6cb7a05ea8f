"""Saving over the version of a record that was shown, so that nobody's change is lost unseen."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col


def saving_over(table: Any, record_id: UUID, version: int, **values: Any) -> Any:
    """The statement that gives a record of `table`, which the actor was granted, `values` and the next version. Its row
    is the new version; there is none when what is stored is not `version` any more. A loaded object keeps its values.
    """
    here = (col(table.id) == record_id, col(table.version) == version)
    saved = update(table).where(*here).values(**values, version=version + 1).returning(col(table.version))
    return saved.execution_options(synchronize_session=False)
