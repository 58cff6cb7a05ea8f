"""Pure calculation: the numbers that a clinician could dispute, each with its source. No I/O, no tables."""
