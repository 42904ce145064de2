#!/usr/bin/env bats
# A resume of PrestaShop is killed at any moment, also within its SQL: afterwards another resume gives exactly the store that was never
# interrupted, and undo exactly the broken one.
#
#   KILLS=50   so many moments; otherwise a few

export WALK=8
. "$TOOLKIT_SRC/tests/e2e/prestashop_walk.bash"

setup_file() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || return 0
    sides_start
    walk_make none hard
    sides_digest new >"$WALK_DIR/new"
    walk_make schema:8.1.0:6 hard
    mv "$WALK_DIR/site" "$WALK_DIR/site.broken"
    kill_dump >"$WALK_DIR/broken.sql"
    make_broken
    sides_digest new >"$WALK_DIR/broken"
}

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip 'the release binary is enough, and the other one is slow'
}

teardown_file() { walk_teardown_file; }

kill_dump() {
    "$(mariadb_find mariadb-dump mysqldump)" --no-defaults --socket="$WALK_DIR/db.sock" --user=root --default-character-set=utf8mb4 shop
}

# The broken store anew
make_broken() {
    rm -rf "$WALK_DIR/site"
    cp -a "$WALK_DIR/site.broken" "$WALK_DIR/site"
    mariadb_sql "$WALK_DIR" -N <<<"SELECT CONCAT('DROP DATABASE \`', schema_name, '\`;') FROM information_schema.schemata
        WHERE schema_name LIKE 'shop%'" | mariadb_sql "$WALK_DIR"
    mariadb_sql "$WALK_DIR" <<<'CREATE DATABASE shop CHARACTER SET utf8mb4'
    mariadb_sql "$WALK_DIR" shop --default-character-set=utf8mb4 <"$WALK_DIR/broken.sql"
}

# killed MILLISECONDS: the signal comes so long after the start
killed() {
    local pid
    "$TOOLKIT" -C "$WALK_DIR/site/shop" --yes resume >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null &
    pid=$!
    sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

# killed_at TABLE COLUMN: the signal comes as soon as the SQL has brought the column
killed_at() {
    local pid i there
    "$TOOLKIT" -C "$WALK_DIR/site/shop" --yes resume >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null &
    pid=$!
    for ((i = 0; i < 500; i++)); do
        there=$(mariadb_sql "$WALK_DIR" -N <<<"SELECT COUNT(*) FROM information_schema.columns
            WHERE table_schema = 'shop' AND table_name LIKE '%$1' AND column_name = '$2'")
        [ "$there" = 0 ] || break
        kill -0 "$pid" 2>/dev/null || break
    done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

differs() {
    sides_digest new >"$WALK_DIR/after"
    sides_allow "$WALK_DIR/after"
    sides_allow "$1"
    diff -a "$1" "$WALK_DIR/after" | cut -c1-200 | head -n 8
}

# on_or_back WORD WHEN
on_or_back() {
    local side=new
    [ "$1" = resume ] || side=broken
    sides_prepare
    walk_toolkit --yes "$1"
    # The one statement or function that was under way may have run: then the user is asked
    if [ "$1" = resume ] && [ "$status" != 0 ] && grep -qF -- --again "$WALK_DIR/err" "$WALK_DIR/out"; then
        asked=$((asked + 1))
        walk_toolkit --yes undo
        side=broken
    fi
    [ -n "$(differs "$WALK_DIR/$side")" ] || return 0
    echo "killed $2, then $1 ended with $status; the store is not $side:"
    differs "$WALK_DIR/$side"
    walk_said
    return 1
}

@test "PrestaShop: a resume killed at any moment, another one ends it and undo takes it back" {
    local kills=${KILLS:-6} begun took i ms faults=0 asked=0 way
    sides_prepare
    begun=$(date +%s%3N)
    walk_toolkit --yes resume
    took=$(($(date +%s%3N) - begun))
    [ "$status" = 0 ] || { walk_said; false; }
    [ -z "$(differs "$WALK_DIR/new")" ] || { differs "$WALK_DIR/new"; false; }
    for ((i = 0; i < kills; i++)); do
        make_broken
        sides_prepare
        ms=$((took * (2 * i + 1) / kills / 2))
        killed "$ms"
        way=resume
        [ $((i % 2)) = 0 ] || way=undo
        on_or_back "$way" "after $ms ms" || faults=$((faults + 1))
    done
    for way in resume undo; do
        make_broken
        sides_prepare
        killed_at store_lang note
        on_or_back "$way" 'within a function of the SQL' || faults=$((faults + 1))
    done
    echo "$kills kills in $took ms; $asked times the user was asked"
    [ "$faults" = 0 ]
    [ "$asked" -le $((kills / 2)) ]
}
