# shellcheck shell=bash
# Breaks a store of CS-Cart at point after point, lets the toolkit find the step, and brings the store back the way that is right there.
# Sourced by cscart_FAMILY.bats; WALK is the family's name. Samples and switches are those of walk.bash:
#
#   WALK_FAMILY=4.12    only this family
#   WALK_STOP=WORD      only the points whose name holds WORD
#   WALK_ALL=1          every point; otherwise one in WALK_EVERY
#   WALK_RESCUE=WORD    open, resume or restore wherever that is possible, instead of what the list of points recommends
#
# The sides that a rescue may end at: "new", the store that was upgraded without an interruption and opened; "before", the store as it was.

. "$TOOLKIT_SRC/tests/e2e/walk.bash"
GENERATOR=$TOOLKIT_SRC/tests/stores/cscart

# Makes WALK_DIR with a server in it
cscart_start() {
    local base=$BATS_FILE_TMPDIR port
    if [ -w /dev/shm ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -gt 600000 ]; then
        base=/dev/shm
    fi
    WALK_DIR=$(mktemp -d "$base/toolkit-walk.XXXXXX")
    export WALK_DIR
    chmod 711 "$WALK_DIR"
    # The settings of CS-Cart know hosts and ports, but no sockets.
    # shellcheck disable=SC2016 # a program of PHP
    port=$(php -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo explode(":", stream_socket_get_name($s, false))[1];')
    mariadb_start "$WALK_DIR" --skip-networking=0 --bind-address=127.0.0.1 --port="$port"
}

cscart_setup_file() {
    unset WALK_DIR
    if [ -n "${WALK_FAMILY:-}" ] && [ "$WALK_FAMILY" != "$WALK" ]; then
        export WALK_SKIP="only $WALK_FAMILY is asked for"
        return 0
    fi
    cscart_start
    walk_make none hard
    cscart_digest new >"$WALK_DIR/new"
    walk_make before hard
    cscart_digest before >"$WALK_DIR/before-all"
    walk_sample >"$WALK_DIR/sample"
}

# cscart_digest SIDE
cscart_digest() {
    "$GENERATOR/digest" --dir "$WALK_DIR/site/shop" --work "$WALK_DIR" --db shop --as "$1"
}

# Sets the file "reference": the store on that side
cscart_reference() {
    local side=$1
    if [ "$side" = new ]; then
        cp "$WALK_DIR/new" "$WALK_DIR/reference"
        cscart_allow "$WALK_DIR/reference"
        return
    fi
    case $point in
        holed:* | edited:*) cp "$WALK_DIR/before-own" "$WALK_DIR/reference" ;;
        *) cp "$WALK_DIR/before-all" "$WALK_DIR/reference" ;;
    esac
    cscart_allow "$WALK_DIR/reference"
}

# Takes out of a digest what nobody can bring back here
cscart_allow() {
    # The archives of the first upgraders do not hold the files of texts, though packages replace them.
    if [ "$WALK" = 4.3 ] && [ "$rescue" = restore ]; then
        sed -i '/^file var\/langs\//d' "$1"
    fi
    # The first upgraders leave what they copy open to everybody; a rescue keeps the modes of before.
    if [ "$WALK" = 4.3 ]; then
        sed -i 's/^\(file [a-z_]*\.php\) 0666 /\1 0644 /' "$1"
    fi
    # What the package brought nobody knows any more when it is gone, except where only code lies.
    case $point in
        files:refused:*) [ "$rescue" != restore ] || sed -i '/^file new_entry\.php/d' "$1" ;;
    esac
    # A second attempt notes down the modes that the first one had left: which ones were before is known no more.
    case $point in
        twice:* | again:* | mailed:*)
            sed -i 's/^root 0555 /root 0755 /; s/^\(file [a-z_]*\.php\) 0444 /\1 0644 /' "$1"
            ;;
    esac
}

# The answer of the store to a visitor: 200, 500, 503
cscart_answer() {
    # PHP of the store, as its owner would call it
    (cd "$WALK_DIR/site/shop" && php -d display_errors=0 "$1" 2>/dev/null | sed -n '1s/^HTTP //p')
}

# First command of "next"; what the toolkit tells the user to do
cscart_next() {
    # shellcheck disable=SC2016 # a program of PHP
    php -r '$d = json_decode(stream_get_contents(STDIN), true); echo $d["next"][0] ?? "";' <"$WALK_DIR/out"
}

cscart_diagnose() {
    local expected=$1 found
    cscart_digest new >"$WALK_DIR/broken.new"
    cscart_digest before >"$WALK_DIR/broken.before"
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
    advice=$(cscart_next)
    walk_toolkit --dry-run resume
    cscart_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'diagnose or resume --dry-run has changed the store'
}

# cscart_compare SIDE WORDS: the store is on that side, to the last row
cscart_compare() {
    local side=$1
    cscart_digest "$side" >"$WALK_DIR/after"
    cscart_allow "$WALK_DIR/after"
    if ! cmp -s "$WALK_DIR/reference" "$WALK_DIR/after"; then
        walk_complain "$2"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | cut -c1-220 | head -n 16
        return 1
    fi
}

cscart_serves() {
    local page answer
    for page in index.php "$(sed -n "s/^\$config\[.admin_index.\]  *= .\([a-z_.]*\).*/\1/p" "$WALK_DIR/site/shop/config.local.php")"; do
        answer=$(cscart_answer "$page")
        [ "$answer" = 200 ] || walk_complain "$page answers ${answer:-nothing}"
    done
}

# After a rescue nothing is left to complain of
cscart_settled() {
    walk_toolkit --json diagnose
    if [ "$status" != 0 ]; then
        walk_complain "after the rescue diagnose ends with $status and names $(walk_failed_step)"
        walk_said
    fi
}

cscart_done() {
    if [ "$status" != 0 ]; then
        walk_complain "$1 ended with $status"
        walk_said
    fi
}

# Going on where something is half done is refused and changes nothing. Before a script that may have run already the texts may be loaded again.
cscart_refuses() {
    walk_toolkit --yes resume
    [ "$status" != 0 ] || walk_complain 'resume went on over something that is half done'
    cscart_digest new >"$WALK_DIR/refused"
    if [ "$forward" = again ]; then
        diff <(grep post_script "$WALK_DIR/broken.new") <(grep post_script "$WALK_DIR/refused") || walk_complain 'resume has run the script again'
    else
        cmp -s "$WALK_DIR/refused" "$WALK_DIR/broken.new" || walk_complain 'resume has changed the store although it refused'
    fi
}

cscart_resume() {
    if [ "$forward" = again ]; then
        cscart_refuses
        walk_toolkit --yes resume --again
    else
        walk_toolkit --yes resume
    fi
    cscart_done resume
    cscart_reference new
    cscart_compare new 'the store differs from one that was never interrupted' || return 0
    cscart_serves
    cscart_settled
    walk_toolkit --yes resume
    cscart_compare new 'a second resume has changed the store'
}

# Files that only the broken upgrade brought may stay, but nothing that was there may be missing or different. With --exact, taken at
# every other point, they are gone as well.
cscart_restore() {
    local exact=()
    if [ $(($(printf '%s' "$point" | cksum | cut -d ' ' -f 1) % 2)) = 1 ]; then
        exact=(--exact)
    fi
    cscart_reference before
    walk_toolkit --yes restore "${exact[@]}"
    case $status in
        0 | 1) ;;
        *) cscart_done "restore ${exact[*]}" ;;
    esac
    cscart_drop_named
    if [ ${#exact[@]} = 0 ]; then
        cscart_digest before >"$WALK_DIR/after"
        cscart_allow "$WALK_DIR/after"
        cscart_allow "$WALK_DIR/broken.before"
        diff "$WALK_DIR/reference" "$WALK_DIR/after" | grep '^[<>]' >"$WALK_DIR/differences" || true
        if grep '^< ' "$WALK_DIR/differences" >"$WALK_DIR/missing" ||
            sed -n 's/^> \(file .*\)/\1/p' "$WALK_DIR/differences" | grep -vxFf "$WALK_DIR/broken.before" >"$WALK_DIR/missing"; then
            walk_complain 'after restore the store is not what it was'
            cut -c1-220 "$WALK_DIR/missing" | head -n 16
            walk_said
            return
        fi
    else
        cscart_compare before 'after restore --exact the store is not what it was' || return 0
    fi
    cscart_serves
    cscart_settled
}

# Tables that only the broken upgrade made may stay where restore names them
cscart_drop_named() {
    local table
    cscart_digest before >"$WALK_DIR/after"
    cscart_tables "$WALK_DIR/reference" >"$WALK_DIR/tables"
    cscart_tables "$WALK_DIR/after" | grep -vxFf "$WALK_DIR/tables" >"$WALK_DIR/tables.more" || true
    while read -r table; do
        grep -qF -- "$table" "$WALK_DIR/out" "$WALK_DIR/err" || walk_complain "$table stays, and restore does not say so"
        echo "DROP TABLE \`$table\`" | mariadb_sql "$WALK_DIR" shop
    done <"$WALK_DIR/tables.more"
}

cscart_tables() {
    sed -n 's/^CREATE TABLE .\([A-Za-z0-9_]*\).*/\1/p' "$1"
}

# Nothing was changed but the gate and modes
cscart_open() {
    cscart_reference before
    case $advice in
        *restore*) walk_complain "nothing was changed, but the advice is: $advice" ;;
    esac
    walk_toolkit --yes resume
    if [ "$status" != 0 ]; then
        walk_toolkit --yes store open
        cscart_done 'store open'
    fi
    cscart_compare before 'the store is not what it was' || return 0
    cscart_serves
    cscart_settled
}

walk_point() {
    local point=$1 kill=$2 expected=$3 rescue=$4 forward=$5 backup=$6 advice
    case $point in
        holed:* | edited:*)
            walk_make "${point%%:*}:before" hard >"$WALK_DIR/out" 2>&1
            cscart_digest before >"$WALK_DIR/before-own"
            ;;
    esac
    if ! walk_make "$point" "$kill" >"$WALK_DIR/out" 2>&1; then
        walk_complain "the store could not be made: $(cat "$WALK_DIR/out")"
        return
    fi
    case ${WALK_RESCUE:-}-$rescue-$forward-$backup in
        # Nothing to restore: the store is as it was, or new from end to end.
        *-open-*) ;;
        resume-*-safe-* | resume-*-again-*) rescue=resume ;;
        restore-*-yes) rescue=restore ;;
    esac
    cscart_diagnose "$expected"
    if [ "$forward" = unsafe ]; then
        cscart_refuses
    fi
    case $rescue in
        none)
            cscart_reference before
            cscart_compare before 'nothing had begun, and the store has changed'
            ;;
        # An upgrade that came to its end, and a store that nobody opened
        open) if [ "$forward" = safe ]; then cscart_resume; else cscart_open; fi ;;
        resume) cscart_resume ;;
        restore) cscart_restore ;;
    esac
}
