# shellcheck shell=bash
# Breaks a store at point after point, lets the toolkit find the step, and brings the store back the way that is right there. Sourced by
# cscart_walk.bash and prestashop_walk.bash, which set GENERATOR and tell what is their platform's own:
#
#   sides_allow FILE    takes out of a digest what nobody can bring back at this point
#   sides_serves        complains unless the pages of the store answer
#   sides_own POINT     true when the store of before is another one at this point
#   sides_prepare       what the user does by hand before going on
#   sides_after         and behind it
#   sides_named         (may be missing) prints the backup where none is recommended
#   sides_untouched     false when a refused resume has changed what it must not
#
# WALK is the family's name. Samples and switches are those of walk.bash:
#
#   WALK_FAMILY=4.12    only this family
#   WALK_STOP=WORD      only the points whose name holds WORD
#   WALK_ALL=1          every point; otherwise one in WALK_EVERY
#   WALK_RESCUE=WORD    open, resume or restore wherever that is possible, instead of what the list of points recommends
#
# The sides that a rescue may end at: "new", the store that was upgraded without an interruption and opened; "before", the store as it was.

. "$TOOLKIT_SRC/tests/e2e/walk.bash"

# Makes WALK_DIR with a server in it
sides_start() {
    WALK_DIR=$(folder_make walk)
    export WALK_DIR
    mariadb_start_tcp "$WALK_DIR"
}

sides_setup_file() {
    unset WALK_DIR
    if [ -n "${WALK_FAMILY:-}" ] && [ "$WALK_FAMILY" != "$WALK" ]; then
        export WALK_SKIP="only $WALK_FAMILY is asked for"
        return 0
    fi
    sides_start
    walk_make none hard
    sides_digest new >"$WALK_DIR/new"
    walk_make before hard
    sides_digest before >"$WALK_DIR/before-all"
    walk_sample >"$WALK_DIR/sample"
}

# sides_digest SIDE
sides_digest() {
    "$GENERATOR/digest" --dir "$WALK_DIR/site/shop" --work "$WALK_DIR" --db shop --as "$1"
}

# Sets the file "reference": the store on that side
sides_reference() {
    local side=$1
    if [ "$side" = new ]; then
        cp "$WALK_DIR/new" "$WALK_DIR/reference"
        sides_allow "$WALK_DIR/reference"
        return
    fi
    if sides_own "$point"; then
        cp "$WALK_DIR/before-own" "$WALK_DIR/reference"
    else
        cp "$WALK_DIR/before-all" "$WALK_DIR/reference"
    fi
    sides_allow "$WALK_DIR/reference"
}

# The answer of the store to a visitor: 200, 500, 503
sides_answer() {
    # PHP of the store, as its owner would call it
    (cd "$WALK_DIR/site/shop" && php -d display_errors=0 "$1" 2>/dev/null | sed -n '1s/^HTTP //p')
}

# First command of "next"; what the toolkit tells the user to do
sides_next() {
    # shellcheck disable=SC2016 # a program of PHP
    php -r '$d = json_decode(stream_get_contents(STDIN), true); echo $d["next"][0] ?? "";' <"$WALK_DIR/out"
}

sides_diagnose() {
    local expected=$1
    sides_digest new >"$WALK_DIR/broken.new"
    sides_digest before >"$WALK_DIR/broken.before"
    walk_toolkit --json diagnose
    found=$(walk_failed_step)
    # Ids of steps begin with their kind
    case "|$expected|" in
        *"|$found|"* | *"|${found%%:*}|"*) ;;
        *)
            walk_complain "diagnose says $found, the truth is $expected"
            walk_said
            ;;
    esac
    case "$found$status" in
        -0 | [!-]*1) ;;
        *) walk_complain "diagnose names $found and ends with $status" ;;
    esac
    advice=$(sides_next)
    walk_toolkit --dry-run resume
    sides_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'diagnose or resume --dry-run has changed the store'
}

# sides_compare SIDE WORDS: the store is on that side, to the last row
sides_compare() {
    local side=$1
    sides_digest "$side" >"$WALK_DIR/after"
    sides_allow "$WALK_DIR/after"
    if ! cmp -s "$WALK_DIR/reference" "$WALK_DIR/after"; then
        walk_complain "$2"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | cut -c1-220 | head -n 16
        return 1
    fi
}

# After a rescue nothing is left to complain of
sides_settled() {
    walk_toolkit --json diagnose
    if [ "$status" != 0 ]; then
        walk_complain "after the rescue diagnose ends with $status and names $(walk_failed_step)"
        walk_said
    fi
}

sides_done() {
    if [ "$status" != 0 ]; then
        walk_complain "$1 ended with $status"
        walk_said
    fi
}

# Going on where something is half done is refused and changes nothing that the platform counts
sides_refuses() {
    walk_toolkit --yes resume
    [ "$status" != 0 ] || walk_complain 'resume went on over something that is half done'
    sides_digest new >"$WALK_DIR/refused"
    sides_untouched || walk_complain 'resume has changed the store although it refused'
}

sides_resume() {
    sides_prepare
    if [ "$forward" = again ]; then
        sides_refuses
        walk_toolkit --yes resume --again
    else
        walk_toolkit --yes resume
    fi
    if [ "$forward" = maybe ] && [ "$status" != 0 ] && grep -qF -- --again "$WALK_DIR/err" "$WALK_DIR/out"; then
        walk_toolkit --yes resume --again
    fi
    sides_done resume
    sides_after
    sides_reference new
    sides_compare new 'the store differs from one that was never interrupted' || return 0
    sides_serves
    sides_settled
    walk_toolkit --yes resume
    sides_compare new 'a second resume has changed the store'
}

# Files that only the broken upgrade brought may stay, but nothing that was there may be missing or different. With --exact, taken at
# every other point, they are gone as well.
sides_restore() {
    local exact=() name
    if [ $(($(printf '%s' "$point" | cksum | cut -d ' ' -f 1) % 2)) = 1 ]; then
        exact=(--exact)
    fi
    sides_reference before
    name=$(if declare -F sides_named >/dev/null; then sides_named; fi)
    walk_toolkit --yes restore "${exact[@]}" ${name:+"$name"}
    case $status in
        0 | 1) ;;
        *) sides_done "restore ${exact[*]}" ;;
    esac
    sides_drop_named
    if [ ${#exact[@]} = 0 ]; then
        sides_digest before >"$WALK_DIR/after"
        sides_allow "$WALK_DIR/after"
        sides_allow "$WALK_DIR/broken.before"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | grep '^[<>]' >"$WALK_DIR/differences" || true
        if grep '^< ' "$WALK_DIR/differences" >"$WALK_DIR/missing" ||
            sed -n 's/^> \(file .*\)/\1/p' "$WALK_DIR/differences" | grep -vxFf "$WALK_DIR/broken.before" >"$WALK_DIR/missing"; then
            walk_complain 'after restore the store is not what it was'
            cut -c1-220 "$WALK_DIR/missing" | head -n 16
            walk_said
            return
        fi
    else
        sides_compare before 'after restore --exact the store is not what it was' || return 0
    fi
    sides_serves
    sides_settled
}

# Tables that only the broken upgrade made may stay where restore names them
sides_drop_named() {
    local table
    sides_digest before >"$WALK_DIR/after"
    sides_allow "$WALK_DIR/after"
    sides_tables "$WALK_DIR/reference" >"$WALK_DIR/tables"
    sides_tables "$WALK_DIR/after" | grep -vxFf "$WALK_DIR/tables" >"$WALK_DIR/tables.more" || true
    while read -r table; do
        grep -qF -- "$table" "$WALK_DIR/out" "$WALK_DIR/err" || walk_complain "$table stays, and restore does not say so"
        echo "DROP TABLE \`$table\`" | mariadb_sql "$WALK_DIR" shop
    done <"$WALK_DIR/tables.more"
}

sides_tables() {
    sed -n 's/^CREATE TABLE .\([A-Za-z0-9_]*\).*/\1/p' "$1"
}

# Nothing was changed but the gate and modes
sides_open() {
    sides_reference before
    case $advice in
        *restore*) walk_complain "nothing was changed, but the advice is: $advice" ;;
    esac
    walk_toolkit --yes resume
    # Who closed the shop and began nothing opens it again
    if [ "$status" != 0 ] || [ "$found" = - ]; then
        walk_toolkit --yes store open
        sides_done 'store open'
    fi
    sides_compare before 'the store is not what it was' || return 0
    sides_serves
    sides_settled
}

walk_point() {
    local point=$1 kill=$2 expected=$3 rescue=$4 forward=$5 backup=$6 advice found
    if sides_own "$point"; then
        walk_make "${point%%:*}:before" hard >"$WALK_DIR/out" 2>&1
        sides_digest before >"$WALK_DIR/before-own"
    fi
    if ! walk_make "$point" "$kill" >"$WALK_DIR/out" 2>&1; then
        walk_complain "the store could not be made: $(cat "$WALK_DIR/out")"
        return
    fi
    case ${WALK_RESCUE:-}-$rescue-$forward-$backup in
        # Nothing to restore: the store is as it was, or new from end to end.
        *-open-*) ;;
        resume-*-safe-* | resume-*-again-* | resume-*-maybe-*) rescue=resume ;;
        restore-*-yes) rescue=restore ;;
    esac
    sides_diagnose "$expected"
    if [ "$forward" = unsafe ]; then
        sides_refuses
    fi
    case $rescue in
        none)
            sides_reference before
            sides_compare before 'nothing had begun, and the store has changed'
            ;;
        # An upgrade that came to its end, and a store that nobody opened
        open) if [ "$forward" = safe ]; then sides_resume; else sides_open; fi ;;
        resume) sides_resume ;;
        restore) sides_restore ;;
    esac
}
