# MODO. `make` lists the targets; README.md says more.

# The newest Python that runs: a name on the path may be a mere shim of a version manager.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
export MODO_DEMO ?= 1

.PHONY: help run test bench lint unit pictures messages catalogue migration lock

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: .venv/ready ## the product with its demo region on http://127.0.0.1:8000 (PORT, HOST, DATABASE_URL, MODO_DATA_DIR)
	@exec $(BIN)/python -m admin_app.serve

test: lint unit ## everything: lint, types, layers, unit, database, browser

lint: .venv/ready-dev ## style, types, layers, templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint views/templates

unit: .venv/ready-dev ## the tests; T="tests/rules -k accept" runs some of them
	$(BIN)/python -m tests.needs
	$(BIN)/python -m admin_app.catalogues
	$(BIN)/python -m pytest $(T)

pictures: .venv/ready-dev ## the pictures of the manual and of README, by a walk through the real product
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m admin_app.catalogues
	@MODO_PICTURES=1 $(BIN)/python -m pytest -q tests/browser/test_manual.py

bench: .venv/ready-peers ## the benchmarks beside named peers, with ratios
	$(BIN)/python -m bench

catalogue: .venv/ready ## compile the catalogues
	$(BIN)/python -m admin_app.catalogues

messages: .venv/ready ## find new words in the code; lists those without Russian
	$(BIN)/python -m admin_app.catalogues extract

migration: .venv/ready ## M="what changes": write a migration from the difference between models.py and the database
	$(BIN)/flask database revision "$(M)"

lock: .venv/ready-dev ## pin anew what pyproject.toml names, with hashes
	$(PIN) -o requirements.txt
	$(PIN) --extra dev -o requirements-dev.txt

PIN := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml

.venv/ready: requirements.txt
	$(call install,requirements.txt)

.venv/ready-dev: requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch .venv/ready

# What the benchmarks compare with lies beside our own packages, never among them.
.venv/ready-peers: bench/requirements.txt .venv/ready-dev
	@echo 'Packages to compare with (.venv/peers)…'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps --upgrade --target .venv/peers -r $<
	@touch $@

# An environment of our own with exactly these files; the mark is set only when all of it is there.
define install
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo 'MODO needs Python 3.11 or newer: install it, or say where it is: make PYTHON=/path/to/python3.' >&2; exit 1; }
@echo 'Python environment (.venv) from $(1)…'
@test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear .venv \
	|| { echo 'Python cannot make an environment here (see above): is there room on the disk, is python3-venv installed?' >&2; exit 1; }
@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r $(1) \
	|| { echo 'The packages of $(1) could not be installed (see above); start again when that is mended.' >&2; exit 1; }
@touch $@
endef
