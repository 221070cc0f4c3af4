# Two commands are all that most people need: `make demo` and `make test`. `make help` lists the rest.
#
# KUBECONFIG=… (and REGISTRY=… for its images) uses a cluster of yours; without it one is started on this machine.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Shell exports of the cluster in use: ours when none is given.
CLUSTER_ENV = $(if $(KUBECONFIG),true,eval "$$($(PYTHON) -m tests.cluster env)")

.PHONY: help try check lint format test explore chaos hostile fresh integrations bench judge-sim gpu-check
.PHONY: cluster cluster-down kubeconfig images install demo checklist observe pictures boards clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(BIN)/.ready: pyproject.toml constraints.txt
	@bash tests/venv.sh $(VENV) $(PYTHON) -e '.[operator,dashboard,dev]'

v/bin/.ready: pyproject.toml constraints.txt $(shell find operator trial_image manifests/base/crd -type f -name '[a-z_]*.[py]*')
	@bash tests/venv.sh v $(PYTHON) .

try: v/bin/.ready ## A sweep without a cluster: pip install . into v/, then hposweep run
	v/bin/hposweep run examples/quadratic/sweep.yaml

check: lint ## lint, and the tests that need no service: about a minute
	pytest -q -n 2 --dist loadscope tests/unit tests/packaging -m "not cluster and not slow"

lint: $(BIN)/.ready ## Format, lint, types, layers, spelling, names and sentences
	ruff format --check
	ruff check
	mypy
	mypy -p images -p demo -p boards -p tests.cluster -p tests.style -p tests.fresh -p bench
	lint-imports --no-logo
	codespell
	python -m tests.style --strict

format: $(BIN)/.ready ## Format the code
	ruff format
	ruff check --fix

test: $(BIN)/.ready ## Everything, on a real cluster; prints how many tests ran at each level
	@$(PYTHON) -m tests.levels

chaos: $(BIN)/.ready cluster ## 40 random faults on that cluster, twice those of make test: FAULTS=500, SEED=… to repeat
	@$(PYTHON) -m tests.cluster packages buildah debootstrap postgresql procps
	@$(CLUSTER_ENV); pytest -q -s tests/chaos

explore: $(BIN)/.ready ## Property tests on new random examples, 1000 each, and 20 sweeps whose workers are killed
	@HYPOTHESIS_PROFILE=explore pytest -q tests/unit tests/trial -m hypothesis
	@REPETITIONS=20 pytest -q tests/trial/test_budget_under_kills.py

hostile: $(BIN)/.ready ## Specs and rows of an attacker, new random ones, and the figures that each costs the operator
	@$(PYTHON) -m tests.cluster packages postgresql
	@HYPOTHESIS_PROFILE=explore pytest -q -s tests/hostile

fresh: $(BIN)/.ready ## README's commands in a bare Debian: ONLY="make try" for some of them (all: 2 hours, 40 GB)
	@$(PYTHON) -m tests.cluster packages debootstrap
	@$(PYTHON) -m tests.fresh

INTEGRATIONS := tests/integrations
.venv-integrations/bin/.ready: $(wildcard $(INTEGRATIONS)/*.txt)
	@bash tests/venv.sh .venv-integrations $(PYTHON) -c $(INTEGRATIONS)/constraints.txt -e . -r $(INTEGRATIONS)/requirements.txt

integrations: .venv-integrations/bin/.ready ## XGBoost, LightGBM, scikit-learn, pandas, MLflow and W&B in a worker, and a table
	@$(PYTHON) -m tests.cluster packages postgresql
	@.venv-integrations/bin/python -m pytest -q $(INTEGRATIONS)

bench: $(BIN)/.ready ## This product beside bare Optuna on one PostgreSQL; prints ratios
	@$(PYTHON) -m tests.cluster packages postgresql
	@$(BIN)/python -m bench

judge-sim: $(BIN)/.ready ## How often criteria err on simulated sweeps: SWEEPS=1000 SEED=1 (5 minutes)
	@$(BIN)/python -m bench.judge_sim --sweeps $(or $(SWEEPS),1000) --seed $(or $(SEED),1)

gpu-check: $(BIN)/.ready ## Trials with torch on a GPU of this machine; exits with 3, and says so, where there is none
	@$(PYTHON) -m tests.gpu_check

cluster: $(BIN)/.ready ## Start a two-node Kubernetes on this machine (Debian, root; no Docker)
	@$(if $(KUBECONFIG),echo "using the cluster of KUBECONFIG=$(KUBECONFIG)",$(PYTHON) -m tests.cluster up)

cluster-down: ## End it and leave nothing behind
	@$(PYTHON) -m tests.cluster down

kubeconfig: ## Print the path of its kubeconfig
	@$(PYTHON) -m tests.cluster kubeconfig

images: ## Build the images and push them to the cluster's registry
	@$(PYTHON) -m tests.cluster packages buildah debootstrap
	@$(CLUSTER_ENV); $(PYTHON) -m images build

install: $(BIN)/.ready cluster images ## Install the operator into the cluster
	@$(CLUSTER_ENV); $(PYTHON) -m demo install

demo: $(BIN)/.ready cluster images ## A real sweep, from apply to verdict
	@$(CLUSTER_ENV); $(PYTHON) -m demo run

checklist: export TORCH :=
checklist: export EXTRA_REQUIREMENTS :=
checklist: $(BIN)/.ready cluster images ## Every line of docs/checklist.md in a real sweep; NOTIFY_URL=… to be told of it
	@$(CLUSTER_ENV); $(PYTHON) -m demo checklist

observe: $(BIN)/.ready ## Prometheus on the demo's operator and a page with the boards, until Ctrl-C
	@$(PYTHON) -m tests.cluster prometheus
	@$(CLUSTER_ENV); exec $(BIN)/python -m boards observe --program "$$($(PYTHON) -m tests.cluster prometheus --path)"

# Without torch, whose image takes minutes: these objectives do not import it.
pictures: export TORCH :=
pictures: export EXTRA_REQUIREMENTS :=
pictures: $(BIN)/.ready cluster images ## Draw the pictures of docs/pictures from real sweeps of two teams: 8 minutes
	@$(PYTHON) -m tests.cluster prometheus
	@$(CLUSTER_ENV); $(PYTHON) -m demo pictures "$$($(PYTHON) -m tests.cluster prometheus --path)"

boards: $(BIN)/.ready ## Write the Grafana boards after a change of their code
	@$(BIN)/python -m boards generate

.PHONY: run
run: $(BIN)/.ready ## Run the operator of this checkout against the cluster of KUBECONFIG, or of `make cluster`
	@$(CLUSTER_ENV); test -r "$${KUBECONFIG%%:*}" || { echo "no file $$KUBECONFIG: set KUBECONFIG, or run make cluster" >&2; exit 1; }; \
	exec $(BIN)/python -m hposweep

clean: ## Remove what was built in this folder, and images that no checkout needs any more
	$(PYTHON) -m images prune
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
