# The commands of this repository; each line says what it does. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
# bytecode is kept: without it each kernel compiles what it imports anew, and a book takes half as long again
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help env check book slides test test-full coverage mutants offline bench results lab pair lock wheel sbom clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

env: .venv/ready ## make .venv from requirements.txt plus this package, once

# pip installs uv, and uv the rest: in seconds, where pip takes a minute; pip does it where uv cannot, as with a mirror that only pip.conf names
.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11 to 3.13 is needed; say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r <(sed -n '/^uv==/,/[^\\]$$/p' requirements.txt)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.txt || $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

check: env ## is this machine ready? a line each, what to do if not; exit code 1 (a minute)
	@$(BIN)/python tools/check.py

# A page that failed is read again: else the next run would leave it as it is, and pass.
book: env ## build the site in _build/html, executing every chapter
	@$(BIN)/python -m tlhelpers.forests.compile
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }
	@$(BIN)/python -m tools.slides _build/html _build/html/slides.html

slides: book ## slides for a projector without network, in _build/slides.html
	$(BIN)/python -m tools.slides

test: book ## unit, notebook and site tests: what a contributor runs
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/pytest -q --durations=8 -n auto --dist loadfile
	PYTHONPATH=$(CURDIR)/tests/no_network OMP_NUM_THREADS=1 $(BIN)/pytest -q --nbval-lax --nbval-cell-timeout=300 -n auto --dist loadfile notebooks

test-full: offline ## also the launch environments, Lab in a browser, accessibility, the offline archive
	OMP_NUM_THREADS=1 $(BIN)/pytest -q --durations=12 -m full -n auto --dist loadfile --no-loadscope-reorder

coverage: env ## is each line and branch of the package, its book part apart, reached by its tests?
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n auto --dist loadfile tlhelpers $$($(BIN)/python tests/environments.py)
	$(BIN)/coverage combine --quiet && $(BIN)/coverage report

mutants: env ## do the tests notice faults? a random sample of them in forests, evaluation, table (hours)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target _build/cosmic-ray cosmic-ray==8.7.0
	PYTHONPATH=_build/cosmic-ray $(BIN)/python tools/mutants.py measure
	PYTHONPATH=_build/cosmic-ray $(BIN)/python tools/mutants.py run

offline: book ## one archive for a classroom without network, in _build: site, slides, notebooks, packages
	$(BIN)/python -m tools.classroom.build

bench: env ## our forest beside scikit-learn, lolopy (needs Java) and forestci: one table (minutes)
	$(BIN)/python benchmarks/peers.py

results: env ## recompute data/results (up to an hour); stopped, it goes on, and parts of unchanged code stay
	$(BIN)/python experiments/run.py

lab: env ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

pair: env ## write each notebooks/*.ipynb anew from its .md
	$(BIN)/python -m tools.pair

lock: env ## resolve pyproject.toml and requirements.in anew into requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make lock" --all-extras pyproject.toml requirements.in --output-file requirements.txt

wheel: env ## the package as a file, _build/wheel/*.whl
	$(BIN)/uv build --quiet --wheel --no-build-isolation --offline --out-dir _build/wheel

sbom: env ## the bill of materials, _build/sbom.json: each package, its version and licence
	@mkdir -p _build
	$(BIN)/cyclonedx-py environment --output-reproducible --output-format JSON --output-file _build/sbom.json .venv

clean: ## remove what the commands made
	rm -rf _build .bench .venv .pytest_cache .ruff_cache .mypy_cache
