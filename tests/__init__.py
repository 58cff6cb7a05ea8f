"""Tests mirror the source: domain, access, services, state, routes, and e2e on the production build."""
