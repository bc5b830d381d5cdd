# Pas op de plaats. `make help` lists what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
TOOLS := var/tools
export UV_COMPILE_BYTECODE := 1
# What Python compiles is kept, also where the machine says it need not be: a start takes a third longer without.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
export PATH := $(CURDIR)/$(TOOLS)/bin:$(PATH)
RUN := .venv/bin/python
INSTALLED := .venv/.installed
WIDGET := bot/widget/dist/page.js
WIDGET_SOURCES := $(shell find bot/widget -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print)

.PHONY: help demo run run-matrix test install train validate publish lint types faults reliability chaos fuzz mutants audit bench bench-parts soak lighthouse evaluate evaluate-stock screenshots clean

help: ## What can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: install ## Start everything; Ctrl-C stops it
	@exec $(RUN) -m bot up

run-matrix: install ## Start the bot on Matrix by itself, next to a door that runs (docs/matrix.md)
	@exec $(RUN) -m bot matrix

test: install ## Lint, type-check, validate the content and run all tests
	@bin/browser
	@bin/synapse
	@$(MAKE) --no-print-directory lint types validate
	@echo "== train"; $(RUN) -m bot train
	@echo "== tests"; $(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder

install: $(INSTALLED) $(WIDGET) ## Install what the project needs, from the locks

$(INSTALLED): pyproject.toml uv.lock bin/install
	@bin/install "$(PYTHON)"
	@touch $@

$(WIDGET): $(INSTALLED) $(WIDGET_SOURCES) bin/build-widget
	@bin/build-widget
	@touch $@

train: install ## Train the language model, if what it is made from changed
	@$(RUN) -m bot train

validate: install ## Check everything under data/
	@echo "== validate"; $(RUN) -m bot validate

publish: install ## Make the scripts under data/ live
	@$(RUN) -m bot publish

lint: install ## Check the style of the code
	@echo "== ruff"; $(RUN) -m ruff check . && $(RUN) -m ruff format --check .

types: install ## Check the types of the code
	@echo "== mypy"; $(RUN) -m mypy
	@echo "== tsc"; PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent --prefix bot/widget types

faults: install ## Kill each process at every question of every script, and of a whole cluster under 500 talks (an hour)
	@PAS_FAULTS=all $(RUN) -m pytest tests/faults/test_crashes.py tests/scale/test_many.py

reliability: install ## Run the tests of faults and attacks, and write docs/reliability.md with what they showed
	@bin/synapse
	@$(RUN) -m docs.reliability

chaos: install ## Fifty doctors for ten minutes while something is killed or held up at every moment; prints its seed
	@$(RUN) -m tests.scale.chaos

fuzz: install ## Invented input for ten minutes each: the door, messages, scripts, events of Matrix
	@$(RUN) -m tests.faults.fuzzing

mutants: install ## Change the code of door, store and safety layer a little, and see whether the tests notice (hours)
	@$(RUN) -m tests.mutating

audit: install ## Ask PyPI and npm what is known against the dependencies; docs/audit.yml has what is accepted, and why
	@$(RUN) -m docs.audit

demo: install ## Fill the coordinator's pages with a simulated half-year, marked as simulated
	@$(RUN) -m bot demo

bench-parts: install ## Measure what a turn costs early and late in a talk, what sealing and the safety layer cost, how soon the page speaks, what many rooms cost
	@bin/browser
	@bin/synapse
	@$(RUN) -m bench.turns && $(RUN) -m bench.sealing && $(RUN) -m bench.safety && $(RUN) -m bench.page && $(RUN) -m bench.coordinator && $(RUN) -m bench.matrix

bench: install ## Measure this bot beside stock Rasa, with the same talks, and write docs/benchmarks.md (the first time half an hour)
	@$(RUN) -m bench.compare

soak: install ## Twenty thousand turns on end: see whether memory, open files or rows grow (ten minutes)
	@$(RUN) -m bench.soak

lighthouse: install ## Measure the page with Lighthouse: performance, accessibility, best practices
	@bin/browser
	@$(RUN) -m bench.lighthouse

evaluate: install ## Measure how messages are read, on sets that nothing was built on
	@$(RUN) -m bot evaluate --misses

evaluate-stock: install ## The same for Rasa's default pipeline (takes hours)
	@$(RUN) -m bot evaluate --stock

screenshots: install ## Make the pictures of the README and the handbooks, in a real browser
	@bin/browser
	@$(RUN) -m docs.screenshots && $(RUN) -m docs.screenshots_coordinator && $(RUN) -m docs.screenshots_writing

clean: ## Throw away what was installed; what was stored stays
	rm -rf .venv $(TOOLS)
