#!/usr/bin/env bats
# A store that belongs to another user, mended by root: hooks run as that user, and no file changes hands. See walk.bash.

export WALK=5.3.6 WALK_OWNER=nobody
. "$TOOLKIT_SRC/tests/e2e/walk.bash"

setup_file() {
    unset WALK_DIR
    if [ "$(id -u)" != 0 ]; then
        export WALK_SKIP="only root can give a store to another user"
        return 0
    fi
    walk_setup_file
    "$GENERATOR/stops" --family "$WALK" >"$WALK_DIR/sample"
}
teardown_file() { walk_teardown_file; }

@test "owned by another user: a file cut in the middle" { walk_group 'files:XC.Reviews:cut:4'; }
@test "owned by another user: killed while the cache is built" { walk_group 'rebuild:2:inside.hard'; }
@test "owned by another user: killed in a hook" { walk_group 'rebuild_hooks:CDev.Paypal:.*:inside.hard'; }
