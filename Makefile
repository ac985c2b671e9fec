# The targets of the book. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
HTML   := _build/html/index.html
# Warnings are errors (-W), missing references are warnings (-n), all of them are listed before it stops.
STRICT := -W -n --keep-going
# Tests on every core, those of a file together.
SPREAD := -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help book lab serve test test-all kit assignments samples grade lms pretest slides pdf picture linkcheck data-archive data-diff bench bench-grading lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

book: $(VENV)/book ## install the locked environment, run every notebook, build the site
	$(BIN)/jupyter-book build . $(STRICT)

lab: $(VENV)/book $(HTML) ## open copies of the chapters as notebooks in JupyterLab; yours to change, in lab/
	@$(BIN)/python -m coursebook.notebooks _build/html/_sources/chapters lab
	$(BIN)/jupyter lab --config=instructor/lab/jupyter_lab_config.py lab

# Notebooks come from built pages, which have their numbers and references filled in; a book that is built will do.
$(HTML):
	$(MAKE) book

serve: ## serve the built site on this machine
	@test -f $(HTML) || { echo "There is no built site yet: run 'make book' first."; exit 1; }
	@$(PYTHON) -m http.server --bind localhost --directory _build/html 8000

test: $(VENV)/test ## the gate: build the book and check code, data, notebooks and pages
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell
	$(MAKE) book
	$(BIN)/python -m pytest -m "not slow" $(SPREAD)

test-all: $(VENV)/test ## everything `make test` checks, and what takes longer
	$(BIN)/python -m pytest $(SPREAD)

kit: book ## write the offline kit into _build: site, notebooks, data, wheel, requirements, readme in one zip
	$(BIN)/python -m coursebook.kit _build/dual-circulation-kit.zip --readme exercises/kit-readme.txt --data data \
	  --lab instructor/lab

data-archive: $(VENV)/book ## write the data as one zip into _build
	$(BIN)/python -m dualcirc.release archive

data-diff: $(VENV)/book ## list every cell of the data that changed since the last tag (or REV=...)
	@$(BIN)/python -m dualcirc.release diff $(REV)

pdf: $(VENV)/test book ## write the whole book as one PDF, _build/dual-circulation.pdf (without registers: they change and are for searching)
	$(BIN)/python -m coursebook.pdf . _build/dual-circulation.pdf \
	  --without reference/data reference/facts reference/corrections reference/timeline reference/coursebook

slides: book ## write each chart as a picture of a slide's shape, with caption and sources, to _build/slides
	$(BIN)/python -m coursebook.slides _build/html _build/slides

picture: $(VENV)/test ## draw images/social.png, what messengers show beside a link, from the built site
	$(BIN)/python images/social.py

linkcheck: $(VENV)/test ## ask every external address whether it is still there; never fails, reports in _build/linkcheck
	@$(BIN)/python tests/links.py

bench: $(VENV)/test book ## measure speed and weight against the default way (needs npm), pages and builds; writes benchmarks/README.md
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/builds.py

bench-grading: $(VENV)/grading ## measure grading against plain nbgrader; writes benchmarks/README.md
	$(BIN)/python benchmarks/grading.py

assignments: $(VENV)/grading ## write the students' notebooks; a course's own papers and keys with SEED=... OUT=../course [ROSTER=students.csv SITE=https://...]
	$(BIN)/python -m coursework make $(if $(SEED),--seed "$(SEED)") $(if $(OUT),--out "$(OUT)") $(if $(ROSTER),--roster "$(ROSTER)") $(if $(SITE),--site "$(SITE)")

samples: $(VENV)/grading ## write three submissions to try grading with: OUT=../handed-in [PAPERS=../course ASSIGNMENT=4-science-rivalry]
	$(BIN)/python -m coursework samples $(if $(PAPERS),--papers "$(PAPERS)") --out "$(or $(OUT),../handed-in)" $(if $(ASSIGNMENT),"instructor/assignments/$(ASSIGNMENT).md")

grade: $(VENV)/grading ## grade a folder or LMS zip: SUBMISSIONS=... [PAPERS=../course OUT=folder WORKERS=2 SANDBOX=no]
	@test -n "$(SUBMISSIONS)" || { echo "Say what to grade: make grade SUBMISSIONS=folder-or-zip"; exit 1; }
	@$(BIN)/python -m coursework.grading "$(SUBMISSIONS)" $(if $(PAPERS),--papers "$(PAPERS)") $(if $(OUT),--out "$(OUT)") \
	  $(if $(WORKERS),--workers $(WORKERS)) $(if $(SANDBOX),--sandbox $(SANDBOX))

lms: $(VENV)/grading ## export self-checks for Canvas, Moodle and paper to _build/lms (SITE=https://... links to the site)
	$(BIN)/python -m coursebook.lms exercises/quizzes data/datapackage.json _build/lms $(if $(SITE),--site "$(SITE)") $(OPTIONS)

pretest: $(VENV)/grading ## write the test before and after a course, two forms with keys, to _build/pretest
	$(BIN)/python -m coursebook.lms instructor/pretest data/datapackage.json _build/pretest --misconceptions exercises/misconceptions.yml --least 0

lock: ## compile requirements.txt and requirements-{test,grading,hub}.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate -q -o requirements.txt --extra book
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-test.txt --extra book --extra test -c requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-grading.txt --extra book --extra grading -c requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-hub.txt --extra book --extra hub -c requirements.txt
	echo "-e ." >> requirements.txt

clean: ## remove the built site and the caches of executed notebooks; keep the environment
	rm -rf _build .pytest_cache .ruff_cache

# The environment is rebuilt when a lock file changes; the marker files carry the time of the last installation.
$(VENV)/book: requirements.txt pyproject.toml
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

$(VENV)/test: $(VENV)/book requirements-test.txt
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements-test.txt
	$(BIN)/python tests/browser.py
	$(BIN)/python tests/bubblewrap.py
	@touch $@

$(VENV)/grading: $(VENV)/book requirements-grading.txt
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements-grading.txt
	@touch $@
