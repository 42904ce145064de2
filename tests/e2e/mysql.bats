#!/usr/bin/env bats
# The database client against real servers: MariaDB always, MySQL 9 when asked for by TEST_MYSQL=1, as CI does.
# What is tested stands in tests/unit/test_mysql_server.c and test_mysql_secure.c; here they get their servers.

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "tests the client below the binary; once is enough"
    program=$TOOLKIT_SRC/build/asan/tests/test_mysql_server
    secure=$TOOLKIT_SRC/build/asan/tests/test_mysql_secure
    export TEST_DB_SOCKET=$BATS_TEST_TMPDIR/s/db.sock TEST_DB_PORT TEST_DB_FLAVOUR
}

teardown() {
    if [ "$(type -t mariadb_stop)" = function ]; then mariadb_stop "$BATS_TEST_TMPDIR/s"; fi
    if [ "$(type -t mysql9_stop)" = function ]; then mysql9_stop "$BATS_TEST_TMPDIR/s"; fi
}

@test "MariaDB: socket and TCP, values of all kinds, limits, lost connections, refusals" {
    . "$TOOLKIT_SRC/tests/lib/mariadb.sh"
    mariadb_available || skip "no MariaDB server on this machine"
    TEST_DB_FLAVOUR=mariadb
    TEST_DB_PORT=$(server_port)
    mariadb_start "$BATS_TEST_TMPDIR/s" --skip-networking=0 --bind-address=127.0.0.1 --port="$TEST_DB_PORT"
    "$program"
}

@test "MySQL 9: the same, and caching_sha2_password by hash, by socket, by RSA" {
    [ "${TEST_MYSQL:-}" = 1 ] || skip "MySQL 9 is downloaded and tested with TEST_MYSQL=1 only"
    . "$TOOLKIT_SRC/tests/lib/mysql9.sh"
    run mysql9_prepare "$TOOLKIT_SRC/build/mysql9"
    [ "$status" -eq 0 ] || skip "$output"
    TEST_DB_FLAVOUR=mysql9
    TEST_DB_PORT=$(server_port)
    mysql9_start "$TOOLKIT_SRC/build/mysql9" "$BATS_TEST_TMPDIR/s" "$TEST_DB_PORT" ||
        skip "MySQL 9 does not start on this machine"
    "$program"
}

# need_certificates: makes those of the server, and the words that it is started with
need_certificates() {
    command -v openssl >/dev/null || skip "no openssl to make certificates with"
    . "$TOOLKIT_SRC/tests/lib/certificates.sh"
    export TEST_DB_CERTS=$BATS_TEST_TMPDIR/certs
    certificates_make "$TEST_DB_CERTS"
    encrypted=(--ssl-cert="$TEST_DB_CERTS/server.pem" --ssl-key="$TEST_DB_CERTS/server.key")
}

start_encrypted_mariadb() {
    . "$TOOLKIT_SRC/tests/lib/mariadb.sh"
    mariadb_available || skip "no MariaDB server on this machine"
    need_certificates
    TEST_DB_FLAVOUR=mariadb
    TEST_DB_PORT=$(server_port)
    mariadb_start "$BATS_TEST_TMPDIR/s" --skip-networking=0 --bind-address=127.0.0.1 --port="$TEST_DB_PORT" \
        "${encrypted[@]}" "$@"
}

@test "MariaDB in TLS: certificates good and bad, accounts that demand it, 40 MB at once, old and new log-ins" {
    plugins=()
    if [ "${TEST_MYSQL:-}" = 1 ]; then
        . "$TOOLKIT_SRC/tests/lib/mariadb.sh"
        folder=$(mariadb_plugins "$TOOLKIT_SRC/build/mariadb-plugins") && plugins=(--plugin-dir="$folder")
    fi
    start_encrypted_mariadb "${plugins[@]}"
    "$secure"
}

@test "MariaDB with TLS 1.3 alone: said in plain words" {
    start_encrypted_mariadb --tls-version=TLSv1.3
    TEST_DB_TLS13=1 "$secure"
}

@test "MySQL 9 in TLS: certificates good and bad, caching_sha2_password and sha256_password by every way" {
    [ "${TEST_MYSQL:-}" = 1 ] || skip "MySQL 9 is downloaded and tested with TEST_MYSQL=1 only"
    . "$TOOLKIT_SRC/tests/lib/mysql9.sh"
    run mysql9_prepare "$TOOLKIT_SRC/build/mysql9"
    [ "$status" -eq 0 ] || skip "$output"
    need_certificates
    TEST_DB_FLAVOUR=mysql9
    TEST_DB_PORT=$(server_port)
    mysql9_start "$TOOLKIT_SRC/build/mysql9" "$BATS_TEST_TMPDIR/s" "$TEST_DB_PORT" "${encrypted[@]}" \
        --ssl-ca="$TEST_DB_CERTS/ca.pem" --tls-version=TLSv1.2,TLSv1.3 || skip "MySQL 9 does not start on this machine"
    "$secure"
}

@test "the toolkit itself: --db-tls and --db-ca" {
    run "$TOOLKIT" --db-tls=perhaps diagnose
    [ "$status" -eq 2 ]
    [[ $output == *'--db-tls perhaps is none of verify, required, off and auto'* ]]
    run "$TOOLKIT" help
    [[ $output == *--db-ca* ]]
}
