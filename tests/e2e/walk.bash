# shellcheck shell=bash
# Breaks a store of one family at point after point, and lets the toolkit find the step and bring the upgrade to its end.
# Sourced by walk_FAMILY.bats; WALK is the family's name.
#
#   WALK_FAMILY=5.3.6   only this family
#   WALK_STOP=WORD      only the points whose name holds WORD
#   WALK_OWNER=USER     the store belongs to USER (set by walk_owner.bats; root only)
#   WALK_ALL=1          every point; otherwise a sample: one point in WALK_EVERY, another one for each family. The release binary differs
#                       from the other one by its compiler only: it gets half as many, and other ones

GENERATOR=$TOOLKIT_SRC/tests/stores/xcart5
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

walk_setup_file() {
    unset WALK_DIR
    if [ -n "${WALK_FAMILY:-}" ] && [ "$WALK_FAMILY" != "$WALK" ]; then
        # bats takes a skip for the whole file as a failure of it; each test skips itself.
        export WALK_SKIP="only $WALK_FAMILY is asked for"
        return 0
    fi
    WALK_DIR=$(folder_make walk)
    export WALK_DIR
    mariadb_start "$WALK_DIR"
    walk_make finished hard
    walk_digest >"$WALK_DIR/reference"
    walk_sample >"$WALK_DIR/sample"
}

walk_teardown_file() {
    if [ -n "${WALK_DIR:-}" ]; then
        mariadb_stop "$WALK_DIR"
        rm -rf "$WALK_DIR"
    fi
}

# The points of this run, as lines of "stops"
walk_sample() {
    local every=${WALK_EVERY:-28} offset=0 points name
    # A family with few points has one that is tried, too.
    points=$("$GENERATOR/stops" --family "$WALK" | wc -l)
    [ "$every" -le "$points" ] || every=$points
    if [ "$TOOLKIT" = "${TOOLKIT_STATIC:-}" ]; then
        offset=$((every + every / 2))
        every=$((every * 2))
    fi
    if [ -n "${WALK_ALL:-}${WALK_STOP:-}" ]; then
        every=1
    fi
    for name in $("$GENERATOR/stops" --families yes); do
        [ "$name" != "$WALK" ] || break
        offset=$((offset + 1))
    done
    # Strings go in by the environment: -v would read the backslashes of module names.
    EVERY=$every OFFSET=$offset STOP=${WALK_STOP:-} awk -F '\t' \
        '(NR + ENVIRON["OFFSET"]) % ENVIRON["EVERY"] == 0 && index($1, ENVIRON["STOP"])' \
        <("$GENERATOR/stops" --family "$WALK")
}

# walk_make POINT KILL: a new store in $WALK_DIR/site/shop
walk_make() {
    rm -rf "$WALK_DIR/site"
    mkdir -p "$WALK_DIR/site"
    # The test's own temporary folder lets nobody else through, and the store may be another user's.
    mkdir -p -m 1777 "$WALK_DIR/tmp"
    TMPDIR=$WALK_DIR/tmp "$GENERATOR/make" --family "$WALK" --dir "$WALK_DIR/site/shop" --work "$WALK_DIR" --db shop --stop "$1" --kill "$2" \
        ${WALK_OWNER:+--owner "$WALK_OWNER"} </dev/null
}

walk_digest() {
    "$GENERATOR/digest" --dir "$WALK_DIR/site/shop" --work "$WALK_DIR" --db shop
}

# walk_toolkit ARGS...: sets status; what it says goes into $WALK_DIR/out and $WALK_DIR/err
walk_toolkit() {
    status=0
    timeout 120 "$TOOLKIT" -C "$WALK_DIR/site/shop" "$@" >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null || status=$?
}

# Complaints of one point; the test fails when there is any
walk_complain() {
    printf 'at %s (%s): %s\n' "$point" "$kill" "$*"
    complaints=$((complaints + 1))
}

walk_said() {
    sed 's/^/    /' "$WALK_DIR/err" "$WALK_DIR/out" | tail -n 15
}

walk_failed_step() {
    # shellcheck disable=SC2016 # a program of PHP
    php -r '$d = json_decode(stream_get_contents(STDIN), true); echo is_array($d) ? $d["failed_step"] ?? "-" : "no JSON";' <"$WALK_DIR/out"
}

# How often each hook has run to its end
walk_runs() {
    echo "SELECT * FROM $(echo "SHOW TABLES LIKE '%hook_runs'" | mariadb_sql "$WALK_DIR" shop -N) ORDER BY hook" | mariadb_sql "$WALK_DIR" shop -N
}

walk_diagnose() {
    local expected=$1 want=1 found
    [ "$expected" != - ] || want=0
    walk_digest >"$WALK_DIR/before"
    walk_toolkit --json diagnose
    if [ "$status" != "$want" ]; then
        walk_complain "diagnose ended with $status, not $want"
        walk_said
    fi
    found=$(walk_failed_step)
    case "|$expected|" in
        *"|$found|"*) ;;
        *) walk_complain "diagnose says $found, the truth is $expected" ;;
    esac
    walk_toolkit --dry-run resume
    walk_digest | cmp -s - "$WALK_DIR/before" || walk_complain 'diagnose or resume --dry-run has changed the store'
}

# A hook that is known to have begun is named, and nothing runs
walk_refusal() {
    local hook=${1%%|*}
    walk_runs >"$WALK_DIR/runs"
    walk_toolkit --yes resume
    [ "$status" != 0 ] || walk_complain "a hook that had begun was repeated without being asked: $hook"
    if ! grep -qF -- "${hook##*:}" "$WALK_DIR/err" "$WALK_DIR/out"; then
        walk_complain "the refusal does not name ${hook##*:}"
        walk_said
    fi
    walk_runs | cmp -s - "$WALK_DIR/runs" || walk_complain 'hooks have run in spite of the refusal'
}

walk_resume() {
    local again=$1
    case $again in
        yes | lost) walk_toolkit --yes resume --again ;;
        *) walk_toolkit --yes resume ;;
    esac
    if [ "$again" = maybe ] && [ "$status" != 0 ] && grep -qF -- --again "$WALK_DIR/err" "$WALK_DIR/out"; then
        walk_toolkit --yes resume --again
    fi
    if [ "$status" != 0 ]; then
        walk_complain "resume ended with $status"
        walk_said
    fi
}

walk_compare() {
    if ! walk_digest >"$WALK_DIR/after" || ! cmp -s "$WALK_DIR/reference" "$WALK_DIR/after"; then
        walk_complain "$1"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | head -n 12
        return 1
    fi
}

walk_point() {
    local point=$1 kill=$2 expected=$3 again=$5 resumable=$6 packs=no hook
    if ! walk_make "$point" "$kill" >"$WALK_DIR/out" 2>&1; then
        walk_complain "the store could not be made: $(cat "$WALK_DIR/out")"
        return
    fi
    compgen -G "$WALK_DIR/site/shop/var/tmp/*/.hash" >/dev/null && packs=yes
    walk_diagnose "$expected"
    if [ "$resumable" = no ]; then
        walk_toolkit --yes resume
        [ "$status" != 0 ] || walk_complain 'resume says it is done, but packs are missing'
        walk_digest | cmp -s - "$WALK_DIR/before" || walk_complain 'resume has changed a store that it cannot mend'
        return
    fi
    case $again in
        yes) walk_refusal "$expected" ;;
        lost) walk_refusal "$expected" ;;
    esac
    walk_resume "$again"
    if [ "$again" = lost ]; then
        # The user agreed to make the last call once more, and only that shows.
        hook=${expected%%|*}
        diff <(grep -vF "${hook##*:}', '" "$WALK_DIR/reference") <(walk_digest | grep -vF "${hook##*:}', '") ||
            walk_complain 'the store differs by more than the repeated call'
        return
    fi
    walk_compare 'the store differs from one that was never interrupted' || return 0
    walk_toolkit --yes resume
    [ "$status" = 0 ] || walk_complain "a second resume ended with $status"
    walk_compare 'a second resume has changed the store' || return 0
    walk_toolkit verify
    # The upgrade's own rebuild had wiped the packs before the toolkit came, so nobody has a list any more.
    if [ "$status" = 3 ] && [ "$packs" = no ] && grep -qF -- --manifest "$WALK_DIR/err"; then
        return
    fi
    if [ "$status" != 0 ]; then
        walk_complain "verify ended with $status"
        walk_said
    fi
}

# walk_group PATTERN: all points of the sample whose name matches
walk_group() {
    local complaints=0 lines line fields
    [ -z "${WALK_SKIP:-}" ] || skip "$WALK_SKIP"
    mapfile -t lines < <(grep -E -- "^($1)" "$WALK_DIR/sample")
    if [ ${#lines[@]} -eq 0 ]; then
        skip 'no point of this kind in the sample'
    fi
    for line in "${lines[@]}"; do
        IFS=$'\t' read -r -a fields <<<"$line"
        walk_point "${fields[@]}"
    done
    [ "$complaints" = 0 ]
}
