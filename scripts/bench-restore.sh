# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # bench sets some and reads others
# The words restore, import and snapshot of scripts/bench, which sources this: bringing back files and a database, beside the tools that
# people use for that. Both sides begin with the same tree or an empty database, and both end with what they wrote on the disk.
#
# BENCH_DUMP_MB: size of the dump (300); the one with a statement for each row, each a commit of its own, is a hundredth of that. BENCH_RUNS: runs of each (3).

# must COMMAND…: what is measured has to succeed
must() {
    "$@" >"$work/said" 2>&1 && return 0
    tail -n 5 "$work/said" >&2
    fail "$* did not succeed"
}

bench_restore() {
    local code=$store/classes/Bench state archive what

    # Trees to begin with: "none" differs nowhere from the backup, "all" everywhere, "some" in one file of twenty.
    mkdir -p "$work/trees"
    for state in none some all; do cp -a "$code" "$work/trees/$state"; done
    find "$work/trees/all" -type f -exec sed -i '1s/^/<?php \/\/ old\n/' {} +
    find "$work/trees/some" -type f | LC_ALL=C sort | awk 'NR % 20 == 0' | xargs sed -i '1s/^/<?php \/\/ old\n/'
    tar -C "$store" --exclude=./var -czf "$work/backup.tar.gz" .
    archives=("$work/backup.tar.gz")
    others=("tar -C $store -xzf $work/backup.tar.gz")
    if command -v zip >/dev/null && command -v unzip >/dev/null; then
        (cd "$store" && zip -q -r "$work/backup.zip" . -x './var/*')
        archives+=("$work/backup.zip")
        others+=("unzip -q -o $work/backup.zip -d $store")
    else
        echo 'zip and unzip are missing: apt-get install zip unzip; the zip is not measured' >&2
    fi
    cat >"$work/begin" <<SCRIPT
#!/bin/sh
rm -rf "$code" "$work"/.toolkit-*
cp -a "$work/trees/\$1" "$code"
sync -f "$store"
SCRIPT
    chmod +x "$work/begin"
    for i in "${!archives[@]}"; do
        archive=${archives[$i]##*backup.}
        for state in all some none; do
            prepare="$work/begin $state" warmup=0 runs=${BENCH_RUNS:-3}
            time_all "sh -c '$binary --yes -C $store restore ${archives[$i]} --only files && sync -f $store'" \
                "sh -c '${others[$i]} && sync -f $store'"
            prepare='' warmup='' runs=''
            case $state in
                all) what='every file differs' ;;
                some) what='5 % differ' ;;
                none) what='nothing differs' ;;
            esac
            "$work/begin" "$state"
            must "$binary" --yes -C "$store" restore "${archives[$i]}" --only files
            "$work/begin" "$state"
            row "restore $archive" "$(ms "${median[0]}")" \
                "$("$work/peak" "$binary" --yes -C "$store" restore "${archives[$i]}" --only files)" \
                "$files files, $what; ${others[$i]%% *}: $(ms "${median[1]}"), $(ratio "${median[1]}" "${median[0]}") the time"
        done
    done
    "$work/begin" none
}

# fill_tables MEGABYTES: tables of a shop in the store's database, dumped that is about the size
fill_tables() {
    local rows=$(($1 * 1000000 / 4))

    mariadb_sql "$work/db" bench <<SQL
DROP TABLE IF EXISTS ${prefix}bench_a, ${prefix}bench_b, ${prefix}bench_c, ${prefix}bench_d;
CREATE TABLE ${prefix}bench_a (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) NOT NULL, price DECIMAL(12,2) NOT NULL,
    amount INT NOT NULL, status CHAR(1) NOT NULL, stamp INT UNSIGNED NOT NULL, KEY (code), KEY (status, stamp)) ENGINE=InnoDB;
CREATE TABLE ${prefix}bench_b (id INT UNSIGNED NOT NULL, lang CHAR(2) NOT NULL, name VARCHAR(120) NOT NULL, text MEDIUMTEXT NOT NULL,
    PRIMARY KEY (id, lang), KEY (name)) ENGINE=InnoDB;
CREATE TABLE ${prefix}bench_c (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, owner INT UNSIGNED NOT NULL, email VARCHAR(80) NOT NULL,
    data TEXT NOT NULL, KEY (owner), KEY (email)) ENGINE=InnoDB;
CREATE TABLE ${prefix}bench_d (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, bytes BLOB NOT NULL) ENGINE=InnoDB;
INSERT INTO ${prefix}bench_a SELECT seq, LEFT(MD5(seq), 16), seq % 9999 / 100, seq % 77, 'A', 1500000000 + seq * 7 % 100000000
    FROM seq_1_to_$((rows / 52));
INSERT INTO ${prefix}bench_b SELECT seq, 'en', CONCAT('Product ', MD5(seq)), REPEAT(CONCAT('It''s line ', MD5(seq), '\n'), 1 + seq % 30)
    FROM seq_1_to_$((rows / 800));
INSERT INTO ${prefix}bench_c SELECT seq, seq * 31 % 100000, CONCAT(LEFT(MD5(seq), 12), '@example.com'), REPEAT(SHA1(seq), 1 + seq % 12)
    FROM seq_1_to_$((rows / 310));
INSERT INTO ${prefix}bench_d SELECT seq, REPEAT(UNHEX(SHA2(seq, 512)), 1 + seq % 16) FROM seq_1_to_$((rows / 650));
SQL
}

bench_import() {
    local client dump mb=${BENCH_DUMP_MB:-300} style options size

    client="$(mariadb_find mariadb mysql) --no-defaults --socket=$work/db/db.sock --user=root"
    dump="$(mariadb_find mariadb-dump mysqldump) --no-defaults --socket=$work/db/db.sock --user=root"
    cat >"$work/forget-tables" <<SCRIPT
#!/bin/sh
rm -rf "$work"/.toolkit-*
$client -N -e "SELECT CONCAT('DROP DATABASE \\\`', schema_name, '\\\`;') FROM information_schema.schemata WHERE schema_name LIKE 'bench\\\\_%'" | $client
$client -e 'CREATE DATABASE bench_other CHARACTER SET utf8'
SCRIPT
    chmod +x "$work/forget-tables"
    for style in 'rows of 1 MB' 'row by row'; do
        options='--net-buffer-length=1048576'
        if [ "$style" = 'row by row' ]; then
            mb=$((mb / 100 + 1))
            options=--skip-extended-insert
        fi
        fill_tables "$mb"
        # shellcheck disable=SC2086 # commands of several words
        $dump $options bench >"$work/dump.sql"
        size=$(du -m --apparent-size "$work/dump.sql" | cut -f 1)
        prepare="$work/forget-tables" warmup=0 runs=${BENCH_RUNS:-3}
        time_all "$binary --yes -C $store restore $work/dump.sql --only db" "sh -c '$client bench_other <$work/dump.sql'"
        prepare='' warmup='' runs=''
        "$work/forget-tables"
        must "$binary" --yes -C "$store" restore "$work/dump.sql" --only db
        "$work/forget-tables"
        row "import, $style" "$(ms "${median[0]}")" "$("$work/peak" "$binary" --yes -C "$store" restore "$work/dump.sql" --only db)" \
            "$size MB; mariadb <dump: $(ms "${median[1]}"), $(ratio "${median[1]}" "${median[0]}") the time"
        "$work/forget-tables"
    done
    rm -f "$work/dump.sql"
}

bench_snapshot() {
    local dump

    dump="$(mariadb_find mariadb-dump mysqldump) --no-defaults --socket=$work/db/db.sock --user=root --single-transaction bench"
    fill_tables 50
    cat >"$work/by-hand" <<SCRIPT
#!/bin/sh
tar -C "$store" -czf "$work/out/files.tar.gz" . && $dump | gzip >"$work/out/database.sql.gz" && sync -f "$work/out"
SCRIPT
    chmod +x "$work/by-hand"
    prepare="sh -c 'rm -rf $work/out && mkdir $work/out'" warmup=0 runs=${BENCH_RUNS:-3}
    time_all "$binary --yes -C $store snapshot --into $work/out" "$work/by-hand"
    prepare='' warmup='' runs=''
    rm -rf "$work/out"
    mkdir "$work/out"
    row "snapshot" "$(ms "${median[0]}")" "$("$work/peak" "$binary" --yes -C "$store" snapshot --into "$work/out")" \
        "files, 50 MB of database, read again; tar and mariadb-dump | gzip: $(ms "${median[1]}"), $(ratio "${median[1]}" "${median[0]}") the time"
    rm -rf "$work/out"
}
