#!/usr/bin/env bats
# Tables as data against a real server, and OpenCart's change of tables: torn, half converted, killed between tables.

export STORE_FAMILIES=
. "$TOOLKIT_SRC/tests/e2e/store.bash"

@test "schemas of a live database, and the smallest change that makes a table what it has to be" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_schema_live_server"
}

@test "OpenCart's tables: torn, half converted, killed at every table" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_oc_schema_server"
}

@test "OpenCart: what an attempt left behind is made true before a step runs again" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock "$TOOLKIT_SRC/build/asan/tests/test_oc_before_server"
}
