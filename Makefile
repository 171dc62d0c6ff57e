# Two commands do everything on a machine with Python 3.11+, git and make: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test check bench clean

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

demo: install
	$(BIN)/czca check fixtures/submissions/demo -o reports/demo.json -o reports/demo.html || test $$? -eq 1

check: install
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Cases and their bent versions first, so that what closes the output is the count of all tests.
test: check
	$(BIN)/czca test --mutate
	$(BIN)/python -m pytest

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
