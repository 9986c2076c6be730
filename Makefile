# Two commands matter: `make run` and `make test`. Both set up `.venv` when it is missing or out of date.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# durable_rules 2.0.28 calls a function that Python 3.13 removed; its successor does the same on every version (docs/adr/0009-installation.md).
override CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
export CPPFLAGS
unexport PYTHONDONTWRITEBYTECODE  # without compiled files each process compiles the package and the tests again
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PACKS := $(sort $(patsubst rules/%/pack.yaml,%,$(wildcard rules/*/pack.yaml)))

.PHONY: run test coverage bench quick browser editor docs site fuzz fuzz-guided mutants chaos sbom wheel clean help

help:            ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY)    ## screen fixtures/ and print where the report is
	$(BIN)/screener run fixtures/

test: $(READY)   ## lint, types, layers and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check screener
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist worksteal

coverage: $(READY) ## run all tests and report which lines they cover
	$(BIN)/coverage erase
	$(BIN)/pytest --cov -n 2 --dist worksteal

quick: $(READY)  ## run the tests except the slow ones
	$(BIN)/pytest -n 2 -m "not slow"

NODE := node_modules/.ready

browser: $(READY) $(NODE) ## test the pages in a browser: needs chromium and npm
	SCREENER_BROWSER=required $(BIN)/pytest tests/browser

editor: $(READY) $(NODE) ## test rule files in a YAML language server: needs npm
	SCREENER_EDITOR=required $(BIN)/pytest tests/editor

$(NODE): Makefile
	npm install --prefix . --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --silent axe-core@4.14.1 yaml-language-server@1.19.2
	@touch $@

docs: $(READY)   ## write the generated files again: schemas, pages and graphs of rules
	$(BIN)/screener profile schema > docs/schema/profile.json
	$(BIN)/screener rules schema rule --out docs/schema/rule.json
	$(BIN)/screener rules schema pack --out docs/schema/pack.json
	$(BIN)/screener rules schema evidence --out docs/schema/evidence.json
	$(BIN)/screener rules schema settings --out docs/schema/settings.json
	$(BIN)/screener rules docs $(PACKS:%=--pack %) --out docs/rules
	$(BIN)/screener report --schema > docs/schema/result.json
	$(BIN)/python tools/cases_page.py
	$(BIN)/python tools/validation_page.py

site: $(READY)   ## build the documentation as a searchable site in build/site, and check its links
	$(PIP_INSTALL) --editable ".[docs]"
	$(BIN)/mkdocs build --quiet

INPUTS ?= 100000

fuzz: $(READY)   ## give INPUTS hostile inputs to every reader (100,000 take half an hour of one core)
	$(BIN)/python -m tests.fuzz.hammer --inputs $(INPUTS)

READERS ?= profile rules small-rules expression table filings
MINUTES ?= 2

fuzz-guided: $(READY) ## fuzz the same readers with atheris, guided by coverage: MINUTES for each of READERS
	$(PIP_INSTALL) --editable ".[fuzz]"
	@for reader in $(READERS); do echo "-- $$reader"; \
	  $(BIN)/python -m tests.fuzz.guided $$reader -max_total_time=$$(( $(MINUTES) * 60 )) -verbosity=0 || exit 1; done

bench: $(READY)  ## run all benchmarks and write bench/RESULTS.md (ten minutes on two idle cores)
	$(PIP_INSTALL) --editable ".[bench]"
	$(BIN)/python bench/all.py $(BENCH)

MUTANTS ?= 300
SEED ?= 3

mutants: $(READY) ## faults put into the core packages: how many do the tests notice? MUTANTS of them, drawn by SEED (build/mutants keeps what is done)
	$(PIP_INSTALL) --editable ".[mutants]"
	$(BIN)/python -W ignore tools/mutants.py --number $(MUTANTS) --seed $(SEED) --jobs 2 --write bench/RESULTS-mutants.md

chaos: $(READY)  ## kill a large run 200 times, and every command that writes while it does: nothing is lost, torn or duplicated
	$(BIN)/python -m tests.fuzz.chaos --kills 200
	$(BIN)/python -m tests.fuzz.chaos_commands --kills 200

sbom: $(READY)   ## list the packages of an installation in build/sbom.json (CycloneDX)
	@mkdir -p build
	$(BIN)/python tools/sbom.py > build/sbom.json

wheel: $(READY)  ## build the wheel twice, with different file dates, and compare the bytes
	@rm -rf build/wheel build/again build/copy && mkdir -p build/copy
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir build/wheel .
	@cp -r pyproject.toml README.md LICENSE screener rules templates build/copy/ && find build/copy -exec touch -d '2001-02-03' {} +
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir build/again build/copy
	@cmp build/wheel/*.whl build/again/*.whl && sha256sum build/wheel/*.whl && rm -rf build/again build/copy

clean:           ## remove the environment and generated files
	rm -rf $(VENV) reports .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage .hypothesis

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("screener needs Python 3.10 or later" if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv --clear $(VENV)  # --clear removes packages that are no longer needed
	@$(PIP_INSTALL) --editable ".[dev,durable]" || { echo "The installation failed, see above. The engine durable_rules is compiled:" \
	  "it needs a C compiler and the headers of Python (on Debian: apt-get install gcc python3-dev)."; exit 1; }
	$(BIN)/python -m compileall -q screener  # as in an installed package; start-up takes a sixth longer without
	@touch $(READY)
