# shellcheck shell=bash
# A broken store that is made anew after each kill. Sourced behind walk.bash, cscart_walk.bash or prestashop_walk.bash.

kill_dump() {
    "$(mariadb_find mariadb-dump mysqldump)" --no-defaults --socket="$WALK_DIR/db.sock" --user=root --default-character-set=utf8mb4 "$@" shop
}

# The store as it is now is the broken one from here on
kill_keep() {
    mv "$WALK_DIR/site" "$WALK_DIR/site.broken"
    kill_dump >"$WALK_DIR/broken.sql"
    kill_again
}

# The broken store anew
kill_again() {
    rm -rf "$WALK_DIR/site"
    cp -a "$WALK_DIR/site.broken" "$WALK_DIR/site"
    mariadb_sql "$WALK_DIR" -N <<<"SELECT CONCAT('DROP DATABASE \`', schema_name, '\`;') FROM information_schema.schemata
        WHERE schema_name LIKE 'shop%'" | mariadb_sql "$WALK_DIR"
    mariadb_sql "$WALK_DIR" <<<'CREATE DATABASE shop CHARACTER SET utf8mb4'
    mariadb_sql "$WALK_DIR" shop <"$WALK_DIR/broken.sql"
}

# kill_during WORD COMMAND...: the word of the toolkit is killed as soon as the command has come to its end
kill_during() {
    local pid word=$1
    shift
    "$TOOLKIT" -C "$WALK_DIR/site/shop" --yes "$word" >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null &
    pid=$!
    KILL_PID=$pid "$@"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

# kill_after MILLISECONDS WORD
kill_after() {
    kill_during "$2" sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}

# kill_in_php WORD CONDITION: the word of the toolkit is killed by the first PHP at whose end the condition, a command, holds. However fast the
# machine is, the toolkit is waiting for that PHP then.
kill_in_php() {
    printf '#!/usr/bin/env bash\nphp "$@"\nstatus=$?\nif %s; then kill -9 $PPID; fi\nexit $status\n' "$2" >"$WALK_DIR/php-that-kills"
    chmod 755 "$WALK_DIR/php-that-kills"
    walk_toolkit --php "$WALK_DIR/php-that-kills" --yes "$1"
    [ "$status" = 137 ]
}
