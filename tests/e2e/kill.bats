# The toolkit itself is killed in the middle of its work; the next run finishes, and the store ends as one that was
# never interrupted. A hook may have been cut by the kill, so --again is given when it is asked for.

bats_require_minimum_version 1.5.0
WALK=5.3.6
. "$TOOLKIT_SRC/tests/e2e/walk.bash"

setup_file() {
    walk_setup_file
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

# kill_at MILLISECONDS: a resume is killed that long after its start, then finished
kill_at() {
    local pid status=0
    "$TOOLKIT" -C "$WALK_DIR/site/shop" --yes resume >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null &
    pid=$!
    sleep "$(printf '0.%03d' "$1")"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
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
        walk_make files:Core:cut:4 hard
        kill_at "$ms" || faults=$((faults + 1))
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
    local shop=$WALK_DIR/site/shop pid i
    walk_make rebuild:requested hard
    "$TOOLKIT" -C "$shop" --yes resume >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null &
    pid=$!
    for i in $(seq 200); do
        [ ! -e "$shop/var/run/.cacheGenerated.2.step" ] || [ -e "$shop/var/run/.cacheGenerated.9.step" ] || break
        sleep 0.01
    done
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null || true
    walk_toolkit --yes resume
    [ "$status" = 0 ]
    [ -z "$(compare)" ]
}
