#!/usr/bin/env bats
# Bringing back a backup: whole or not at all, and back again.

bats_require_minimum_version 1.5.0
. "$TOOLKIT_SRC/tests/e2e/restore.bash"

setup_file() { restore_setup_file; }
teardown_file() { restore_teardown_file; }

setup() {
    whole_store
    state_of >"$RESTORE_DIR/whole"
    break_store
    state_of >"$RESTORE_DIR/broken"
}

# The store is as it was, but for what customers and the merchant added.
assert_restored() {
    state_of --ignore-table=shop.xc_added | grep -av 'images/uploaded.jpg\|Fresh/Added.php' |
        diff "$RESTORE_DIR/whole" - | head -n 20 >"$RESTORE_DIR/differs" || true
    cat "$RESTORE_DIR/differs"
    [ ! -s "$RESTORE_DIR/differs" ]
}

assert_broken_as_before() {
    state_of | diff "$RESTORE_DIR/broken" - | head -n 20 >"$RESTORE_DIR/differs" || true
    cat "$RESTORE_DIR/differs"
    [ ! -s "$RESTORE_DIR/differs" ]
}

@test "files and database of one archive come back, uploads stay, and undo goes back" {
    local inode
    inode=$(stat -c %i "$RESTORE_DIR/shop/.htaccess")
    restore_toolkit --yes restore "$RESTORE_DIR/backups/all.tar.gz"
    said
    [ "$status" = 0 ]
    assert_restored
    [ "$(cat "$RESTORE_DIR/shop/images/uploaded.jpg")" = uploaded ]
    [ "$(stat -c %i "$RESTORE_DIR/shop/.htaccess")" = "$inode" ]
    grep -q 'classes/XLite/Fresh/Added.php' "$RESTORE_DIR/out"
    grep -q 'xc_added' "$RESTORE_DIR/out"
    tail -n 1 "$RESTORE_DIR/out" | grep -aq '^OK: .*undo'
    restore_toolkit --yes undo
    said
    [ "$status" = 0 ]
    assert_broken_as_before
    restore_toolkit --yes clean
    said
    [ "$status" = 0 ]
    [ -z "$(kept_databases)" ]
}

@test "a dry run reads all and changes nothing" {
    restore_toolkit --dry-run restore "$RESTORE_DIR/backups/all.tar.gz"
    said
    [ "$status" = 0 ]
    grep -q '1 would be replaced' "$RESTORE_DIR/out"
    assert_broken_as_before
    [ -z "$(kept_databases)" ]
    ! ls -d "$RESTORE_DIR"/.toolkit-* 2>/dev/null
}

@test "files alone, the database alone" {
    restore_toolkit --yes restore --only files "$RESTORE_DIR/backups/all.tar.gz"
    [ "$status" = 0 ]
    diff <(database_of) <(sed -n '/^\/\*M\?!/,$p' "$RESTORE_DIR/broken") | grep -c '^[<>] INSERT' | grep -qx 0
    [ -e "$RESTORE_DIR/shop/admin.php" ]
    whole_store
    break_store
    restore_toolkit --yes restore "$RESTORE_DIR/backups/shop.sql.gz"
    said
    [ "$status" = 0 ]
    [ ! -e "$RESTORE_DIR/shop/admin.php" ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<'SELECT COUNT(*) FROM xc_old')" = 3000 ]
}

@test "with --exact, what the upgrade added among the code goes to the undo copies" {
    restore_toolkit --yes restore --exact "$RESTORE_DIR/backups/files.tar.gz"
    said
    [ "$status" = 0 ]
    [ ! -e "$RESTORE_DIR/shop/classes/XLite/Fresh" ]
    [ -e "$RESTORE_DIR/shop/images/uploaded.jpg" ]
    restore_toolkit --yes undo
    said
    [ "$status" = 0 ]
    assert_broken_as_before
}

@test "patterns choose the files" {
    restore_toolkit --yes restore --only files --include 'cart.php' --include 'classes/*' --exclude 'classes/*' "$RESTORE_DIR/backups/files.tar.gz"
    said
    [ "$status" = 0 ]
    [ ! -e "$RESTORE_DIR/shop/admin.php" ]
    ! grep -q 'broken(' "$RESTORE_DIR/shop/cart.php"
}

@test "a cut archive changes nothing; --salvage brings back what is whole" {
    local size
    size=$(stat -c %s "$RESTORE_DIR/backups/files.tar.gz")
    head -c $((size * 2 / 3)) "$RESTORE_DIR/backups/files.tar.gz" >"$RESTORE_DIR/cut.tar.gz"
    restore_toolkit --yes restore "$RESTORE_DIR/cut.tar.gz"
    said
    [ "$status" = 5 ]
    grep -q 'nothing live was changed' "$RESTORE_DIR/out" "$RESTORE_DIR/err"
    assert_broken_as_before
    restore_toolkit --yes restore --salvage "$RESTORE_DIR/cut.tar.gz"
    said
    [ "$status" = 1 ]
    grep -q 'read whole' "$RESTORE_DIR/out"
}

@test "a cut dump changes nothing" {
    local size
    size=$(stat -c %s "$RESTORE_DIR/backups/shop.sql")
    head -c $((size * 2 / 3)) "$RESTORE_DIR/backups/shop.sql" >"$RESTORE_DIR/cut.sql"
    restore_toolkit --yes restore "$RESTORE_DIR/cut.sql"
    said
    [ "$status" = 5 ]
    assert_broken_as_before
}

@test "a statement that fails is shown with its place, and nothing live is touched" {
    sed 's/^INSERT INTO `xc_old`/INSERT INTO `xc_nowhere`/' "$RESTORE_DIR/backups/shop.sql" >"$RESTORE_DIR/bad.sql"
    restore_toolkit --yes restore "$RESTORE_DIR/bad.sql"
    said
    [ "$status" != 0 ]
    grep -q 'xc_nowhere' "$RESTORE_DIR/err"
    grep -q 'line [0-9]' "$RESTORE_DIR/err"
    assert_broken_as_before
}

@test "a dump that reaches out of its database is refused with its line" {
    { cat "$RESTORE_DIR/backups/shop.sql"; echo 'GRANT ALL ON *.* TO evil@localhost;'; } >"$RESTORE_DIR/evil.sql"
    restore_toolkit --yes restore "$RESTORE_DIR/evil.sql"
    said
    [ "$status" = 5 ]
    grep -q 'line [0-9]' "$RESTORE_DIR/err"
    assert_broken_as_before
}

@test "a value that reads a file of the server is refused, also without a server to load it" {
    { cat "$RESTORE_DIR/backups/shop.sql"; echo "INSERT INTO \`xc_old\` VALUES (1, LOAD_FILE('/etc/passwd'));"; } >"$RESTORE_DIR/evil.sql"
    restore_toolkit --yes restore "$RESTORE_DIR/evil.sql"
    said
    [ "$status" = 5 ]
    grep -q 'line [0-9]' "$RESTORE_DIR/err"
    assert_broken_as_before
    restore_toolkit --dry-run restore "$RESTORE_DIR/evil.sql"
    [ "$status" = 5 ]
}

@test "hostile entries are named and not taken" {
    mkdir -p "$RESTORE_DIR/evil/sub"
    echo 'outside' >"$RESTORE_DIR/evil/sub/x"
    cp -a "$RESTORE_DIR/first/." "$RESTORE_DIR/evil/"
    ln -s /etc "$RESTORE_DIR/evil/link"
    tar -C "$RESTORE_DIR/evil" --transform 's,^./sub/x,../../outside,' -P -cf "$RESTORE_DIR/evil.tar" .
    restore_toolkit --yes restore --only files "$RESTORE_DIR/evil.tar"
    said
    [ "$status" = 1 ]
    grep -q 'link' "$RESTORE_DIR/out"
    grep -q 'outside' "$RESTORE_DIR/out"
    [ ! -e "$RESTORE_DIR/outside" ]
    [ ! -e "$RESTORE_DIR/../outside" ]
    [ ! -e "$RESTORE_DIR/shop/link" ]
}

# with_account: an account of the store that may do only what GRANTs say
with_account() {
    mariadb_sql "$RESTORE_DIR" <<SQL
DROP USER IF EXISTS little@localhost;
CREATE USER little@localhost IDENTIFIED BY 'little secret';
$1
SQL
    printf '[client]\nuser=little\npassword=little secret\nsocket=%s\n' "$RESTORE_DIR/db.sock" >"$RESTORE_DIR/my.cnf"
    chmod 600 "$RESTORE_DIR/my.cnf"
    ACCOUNT=$RESTORE_DIR/my.cnf
}

@test "an account that may not create databases: other names in the same one" {
    with_account 'GRANT ALL ON shop.* TO little@localhost;'
    restore_toolkit --yes restore "$RESTORE_DIR/backups/all.tar.gz"
    said
    [ "$status" = 0 ]
    [ -z "$(kept_databases)" ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<'SELECT COUNT(*) FROM xc_old')" = 3000 ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<'SELECT COUNT(*) FROM xc_all')" = 2 ]
    restore_toolkit --yes undo
    said
    [ "$status" = 0 ]
    assert_broken_as_before
    restore_toolkit --yes clean
    said
    [ "$status" = 0 ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'shop' AND table_name NOT LIKE 'xc\\_%' AND table_name NOT LIKE 'xlite\\_%'")" = 0 ]
    ! grep -rq 'little secret' "$RESTORE_DIR/out" "$RESTORE_DIR/err"
}

@test "in place: a snapshot first, and undo brings it back" {
    restore_toolkit --yes restore --db-mode in-place "$RESTORE_DIR/backups/shop.sql"
    said
    [ "$status" = 0 ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<'SELECT COUNT(*) FROM xc_old')" = 3000 ]
    restore_toolkit --yes undo
    said
    [ "$status" = 0 ]
    [ "$(mariadb_sql "$RESTORE_DIR" shop -N <<<'SELECT COUNT(*) FROM xc_old')" = 0 ]
}

@test "tables with another prefix get the store's" {
    sed 's/`xc_/`old_/g; s/`xc_/`old_/g' "$RESTORE_DIR/backups/shop.sql" >"$RESTORE_DIR/other.sql"
    restore_toolkit --yes restore "$RESTORE_DIR/other.sql"
    [ "$status" != 0 ]
    restore_toolkit --yes restore --from-prefix old_ "$RESTORE_DIR/other.sql"
    said
    [ "$status" = 0 ]
    [ -n "$(mariadb_sql "$RESTORE_DIR" shop -N <<<"SHOW TABLES LIKE '%old'")" ]
    [ -z "$(mariadb_sql "$RESTORE_DIR" shop -N <<<"SHOW TABLES LIKE 'old\\_%'")" ]
}
