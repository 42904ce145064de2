# shellcheck shell=bash
# What the database servers of the tests share. To be sourced.
#
#   server_stop DIR TENTHS    ends the server of DIR/db.pid, by force when it still runs after that many tenths of a second;
#                             harmless when it is not running

server_stop() {
    local dir=$1 tenths=$2 pid tries
    pid=$(cat "$dir/db.pid" 2>/dev/null) || return 0
    [ -n "$pid" ] || return 0
    kill "$pid" 2>/dev/null || return 0
    for ((tries = 0; tries < tenths; tries++)); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null
    return 0
}
