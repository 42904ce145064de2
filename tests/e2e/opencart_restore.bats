#!/usr/bin/env bats
# shellcheck disable=SC2016 # backquotes stand for themselves in SQL
# Backups of OpenCart's back office, which are rows alone: into a store whose upgrade died among its tables, and everything that such a file can be.

bats_require_minimum_version 1.5.0
GENERATOR=$TOOLKIT_SRC/tests/stores/opencart
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    WORK=$(folder_make opencart)
    export WORK
    mariadb_start_tcp "$WORK" --max-allowed-packet=16M
    # 4.0: tables of 3.0.3.9, prefix ocx_, written by the old writer; 4.1: tables of 4.0.2.3, written to the storage, without users
    for family in 4.0 4.1; do
        "$GENERATOR/make" --family "$family" --dir "$WORK/old-$family" --work "$WORK" --db "old_${family/./}" --stop before
        sql "old_${family/./}" <<<"$(awkward_off "$family")"
        "$GENERATOR/backup/release" --family "$family" --which old --out "$WORK/release-$family"
    done
    "$GENERATOR/backup/write" --family 4.0 --dir "$WORK/old-4.0" --work "$WORK" --db old_40 --kind admin --values carried
    old=$(echo "$WORK"/backup/*_backup.sql)
    mv "$old" "$WORK/old.sql"
    rows_of old_40 >"$WORK/rows.40"
    "$GENERATOR/backup/write" --family 4.1 --dir "$WORK/old-4.1" --work "$WORK" --db old_41 --kind admin-new --values all
    mv "$WORK"/old-4.1/system/storage/backup/*.sql "$WORK/new.sql"
    rows_of old_41 user user_group >"$WORK/rows.41"
    for family in 4.0 4.1; do
        "$GENERATOR/make" --family "$family" --dir "$WORK/store-$family" --work "$WORK" --db "broken_${family/./}" --stop step:5:before
        keep "broken_${family/./}"
    done
}

teardown_file() {
    mariadb_stop "$WORK"
    rm -rf "$WORK"
}

# The store and its database as the upgrade left them, in $WORK/shop: of family 4.0, or with [4.1] in the test's name
setup() {
    family=4.0
    case $BATS_TEST_DESCRIPTION in *'[4.1]'*) family=4.1 ;; esac
    db=broken_${family/./}
    rm -rf "$WORK/shop" "$WORK"/.toolkit-*
    mariadb_sql "$WORK" -N <<<"SELECT CONCAT('DROP DATABASE \`', schema_name, '\`;') FROM information_schema.schemata
        WHERE schema_name LIKE '$db%'" | mariadb_sql "$WORK"
    mariadb_sql "$WORK" <<<"CREATE DATABASE $db CHARACTER SET utf8mb4"
    sql "$db" <"$WORK/$db.sql"
    cp -a "$WORK/store-$family" "$WORK/shop"
    rows_of "$db" >"$WORK/rows.broken"
    files_of "$WORK/shop" >"$WORK/files.broken"
}

sql() { mariadb_sql "$WORK" "$1" --skip-column-names; }

# The store's own value that the old writer damages, for which there is a test of its own
awkward_off() { [ "$1" = 4.1 ] || echo "DELETE FROM ocx_setting WHERE \`key\`='config_ftp_note'"; }

keep() { "$(dump_tool)" --no-defaults --socket="$WORK/db.sock" --user=root --default-character-set=utf8mb4 "$1" >"$WORK/$1.sql"; }

dump_tool() { mariadb_find mariadb-dump mysqldump; }

# rows_of DB [TABLE]…: structure and every row as text, without these tables
rows_of() {
    local db=$1 prefix table left=()
    prefix=$(sql "$db" <<<"SHOW TABLES LIKE '%product_description'")
    prefix=${prefix%product_description}
    shift
    for table in "$@"; do left+=("--ignore-table=$db.$prefix$table"); done
    "$(dump_tool)" --no-defaults --socket="$WORK/db.sock" --user=root --default-character-set=utf8mb4 --skip-comments --skip-dump-date --order-by-primary \
        --skip-extended-insert --hex-blob --complete-insert "${left[@]}" "$db" | sed 's/ AUTO_INCREMENT=[0-9]*//'
}

# The tables that the backup holds, as they are now in the broken store's database
restored_rows() {
    local table left=()
    for table in $(sql "$db" <<<'SHOW TABLES'); do
        grep -q "^CREATE TABLE \`$table\`" "$WORK/rows.${family/./}" || left+=("--ignore-table=$db.$table")
    done
    "$(dump_tool)" --no-defaults --socket="$WORK/db.sock" --user=root --default-character-set=utf8mb4 --skip-comments --skip-dump-date --order-by-primary \
        --skip-extended-insert --hex-blob --complete-insert "${left[@]}" "$db" | sed 's/ AUTO_INCREMENT=[0-9]*//'
}

files_of() { (cd "$1" && find . -name '.toolkit*' -prune -o -path './system/storage/cache' -prune -o -path './system/storage/modification' -prune -o -type f -exec md5sum {} + | sort -k 2); }

run_toolkit() {
    status=0
    timeout 120 "$TOOLKIT" -C "$WORK/shop" --db-socket "$WORK/db.sock" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    cat "$WORK/out" "$WORK/err"
}

says() { grep -qF -- "$1" "$WORK/out" "$WORK/err"; }

# is_refused WORDS STATUS [OPTION]… DUMP: nothing is changed
is_refused() {
    local words=$1 code=$2
    shift 2
    run_toolkit --yes restore --only db "$@"
    [ "$status" = "$code" ]
    says "$words"
    diff "$WORK/rows.broken" <(rows_of "$db")
    diff "$WORK/files.broken" <(files_of "$WORK/shop")
}

nothing_beside() { [ -z "$(mariadb_sql "$WORK" -N <<<"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '$db\\_\\_tk%'")" ]; }

# restores [OPTION]… DUMP: every row and table of the backup is there; undo brings the broken state back exactly
restores() {
    run_toolkit --yes --source "$WORK/release-$family" restore --only db "$@"
    [ "$status" = 0 ]
    diff "$WORK/rows.${family/./}" <(restored_rows)
}

@test "the old writer's dump: every table is of its version and every row is there; undo goes back to the broken store" {
    run_toolkit inspect "$WORK/old.sql"
    [ "$status" = 0 ]
    says 'written by OpenCart'
    says 'whole      yes'
    restores "$WORK/old.sql"
    says 'made as the release at hand has them'
    says 'the code is 4.0.2.3: bring back the files of that version too'
    sql "$db" <<<"SELECT value FROM ocx_setting WHERE \`key\`='awkward_13'" | grep -q '漢字'
    run_toolkit --yes undo
    [ "$status" = 0 ]
    diff "$WORK/rows.broken" <(rows_of "$db")
}

@test "the new writer's dump from the storage: bytes and four bytes survive, users stay [4.1]" {
    mkdir -p "$WORK/shop/system/storage/backup"
    cp "$WORK/new.sql" "$WORK/shop/system/storage/backup/2026-11-20 07.00.00.sql"
    sql "$db" <<<'SELECT * FROM oc_user' >"$WORK/users"
    run_toolkit backups
    says 'system/storage/backup/2026-11-20 07.00.00.sql'
    says '2026-11-20 07:00:00'
    restores '2026-11-20 07.00.00.sql'
    says 'Tables that the product'"'"'s own dumps never hold; left as they are (2)'
    says oc_user_group
    diff "$WORK/users" <(sql "$db" <<<'SELECT * FROM oc_user')
    [ "$(sql "$db" <<<"SELECT HEX(value) FROM oc_setting WHERE value LIKE 'a\\0b'")" = 610062 ]
    sql "$db" <<<"SELECT value FROM oc_setting WHERE code='awkward'" | grep -q '😀'
    run_toolkit --yes undo
    [ "$status" = 0 ]
    diff "$WORK/rows.broken" <(rows_of "$db")
}

@test "without the tables of its version the dump is refused: table, columns and release are named" {
    is_refused 'only rows for table ocx_' 5 "$WORK/old.sql"
    says 'it lacks the columns'
    says 'or later, before 4.0.0.0: name that release with --source'
    is_refused 'only rows for table ocx_' 5 --source "$WORK/release-4.1" "$WORK/old.sql"
    run_toolkit --dry-run restore --only db "$WORK/old.sql"
    [ "$status" = 5 ]
    nothing_beside
}

@test "the release may be a zip" {
    php -r '$z = new ZipArchive(); $z->open($argv[1], ZipArchive::CREATE); foreach (array("install/opencart.sql", "index.php", "system/startup.php") as $f) {
        $z->addFile("$argv[2]/upload/$f", "opencart-3.0.3.9/upload/$f"); } $z->close();' "$WORK/old.zip" "$WORK/release-4.0"
    run_toolkit --yes --source "$WORK/old.zip" restore --only db "$WORK/old.sql"
    [ "$status" = 0 ]
    diff "$WORK/rows.40" <(restored_rows)
}

@test "columns of an extension come back with the tables of the release" {
    sql "$db" <<<'ALTER TABLE ocx_product ADD ext_code varchar(12) NOT NULL DEFAULT "none"'
    sed '/^INSERT INTO `ocx_product` /s/) VALUES (\(.*\));$/, `ext_code`) VALUES (\1, '"'kept'"');/' "$WORK/old.sql" >"$WORK/ext.sql"
    run_toolkit --yes --source "$WORK/release-4.0" restore --only db "$WORK/ext.sql"
    [ "$status" = 0 ]
    [ "$(sql "$db" <<<"SELECT COUNT(*) = SUM(ext_code = 'kept') FROM ocx_product")" = 1 ]
    diff <(grep -v 'ocx_product`' "$WORK/rows.40") <(restored_rows | grep -v 'ocx_product`\|ext_code')
}

@test "pages that were written twice are taken once; different rows of a key, and lost ones, are refused until --salvage" {
    local line
    awk '{print} /^INSERT INTO `ocx_product` / {print}' "$WORK/old.sql" >"$WORK/twice.sql"
    restores "$WORK/twice.sql"
    says 'rows come twice in the dump'
    run_toolkit inspect "$WORK/twice.sql"
    says 'table ocx_product has 12 rows twice'
    run_toolkit --yes undo
    # A second backup behind the first, of a shop that has changed
    line=$(grep -m 1 '^INSERT INTO `ocx_product` ' "$WORK/old.sql")
    { cat "$WORK/old.sql" && printf '%s\n\n\n' "${line/, \'/, \'changed}"; } >"$WORK/conflict.sql"
    is_refused 'have the same key and are not the same' 5 --source "$WORK/release-4.0" "$WORK/conflict.sql"
    says --salvage
    { cat "$WORK/old.sql" && printf 'TRUNCATE TABLE `ocx_product`;\n\n%s\n\n\n' "$line"; } >"$WORK/lost.sql"
    is_refused 'do not come again' 5 --source "$WORK/release-4.0" "$WORK/lost.sql"
    restores --salvage "$WORK/lost.sql"
}

@test "a dump that was cut is refused: in a row, behind a row, between tables" {
    head -c -40 "$WORK/old.sql" >"$WORK/cut.sql"
    sed -i '$ s/;*$//' "$WORK/cut.sql"
    truncate -s -3 "$WORK/cut.sql"
    is_refused 'cut' 5 --source "$WORK/release-4.0" "$WORK/cut.sql"
    sed '/^TRUNCATE TABLE `ocx_setting`/,$d' "$WORK/old.sql" >"$WORK/cut.sql"
    is_refused 'making it was cut off' 5 --source "$WORK/release-4.0" "$WORK/cut.sql"
    # Between rows nothing proves it: it is told
    sed '/^INSERT INTO `ocx_zone_to_geo_zone`/,$d' "$WORK/old.sql" | sed -n '/^INSERT INTO `ocx_zone` /{p;q};p' >"$WORK/cut.sql"
    run_toolkit inspect "$WORK/cut.sql"
    [ "$status" = 1 ]
    says 'no blank line stands at its end'
}

@test "another prefix is proposed exactly, and given to the tables" {
    sed 's/`ocx_/`my_oc_/' "$WORK/old.sql" >"$WORK/prefix.sql"
    is_refused " restore --from-prefix my_oc_ $WORK/prefix.sql" 5 --source "$WORK/release-4.0" "$WORK/prefix.sql"
    restores --from-prefix my_oc_ "$WORK/prefix.sql"
}

@test "what the old writer damages is named; bytes are repaired when asked for" {
    "$GENERATOR/backup/write" --family 4.0 --dir "$WORK/old-4.0" --work "$WORK" --db old_40 --kind admin --values none
    cp "$WORK"/backup/*_backup.sql "$WORK/damaged.sql"
    printf '%s\n' "TRUNCATE TABLE \`ocx_statistics\`;" '' >"$WORK/tail"
    sed -i "/^TRUNCATE TABLE \`ocx_setting\`/a INSERT INTO \`ocx_setting\` (\`setting_id\`, \`store_id\`, \`code\`, \`key\`, \`value\`, \`serialized\`) VALUES ('9900', '0', 'x', 'nul', 'a\\\\\\\\0b', '0');\nINSERT INTO \`ocx_setting\` (\`setting_id\`, \`store_id\`, \`code\`, \`key\`, \`value\`, \`serialized\`) VALUES ('9901', '0', 'x', 'json', '{\"a\":\"b\\\\nc\"}', '0');" "$WORK/damaged.sql"
    run_toolkit backups "$WORK/damaged.sql"
    says 'ocx_setting.value of setting_id 9900'
    says 'ocx_setting.value of setting_id 9901'
    run_toolkit --yes --source "$WORK/release-4.0" restore --only db "$WORK/damaged.sql"
    [ "$status" = 0 ]
    says 'setting_id 9901'
    [ "$(sql "$db" <<<"SELECT HEX(value) FROM ocx_setting WHERE setting_id=9900")" = 615C3062 ]
    run_toolkit --yes undo
    run_toolkit --yes --source "$WORK/release-4.0" restore --only db --repair-escapes "$WORK/damaged.sql"
    [ "$status" = 0 ]
    [ "$(sql "$db" <<<"SELECT HEX(value) FROM ocx_setting WHERE setting_id=9900")" = 610062 ]
    says '1 row got the NUL bytes'
}

@test "nothing is repaired in a dump of the new writer [4.1]" {
    is_refused 'nothing to repair' 5 --repair-escapes --source "$WORK/release-4.1" "$WORK/new.sql"
}

@test "a restore by the back office that was stopped has left the whole backup; clean takes it away when it is not needed" {
    cp "$WORK/old.sql" "$WORK/shop/system/storage/upload/bacA1b2C3"
    run_toolkit backups
    says 'system/storage/upload/bacA1b2C3'
    run_toolkit --yes --source "$WORK/release-4.0" restore --only db bacA1b2C3
    [ "$status" = 0 ]
    diff "$WORK/rows.40" <(restored_rows)
    run_toolkit clean
    says 'system/storage/upload/bacA1b2C3'
}

# Where the kill comes too late there are two restores to take back.
@test "killed while the dump is loaded, the same command finishes it, and undo goes back" {
    local pid moment
    for moment in 'sleep 0.3' 'sleep 0.8' loading; do
        setup
        cp "$WORK/old.sql" "$WORK/kill.sql"
        "$TOOLKIT" -C "$WORK/shop" --db-socket "$WORK/db.sock" --yes --source "$WORK/release-4.0" restore --only db "$WORK/kill.sql" >"$WORK/out" 2>&1 </dev/null 3>&- &
        pid=$!
        case $moment in loading) mariadb_loading "$WORK" "$db" "$pid" ;; *) $moment ;; esac
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" || true
        restores "$WORK/kill.sql"
        run_toolkit --yes undo
        [ "$status" = 0 ]
        while [ "$status" = 0 ]; do run_toolkit --yes undo; done
        says 'nothing that could be undone'
        diff "$WORK/rows.broken" <(rows_of "$db")
        nothing_beside || run_toolkit --yes clean
        nothing_beside
    done
}
