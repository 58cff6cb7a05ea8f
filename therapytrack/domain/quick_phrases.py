"""Sentences that therapists write every day, a tap each; they state what was seen and interpret nothing.

An assistant may use them too (Texas 16 TAC 111: an assistant's note states data, not conclusions).
"""

from typing import Final

QUICK_PHRASES: Final = (
    ("Engaged", "Engaged throughout the session."),
    ("Redirected", "Needed redirection to stay with the task."),
    ("Tired", "Appeared tired; took short breaks."),
    ("New target", "Introduced a new target."),
    ("Home practice", "Sent practice home."),
)
