#!/usr/bin/env bats
# Our own backup: complete, readable with plain tools, and no trace in the store. The dump alone is tested in tests/unit/test_dump.c, which
# gets its servers here: MariaDB always, MySQL 9 when asked for by TEST_MYSQL=1.

bats_require_minimum_version 1.5.0
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    mariadb_available || skip "no MariaDB server on this machine"
    export WORK=$BATS_FILE_TMPDIR/w
    mkdir -p "$WORK/site"
    mariadb_start "$WORK"
    "$TOOLKIT_SRC/tests/stores/xcart5/make" --family 5.3.6 --dir "$WORK/site/shop" --work "$WORK" --db shop \
        --stop files:Core:cut:3 --kill hard </dev/null
}

teardown_file() { mariadb_stop "$BATS_FILE_TMPDIR/w"; }

setup() {
    cd "$BATS_TEST_TMPDIR"
    SHOP=$WORK/site/shop
    mkdir -p into
}

teardown() {
    if [ "$(type -t mysql9_stop)" = function ]; then mysql9_stop "$BATS_TEST_TMPDIR/my"; fi
    rm -rf "$WORK"/site/.toolkit-*
}

# toolkit STATUS ARGS...: it has to end with that status
toolkit() {
    local want=$1 status=0
    shift
    "$TOOLKIT" -C "$SHOP" "$@" >out 2>err </dev/null || status=$?
    if [ "$status" != "$want" ]; then
        printf 'toolkit %s ended with %s, not %s\n' "$*" "$status" "$want"
        cat out err
        return 1
    fi
}

fingerprint() {
    (cd "$1" && find . -printf '%p %y %m %U:%G %s %T@ %C@ %l\n' | LC_ALL=C sort)
}

# checksums DB: of every table
checksums() {
    local table
    for table in $(mariadb_sql "$WORK" "$1" -N <<<'SHOW TABLES'); do
        # shellcheck disable=SC2016 # backquotes of SQL
        printf '%s %s\n' "$table" "$(mariadb_sql "$WORK" "$1" -N <<<"CHECKSUM TABLE \`$table\`" | cut -f 2)"
    done
}

@test "tar, md5sum and the database's client read it; the store is as it was" {
    fingerprint "$SHOP" >before
    toolkit 0 snapshot --into into
    fingerprint "$SHOP" | diff before -
    [ "$(ls into | wc -l)" = 1 ]
    cd into/snapshot-*
    [ "$(ls)" = "$(printf 'ABOUT\nMANIFEST\ndatabase.sql.gz\nfiles.tar.gz')" ]
    [ "$(stat -c %a .)" = 700 ]
    mkdir "$BATS_TEST_TMPDIR/got"
    tar xzpf files.tar.gz -C "$BATS_TEST_TMPDIR/got"
    cp MANIFEST ABOUT "$BATS_TEST_TMPDIR"
    gzip -t database.sql.gz
    mariadb_sql "$WORK" <<<'DROP DATABASE IF EXISTS copy; CREATE DATABASE copy'
    zcat database.sql.gz | mariadb_sql "$WORK" copy
    diff <(checksums shop) <(checksums copy)
    cd "$BATS_TEST_TMPDIR/got"
    md5sum --quiet -c ../MANIFEST
    [ "$(find . -type f | wc -l)" = "$(wc -l <../MANIFEST)" ]
    # What is not there is what the shop makes anew.
    diff <(cd "$SHOP" && find . ! -path './var/run*' ! -path './var/datacache/*' ! -path './var/resources*' ! -path './var/locale/*' \
        -printf '%p %y %m %U:%G %l\n' | LC_ALL=C sort) \
        <(find . ! -path './var/run*' ! -path './var/resources*' -printf '%p %y %m %U:%G %l\n' | LC_ALL=C sort)
    grep -qx 'platform: xcart5' ../ABOUT
    grep -qx "files: $(wc -l <../MANIFEST)" ../ABOUT
    grep -q 'restore .*/into/snapshot-' ../out
}

@test "the work directory is where it goes by itself, and no snapshot holds another" {
    toolkit 0 snapshot
    toolkit 0 snapshot
    [ "$(ls -d "$WORK"/site/.toolkit-*/snapshot-* | wc -l)" = 2 ]
    mkdir "$SHOP/mine"
    toolkit 0 --work-dir "$SHOP/mine" snapshot --only files
    toolkit 0 --work-dir "$SHOP/mine" snapshot --only files
    run tar tzf "$(ls -d "$SHOP"/mine/snapshot-* | tail -n 1)/files.tar.gz"
    rm -rf "$SHOP/mine"
    [ "$status" = 0 ]
    [[ $output != *mine* ]]
}

@test "parts of it: --only, --exclude" {
    toolkit 0 snapshot --only db --into into
    [ "$(ls into/snapshot-*)" = "$(printf 'ABOUT\ndatabase.sql.gz')" ]
    rm -r into/snapshot-*
    toolkit 0 snapshot --only files --exclude 'skins/*' --exclude '*.txt' --into into
    [ "$(ls into/snapshot-*)" = "$(printf 'ABOUT\nMANIFEST\nfiles.tar.gz')" ]
    tar tzf into/snapshot-*/files.tar.gz >list
    grep -q '^classes/' list
    if grep -qE '^skins/.|\.txt$' list; then return 1; fi
    toolkit 2 snapshot --only both --into into
    toolkit 3 snapshot --into nowhere
    toolkit 0 --json snapshot --only db --into into
    php -r '$d = json_decode(file_get_contents("out"), true, 64, JSON_THROW_ON_ERROR);
        exit($d["schema"] === 1 && is_dir($d["snapshot"]["path"]) && $d["snapshot"]["tables"] > 5 && $d["exit"] === 0 ? 0 : 1);'
}

@test "a dry run says what would be made, and makes nothing" {
    toolkit 0 --dry-run snapshot
    grep -qE 'a snapshot of [0-9]+ files and the database would be made' out
    [ -z "$(ls -A into)" ]
    [ "$(find "$WORK/site" -maxdepth 1 -name '.toolkit-*' | wc -l)" = 0 ]
}

@test "without room nothing is begun" {
    [ "$(id -u)" = 0 ] || skip "mounts a small disk"
    mount -t tmpfs -o size=200k none into 2>/dev/null || skip "no small disk can be mounted here"
    toolkit 3 snapshot --into into || { umount into; return 1; }
    run ls -A into
    umount into
    [ -z "$output" ]
    grep -qE '[0-9]+ MiB are needed, [0-9]+ MiB are free' err
}

@test "killed in the middle, no snapshot is there, and the next one is whole" {
    local ms pid
    for ms in 005 015 030 050; do
        "$TOOLKIT" -C "$SHOP" snapshot --into into >/dev/null 2>&1 </dev/null &
        pid=$!
        sleep "0.$ms"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        for dir in into/snapshot-2*; do
            [ -e "$dir" ] || continue
            gzip -t "$dir/files.tar.gz" "$dir/database.sql.gz"
        done
    done
    rm -rf into/snapshot-2*
    toolkit 0 snapshot --into into
    [ "$(ls -A into | wc -l)" = 1 ]
}

@test "dumps of MariaDB come back byte for byte" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    TEST_DB_SOCKET=$WORK/db.sock TEST_DB_FLAVOUR=mariadb "$TOOLKIT_SRC/build/asan/tests/test_dump"
}

@test "dumps of MySQL 9 come back byte for byte" {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests what lies below the binary; once is enough"
    [ "${TEST_MYSQL:-}" = 1 ] || skip "MySQL 9 is downloaded and tested with TEST_MYSQL=1 only"
    . "$TOOLKIT_SRC/tests/lib/mysql9.sh"
    run mysql9_prepare "$TOOLKIT_SRC/build/mysql9"
    [ "$status" -eq 0 ] || skip "$output"
    mysql9_start "$TOOLKIT_SRC/build/mysql9" "$BATS_TEST_TMPDIR/my" "$(server_port)" || skip "MySQL 9 does not start on this machine"
    TEST_DB_SOCKET=$BATS_TEST_TMPDIR/my/db.sock TEST_DB_FLAVOUR=mysql9 "$TOOLKIT_SRC/build/asan/tests/test_dump"
}
