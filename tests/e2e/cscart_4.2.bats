#!/usr/bin/env bats
# A store of CS-Cart 4.2, broken at every kind of point: see cscart_walk.bash.

export WALK=4.2
. "$TOOLKIT_SRC/tests/e2e/cscart_walk.bash"

setup_file() { sides_setup_file; }
teardown_file() { walk_teardown_file; }

@test "CS-Cart 4.2: stopped in download and checks" { walk_group 'download|unpack|check|restore:|chmod|pre:'; }
@test "CS-Cart 4.2: stopped in closing, backup, mail" { walk_group 'close|backup'; }
@test "CS-Cart 4.2: stopped in its statements" { walk_group 'sql'; }
@test "CS-Cart 4.2: stopped among the files" { walk_group '(edited:)?(files|themes)'; }
@test "CS-Cart 4.2: stopped in texts and scripts" { walk_group 'labels|post|notes'; }
@test "CS-Cart 4.2: stopped at the end" { walk_group 'settings|saving|finished'; }
