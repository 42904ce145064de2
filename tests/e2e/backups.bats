#!/usr/bin/env bats
# Backups of a broken CS-Cart store: which there are, what is in them, which one is the clean one.

bats_require_minimum_version 1.5.0

. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    mariadb_available || return 0
    WORK=$(folder_make backups)
    export WORK
    mariadb_start "$WORK"
    "$TOOLKIT_SRC/tests/stores/cscart/make" --family 4.12 --dir "$WORK/shop" --work "$WORK" --db shop --stop schema:2:inside:1
    "$TOOLKIT_SRC/tests/stores/cscart/make" --family 4.12 --dir "$WORK/untouched" --work "$WORK" --db untouched --stop backup:after
    ZIP=$(cd "$WORK/shop" && echo var/backups/upg_*.zip)
    export ZIP
    (cd "$WORK/shop" && find . -path ./var/backups -prune -o -type f -print0 | sort -z | xargs -0 md5sum) >"$WORK/before"
}

teardown_file() {
    if [ -n "${WORK:-}" ]; then
        mariadb_stop "$WORK"
        rm -rf "$WORK"
    fi
}

setup() {
    mariadb_available || skip "no MariaDB server on this machine"
    cd "$BATS_TEST_TMPDIR"
    mkdir more
}

shop() { run --separate-stderr "$TOOLKIT" -C "$WORK/shop" --no-color "$@"; }

# part KEY…: a part of the JSON that was printed.
part() { php -r '$o = json_decode(file_get_contents("php://stdin"), true); foreach (array_slice($argv, 1) as $k) $o = $o[$k]; echo is_scalar($o) ? var_export($o, true) : json_encode($o);' -- "$@" <<<"$output"; }

@test "the backup of the upgrade is sound and recommended, and nothing was changed" {
    shop backups
    echo "$output" "$stderr"
    [ "$status" = 0 ]
    [[ "$output" == *"$ZIP"* ]]
    [[ "$output" == *"* Recommended: "* ]]
    [[ "${lines[-1]}" == "OK: 1 backup, each read to its end and sound" ]]
    shop backups --json
    [ "$(part schema)" = 1 ]
    [ "$(part backups 0 path)" = "'$ZIP'" ]
    [ "$(part backups 0 kind)" = "'full'" ]
    [ "$(part backups 0 sound)" = true ]
    [ "$(part backups 0 problems)" = "[]" ]
    [ "$(part backups 0 recommended)" = true ]
    [ "$(part backups 0 version)" = "$(part backups 0 from)" ]
    (cd "$WORK/shop" && find . -path ./var/backups -prune -o -type f -print0 | sort -z | xargs -0 md5sum) | diff "$WORK/before" -
}

@test "a cut copy is named with the place, and the other stays the recommended one" {
    head -c 200000 "$WORK/shop/$ZIP" >"more/$(basename "$ZIP")"
    shop backups "$PWD/more"
    echo "$output"
    [ "$status" = 1 ]
    [[ "$output" == *"cut off at byte 200000, in"* ]]
    [[ "$output" == *DAMAGED* ]]
    [[ "$output" == *"* Recommended: "* ]]
    [[ "${lines[-1]}" == "DONE WITH 1 PROBLEM: 1 of 2 backups is damaged"* ]]
    shop inspect "$PWD/more/$(basename "$ZIP")"
    [ "$status" = 1 ]
    [[ "$output" == *"restore --salvage"* ]]
}

@test "inspect tells what is in it, by its name alone" {
    shop inspect "$(basename "$ZIP")"
    echo "$output" "$stderr"
    [ "$status" = 0 ]
    [[ "$output" == *"written by CS-Cart"* ]]
    [[ "$output" == *"files and database"* ]]
    [[ "$output" == *"cscart_products"* ]]
    [[ "$output" == *"restore $ZIP"* ]]
    shop -v inspect "$ZIP"
    [[ "$output" == *"app/addons/"* ]]
    shop inspect --json "$ZIP"
    [ "$(part backup dump writer)" = "'CS-Cart'" ]
    [ "$(part exit)" = 0 ]
}

@test "dumps and trees that people made are read, whatever their names are" {
    printf 'CREATE TABLE `a` (`i` int);\nINSERT INTO `a` VALUES (1),(2);\n-- Dump completed on 2020-01-02  3:04:05\n' >more/plain
    gzip -c more/plain >more/packed
    bzip2 -c more/plain >more/packed2
    tar -C "$WORK/shop" -czf more/tree --transform 's,^\./,public_html/,' ./app ./config.php
    shop backups --quick "$PWD/more"
    echo "$output"
    [ "$status" = 0 ]
    [[ "$output" == *"not read"* ]]
    shop inspect "$PWD/more/packed2"
    [[ "$output" == *"1 with 2 rows"* ]]
    shop inspect "$PWD/more/tree"
    echo "$output"
    [[ "$output" == *"store in   public_html"* ]]
}

@test "SQL that reaches out of the shop and escape codes in names are shown as what they are" {
    printf 'CREATE TABLE `a` (`i` int);\nINSERT INTO `a` VALUES (1);\nGRANT ALL ON *.* TO x;\n' >more/bad.sql
    shop inspect "$PWD/more/bad.sql"
    echo "$output"
    [ "$status" = 1 ]
    [[ "$output" == *"line 3: would not be executed"* ]]
    cp more/bad.sql "more/$(printf 'a\033[2Jb.sql')"
    shop backups "$PWD/more"
    [[ "$output$stderr" != *$'\033'* ]]
}

@test "what is no backup is refused, and a place without any is said" {
    echo words >more/words
    shop inspect "$PWD/more/words"
    [ "$status" = 5 ]
    shop inspect "$PWD/none"
    [ "$status" = 3 ]
    mkdir -p aside
    mv "$WORK/shop/$ZIP" aside/
    shop backups
    mv aside/*.zip "$WORK/shop/$ZIP"
    echo "$output"
    [ "$status" = 3 ]
    [[ "$stderr" == *"STOPPED: no backup was found"* ]]
}

@test "where the upgrade had changed nothing, none is recommended" {
    run --separate-stderr "$TOOLKIT" -C "$WORK/untouched" --no-color backups
    echo "$output" "$stderr"
    [ "$status" = 0 ]
    [[ "$output" == *"Not recommended: the upgrade had changed neither files nor database"* ]]
    [[ "$output" != *"* Recommended"* ]]
}
