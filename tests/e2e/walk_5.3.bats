#!/usr/bin/env bats
# Stores of X-Cart 5.3, broken at every kind of point: see walk.bash.

export WALK=5.3
. "$TOOLKIT_SRC/tests/e2e/walk.bash"

setup_file() { walk_setup_file; }
teardown_file() { walk_teardown_file; }

@test "5.3: stopped in download, unpacking, check" { walk_group 'download|unpack|check|map'; }
@test "5.3: stopped in hooks before the files" { walk_group pre_hooks; }
@test "5.3: stopped among the files" { walk_group files; }
@test "5.3: stopped in hooks after the files" { walk_group post_hooks; }
@test "5.3: stopped before and in the rebuild" { walk_group 'mark|rebuild:'; }
@test "5.3: stopped in hooks after the rebuild" { walk_group rebuild_hooks; }
@test "5.3: stopped among the labels" { walk_group labels; }
@test "5.3: stopped at the end" { walk_group 'swap|cache|finished'; }
