#!/usr/bin/env bats
# A store of OpenCart 2.0.3.1 on its way to 2.1.0.2, broken at every kind of point: see opencart_walk.bash and sides_walk.bash.

export WALK=2.1
. "$TOOLKIT_SRC/tests/e2e/opencart_walk.bash"

setup_file() { opencart_setup_file; }
teardown_file() { walk_teardown_file; }

@test "OpenCart 2.1: stopped among the files" { walk_group '((logged|saved|moved):)?(download|unpack|unpacked|files|begun|zip|step:1:(before|config|admin|after)|moved)'; }
@test "OpenCart 2.1: stopped in the tables" { walk_group '((logged|saved):)?(schema|step:3:(before|after))'; }
@test "OpenCart 2.1: stopped between steps" { walk_group '((logged|saved):)?(pause|step:[0-9]+:after|step:[0-9]+:before)'; }
@test "OpenCart 2.1: stopped in a step, or by its error" { walk_group '((logged|saved):)?(step:[0-9]+:[0-9]+|error)'; }
@test "OpenCart 2.1: at the end, and without an upgrade" { walk_group 'before|finished|refresh|stale|config'; }

@test "OpenCart 2.1: where the release is needed first the cause says so as well" {
    local point=files:done options=()
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
    walk_make "$point" hard
    opencart_options
    walk_toolkit diagnose
    [ "$status" = 1 ]
    grep -q 'Run: .* resume\. It makes the tables' "$WALK_DIR/out"
    rm -r "$WALK_DIR/site/shop/install"
    walk_toolkit diagnose
    [ "$status" = 1 ]
    grep -q 'Get the zip of OpenCart 2.1.0.2 and run: .* resume --source FILE\.zip\. It makes the tables' "$WALK_DIR/out"
    run grep -q 'resume\. ' "$WALK_DIR/out"
    [ "$status" = 1 ]
}
