#!/usr/bin/env bats
# The toolkit itself is killed in the middle of its work; the next run finishes, and the store ends as one that was
# never interrupted. A hook may have been cut by the kill, so --again is given when it is asked for.

bats_require_minimum_version 1.5.0
WALK=5.3.6
. "$TOOLKIT_SRC/tests/e2e/walk.bash"
. "$TOOLKIT_SRC/tests/e2e/kill_walk.bash"

setup_file() {
    walk_setup_file
    [ -z "${WALK_SKIP:-}" ] || return 0
    walk_make files:Core:cut:4 hard
    kill_keep
}

setup() {
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
}

teardown_file() {
    walk_teardown_file
}

# A hook that was repeated because somebody agreed may count twice; all else has to be equal.
compare() {
    diff <(grep -v "post_rebuild.*\.php', '\|pre_upgrade.*\.php', '\|post_upgrade.*\.php', '" "$WALK_DIR/reference") \
        <(walk_digest | grep -v "post_rebuild.*\.php', '\|pre_upgrade.*\.php', '\|post_upgrade.*\.php', '") | head -n 20
}

# finished MILLISECONDS: a resume that was killed after that time is brought to its end
finished() {
    walk_toolkit --yes resume
    if [ "$status" != 0 ] && grep -qF -- --again "$WALK_DIR/err"; then
        walk_toolkit --yes resume --again
    fi
    if [ "$status" != 0 ]; then
        echo "killed after $1 ms, then resume ended with $status"
        walk_said
        return 1
    fi
    walk_toolkit --yes resume
    [ "$status" = 0 ]
}

# The moments are spread over the copying of files, hooks, rebuild and labels.
@test "killed at any moment, resume finishes" {
    local ms faults=0 differs moments='20 60 90 120 160 200 260 330 400 480 560 650 750 900'
    # The binary with sanitizers takes its time: fewer moments.
    [ "$TOOLKIT" = "${TOOLKIT_STATIC:-}" ] || moments='60 200 400 650'
    for ms in $moments; do
        kill_again
        kill_after "$ms" resume
        finished "$ms" || faults=$((faults + 1))
        differs=$(compare)
        if [ -n "$differs" ]; then
            echo "killed after $ms ms, the store differs:"
            echo "$differs"
            faults=$((faults + 1))
        fi
    done
    [ "$faults" = 0 ]
}

@test "killed while the cache is rebuilt, the upgrader's row comes back" {
    local steps=$WALK_DIR/site/shop/var/run/.cacheGenerated
    walk_make rebuild:requested hard
    kill_in_php resume "[ -e $steps.2.step ]"
    [ -e "$steps.2.step" ]
    [ ! -e "$steps.9.step" ]
    walk_toolkit --yes resume
    [ "$status" = 0 ]
    [ -z "$(compare)" ]
}
