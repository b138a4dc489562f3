# Thin on purpose: the commands are `sojourn …`; this file only sees to their environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
NEEDS := pyproject.toml constraints.txt

.PHONY: demo test up check bench install

demo: $(VENV)/.installed
	@$(BIN)/sojourn demo

test: $(VENV)/.installed-dev
	@$(BIN)/pytest

up: $(VENV)/.installed
	@exec $(BIN)/sojourn up

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m bench

install: $(VENV)/.installed

$(VENV)/.installed: $(NEEDS) | $(BIN)/python
	@echo "Installing the pinned dependencies into $(VENV) (about a minute, once) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(NEEDS) | $(BIN)/python
	@echo "Installing the pinned dependencies and test tools into $(VENV) (about a minute, once) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Sojourn needs Python 3.11 or newer as '$(PYTHON)'. Have another? make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
