# SPDX-License-Identifier: LGPL-2.1-or-later
# A thin front for meson. `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=
PACKAGES := $(shell sed -e 's/\#.*//' build-aux/debian-packages)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
export CCACHE_DISABLE ?= 1

.DEFAULT_GOAL := all
.PHONY: all help deps check asan demo bench install clean

all: deps build/build.ninja
	ninja -C build

help:
	@echo 'make          install the Debian packages that are missing, and build into build/'
	@echo 'make demo     build, and show real SIP traffic answered and sent'
	@echo 'make check    build and run all tests, once plain and once under ASan and UBSan'
	@echo 'make asan     only the sanitizer half of make check'
	@echo 'make bench    measure against the yardsticks of tests/bench'
	@echo 'make deps     only install packages'
	@echo 'make install  install to PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'make clean    remove the build folders'

deps:
	@dpkg-query -W -f='$${db:Status-Abbrev}\n' $(PACKAGES) 2>/dev/null | grep -c '^ii' | \
	  grep -qx '$(words $(PACKAGES))' || { \
	  $(SUDO) apt-get update -q && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	    $(PACKAGES); }

build/build.ninja:
	meson setup build -Dwerror=true -Dprefix='$(PREFIX)'

build-asan/build.ninja:
	meson setup build-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false

check: deps
	@build-aux/check

asan: deps
	@build-aux/check asan

demo: all
	@build-aux/demo build

bench: all
	meson test -C build --benchmark --verbose

install: all
	DESTDIR='$(DESTDIR)' meson install -C build

clean:
	rm -rf build build-asan
