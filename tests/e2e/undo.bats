#!/usr/bin/env bats
# What a resume did is listed, taken back – also in two goes – and freed.

bats_require_minimum_version 1.5.0
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    mariadb_available || skip "no MariaDB server on this machine"
    export WORK=$BATS_FILE_TMPDIR/w
    mkdir -p "$WORK/site"
    mariadb_start "$WORK"
    "$TOOLKIT_SRC/tests/stores/xcart5/make" --family 5.3.6 --dir "$WORK/site/shop" --work "$WORK" --db shop \
        --stop files:Core:cut:3 --kill hard </dev/null
    cp -a "$WORK/site" "$WORK/site.broken"
    # Accounts of shops have the run of names that begin like their own, or of their own database alone.
    mariadb_sql "$WORK" <<<'GRANT ALL ON `shop%`.* TO shop_shop@localhost'
    dump_shop >"$WORK/broken.sql"
}

teardown_file() { mariadb_stop "$BATS_FILE_TMPDIR/w"; }

dump_shop() {
    "$(mariadb_find mariadb-dump mysqldump)" --no-defaults --socket="$WORK/db.sock" --user=root --skip-dump-date --skip-comments shop
}

databases() { mariadb_sql "$WORK" -N <<<"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'shop\_\_%'"; }

# back_to KIND: the store and its database as they were kept under that name
back_to() {
    local db
    rm -rf "$WORK/site"
    cp -a "$WORK/site.$1" "$WORK/site"
    for db in $(databases) shop; do mariadb_sql "$WORK" <<<"DROP DATABASE \`$db\`"; done
    mariadb_sql "$WORK" <<<'CREATE DATABASE shop'
    mariadb_sql "$WORK" shop <"$WORK/$1.sql"
}

# The store as it was broken, and no case yet
setup() {
    cd "$BATS_TEST_TMPDIR"
    SHOP=$WORK/site/shop
    back_to broken
    side >before
}

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

# Files and tables; what the shop's own code writes while it runs is not undone.
side() {
    (cd "$SHOP" && find . -type f ! -path './var/*' -printf '%p %m %U:%G\n' -o -type d ! -path './var*' -printf '%p %m\n' | LC_ALL=C sort
        find . -type f ! -path './var/*' -print0 | LC_ALL=C sort -z | xargs -0 md5sum)
    dump_shop
}

assert_before() { side | diff before - >differs || { head -n 20 differs; return 1; }; }

resumed() {
    toolkit 0 --yes resume
    side >after
    if cmp -s before after; then return 1; fi
}

@test "a store that was never touched has no cases" {
    toolkit 0 cases
    grep -qF 'has changed nothing' out
    toolkit 3 --yes undo
    grep -qF 'nothing that could be undone' err
    toolkit 0 --yes clean
    [ "$(find "$WORK/site" -maxdepth 1 -name '.toolkit-*' | wc -l)" = 0 ]
}

@test "a resume is taken back, files and database, and what is kept is freed" {
    resumed
    mariadb_sql "$WORK" shop <<<'CREATE TABLE xc_added (id INT PRIMARY KEY); INSERT INTO xc_added VALUES (7); CREATE TABLE other_tool (id INT)'
    toolkit 0 --json cases
    php -r '$c = json_decode(file_get_contents("out"), true, 64, JSON_THROW_ON_ERROR)["cases"];
        exit(count($c) === 1 && $c[0]["state"] === "finished" && $c[0]["undo"]["possible"] && $c[0]["undo"]["database"] ? 0 : 1);'
    toolkit 0 --dry-run undo
    grep -qF 'files and the database' out
    # Nobody was asked.
    toolkit 2 undo
    mariadb_sql "$WORK" shop <<<'SELECT * FROM xc_added' | grep -qx 7
    toolkit 0 --yes undo
    tail -n 1 out | grep -q '^OK: case 1 is undone: .*clean 1'
    # The other program's table is nobody's business, the upgrade's is out of the way.
    [ "$(mariadb_sql "$WORK" shop -N <<<"SHOW TABLES LIKE 'xc\_added'")" = '' ]
    [ "$(mariadb_sql "$WORK" shop -N <<<"SHOW TABLES LIKE 'other\_tool'")" = other_tool ]
    [ -n "$(databases)" ]
    toolkit 5 --yes undo 1
    grep -qF 'it is undone' err
    toolkit 0 --yes clean
    [ -z "$(databases)" ]
    mariadb_sql "$WORK" shop <<<'DROP TABLE other_tool'
    assert_before
    [ -z "$(find "$WORK"/site/.toolkit-* -mindepth 1 ! -name case.db ! -name store ! -name lock ! -name .htaccess)" ]
    toolkit 0 cases
    grep -qF cleaned out
}

@test "an account that may not create databases goes back just as well" {
    mariadb_sql "$WORK" <<<'REVOKE ALL ON `shop%`.* FROM shop_shop@localhost; GRANT ALL ON shop.* TO shop_shop@localhost'
    resumed
    toolkit 0 --yes undo
    [ -z "$(databases)" ]
    [ -n "$(mariadb_sql "$WORK" shop -N <<<"SHOW TABLES LIKE '\\_tk%'")" ]
    toolkit 0 --yes clean
    mariadb_sql "$WORK" <<<'GRANT ALL ON `shop%`.* TO shop_shop@localhost'
    assert_before
}

@test "an open case is not freed, a missing one is named" {
    toolkit 0 --yes resume --until files
    toolkit 0 --yes clean
    grep -qF 'nothing to free' out
    toolkit 5 --yes clean 1
    grep -qF 'not finished' err
    toolkit 3 --yes clean 9
    toolkit 2 --yes clean one
    toolkit 3 --yes undo 9
    toolkit 2 --yes undo one
    toolkit 0 --yes undo
    assert_before
}

# The moments are spread over loading, changing places, and files.
@test "undo that is killed goes on when it is called again" {
    local ms pid faults=0
    resumed
    cp -a "$WORK/site" "$WORK/site.resumed"
    dump_shop >"$WORK/resumed.sql"
    # The binary with sanitizers takes its time: fewer moments.
    local moments='005 020 040 060 080 110 140 180 230 300 400'
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || moments='020 080 230'
    for ms in $moments; do
        back_to resumed
        "$TOOLKIT" -C "$SHOP" --yes undo >out 2>err </dev/null &
        pid=$!
        sleep "0.$ms"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        toolkit 0 cases
        if ! grep -q undone out; then
            toolkit 0 --yes undo || faults=$((faults + 1))
        fi
        toolkit 0 --yes clean || faults=$((faults + 1))
        assert_before || { echo "killed after $ms ms"; faults=$((faults + 1)); }
        [ -z "$(databases)" ] || { databases; faults=$((faults + 1)); }
    done
    [ "$faults" = 0 ]
}

@test "a resume that is killed is taken back" {
    local ms pid faults=0
    local moments='060 120 200 300 450'
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || moments='120 300'
    for ms in $moments; do
        setup
        "$TOOLKIT" -C "$SHOP" --yes resume >out 2>err </dev/null &
        pid=$!
        sleep "0.$ms"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        "$TOOLKIT" -C "$SHOP" --yes undo >out 2>err </dev/null || grep -qF 'nothing that could be undone' err || faults=$((faults + 1))
        assert_before || { echo "killed after $ms ms"; cat out err; faults=$((faults + 1)); }
    done
    [ "$faults" = 0 ]
}
