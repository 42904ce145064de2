# shellcheck shell=bash
# Breaks a store at a point, resumes it, takes that back, and resumes again: undo must bring back the very store that was broken, its logs with
# it, so that the second resume finds the same work and ends where the first one ended.
# To be sourced behind walk.bash or cscart_walk.bash. undo_state prints what has to come back; undo_golden compares with a store that was
# never interrupted.

# undo_again POINT [KILL]
undo_again() {
    local failed again=()
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
    point=$1 kill=${2:-hard} complaints=0
    walk_make "$point" "$kill"
    undo_state >"$WALK_DIR/broken"
    walk_toolkit --json diagnose
    failed=$(walk_failed_step)
    # What had begun may be repeated here, for the points are such that it may.
    again=(resume --again)
    undo_said "${again[@]}"
    undo_golden 'the first resume'
    undo_said undo
    undo_state | diff "$WALK_DIR/broken" - >"$WALK_DIR/differences" || {
        walk_complain 'undo did not bring back the store that was broken'
        cut -c1-200 "$WALK_DIR/differences" | head -n 16
    }
    undo_finds "$failed"
    undo_said clean
    # What was undone and cleaned is as little known as before.
    undo_finds "$failed"
    undo_said "${again[@]}"
    undo_golden 'the second resume'
    [ "$complaints" = 0 ]
}

undo_said() {
    walk_toolkit --yes "$@"
    [ "$status" = 0 ] || {
        walk_complain "$* ended with $status"
        walk_said
    }
}

undo_finds() {
    walk_toolkit --json diagnose
    [ "$(walk_failed_step)" = "$1" ] || walk_complain "diagnose says $(walk_failed_step), before it was $1"
}
