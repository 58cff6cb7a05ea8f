"""The notes of one session: the same page, listing the whole group."""

import reflex as rx

from therapytrack.components.layout import page_title
from therapytrack.pages.notes import Notes, notes


def session_notes() -> rx.Component:
    """The page /sessions/ID/notes."""
    return notes()


PAGE = {"route": "/sessions/[session_id]/notes", "title": page_title("Session notes"), "on_load": Notes.enter}
