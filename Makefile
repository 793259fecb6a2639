# Needs make and Python 3.11 or later; everything else goes into .venv.

PYTHON ?= python3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
CODE   := $(wildcard tracegraph api viz cypher tests benchmarks)

# A package that appears must be known to the editable install.
PACKAGES := $(wildcard tracegraph/__init__.py api/__init__.py viz/__init__.py cypher/__init__.py)

# A process a core, each with a server of its own; a file is one process's, as its fixtures are dear.
SIDE_BY_SIDE := @tests/side_by_side.args

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test prove bench lint types format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.core ## load a small example and serve it at 127.0.0.1:8000
	$(BIN)/tracegraph demo --scale small --serve

test: .venv/.dev ## run the tests
	$(BIN)/pytest $(SIDE_BY_SIDE)

prove: .venv/.dev ## run the long forms: properties, contract, acceptance
	TRACEGRAPH_PROVE=1 $(BIN)/pytest $(SIDE_BY_SIDE) -m "prove or not prove" tests/property tests/contract tests/acceptance

# make bench EDGES=1e6 ROUNDS=20 ONLY=closures CONTENDERS=sqlite,postgres KEEP=folder OUT=new.json
EDGES ?= 1e5,1e6
bench: .venv/.bench ## compare with others: EDGES=1e6 ROUNDS=20 ONLY=closures OUT=new.json
	$(BIN)/python -m benchmarks run --edges $(EDGES) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(CONTENDERS),--contenders "$(CONTENDERS)") \
	  $(if $(KEEP),--keep $(KEEP)) $(if $(OUT),--out $(OUT))

lint: .venv/.dev ## check style and formatting
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: .venv/.dev ## check types
	$(BIN)/mypy $(CODE)

format: .venv/.dev ## mend style and formatting
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

clean: ## remove the environment and what tools leave behind
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "tracegraph needs Python 3.11 or later: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "this Python cannot make environments: install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.pinned: requirements/core.txt | .venv/.created
	$(PIP) install --require-hashes -r $<
	@touch $@

.venv/.core: .venv/.pinned pyproject.toml requirements/core.in $(PACKAGES)
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.core
	$(PIP) install --require-hashes -r $<
	@touch $@

.venv/.bench: requirements/bench.txt .venv/.core
	$(PIP) install --require-hashes -r $<
	@touch $@
