# `make` lists the targets. The commands run in the virtual environment `.venv`.

PYTHON = .venv/bin/python

.PHONY: help
help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv: pyproject.toml
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && touch .venv

.PHONY: check
check: .venv  ## all that the tests' command runs
	$(PYTHON) -m tests

.PHONY: test
test: .venv  ## some tests: make test T="tests/test_spans.py -x"
	$(PYTHON) -m pytest $(T)

.PHONY: test-long
test-long: .venv  ## the tests that take long
	$(PYTHON) -m pytest -m long $(T)

.PHONY: test-spark
test-spark: .venv  ## the tests that need Spark and a JDK
	$(PYTHON) -m pip install -q "pyspark>=4"
	$(PYTHON) -m pytest -n 0 -m spark tests/test_spark.py

.PHONY: fix
fix: .venv  ## format, and mend what the linter can
	$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

.PHONY: coverage
coverage: .venv  ## branch coverage of the tests
	$(PYTHON) -m pytest -n auto --dist worksteal --cov --cov-report=term-missing:skip-covered

.PHONY: wheel
wheel: .venv  ## build the wheel into dist/
	.venv/bin/pip wheel -q --no-deps -w dist .

.PHONY: gazetteer
gazetteer: .venv  ## build the file of places anew, after a change in sca/data
	$(PYTHON) scripts/build_gazetteer.py

.PHONY: library
library: .venv  ## write rules/LIBRARY.md anew, after a change in rules
	$(PYTHON) scripts/make_library.py

.PHONY: audit
audit: .venv  ## compare the clocks of all cities with timezonefinder's
	$(PYTHON) scripts/audit_zones.py

.PHONY: bench
bench: .venv  ## what an answer costs beside its peers: make bench B="--write --screening"
	$(PYTHON) -m benchmarks $(B)
