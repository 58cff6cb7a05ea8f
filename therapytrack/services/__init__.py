"""The use cases: one verb a function, first parameters (db, actor)."""
