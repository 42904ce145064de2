# shellcheck shell=bash
# Where tests put what they make. To be sourced.
#
#   folder_base KIB    prints /dev/shm where it has so much room and lets programs run, otherwise /tmp: thousands of small files and tables
#                      come and go, each flushed, and in memory this takes half the time
#   folder_make NAME   makes a folder for a server and its stores, and prints it; its path is short enough for a socket, and other users
#                      may pass through it

folder_base() {
    if [ -w /dev/shm ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -gt "$1" ] && ! grep -q '^[^ ]* /dev/shm [^ ]* [^ ]*noexec' /proc/mounts; then
        echo /dev/shm
    else
        echo /tmp
    fi
}

folder_make() {
    local dir
    dir=$(mktemp -d "$(folder_base 600000)/toolkit-$1.XXXXXX") && chmod 711 "$dir" && echo "$dir"
}
