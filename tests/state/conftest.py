"""A signed-in person in a fresh database, for tests of events."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.conftest import OpenDb
from therapytrack.models import Account, ClinicalRole, Membership, SignIn, Workspace, utc_now
from therapytrack.services.identity import hash_token


@pytest.fixture
def signed_in(engine: Engine, db: OpenDb) -> Callable[..., str]:
    """Makes an account with a workspace and a live sign-in; answers the hash of its cookie."""

    def make(email: str = "ana@school.org", role: str = ClinicalRole.CLINICIAN) -> str:
        now = utc_now()
        account = Account(name="Ana Núñez", email=email, profession="slp", us_state="NY", password_hash="x")
        workspace = Workspace(name="Lake School")
        with db() as session:
            session.add_all([account, workspace])
            session.flush()
            session.add(
                Membership(
                    workspace_id=workspace.id,
                    account_id=account.id,
                    admin_role="owner",
                    clinical_role=role,
                    discipline="slp",
                    starts_at=now - timedelta(days=1),
                )
            )
            session.add(
                SignIn(
                    account_id=account.id,
                    workspace_id=workspace.id,
                    token_hash=hash_token(email),
                    last_active_at=now,
                    expires_at=now + timedelta(hours=12),
                )
            )
        return hash_token(email)

    return make
