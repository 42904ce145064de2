#!/usr/bin/env bats
# Dumps of every writer, loaded beside the live tables and switched to: the result is compared with the database that
# was dumped, row by row and byte by byte. And the same loader's own tests: refusals, errors, kills.

. "$TOOLKIT_SRC/tests/e2e/dumps.bash"

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests the loader below the binary; once is enough"
    . "$TOOLKIT_SRC/tests/lib/mariadb.sh"
    mariadb_available || skip "no MariaDB server on this machine"
    program=$TOOLKIT_SRC/build/asan/tests/test_shadow_server
    dumps=$TOOLKIT_SRC/tests/stores/dumps
    server=$BATS_TEST_TMPDIR/s
    export TEST_DB_SOCKET=$server/db.sock
    mariadb_start "$server" --max-allowed-packet=64M --log-bin-trust-function-creators=1
}

teardown() {
    if [ "$(type -t mariadb_stop)" = function ]; then mariadb_stop "$BATS_TEST_TMPDIR/s"; fi
}

dumps_sql() { mariadb_sql "$server"; }

@test "refusals and errors leave the live tables whole, and a switch goes there and back" {
    "$program"
}

@test "busy tables, lost connections and kills leave the live tables whole" {
    "$TOOLKIT_SRC/build/asan/tests/test_shadow_kill_server"
}

@test "dumps of rows alone: the tables they go into, rows that come twice" {
    "$TOOLKIT_SRC/build/asan/tests/test_shadow_rows_server"
}

@test "CS-Cart, both writers" {
    round cscart-old auto
    round cscart-new auto
    round mysqldump-cscart auto
}

@test "PrestaShop, several files, utf8 in the header" {
    round prestashop auto
    round prestashop-mb4 auto
}

@test "OpenCart, rows alone" {
    round opencart-old auto
    round opencart-new auto
}

@test "Danpu" {
    round danpu auto
}

@test "phpMyAdmin" {
    round phpmyadmin auto
}

@test "mariadb-dump with and without its options" {
    round mysqldump auto
    round mysqldump-all auto
    round mysqldump-compact auto
    round mysqldump-rows auto
}

@test "with names beside the live tables, and in place" {
    round mysqldump-all names
    round opencart-new names
    round mysqldump-all in-place
}
