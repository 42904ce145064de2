#!/usr/bin/env bats
# A CS-Cart backup that is damaged, and a clean tree of the same version that fills its holes.

bats_require_minimum_version 1.5.0
GENERATOR=$TOOLKIT_SRC/tests/stores/cscart
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

setup_file() {
    WORK=$(folder_make cscart)
    export WORK
    mariadb_start_tcp "$WORK"
    "$GENERATOR/make" --family 4.12 --dir "$WORK/old" --work "$WORK" --db old --stop before
    "$GENERATOR/make" --family 4.12 --dir "$WORK/new" --work "$WORK" --db new --stop none
}

teardown_file() {
    mariadb_stop "$WORK"
    rm -rf "$WORK"
}

setup() {
    rm -rf "$WORK/shop" "$WORK"/.toolkit-*
    "$GENERATOR/make" --family 4.12 --dir "$WORK/shop" --work "$WORK" --db shop --stop files:copied:60
    zip=$(echo "$WORK"/shop/var/backups/upg_core_*.zip)
}

run_toolkit() {
    status=0
    "$TOOLKIT" -C "$WORK/shop" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    cat "$WORK/out" "$WORK/err"
}

# Some bytes in the middle of the archive are overwritten.
damage() {
    local size
    size=$(stat -c %s "$zip")
    head -c 300 /dev/zero | dd of="$zip" bs=1 seek=$((size / 3)) conv=notrunc status=none
}

code_of() {
    (cd "$1" && find app js index.php init.php -type f ! -name '*.toolkit' -exec md5sum {} + | sort -k 2)
}

@test "a damaged backup changes nothing, salvage names what it lacks, and a source fills it" {
    damage
    code_of "$WORK/shop" >"$WORK/broken"
    run_toolkit --yes restore --only files "$zip"
    [ "$status" = 5 ]
    diff "$WORK/broken" <(code_of "$WORK/shop")
    run_toolkit --yes restore --only files --salvage --source "$WORK/old" "$zip"
    [ "$status" = 0 ]
    grep -q 'come from the source' "$WORK/out"
    diff <(code_of "$WORK/old") <(code_of "$WORK/shop") | grep '^<' && return 1
    run_toolkit --yes undo
    [ "$status" = 0 ]
    diff "$WORK/broken" <(code_of "$WORK/shop")
}

@test "a source of another version is refused" {
    run_toolkit --yes restore --only files --source "$WORK/new" "$zip"
    [ "$status" = 5 ]
    grep -q 'of version 4.13.1' "$WORK/err"
}
