# One word per task; `make` alone builds the release binary. Lists of packages: Scripts/packages.
SWIFT ?= swift
CLANG ?= clang
RELEASE := .build/release/proa
PREFIX ?= /usr/local
DESTDIR ?=
BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
MAN_PAGES := $(wildcard man/*.1)
BASH_COMPLETIONS := $(SHARE)/bash-completion/completions
ZSH_COMPLETIONS := $(SHARE)/zsh/site-functions
FISH_COMPLETIONS := $(SHARE)/fish/vendor_completions.d
SWIFT_FILES := Package.swift Sources Tests

.PHONY: release demo test check fuzz format bench hello docs install install-docker uninstall clean

# The binary at .build/release/proa. The folder staticlibs holds libstdc++.a alone: first on the linker's path, it keeps
# the shared one out (see Package.swift).
release:
	@mkdir -p .build/staticlibs
	@ln -sf "$$($(CLANG) -print-file-name=libstdc++.a)" .build/staticlibs/libstdc++.a
	$(SWIFT) build -c release --product proa --static-swift-stdlib --disable-local-rpath

# From a fresh clone to a running container.
demo:
	@Scripts/install-packages build run
	@$(MAKE) --no-print-directory release
	$(RELEASE) run --rm proa.builtin/hello

# Every test, as the caller and (as root) also as an ordinary user made for the run.
test:
	@Scripts/test

# Quick: style, the tree's own rules, unit tests. No container is started.
check:
	@Scripts/install-packages build test
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)
	shellcheck .ci/run $$(grep -lrE '^#!.*bash' Scripts Benchmarks)
	$(SWIFT) test --disable-xctest --skip EndToEndTests

# Parsers of hostile text, each with new inputs for as long as FUZZ_SECONDS says.
FUZZ_SECONDS ?= 60
fuzz:
	PROA_FUZZ_SECONDS=$(FUZZ_SECONDS) $(SWIFT) test --disable-xctest --filter 'FuzzTests'

format:
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FILES)

# Side by side with podman and docker.
bench:
	@Scripts/install-packages build run bench
	@$(MAKE) --no-print-directory release
	Benchmarks/run

# The bytes of the built-in image, from their C source.
hello:
	Scripts/hello

# Manual pages and completions, from the tables of commands; `make test` says when they are out of date.
docs:
	RECORD=1 $(SWIFT) test --disable-xctest --filter 'RepositoryTests\.GeneratedFileTests'

install: $(RELEASE)
	install -D -m 755 $(RELEASE) $(BIN)/proa
	install -d $(SHARE)/man/man1
	install -m 644 $(MAN_PAGES) $(SHARE)/man/man1
	install -D -m 644 completions/proa.bash $(BASH_COMPLETIONS)/proa
	install -D -m 644 completions/_proa $(ZSH_COMPLETIONS)/_proa
	install -D -m 644 completions/proa.fish $(FISH_COMPLETIONS)/proa.fish

# `docker` becomes another name of proa. An existing docker is left alone.
install-docker: install
	@if [ -e $(BIN)/docker ] && [ "$$(readlink $(BIN)/docker)" != proa ]; then \
		echo "$(BIN)/docker exists and is not proa: left alone" >&2; exit 1; fi
	ln -sf proa $(BIN)/docker
	install -D -m 644 completions/docker.bash $(BASH_COMPLETIONS)/docker
	install -D -m 644 completions/_docker $(ZSH_COMPLETIONS)/_docker
	install -D -m 644 completions/docker.fish $(FISH_COMPLETIONS)/docker.fish

uninstall:
	@if [ "$$(readlink $(BIN)/docker)" = proa ]; then \
		rm -f $(BIN)/docker $(BASH_COMPLETIONS)/docker $(ZSH_COMPLETIONS)/_docker $(FISH_COMPLETIONS)/docker.fish; fi
	rm -f $(BIN)/proa $(BASH_COMPLETIONS)/proa $(ZSH_COMPLETIONS)/_proa $(FISH_COMPLETIONS)/proa.fish \
		$(addprefix $(SHARE)/man/man1/,$(notdir $(MAN_PAGES)))

$(RELEASE):
	@$(MAKE) --no-print-directory release

clean:
	$(SWIFT) package clean
	rm -rf .build/staticlibs
