# `make demo` and `make test` do all the set-up: .venv from this machine's Python 3.11 to 3.13.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && \
	{ echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One process a core, of one thread each; the tests' models are too small to share out.
JOBS ?= auto
WEB := cltool/reporting/web

REAL := --scenario docs/examples/laboratories.jsonl --wordings docs/examples/laboratories.toml \
	--model smollm2 --set learner.batch_size=8 --set general.limit=60

.PHONY: demo demo-real smollm2 test test-slow test-cluster torture bench lint web browser clean

demo: $(READY)
	$(BIN)/cltool compare --scenario leaders --out runs/demo --report reports/demo.html

demo-real: smollm2
	$(BIN)/cltool compare $(REAL) --strategies naive,replay,patcher --out runs/demo-real --report reports/demo_real.html

smollm2: $(READY)
	$(BIN)/cltool models add smollm2

test: $(READY) browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-slow: $(READY) browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m ''

# Long tests on Ray and Accelerate; each starts processes of its own, so they run one at a time.
test-cluster: $(READY)
	timeout 2400 $(BIN)/python -m pytest -n 0 -m cluster

torture: $(READY)
	$(BIN)/python -m tools.torture

bench: $(READY)
	$(BIN)/python -m tools.bench

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo --no-cache

# The script of the pages, from cltool/reporting/web/src.
web: $(WEB)/node_modules/.package-lock.json
	cd $(WEB) && npm run --silent build

# What the tests of the pages need, as far as this machine can have it; without it they are skipped.
browser:
	@if command -v npm >/dev/null 2>&1; then $(MAKE) -s $(WEB)/node_modules/.package-lock.json || true; fi
	@if ! command -v chromium >/dev/null 2>&1 && test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1; then \
		{ apt-get -qq update && timeout 300 apt-get -qq install -y --no-install-recommends chromium; } \
		>/dev/null 2>&1 || echo "chromium could not be installed: tests in a browser are skipped"; fi

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

# Plain pip takes minutes longer, so uv is put into the virtual environment first.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "cltool needs Python 3.11, 3.12 or 3.13; set PYTHON=..." >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then true; else $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; fi
	PATH="$(CURDIR)/$(BIN):$$PATH" uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) build *.egg-info
