.DEFAULT_GOAL := run
SHELL := /bin/sh
# PYTHON=/path/to/python3.12 picks the interpreter; .venv's own, once there, answers fastest
setup = @{ [ -z "$(PYTHON)" ] && [ -x .venv/bin/python ] && .venv/bin/python -I tools/setup.py $(1); } || PYTHON="$(PYTHON)" tools/python tools/setup.py $(1)
BIN := .venv/bin
.PHONY: help run test test-fast test-cloud check format bench bench-engine chaos fuzz heap deploy-test docs generated lock clean

run: ## everything on this machine: the page at http://127.0.0.1:8000
	$(call setup,run)
	@$(BIN)/abzug up $(ARGS)

help: ## this list; ARGS=… goes to what a target runs
	@awk -F ': ## ' '/^[a-z-]+: ## / { printf "make %-14s%s\n", $$1, $$2 }' Makefile

test: ## the whole test suite
	$(call setup,dev)
	@$(BIN)/python -m pytest $(ARGS)

test-fast: ## what tests one module each: no service is started, no browser
	$(call setup,dev)
	@$(BIN)/python -m pytest tests/unit $(ARGS)

test-cloud: ## the acceptance tests on SQS, S3 and PostgreSQL (stand-ins on this machine)
	$(call setup,dev)
	@ABZUG_TEST_BACKENDS=cloud $(BIN)/python -m pytest -n0 tests/acceptance $(ARGS)

check: ## format, lint, types, layers; of the page too where node is there
	$(call setup,dev)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	tools/check_page

format: ## what check would say of the form, mended
	$(call setup,dev)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	tools/check_page --write

bench: ## figures against their targets, one line each
	$(call setup,dev)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-engine: ## the edit engine beside others: costs of operations, and how near costs and colors are met
	$(call setup,dev)
	@$(BIN)/python -m benchmarks $(or $(ARGS),rivals operations cost accuracy)

chaos: ## kill processes (ARGS=--cloud: SQS and S3 too) while 2,000 photos are edited; fails if one is lost, doubled or wrong
	$(call setup,dev)
	@$(BIN)/python -m trials.chaos $(ARGS)

deploy-test: ## as root: the AWS template's user data to a working worker in a container of Debian 12
	$(call setup,dev)
	@$(BIN)/python deploy/aws/try_server.py || [ $$? -eq 77 ] # it has said why this machine cannot

docs: ## build/docs/index.html: every edit with pictures of what it does; ARGS=PHOTO takes yours
	$(call setup,dev)
	@$(BIN)/python -m tools.make_reference build/docs $(ARGS)

generated: ## write every file that is made from the code: tables, drawings, costs of new edits
	$(call setup,dev)
	@$(BIN)/python -m tools.generate

fuzz: ## damaged photos through a real worker; fails if one hangs it, kills it or comes out wrong
	$(call setup,dev)
	@$(BIN)/python -m trials.fuzz $(ARGS)

heap: ## damaged photos of every format twice, with other memory before each; exits 1 if a result shows it
	$(call setup,dev)
	@$(BIN)/python -m trials.heap $(ARGS)

lock: ## compile the lock files again (needs uv)
	@tools/lock

clean: ## take away what was made here: environment, caches, pages
	rm -rf .venv .cache build node_modules
