#!/usr/bin/env bats
# Tables as data against a real server, and OpenCart's change of tables: torn, half converted, killed between tables.

bats_require_minimum_version 1.5.0

. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    mariadb_available || return 0
    WORK=$(mktemp -d /tmp/toolkit-oc-tables.XXXXXX)
    export WORK
    mariadb_start "$WORK"
}

teardown_file() {
    if [ -n "${WORK:-}" ]; then
        mariadb_stop "$WORK"
        rm -rf "$WORK"
    fi
}

setup() {
    mariadb_available || skip "no MariaDB server on this machine"
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
}

@test "schemas of a live database, and the smallest change that makes a table what it has to be" {
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_schema_live_server"
}

@test "OpenCart's tables: torn, half converted, killed at every table" {
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_oc_schema_server"
}
