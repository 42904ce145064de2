#!/usr/bin/env bats
# PrestaShop's backups: several dump files and an archive, after broken upgrades and after the upgrade module's own rollback.

bats_require_minimum_version 1.5.0
GENERATOR=$TOOLKIT_SRC/tests/stores/prestashop
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    WORK=$(folder_make prestashop)
    export WORK
    mariadb_start_tcp "$WORK"
    mariadb_sql "$WORK" <<<"CREATE USER boss@localhost IDENTIFIED BY 'secret of the boss'; GRANT ALL ON *.* TO boss@localhost"
    printf '[client]\nuser=boss\npassword="secret of the boss"\nsocket=%s\n' "$WORK/db.sock" >"$WORK/root.cnf"
    "$GENERATOR/make" --family 8 --dir "$WORK/old" --work "$WORK" --db old --stop before
    rows_of old >"$WORK/rows.old"
    keep old
    "$GENERATOR/make" --family 8 --dir "$WORK/rolled" --work "$WORK" --db shop --stop rolledback
    keep shop
    rows_of shop >"$WORK/rows.rolled"
}

teardown_file() {
    mariadb_stop "$WORK"
    rm -rf "$WORK"
}

# The store after the module's own rollback, in $WORK/shop
setup() {
    rm -rf "$WORK/shop" "$WORK"/.toolkit-*
    mariadb_sql "$WORK" -N <<<"SELECT CONCAT('DROP DATABASE \`', schema_name, '\`;') FROM information_schema.schemata
        WHERE schema_name LIKE 'shop%'" | mariadb_sql "$WORK"
    mariadb_sql "$WORK" <<<'CREATE DATABASE shop CHARACTER SET utf8mb4'
    case $BATS_TEST_DESCRIPTION in
        *'[new store]'*) return ;;
    esac
    mariadb_sql "$WORK" shop --default-character-set=utf8mb4 <"$WORK/shop.sql"
    cp -a "$WORK/rolled" "$WORK/shop"
    find_backup
}

find_backup() {
    backups=$(echo "$WORK"/shop/*/autoupgrade/backup)
    name=$(cd "$backups" && echo V*)
}

keep() { "$(dump_tool)" --no-defaults --socket="$WORK/db.sock" --user=root --default-character-set=utf8mb4 "$1" >"$WORK/$1.sql"; }

dump_tool() { mariadb_find mariadb-dump mysqldump; }

# rows_of DB [OPTION of the dump]…: structure and every row as text; the tables that no backup holds are left out
rows_of() {
    local db=$1 table left=()
    shift
    for table in $(mariadb_sql "$WORK" "$db" -N <<<'SHOW TABLES' | grep -E '^_tk|_(connections|connections_page|connections_source|guest|statssearch)$'); do
        left+=("--ignore-table=$db.$table")
    done
    "$(dump_tool)" --no-defaults --socket="$WORK/db.sock" --user=root --default-character-set=utf8mb4 --skip-comments --skip-dump-date \
        --order-by-primary --skip-extended-insert --hex-blob "${left[@]}" "$@" "$db" |
        sed 's/ AUTO_INCREMENT=[0-9]*//; s/DEFINER=`[^`]*`@`[^`]*`/DEFINER/; /^\/\*!50001 SET /d' |
        grep -Ev 'PS_SHOP_ENABLE|PS_MAINTENANCE'
}

files_of() { (cd "$1" && find . -path '*/autoupgrade' -prune -o -path './var' -prune -o -path './cache' -prune -o -type f -exec md5sum {} + | sort -k 2); }

run_toolkit() {
    status=0
    timeout 120 "$TOOLKIT" -C "$WORK/shop" --db-defaults-file "$WORK/root.cnf" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    cat "$WORK/out" "$WORK/err"
}

says() { grep -qF -- "$1" "$WORK/out" "$WORK/err"; }

# part N: the file of the dump
part() { echo "$backups/$name/auto-backupdb_00000$1_$name.sql"*; }

# The first table whose structure stands in part 3
table_of_part_3() { bzcat "$(part 3)" | sed -n 's/^CREATE TABLE `\(.*\)` (/\1/p' | head -n 1; }

# is_refused WORDS [OPTION]…: exit 5, nothing changed, and backups names the reason
is_refused() {
    local words=$1
    shift
    files_of "$WORK/shop" >"$WORK/files.before"
    run_toolkit --yes restore "$@" "$name"
    [ "$status" = 5 ]
    says "$words"
    run_toolkit --yes restore --salvage --only db "$name"
    [ "$status" = 5 ]
    diff "$WORK/rows.rolled" <(rows_of shop)
    diff "$WORK/files.before" <(files_of "$WORK/shop")
    run_toolkit backups
    [ "$status" = 1 ]
    says DAMAGED
    says "$words"
    says ' restore' && grep -q 'Recommended' "$WORK/out" && return 1
    return 0
}

@test "after the module's own rollback the tables that it lost come back, row by row" {
    local lost
    lost=$(table_of_part_3)
    [ -n "$lost" ]
    # What the module has done to the store: the first part's tables are there, the later ones are not
    [ "$(grep -c "^CREATE TABLE \`$lost\`" "$WORK/rows.rolled")" = 0 ]
    run_toolkit backups
    [ "$status" = 0 ]
    says "$name"
    says 'this brings them back'
    run_toolkit --yes restore "$name" --only db
    [ "$status" = 0 ]
    diff "$WORK/rows.old" <(rows_of shop)
    # Characters of four bytes, and a table that goes on in the next part
    rows_of shop | grep -q '😀'
    bzcat "$(part 3)" | sed -n '/^SET FOREIGN_KEY_CHECKS=0/,/^INSERT\|^\/\* Scheme/p' | grep -q '^INSERT'
    says 'never hold'
    run_toolkit --yes undo
    [ "$status" = 0 ]
    diff "$WORK/rows.rolled" <(rows_of shop)
}

@test "a backup is named by its folder, its archive, or its name" {
    for way in "$backups/$name" "$backups/auto-backupfiles_$name.zip" "$name" "auto-backupfiles_$name.zip" "$(part 2)"; do
        run_toolkit --dry-run restore "$way"
        [ "$status" = 0 ]
        says "autoupgrade/backup/$name,"
    done
}

@test "a dump that lacks a part is refused" {
    rm "$(part 2)"
    is_refused 'part 2 of the dump is missing'
}

@test "a dump whose first part is missing is refused" {
    rm "$(part 1)"
    is_refused 'begins with part 2'
}

@test "a dump whose last part was cut is refused" {
    local last
    last=$(find "$backups/$name" -name 'auto-backupdb_*' | sort | tail -n 1)
    truncate -s -20 "$last"
    is_refused 'auto-backupdb_'
}

@test "parts that end well but lack the last tables are refused" {
    local last
    last=$(find "$backups/$name" -name 'auto-backupdb_*' | sort | tail -n 1)
    # The tables are still live, as before a rollback; those of the last part alone may all have begun in the part before it
    mariadb_sql "$WORK" shop --default-character-set=utf8mb4 <"$WORK/old.sql"
    rm "$last"
    run_toolkit --dry-run restore --only db "$name"
    [ "$status" = 0 ]
    run_toolkit backups
    [ "$status" = 1 ]
    says 'a last part of the dump may be missing'
    rm "$(find "$backups/$name" -name 'auto-backupdb_*' | sort | tail -n 1)"
    run_toolkit --yes restore --only db "$name"
    [ "$status" = 5 ]
    says 'making it was cut off'
    diff "$WORK/rows.old" <(rows_of shop)
}

@test "parts of two backups in one folder, and a renamed one, are refused" {
    local other=V8.0.5_20200101-101010-1234abcd
    bzcat "$(part 1)" | bzip2 >"$backups/$name/auto-backupdb_000009_$other.sql.bz2"
    is_refused 'the parts of two are mixed'
    rm "$backups/$name/auto-backupdb_000009_$other.sql.bz2"
    cp "$(part 1)" "$(part 2)"
    is_refused 'says of itself that it is part 1'
}

@test "a dump of another shop is told, one with another prefix is refused until the prefix is named" {
    local file
    for file in "$backups/$name"/auto-backupdb_*.bz2; do
        bzcat "$file" | sed 's#for shop.example.com/#for other.example.com/#; s/`ps_/`alien_/g' | bzip2 >"$WORK/part"
        cp "$WORK/part" "$file"
    done
    run_toolkit --yes restore --only db "$name"
    [ "$status" = 5 ]
    says '--from-prefix'
    diff "$WORK/rows.rolled" <(rows_of shop)
    run_toolkit --yes restore --only db --from-prefix alien_ "$name"
    [ "$status" = 0 ]
    diff "$WORK/rows.old" <(rows_of shop | sed 's/`alien_/`ps_/')
    # By now the store says what it is called
    run_toolkit backups
    says 'made of the shop other.example.com/, this one is shop.example.com/'
}

@test "files and database come back after an upgrade died in its SQL; what it made is put aside, and undo brings it all again [new store]" {
    "$GENERATOR/make" --family 8 --dir "$WORK/shop" --work "$WORK" --db shop --stop schema:8.1.0:2
    find_backup
    mariadb_sql "$WORK" shop <<<'DROP TABLE ps_guest; CREATE TABLE ps_from_the_upgrade (a int)'
    echo '<?php // added' >"$WORK/shop/classes/FromTheUpgrade.php"
    rows_of shop >"$WORK/rows.broken"
    files_of "$WORK/shop" >"$WORK/files.broken"
    run_toolkit --yes restore --exact
    [ "$status" = 0 ]
    says ps_from_the_upgrade
    says classes/FromTheUpgrade.php
    says ps_guest
    # The release's guards of caches lie where no backup looks.
    if says cache/smarty/; then false; fi
    diff "$WORK/rows.old" <(rows_of shop)
    diff <(files_of "$WORK/old" | grep -v parameters.php) <(files_of "$WORK/shop" | grep -v parameters.php)
    [ -z "$(find "$WORK/shop" -path '*/autoupgrade/*.list')" ]
    run_toolkit --yes undo
    [ "$status" = 0 ]
    diff "$WORK/rows.broken" <(rows_of shop)
    diff "$WORK/files.broken" <(files_of "$WORK/shop")
    ls "$WORK"/shop/*/autoupgrade/*.list
}

@test "a file that was too large for the backup stays and is named [new store]" {
    local large
    "$GENERATOR/make" --family 1.7 --dir "$WORK/shop" --work "$WORK" --db shop --stop files:copied:20
    large=$(cd "$WORK/shop" && find . -type f -size +14M | sed 's#^\./##')
    run_toolkit --yes restore --exact
    [ "$status" = 0 ]
    says "$large"
    [ -f "$WORK/shop/$large" ]
}

@test "1.6: the settings stay and name the old version again [new store]" {
    "$GENERATOR/make" --family 1.6 --dir "$WORK/shop" --work "$WORK" --db shop --stop schema:1.6.1.10:2
    cp "$WORK/shop/config/settings.inc.php" "$WORK/settings"
    sed -i "s/'_PS_VERSION_', '[^']*'/'_PS_VERSION_', '1.6.1.24'/" "$WORK/shop/config/settings.inc.php"
    run_toolkit --yes restore
    [ "$status" = 0 ]
    grep -q "'_PS_VERSION_', '1.6.1.4'" "$WORK/shop/config/settings.inc.php"
    diff <(grep -v _PS_VERSION_ "$WORK/settings") <(grep -v _PS_VERSION_ "$WORK/shop/config/settings.inc.php")
    run_toolkit --yes undo
    [ "$status" = 0 ]
    grep -q "'_PS_VERSION_', '1.6.1.24'" "$WORK/shop/config/settings.inc.php"
}
