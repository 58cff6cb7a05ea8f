"""Phrases that therapists write every day, a tap each; they say what was seen and interpret nothing.

An assistant may use them too (Texas 16 TAC 111: an assistant states data and draws no conclusions).
"""

QUICK_PHRASES = ["Engaged", "Redirected", "Followed directions", "Needed breaks", "Fatigued", "Peer interaction"]
