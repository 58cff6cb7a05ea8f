"""Who is taking data in which session right now: one row a person and session, overwritten as she goes on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint

from therapytrack.models.base import WorkspaceRow, within_workspace


class Presence(WorkspaceRow, table=True):
    """The last moment at which a member's page of a session was open."""

    __tablename__ = "presence"
    __table_args__ = (
        within_workspace("session_id", "therapy_session"),
        within_workspace("membership_id", "membership"),
        UniqueConstraint("session_id", "membership_id"),
    )

    session_id: UUID
    membership_id: UUID
    seen_at: datetime
