"""Professions as sign-up offers them. An assistant chooses that of her supervisor: supervision goes by discipline."""

from typing import Final

PROFESSIONS: Final = {
    "slp": "Speech-language pathology",
    "ot": "Occupational therapy",
    "pt": "Physical therapy",
    "counseling": "Counseling",
    "psychology": "School psychology",
    "other": "Another profession",
}
