# shellcheck shell=bash
# A store with a backup, and what broke since: shared by the tests of restore.

GENERATOR=$TOOLKIT_SRC/tests/stores/xcart5
. "$TOOLKIT_SRC/tests/lib/mariadb.sh"

restore_setup_file() {
    RESTORE_DIR=$(folder_make restore)
    export RESTORE_DIR
    mariadb_start "$RESTORE_DIR"
    "$GENERATOR/make" --family 5.3.6 --dir "$RESTORE_DIR/first" --work "$RESTORE_DIR" --db shop --stop finished
    mariadb_sql "$RESTORE_DIR" <<<"CREATE USER boss@localhost IDENTIFIED BY 'secret of the boss'; GRANT ALL ON *.* TO boss@localhost"
    printf '[client]\nuser=boss\npassword="secret of the boss"\nsocket=%s\n' "$RESTORE_DIR/db.sock" >"$RESTORE_DIR/root.cnf"
    chmod 600 "$RESTORE_DIR/root.cnf"
    make_tables
    make_backup
}

restore_teardown_file() {
    if [ -n "${RESTORE_DIR:-}" ]; then
        mariadb_stop "$RESTORE_DIR"
        rm -rf "$RESTORE_DIR"
    fi
}

# Beside the store's own tables some that are hard to bring back.
make_tables() {
    mariadb_sql "$RESTORE_DIR" shop <<'SQL'
SET sql_mode='';
CREATE TABLE xc_parent (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), KEY by_name (name)) ENGINE=InnoDB;
CREATE TABLE xc_child (id INT PRIMARY KEY, parent INT, doubled INT AS (parent * 2) STORED, day DATETIME, raw BLOB, txt TEXT,
  CONSTRAINT fk_child FOREIGN KEY (parent) REFERENCES xc_parent (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE xc_old (id INT, word VARCHAR(30), KEY by_word (word)) ENGINE=MyISAM DEFAULT CHARSET=utf8;
CREATE VIEW xc_all AS SELECT c.id, p.name FROM xc_child c JOIN xc_parent p ON p.id = c.parent;
CREATE TABLE xc_log (what VARCHAR(40)) ENGINE=InnoDB;
INSERT INTO xc_parent VALUES (1, 'one'), (7, 'it''s; -- "quoted" \\ /*'), (9, NULL);
INSERT INTO xc_child (id, parent, day, raw, txt) VALUES (1, 1, '0000-00-00 00:00:00', 0x000102ff27225c0a0d1a, 'smile 😀'),
  (2, 7, '2020-02-29 12:00:00', '', 'line\nline\r\n;\n'), (3, NULL, NULL, NULL, '');
INSERT INTO xc_old SELECT seq, CONCAT('word ', seq) FROM seq_1_to_3000;
DELIMITER //
CREATE TRIGGER xc_count AFTER INSERT ON xc_parent FOR EACH ROW BEGIN INSERT INTO xc_log VALUES (CONCAT('made; ', NEW.id)); END //
DELIMITER ;
SQL
}

dump_tool() { mariadb_find mariadb-dump mysqldump; }

make_backup() {
    mkdir -p "$RESTORE_DIR/backups"
    tar -C "$RESTORE_DIR/first" -czf "$RESTORE_DIR/backups/files.tar.gz" .
    "$(dump_tool)" --no-defaults --socket="$RESTORE_DIR/db.sock" --user=root --triggers shop >"$RESTORE_DIR/backups/shop.sql"
    gzip -k "$RESTORE_DIR/backups/shop.sql"
    cp "$RESTORE_DIR/backups/shop.sql" "$RESTORE_DIR/first/shop-dump.sql"
    tar -C "$RESTORE_DIR/first" -czf "$RESTORE_DIR/backups/all.tar.gz" .
    rm "$RESTORE_DIR/first/shop-dump.sql"
}

# A store as it was when the backup was made, in $RESTORE_DIR/shop
whole_store() {
    rm -rf "$RESTORE_DIR/shop" "$RESTORE_DIR"/.toolkit-*
    cp -a "$RESTORE_DIR/first" "$RESTORE_DIR/shop"
    mariadb_sql "$RESTORE_DIR" -N <<<"SELECT CONCAT('DROP DATABASE \`', schema_name, '\`;') FROM information_schema.schemata
        WHERE schema_name LIKE 'shop%'" | mariadb_sql "$RESTORE_DIR"
    mariadb_sql "$RESTORE_DIR" <<<'CREATE DATABASE shop CHARACTER SET utf8mb4'
    mariadb_sql "$RESTORE_DIR" shop <"$RESTORE_DIR/backups/shop.sql"
}

# What a broken upgrade and some days of business do to it
break_store() {
    local shop=$RESTORE_DIR/shop
    echo '<?php broken(' >"$shop/cart.php"
    rm "$shop/admin.php"
    mkdir -p "$shop/classes/XLite/Fresh"
    echo '<?php // added' >"$shop/classes/XLite/Fresh/Added.php"
    echo 'uploaded' >"$shop/images/uploaded.jpg" 2>/dev/null || { mkdir -p "$shop/images" && echo uploaded >"$shop/images/uploaded.jpg"; }
    mariadb_sql "$RESTORE_DIR" shop <<'SQL'
SET foreign_key_checks=0;
DROP TRIGGER xc_count;
ALTER TABLE xc_parent ADD extra INT NOT NULL DEFAULT 5;
UPDATE xc_parent SET name = 'changed';
DELETE FROM xc_child WHERE id = 2;
DROP VIEW xc_all;
TRUNCATE xc_old;
CREATE TABLE xc_added (id INT PRIMARY KEY) ENGINE=InnoDB;
INSERT INTO xc_added VALUES (1);
SQL
}

# state_of [OPTION of the dump]…: every file outside caches, and every row, as text
state_of() {
    (cd "$RESTORE_DIR/shop" && find . -path ./var -prune -o -type f -printf '%m %p\n' -exec md5sum {} + | sort)
    database_of "$@"
}

# What is kept beside the live tables is left out. Definers become the account that restores.
database_of() {
    local table kept=()
    for table in $(mariadb_sql "$RESTORE_DIR" shop -N <<<"SHOW TABLES LIKE '\\_tk%'"); do
        kept+=("--ignore-table=shop.$table")
    done
    "$(dump_tool)" --no-defaults --socket="$RESTORE_DIR/db.sock" --user=root --triggers --routines --skip-comments --skip-dump-date \
        --order-by-primary --skip-extended-insert "${kept[@]}" "$@" shop |
        sed 's/ AUTO_INCREMENT=[0-9]*//; s/DEFINER=`[^`]*`@`[^`]*`/DEFINER/; s/ON `xc_parent` FOR/ON xc_parent FOR/'
}

# restore_toolkit WORD…: as an account that may do all, or the one of $ACCOUNT
restore_toolkit() {
    status=0
    timeout 120 "$TOOLKIT" -C "$RESTORE_DIR/shop" --db-defaults-file "${ACCOUNT:-$RESTORE_DIR/root.cnf}" "$@" >"$RESTORE_DIR/out" 2>"$RESTORE_DIR/err" </dev/null || status=$?
}

said() { cat "$RESTORE_DIR/out" "$RESTORE_DIR/err"; }

# kept_databases: what lies beside the store's own database
kept_databases() {
    mariadb_sql "$RESTORE_DIR" -N <<<"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'shop%' AND schema_name <> 'shop'"
}
