# Tallypost: `make` alone explains.
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench chaos fuzz demo screenshots
SHELL := /bin/bash

UV := $(shell command -v uv 2>/dev/null || echo var/tools/uv/bin/uv)
PYTHON = $(UV) run --frozen --no-sync python
PARTS = accounts campaigns config contacts delivery tracking

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1|/' | column -t -s '|'

setup: $(UV) ## Install everything this checkout needs (Python packages, Node packages, front end)
	@[ -d .venv ] || echo "Installing Python packages; the first time takes a minute or two …"
	@$(UV) sync --frozen --quiet
	@$(PYTHON) -m compileall -qq $(PARTS) || true # ours, too: once, and not at each start
	@$(PYTHON) -m tools.frontend

run: setup ## Start Tallypost on this machine; PORT=9000 make run for another port
	@exec $(PYTHON) -m config.run

test: setup ## Everything that must hold: linters, types, imports, migrations, unit, journey and browser tests; T=path: only those
	@$(PYTHON) -m tools.testing $(T)

check: setup ## The quick part of the tests: linters, types, imports
	@$(PYTHON) -m tools.testing --quick

fix: setup ## Mend what linters can mend
	@$(UV) run --frozen --no-sync ruff check --fix .
	@$(UV) run --frozen --no-sync ruff format .

bench: setup ## Measure sending, importing, tracking, pages, segments, the sandbox and the editor; one JSON object a line
	@$(PYTHON) -m bench send --json
	@$(PYTHON) -m bench send --json --body 40
	@$(PYTHON) -m bench send --json --tls
	@$(PYTHON) -m bench send --json --delay-ms 50 --messages 6000
	@$(PYTHON) -m bench send --json --delay-ms 50 --connections 100
	@$(PYTHON) -m bench scale --json
	@$(PYTHON) -m bench build --json
	@$(PYTHON) -m bench budget --json
	@$(PYTHON) -m bench import --json
	@$(PYTHON) -m bench track --json
	@$(PYTHON) -m bench bounces --json
	@$(PYTHON) -m bench idle --json
	@$(PYTHON) -m bench reports --json
	@$(PYTHON) -m bench pages --json
	@$(PYTHON) -m bench segments --json
	@$(PYTHON) -m bench sandbox --json
	@$(PYTHON) -m bench editor --json
	@$(PYTHON) -m bench demo --json

chaos: setup ## Send twenty campaigns while processes are killed, and account for every message; half an hour or more
	@$(PYTHON) -m tests.chaos

fuzz: setup ## Look for inputs that our readers do not survive, for an hour; TARGETS="csv token": only those
	@$(UV) sync --frozen --quiet --group fuzz
	@$(PYTHON) -m tests.fuzz $(TARGETS)

demo: setup ## Start with a year of a made-up bookshop, in a folder of its own (var/demo)
	@exec $(PYTHON) -m tools.demo

screenshots: setup ## Make the README's pictures from the running product
	@$(PYTHON) -m tools.pictures

var/tools/uv/bin/uv:
	@python3 -m venv var/tools/uv || { echo "python3 has no venv: install it (Debian: apt install python3-venv)."; exit 1; }
	@var/tools/uv/bin/python -m pip install --quiet uv
