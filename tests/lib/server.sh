# shellcheck shell=bash
# What the database servers of the tests share. To be sourced.
#
#   server_port        prints a port of 127.0.0.1 that nobody listens on
#   server_stop DIR    ends the server of DIR/db.pid, whose data nobody wants any more; harmless when it is not running

server_port() {
    local port
    for ((port = 20000 + RANDOM % 10000; port < 65000; port++)); do
        if ! (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    return 1
}

server_stop() {
    local dir=$1 pid tries
    pid=$(cat "$dir/db.pid" 2>/dev/null) || return 0
    rm -f "$dir/db.pid"
    kill -9 "$pid" 2>/dev/null || return 0
    # What it is about to write must not come behind a removal of its folder; where nobody reaps it, it is a zombie for ever.
    for ((tries = 0; tries < 200; tries++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.02
    done
}
