# SPDX-License-Identifier: LGPL-2.1-or-later
# A thin front for meson. `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
PACKAGES := $(strip $(shell sed -e 's/\#.*//' build-aux/debian-packages))
FUZZ_PACKAGES := $(strip $(shell sed -e 's/\#.*//' build-aux/debian-packages-fuzz))
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
export CCACHE_DISABLE ?= 1

# Installs the Debian packages of a list when one of them is missing.
define install_missing
dpkg-query -W -f='$${db:Status-Abbrev}\n' $(1) 2>/dev/null | grep -c '^ii' | \
  grep -qx '$(words $(1))' || { $(SUDO) apt-get update -q && $(SUDO) env \
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(1); }
endef

.DEFAULT_GOAL := all
.PHONY: all help deps check asan tsan bench demo docs fuzz install clean

all: deps build/build.ninja
	ninja -C build

help:
	@echo 'make          install the Debian packages that are missing, and build into build/'
	@echo 'make demo     build, and show real SIP traffic answered and sent'
	@echo 'make check    build and run all tests, once plain and once under ASan and UBSan'
	@echo 'make asan     only the sanitizer half of make check'
	@echo 'make tsan     run what hands something from thread to thread under ThreadSanitizer'
	@echo 'make bench    measure speed and memory beside the yardsticks in tests/bench (10 minutes)'
	@echo 'make docs     write the reference of the API, as HTML, to build/docs/reference'
	@echo 'make fuzz     fuzz each target for FUZZ_SECONDS ($(FUZZ_SECONDS)) with libFuzzer'
	@echo 'make deps     only install packages'
	@echo 'make install  install to PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'make clean    remove the build folders'

deps:
	@$(call install_missing,$(PACKAGES))

build/build.ninja:
	meson setup build -Dwerror=true -Dprefix='$(PREFIX)'

build-asan/build.ninja:
	meson setup build-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false

build-tsan/build.ninja:
	meson setup build-tsan -Dwerror=true -Db_sanitize=thread -Db_lundef=false

check: deps
	@build-aux/check

asan: deps
	@build-aux/check asan

tsan: deps
	@build-aux/tsan

# One after the other, so that they do not measure each other.
bench: all
	meson test -C build --benchmark --no-rebuild --verbose --num-processes 1

docs: all
	ninja -C build docs/reference/Ahoy docs/reference/AhoyGst

demo: all
	@build-aux/demo build

fuzz: deps
	@$(call install_missing,$(FUZZ_PACKAGES))
	@test -f build-fuzz/build.ninja || CC=clang meson setup build-fuzz -Dfuzz=true \
	  -Dc_args=-fsanitize=fuzzer-no-link -Db_sanitize=address,undefined -Db_lundef=false
	ninja -C build-fuzz
	@build-aux/fuzz build-fuzz $(FUZZ_SECONDS)

install: all
	DESTDIR='$(DESTDIR)' meson install -C build

clean:
	rm -rf build build-asan build-tsan build-fuzz
