#!/usr/bin/env bats
# CS-Cart 4.12: what a resume did is taken back, and the store can be resumed again. See undo_walk.bash.

export WALK=4.12
. "$TOOLKIT_SRC/tests/e2e/cscart_walk.bash"
. "$TOOLKIT_SRC/tests/e2e/undo_walk.bash"

setup_file() {
    mariadb_available || skip "no MariaDB server on this machine"
    sides_setup_file
}
teardown_file() { walk_teardown_file; }

undo_state() {
    sides_digest before | awk '/^(CREATE|rows) / { aside = /[` ]_tk/ } !aside'
    mariadb_sql "$WALK_DIR" shop -N <<<"SHOW TABLES LIKE 'phinxlog%'" | while read -r table; do
        mariadb_sql "$WALK_DIR" shop -N <<<"SELECT '$table', version FROM $table ORDER BY version"
    done
    (cd "$WALK_DIR/site/shop" && find var/upgrade -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum)
}

undo_golden() {
    rescue=resume
    sides_reference new
    sides_compare new "after $1 the store differs from one that was never interrupted" || true
}

@test "CS-Cart 4.12, resumed twice: stopped before the migrations" { undo_again schema:before; }
@test "CS-Cart 4.12, resumed twice: stopped between two migrations" { undo_again schema:3:before; }
@test "CS-Cart 4.12, resumed twice: stopped among the files" { undo_again files:cut:30; }
@test "CS-Cart 4.12, resumed twice: stopped in texts" { undo_again labels:de:inside:30; }
@test "CS-Cart 4.12, resumed twice: stopped before the record" { undo_again saving:before; }

# The upgrade's check has opened the entry files and the root to everybody; the restore ends by closing them.
@test "CS-Cart 4.12: a restore is taken back, and the modes with it" {
    point=schema:3:before complaints=0
    walk_make "$point" hard
    undo_state >"$WALK_DIR/broken"
    grep -q '^root 0777 ' "$WALK_DIR/broken"
    undo_said restore
    undo_state >"$WALK_DIR/restored"
    [ -z "$(grep -E '^(root|file [a-z_.]+[.]php) 0[0-7][0-7][2367] ' "$WALK_DIR/restored")" ]
    undo_said undo
    undo_state | diff "$WALK_DIR/broken" - >"$WALK_DIR/differences" || walk_complain 'undo did not bring back the store that was broken'
    cut -c1-200 "$WALK_DIR/differences" | head -n 16
    [ "$complaints" = 0 ]
}
