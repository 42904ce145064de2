#!/usr/bin/env bats
# A store of PrestaShop 1.7 to 8, broken at every kind of point: see prestashop_walk.bash and sides_walk.bash.

export WALK=1.7-v5
. "$TOOLKIT_SRC/tests/e2e/prestashop_walk.bash"

setup_file() { prestashop_setup_file; }
teardown_file() { walk_teardown_file; }

@test "PrestaShop 1.7 to 8: stopped before anything was changed" { walk_group 'closed|start|download|unpack|backup'; }
@test "PrestaShop 1.7 to 8: stopped among the files" { walk_group '((edited|holed|cli):)?files'; }
@test "PrestaShop 1.7 to 8: stopped in the database" { walk_group '((edited|cli):)?(schema|doctrine|settings|recurrent|version)'; }
@test "PrestaShop 1.7 to 8: stopped in texts, rules and lists" { walk_group '(cli:)?(labels|htaccess|xml|overrides|cache)'; }
@test "PrestaShop 1.7 to 8: stopped in modules and at the end" { walk_group '(cli:)?(modules|clean|complete|finished)'; }
@test "PrestaShop 1.7 to 8: a second attempt, the module's own way back" { walk_group 'rollback|rolledback|twice'; }
