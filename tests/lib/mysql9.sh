# A private MySQL 9 for tests, from Debian's unstable suite: no stable suite carries one. To be sourced.
#
#   mysql9_prepare ROOT            downloads the server and its libraries and unpacks them into ROOT (once);
#                                  fails with one clear line when they can't be had
#   mysql9_start ROOT DIR PORT [OPTION...]
#                                  data in DIR/data, socket DIR/db.sock, TCP on 127.0.0.1:PORT, without TLS unless
#                                  an option says otherwise
#   mysql9_stop DIR                ends that server; harmless when it is not running
#
# The server runs with the loader and libraries of ROOT, so nothing of the machine is touched, and apt
# works on lists and caches of its own below ROOT. root has no password: the socket lies in a folder of
# the test alone.

. "${BASH_SOURCE[0]%/*}/server.sh"

mysql9_mirror() {
    # shellcheck disable=SC2016 # apt expands it
    apt-get indextargets --format '$(REPO_URI) $(COMPONENT) $(LABEL)' 2>/dev/null |
        awk '$2 == "main" && $3 == "Debian" { print $1; exit }'
}

mysql9_prepare() {
    local root=$1 mirror apt package
    [ -e "$root/ready" ] && return 0
    mirror=$(mysql9_mirror)
    if [ -z "$mirror" ]; then
        echo "mysql9: apt on this machine knows no Debian mirror to take MySQL 9 from" >&2
        return 1
    fi
    mkdir -p "$root/apt/lists/partial" "$root/apt/cache/archives/partial" || return 1
    : >"$root/apt/status"
    printf 'deb [signed-by=%s] %s sid main\n' \
        /usr/share/keyrings/debian-archive-keyring.gpg "$mirror" >"$root/apt/sources.list"
    # The user _apt must be able to write where root downloads; a test folder need not allow that.
    apt=(timeout 300 apt-get -q -o Acquire::Retries=1 -o "Dir::Etc::sourcelist=$root/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::Lists=$root/apt/lists" -o "Dir::State::status=$root/apt/status"
        -o "Dir::Cache=$root/apt/cache" -o APT::Sandbox::User=root -o Debug::NoLocking=1
        -o APT::Install-Recommends=false -o Acquire::Languages=none)
    if ! "${apt[@]}" update >"$root/apt/log" 2>&1 ||
        ! "${apt[@]}" -y --download-only install mysql-server-core >>"$root/apt/log" 2>&1; then
        echo "mysql9: mysql-server-core can't be downloaded from $mirror (sid); see $root/apt/log" >&2
        return 1
    fi
    for package in "$root"/apt/cache/archives/*.deb; do
        dpkg -x "$package" "$root" || return 1
    done
    rm -rf "$root/apt"
    : >"$root/ready"
}

# Runs the server program of ROOT with its own loader.
mysql9_server() {
    local root=$1
    shift
    "$root"/usr/lib64/ld-linux-x86-64.so.2 --library-path "$root/usr/lib/x86_64-linux-gnu" \
        "$root/usr/sbin/mysqld" --no-defaults --basedir="$root/usr" --lc-messages-dir="$root/usr/share/mysql" \
        --user="$(id -un)" "$@"
}

mysql9_start() {
    local root=$1 dir=$2 port=$3 pid tries
    mkdir -p "$dir" || return 1
    if [ ! -d "$dir/data/mysql" ]; then
        mysql9_server "$root" --datadir="$dir/data" --initialize-insecure >"$dir/install.log" 2>&1 </dev/null || {
            echo "mysql9_start: the data folder could not be made:" >&2
            tail -n 20 "$dir/install.log" >&2
            return 1
        }
    fi
    # Descriptor 3 belongs to bats: a server that holds it would keep bats waiting for ever.
    mysql9_server "$root" --datadir="$dir/data" --socket="$dir/db.sock" --pid-file="$dir/db.pid" \
        --mysqlx=OFF --bind-address=127.0.0.1 --port="$port" --secure-file-priv=NULL --skip-log-bin \
        --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=32M \
        --tls-version='' --performance-schema=OFF "${@:4}" >"$dir/db.err" 2>&1 </dev/null 3>&- &
    pid=$!
    disown "$pid"
    for ((tries = 0; tries < 600; tries++)); do
        grep -q 'ready for connections' "$dir/db.err" 2>/dev/null && [ -S "$dir/db.sock" ] && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "mysql9_start: the server does not answer:" >&2
    tail -n 20 "$dir/db.err" >&2
    kill -9 "$pid" 2>/dev/null
    return 1
}

mysql9_stop() { server_stop "$1"; }
