#!/usr/bin/env bats
# Labels in a real MariaDB. What is tested stands in tests/unit/test_xc_labels.c; here it gets its server.

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    program=$TOOLKIT_SRC/build/asan/tests/test_xc_labels
    . "$TOOLKIT_SRC/tests/lib/mariadb.sh"
    mariadb_available || skip "no MariaDB server on this machine"
    export TEST_DB_SOCKET=$BATS_TEST_TMPDIR/s/db.sock
}

teardown() {
    if [ "$(type -t mariadb_stop)" = function ]; then mariadb_stop "$BATS_TEST_TMPDIR/s"; fi
}

@test "labels: inserted where missing, filled where NULL, nothing else touched, in one transaction" {
    mariadb_start "$BATS_TEST_TMPDIR/s"
    "$program"
}
