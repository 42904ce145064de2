#!/usr/bin/env bats
# The round trips of dumps.bats on MySQL 9, when asked for by TEST_MYSQL_DUMPS=1: they take minutes.
#
# Left out is what the writers get wrong on MySQL, whoever loads it: mariadb-dump knows no generated columns of MySQL and gives them values,
# which that server refuses (error 3105); Danpu takes the text of a trigger from SHOW TRIGGERS, where MySQL has resolved the quotes.

. "$TOOLKIT_SRC/tests/e2e/dumps.bash"

setup_file() {
    MYSQL_SKIP=
    export MYSQL_SKIP
    if [ "$TOOLKIT" != "$TOOLKIT_STATIC" ]; then
        MYSQL_SKIP="tests the loader below the binary; once is enough"
    elif [ "${TEST_MYSQL_DUMPS:-}" != 1 ]; then
        MYSQL_SKIP="MySQL 9 is downloaded and tested with TEST_MYSQL_DUMPS=1 only"
    elif ! command -v php >/dev/null; then
        MYSQL_SKIP="no php to write dumps with"
    fi
    [ -z "$MYSQL_SKIP" ] || return 0
    . "$TOOLKIT_SRC/tests/lib/mysql9.sh"
    if ! mysql9_prepare "$TOOLKIT_SRC/build/mysql9"; then
        MYSQL_SKIP="MySQL 9 can't be had"
        return 0
    fi
    # A folder of its own: the path of a socket is short.
    MYSQL_DIR=$(mktemp -d /tmp/toolkit-dumps.XXXXXX)
    export MYSQL_DIR
    mysql9_start "$TOOLKIT_SRC/build/mysql9" "$MYSQL_DIR" "$(server_port)" --max-allowed-packet=64M || MYSQL_SKIP="MySQL 9 does not start on this machine"
}

teardown_file() {
    if [ -n "${MYSQL_DIR:-}" ]; then
        . "$TOOLKIT_SRC/tests/lib/mysql9.sh"
        mysql9_stop "$MYSQL_DIR"
        rm -rf "$MYSQL_DIR"
    fi
}

setup() {
    [ -z "$MYSQL_SKIP" ] || skip "$MYSQL_SKIP"
    program=$TOOLKIT_SRC/build/asan/tests/test_shadow_server
    dumps=$TOOLKIT_SRC/tests/stores/dumps
    export TEST_DB_SOCKET=$MYSQL_DIR/db.sock
}

dumps_sql() {
    php -r '$db = new mysqli("localhost", "root", "", "", 0, getenv("TEST_DB_SOCKET"));
        $db->multi_query(stream_get_contents(STDIN));
        do { } while ($db->more_results() && $db->next_result());'
}

@test "MySQL 9: CS-Cart, both writers" {
    round cscart-old auto
    round cscart-new auto
    round mysqldump-cscart auto generated
}

@test "MySQL 9: PrestaShop, several files, utf8 in the header" {
    round prestashop auto
    round prestashop-mb4 auto
}

@test "MySQL 9: OpenCart, rows alone" {
    round opencart-old auto
    round opencart-new auto
}

@test "MySQL 9: phpMyAdmin and Danpu" {
    round phpmyadmin auto
    round danpu auto triggers
}

@test "MySQL 9: mariadb-dump with and without its options" {
    round mysqldump auto generated
    round mysqldump-all auto generated
    round mysqldump-compact auto generated
    round mysqldump-rows auto generated
}

@test "MySQL 9: a dump that gives a generated column a value is refused with the place and the server's words" {
    mkdir "$BATS_TEST_TMPDIR/out"
    "$dumps/fill" --at "$TEST_DB_SOCKET" --db rt_src --kinds generated
    file=$("$dumps/write" --form mysqldump --at "$TEST_DB_SOCKET" --db rt_src --out "$BATS_TEST_TMPDIR/out")
    echo 'DROP DATABASE IF EXISTS rt_dst; DROP DATABASE IF EXISTS rt_dst__tk_rt; DROP DATABASE IF EXISTS rt_dst__tk_rt_old;
        CREATE DATABASE rt_dst CHARACTER SET utf8mb4; CREATE TABLE rt_dst.live (id INT)' | dumps_sql
    status=0
    "$program" load rt_dst rt auto 2 '' "$file" >"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
    cat "$BATS_TEST_TMPDIR/said"
    [ "$status" != 0 ]
    grep -q 'line [0-9]*, byte [0-9]*: table generated_columns: .*generated column .*3105' "$BATS_TEST_TMPDIR/said"
}
