"""The demo's one file: what a family was given on paper, as plain text."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from therapytrack.models import Attachment, utc_now
from therapytrack.services.attachments import keep_bytes
from therapytrack.services.demo_caseload import Caseload

WORDS: Final = b"""Home practice, five minutes a day

1. Read one page of a picture book together. Let your child tell what happens next.
2. Say three words of the list slowly, then have your child say them to you.
3. Praise what was clear. Leave what was not for tomorrow.
"""


def add_files(db: Session, caseload: Caseload) -> None:
    """Keep the file with the first student of the caseload, as her clinician added it."""
    writer = caseload.people["clinician"]
    file = Attachment(
        workspace_id=writer.workspace_id,
        student_id=caseload.students[0].student_id,
        uploaded_by_id=writer.membership_id,
        name="Home practice.txt",
        media_type="text/plain",
        size=len(WORDS),
        sha256=sha256(WORDS).hexdigest(),
        created_at=utc_now() - timedelta(days=12),
    )
    db.add(file)
    db.flush()
    keep_bytes(file, WORDS)
