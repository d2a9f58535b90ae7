# Every path below is relative, so the checkout may lie anywhere, also below a folder with spaces.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

BUN := node_modules/.bin/bun
STAMP := node_modules/.deps-stamp

FS_TOOLS := xfsprogs btrfs-progs e2fsprogs attr acl tmux

.PHONY: help deps test-fs-deps build test-build cross types lint layers test fuzz demo bench bench-check docs clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name about; do printf '%-12s %s\n' "$$name" "$$about"; done

deps: $(STAMP) ## Install what package-lock.json names, when it changed

# npm may refuse to run install scripts; Bun's only puts its binary in place, and node can do that too.
$(STAMP): package-lock.json
	@npm ci --loglevel=error >/dev/null
	@$(BUN) --version >/dev/null 2>&1 || node node_modules/bun/install.js
	@$(BUN) --version >/dev/null
	@touch $@

# What apt has; where there is no apt, or no right to use it, the tests that need these are skipped by name.
test-fs-deps: ## Install what tests of real file systems need
	@export DEBIAN_FRONTEND=noninteractive; \
	  apt-get install -y -qq $(FS_TOOLS) >/dev/null 2>&1 || \
	  { apt-get update -qq && apt-get install -y -qq $(FS_TOOLS); } >/dev/null

build: deps ## Compile bin/jvs
	@$(BUN) tools/build.ts

test-build: deps ## Compile bin/jvs-test, with fail points
	@$(BUN) tools/build.ts --test

cross: deps ## Compile for other systems into dist/
	@$(BUN) tools/build.ts --cross

types: deps ## Check the types
	@node_modules/.bin/tsc --noEmit

lint: deps ## Check style and format
	@node_modules/.bin/biome check --error-on-warnings

layers: deps ## Check which room imports which
	@$(BUN) tools/check-layers.ts

test: deps ## Run every check and every suite
	@$(BUN) tools/run-tests.ts

fuzz: deps ## Run the fuzz suite for long: JVS_FUZZ_RUNS, 5000 unless set
	@JVS_FUZZ_RUNS="$${JVS_FUZZ_RUNS:-5000}" $(BUN) tools/run-tests.ts --only fuzz

demo: build ## Show jvs at work
	@$(BUN) tools/demo.ts

bench: build ## Measure jvs beside other tools; ARGS="--only P1,P2 --fs here" for some of it
	@$(BUN) bench/run.ts $(ARGS)

bench-check: build ## Measure, and fail where jvs fell behind what was accepted last
	@$(BUN) bench/run.ts $(ARGS) --json .tmp/bench.json
	@$(BUN) bench/check.ts .tmp/bench.json

docs: deps ## Write the generated pages of docs/
	@$(BUN) tools/generate-docs.ts

clean: ## Remove what was built
	@rm -rf bin dist coverage .tmp
