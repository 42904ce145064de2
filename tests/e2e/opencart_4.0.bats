#!/usr/bin/env bats
# A store of OpenCart 3.0.3.9 on its way to 4.0.2.3, broken at every kind of point: see opencart_walk.bash and sides_walk.bash.

export WALK=4.0
. "$TOOLKIT_SRC/tests/e2e/opencart_walk.bash"

setup_file() { opencart_setup_file; }
teardown_file() { walk_teardown_file; }

@test "OpenCart 4.0: stopped among the files" { walk_group '((logged|saved|moved):)?(download|unpack|unpacked|files|begun|zip|step:1:(before|config|admin|after)|moved)'; }
@test "OpenCart 4.0: stopped in the tables" { walk_group '((logged|saved):)?(schema|step:3:(before|after))'; }
@test "OpenCart 4.0: stopped between steps" { walk_group '((logged|saved):)?(pause|step:[0-9]+:after|step:[0-9]+:before)'; }
@test "OpenCart 4.0: stopped in a step, or by its error" { walk_group '((logged|saved):)?(step:[0-9]+:[0-9]+|error)'; }
@test "OpenCart 4.0: at the end, and without an upgrade" { walk_group 'before|finished|refresh|stale|config'; }
