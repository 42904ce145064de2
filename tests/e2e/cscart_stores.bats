#!/usr/bin/env bats
# The generator of broken CS-Cart stores itself, and the writers of dumps: what they make is always the same, and really broken.

bats_require_minimum_version 1.5.0

GENERATOR=$TOOLKIT_SRC/tests/stores/cscart
DUMPS=$TOOLKIT_SRC/tests/stores/dumps
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    if [ "$TOOLKIT" != "${TOOLKIT_STATIC:-}" ]; then
        mariadb_start "$BATS_FILE_TMPDIR/w"
    fi
}

setup() {
    if [ "$TOOLKIT" = "${TOOLKIT_STATIC:-}" ]; then
        skip "tests the stores, not the binary; once is enough"
    fi
    work=$BATS_FILE_TMPDIR/w
    shop=$BATS_TEST_TMPDIR/shop
}

teardown_file() {
    if [ -d "$BATS_FILE_TMPDIR/w" ]; then
        mariadb_stop "$BATS_FILE_TMPDIR/w"
    fi
}

# make_store FAMILY POINT [KILL]
make_store() {
    rm -rf "$shop"
    "$GENERATOR/make" --family "$1" --dir "$shop" --work "$work" --db shop --stop "$2" --kill "${3:-hard}"
}

digest_store() {
    "$GENERATOR/digest" --dir "$shop" --work "$work" --db shop --as "${1:-new}"
}

# visit SCRIPT: what a visitor gets
visit() {
    (cd "$shop" && { php -d mysqli.default_socket="$work/db.sock" -d pdo_mysql.default_socket="$work/db.sock" "$1" || true; })
}

@test "every family: open before, open and of the new version after an undisturbed upgrade, each time the same" {
    local family version
    local -A after=([4.2]=4.2.4 [4.3]=4.3.3 [4.4]=4.4.2 [4.9]=4.10.1 [4.12]=4.13.1 [4.18]=4.20.1)
    for family in $("$GENERATOR/stops" --families yes); do
        version=${after[$family]}
        make_store "$family" before
        visit index.php >"$BATS_TEST_TMPDIR/page"
        head -n 1 "$BATS_TEST_TMPDIR/page" | grep -qx 'HTTP 200'
        run ! grep -qF "$version" "$BATS_TEST_TMPDIR/page"
        make_store "$family" none
        visit index.php >"$BATS_TEST_TMPDIR/page"
        head -n 1 "$BATS_TEST_TMPDIR/page" | grep -qx 'HTTP 200'
        grep -qF " $version " "$BATS_TEST_TMPDIR/page"
        digest_store >"$BATS_TEST_TMPDIR/first"
        make_store "$family" none
        digest_store | diff "$BATS_TEST_TMPDIR/first" -
    done
}

@test "a stopped upgrade is closed, half of it gives an error" {
    make_store 4.12 mail:fail fail
    visit index.php | head -n 1 | grep -qx 'HTTP 503'
    make_store 4.18 files:copied:30
    visit admin.php | head -n 1 | grep -q "HTTP 50[03]"
    make_store 4.12 twice:schema:2:row
    [ "$(find "$shop/var/backups" -name '*.zip' | wc -l)" = 2 ]
    grep -q "Unknown column 'list_qty_count'\|doesn't exist\|renameColumn" "$shop/var/upgrade/core_log.txt"
    [ "$(grep -c 'Upgrading version' "$shop/var/upgrade/core_log.txt")" = 2 ]
}

@test "a point that an upgrade does not pass is an error" {
    run ! make_store 4.12 no:such:point
}

@test "a difference shows: one byte of a file, one value of a row, a mode of an entry script" {
    make_store 4.12 before
    digest_store before >"$BATS_TEST_TMPDIR/first"
    echo >>"$shop/js/tygh/core.js"
    run ! diff -q "$BATS_TEST_TMPDIR/first" <(digest_store before)
    make_store 4.12 before
    digest_store before | diff "$BATS_TEST_TMPDIR/first" -
    echo "UPDATE cscart_orders SET notes = NULL WHERE order_id = 2" | mariadb_sql "$work" shop
    echo "UPDATE cscart_orders SET notes = '' WHERE order_id = 1" | mariadb_sql "$work" shop
    run ! diff -q "$BATS_TEST_TMPDIR/first" <(digest_store before)
    make_store 4.12 before
    chmod 0777 "$shop/index.php"
    run ! diff -q "$BATS_TEST_TMPDIR/first" <(digest_store before)
}

@test "dumps: the comparison sees a byte, a missing row and a missing view" {
    "$DUMPS/fill" --at "$work/db.sock" --db one --kinds plain,bytes,views,triggers
    "$DUMPS/fill" --at "$work/db.sock" --db two --kinds plain,bytes,views,triggers
    "$DUMPS/compare" --at "$work/db.sock" --db one --to two
    echo 'UPDATE bytes SET b = CONCAT(b, 0x00) WHERE id = 1' | mariadb_sql "$work" two
    run -1 "$DUMPS/compare" --at "$work/db.sock" --db one --to two
    [[ $output == *'row of bytes'* ]]
    "$DUMPS/fill" --at "$work/db.sock" --db two --kinds plain,bytes,views,triggers
    echo 'DELETE FROM without_key LIMIT 1' | mariadb_sql "$work" two
    run -1 "$DUMPS/compare" --at "$work/db.sock" --db one --to two
    [[ $output == *'row of without_key, 2 times, is there 1 times'* ]]
    "$DUMPS/fill" --at "$work/db.sock" --db two --kinds plain,bytes,views,triggers
    echo 'DROP VIEW z_first' | mariadb_sql "$work" two
    run -1 "$DUMPS/compare" --at "$work/db.sock" --db one --to two
    [[ $output == *'missing: view z_first'* ]]
}

@test "dumps: what the server's own client loads is what was written" {
    local form charset file
    for form in cscart-old opencart-old opencart-new phpmyadmin mysqldump-cscart; do
        "$DUMPS/fill" --at "$work/db.sock" --db one --form "$form" --size 200000
        mkdir -p "$BATS_TEST_TMPDIR/$form"
        file=$("$DUMPS/write" --form "$form" --at "$work/db.sock" --db one --out "$BATS_TEST_TMPDIR/$form")
        echo 'DROP DATABASE IF EXISTS two; CREATE DATABASE two DEFAULT CHARACTER SET utf8mb4' | mariadb_sql "$work"
        charset=utf8mb4
        case $form in
            opencart*) "$DUMPS/fill" --at "$work/db.sock" --db two --form "$form" --size 200000 --rows no ;;
            *cscart*) charset=utf8 ;;
        esac
        {
            echo "SET sql_mode = ''; SET foreign_key_checks = 0; SET NAMES $charset;"
            cat "$file"
        } | mariadb_sql "$work" --binary-mode --comments --max-allowed-packet=64M --default-character-set="$charset" two
        "$DUMPS/compare" --at "$work/db.sock" --db one --to two --form "$form"
    done
}
