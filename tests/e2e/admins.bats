#!/usr/bin/env bats
# Accounts of the back office on every platform: listed, given another password, and given back the former one. What is written is checked with
# PHP, as the shops do it.

export STORE_TCP=yes
. "$TOOLKIT_SRC/tests/e2e/store.bash"

# store, platform, family, login of an account, of one that is not active, their table
STORES='
xc50 xcart5 5.0 admin@example.com second@example.com xlite_profiles
xc53 xcart5 5.3.6 admin@example.com second@example.com xc_profiles
cs49 cscart 4.9 admin@example.com second@example.com sh0p_users
cs412 cscart 4.12 admin@example.com second@example.com cscart_users
ps16 prestashop 1.6 boss@example.com hank@example.com ps_employee
ps8 prestashop 8 boss@example.com hank@example.com ps_employee
oc23 opencart 2.3 admin second shop_user
oc41 opencart 4.1 admin second oc_user
'
SECRET='Kein Wort 47 davon'

setup_file() {
    local name platform family first second table stop
    mariadb_available || return 0
    store_start
    while read -r name platform family first second table; do
        [ -n "$name" ] || continue
        stop=before
        [ "$platform" != xcart5 ] || stop=finished
        STORE_PLATFORM=$platform store_make "$name" "$family" "$stop" </dev/null
        [ "$platform" != opencart ] || sql "$name" <<<"CREATE TEMPORARY TABLE one SELECT * FROM $table WHERE username = '$first';
            UPDATE one SET user_id = 7, user_group_id = 2, username = '$second', email = 'second@example.com', status = 0; INSERT INTO $table SELECT * FROM one"
    done <<<"$STORES"
}

teardown() { :; }

# each FUNCTION: called for every store with its words
each() {
    local words
    while read -r -a words <&8; do
        [ ${#words[@]} = 0 ] || "$1" "${words[@]}"
    done 8<<<"$STORES"
}

# never COMMAND...: fails where that succeeds
never() { if "$@"; then return 1; fi; }

# accounts STORE TABLE
accounts() { echo "SELECT * FROM $2 ORDER BY 1" | sql "$1"; }

# matches STORE LOGIN PASSWORD: that is the account's password, by the rules of the shop's own code
matches() {
    # shellcheck disable=SC2016 # a program of PHP
    SOCKET=$WORK/db.sock DIR=$WORK/$1 DATABASE=shop_$1 LOGIN=$2 PASSWORD=$3 php -r '
        $db = new mysqli("localhost", "root", "", getenv("DATABASE"), 0, getenv("SOCKET"));
        $table = array_column($db->query("SHOW TABLES")->fetch_all(), 0);
        $table = current(preg_grep("/_(profiles|users|user|employee)$/", $table));
        $login = array("profiles" => "login", "user" => "username")[substr(strrchr($table, "_"), 1)] ?? "email";
        $rows = $db->query("SELECT * FROM $table WHERE $login = \"" . getenv("LOGIN") . "\"" . ($login === "login" ? " AND order_id IS NULL" : ""))
            ->fetch_all(MYSQLI_ASSOC);
        count($rows) === 1 or die("no single account\n");
        $kept = $rows[0]["passwd"] ?? $rows[0]["password"];
        $salt = $rows[0]["salt"] ?? "";
        $typed = getenv("PASSWORD");
        $dir = getenv("DIR");
        $cookie = is_file("$dir/config/settings.inc.php") && preg_match("/_COOKIE_KEY_., .(.*?).\)/", file_get_contents("$dir/config/settings.inc.php"), $m) ? $m[1] : "";
        $key = is_file("$dir/etc/config.php") ? parse_ini_file("$dir/etc/config.php", true)["installer_details"]["shared_secret_key"] : "";
        $forms = array("md5" => md5($typed), "salted" => md5(md5($typed) . md5($salt)), "cookie" => md5($cookie . $typed),
            "sha512" => "SHA512:" . hash_hmac("sha512", $typed, $key), "sha1" => sha1($salt . sha1($salt . sha1($typed))));
        echo password_verify($typed, $kept) ? "bcrypt" : (array_search($kept, $forms, true) ?: "no");'
}

# What the versions of that store keep
scheme_of() {
    case $1 in
        xc*) echo sha512 ;;
        cs49) echo salted ;;
        ps16) echo cookie ;;
        oc23) echo sha1 ;;
        *) echo bcrypt ;;
    esac
}

# leaks STORE: the password stands in no file of the store and of the work directory, nor in what was said
leaks() {
    [[ $output != *"$SECRET"* ]] || return 0
    grep -rqF "$SECRET" "$WORK/$1" "$WORK/work-$1"
}

list_one() {
    toolkit "$1" 0 store admins
    [[ $output == *"$4"* && $output == *"$5"* && $output == *"not active"* && $output == *"OK: 2 accounts of the back office, 1 active"* ]]
    toolkit "$1" 0 --json store admins
    # shellcheck disable=SC2016 # a program of PHP
    [ "$(php -r '$d = json_decode(substr($argv[1], 0, strrpos($argv[1], "}") + 1), true); foreach ($d["admins"] as $a) echo $a["login"], $a["active"] ? "+" : "-", " ";' "$output")" = "$4+ $5- " ]
}

set_one() {
    accounts "$1" "$6" >before
    toolkit "$1" 0 --yes store password "$4" --ask <<<"$SECRET"
    [[ $output == *"OK: the password of $4 is set"* && $output == *"store password $4 --back"* ]]
    never leaks "$1"
    [ "$(matches "$1" "$4" "$SECRET")" = "$(scheme_of "$1")" ]
    # Again: what comes back is what was there before the first time.
    toolkit "$1" 0 --yes --json store password "${4^^}" --ask <<<'another one 9'
    [[ $output == *'"task": "password set"'* && $output != *'another one'* ]]
    [ "$(matches "$1" "$4" 'another one 9')" = "$(scheme_of "$1")" ]
    toolkit "$1" 0 --dry-run store password "$4" --back
    toolkit "$1" 0 --yes store password "$4" --back
    accounts "$1" "$6" | cmp - before
    toolkit "$1" 3 --yes store password "$4" --back
    [[ $output == *"has not changed the password of $4"* ]]
}

activate_one() {
    accounts "$1" "$6" >before
    toolkit "$1" 0 --yes store password "$5" --ask <<<"$SECRET"
    [[ $output == *"is not active"*--activate* ]]
    toolkit "$1" 0 --yes store password "$5" --ask --activate <<<"$SECRET"
    toolkit "$1" 0 store admins
    [[ $output == *"2 active"* ]]
    [ "$(matches "$1" "$5" "$SECRET")" != no ]
    toolkit "$1" 0 --yes store password "$5" --back
    accounts "$1" "$6" | cmp - before
}

dry_one() {
    accounts "$1" "$6" >before
    toolkit "$1" 0 --dry-run store password "$4" --ask --activate </dev/null
    [[ $output == *"would set the password of $4"* && $output == *"would activate"* ]]
    accounts "$1" "$6" | cmp - before
}

@test "the accounts of every platform are listed" {
    each list_one
}

@test "a password from standard input: kept as the shop keeps it, in no file and no word; the former one comes back" {
    each set_one
}

@test "an account that is not active stays so unless it is asked for, and becomes so again" {
    each activate_one
}

@test "a dry run asks for nothing and changes nothing" {
    each dry_one
}

@test "failed log-ins are forgotten with --activate" {
    echo 'UPDATE xc_profiles SET count_of_login_attempts = 5, date_of_login_attempt = 2000000000' | sql xc53
    toolkit xc53 0 --yes store password admin@example.com --ask --activate <<<"$SECRET"
    [ "$(echo 'SELECT count_of_login_attempts + date_of_login_attempt FROM xc_profiles WHERE profile_id = 1' | sql xc53)" = 0 ]
    toolkit xc53 0 --yes store password admin@example.com --back
}

@test "what is missing or makes no sense" {
    toolkit ps8 3 --yes store password bos --ask <<<"$SECRET"
    [[ $output == *"no account of the back office is called bos; there is boss@example.com"* ]]
    toolkit ps8 3 --yes store password nobody --ask <<<"$SECRET"
    [[ $output == *"boss@example.com, hank@example.com"* ]]
    toolkit ps8 2 store password boss@example.com --ask <<<"$SECRET"
    [[ $output == *--yes* ]]
    toolkit ps8 2 --yes store password boss@example.com
    toolkit ps8 2 --yes store password --ask
    toolkit ps8 2 --yes store password boss@example.com --ask --back
    toolkit ps8 2 --yes store password boss@example.com "$SECRET" --ask
    toolkit ps8 2 --yes store close --ask
    toolkit ps8 2 --yes store admins --activate
    toolkit ps8 2 --yes store password boss@example.com --ask </dev/null
    for bad in 'zu 5' "has a <tag>" "quote's in it" ' blank in front' 'back\slash in it' "$(printf '%073d' 1)"; do
        toolkit ps8 2 --yes store password boss@example.com --ask <<<"$bad"
        [[ $output != *"$bad"* ]]
    done
    [ "$(matches ps8 boss@example.com boss)" = md5 ]
    run -3 "$TOOLKIT" -C "$WORK/ps8" --work-dir "$WORK/none" --db-socket "$WORK/nothing.sock" store admins
    run -3 "$TOOLKIT" -C "$WORK/ps8" --work-dir "$WORK/none" --db-socket "$WORK/nothing.sock" --yes store password boss@example.com --ask <<<"$SECRET"
    [ ! -e "$WORK/none" ]
    # A shop whose key can't be read takes no password, and is told so before anything is changed.
    cp "$WORK/ps16/config/settings.inc.php" settings
    sed -i '/_COOKIE_KEY_/d' "$WORK/ps16/config/settings.inc.php"
    toolkit ps16 3 --yes store password boss@example.com --ask <<<"$SECRET"
    [[ $output == *_COOKIE_KEY_* ]]
    cp settings "$WORK/ps16/config/settings.inc.php"
}

# typed FILE COMMAND LINES...: runs it on a terminal of its own and types a line whenever it has asked; "^C" is that key
typed() {
    local file=$1 command=$2 line i asked=0
    shift 2
    mkfifo keys
    script -qefc "$command" "$file" <keys >/dev/null 2>&1 &
    exec 9>keys
    for line in "$@"; do
        asked=$((asked + 1))
        for ((i = 0; i < 300; i++)); do
            [ "$(grep -aoE '\[y/N\] |New password of [^:]*: |The same once more: ' "$file" 2>/dev/null | wc -l)" -lt "$asked" ] || break
            sleep 0.1
        done
        if [ "$line" = '^C' ]; then printf '\003' >&9; else printf '%s\n' "$line" >&9; fi
    done
    status=0
    wait $! || status=$?
    exec 9>&-
    rm keys
}

@test "on a terminal it is asked for twice and never shown" {
    command -v script >/dev/null || skip 'no script(1) on this machine'
    set_words=$(printf '%q ' "$TOOLKIT" -C "$WORK/ps8" --work-dir "$WORK/work-ps8" --db-socket "$WORK/db.sock" store password boss@example.com --ask)
    typed said "$set_words; stty" y "$SECRET" "$SECRET"
    grep -qa 'the password of boss@example.com is set' said
    never grep -qaF "$SECRET" said
    never grep -qa -- '-echo ' said
    [ "$(matches ps8 boss@example.com "$SECRET")" = bcrypt ]
    typed said "$set_words" y "$SECRET" 'Something else 1'
    [ "$status" = 2 ]
    grep -qa 'the two are not the same' said
    [ "$(matches ps8 boss@example.com "$SECRET")" = bcrypt ]
    # A key that stops it leaves the terminal as it was.
    typed said "$set_words; stty -a" y '^C'
    grep -qaE '[^-]echo ' said
    never grep -qa -- '-echo ' said
    grep -qa 'nothing was changed' said
    toolkit ps8 0 --yes store password boss@example.com --back
    [ "$(matches ps8 boss@example.com boss)" = md5 ]
}
