# One word per task; `make` alone builds the release binary.
SWIFT ?= swift
CC ?= cc
RELEASE := .build/release/proa

.PHONY: release
release:
	@mkdir -p .build/staticlibs
	@ln -sf "$$(gcc -print-file-name=libstdc++.a)" .build/staticlibs/libstdc++.a
	$(SWIFT) build -c release --product proa --static-swift-stdlib --disable-local-rpath

# The bytes of the built-in image, from their C source.
.PHONY: hello
hello:
	Scripts/hello
