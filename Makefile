# Every target sets up what is missing first; `make help` lists them.

# A pyenv shim exists without working, so it is tried, not looked for.
PYTHON := $(shell for python in python3.11 python3; do $$python -c '' 2>/dev/null && echo $$python && break; done)
VENV := venv/bin/python
CODE := main.py functions shared tests tools examples
ARGS ?=
# What is compiled is kept whatever the environment says: the tests start the product in some hundred
# processes, and each would compile all of it.
# A worker and its emulator wait for each other: three of them keep two cores busy. Those of the wide
# tests start further emulators and browsers, and are two.
PYTEST := env PYTHONDONTWRITEBYTECODE= $(VENV) -m pytest --dist loadgroup -n

# For one platform, so that every machine writes the same; the hashes are those of all platforms' files.
COMPILE := venv/bin/uv pip compile pyproject.toml --quiet --generate-hashes --python-version 3.11 \
	--python-platform linux --custom-compile-command "make requirements"

# With COVERAGE=1, as CI runs it: what `make test` runs through of the product, and a bound on that
# (pyproject.toml). The wide tests are not counted: they go the same ways.
COVER := $(if $(COVERAGE),-p tests.support.covering)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-wide fuzz soak check check-style check-types check-docs check-tests docs format requirements bench clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

setup: ## Install what is missing: venv/, tools/node_modules/ and the web apps
ifeq ($(PYTHON),)
	@echo "Python 3.11 is missing: install it, for example with \`apt-get install python3.11 python3.11-venv\`." >&2; exit 1
else
	@$(PYTHON) tools/bootstrap.py
endif

run: setup ## Run the product on the emulator suite with demo data; FRESH=1 forgets the last run's, PORT_OFFSET=100 moves its ports
	@exec $(VENV) -m tools.run

test: setup ## Run the tests but the wide ones; ARGS="-k ledger" chooses
	@exec $(PYTEST) 3 -m "not wide" $(COVER) $(ARGS)

# Only files with such tests are read, unless ARGS names others: reading all takes each worker long.
# What measures the machine, too, runs at the end, with nothing beside it.
test-wide: setup ## Run the slow tests: the whole emulator suite, what tools.new begins, long walks over all endpoints
	@$(PYTEST) 2 -m "wide$(if $(ARGS),, and not alone)" $(ARGS) \
		$(if $(findstring tests/,$(ARGS)),,$$(grep -rlE 'mark\.wide|mostly_wide' tests --include='test_*.py')); code=$$?; \
		$(if $(ARGS),,$(PYTEST) 0 -m alone $$(grep -rl 'mark\.alone' tests --include='test_*.py') || code=$$?;) exit $$code

fuzz: setup ## Send generated requests to every operation; ARGS="--examples 100 --mode live --only getPayment"
	@exec $(VENV) -m tools.fuzz $(ARGS)

# In parts, because most of the time is mypy's, which works on one core: `make check -j2`, as CI does.
check: check-types check-style check-docs check-tests ## Check format, lint, types, layers, generated docs, that the OpenAPI is valid, and that all tests are found

check-types: setup
	venv/bin/mypy

check-style: setup
	venv/bin/ruff format --check $(CODE)
	venv/bin/ruff check $(CODE)
	venv/bin/lint-imports
	npm --prefix web run --silent lint

check-docs: setup
	$(VENV) -m tools.docs --check
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true tools/node_modules/.bin/redocly lint \
		--format stylish docs/openapi.json docs/openapi-3.0.json

# It compiles them, too, beside mypy, which works on one core; each worker of `make test` would compile
# all of them for itself.
check-tests: setup
	@found=$$(env PYTHONDONTWRITEBYTECODE= $(VENV) -m pytest --collect-only -qq 2>&1) || { echo "$$found"; exit 1; }

docs: setup ## Write the generated docs: OpenAPI, endpoints, errors, events, the house
	@$(VENV) -m tools.docs

format: setup ## Format the code and mend what lint can mend
	venv/bin/ruff check --fix-only $(CODE)
	venv/bin/ruff format $(CODE)

# What the files pin stays so, unless ARGS="--upgrade-package flask" renews one, or ARGS=--upgrade all.
requirements: setup ## Write requirements.txt and requirements-dev.txt from pyproject.toml
	$(COMPILE) --output-file requirements.txt $(ARGS)
	$(COMPILE) --output-file requirements-dev.txt --group dev --constraint requirements.txt $(ARGS)

soak: setup ## Book at random with repetitions, crashes and races, and prove the books; ARGS="--operations 100000 --seed 7"
	@exec $(VENV) -m tools.soak $(ARGS)

bench: setup ## Measure against the bare Firestore client in the same run
	@exec $(VENV) -m tools.bench $(ARGS)

clean: ## Remove all that the other targets have made
	rm -rf venv tools/node_modules .local .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
