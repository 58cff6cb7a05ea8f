"""From a fresh checkout to a served page: packages, fonts, the built pages, the server. Knows nothing of records."""
