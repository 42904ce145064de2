#!/usr/bin/env bats
# A resume of PrestaShop is killed at any moment, also within its SQL: afterwards another resume gives exactly the store that was never
# interrupted, and undo exactly the broken one.
#
#   KILLS=50   so many moments; otherwise a few

export WALK=8
. "$TOOLKIT_SRC/tests/e2e/prestashop_walk.bash"
. "$TOOLKIT_SRC/tests/e2e/kill_walk.bash"

setup_file() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || return 0
    sides_start
    walk_make none hard
    sides_digest new >"$WALK_DIR/new"
    walk_make schema:8.1.0:6 hard
    kill_keep
    sides_digest new >"$WALK_DIR/broken"
}

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip 'the release binary is enough, and the other one is slow'
}

teardown_file() { walk_teardown_file; }

# column_comes TABLE COLUMN: returns as soon as the SQL has brought the column, or the toolkit is gone
column_comes() {
    local i there
    for ((i = 0; i < 500; i++)); do
        there=$(mariadb_sql "$WALK_DIR" -N <<<"SELECT COUNT(*) FROM information_schema.columns
            WHERE table_schema = 'shop' AND table_name LIKE '%$1' AND column_name = '$2'")
        [ "$there" = 0 ] || break
        kill -0 "$KILL_PID" 2>/dev/null || break
    done
}

# sessions CONDITION: ids of the server's sessions
sessions() { mariadb_sql "$WALK_DIR" -N <<<"SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND $1"; }

# Returns as soon as the SQL waits for the table that is held; false when the toolkit has come to its end without
waits() {
    while [ -z "$(sessions "state LIKE 'Waiting for table%'")" ]; do kill -0 "$KILL_PID" 2>/dev/null || return 1; done
}

# kill_waiting WORD TABLE: the word of the toolkit is killed within the statement that changes the table, which somebody reads meanwhile
kill_waiting() {
    mariadb_sql "$WALK_DIR" shop <<<"LOCK TABLES $2 READ; SELECT SLEEP(100000)" >/dev/null 2>&1 3>&- &
    while [ -z "$(sessions "info LIKE 'SELECT SLEEP%'")" ]; do :; done
    kill_during "$1" waits
    mariadb_sql "$WALK_DIR" <<<"KILL $(sessions "info LIKE 'SELECT SLEEP%'")"
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
        kill_again
        sides_prepare
        ms=$((took * (2 * i + 1) / kills / 2))
        kill_after "$ms" resume
        way=resume
        [ $((i % 2)) = 0 ] || way=undo
        on_or_back "$way" "after $ms ms" || faults=$((faults + 1))
    done
    for way in resume undo; do
        kill_again
        sides_prepare
        kill_during resume column_comes store_lang note
        on_or_back "$way" 'within a function of the SQL' || faults=$((faults + 1))
    done
    echo "$kills kills in $took ms; $asked times the user was asked"
    [ "$faults" = 0 ]
}

@test "PrestaShop: a resume killed within a statement whose work the database shows, and nobody is asked" {
    local asked=0
    kill_again
    sides_prepare
    kill_waiting resume ps_guest
    on_or_back resume 'while it waited for a table'
    [ "$asked" = 0 ]
}
