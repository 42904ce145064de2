#!/usr/bin/env bash
# The one command for people who build, test or try the toolkit; ./build.sh help says how.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C

JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}

usage() {
    cat <<'TXT'
./build.sh                        build the static binary build/toolkit
./build.sh test [unit|e2e] [WORD] build everything and test it; WORD picks the test files whose name holds it
./build.sh demo                   build, break seven shops, mend them
./build.sh asan                   build build/toolkit-asan, with AddressSanitizer and UBSan
./build.sh fuzz [NAME] [SECONDS]  run the fuzz targets whose name holds NAME, each for SECONDS (10); not part of test
./build.sh check                  warnings of gcc and clang, clang-tidy, cppcheck, includes, shellcheck
./build.sh clean [all]            remove build/; with all, the built and downloaded vendored packages too
./build.sh help                   this text

Missing Debian packages are installed when started as root; otherwise the command that installs them is printed.
JOBS=N limits how much runs at once (now all processors).
TXT
}

fail() {
    printf 'build.sh: %s\n' "$@" >&2
    exit 1
}

# What each group of tasks needs: a command or a file, and the Debian package that has it.
needs_of() {
    case $1 in
        build) echo gcc:gcc /usr/include/stdio.h:libc6-dev make:make xz:xz-utils tclsh:tcl ;;
        shop) echo mariadbd:mariadb-server-core mariadb:mariadb-client-core mariadb-dump:mariadb-client php:php-cli php-mysqli:php-mysql openssl:openssl ;;
        test) echo /usr/include/cmocka.h:libcmocka-dev bats:bats prove:perl readelf:binutils ;;
        fuzz) echo clang:clang clang-fuzzer:libclang-rt-dev ;;
        check) echo clang:clang clang-tidy:clang-tidy cppcheck:cppcheck shellcheck:shellcheck ;;
    esac
}

is_there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        clang-fuzzer) [ -e "$(clang -print-runtime-dir 2>/dev/null)/libclang_rt.fuzzer-x86_64.a" ] ;;
        php-mysqli) php -r 'exit(extension_loaded("mysqli") ? 0 : 1);' 2>/dev/null ;;
        *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
    esac
}

# missing GROUP...: the packages of those groups that are not there
missing() {
    local group need
    for group in "$@"; do
        for need in $(needs_of "$group"); do
            is_there "${need%%:*}" || printf '%s\n' "${need#*:}"
        done
    done
}

# need GROUP...: installs what is missing, or says how to
need() {
    local packages
    packages=$(missing "$@" | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    command -v apt-get >/dev/null || fail "these Debian packages are missing, and there is no apt-get to install them: $packages"
    if [ "$(id -u)" != 0 ]; then
        fail "these Debian packages are missing: $packages" \
            "install them with: sudo apt-get update && sudo apt-get install --no-install-recommends $packages"
    fi
    printf '  %-8s %s\n' APT "$packages"
    local log
    log=$(mktemp)
    # shellcheck disable=SC2086 # one word per package
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 </dev/null; then
        grep -E '^(E|W|Err)' "$log" >&2 || tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt could not install: $packages" "mend apt's sources, then: apt-get update && apt-get install --no-install-recommends $packages"
    fi
    rm -f "$log"
    packages=$(missing "$@" | tr '\n' ' ')
    [ -z "$packages" ] || fail "still missing after installing: $packages"
}

run_make() {
    case $PWD in
        *[[:space:]\':\;,\$\#%]*) fail "the path of this folder holds a blank or a sign that make cannot handle: $PWD" "move it and start again" ;;
    esac
    [ "$(uname -sm)" = "Linux x86_64" ] || fail "only Linux on x86-64 is known, this is $(uname -sm)"
    mkdir -p build
    # Two builds in one tree would write the same objects.
    exec 9>build/.lock
    if command -v flock >/dev/null && ! flock --nonblock 9; then
        printf '  %-8s %s\n' WAIT 'for another build in this folder'
        flock 9
    fi
    make --no-print-directory -j "$JOBS" -f scripts/build.mk "$@" || fail "make $* failed; the first error above says why"
    exec 9>&-
}

made() {
    local file=$1
    shift
    printf 'made %s (%s, %s bytes)\n' "$file" "$*" "$(stat -c %s "$file")"
}

command=${1:-release}
[ $# -eq 0 ] || shift
case $command in
    release)
        need build
        run_make release
        made build/toolkit "static, $(sed -n 's/.*TOOLKIT_VERSION "\(.*\)"/version \1/p' build/gen/version.h)"
        ;;
    asan)
        need build
        run_make asan
        made build/toolkit-asan "with sanitizers"
        ;;
    test)
        need build shop test
        run_make release asan tests
        JOBS=$JOBS tests/run "$@"
        ;;
    demo)
        need build shop
        run_make release
        exec scripts/demo "$@"
        ;;
    fuzz)
        need build fuzz
        targets=$(tests/fuzz/run list "${1:-}" | tr '\n' ' ')
        run_make fuzz FUZZ_TARGETS="$targets"
        JOBS=$JOBS tests/fuzz/run "$@"
        ;;
    check)
        need build check
        run_make release check
        printf 'checked: no warnings\n'
        ;;
    clean)
        rm -rf build
        if [ "${1:-}" = all ]; then
            rm -rf vendor/build vendor/cache
            printf 'removed build/, vendor/build/ and vendor/cache/\n'
        else
            printf 'removed build/\n'
        fi
        ;;
    help | -h | --help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
