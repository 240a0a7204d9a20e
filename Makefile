# `make run` starts everything on this machine; `make check` and `make test` prove it works.
# More: docs/operations.md.

PYTHON ?= python3
BIN := .venv/bin/python
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
FONTS := static/fonts/stamp.txt

export PYTHON
# Settings for tools that only import the program; nothing is contacted.
check messages: export SECRET_KEY := imported-by-tools-only-imported-by-tools-only-0123456789
check messages: export DATABASE_URL := postgresql://nobody@localhost/nothing
check messages: export REDIS_URL := redis://localhost
check messages: export ALLOWED_HOSTS := cooperation.example

.PHONY: run test check format bench test-faults lock messages environment tools built browser
.DEFAULT_GOAL := run

run: built  ## everything, until Ctrl-C
	@exec $(BIN) -m cooperation.embedded run

test: tools built browser  ## all tests, in a real browser too
	@exec $(BIN) -m pytest

check: tools built  ## style, layers, types, deployment settings, migrations
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .
	$(BIN) -m djlint --profile=django --lint --quiet templates
	.venv/bin/lint-imports
	$(BIN) -m mypy
	$(BIN) -m cooperation.embedded throwaway env DEBUG=0 HTTPS=1 $(BIN) manage.py check --deploy --fail-level WARNING
	$(BIN) -m cooperation.embedded throwaway $(BIN) manage.py makemigrations --check --dry-run

format: tools  ## write the style that `check` wants
	$(BIN) -m ruff check --fix .
	$(BIN) -m ruff format .

bench: built  ## times of imports, pages, API and exports at size
	@.ci/install requirements-bench.lock requirements.lock
	@exec $(BIN) -m benchmarks

test-faults: tools built  ## ten thousand mutated files of each kind, with the database (half an hour)
	@exec env TRADE_FILES=10000 $(BIN) -m pytest -s tests/trade/importing/test_mutated_files.py tests/trade/importing/test_mutated_files_change_nothing.py

lock:  ## resolve the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --extra dev --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock

messages: tools  ## collect new texts into locale/*.po (needs GNU gettext)
	$(BIN) manage.py makemessages --locale ru --no-obsolete --add-location file --ignore .venv --ignore .data
	for catalogue in $(CATALOGUES:.mo=.po); do msgcat --width=120 --output-file=$$catalogue $$catalogue; done

environment:
	@.ci/install requirements.lock

tools:
	@.ci/install requirements-dev.lock requirements.lock

built: environment $(CATALOGUES) $(FONTS)

browser: tools
	@.ci/browser

%.mo: %.po | environment
	@$(BIN) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

$(FONTS): cooperation/assets.py | environment
	@echo "Cutting the typefaces to size…"
	@$(BIN) -m cooperation.assets
	@touch $@
