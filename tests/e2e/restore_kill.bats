#!/usr/bin/env bats
# A restore is killed at any moment: afterwards resume gives exactly the new store, and undo exactly the old one.
#
#   KILLS=200   so many moments; otherwise a sample of them

bats_require_minimum_version 1.5.0
. "$TOOLKIT_SRC/tests/e2e/restore.bash"

setup_file() {
    restore_setup_file
    # More files and rows than the other tests have, so that there are moments to be hit.
    mkdir -p "$RESTORE_DIR/first/classes/XLite/Many"
    local i
    for i in $(seq 600); do
        echo "<?php // file $i" >"$RESTORE_DIR/first/classes/XLite/Many/F$i.php"
    done
    mariadb_sql "$RESTORE_DIR" shop <<<'CREATE TABLE xc_many (id INT PRIMARY KEY, t VARCHAR(200), KEY (t)) ENGINE=InnoDB;
        INSERT INTO xc_many SELECT seq, REPEAT(CHAR(65 + seq % 26), 150) FROM seq_1_to_6000'
    rm -rf "$RESTORE_DIR/backups"
    make_backup
    whole_store
    rm -f "$RESTORE_DIR"/first/classes/XLite/Many/F1??.php
    cp -a "$RESTORE_DIR/shop" "$RESTORE_DIR/whole.files"
    state_of >"$RESTORE_DIR/whole"
}

teardown_file() { restore_teardown_file; }

# The broken store anew, quickly: by the files and tables that differ.
make_broken() {
    local i
    whole_store
    break_store
    rm -f "$RESTORE_DIR"/shop/classes/XLite/Many/F2??.php
    for i in $(seq 300 399); do
        echo '<?php // other' >"$RESTORE_DIR/shop/classes/XLite/Many/F$i.php"
    done
    mariadb_sql "$RESTORE_DIR" shop <<<'DELETE FROM xc_many WHERE id % 3 = 0'
}

# What a whole restore makes of it, and how long it takes
reference() {
    local begun
    make_broken
    state_of >"$RESTORE_DIR/broken"
    begun=$(date +%s%3N)
    restore_toolkit --yes restore "$RESTORE_DIR/backups/all.tar.gz"
    took=$(($(date +%s%3N) - begun))
    [ "$status" = 0 ] || { said; return 1; }
    state_of >"$RESTORE_DIR/restored"
}

# killed_when COMMAND...: a restore of the broken store is killed as soon as that command has come to its end, which knows it as KILL_PID
killed_when() {
    make_broken
    "$TOOLKIT" -C "$RESTORE_DIR/shop" --db-defaults-file "$RESTORE_DIR/root.cnf" --yes restore "$RESTORE_DIR/backups/all.tar.gz" >"$RESTORE_DIR/out" 2>"$RESTORE_DIR/err" </dev/null &
    KILL_PID=$!
    "$@"
    kill -9 "$KILL_PID" 2>/dev/null || true
    wait "$KILL_PID" 2>/dev/null || true
}

killed_after() { killed_when sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

loading() { mariadb_loading "$RESTORE_DIR" shop "$KILL_PID"; }

differs() {
    state_of | diff "$1" - | head -n 8
}

# back_or_forth WORD MILLISECONDS: a kill in front of the first line of the journal leaves nothing to go on with
back_or_forth() {
    restore_toolkit --yes "$1"
    if [ "$1" = resume ] && [ -z "$(differs "$RESTORE_DIR/restored")" ]; then
        return 0
    fi
    [ -n "$(differs "$RESTORE_DIR/broken")" ] || return 0
    echo "killed after $2 ms, then $1 ended with $status; the store is neither new nor old:"
    differs "$RESTORE_DIR/broken"
    said
    return 1
}

@test "killed at any moment, resume gives the new store and undo the old one" {
    local few=10
    # The order of things is the same in both binaries; the one with sanitizers takes its time.
    [ "$TOOLKIT" = "${TOOLKIT_STATIC:-}" ] || few=4
    local kills=${KILLS:-$few} took i ms faults=0 way
    reference
    for ((i = 0; i < kills; i++)); do
        ms=$((took * i / kills + i % 3))
        killed_after "$ms"
        way=resume
        [ $((i % 2)) = 0 ] || way=undo
        back_or_forth "$way" "$ms" || faults=$((faults + 1))
    done
    echo "$kills kills in $took ms"
    [ "$faults" = 0 ]
}

@test "killed while the dump is loaded, which the journal knows: resume ends the restore" {
    reference
    killed_when loading
    restore_toolkit --yes resume
    said
    [ "$status" = 0 ]
    [ -z "$(differs "$RESTORE_DIR/restored")" ]
}
