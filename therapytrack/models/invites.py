"""How people come into a workspace and how it changes hands: invitations and offers of ownership."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, false, text
from sqlmodel import Field

from therapytrack.models.base import WorkspaceRow, key_with_workspace, within_workspace


class OfferStatus(StrEnum):
    """Where an invitation or an offer of ownership stands; only a pending one can be answered."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class Invite(WorkspaceRow, table=True):
    """An invitation of one e-mail address to a place on the three axes. Only the hash of its link's token is kept.

    `expires_at` ends the link, `member_until` the membership that it makes. Sending it again makes a new token.
    `by_hand`: its mail did not go out and a person hands the link over, so that using it proves no address.
    """

    __tablename__ = "invite"
    __table_args__ = (
        key_with_workspace("invite"),
        within_workspace("invited_by_id", "membership"),
        within_workspace("membership_id", "membership"),
        Index(
            "ix_invite_one_pending",
            "workspace_id",
            "email",
            unique=True,
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
    )

    email: str = Field(max_length=254)
    token_hash: str = Field(max_length=64, unique=True)
    admin_role: str = Field(max_length=20)
    clinical_role: str = Field(max_length=20)
    billing: bool = False
    discipline: str = Field(default="", max_length=40)
    member_until: datetime | None = None
    invited_by_id: UUID
    status: str = Field(default=OfferStatus.PENDING, max_length=20)
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    membership_id: UUID | None = None
    by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    version: int = 1


class InviteGrant(WorkspaceRow, table=True):
    """A right on one student that comes with an accepted invitation, from the acceptance until `ends_at`."""

    __tablename__ = "invite_grant"
    __table_args__ = (
        within_workspace("invite_id", "invite"),
        within_workspace("student_id", "student"),
        Index("ix_invite_grant_invite", "workspace_id", "invite_id"),
    )

    invite_id: UUID
    student_id: UUID
    can_view: bool = True
    can_edit: bool = False
    can_export: bool = False
    can_generate: bool = False
    ends_at: datetime | None = None


class OwnershipOffer(WorkspaceRow, table=True):
    """The owner's offer of the workspace to another member, who accepts it; both prove who they are (rule 11)."""

    __tablename__ = "ownership_offer"
    __table_args__ = (
        within_workspace("from_id", "membership"),
        within_workspace("to_id", "membership"),
        Index(
            "ix_ownership_offer_one_pending",
            "workspace_id",
            unique=True,
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
    )

    from_id: UUID
    to_id: UUID
    status: str = Field(default=OfferStatus.PENDING, max_length=20)
    expires_at: datetime
    answered_at: datetime | None = None
