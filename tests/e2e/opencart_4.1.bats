#!/usr/bin/env bats
# A store of OpenCart 4.0.2.3 on its way to 4.1.0.4, broken at every kind of point: see opencart_walk.bash and sides_walk.bash.

export WALK=4.1
. "$TOOLKIT_SRC/tests/e2e/opencart_walk.bash"

setup_file() { opencart_setup_file; }
teardown_file() { walk_teardown_file; }

@test "OpenCart 4.1: stopped among the files" { walk_group '((logged|saved|moved):)?(download|unpack|unpacked|files|begun|zip|step:1:(before|config|admin|after)|moved)'; }
@test "OpenCart 4.1: stopped in the tables" { walk_group '((logged|saved):)?(schema|step:3:(before|after))'; }
@test "OpenCart 4.1: stopped between steps" { walk_group '((logged|saved):)?(pause|step:[0-9]+:after|step:[0-9]+:before)'; }
@test "OpenCart 4.1: stopped in a step, or by its error" { walk_group '((logged|saved):)?(step:[0-9]+:[0-9]+|error)'; }
@test "OpenCart 4.1: at the end, and without an upgrade" { walk_group 'before|finished|refresh|stale|config'; }

# The archive that the back office downloaded goes at the end, and nobody publishes checksums.
@test "OpenCart 4.1: after resume verify knows the files, and the installer that is left is named" {
    local point=files:copied:120 options=()
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
    walk_make "$point" hard
    walk_toolkit --yes resume
    [ "$status" = 0 ]
    grep -q 'store installer off' "$WALK_DIR/out"
    walk_toolkit verify
    [ "$status" = 0 ]
    grep -q 'Compared with what the toolkit kept of .*\.zip when it finished the upgrade' "$WALK_DIR/out"
    walk_toolkit --yes store installer off
    echo '<?php' >>"$WALK_DIR/site/shop/system/startup.php"
    walk_toolkit verify
    [ "$status" = 1 ]
    grep -q 'changed .*system/startup.php' "$WALK_DIR/out"
}

@test "OpenCart 4.1: with its storage gone no step is taken and no release is asked for" {
    local point=moved:step:4:before options=()
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
    walk_make "$point" hard
    mv "$WALK_DIR/site/shop-storage" "$WALK_DIR/site/gone"
    sides_digest new >"$WALK_DIR/broken.new"
    walk_toolkit --yes resume
    [ "$status" = 3 ]
    grep -q 'shop-storage is not there: bring it back' "$WALK_DIR/err"
    walk_toolkit diagnose
    [ "$status" = 1 ]
    run grep -e --source "$WALK_DIR/out"
    [ "$status" = 1 ]
    sides_digest new | cmp - "$WALK_DIR/broken.new"
    mv "$WALK_DIR/site/gone" "$WALK_DIR/site/shop-storage"
    walk_toolkit --yes resume
    [ "$status" = 0 ]
}
