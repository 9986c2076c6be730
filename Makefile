# Two commands matter: `make run` and `make test`. Both set up `.venv` when it is missing or out of date.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# durable_rules 2.0.28 calls a function that Python 3.13 removed; its successor does the same on every version (docs/adr/0009-installation.md).
override CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
export CPPFLAGS
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PACKS := $(sort $(patsubst rules/%/pack.yaml,%,$(wildcard rules/*/pack.yaml)))

.PHONY: run test coverage bench quick browser editor docs site fuzz fuzz-guided chaos sbom wheel clean help

help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY)    ## screen fixtures/ and say where the report is
	$(BIN)/screener run fixtures/

test: $(READY)   ## lint, types, floors and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check screener
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadgroup

coverage: $(READY) ## the tests once more, and which lines they reach
	$(BIN)/coverage erase
	$(BIN)/pytest --cov -n 2 --dist loadgroup

quick: $(READY)  ## the tests but the long ones
	$(BIN)/pytest -n 2 -m "not slow"

NODE := node_modules/.ready

browser: $(READY) $(NODE) ## the pages in a real browser: needs chromium and npm
	SCREENER_BROWSER=required $(BIN)/pytest tests/browser

editor: $(READY) $(NODE) ## rule files in a real YAML language server: needs npm
	SCREENER_EDITOR=required $(BIN)/pytest tests/editor

$(NODE): Makefile
	npm install --prefix . --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --silent axe-core@4.14.1 yaml-language-server@1.19.2
	@touch $@

docs: $(READY)   ## write the generated files again: schemas, pages and pictures of rules
	$(BIN)/screener profile schema > docs/schema/profile.json
	$(BIN)/screener rules schema rule --out docs/schema/rule.json
	$(BIN)/screener rules schema pack --out docs/schema/pack.json
	$(BIN)/screener rules schema settings --out docs/schema/settings.json
	$(BIN)/screener rules docs $(PACKS:%=--pack %) --out docs/rules
	$(BIN)/screener report --schema > docs/schema/result.json

site: $(READY)   ## the documentation as a searchable site, its links checked: build/site
	$(PIP_INSTALL) --editable ".[docs]"
	$(BIN)/mkdocs build --quiet

INPUTS ?= 100000

fuzz: $(READY)   ## hostile inputs to every reader, INPUTS of them (100,000 take half an hour of one core)
	$(BIN)/python -m tests.fuzz.hammer --inputs $(INPUTS)

READERS ?= profile rules small-rules expression table filings
MINUTES ?= 2

fuzz-guided: $(READY) ## the same readers by atheris, which looks for new lines to reach: MINUTES for each of READERS
	$(PIP_INSTALL) --editable ".[fuzz]"
	@for reader in $(READERS); do echo "-- $$reader"; \
	  $(BIN)/python -m tests.fuzz.guided $$reader -max_total_time=$$(( $(MINUTES) * 60 )) -verbosity=0 || exit 1; done

bench: $(READY)  ## measure everything against its goals, into bench/RESULTS.md (ten minutes on two quiet cores)
	$(PIP_INSTALL) --editable ".[bench]"
	$(BIN)/python bench/all.py $(BENCH)

chaos: $(READY)  ## a large run killed 200 times and gone on with: nothing lost, doubled or torn
	$(BIN)/python -m tests.fuzz.chaos --kills 200

sbom: $(READY)   ## what an installed screener consists of: build/sbom.json (CycloneDX)
	@mkdir -p build
	$(BIN)/python tools/sbom.py > build/sbom.json

wheel: $(READY)  ## the wheel, built twice, the second time from a copy with other dates: the same bytes
	@rm -rf build/wheel build/again build/copy && mkdir -p build/copy
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir build/wheel .
	@cp -r pyproject.toml README.md LICENSE screener rules templates build/copy/ && find build/copy -exec touch -d '2001-02-03' {} +
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir build/again build/copy
	@cmp build/wheel/*.whl build/again/*.whl && sha256sum build/wheel/*.whl && rm -rf build/again build/copy

clean:           ## remove what was made
	rm -rf $(VENV) reports .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage .hypothesis

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("screener needs Python 3.10 or later" if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv --clear $(VENV)  # so that nothing stays that was renamed or is no longer needed
	@$(PIP_INSTALL) --editable ".[dev,durable]" || { echo "The installation failed, see above. The engine durable_rules is compiled:" \
	  "it needs a C compiler and the headers of Python (on Debian: apt-get install gcc python3-dev)."; exit 1; }
	$(BIN)/python -m compileall -q screener  # as an installed package has it: start-up takes a sixth more without
	@touch $(READY)
