# shellcheck shell=bash
# Generated stores to which tests make small changes. A file that sources this says which:
#
#   STORE_PLATFORM    a folder of tests/stores
#   STORE_FAMILIES    the families of the stores that are made for the whole file, each named like its family
#   STORE_ASIDE       the one whose files "aside" keeps
#   STORE_TCP         (may be missing) yes where the settings of the stores know no sockets
#   STORE_CACHES      (may be missing) what "files" leaves out, as patterns of find
#
# A file with stores of several platforms defines its own setup_file. WORK holds the stores, the server's socket db.sock, and work-NAME, the work directory of each.

bats_require_minimum_version 1.5.0

. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

# store_make NAME FAMILY STOP [WORDS...]: a store of its own, in $WORK/NAME
store_make() {
    "$TOOLKIT_SRC/tests/stores/$STORE_PLATFORM/make" --family "$2" --dir "$WORK/$1" --work "$WORK" --db "shop_${1//./_}" --stop "$3" "${@:4}"
}

# The server alone
store_start() {
    WORK=$(folder_make store)
    export WORK
    if [ -n "${STORE_TCP:-}" ]; then mariadb_start_tcp "$WORK"; else mariadb_start "$WORK"; fi
}

setup_file() {
    local family
    mariadb_available || return 0
    store_start
    for family in $STORE_FAMILIES; do
        store_make "$family" "$family" before
    done
}

teardown_file() {
    if [ -n "${WORK:-}" ]; then
        mariadb_stop "$WORK"
        rm -rf "$WORK"
    fi
}

setup() {
    mariadb_available || skip "no MariaDB server on this machine"
    cd "$BATS_TEST_TMPDIR" || return 1
}

# What a test has taken away comes back, whatever became of it.
teardown() {
    if [ -d "$BATS_TEST_TMPDIR/aside" ]; then cp -a "$BATS_TEST_TMPDIR"/aside/. "$WORK/$STORE_ASIDE/"; fi
}

# aside PATH: keeps a copy of a file or folder of that store
aside() {
    mkdir -p "aside/$(dirname "$1")"
    cp -a "$WORK/$STORE_ASIDE/$1" "aside/$1"
}

# toolkit NAME STATUS WORDS...: runs it in that store; what it says is in $output
toolkit() {
    local name=$1 status=$2
    shift 2
    run "-$status" "$TOOLKIT" -C "$WORK/$name" --work-dir "$WORK/work-$name" --db-socket "$WORK/db.sock" "$@"
}

# rows NAME: every row of every table but those of templates, in any order
rows() {
    echo "SELECT CONCAT('SELECT ''', table_name, ''', t.* FROM \`', table_name, '\` t;') FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name NOT LIKE '%smarty%'" | sql "$1" | sql "$1" | LC_ALL=C sort
}

# files NAME: every file but caches, with its mode and its bytes
files() {
    local patterns=() pattern but=()
    read -ra patterns <<<"$STORE_CACHES"
    for pattern in "${patterns[@]}"; do but+=(! -path "$pattern"); done
    (cd "$WORK/$1" && find . -type f "${but[@]}" -printf '%p %m %U:%G\n' -exec md5sum {} + | LC_ALL=C sort)
}

# sql NAME: the statements of stdin in that store's database
sql() { mariadb_sql "$WORK" "shop_${1//./_}" --skip-column-names; }
