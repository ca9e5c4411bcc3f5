# Every developer command. `make demo` and `make test` need Python 3.11, pip and git, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)

# The tests start many processes: what one has compiled the next need not.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo run test test-browser test-process check gate raise-floors schemas bench crash crash-several soak lock clean fmt

setup: $(STAMP)

$(STAMP):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	rm -f $(VENV)/.ready-*
	touch $@

demo: setup
	$(BIN)/claimwatch demo $(ARGS)

run: setup
	$(BIN)/claimwatch --config config db upgrade
	$(BIN)/claimwatch --config config run $(ARGS)

# Under two minutes on two cores. What takes longer or needs a browser has targets of its own; .ci/run requires all of them.
test: setup
	$(BIN)/pytest -n 2 --dist worksteal --ignore tests/process --ignore tests/browser $(ARGS)
	@echo "Not run here: make test-browser (pages in Chromium), make test-process (real processes), make crash, crash-several, soak"

# The pages in a real browser, with an engine for accessibility: CLAIMWATCH_CHROMIUM or a chromium on the path.
test-browser: setup
	$(BIN)/pytest -n 2 tests/browser $(ARGS)

# Real processes: kills, takeovers, restarts, the commands of docker-compose.yml.
test-process: setup
	$(BIN)/pytest -n 2 tests/process $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

gate: setup
	$(BIN)/pytest tests/gate $(ARGS)

raise-floors: setup
	$(BIN)/python tests/gate/raise_floors.py

schemas: setup
	$(BIN)/python -m pipeline.settings.schemas config/schemas

# Ratios measured side by side, explained in docs/performance.md: make bench ARGS="pages --pages DIR"
bench: setup
	$(BIN)/python bench/run.py $(ARGS)

# SIGKILL before and after each kind of commit and at random, on both databases: make crash KILLS=100 SEED=7
crash: setup
	$(BIN)/python tests/process/crash.py --kills $(or $(KILLS),100) --seed $(or $(SEED),1) $(ARGS)

# The same at random moments to several processes that share a database: make crash-several KILLS=200 SEED=7
crash-several: setup
	$(BIN)/python tests/process/several.py --kills $(or $(KILLS),20) --seed $(or $(SEED),1) $(ARGS)

# Steady load on both databases: make soak SECONDS=600 RATE=20
soak: setup
	$(BIN)/python tests/process/soak.py --seconds $(or $(SECONDS),60) --rate $(or $(RATE),5) $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info

# Resolve the ranges of pyproject.toml again, for every platform, with hashes.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra postgres --extra cluster --group dev --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock
	rm -rf .venv-lock
