# Two commands matter: `make up` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up down restart build packages test-packages test lint format bench clean

SWIFT_RELEASE := swift build -c release --static-swift-stdlib
BIN := .build/release

help: ## What there is to do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

up: packages build ## Install what is missing, build, start the platform, deploy the example, print its URL
	@$(BIN)/switchyard start
	@scripts/first-login $(BIN)
	@$(BIN)/yard up examples/showcase --project showcase --service showcase

down: ## Stop the platform and its applications; nothing is deleted
	@$(BIN)/switchyard stop

restart: build ## Build and restart the control plane; applications go on serving
	@$(BIN)/switchyard restart

build: ## Build the release programs
	@$(SWIFT_RELEASE) --product switchyard
	@$(SWIFT_RELEASE) --product yard

packages: ## Install the Debian packages that are missing
	@scripts/install-packages

test-packages: # and those that tests and measurements need
	@scripts/install-packages test

test: test-packages ## Lint, build and run all tests: real PostgreSQL, containers, nginx, whole platforms
	@$(MAKE) --no-print-directory lint
	swift build --build-tests
	scripts/run-tests

lint: ## The style
	swift format lint --strict --parallel --recursive Sources Tests Package.swift

format: ## Write the style
	swift format --in-place --parallel --recursive Sources Tests Package.swift

bench: test-packages build ## Measure the edge, and a whole platform of its own; takes about fifteen minutes
	@edge=0; python3 benchmarks/edge/run.py || edge=$$?; python3 benchmarks/platform/run.py && exit $$edge

clean: ## Remove what was built
	rm -rf .build
