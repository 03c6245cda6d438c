# Entry points for people and CI. Everything is installed into this folder (.venv, var), except a browser for the tests.
.DEFAULT_GOAL := help
.PHONY: help .venv demo serve reload test test-postgres quick_browser style sqlite postgres postgres_beside soak bench proxy-check pins clean
MAKEFLAGS += --no-print-directory
TEST_PROCESSES ?= 3
IN_VENV := .venv/bin/python
ON_POSTGRES := var/test-results-on-postgres
LONG_TESTS := tests/stateful/test_nothing_lost.py tests/kills/test_killed.py tests/books/mirror/test_any_value.py \
	tests/kills/test_machines.py tests/kills/test_networks.py tests/config/processes/test_outages.py

help: ## list the commands
	@awk -F ':.*## ' '/^[.a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.venv: .venv/.running ## install the packages to run Ledgerdesk

demo: .venv ## serve Ledgerdesk with invented companies on http://127.0.0.1:$PORT (8000)
	@$(IN_VENV) -m config.processes.supervisor demo

serve: .venv ## serve Ledgerdesk with your own environment: see docs/operating.md
	@$(IN_VENV) -m config.processes.supervisor serve

reload: .venv ## let a Ledgerdesk that is served here go over to new code while people work: see docs/operating.md
	@$(IN_VENV) -m config.processes.reload

# Else each of the many processes that the tests start compiles the project, and the tests, anew.
test test-postgres sqlite postgres postgres_beside soak: export PYTHONDONTWRITEBYTECODE =
test: .venv/bin/python ## check style and types, then run every test, browser included; database tests on PostgreSQL too
	@$(MAKE) -j2 .venv/.testing quick_browser
	@$(IN_VENV) -m tests.support.browser
	@$(MAKE) -j3 style sqlite postgres_beside

test-postgres: .venv/.testing ## run every test on PostgreSQL, also those that `make test` runs on SQLite alone
	@$(IN_VENV) -m tests.support.browser
	@DESK_TEST_ALL=1 $(MAKE) postgres

# Beside the installation of the packages, which needs one processor.
quick_browser:
	@$(IN_VENV) -m tests.support.browser quick

# Beside the tests, which do not always need both processors.
style:
	@$(IN_VENV) -m ruff check .
	@$(IN_VENV) -m ruff format --check .
	@$(IN_VENV) -m djlint --check templates
	@$(IN_VENV) -m mypy .

sqlite:
	@$(IN_VENV) -m pytest -n $(TEST_PROCESSES) --dist loadfile $(TESTS)

postgres:
	@DESK_TEST_DATABASE=postgres $(IN_VENV) -m pytest -n $(TEST_PROCESSES) --dist loadfile --output $(ON_POSTGRES) $(TESTS)

# In one process beside the tests on SQLite, which often wait. What it says is shown whole when it has ended.
postgres_beside:
	@mkdir -p $(ON_POSTGRES)
	@$(MAKE) postgres TEST_PROCESSES=0 >$(ON_POSTGRES).log 2>&1; ended=$$?; cat $(ON_POSTGRES).log; exit $$ended

soak: .venv/.testing ## search longer for a lost edit: 10,000 steps of people and faults, 200 kills during saves, both providers, both databases
	@SOAK=1 $(MAKE) sqlite TESTS="$(LONG_TESTS)"
	@SOAK=1 $(MAKE) postgres TESTS="$(LONG_TESTS)"

bench: .venv/.testing ## measure the budgets: PART=lists|forms|saves|tasks, or many companies: load|hanging|freshness|growth|endurance|overview|queueing|engines
	@$(IN_VENV) -m tests.support.browser
	@$(IN_VENV) -m bench $(PART)

proxy-check: .venv/.testing ## attack Ledgerdesk through nginx and Caddy, configured as in docs/proxy
	@$(IN_VENV) -m tests.proxies

pins: ## resolve the pinned requirements again (needs uv)
	@command -v uv >/dev/null || { echo "Resolving the pins needs uv on the PATH: https://docs.astral.sh/uv/"; exit 1; }
	@rm -f requirements.txt requirements-test.txt requirements-extras.txt requirements-pip.txt
	@$(RESOLVE) --group install -o requirements-pip.txt
	@$(RESOLVE) pyproject.toml -o requirements.txt
	@$(RESOLVE) pyproject.toml --group dev -c requirements.txt -o requirements-test.txt
	@$(RESOLVE) pyproject.toml --extra postgres --extra redis -c requirements-test.txt -o requirements-extras.txt

clean: ## delete everything installed, built and stored, including the demo's data
	@rm -rf .venv var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

RESOLVE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make pins"

.venv/bin/python:
	@sh config/bootstrap.sh

.venv/.running: requirements.txt requirements-extras.txt config/bootstrap.sh
	@sh config/bootstrap.sh requirements.txt $@

# A superset of the packages to run, so it marks both as done.
.venv/.testing: requirements.txt requirements-test.txt config/bootstrap.sh
	@sh config/bootstrap.sh requirements-test.txt .venv/.running $@
