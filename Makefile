# Thin on purpose: the commands are `sojourn …`; this file only sees to their environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
NEEDS := pyproject.toml constraints.txt

.PHONY: demo test up check format bench chaos proof install help

demo: $(VENV)/.installed  ## play a whole intake, from nomination to certificate, in about two minutes
	@$(BIN)/sojourn demo

test: $(VENV)/.installed-dev  ## run everything that proves the service
	@$(BIN)/pytest -n 2 --dist loadfile -m 'not live and not browser'
	@$(BIN)/pytest -m 'live or browser'  # by themselves: they start whole services and measure waiting

up: $(VENV)/.installed  ## run the whole service here: Temporal, worker, portal, mail sink
	@exec $(BIN)/sojourn up

check: $(VENV)/.installed-dev  ## linters, formatter, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## write the code as `check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev  ## measure it
	@$(BIN)/python -m bench

chaos: $(VENV)/.installed-dev  ## kill what can be killed for SECONDS=90 (DATABASE=sqlite|postgresql), then audit; SEED= repeats
	@$(BIN)/python -m chaos --seconds $(or $(SECONDS),90) --database $(or $(DATABASE),sqlite) $(if $(SEED),--seed $(SEED))

proof: $(VENV)/.installed-dev  ## measure the figures of docs/reliability.md and write them there; takes hours
	@$(BIN)/python -m chaos --proof $(if $(SEED),--seed $(SEED))

install: $(VENV)/.installed  ## make .venv with the pinned packages

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.installed: $(NEEDS) | $(BIN)/python
	@echo "Installing the pinned dependencies into $(VENV) (about a minute, once) ..."
	@$(PIP) --editable '.[documents]'
	@touch $@

$(VENV)/.installed-dev: $(NEEDS) | $(BIN)/python
	@echo "Installing the pinned dependencies and test tools into $(VENV) (about a minute, once) ..."
	@$(PIP) --editable '.[documents,dev]'
	@touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Sojourn needs Python 3.11 or newer as '$(PYTHON)'. Have another? make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
