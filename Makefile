# One word per task; `make` alone builds the release binary. Lists of packages: Scripts/packages.
SWIFT ?= swift
CLANG ?= clang
RELEASE := .build/release/proa
PREFIX ?= /usr/local
DESTDIR ?=
BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
MAN_PAGES := $(wildcard man/*.1)
SWIFT_FILES := Package.swift Sources Tests

.PHONY: release demo test check format bench hello install install-docker uninstall clean

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
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)
	shellcheck .ci/run $$(grep -lrE '^#!.*bash' Scripts Benchmarks)
	$(SWIFT) test --disable-xctest --skip EndToEndTests

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

install: $(RELEASE)
	install -D -m 755 $(RELEASE) $(BIN)/proa
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	$(RELEASE) completion bash >$(SHARE)/bash-completion/completions/proa
	$(RELEASE) completion zsh >$(SHARE)/zsh/site-functions/_proa
	$(RELEASE) completion fish >$(SHARE)/fish/vendor_completions.d/proa.fish
	install -d $(SHARE)/man/man1
	$(if $(MAN_PAGES),install -m 644 $(MAN_PAGES) $(SHARE)/man/man1)

# `docker` becomes another name of proa. An existing docker is left alone.
install-docker: install
	@if [ -e $(BIN)/docker ] && [ "$$(readlink $(BIN)/docker)" != proa ]; then \
		echo "$(BIN)/docker exists and is not proa: left alone" >&2; exit 1; fi
	ln -sf proa $(BIN)/docker

uninstall:
	@if [ "$$(readlink $(BIN)/docker)" = proa ]; then rm -f $(BIN)/docker; fi
	rm -f $(BIN)/proa $(SHARE)/bash-completion/completions/proa $(SHARE)/zsh/site-functions/_proa \
		$(SHARE)/fish/vendor_completions.d/proa.fish $(addprefix $(SHARE)/man/man1/,$(notdir $(MAN_PAGES)))

$(RELEASE):
	@$(MAKE) --no-print-directory release

clean:
	$(SWIFT) package clean
	rm -rf .build/staticlibs
