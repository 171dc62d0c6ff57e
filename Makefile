# Two commands do everything on a machine with Python 3.11+, git and make: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test check browser bench clean

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

# What the tests of the page (tests/browser) need beside Python: Chromium, Java and npm from Debian's
# packages (as root; elsewhere they are named and left to you), axe-core and vnu from npm. Without
# these the tests skip and say so. The fonts are those of the page's style sheet.
browser:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium fonts-liberation fonts-dejavu-core"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	command -v npm >/dev/null || missing="$$missing nodejs npm"; \
	if test -z "$$missing"; then exit 0; fi; \
	if test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null; then \
		echo "Install these packages, then run make browser again:$$missing" >&2; exit 1; fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && \
	apt-get install -qq --no-install-recommends -o DPkg::Lock::Timeout=120 $$missing >/dev/null
	npm install --silent --no-audit --no-fund

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist node_modules .pytest_cache .mypy_cache .ruff_cache
