#!/usr/bin/env bats
# PrestaShop's upgrade scripts against a real server: what ran is found out, what is left runs once, whatever is killed in between.

export STORE_FAMILIES=
. "$TOOLKIT_SRC/tests/e2e/store.bash"

@test "upgrade scripts: judged by database, log and list; killed at every statement; errors, tables with rows, functions" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_ps_scripts_server"
}
