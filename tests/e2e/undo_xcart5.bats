#!/usr/bin/env bats
# X-Cart 5.3.6: what a resume did is taken back, and the store can be resumed again. See undo_walk.bash.

export WALK=5.3.6
. "$TOOLKIT_SRC/tests/e2e/walk.bash"
. "$TOOLKIT_SRC/tests/e2e/undo_walk.bash"

setup_file() {
    mariadb_available || skip "no MariaDB server on this machine"
    walk_setup_file
}
teardown_file() { walk_teardown_file; }

# In var only what the plan reads has to come back: logs, packs, marks of the rebuild. Tables that undo has put aside
# stay until clean.
undo_state() {
    (cd "$WALK_DIR/site/shop" && find . -type f ! -path './var/*' -printf '%p %m %u\n' -o -type d ! -path './var*' -printf '%p %m\n' |
        LC_ALL=C sort
        find . -type f ! -name leftover.txt \( ! -path './var/*' -o -path './var/log/*' -o -path './var/tmp/*' -o -name '.cacheGenerated.*' -o -name '.rebuild*' \) \
            -print0 | LC_ALL=C sort -z | xargs -0 md5sum)
    # shellcheck disable=SC2046 # names of tables
    "$(mariadb_find mariadb-dump mysqldump)" --no-defaults --socket="$WALK_DIR/db.sock" --user=root --skip-dump-date --skip-comments shop \
        $(mariadb_sql "$WALK_DIR" shop -N <<<"SHOW TABLES LIKE 'xc\\_%'")
}

undo_golden() {
    walk_digest >"$WALK_DIR/after"
    cmp -s "$WALK_DIR/reference" "$WALK_DIR/after" || {
        walk_complain "after $1 the store differs from one that was never interrupted"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | cut -c1-200 | head -n 16
    }
}

@test "X-Cart 5.3.6, resumed twice: stopped in the check" { undo_again check:inside; }
@test "X-Cart 5.3.6, resumed twice: stopped among the files" { undo_again files:Core:cut:4; }
@test "X-Cart 5.3.6, resumed twice: stopped behind the files" { undo_again files:Core:after; }
@test "X-Cart 5.3.6, resumed twice: stopped before the rebuild" { undo_again 'post_hooks:QSL\Banner:5.3/2.13/post_upgrade.php:after'; }
@test "X-Cart 5.3.6, resumed twice: stopped in texts" { undo_again labels:Core:after; }
