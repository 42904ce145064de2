# Shared by vendor/fetch and vendor/build-package: the lock file and the way to fail.
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C
VENDOR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# die LINE...: what went wrong, then what to do about it.
die() {
    printf 'vendor: %s\n' "$@" >&2
    exit 1
}

# lock_read NAME: sets LOCK_VERSION, LOCK_FILE, LOCK_SHA256, LOCK_SOURCES and LOCK_LICENCE.
lock_read() {
    local name rest
    while IFS='|' read -r name LOCK_VERSION LOCK_FILE LOCK_SHA256 LOCK_SOURCES LOCK_LICENCE rest; do
        read -r name <<<"$name" || true
        if [ "$name" = "$1" ]; then
            [ -n "$rest" ] || die "vendor/packages.lock: the line of $1 has fewer than seven columns"
            read -r LOCK_VERSION <<<"$LOCK_VERSION"
            read -r LOCK_FILE <<<"$LOCK_FILE"
            read -r LOCK_SHA256 <<<"$LOCK_SHA256"
            read -r LOCK_SOURCES <<<"$LOCK_SOURCES"
            read -r LOCK_LICENCE <<<"$LOCK_LICENCE"
            return 0
        fi
    done < <(grep -v '^#' "$VENDOR/packages.lock")
    die "vendor/packages.lock has no line for $1"
}
