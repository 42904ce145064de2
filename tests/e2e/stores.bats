#!/usr/bin/env bats
# The generator of broken stores itself: what it makes is always the same, and really broken.

bats_require_minimum_version 1.5.0

GENERATOR=$TOOLKIT_SRC/tests/stores/xcart5
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    if [ "$TOOLKIT" != "${TOOLKIT_STATIC:-}" ]; then
        mariadb_start "$BATS_FILE_TMPDIR/w"
    fi
}

setup() {
    if [ "$TOOLKIT" = "${TOOLKIT_STATIC:-}" ]; then
        skip "tests the stores, not the binary; once is enough"
    fi
    cd "$BATS_TEST_TMPDIR"
}

teardown_file() {
    if [ -d "$BATS_FILE_TMPDIR/w" ]; then
        mariadb_stop "$BATS_FILE_TMPDIR/w"
    fi
}

# make_store FAMILY NAME [OPTION...], digest_store NAME
make_store() {
    local family=$1 name=$2
    shift 2
    "$GENERATOR/make" --family "$family" --dir "$BATS_TEST_TMPDIR/$name" --work "$BATS_FILE_TMPDIR/w" --db "$name" "$@"
}

digest_store() {
    "$GENERATOR/digest" --dir "$BATS_TEST_TMPDIR/$1" --work "$BATS_FILE_TMPDIR/w" --db "$1"
}

@test "two undisturbed upgrades end in the same state, of the new version, each hook run once" {
    local -A version=([5.0]=5.0.13 [5.2.15]=5.2.16 [5.3]=5.3.3.3)
    for family in "${!version[@]}"; do
        make_store "$family" first
        make_store "$family" second --stop finished
        digest_store first >one
        digest_store second >two
        cmp one two
        [ "$(php first/admin.php)" = "X-Cart ${version[$family]}" ]
        grep -q "hook_runs" one
        run ! grep -E "^  '.*:[0-9.]+/[0-9.]+/[a-z_0-9]+\.php', '[^1]" one
        rm -rf first second
    done
}

@test "a store that was stopped is in another state, and one changed byte shows" {
    make_store 5.3.6 whole
    make_store 5.3.6 broken --stop 'labels:XC\Reviews:inside'
    digest_store whole >whole.txt
    digest_store broken >broken.txt
    run ! cmp -s whole.txt broken.txt
    [ "$(stat -c %a whole/robots.txt)" = 600 ]
    printf x >>whole/robots.txt
    digest_store whole >changed
    [ "$(diff whole.txt changed | grep -c '^>')" = 1 ]
}

@test "a point that the upgrade never passes is an error, an unknown family is bad usage" {
    run -1 make_store 5.0 never --stop files:Nobody:before
    [[ $output == *files:Nobody:before* ]]
    run -2 make_store 9.9 never
}

@test "every family names its points once, each with the step that has failed" {
    for family in $("$GENERATOR/stops" --families yes); do
        "$GENERATOR/stops" --family "$family" >points
        [ "$(wc -l <points)" -gt 100 ]
        [ -z "$(cut -f 1,2 points | sort | uniq -d)" ]
        [ -z "$(awk -F '\t' 'NF != 6' points)" ]
    done
}
