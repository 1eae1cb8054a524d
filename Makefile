# Two commands do all the set-up on a fresh Debian or Ubuntu machine: `make run` and `make test`.
#   make run     environment, dependencies, demonstration patients, the app on http://localhost:8501
#   make test    all of the tests, browser tests included
#   make install environment and dependencies alone, for a server (docs/deploy.md)
#   make lint    ruff and mypy
#   make audit   known vulnerabilities of the packages, secrets in the committed files
#   make bench   measure the speed on this machine and write docs/bench.md and the README's table
#   make dataset / make train    render the synthetic patients; run every training and search behind the cards on them

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
DATASET := data/synthetic

# What the system must have (NEED=PACKAGE, see the script): a bare Debian or Ubuntu has no ensurepip; OpenCV loads GL.
RUN_NEEDS := py:ensurepip=python3-venv libGL.so.1=libgl1 libgthread-2.0.so.0=libglib2.0-0 \
	espeak-ng=espeak-ng pkg:fonts-droid-fallback=fonts-droid-fallback
TEST_NEEDS := $(RUN_NEEDS) chromium=chromium ffmpeg=ffmpeg libEGL.so.1=libegl1 libEGL_mesa.so.0=libegl-mesa0 \
	pkg:libgl1-mesa-dri=libgl1-mesa-dri

.PHONY: run demo install test lint audit bench format dataset train clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp demo
	$(BIN)/python scripts/serve.py --server.address localhost --server.port $(PORT)

demo: $(VENV)/run.stamp
	$(BIN)/peea demo --score --at-most 6

install: $(VENV)/run.stamp

test: $(VENV)/dev.stamp
	$(BIN)/pytest --numprocesses 2 --dist loadfile

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

audit: $(VENV)/dev.stamp
	$(BIN)/python scripts/audit.py

bench: $(VENV)/run.stamp
	$(BIN)/python -m peea.bench
	$(BIN)/python -m peea.bench.load --write

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dataset: $(VENV)/dev.stamp
	$(BIN)/peea synth dataset --out $(DATASET)

train: $(VENV)/dev.stamp
	$(BIN)/peea search resnet50 --data $(DATASET) --write
	$(BIN)/peea experiments --data $(DATASET)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	PYTHON=$(PYTHON) scripts/system_packages.sh $(RUN_NEEDS)
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt pyproject.toml | $(VENV)/bin/pip
	PYTHON=$(PYTHON) scripts/system_packages.sh $(RUN_NEEDS)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements-training.txt requirements-mesh.txt $(VENV)/run.stamp
	PYTHON=$(PYTHON) scripts/system_packages.sh $(TEST_NEEDS)
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --requirement requirements-mesh.txt
	touch $@
