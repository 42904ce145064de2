#!/usr/bin/env bats
# A restore of CS-Cart is killed at any moment: afterwards resume gives exactly the store as a whole restore makes it, and undo exactly the
# broken one.
#
#   KILLS=200   so many moments; otherwise a sample of them

export WALK=4.12
. "$TOOLKIT_SRC/tests/e2e/cscart_walk.bash"
. "$TOOLKIT_SRC/tests/e2e/kill_walk.bash"

setup_file() {
    sides_start
    # Enough files and rows for moments to be hit
    "$GENERATOR/make" --family "$WALK" --dir "$WALK_DIR/site/shop" --work "$WALK_DIR" --db shop --stop schema:3:inside:1 --kill hard \
        --files 400 --rows 3000
    kill_keep
    state_of >"$WALK_DIR/broken"
}

teardown_file() { walk_teardown_file; }

# Every file and every row outside caches, as text. That everybody may write the entry files is nothing that undo brings back.
state_of() {
    local table kept=()
    (
        cd "$WALK_DIR/site/shop" || exit 1
        find . -path ./var/cache -prune -o -type f ! -path './[a-z]*.php' -printf '%m %p\n' | sort
        find . -path ./var/cache -prune -o -type f -exec md5sum {} + | sort -k 2
    )
    # What is kept beside the live tables is left out.
    for table in $(mariadb_sql "$WALK_DIR" shop -N <<<"SHOW TABLES LIKE '\\_tk%'"); do
        kept+=("--ignore-table=shop.$table")
    done
    kill_dump --skip-comments --skip-dump-date --order-by-primary --skip-extended-insert "${kept[@]}" |
        sed "s/ AUTO_INCREMENT=[0-9]*//; /^INSERT INTO .*'cache_id'/d; /^INSERT INTO .cscart_cache_handlers/d"
}

differs() {
    state_of | diff -a "$1" - | cut -c1-200 | head -n 8
}

# back_or_forth WORD MILLISECONDS: a kill in front of the first line of the journal leaves nothing to go on with
back_or_forth() {
    walk_toolkit --yes "$1"
    if [ "$1" = resume ] && [ -z "$(differs "$WALK_DIR/restored")" ]; then
        return 0
    fi
    [ -n "$(differs "$WALK_DIR/broken")" ] || return 0
    echo "killed after $2 ms, then $1 ended with $status; the store is neither new nor old:"
    differs "$WALK_DIR/broken"
    walk_said
    return 1
}

loading() { mariadb_loading "$WALK_DIR" shop "$KILL_PID"; }

@test "CS-Cart: a restore killed at any moment, resume gives the store of before and undo the broken one" {
    local kills=${KILLS:-8} begun took i ms faults=0 way
    begun=$(date +%s%3N)
    walk_toolkit --yes restore
    took=$(($(date +%s%3N) - begun))
    [ "$status" = 0 ] || { walk_said; false; }
    state_of >"$WALK_DIR/restored"
    for ((i = 0; i < kills; i++)); do
        kill_again
        # Till the backup is checked nothing is begun.
        ms=$((took / 4 + took * 3 * i / kills / 4 + i % 3))
        kill_after "$ms" restore
        way=resume
        [ $((i % 2)) = 0 ] || way=undo
        back_or_forth "$way" "$ms" || faults=$((faults + 1))
    done
    echo "$kills kills in $took ms"
    [ "$faults" = 0 ]
    # While the dump is loaded the journal knows of it: that restore comes to its end.
    kill_again
    kill_during restore loading
    walk_toolkit --yes resume
    [ "$status" = 0 ] || { walk_said; false; }
    [ -z "$(differs "$WALK_DIR/restored")" ]
}

@test "CS-Cart: after a restore nothing is left to do, and its undo brings the broken upgrade back" {
    kill_again
    walk_toolkit --yes restore
    [ "$status" = 0 ] || { walk_said; false; }
    walk_toolkit --json diagnose
    [ "$status" = 0 ]
    grep -q 'taken back' "$WALK_DIR/out"
    walk_toolkit --yes undo
    [ "$status" = 0 ] || { walk_said; false; }
    [ -z "$(differs "$WALK_DIR/broken")" ]
    walk_toolkit --json diagnose
    [ "$status" = 1 ]
    [ "$(walk_failed_step)" = schema:20170801120000 ]
}
