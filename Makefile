# Everything from nothing: python3 (3.11 or newer) and make are enough.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
READY := $(VENV)/.done

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY)  ## Make the virtual environment in .venv

$(READY): pyproject.toml requirements.lock build.lock
	@test -x $(PY) || python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("python3 must be 3.11 or newer.")'
	test -x $(PY) || python3 -m venv $(VENV)
	test -x $(UV) || $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r build.lock
	$(UV) pip sync -q --compile-bytecode --python $(PY) --require-hashes requirements.lock
	$(UV) pip install -q --python $(PY) --no-deps --build-constraints build.lock -e .
	touch $@

demo: $(READY)  ## Run the main job on the sample data, from records to delivered invoices
	$(VENV)/bin/bordereau demo --output out/demo
	$(VENV)/bin/bordereau demo --sample projects --output out/demo-projects

test: $(READY)  ## Run the whole test suite
	$(PY) -m pytest -n auto --dist worksteal

check: format-check lint types layers test  ## Everything a change must pass

format: $(READY)  ## Format the code and mend what can be mended
	$(VENV)/bin/ruff check -q --fix-only .
	$(VENV)/bin/ruff format -q .

format-check: $(READY)
	$(VENV)/bin/ruff format --check .

lint: $(READY)  ## Lint
	$(VENV)/bin/ruff check .

types: $(READY)  ## Check types
	$(VENV)/bin/mypy

layers: $(READY)  ## Check who may import whom
	$(VENV)/bin/lint-imports

rows: $(READY)  ## Print the features that no passing test proves
	$(PY) -m tests.rows

lock: $(READY)  ## Renew the locks, without addresses
	$(UV) pip compile -q --upgrade --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --all-extras --group dev --no-emit-package bordereau \
	  --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	printf 'hatchling>=1.27\nuv>=0.13,<0.14\n' | $(UV) pip compile -q --upgrade --generate-hashes --no-emit-index-url --universal \
	  --python-version 3.11 --custom-compile-command 'make lock' - -o build.lock

clean:  ## Remove what was built; the embedded database is kept
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: help setup demo test check format format-check lint types layers rows lock clean
