# shellcheck shell=bash
# Dumps of one form, written from a database and loaded beside another one: shared by the tests on MariaDB and on MySQL. A file that sources
# this sets program and dumps, and defines dumps_sql, which takes statements from its standard input.

# round FORM MODE [KINDS]: without these kinds of tables
round() {
    local form=$1 mode=$2 without=${3:-} out=$BATS_TEST_TMPDIR/$1 files f plain=()
    command -v php >/dev/null || skip "no php to write dumps with"
    mkdir -p "$out"
    echo 'DROP DATABASE IF EXISTS rt_dst__tk_rt; DROP DATABASE IF EXISTS rt_dst__tk_rt_old' | dumps_sql
    "$dumps/fill" --at "$TEST_DB_SOCKET" --db rt_src --form "$form" --without "$without" --size 300000
    files=$("$dumps/write" --form "$form" --at "$TEST_DB_SOCKET" --db rt_src --out "$out" --limit 200000)
    case $form in
        opencart*) "$dumps/fill" --at "$TEST_DB_SOCKET" --db rt_dst --form "$form" --without "$without" --size 1000 --rows no ;;
        *) echo 'DROP DATABASE IF EXISTS rt_dst; CREATE DATABASE rt_dst CHARACTER SET utf8mb4' | dumps_sql ;;
    esac
    for f in $files; do
        case $f in *.gz) gunzip "$f" && f=${f%.gz} ;; esac
        plain+=("$f")
    done
    "$program" load rt_dst rt "$mode" 2 '' "${plain[@]}"
    [ "$mode" = in-place ] || "$program" switch rt_dst rt "$mode" 2 ''
    # What stands aside in names beside the live tables is no part of them.
    if [ "$mode" = names ]; then "$program" drop rt_dst rt "$mode" 2 ''; fi
    "$dumps/compare" --at "$TEST_DB_SOCKET" --db rt_src --to rt_dst --form "$form"
}
