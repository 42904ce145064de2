# GNU make rules of the toolkit. ./build.sh calls this from the top of the tree; by hand: make -f scripts/build.mk TARGET.
#
#   release   build/toolkit, static, against the musl flavour of vendor/
#   asan      build/toolkit-asan, with AddressSanitizer and UBSan, against the host flavour of vendor/
#   tests     build/asan/tests/test_*, the unit tests
#   fuzz      build/fuzz/tests/fuzz_*, the fuzz targets, with clang's libFuzzer; FUZZ_TARGETS picks some
#   check     warnings of clang, cppcheck, clang-tidy, includes
#
# Sources are found by name: toolkit.c, src/*/*.c, src/platform/*/*.c, tests/unit/test_*.c, tests/fuzz/fuzz_*.c; the other
# files of tests/unit are linked into every unit test.
# A file ending in _avx2.c, _avx512.c or _shani.c is compiled for that extension; its callers ask cpuid first.

VERSION := 0.1.0

.SUFFIXES:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:

HOST_CC ?= gcc
CLANG ?= clang
AR := ar
BUILD := build
# Shared by other copies of this tree where the same vendored libraries will do.
VENDOR_BUILD ?= $(CURDIR)/vendor/build
MUSL := $(VENDOR_BUILD)/musl
HOST := $(VENDOR_BUILD)/host

export LC_ALL := C
export SOURCE_DATE_EPOCH := 0
export VENDOR_BUILD HOST_CC AR

# one word of what is done, then to what
say = @printf '  %-8s %s\n' $(1) '$(2)'

.PHONY: release asan tests fuzz check vendor-musl vendor-host FORCE
release: $(BUILD)/toolkit
	@:
asan: $(BUILD)/toolkit-asan
	@:

# ---- what to compile ------------------------------------------------------------------------------------------------

SOURCES := $(sort $(wildcard src/*/*.c src/platform/*/*.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ_TARGETS ?= $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Werror
# gcc alone, and only when it optimises, calls every snprintf that may cut its text an error; cutting is what its bound is for.
GCC_WARNINGS := $(WARNINGS) -Wno-format-truncation
LANGUAGE := -std=gnu11 -D_GNU_SOURCE -march=x86-64 -mtune=generic -pthread
INCLUDES := -Isrc -I$(BUILD)/gen

RELEASE_CFLAGS := $(LANGUAGE) -O2 -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong -fstack-clash-protection \
    -fno-asynchronous-unwind-tables -ffile-prefix-map=$(CURDIR)=. $(GCC_WARNINGS) $(INCLUDES) -isystem $(MUSL)/include
ASAN_CFLAGS := $(LANGUAGE) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
    $(GCC_WARNINGS) $(INCLUDES) -isystem $(HOST)/include
CLANG_CFLAGS := $(LANGUAGE) -O1 $(WARNINGS) $(INCLUDES) -isystem $(HOST)/include
FUZZ_CFLAGS := $(CLANG_CFLAGS) -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# from users to the used: the linker reads static libraries once
LIBS := -larchive -lz -lbz2 -lsqlite3 -lyaml -lbearssl
# bcrypt, which musl has within its libc
HOST_LIBS := $(LIBS) -lcrypt

# Above the floors that read every byte of a store or a dump, size is what counts.
size_flags = $(if $(filter src/platform/% src/rescue/% src/cmd/%,$<),-Os)

# The unit tests are one program, each with a main of its own.
main_flag = $(if $(filter tests/unit/test_%.c,$<),-Dmain=$(basename $(<F))_main)

cpu_flags = $(if $(filter %_avx2.c,$<),-mavx2)$(if $(filter %_avx512.c,$<),-mavx512f)$(if $(filter %_shani.c,$<),-msha -msse4.1)

# A file whose content is given; it changes, and so rebuilds what depends on it, only when the content does.
define content_file
$(1): FORCE
	@mkdir -p $$(@D); printf '%s\n' '$(2)' >$$@.new; cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@
endef

$(eval $(call content_file,$(BUILD)/release/flags,$(RELEASE_CFLAGS)))
$(eval $(call content_file,$(BUILD)/asan/flags,$(HOST_CC) $(ASAN_CFLAGS)))
$(eval $(call content_file,$(BUILD)/clang/flags,$(CLANG) $(CLANG_CFLAGS)))
$(eval $(call content_file,$(BUILD)/fuzz/flags,$(CLANG) $(FUZZ_CFLAGS)))
$(eval $(call content_file,$(BUILD)/gen/sources,$(SOURCES)))
$(eval $(call content_file,$(BUILD)/gen/tests,$(UNIT_TESTS)))
$(eval $(call content_file,$(BUILD)/asan/tests/flags,-Dmain=NAME_main))

# ---- vendored packages ----------------------------------------------------------------------------------------------

PACKAGES := $(shell sed -n 's/^\([A-Za-z0-9]\{1,\}\) *|.*/\1/p' vendor/packages.lock)
PACKAGE_CFLAGS := -march=x86-64 -mtune=generic -ffunction-sections -fdata-sections
LIB_CFLAGS_musl := $(PACKAGE_CFLAGS) -fPIE -fstack-protector-strong -fno-asynchronous-unwind-tables
LIB_CFLAGS_host := $(PACKAGE_CFLAGS) -fPIE -g

# The reasons to unpack or build a package again are kept as content, not as times: its line of the lock, its recipe, its flags.
# So a fresh clone can take over the libraries of an older one.
sum_of = $(if $(wildcard $(1)),$(firstword $(shell sha256sum $(1))))

define package
$(call content_file,$(VENDOR_BUILD)/lock/$(1),$(shell grep '^$(1) *|' vendor/packages.lock) $(call sum_of,vendor/recipes/$(1).prepare.sh))

$(VENDOR_BUILD)/src/$(1).unpacked: $(VENDOR_BUILD)/lock/$(1)
	$$(call say,FETCH,$(1))
	@vendor/fetch $(1)
	+@MAKE='$$(MAKE)' vendor/build-package unpack $(1)
	@touch $$@

$(call package_flavour,$(1),musl,$(if $(filter musl,$(1)),$(HOST_CC),$(MUSL)/bin/musl-gcc))
$(if $(filter musl,$(1)),,$(call package_flavour,$(1),host,$(HOST_CC)))
endef

# (name, flavour, compiler)
define package_flavour
$(call content_file,$(VENDOR_BUILD)/$(2)/flags-$(1),$(3) $(LIB_CFLAGS_$(2)) $(VENDOR_BUILD) $(call sum_of,vendor/recipes/$(1).sh))

$(VENDOR_BUILD)/$(2)/$(1).built: $(VENDOR_BUILD)/src/$(1).unpacked $(VENDOR_BUILD)/$(2)/flags-$(1)
	$$(call say,VENDOR,$(1) ($(2)))
	+@MAKE='$$(MAKE)' CC='$(3)' CFLAGS='$(LIB_CFLAGS_$(2))' vendor/build-package $(2) $(1)
	@touch $$@
endef

$(foreach p,$(PACKAGES),$(eval $(call package,$(p))))

LIBRARIES := $(filter-out musl,$(PACKAGES))
MUSL_BUILT := $(PACKAGES:%=$(MUSL)/%.built)
HOST_BUILT := $(LIBRARIES:%=$(HOST)/%.built)

# everything of the musl flavour is compiled by musl-gcc; libarchive's configure looks for zlib and bzip2
$(LIBRARIES:%=$(MUSL)/%.built): $(MUSL)/musl.built
$(MUSL)/libarchive.built: $(MUSL)/zlib.built $(MUSL)/bzip2.built
$(HOST)/libarchive.built: $(HOST)/zlib.built $(HOST)/bzip2.built

vendor-musl: $(MUSL_BUILT)
	@:
vendor-host: $(HOST_BUILT)
	@:

# ---- generated: version and licences --------------------------------------------------------------------------------

# Outside a clone, packagers may give COMMIT. A clone inside another one's tree is not this project's.
COMMIT ?= $(shell scripts/commit)

define version_header
/* Made by scripts/build.mk. */
#ifndef TOOLKIT_GEN_VERSION_H
#define TOOLKIT_GEN_VERSION_H
#define TOOLKIT_VERSION "$(VERSION)"
#define TOOLKIT_COMMIT "$(COMMIT)"
#define TOOLKIT_VENDORED "$(shell sed -n 's/^\([A-Za-z0-9]\{1,\}\) *| *\([^ |]*\) *|.*/\1 \2/p' vendor/packages.lock | paste -s -d , | sed 's/,/, /g')"
#endif
endef

export VERSION_HEADER := $(version_header)

$(BUILD)/gen/version.h: FORCE
	@mkdir -p $(@D); printf '%s\n' "$$VERSION_HEADER" >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BUILD)/gen/notices.c: LICENSE scripts/notices $(PACKAGES:%=$(VENDOR_BUILD)/src/%.unpacked)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	@scripts/notices >$@

GENERATED := $(BUILD)/gen/version.h $(BUILD)/gen/notices.c

# ---- release --------------------------------------------------------------------------------------------------------

RELEASE_OBJECTS := $(patsubst %.c,$(BUILD)/release/%.o,toolkit.c $(SOURCES)) $(BUILD)/release/gen/notices.o

$(BUILD)/release/%.o: %.c $(BUILD)/release/flags | $(MUSL_BUILT) $(GENERATED)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	@$(MUSL)/bin/musl-gcc $(RELEASE_CFLAGS) $(size_flags) $(cpu_flags) -MD -MP -c -o $@ $<

$(BUILD)/release/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/release/flags | $(MUSL_BUILT)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	@$(MUSL)/bin/musl-gcc $(RELEASE_CFLAGS) -MD -MP -c -o $@ $<

# A static PIE put together by hand: musl-gcc's own -static-pie makes a binary that asks for musl's dynamic loader, because
# its specs do not know rcrt1.o.
CRT = $(shell $(HOST_CC) -print-file-name=$(1))
RELEASE_LDFLAGS := -static-pie -nostdlib -s -L$(MUSL)/lib -Wl,--gc-sections,--build-id=none,-z,relro,-z,now,-z,noexecstack,-z,text

$(BUILD)/toolkit: $(RELEASE_OBJECTS) $(BUILD)/gen/sources $(MUSL_BUILT) scripts/build.mk
	$(call say,LINK,$@)
	@$(HOST_CC) $(RELEASE_LDFLAGS) -o $@ $(MUSL)/lib/rcrt1.o $(MUSL)/lib/crti.o $(call CRT,crtbeginS.o) \
	    $(RELEASE_OBJECTS) $(LIBS) -lc $(call CRT,libgcc.a) $(call CRT,crtendS.o) $(MUSL)/lib/crtn.o

# ---- sanitizer build and unit tests ---------------------------------------------------------------------------------

ASAN_OBJECTS := $(patsubst %.c,$(BUILD)/asan/%.o,$(SOURCES)) $(BUILD)/asan/gen/notices.o
# At a fixed address: the tables of the sanitizers hold 170000 pointers, which each start of the program would have to adjust.
ASAN_LINK = $(HOST_CC) -no-pie -fsanitize=address,undefined -pthread -o $@ $(filter %.o %.a,$^) -L$(HOST)/lib $(HOST_LIBS)

$(BUILD)/asan/%.o: %.c $(BUILD)/asan/flags | $(HOST_BUILT) $(GENERATED)
	$(call say,CC.ASAN,$<)
	@mkdir -p $(@D)
	@$(HOST_CC) $(ASAN_CFLAGS) $(cpu_flags) $(main_flag) -MD -MP -c -o $@ $<

$(BUILD)/asan/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/asan/flags | $(HOST_BUILT)
	$(call say,CC.ASAN,$<)
	@mkdir -p $(@D)
	@$(HOST_CC) $(ASAN_CFLAGS) -MD -MP -c -o $@ $<

$(BUILD)/asan/libtoolkit.a: $(ASAN_OBJECTS) $(BUILD)/gen/sources
	@rm -f $@
	@$(AR) rcsD $@ $(ASAN_OBJECTS)

$(BUILD)/toolkit-asan: $(BUILD)/asan/toolkit.o $(BUILD)/asan/libtoolkit.a $(HOST_BUILT)
	$(call say,LINK,$@)
	@$(ASAN_LINK) -lm

# what the tests share
TEST_HELPERS := $(patsubst %.c,$(BUILD)/asan/%.o,$(filter-out tests/unit/test_%.c,$(sort $(wildcard tests/unit/*.c))))

$(UNIT_TESTS:%=$(BUILD)/asan/tests/unit/%.o): $(BUILD)/asan/tests/flags

$(BUILD)/gen/unit_tests.c: scripts/unit-tests $(UNIT_TESTS:%=tests/unit/%.c) $(BUILD)/gen/tests
	$(call say,GEN,$@)
	@scripts/unit-tests $(UNIT_TESTS) >$@

# Tests reach nearly all of the toolkit: to link it anew for each of them takes longer than most of them run.
$(BUILD)/asan/unit-tests: $(BUILD)/asan/gen/unit_tests.o $(UNIT_TESTS:%=$(BUILD)/asan/tests/unit/%.o) $(TEST_HELPERS) \
    $(BUILD)/asan/libtoolkit.a $(HOST_BUILT)
	$(call say,LINK,$@)
	@$(ASAN_LINK) -lm -lcmocka

$(UNIT_TESTS:%=$(BUILD)/asan/tests/%): $(BUILD)/asan/unit-tests
	@ln -f $< $@

tests: $(UNIT_TESTS:%=$(BUILD)/asan/tests/%)
	@:

# ---- fuzz targets ---------------------------------------------------------------------------------------------------

# Readers stand on these floors; the rest of the program is not built for them.
FUZZ_SOURCES := $(filter src/base/% src/format/% src/sys/%,$(SOURCES))
FUZZ_OBJECTS := $(FUZZ_SOURCES:%.c=$(BUILD)/fuzz/%.o)

$(BUILD)/fuzz/%.o: %.c $(BUILD)/fuzz/flags | $(HOST_BUILT) $(GENERATED)
	$(call say,CC.FUZZ,$<)
	@mkdir -p $(@D)
	@$(CLANG) $(FUZZ_CFLAGS) $(cpu_flags) -MD -MP -c -o $@ $<

$(BUILD)/fuzz/libtoolkit.a: $(FUZZ_OBJECTS) $(BUILD)/gen/sources
	@rm -f $@
	@$(AR) rcsD $@ $(FUZZ_OBJECTS)

$(BUILD)/fuzz/tests/%: $(BUILD)/fuzz/tests/fuzz/%.o $(BUILD)/fuzz/tests/unit/support.o $(BUILD)/fuzz/libtoolkit.a $(HOST_BUILT)
	$(call say,LINK,$@)
	@$(CLANG) -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.o %.a,$^) -L$(HOST)/lib $(HOST_LIBS) -lm

fuzz: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/tests/%)
	@:

# ---- check ----------------------------------------------------------------------------------------------------------

CHECKED := $(wildcard toolkit.c) $(SOURCES)
CHECKED_TESTS := $(sort $(wildcard tests/unit/*.c tests/fuzz/*.c))

$(BUILD)/clang/%.o: %.c $(BUILD)/clang/flags | $(HOST_BUILT) $(GENERATED)
	$(call say,CLANG,$<)
	@mkdir -p $(@D)
	@$(CLANG) $(CLANG_CFLAGS) $(cpu_flags) -MD -MP -c -o $@ $<

# The object stands in for the headers: it is newer whenever one of them changed.
$(BUILD)/clang/%.tidy: %.c $(BUILD)/clang/%.o .clang-tidy
	$(call say,TIDY,$<)
	@clang-tidy --quiet $< -- $(CLANG_CFLAGS) $(cpu_flags) >$@.log 2>&1 || { grep -v 'warnings generated\|Suppressed\|^Use -' $@.log; exit 1; }
	@touch $@

.PHONY: check-cppcheck check-includes check-scripts
check-cppcheck:
	$(call say,CPPCHECK,$(words $(CHECKED)) files)
	@mkdir -p $(BUILD)/cppcheck
	@cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 --library=posix,gnu \
	    --suppress=missingIncludeSystem --cppcheck-build-dir=$(BUILD)/cppcheck -D_GNU_SOURCE -D__x86_64__ $(INCLUDES) $(CHECKED)

check-includes:
	$(call say,INCLUDES,src)
	@scripts/check-includes

check-scripts:
	$(call say,SHELL,scripts)
	@if command -v shellcheck >/dev/null; then scripts/check-scripts; else echo '  (shellcheck is not installed)'; fi

check: $(patsubst %.c,$(BUILD)/clang/%.o,$(CHECKED) $(CHECKED_TESTS)) $(CHECKED:%.c=$(BUILD)/clang/%.tidy) \
    check-cppcheck check-includes check-scripts

# ---- headers each object was made from ------------------------------------------------------------------------------

-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)
