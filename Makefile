# SPDX-License-Identifier: MIT
# make            the program and the library under build/
# make deps       install what a bare Debian 12 lacks
# make demo       audit the bundle in testdata/
# make check      unit and command-line tests, about a minute
# make check-all  the same with sanitizers, valgrind and everything slow (make deps-all first)
# make fuzz      each fuzz target for a minute (clang with libFuzzer)
# make lint      clang-tidy, cppcheck and gcc -fanalyzer
# make check-fresh  the README's commands in a bare Debian 12 that debootstrap makes (root)
# make bench      time it beside its peers: tests/bench/README.md
# make golden     rewrite the golden files (read the diff like code)
# make install    PREFIX=/usr/local DESTDIR=; make uninstall takes away what it put there
# make static     one static program, build/prebleed-static (make deps-static first)
# make dist deb   the source archive and the Debian packages, under build/ (make deps-deb first)
# make sbom       the libraries of the static program as CycloneDX, build/prebleed.cdx.json

VERSION := 0.1.0
SONAME := 0
# What files of archives and packages are dated; a clone has its last commit's.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

BUILD ?= build
CC ?= cc
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
PYTHON ?= /usr/bin/python3
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DEBIAN_PACKAGES := gcc libc6-dev make pkg-config libjansson-dev libssl-dev libarchive-dev libseccomp-dev zlib1g-dev \
	libcmocka-dev libxml2-dev openssl python3 python3-jsonschema python3-cryptography strace zstd

LIBRARIES := jansson libcrypto libarchive zlib
# The program's alone.
PROGRAM_LIBRARIES := libseccomp
# Warnings are errors for us (make WERROR=1, as the tests do), never for those who build it.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings $(if $(WERROR),-Werror)
# The folder of the build stands in no file, so that two builds are the same bytes.
HARDENING := -ffile-prefix-map='$(CURDIR)'=. -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIC -fno-plt
CFLAGS ?= -O2 -g
COMPILE = $(CC) -std=c11 -D_XOPEN_SOURCE=700 -Iinclude -Isrc -I$(BUILD)/src $(WARNINGS) $(HARDENING) \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES)) -DPREBLEED_VERSION='"$(VERSION)"' \
	-fvisibility=hidden -pthread -MMD -MP $(CPPFLAGS) $(CFLAGS) $(if $(findstring -fsanitize,$(CFLAGS)),-DHAS_SANITIZER=1)
LINK = $(CC) $(CFLAGS) -pthread $(LDFLAGS) -Wl,-z,relro,-z,now -Wl,--as-needed
LINK_LIBRARIES = $(shell $(PKG_CONFIG) --libs $(LIBRARIES)) $(LDLIBS)
PROGRAM_LINK_LIBRARIES = $(shell $(PKG_CONFIG) --libs $(PROGRAM_LIBRARIES))

PROGRAM := $(BUILD)/prebleed
STATIC := $(BUILD)/libprebleed.a
SHARED := $(BUILD)/libprebleed.so.$(SONAME)
ONE_FILE := $(BUILD)/prebleed-static
PC_FILE := $(BUILD)/prebleed.pc

# The rooms of the library, in the order in which data goes through them; cli/ is the program's.
ROOMS := base evidence json x509 aws inventory rules report audit
LIBRARY_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c)))
CLI_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/cli/*.c))
PROGRAM_OBJECTS := $(BUILD)/src/main.o $(CLI_OBJECTS)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
# Each is one file; without a fuzzer it replays its seeds.
FUZZ := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS := $(FUZZ:%=$(BUILD)/replay/%)
EXAMPLE := $(BUILD)/tests/example

# One short line a command; make V=1 shows them whole.
Q := $(if $(V),,@)
say = @printf '  %-5s %s\n' $(1) $(2)

COMPLETIONS := $(addprefix $(BUILD)/completions/prebleed.,bash zsh fish)

.PHONY: all completions
all: $(PROGRAM) $(STATIC) $(SHARED) $(PC_FILE) completions

$(PROGRAM): $(PROGRAM_OBJECTS) $(STATIC)
	$(call say,LINK,$@)
	$(Q)$(LINK) -pie -o $@ $^ $(LINK_LIBRARIES) $(PROGRAM_LINK_LIBRARIES)

# Nothing is loaded at run time: Debian's static libraries, with what libarchive's own need. The warnings of
# the linker are about names looked up by glibc and OpenSSL, which an offline program never does.
.PHONY: static
static: $(ONE_FILE)
$(ONE_FILE): $(PROGRAM_OBJECTS) $(STATIC)
	$(call say,LINK,$@)
	$(Q)$(LINK) -static-pie -s -Wl,--gc-sections -Wl,-z,muldefs -o $@ $^ \
		$(shell $(PKG_CONFIG) --static --libs $(LIBRARIES) $(PROGRAM_LIBRARIES)) $(LDLIBS)

completions: $(COMPLETIONS)
$(BUILD)/completions/prebleed.%: src/cli/completions.awk src/cli/options.txt src/cli/options.c
	@mkdir -p $(@D)
	$(Q)awk -v shell=$* -f $^ >$@

$(PC_FILE): Makefile $(BUILD)/places
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' 'Name: prebleed' \
		'Description: Judges IAM server certificates in saved AWS evidence' 'Version: $(VERSION)' \
		'Requires.private: $(LIBRARIES)' 'Libs: -L$${libdir} -lprebleed' 'Libs.private: -pthread' \
		'Cflags: -I$${includedir}' >$@

# Changes only when the places of an installation do.
$(BUILD)/places: always
	@mkdir -p $(@D)
	@echo '$(PREFIX) $(LIBDIR)' | cmp -s - $@ || echo '$(PREFIX) $(LIBDIR)' >$@
.PHONY: always

# One relocatable object, so that the archive shows nothing but prebleed_* to its users either.
$(STATIC): $(LIBRARY_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(LD) -r -o $(BUILD)/libprebleed.o $^
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='prebleed_*' $(BUILD)/libprebleed.o
	$(Q)$(RM) $@
	$(Q)$(AR) rcs $@ $(BUILD)/libprebleed.o

$(SHARED): $(LIBRARY_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,$(notdir $@) -Wl,-z,defs -o $@ $^ $(LINK_LIBRARIES)
	$(Q)ln -sf $(notdir $@) $(BUILD)/libprebleed.so

# The lines of a style sheet, a script or markup as string literals.
$(BUILD)/%.inc: % Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's/[\"]/\\&/g' -e 's/??/?\\?/g' -e 's/.*/"&\\n",/' $< >$@
# The sections of a text as string literals: by turns the name, which stands behind "= ", and the lines.
$(BUILD)/%.txt.inc: %.txt Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's/[\"]/\\&/g' -e 's/??/?\\?/g' -e 's/^= \(.*\)/,"\1",/' -e '/^,"/!s/.*/"&\\n"/' $< >$@
# The lines of a text that are not empty, as strings of an array.
$(BUILD)/%.lines.inc: %.txt Makefile
	@mkdir -p $(@D)
	$(Q)sed -e '/^$$/d' -e 's/[\"]/\\&/g' -e 's/??/?\\?/g' -e 's/.*/"&",/' $< >$@
# The sentences of a text as macros: PB_SAY_ and the name, which stands behind "= "; a blank line ends one.
$(BUILD)/src/%/sentences.inc: src/%/sentences.txt Makefile
	@mkdir -p $(@D)
	$(Q)awk '/^= / { printf "%s#define PB_SAY_%s", end, $$2; end = "\n"; blank = ""; is_text = 1; next } !NF { is_text = 0 } \
		is_text { gsub(/["\\]/, "\\\\&"); printf " \"%s%s\"", blank, $$0; blank = " " } END { print "" }' $< >$@
# The sections of a text as macros whose lines stay lines: PB_LINES_ and the name, which stands behind "= ".
$(BUILD)/src/report/lines.inc: src/report/lines.txt Makefile
	@mkdir -p $(@D)
	$(Q)awk '/^= / { printf "%s#define PB_LINES_%s", end, $$2; end = "\n"; next } \
		end { gsub(/["\\]/, "\\\\&"); printf " \"%s\\n\"", $$0 } END { print "" }' $< >$@
# The lists of words of a text as macros: PB_WORDS_ and the name, which stands behind "= "; a blank line ends one.
$(BUILD)/src/inventory/words.inc: src/inventory/words.txt Makefile
	@mkdir -p $(@D)
	$(Q)awk '/^= / { printf "%s#define PB_WORDS_%s", end, $$2; end = "\n"; bar = ""; is_list = 1; next } !NF { is_list = 0 } \
		is_list { gsub(/["\\]/, "\\\\&"); printf " \"%s%s\"", bar, $$0; bar = "|" } END { print "" }' $< >$@
$(LIBRARY_OBJECTS): | $(addprefix $(BUILD)/src/,base/sentences.inc inventory/sentences.inc inventory/words.inc report/lines.inc)
$(PROGRAM_OBJECTS): | $(BUILD)/src/cli/sentences.inc
$(BUILD)/src/rules/rule.o: $(BUILD)/src/rules/explanations.txt.inc
$(BUILD)/src/cli/messages.o: $(BUILD)/src/cli/options.txt.inc
$(BUILD)/src/cli/options.o: $(BUILD)/src/cli/synonyms.lines.inc
$(BUILD)/src/cli/sandbox.o: $(BUILD)/src/cli/refused_calls.lines.inc
$(BUILD)/src/aws/read.o: $(BUILD)/src/aws/shapes.lines.inc
$(BUILD)/src/report/html.o: $(addprefix $(BUILD)/src/report/,head.html.inc report.css.inc report.js.inc)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -c -o $@ $<

# Unit tests see the library's inside, so they link its objects and not the archive.
$(BUILD)/tests/test_%: tests/unit/test_%.c $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(COMPILE) -Itests/unit $(shell $(PKG_CONFIG) --cflags cmocka) $(LDFLAGS) -o $@ $< \
		$(LIBRARY_OBJECTS) $(LINK_LIBRARIES) $(shell $(PKG_CONFIG) --libs cmocka)

$(BUILD)/tests/test_cli_%: tests/unit/test_cli_%.c $(CLI_OBJECTS) $(STATIC)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(COMPILE) -Itests/unit $(shell $(PKG_CONFIG) --cflags cmocka) $(LDFLAGS) -o $@ $< \
		$(CLI_OBJECTS) $(STATIC) $(LINK_LIBRARIES) $(PROGRAM_LINK_LIBRARIES) $(shell $(PKG_CONFIG) --libs cmocka)

FUZZ_LIBRARIES := cmocka libxml-2.0
FUZZ_TARGET = $(COMPILE) -Itests/unit $(shell $(PKG_CONFIG) --cflags $(FUZZ_LIBRARIES)) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) \
	$(LINK_LIBRARIES) $(shell $(PKG_CONFIG) --libs $(FUZZ_LIBRARIES))
$(BUILD)/replay/%: tests/fuzz/%.c $(BUILD)/tests/fuzz/replay.o $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(FUZZ_TARGET)
$(BUILD)/tests/fuzz/replay.o: private COMPILE += -Itests/unit $(shell $(PKG_CONFIG) --cflags cmocka)

$(BUILD)/failing_malloc.so: tests/failing_malloc.c
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) -std=c11 $(WARNINGS) -O2 -fPIC -shared -o $@ $< -ldl -lgcc_s

$(EXAMPLE): tests/example.c $(SHARED)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(COMPILE) -o $@ $< -L$(BUILD) -lprebleed -Wl,-rpath,'$$ORIGIN/..'

DEBIAN_STATIC := libacl1-dev libbz2-dev liblz4-dev liblzma-dev libxml2-dev libzstd-dev nettle-dev
DEBIAN_DEB := debhelper dpkg-dev fakeroot lintian
DEBIAN_ARM64 := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static \
	$(addsuffix :arm64,libjansson-dev libssl-dev libarchive-dev libseccomp-dev zlib1g-dev)
# What check-all and lint run besides; a check whose program is missing is skipped and counted as such.
DEBIAN_ALL := chromium clang clang-tidy cppcheck debootstrap diffoscope-minimal fish g++ gdb libxml2-dev libxml2-utils \
	mandoc python3-junitparser sqlite3 tidy valgrind zip zsh $(if $(shell command -v npm),,nodejs npm)
DEPS := deps deps-static deps-deb deps-arm64 deps-all
.PHONY: $(DEPS)
deps-static: export DEBIAN_PACKAGES += $(DEBIAN_STATIC)
deps-deb: export DEBIAN_PACKAGES += $(DEBIAN_DEB)
deps-arm64: export DEBIAN_PACKAGES += $(DEBIAN_ARM64)
deps-all: export DEBIAN_PACKAGES += $(DEBIAN_ALL) $(DEBIAN_STATIC) $(DEBIAN_DEB) $(DEBIAN_ARM64)
$(DEPS):
	@command -v apt-get >/dev/null || { echo "Install what Debian calls: $(DEBIAN_PACKAGES)"; exit 1; }
	@dpkg -s $(DEBIAN_PACKAGES) >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ]; then as_root=; \
		elif command -v sudo >/dev/null; then as_root=sudo; \
		else echo 'Packages are missing, and installing them needs root or sudo. As root, run:'; \
			echo 'apt-get update && apt-get install -y --no-install-recommends $(DEBIAN_PACKAGES)'; exit 1; fi; \
		$(if $(findstring arm64,$(DEBIAN_PACKAGES)),$$as_root dpkg --add-architecture arm64 &&) $$as_root apt-get update && \
		$$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends $(DEBIAN_PACKAGES); }
	$(if $(filter deps-all,$@),npm --prefix tests/report ci)

# The audit finds vulnerable certificates, which is exit status 1 and no failure of the demonstration.
.PHONY: demo
demo: $(PROGRAM)
	@echo '$$ $(PROGRAM) --as-of 2026-11-23 testdata/demo/bundle.tar.gz'
	@$(PROGRAM) --as-of 2026-11-23 testdata/demo/bundle.tar.gz >$(BUILD)/demo.txt; test $$? -eq 1
	@head -n 19 $(BUILD)/demo.txt
	@echo '... and every certificate with what was found: the whole report is $(BUILD)/demo.txt'

# What runs a program over evidence of every kind.
evidence_suites = \
	'samples=$(PYTHON) tests/samples.py $(1) testdata/samples' \
	'X.509 fields=$(PYTHON) tests/x509_fields.py $(1) testdata/certificates' \
	'shapes=$(PYTHON) tests/shapes.py $(1) testdata/shapes' \
	'cases=$(PYTHON) tests/cases.py $(1) $(addprefix testdata/cases/,silence kinds reports x509)' \
	'marks=$(PYTHON) tests/marks.py $(1)' \
	'mixed evidence=$(PYTHON) tests/mixed.py $(1) testdata/shapes' \
	'bundles=$(PYTHON) tests/bundles.py $(1)' \
	'readme=$(PYTHON) tests/readme.py $(1)' \
	'recipes=$(PYTHON) tests/recipes.py $(1)' \
	'chains=$(PYTHON) tests/chains.py $(1) testdata/chains' \
	'story=$(PYTHON) tests/story.py $(1)' \
	'waivers=$(PYTHON) tests/waivers.py $(1) src/report/prebleed-waivers-1.schema.json' \
	'html=$(PYTHON) tests/html_reports.py $(1)' \
	'formats=$(PYTHON) tests/formats.py $(1)' \
	'redaction=$(PYTHON) tests/redaction.py $(1)' \
	'same bytes=tests/same_bytes.sh $(1)'

.PHONY: check
check: all $(UNIT_TESTS) $(REPLAYS) $(EXAMPLE) $(BUILD)/failing_malloc.so
	@$(PYTHON) tests/fuzz/seeds.py $(BUILD)/seeds
	@tests/check.sh $(foreach test,$(UNIT_TESTS),$(notdir $(test))=$(test)) \
		$(foreach target,$(FUZZ),'replay of $(target)=$(BUILD)/replay/$(target) $(BUILD)/seeds/$(target)') \
		'command line=$(PYTHON) tests/cli/run.py --program $(PROGRAM)' $(call evidence_suites,$(PROGRAM)) \
		'failing machine=$(PYTHON) tests/faults.py $(PROGRAM)' \
		'bad input=$(PYTHON) tests/bad_input.py $(PROGRAM)' \
		'every 50th allocation=$(PYTHON) tests/allocations.py $(PROGRAM) $(BUILD)/failing_malloc.so 50' \
		'baselines=$(PYTHON) tests/baselines.py $(PROGRAM) testdata' \
		'completions=tests/completions.sh $(PROGRAM) $(BUILD)/completions' \
		'library=tests/library.sh $(BUILD) "$(CC)"' \
		'packages=tests/packages.sh $(BUILD)' \
		'house=tests/house.sh $(BUILD) "$(CC)"' \
		'generated evidence=$(PYTHON) tests/same_generated.py $(PROGRAM) $(BUILD)/bench --both-ways $(BUILD)/tests/test_extract' \
		'no network=tests/no_network.sh $(PROGRAM)'

.PHONY: golden
golden: $(PROGRAM) $(BUILD)/tests/test_aws_documents
	$(PYTHON) tests/cli/run.py --program $(PROGRAM) --golden
	PREBLEED_GOLDEN=1 $(BUILD)/tests/test_aws_documents
	tests/abi.sh $(SHARED) >tests/abi.txt

# The same tests on builds with sanitizers, and what follows: an hour at most.
# With ThreadSanitizer: unit tests and fuzz targets have one thread; its runtime catches signals and exceeds limits, which
# the command line and the failing machine set; baselines and bad input take a quarter of an hour more and share their code.
# Under valgrind, which does not know seccomp(2): the unit tests but that of the sandbox, and what its script runs; the
# suites in Python would start it some thousand times.
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
.PHONY: check-all
check-all: check
	SANITIZE='$(SANITIZERS)' PREBLEED_TEST_SLACK=5 $(MAKE) BUILD=$(BUILD)/sanitized CFLAGS='-O1 -g $(SANITIZERS)' check
	$(MAKE) BUILD=$(BUILD)/threads CFLAGS='-O1 -g -fsanitize=thread' $(BUILD)/threads/prebleed
	PREBLEED_TEST_SLACK=10 tests/check.sh $(call evidence_suites,$(BUILD)/threads/prebleed)
	tests/check.sh 'html by tidy=$(PYTHON) tests/html_reports.py $(PROGRAM) --tidy' \
		'html in a browser=$(PYTHON) tests/html_reports.py $(PROGRAM) --browser' \
		'formats by their validators=$(PYTHON) tests/formats.py $(PROGRAM) --validators'
	tests/check.sh 'static program=tests/static.sh $(BUILD)' 'arm64=tests/other_builds.sh $(PROGRAM) $(BUILD)/arm64 arm64' \
		'clang=tests/other_builds.sh $(PROGRAM) $(BUILD)/clang clang' 'same builds=tests/reproducible.sh' \
		'valgrind=tests/valgrind.sh $(PROGRAM) $(filter-out %/test_cli_sandbox,$(UNIT_TESTS))' \
		'threads over generated evidence=$(PYTHON) tests/same_generated.py $(BUILD)/threads/prebleed $(BUILD)/bench' \
		'every allocation=$(PYTHON) tests/allocations.py $(PROGRAM) $(BUILD)/failing_malloc.so' \
		'corpora=$(PYTHON) tests/corpora.py $(PROGRAM) /usr/share/ca-certificates testdata' \
		'growth=$(PYTHON) tests/growth.py $(PROGRAM)' \
		'marks of many=$(PYTHON) tests/marks.py $(PROGRAM) 20000 2' \
		'same bytes of more=$(PYTHON) tests/same_generated.py $(PROGRAM) $(BUILD)/bench --scale 0.05'

# What a new user does, as root and as an ordinary user; the bare system is kept under build/fresh/.
.PHONY: check-fresh
check-fresh:
	@tests/fresh.sh $(BUILD)/fresh

# Each target for some seconds with clang's libFuzzer: make fuzz FUZZ='items reports' FUZZ_SECONDS=600.
# What it finds stays in build/fuzz/found, its corpus in build/fuzz/corpus.
FUZZ_SECONDS ?= 60
FUZZ_BUILD := $(BUILD)/fuzz
.PHONY: fuzz fuzz-targets
fuzz:
	$(MAKE) BUILD=$(FUZZ_BUILD) CC=clang LDFLAGS= WERROR= CFLAGS='-O1 -g $(SANITIZERS) -fsanitize=fuzzer-no-link' fuzz-targets
	$(PYTHON) tests/fuzz/seeds.py $(FUZZ_BUILD)/seeds
	tests/fuzz/fuzz.sh $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZ)
fuzz-targets: $(FUZZ:%=$(BUILD)/%)
$(FUZZ:%=$(BUILD)/%): $(BUILD)/%: tests/fuzz/%.c $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(FUZZ_TARGET) -fsanitize=fuzzer

# clang-tidy as .clang-tidy says, cppcheck, and gcc's analyzer. A writer's state is a variable of its function, to
# which the report points while the function runs.
LINTED := $(wildcard src/*.c src/*/*.c)
LINT_FLAGS := -std=c11 -D_XOPEN_SOURCE=700 -Iinclude -Isrc -I$(BUILD)/src -DPREBLEED_VERSION='"$(VERSION)"'
.PHONY: lint
lint: $(LINTED:%.c=$(BUILD)/lint/%.tidy) $(LINTED:%.c=$(BUILD)/lint/%.analyzed)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 --suppress=missingIncludeSystem \
		--suppress=objectIndex --suppress=autoVariables $(filter -D% -I%,$(LINT_FLAGS)) src
$(LINTED:%.c=$(BUILD)/lint/%.tidy) $(LINTED:%.c=$(BUILD)/lint/%.analyzed): | $(PROGRAM)
$(BUILD)/lint/%.tidy: %.c .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)clang-tidy --quiet $< -- $(LINT_FLAGS) 2>/dev/null && touch $@
# What is kept by a pointer to its first member counts as a leak there.
$(BUILD)/lint/%.analyzed: %.c
	@mkdir -p $(@D)
	$(call say,GCC,$<)
	$(Q)gcc $(LINT_FLAGS) -O1 -Werror -fanalyzer -Wno-analyzer-malloc-leak -c -o $@ $<

# Generates the workloads once and times prebleed beside its peers: make bench SCALE=0.1 ROWS='W1 W5'.
# OLD names an earlier build of the program, which is timed on the same: make bench OLD=../old/build/prebleed.
SCALE ?= 1
RUNS ?= 7
ROWS ?=
OLD ?=
BENCH := $(BUILD)/bench/$(SCALE)
BENCH_HELPERS := $(BUILD)/bench/links_only $(BUILD)/bench/measure

.PHONY: bench bench-data
bench-data:
	$(Q)$(PYTHON) tests/bench/generate.py $(BENCH) $(SCALE)
bench: $(PROGRAM) $(BENCH_HELPERS) bench-data
	$(Q)$(PYTHON) tests/bench/bench.py --runs $(RUNS) $(if $(OLD),--old $(OLD)) $(PROGRAM) $(BUILD)/bench $(BENCH) $(ROWS)

# The instructions of each room, on the files of W1.
.PHONY: bench-callgrind
bench-callgrind: $(PROGRAM) bench-data
	$(Q)$(PYTHON) tests/bench/rooms.py $(PROGRAM) $(BENCH)/w1.tar.gz

# Both, and their tables put into tests/bench/README.md.
.PHONY: bench-record
bench-record:
	$(MAKE) -s bench | $(PYTHON) tests/bench/record.py bench
	$(MAKE) -s bench-callgrind | $(PYTHON) tests/bench/record.py bench-callgrind

# Linked as the program is: its time is what the program cannot go below.
$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(COMPILE) $(LDFLAGS) -Wl,-z,relro,-z,now -Wl,--as-needed -pie -o $@ $< $(LINK_LIBRARIES)

# Every installed file.
REAL_SHARED := libprebleed.so.$(VERSION)
BASH_COMPLETION := $(PREFIX)/share/bash-completion/completions/prebleed
ZSH_COMPLETION := $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)/_prebleed
FISH_COMPLETION := $(PREFIX)/share/fish/vendor_completions.d/prebleed.fish
MANUALS := $(wildcard src/cli/*.[1-8])
INSTALLED = $(PREFIX)/bin/prebleed $(LIBDIR)/libprebleed.a $(LIBDIR)/$(REAL_SHARED) $(LIBDIR)/$(notdir $(SHARED)) \
	$(LIBDIR)/libprebleed.so $(LIBDIR)/pkgconfig/prebleed.pc $(PREFIX)/include/prebleed.h \
	$(addprefix $(PREFIX)/share/prebleed/,$(notdir $(wildcard src/report/*.schema.json))) \
	$(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION) \
	$(foreach page,$(MANUALS),$(PREFIX)/share/man/man$(patsubst .%,%,$(suffix $(page)))/$(notdir $(page)))
.PHONY: install uninstall
install: into = '$(DESTDIR)'$(1)
install: all
	for folder in $(sort $(dir $(INSTALLED))); do install -d '$(DESTDIR)'$$folder || exit 1; done
	install -m 755 $(PROGRAM) $(call into,$(PREFIX)/bin/)
	install -m 644 $(STATIC) $(call into,$(LIBDIR)/)
	install -m 644 $(SHARED) $(call into,$(LIBDIR)/$(REAL_SHARED))
	ln -sf $(REAL_SHARED) $(call into,$(LIBDIR)/$(notdir $(SHARED)))
	ln -sf $(notdir $(SHARED)) $(call into,$(LIBDIR)/libprebleed.so)
	install -m 644 $(PC_FILE) $(call into,$(LIBDIR)/pkgconfig/)
	install -m 644 include/prebleed.h $(call into,$(PREFIX)/include/)
	install -m 644 src/report/*.schema.json $(call into,$(PREFIX)/share/prebleed/)
	install -m 644 $(BUILD)/completions/prebleed.bash $(call into,$(BASH_COMPLETION))
	install -m 644 $(BUILD)/completions/prebleed.zsh $(call into,$(ZSH_COMPLETION))
	install -m 644 $(BUILD)/completions/prebleed.fish $(call into,$(FISH_COMPLETION))
	for page in $(MANUALS); do install -m 644 $$page $(call into,$(PREFIX)/share/man/)man$${page##*.}/ || exit 1; done

# Folders that others use stay, for they are not empty.
uninstall:
	for file in $(INSTALLED); do $(RM) '$(DESTDIR)'$$file || exit 1; done
	cd '$(DESTDIR)'$(PREFIX) && rmdir -p --ignore-fail-on-non-empty \
		$(patsubst $(PREFIX)/%,%,$(sort $(dir $(INSTALLED)))) 2>/dev/null || true

# The committed tree, dated by its commit.
DIST := $(BUILD)/prebleed-$(VERSION).tar.gz
.PHONY: dist deb sbom
dist:
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=prebleed-$(VERSION)/ HEAD | gzip -9n >$(DIST)

# .packaging/debian becomes debian/ in an unpacked source archive, where Debian's tools want it.
deb: dist
	$(RM) -r $(BUILD)/deb
	mkdir -p $(BUILD)/deb
	tar -C $(BUILD)/deb -xzf $(DIST)
	mv $(BUILD)/deb/prebleed-$(VERSION)/.packaging/debian $(BUILD)/deb/prebleed-$(VERSION)/debian
	cd $(BUILD)/deb/prebleed-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u SOURCE_DATE_EPOCH dpkg-buildpackage --build=binary --no-sign

sbom: $(BUILD)/prebleed.cdx.json
$(BUILD)/prebleed.cdx.json: .packaging/sbom.py Makefile
	@mkdir -p $(BUILD)
	$(PYTHON) .packaging/sbom.py $(VERSION) $(LIBRARIES) $(PROGRAM_LIBRARIES) liblzma libzstd liblz4 bzip2 nettle libxml-2.0 libacl >$@

.PHONY: clean
clean:
	$(RM) -r $(BUILD)

-include $(shell find $(BUILD) -path $(BUILD)/fresh -prune -o -type f -name '*.d' -print 2>/dev/null)
