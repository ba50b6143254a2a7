# Every target sets up what it needs; nothing is installed outside .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test soak endure siege demo check format lock audit sbom pywb fuzz man smoke clean

run: $(VENV)/.ready            ## Start the daemon on sources.toml, checking every source at once
	$(BIN)/monitor run

demo: $(VENV)/.ready           ## Watch a local policy change; no network, no configuration
	$(BIN)/monitor demo

test: $(VENV)/.ready-dev       ## Run the tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 3 --dist worksteal

soak: $(VENV)/.ready-dev       ## Kill the daemon 200 times while all around it fails; 20 minutes at most
	PYTHONPATH=tests $(BIN)/python tests/faults/soak.py --kills 200 --minutes 20

endure: $(VENV)/.ready-dev     ## Let a daemon live through weeks in 20 minutes; it may not grow
	$(BIN)/python benchmarks/endurance.py --minutes 20

siege: $(VENV)/.ready-dev      ## Watch 200 hostile publishers and 50 honest ones for 6 minutes; none of these may be late
	PYTHONPATH=tests/faults $(BIN)/python benchmarks/siege.py

check: $(VENV)/.ready-dev      ## Format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/.ready-dev       ## Try every property of the tests on 5,000 cases each; about an hour
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile fuzz --timeout 3600 --numprocesses 2

man: $(VENV)/.ready            ## Write the manual page, build/monitor.1
	mkdir -p build
	$(BIN)/python docs/make_man_page.py > build/monitor.1

smoke: $(VENV)/.ready-dev      ## Build a wheel and an sdist; install each elsewhere and run its demo
	BUILD_WITH=$(BIN)/python sh deploy/smoke.sh

lock: $(VENV)/.ready-dev       ## Renew the lock files
	LOCK_WITH="$(BIN)/pip-compile" sh deploy/lock.sh

audit: .venv-audit/.ready $(VENV)/.ready  ## Look the pinned versions up among known vulnerabilities; needs the network
	AUDIT_WITH=.venv-audit/bin/pip-audit INSTALLED=$(BIN)/python sh deploy/audit.sh

sbom: .venv-audit/.ready       ## Write build/sbom.json: what is installed, as CycloneDX
	mkdir -p build
	PYTHONWARNINGS=ignore .venv-audit/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json requirements.lock

.venv-audit/.ready: deploy/audit.lock
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

pywb: .venv-pywb/.ready        ## Install a web archive for the tests to import from; needs a C compiler

.venv-pywb/.ready: tests/exchange/pywb.lock
	$(PYTHON) -m venv .venv-pywb
	.venv-pywb/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.ready

clean:
	rm -rf $(VENV) .venv-audit .venv-pywb build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
