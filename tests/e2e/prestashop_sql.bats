#!/usr/bin/env bats
# PrestaShop's upgrade scripts against a real server: what ran is found out, what is left runs once, whatever is killed in between.

bats_require_minimum_version 1.5.0

. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    mariadb_available || return 0
    WORK=$(mktemp -d /tmp/toolkit-ps-sql.XXXXXX)
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
}

@test "upgrade scripts: judged by database, log and list; killed at every statement; errors, tables with rows, functions" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_ps_scripts_server"
}
