"""The production build: driven in a browser, and over the wire."""
