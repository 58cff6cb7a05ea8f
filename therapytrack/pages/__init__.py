"""One module per route: layout only, no query, no arithmetic."""
