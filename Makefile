# Two commands matter: `make run` and `make test`. Everything else is in `make help`.
# Works with GNU make 3.81 (macOS) and needs nothing but Python 3.11, 3.12 or 3.13.

.DEFAULT_GOAL := help
.PHONY: help run test check bench build clean setup setup-dev lock

PY := .venv/bin/python
APP := $(PY) -m therapytrack.cli
TESTS ?= tests
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
MADE := --quiet --dry-run --target .build/none --only-binary :all: --no-deps --require-hashes -r requirements-dev.lock
WORKERS ?= 2

# The first Python that is new enough and can make a virtual environment; else the first that is new enough.
define BOOTSTRAP
new='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; found=''; \
for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c "$$new" 2>/dev/null || continue; \
  found=$${found:-$$p}; $$p -c 'import ensurepip, venv' 2>/dev/null || continue; found=$$p; break; \
done; \
if [ -z "$$found" ]; then \
  echo 'TherapyTrack needs Python 3.11, 3.12 or 3.13, and found none. On Debian: apt install python3 python3-venv.' >&2; \
  echo 'On macOS: install Python from python.org or with Homebrew (brew install python@3.13). Then try again.' >&2; exit 1; \
fi; \
"$$found" therapytrack/launcher/bootstrap.py
endef

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup:
	@$(BOOTSTRAP) runtime

setup-dev:
	@$(BOOTSTRAP) dev

run: setup ## Set up what is missing, then serve TherapyTrack with its demo workspace (PORT=8000)
	@THERAPYTRACK_DEMO=$${THERAPYTRACK_DEMO:-true} exec $(APP) run

test: setup-dev ## Run every test, on SQLite and on PostgreSQL, and in a browser (TESTS=tests/domain for a part)
	@$(APP) build
	@$(PY) -m tests.browser
	@$(PY) -m pytest -n $(WORKERS) $(TESTS)

check: setup-dev ## Linters, strict types, import contracts, migrations against the tables
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m pytest -q tests/test_architecture.py tests/test_migrations.py

bench: setup-dev ## Speed as ratios to each thing's own floor (ONLY="goal marks": only these)
	@$(APP) build
	@$(PY) -m tests.browser
	@$(PY) -m tests.bench $(ONLY)

build: setup ## Build the front end (only what changed)
	@$(APP) build

lock: setup-dev ## Resolve the lock files anew from pyproject.toml
	@.venv/bin/uv pip compile $(COMPILE) pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile $(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@for on in x86_64-manylinux_2_36 aarch64-manylinux_2_36 aarch64-apple-darwin; do for version in 3.11 3.12 3.13; do \
	  echo "Looking for the packages made for Python $$version on $$on"; \
	  MACOSX_DEPLOYMENT_TARGET=15.0 .venv/bin/uv pip install $(MADE) --python-version $$version --python-platform $$on || exit 1; \
	done; done

clean: ## Remove everything that was built or installed here; data stays
	rm -rf .venv .web .build .states assets/fonts assets/external
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
