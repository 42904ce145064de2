# shellcheck shell=bash
# A private MariaDB for tests. To be sourced by bash scripts and bats files.
#
#   mariadb_start DIR          data in DIR/data, temporary files in DIR/tmp, socket DIR/db.sock, no network; returns when it answers
#   mariadb_start_tcp DIR      the same, and it listens on a port of 127.0.0.1 as well: settings of some shops know no sockets
#   mariadb_install DIR        makes DIR/data alone, which mariadb_start does where there is none. To make it takes much longer than to
#                              copy it: MARIADB_DATA may name one that is copied instead
#   mariadb_stop DIR           ends that server by its pid file; harmless when it is not running
#   mariadb_sql DIR [DB] [..]  runs the SQL of stdin as root; further words go to the client
#   mariadb_plugins ROOT       downloads Debian's plugins of the server, unpacks them into ROOT (once) and prints their
#                              folder: client_ed25519 is not in the package of the server
#   mariadb_loading DIR DB PID returns as soon as that process, a restore, has made the first table beside those of DB, or is gone
#   mariadb_available          true when server and client are installed
#
# root has no password: the socket lies in a folder of the test alone. Durability is switched off,
# nothing here outlives the test.

. "${BASH_SOURCE[0]%/*}/folder.sh"
. "${BASH_SOURCE[0]%/*}/server.sh"

mariadb_find() {
    local name dir
    for name in "$@"; do
        for dir in ${PATH//:/ } /usr/sbin /usr/local/sbin /usr/libexec /usr/lib/mysql; do
            if [ -x "$dir/$name" ]; then
                printf '%s\n' "$dir/$name"
                return 0
            fi
        done
    done
    return 1
}

mariadb_available() {
    mariadb_find mariadbd mysqld >/dev/null && mariadb_find mariadb mysql >/dev/null &&
        mariadb_find mariadb-install-db mysql_install_db >/dev/null
}

mariadb_plugins() {
    local root=$1
    if [ ! -e "$root/ready" ]; then
        mkdir -p "$root" && (
            cd "$root" || exit 1
            timeout 300 apt-get -q -o APT::Sandbox::User=root download mariadb-server >log 2>&1 &&
                dpkg -x mariadb-server_*.deb . && rm -f mariadb-server_*.deb && : >ready
        ) || return 1
    fi
    printf '%s\n' "$root/usr/lib/mysql/plugin"
}

# Options that every start of the server shares, one a line.
mariadb_options() {
    cat <<OPTIONS
--no-defaults
--datadir=$1/data
--tmpdir=$1/tmp
--user=$(id -un)
--skip-log-bin
--innodb-flush-log-at-trx-commit=0
--innodb-flush-method=nosync
--innodb-doublewrite=0
--innodb-fast-shutdown=2
--innodb-buffer-pool-size=16M
--innodb-buffer-pool-dump-at-shutdown=0
--innodb-buffer-pool-load-at-startup=0
--innodb-log-file-size=8M
--innodb-data-file-path=ibdata1:4M:autoextend
--innodb-autoextend-increment=4
--innodb-temp-data-file-path=ibtmp1:2M:autoextend
--key-buffer-size=1M
--aria-pagecache-buffer-size=1M
--performance-schema=0
--loose-innodb-read-only-compressed=0
OPTIONS
}

mariadb_install() {
    local dir=$1 options
    mkdir -p "$dir/tmp" || return 1
    mapfile -t options < <(mariadb_options "$dir")
    # Shut down in good order: what is copied has nothing to be recovered.
    "$(mariadb_find mariadb-install-db mysql_install_db)" "${options[@]}" --innodb-fast-shutdown=1 \
        --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --force \
        >"$dir/install.log" 2>&1 </dev/null || {
        echo "mariadb_install: the data folder could not be made:" >&2
        grep -v '^ *$' "$dir/install.log" | head -n 12 >&2
        return 1
    }
}

mariadb_start() {
    local dir=$1 server options pid tries
    if [ "${#dir}" -gt 95 ]; then
        echo "mariadb_start: folder name too long for a socket: $dir" >&2
        return 1
    fi
    if ! server=$(mariadb_find mariadbd mysqld); then
        echo "mariadb_start: no MariaDB server; install mariadb-server-core and mariadb-client-core" >&2
        return 1
    fi
    mapfile -t options < <(mariadb_options "$dir")
    if [ ! -d "$dir/data/mysql" ]; then
        if [ -n "${MARIADB_DATA:-}" ]; then
            mkdir -p "$dir" && cp -a "$MARIADB_DATA" "$dir/data" || return 1
        else
            mariadb_install "$dir" || return 1
        fi
    fi
    # A starting server sweeps its folder for temporary tables, so servers that start side by side must not share one.
    mkdir -p "$dir/tmp" || return 1
    # Descriptor 3 belongs to bats: a server that holds it would keep bats waiting for ever.
    "$server" "${options[@]}" --socket="$dir/db.sock" --pid-file="$dir/db.pid" --skip-networking \
        --log-error="$dir/db.err" --max-connections=60 "${@:2}" >/dev/null 2>&1 </dev/null 3>&- &
    pid=$!
    disown "$pid"
    # However slow the machine is, a server that lives is waited for.
    for ((tries = 0; tries < 6000; tries++)); do
        if [ -S "$dir/db.sock" ] && echo 'SELECT 1' | mariadb_sql "$dir" >/dev/null 2>&1; then
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    echo "mariadb_start: the server does not answer:" >&2
    tail -n 20 "$dir/db.err" >&2
    kill -9 "$pid" 2>/dev/null
    return 1
}

mariadb_start_tcp() { mariadb_start "$1" --skip-networking=0 --bind-address=127.0.0.1 --port="$(server_port)" "${@:2}"; }

mariadb_stop() { server_stop "$1"; }

mariadb_loading() {
    while kill -0 "$3" 2>/dev/null; do
        [ -z "$(mariadb_sql "$1" -N <<<"SELECT 1 FROM information_schema.tables WHERE table_schema LIKE '$2\\_\\_tk%' LIMIT 1")" ] || return 0
    done
}

mariadb_sql() {
    local dir=$1
    shift
    "$(mariadb_find mariadb mysql)" --no-defaults --socket="$dir/db.sock" --user=root \
        --default-character-set=utf8mb4 --batch "$@"
}
