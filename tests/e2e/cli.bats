#!/usr/bin/env bats
# Manners of the command line: exit statuses, last lines, what is never printed, what is never changed.

bats_require_minimum_version 1.5.0

GENERATOR=$TOOLKIT_SRC/tests/stores/xcart5
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

# A store that stopped among its files, for all tests that only read
setup_file() {
    mariadb_available || skip "no MariaDB server on this machine"
    export WORK=$BATS_FILE_TMPDIR/w
    mkdir -p "$BATS_FILE_TMPDIR/site"
    mariadb_start "$WORK"
    make_shop "$BATS_FILE_TMPDIR/site/shop" shop files:Core:cut:3 hard
}

teardown_file() { mariadb_stop "$BATS_FILE_TMPDIR/w"; }

setup() {
    cd "$BATS_TEST_TMPDIR"
    SHOP=$BATS_FILE_TMPDIR/site/shop
}

# make_shop DIR DB POINT KILL
make_shop() {
    mkdir -p "$(dirname "$1")"
    "$GENERATOR/make" --family 5.3.6 --dir "$1" --work "$WORK" --db "$2" --stop "$3" --kill "$4" </dev/null
}

# fresh [POINT [KILL]]: a store of this test alone, $OWN
fresh() {
    OWN=$BATS_TEST_TMPDIR/site/own
    make_shop "$OWN" own "${1:-files:Core:cut:3}" "${2:-hard}"
}

# toolkit STATUS ARGS...: runs it without a terminal; it has to end with that status. Leaves out and err.
toolkit() {
    local want=$1 status=0
    shift
    "$TOOLKIT" "$@" >out 2>err </dev/null || status=$?
    if [ "$status" != "$want" ]; then
        printf 'toolkit %s ended with %s, not %s\n' "$*" "$status" "$want"
        cat out err
        return 1
    fi
}

none() {
    if grep "$@"; then
        return 1
    fi
}

# json EXPRESSION: the value of a PHP expression over $d, the decoded out; fails when out is not one JSON object
json() {
    php -r '$d = json_decode(file_get_contents("out"), true, 64, JSON_THROW_ON_ERROR); is_array($d) && isset($d["schema"]) or exit(1);
        echo json_encode(eval("return " . $argv[1] . ";"));' "$1"
}

# Every name, type, mode, time and byte below a folder
fingerprint() {
    (cd "$1" && find . -printf '%p %y %m %U:%G %s %T@ %C@ %l\n' | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

COMMANDS='diagnose resume run verify backups inspect restore snapshot cases undo clean labels cache store addons version help'

@test "no store: says what was looked for and how to name one" {
    mkdir empty
    for command in diagnose resume "run labels" verify backups "inspect nothing.zip" restore snapshot cases undo clean labels "cache clear" \
        "store open" "addons list"; do
        # shellcheck disable=SC2086 # words
        toolkit 3 -C empty --yes $command
        [ ! -s out ]
        grep -qF 'no store in' err
        grep -qF 'classes/XLite/Upgrade/Cell.php' err
        grep -qF "$TOOLKIT -C" err
        [ "$(tail -n 1 err)" = 'STOPPED before the start; nothing was changed' ]
    done
    mkdir -p "$BATS_TEST_TMPDIR/sites/other"
    ln -s "$SHOP" "$BATS_TEST_TMPDIR/sites/link"
    cp -a "$SHOP" "$BATS_TEST_TMPDIR/sites/one"
    toolkit 3 -C "$BATS_TEST_TMPDIR/sites" diagnose
    grep -qF "one is below: $BATS_TEST_TMPDIR/sites/one" err
    toolkit 3 -C no-such-folder diagnose
    grep -qF no-such-folder err
    [ -z "$(ls -A empty)" ]
}

@test "unknown words are refused, and the nearest command is named but not run" {
    toolkit 2 -C "$SHOP" diagnos
    grep -qF "did you mean: $TOOLKIT -C $SHOP diagnose" err
    [ ! -s out ]
    toolkit 2 -C "$SHOP" diagnose --frobnicate
    grep -qF -- '--frobnicate' err
    grep -qF "$TOOLKIT -C $SHOP help diagnose" err
    toolkit 2 -C "$SHOP" diagnose extra
    toolkit 2 -C "$SHOP" run
    toolkit 2 -C "$SHOP" cache
    toolkit 2 -C "$SHOP" cache frob
    grep -qF frob err
    toolkit 2 -C "$SHOP" store ajar
    toolkit 2 -C "$SHOP" -C "$SHOP" diagnose
    toolkit 2 help nonsense
    toolkit 2 help --completion tcsh
}

@test "a step that does not exist is refused before anything is asked" {
    for words in 'resume --from nonsense' 'resume --until nonsense' 'run nonsense' 'run labels nonsense'; do
        # shellcheck disable=SC2086 # words
        toolkit 2 -C "$SHOP" $words
        grep -qF '"nonsense"' err
        grep -qF 'it has download, unpack, check, pre_hooks, files, post_hooks, rebuild, rebuild_hooks, labels, cache' err
        none -qF terminal err
    done
    [ "$(find "$BATS_FILE_TMPDIR/site" -maxdepth 1 -name '.toolkit-*' | wc -l)" = 0 ]
}

@test "help: for all, for each command, by three ways; never an error" {
    toolkit 0 help
    for command in $COMMANDS; do grep -qE "^  $command" out; done
    grep -qF 'Exit status' out
    for command in $COMMANDS; do
        toolkit 0 help "$command"
        mv out first
        [ ! -s err ]
        grep -qF "toolkit $command" first
        grep -qxF Examples first
        toolkit 0 "$command" --help
        cmp first out
        toolkit 0 -h -C /nowhere "$command"
        cmp first out
    done
    toolkit 2
    grep -qF 'toolkit diagnose' out
}

@test "help and README name the same commands" {
    toolkit 0 help
    sed -n '/^Commands$/,/^$/s/^  \([a-z]*\) .*/\1/p' out >have
    # shellcheck disable=SC2086 # words
    printf '%s\n' $COMMANDS | diff have -
    sed -n 's/^| `\([a-z]*\)[ `].* | .* |$/\1/p' "$TOOLKIT_SRC/README.md" | grep -xf have >written
    sort have | diff - <(sort -u written)
}

@test "help: the man page is clean roff and names every command and option" {
    toolkit 0 help --man
    none -nP '[^\x00-\x7f]' out
    for command in $COMMANDS; do grep -qE "^\\.SS \"$command " out; done
    command -v groff >/dev/null || skip "no groff here"
    groff -man -Tascii -ww -b out >page 2>warnings
    [ ! -s warnings ] || { cat warnings; false; }
    col -b <page | grep -qF 'EXIT STATUS'
}

@test "help: completion for bash works, that for zsh and fish is well formed" {
    complete_bash() {
        bash -c 'source <("$0" help --completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _toolkit; printf "%s\n" "${COMPREPLY[@]}"' \
            "$TOOLKIT" "$@"
    }
    mkdir -p dirs/folder
    [ "$(complete_bash toolkit diag)" = diagnose ]
    [ "$(complete_bash toolkit -C /x resu)" = resume ]
    [ "$(complete_bash toolkit resume --unt)" = --until ]
    [ "$(complete_bash toolkit cache cl)" = clear ]
    [ "$(complete_bash toolkit help ver | sort | paste -sd ' ')" = 'verify version' ]
    [ "$(complete_bash toolkit help --completion z)" = zsh ]
    [ "$(complete_bash toolkit -C dirs/f)" = dirs/folder ]
    [ -z "$(complete_bash toolkit resume --from fil)" ]
    # Behind a switch stand on and off, and behind an operand of a list no second one.
    [ "$(complete_bash toolkit store deb)" = debug ]
    [ "$(complete_bash toolkit -C /x store debug o | sort | paste -sd ' ')" = 'off on' ]
    [ "$(complete_bash toolkit store --yes native-only of)" = off ]
    [ -z "$(complete_bash toolkit store open o)" ]
    [ -z "$(complete_bash toolkit cache clear re)" ]
    # An option of one command is not offered for another.
    [ -z "$(complete_bash toolkit diagnose --unt)" ]
    for shell in bash zsh fish; do
        toolkit 0 help --completion $shell
        for command in $COMMANDS; do grep -qwF "$command" out; done
        grep -qF db-defaults-file out
        if command -v $shell >/dev/null; then $shell -n out; fi
    done
}

@test "version: by command and by option" {
    toolkit 0 version
    mv out first
    toolkit 0 --version
    cmp first out
    toolkit 0 -V
    cmp first out
    grep -qE '^toolkit [0-9]+\.[0-9]+\.[0-9]+ \(commit ' out
}

@test "--json: every command gives one object, in success and in failure, and keeps everything else on stderr" {
    toolkit 0 --json version
    json '$d["version"]'
    toolkit 0 --json version --licenses
    json '$d["licenses"]' | grep -qF Pornin
    toolkit 0 --json help
    [ "$(json 'count($d["commands"])')" -ge 9 ]
    toolkit 0 --json help resume
    [ "$(json '$d["commands"][0]["name"]')" = '"resume"' ]
    toolkit 1 -C "$SHOP" --json diagnose
    [ "$(json '$d["upgrade"]["state"]')" = '"interrupted"' ]
    [ "$(json '$d["failed_step"]')" = '"files:Core"' ]
    [ "$(json '$d["exit"]')" = 1 ]
    toolkit 0 -C "$SHOP" --json --dry-run resume
    [ "$(json '$d["dry_run"]')" = true ]
    toolkit 0 -C "$SHOP" --json --dry-run run labels
    [ "$(json '$d["steps_done"]')" = 4 ]
    toolkit 0 -C "$SHOP" --json --dry-run labels
    json '$d["task"]'
    toolkit 0 -C "$SHOP" --json --dry-run cache clear
    json '$d["task"]'
    toolkit 0 -C "$SHOP" --json --dry-run cache rebuild
    json '$d["task"]'
    toolkit 0 -C "$SHOP" --json --dry-run store close
    json '$d["task"]'
    toolkit 1 -C "$SHOP" --json verify
    json '1'
    for words in 'diagnose extra' 'nonsense' 'resume' 'run labels' 'store close' 'cache frob' 'run' '--db-port=x diagnose' 'help nonsense' 'resume --from nonsense'; do
        # shellcheck disable=SC2086 # words
        toolkit 2 -C "$SHOP" --json $words
        [ "$(json '$d["exit"]')" = 2 ]
        [ "$(json 'strlen($d["error"]["text"]) > 0')" = true ]
    done
    toolkit 2 nonsense --json
    [ "$(json '$d["exit"]')" = 2 ]
    for words in diagnose 'resume --yes' verify labels 'store open'; do
        # shellcheck disable=SC2086 # words
        toolkit 3 -C / --json $words
        [ "$(json '$d["exit"]')" = 3 ]
    done
}

@test "colours: on a terminal, never elsewhere, never with NO_COLOR or --no-color" {
    command -v script >/dev/null || skip "no script(1) here"
    on_terminal() {
        script -qefc "$* '$TOOLKIT' -C '$SHOP' ${EXTRA:-} diagnose" /dev/null </dev/null >tty 2>&1 || true
        grep -qF 'files:Core' tty
    }
    on_terminal env -u NO_COLOR TERM=xterm
    grep -q $'\e\\[' tty
    on_terminal env NO_COLOR=1 TERM=xterm
    none -q $'\e' tty
    EXTRA=--no-color on_terminal env -u NO_COLOR TERM=xterm
    none -q $'\e' tty
    on_terminal env -u NO_COLOR TERM=dumb
    none -q $'\e' tty
    env -u NO_COLOR TERM=xterm "$TOOLKIT" -C "$SHOP" diagnose >out 2>err </dev/null || true
    env -u NO_COLOR TERM=xterm "$TOOLKIT" -C "$SHOP" --dry-run resume >>out 2>>err </dev/null
    none -q $'\e\|\r' out err
}

@test "on a terminal the bar is gone before the next line is written" {
    command -v script >/dev/null || skip "no script(1) here"
    fresh
    script -qefc "env TERM=xterm '$TOOLKIT' -C '$OWN' --yes resume" /dev/null </dev/null >tty 2>&1
    grep -qF 'Copying the files' tty
    grep -qP '\r\x1b\[K +(\x1b\[[0-9;]*m)?done(\x1b\[[0-9;]*m)? in' tty
    none -P '[^\r]\x1b\[K +[^ ]' tty
    grep -qF 'OK: the upgrade' tty
}

@test "a standard output that takes nothing is never called success" {
    [ -e /dev/full ] || skip "no /dev/full here"
    for words in version help 'help --man' '--json version' '--json help' '--dry-run resume' '--json --dry-run resume' '--json --dry-run labels' diagnose; do
        status=0
        # shellcheck disable=SC2086 # words
        "$TOOLKIT" -C "$SHOP" $words >/dev/full 2>err </dev/null || status=$?
        [ "$status" != 0 ] || { echo "$words"; false; }
        [ "$(grep -c 'standard output' err)" = 1 ] || { echo "$words"; cat err; false; }
    done
}

@test "resume without a terminal asks for --yes and changes nothing" {
    fingerprint "$SHOP" >before
    printf 'CREATE TABLE `xc_a` (`i` int);\nINSERT INTO `xc_a` VALUES (1);\n-- Dump completed on 2020-01-02  3:04:05\n' >dump.sql
    for words in resume 'run labels' 'restore dump.sql' 'cache rebuild' 'store close'; do
        # shellcheck disable=SC2086 # words
        toolkit 2 -C "$SHOP" $words
        grep -qF -- '--dry-run' err
        grep -qF -- '--yes' err
        [ "$(tail -n 1 err)" = 'STOPPED before the start; nothing was changed' ]
    done
    fingerprint "$SHOP" | cmp - before
    [ "$(find "$BATS_FILE_TMPDIR/site" -maxdepth 1 -name '.toolkit-*' | wc -l)" = 0 ]
}

@test "looking changes nothing: not a byte, not a time, not a row, no folder" {
    "$GENERATOR/digest" --dir "$SHOP" --work "$WORK" --db shop >rows
    fingerprint "$BATS_FILE_TMPDIR/site" >before
    toolkit 1 -C "$SHOP" diagnose
    toolkit 1 -C "$SHOP" -v diagnose
    toolkit 1 -C "$SHOP" --json diagnose
    toolkit 0 -C "$SHOP" --dry-run resume
    toolkit 0 -C "$SHOP" -n run labels rebuild files
    toolkit 0 -C "$SHOP" -n labels
    toolkit 0 -C "$SHOP" -n cache clear
    toolkit 0 -C "$SHOP" -n cache rebuild
    toolkit 0 -C "$SHOP" -n store close
    toolkit 1 -C "$SHOP" verify
    toolkit 3 -C "$SHOP" backups
    toolkit 0 -C "$SHOP" -n snapshot
    toolkit 0 -C "$SHOP" cases
    toolkit 0 -C "$SHOP" -n clean
    fingerprint "$BATS_FILE_TMPDIR/site" | cmp - before
    "$GENERATOR/digest" --dir "$SHOP" --work "$WORK" --db shop | cmp - rows
}

@test "the verdict is the last line, and the command in it can be run as it stands" {
    fresh
    toolkit 1 -C "$OWN" diagnose
    tail -n 1 out | grep -qE '^DONE WITH [0-9]+ PROBLEMS?: .*; continue with: [^ ]*toolkit[^ ]* '
    command=$(tail -n 1 out | sed 's/.*continue with: [^ ]* //')
    eval "toolkit 0 --yes $command"
    tail -n 1 out | grep -qE '^OK: the upgrade to 5\.3\.6 is finished'
    toolkit 0 -C "$OWN" -q diagnose
    [ "$(cat out)" = 'OK: the last upgrade is finished' ]
    toolkit 0 -C "$OWN" resume
    grep -q '^OK: .*nothing was changed' out
}

@test "a path with blanks and quotes comes back as a command that works" {
    OWN="$BATS_TEST_TMPDIR/site/it's a shop"
    make_shop "$OWN" own files:Core:cut:3 hard
    toolkit 1 -C "$OWN" diagnose
    command=$(tail -n 1 out | sed 's/.*continue with: [^ ]* //')
    eval "toolkit 0 --dry-run $command"
}

# What a log or a file name says must reach the terminal as text, whoever wrote it.
@test "no control character of a log or a file name is ever printed" {
    fresh files:Core:cut:3 hard
    log=$(find "$OWN/var/log" -name 'upgrade.log*' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
    when=$(grep -o '^\[info, [^]]*' "$log" | tail -n 1 | cut -c 8-)
    {
        printf '[error, %s] Unable to update file: "classes/\e]52;c;QUFBQQ==\a\e[2J\rX.php"\n' "$when"
        printf '[error, %s] \e]0;owned\a\x9b31m\xc2\x9b2J\xe2\x80\xaetxt.php\n' "$when"
        printf '[info, %s] Update hook is run: Core:upgrade/5.3/6/post_rebuild_\e[31m.php (\e[5m)\n' "$when"
    } >>"$log"
    mkdir -p "$OWN/var/tmp/$(printf 'a\e[31mb')"
    printf 'x' >"$OWN/classes/$(printf 'e\e[2J\rvil').php"
    for words in diagnose '-v diagnose' '--json diagnose' '--dry-run resume' '--dry-run -v resume' verify '-v verify' 'verify --extra'; do
        # shellcheck disable=SC2086 # words
        "$TOOLKIT" -C "$OWN" $words >>all 2>&1 </dev/null || true
    done
    grep -qF 'QUFBQQ' all
    none -qP '[\x00-\x08\x0b-\x1f\x7f]' all
    none -qP '\xc2[\x80-\x9f]' all
    none -qF $'\u202e' all
}

@test "the database password is in no output, no journal, no file of the work directory, no argument" {
    fresh
    sed -i '/^password/d; s/^\(username.*\)/\1\npassword = "pAss-w0rd-7391"/' "$OWN/etc/config.local.php"
    grep -q '^password = "pAss-w0rd-7391"' "$OWN/etc/config.local.php"
    echo "ALTER USER own_shop@localhost IDENTIFIED BY 'pAss-w0rd-7391'" | mariadb_sql "$WORK"
    : >all
    for words in diagnose '-v diagnose' '--json diagnose' '--dry-run -v resume' '--yes -v resume' '--json verify' labels; do
        # shellcheck disable=SC2086 # words
        "$TOOLKIT" -C "$OWN" $words >>all 2>&1 </dev/null || { [ $? = 1 ] || { cat all; false; }; }
    done
    grep -qF 'is finished' all
    # The server refuses it, and cannot be reached.
    sed -i 's/pAss-w0rd-7391/pAss-w0rd-7391-wrong/' "$OWN/etc/config.local.php"
    "$TOOLKIT" -C "$OWN" -v diagnose >>all 2>&1 </dev/null || true
    grep -qF 'own_shop' all
    "$TOOLKIT" -C "$OWN" -v --db-socket /nowhere diagnose >>all 2>&1 </dev/null || true
    # A line that PHP could not read either.
    sed -i 's/^password.*/password = "pAss-w0rd-7391/' "$OWN/etc/config.local.php"
    "$TOOLKIT" -C "$OWN" -v diagnose >>all 2>&1 </dev/null || true
    "$TOOLKIT" -C "$OWN" --json diagnose >>all 2>&1 </dev/null || true
    none -qF 'pAss-w0rd' all
    [ "$(find "$BATS_TEST_TMPDIR/site" -maxdepth 1 -name '.toolkit-*' | wc -l)" = 1 ]
    none -rqaF 'pAss-w0rd' "$BATS_TEST_TMPDIR"/site/.toolkit-*
    none -rqaF 'pAss-w0rd' "$OWN/var/log"
}

@test "the work directory is private, and lies where it was asked to lie" {
    fresh
    toolkit 0 -C "$OWN" --yes resume --until files
    work=$(echo "$BATS_TEST_TMPDIR"/site/.toolkit-*)
    [ "$(stat -c %a "$work")" = 700 ]
    [ -z "$(find "$work" -type f ! -path '*/undo-*' -perm /077)" ]
    toolkit 0 -C "$OWN" --yes --work-dir "$BATS_TEST_TMPDIR/mine" resume --until post_hooks
    [ "$(stat -c %a "$BATS_TEST_TMPDIR/mine")" = 700 ]
    tail -n 1 out | grep -qF -- "--work-dir $BATS_TEST_TMPDIR/mine"
    mkdir other
    touch other/letter
    toolkit 5 -C "$OWN" --yes --work-dir other resume
    grep -qF -- --work-dir err
    [ "$(ls -A other)" = letter ]
}

@test "a second rescuer is refused and learns who is first" {
    fresh
    toolkit 0 -C "$OWN" --yes resume --until files
    lock=$(echo "$BATS_TEST_TMPDIR"/site/.toolkit-*)/lock
    exec 9<>"$lock"
    flock 9
    printf 'process 4711 on elsewhere, "toolkit resume", since 2020-01-02 03:04:05\n' >"$lock"
    for words in resume 'run labels' labels 'cache clear' 'store open' undo clean; do
        # shellcheck disable=SC2086 # words
        toolkit 3 -C "$OWN" --yes $words
        grep -qF 'process 4711 on elsewhere, "toolkit resume"' err
        [ "$(tail -n 1 err)" = 'STOPPED before the start; nothing was changed' ]
    done
    # Looking is free.
    toolkit 1 -C "$OWN" diagnose
    exec 9>&-
    toolkit 0 -C "$OWN" --yes resume
}

@test "a configuration that can't be read: diagnose goes on and names file and line" {
    fresh
    printf '; <?php /*\n[database_details]\npassword = "half\n; */ ?>\n' >"$OWN/etc/config.local.php"
    toolkit 1 -C "$OWN" diagnose
    grep -qE 'etc/config\.local\.php(:|,) line [0-9]+' out
    grep -qF 'the upgrade is interrupted at files:Core' out
    grep -qF 'the plan rests on files and logs alone' out
    toolkit 1 -C "$OWN" --json diagnose
    [ "$(json 'in_array("config_unreadable", array_column($d["findings"], "code"))')" = true ]
    # It lies: another user, another server.
    printf '; <?php /*\n[database_details]\nusername = "nobody_here"\n; */ ?>\n' >"$OWN/etc/config.local.php"
    toolkit 1 -C "$OWN" diagnose
    grep -qF nobody_here out
    grep -qF 'the upgrade is interrupted at files:Core' out
}

@test "PHP missing: diagnose goes on and names the packages; what needs none still works" {
    status=0
    PATH=/nowhere "$TOOLKIT" -C "$SHOP" --php /nonexistent diagnose >out 2>err </dev/null || status=$?
    [ "$status" = 1 ]
    grep -qF 'files:Core' out
    grep -qF 'php-cli' out
    grep -qF '/nonexistent' out
    fresh
    toolkit 0 -C "$OWN" --yes --php /nonexistent resume --until files
    toolkit 4 -C "$OWN" --yes --php /nonexistent resume || toolkit 3 -C "$OWN" --yes --php /nonexistent resume
    grep -qF 'php-cli' err
    toolkit 0 -C "$OWN" --yes resume
}

@test "database down: diagnose names the step from the logs and says what could not be known" {
    toolkit 1 -C "$SHOP" --db-socket "$BATS_TEST_TMPDIR/none.sock" diagnose
    grep -qF 'the upgrade is interrupted at files:Core' out
    grep -qF "$BATS_TEST_TMPDIR/none.sock" out
    grep -qF 'could not be read; the plan rests on files and logs alone' out
    toolkit 1 -C "$SHOP" --json --db-socket "$BATS_TEST_TMPDIR/none.sock" diagnose
    [ "$(json '$d["failed_step"]')" = '"files:Core"' ]
    [ "$(json '$d["store"]["open"]')" = null ]
    [ "$(json 'in_array("database_unreachable", array_column($d["findings"], "code"))')" = true ]
    toolkit 3 -C "$SHOP" --db-socket "$BATS_TEST_TMPDIR/none.sock" --yes labels || toolkit 4 -C "$SHOP" --db-socket "$BATS_TEST_TMPDIR/none.sock" --yes labels
    grep -qF none.sock err
}

# The store of the target version, as somebody would have it at hand: a clean tree, and the same as an archive.
source_tree() {
    CLEAN=$BATS_FILE_TMPDIR/clean
    [ ! -e "$CLEAN" ] || return 0
    make_shop "$CLEAN/tree" clean finished hard
    rm -rf "$CLEAN/tree/var" "$CLEAN/tree/etc"
}

without_packs() {
    fresh
    find "$OWN/var/tmp" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
}

@test "packs gone: said so, and a clean tree takes their place" {
    source_tree
    without_packs
    toolkit 1 -C "$OWN" diagnose
    grep -qF -- '--source' out
    toolkit 3 -C "$OWN" --yes resume
    grep -qF -- '--source' err
    toolkit 0 -C "$OWN" --source "$CLEAN/tree" --yes resume
    [ "$(php "$OWN/admin.php")" = 'X-Cart 5.3.6' ]
}

@test "packs gone: an archive takes their place" {
    source_tree
    without_packs
    tar -C "$CLEAN" -czf dist.tgz tree
    toolkit 0 -C "$OWN" --source dist.tgz --yes resume
    [ "$(php "$OWN/admin.php")" = 'X-Cart 5.3.6' ]
}

@test "a source that is none is refused before anything is changed" {
    without_packs
    fingerprint "$OWN" >before
    mkdir not-a-store
    head -c 100000 /dev/urandom >rubbish.tgz
    for source in no-such-thing not-a-store rubbish.tgz; do
        status=0
        "$TOOLKIT" -C "$OWN" --source "$source" --yes resume >out 2>err </dev/null || status=$?
        [ "$status" -ge 2 ] || { cat out err; false; }
        grep -qF "$source" err
        fingerprint "$OWN" | cmp - before
    done
}

# killed SIGNAL STEP: a fresh store, and a resume that gets the signal when it has come to that step; leaves status
killed() {
    rm -rf "$BATS_TEST_TMPDIR/site"
    fresh
    status=0
    "$TOOLKIT" -C "$OWN" --yes resume >out 2>err </dev/null 3>&- &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null && ! grep -q "^\[$2/" out; do :; done
    kill "-$1" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || status=$?
}

# Nothing was cut, so nothing is asked; after that all is as if nothing had happened.
brought_to_its_end() {
    toolkit 0 -C "$OWN" --yes resume
    "$GENERATOR/digest" --dir "$OWN" --work "$WORK" --db own | diff - "$BATS_TEST_TMPDIR/want" | head -n 20 >different
    [ ! -s different ] || { cat different; false; }
    toolkit 0 -C "$OWN" resume
}

@test "asked to stop: ends between two actions, says how to go on, and goes on" {
    fresh finished
    "$GENERATOR/digest" --dir "$OWN" --work "$WORK" --db own >want
    step=1
    for signal in INT TERM HUP; do
        killed $signal $step
        step=$((step + 4))
        if [ "$status" != 0 ]; then
            # 3: it came before the first step was done.
            [[ $status == [34] ]] || { echo "$signal: $status"; cat out err; false; }
            tail -n 1 err | grep -qE "^STOPPED .*; continue with: $TOOLKIT -C $OWN resume"
        fi
        brought_to_its_end
    done
}
