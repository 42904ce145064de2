/* Backups of a shop of this test's own: told, read and judged by content, whole, cut and damaged. */
#include "base/buf.h"
#include "gzipped.h"
#include "rescue/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <bzlib.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static struct tree box; /* what the store and the backups lie in */
static struct store s;
static struct backup_list list;
static struct err e;

/* ---- the platform ---- */

static bool recognise(const struct tree *t)
{
    return tree_exists(t, "shop.ini");
}

static int find(struct store *st, backup_found *found, void *arg, struct err *why)
{
    (void)st;
    return found(arg, "backups/old_1.0.zip", why) != 0 || found(arg, "backups/new_2.0.zip", why) != 0 ? -1 : 0;
}

static void hint(struct store *st, const char *rel, struct arena *mem, struct backup_hint *out)
{
    (void)st, (void)mem;
    if (strstr(rel, "old_1.0") != NULL)
        out->taken = "2001-02-03 04:05:06";
    if (strstr(rel, "new_2.0") != NULL)
        out->taken = "2011-02-03 04:05:06";
}

static enum backup_role role(const struct store *st, struct str path)
{
    (void)st;
    if (str_starts(path, STR("cache/")))
        return BACKUP_LEAVE;
    return str_starts(path, STR("restore/")) && str_ends(path, STR(".sql")) ? BACKUP_DUMP : BACKUP_ENTRY;
}

static bool version_in(struct str path, struct str bytes, char out[32])
{
    (void)path;
    snprintf(out, 32, "%.*s", STR_FMT(str_trim(bytes)));
    return true;
}

static const char *const version_files[] = {"shop.ini", NULL};

static const struct platform plain = {.name = "plain", .title = "Plain", .recognise = recognise};
static const struct platform fake = {
    .name = "fake",
    .title = "Fake",
    .recognise = recognise,
    .backup_find = find,
    .backup_hint = hint,
    .backup_role = role,
    .version_files = version_files,
    .version_in = version_in,
};

static void put(const char *rel, const void *p, size_t n)
{
    char path[200];
    int fd;

    for (size_t i = 0; rel[i] != '\0'; i++)
        if (rel[i] == '/') {
            snprintf(path, sizeof path, "%.*s", (int)i, rel);
            mkdirat(box.fd, path, 0755);
        }
    fd = openat(box.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

static void puts_to(const char *rel, const char *text)
{
    put(rel, text, strlen(text));
}

static int setup(void **state)
{
    char path[100];

    (void)state;
    snprintf(top, sizeof top, "/tmp/test_backup.XXXXXX");
    assert_non_null(mkdtemp(top));
    memset(&box, 0, sizeof box);
    memset(&s, 0, sizeof s);
    memset(&list, 0, sizeof list);
    memset(&e, 0, sizeof e);
    assert_int_equal(tree_open(&box, top, &e), 0);
    puts_to("shop/shop.ini", "2.0");
    puts_to("shop/app/a.php", "<?php // live");
    snprintf(path, sizeof path, "%s/shop", top);
    s.platform = &fake;
    assert_int_equal(tree_open(&s.tree, path, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    backup_list_free(&list);
    tree_close(&s.tree);
    assert_int_equal(tree_remove_tree(&box, "", true, &e), 0);
    tree_close(&box);
    rmdir(top);
    return 0;
}

/* ---- making archives ---- */

static char bytes[1 << 20];
static size_t bytes_n;

static struct archive *begin(bool zip)
{
    struct archive *w = archive_write_new();

    assert_int_equal(zip ? archive_write_set_format_zip(w) : archive_write_set_format_pax_restricted(w), 0);
    archive_write_set_bytes_per_block(w, zip ? 0 : 512);
    bytes_n = 0;
    assert_int_equal(archive_write_open_memory(w, bytes, sizeof bytes, &bytes_n), 0);
    return w;
}

static void add(struct archive *w, const char *path, const char *text, size_t n)
{
    struct archive_entry *en = archive_entry_new();

    archive_entry_set_pathname(en, path);
    archive_entry_set_mode(en, 0644);
    archive_entry_set_filetype(en, path[strlen(path) - 1] == '/' ? AE_IFDIR : AE_IFREG);
    archive_entry_set_mtime(en, 1000000000, 0);
    archive_entry_set_size(en, (la_int64_t)n);
    assert_int_equal(archive_write_header(w, en), 0);
    if (n > 0)
        assert_int_equal(archive_write_data(w, text, n), (la_ssize_t)n);
    archive_entry_free(en);
}

static void adds(struct archive *w, const char *path, const char *text)
{
    add(w, path, text, strlen(text));
}

static const char dump[] = "DROP TABLE IF EXISTS shop_a;\nCREATE TABLE `shop_a` (\n  `id` int,\n  `t` text\n) ENGINE=InnoDB;\n\n"
                           "INSERT INTO shop_a (`id`, `t`) VALUES ('1', 'it\\'s; one');\n"
                           "INSERT INTO shop_a (`id`, `t`) VALUES ('2', NULL);\n";

static void add_store(struct archive *w, const char *root)
{
    char path[100];

    snprintf(path, sizeof path, "%sapp/", root);
    add(w, path, NULL, 0);
    snprintf(path, sizeof path, "%sapp/a.php", root);
    adds(w, path, "<?php // one");
    snprintf(path, sizeof path, "%sapp/b.php", root);
    adds(w, path, "<?php // two, with some more text in it");
    snprintf(path, sizeof path, "%scache/x", root);
    adds(w, path, "stale");
    snprintf(path, sizeof path, "%sshop.ini", root);
    adds(w, path, "1.0\n");
}

static void full(bool zip, const char *root)
{
    struct archive *w = begin(zip);
    char path[100];

    add_store(w, root);
    snprintf(path, sizeof path, "%srestore/dump_1.sql", root);
    adds(w, path, dump);
    assert_int_equal(archive_write_free(w), 0);
}

static size_t bzip2(const char *p, size_t n, char *out, size_t room)
{
    unsigned got = (unsigned)room;

    assert_int_equal(BZ2_bzBuffToBuffCompress(out, &got, (char *)(uintptr_t)p, (unsigned)n, 1, 0, 0), BZ_OK);
    return got;
}

/* ---- asking ---- */

static struct backup *named(const char *rel)
{
    char path[200];
    struct backup *b = NULL;

    snprintf(path, sizeof path, "%s/%s", top, rel);
    memset(&e, 0, sizeof e);
    if (backup_named(&s, path, &list, &b, &e) != 0)
        fail_msg("%s: %s", rel, e.text);
    return b;
}

static struct backup *checked(const char *rel)
{
    struct backup *b = named(rel);

    if (backup_check(&s, &list, b, NULL, &e) != 0)
        fail_msg("%s: %s", rel, e.text);
    return b;
}

static bool has_problem(const struct backup *b, const char *words)
{
    for (size_t i = 0; i < b->problems.n; i++)
        if (strstr(b->problems.v[i], words) != NULL)
            return true;
    return false;
}

static void is_sound(const struct backup *b)
{
    if (b->problems.n > 0)
        fail_msg("%s", b->problems.v[0]);
    assert_int_equal(b->sound, BACKUP_SOUND);
}

static void is_damaged(const struct backup *b, const char *words)
{
    assert_int_equal(b->sound, BACKUP_DAMAGED);
    if (!has_problem(b, words))
        fail_msg("no problem has \"%s\"; the first is: %s", words, b->problems.n ? b->problems.v[0] : "none");
}

/* All entries, one a line: role path=content. */
static void read_to(const struct backup *b, bool salvage, struct buf *out)
{
    static const char roles[] = {[BACKUP_ENTRY] = 'E', [BACKUP_DUMP] = 'D', [BACKUP_CONFIG] = 'C', [BACKUP_LEAVE] = 'L'};
    struct backup_read_opts opt = {.salvage = salvage};
    struct backup_reader *r;
    struct backup_entry en;
    char piece[7];
    ssize_t n;
    int rc;

    buf_reset(out);
    assert_int_equal(backup_reader_open(&r, &s, b, &opt, &e), 0);
    while ((rc = backup_reader_next(r, &en, &e)) != 0) {
        if (rc < 0) {
            buf_adds(out, "!\n");
            if (!salvage)
                break;
            continue;
        }
        buf_printf(out, "%c %s%s=", roles[en.role], en.path, en.is_dir ? "/" : "");
        assert_true(b->parts.n == 0 || en.part != NULL);
        while ((n = backup_reader_read(r, piece, sizeof piece, &e)) > 0)
            buf_add(out, piece, (size_t)n);
        buf_adds(out, n < 0 ? "!\n" : "\n");
    }
    if (rc == 0 && !salvage)
        assert_int_equal(backup_reader_offset(r), backup_reader_total(r));
    backup_reader_close(r);
}

static void reads_full(const struct backup *b)
{
    struct buf got = {0};

    read_to(b, false, &got);
    if (!str_has(buf_str(&got), STR("E app/=\nE app/a.php=<?php // one\nE app/b.php=<?php // two, with some more text in it\n"
                                    "L cache/x=stale\nE shop.ini=1.0\n")))
        fail_msg("%s", buf_cstr(&got));
    assert_true(str_has(buf_str(&got), STR("dump_1.sql=DROP TABLE")));
    assert_true(str_has(buf_str(&got), STR("D ")));
    buf_free(&got);
}

static void check_full(const char *rel)
{
    struct backup *b = checked(rel);

    is_sound(b);
    assert_int_equal(b->kind, BACKUP_FULL);
    assert_int_equal(b->files, 3);
    assert_int_equal(b->tables, 1);
    assert_int_equal(b->rows, 2);
    assert_string_equal(b->version, "1.0");
    assert_string_equal(b->table_names.v[0], "shop_a");
    reads_full(b);
}

/* Every container, with and without a folder around the store; the name says nothing. */
static void test_containers(void **state)
{
    static const char *const roots[] = {"", "public_html/", "home/u/www/", "./"};
    char z[20000];

    (void)state;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        backup_list_free(&list);
        full(true, roots[i]);
        put("away/as.dat", bytes, bytes_n);
        check_full("away/as.dat");
        full(false, roots[i]);
        put("away/tar", bytes, bytes_n);
        check_full("away/tar");
        put("away/gz", z, gzipped(bytes, bytes_n, z, sizeof z));
        check_full("away/gz");
        put("away/bz", z, bzip2(bytes, bytes_n, z, sizeof z));
        check_full("away/bz");
    }
}

static void test_dumps(void **state)
{
    struct archive *w;
    char z[20000];
    char zz[20000];
    size_t n;
    static const char *const rels[] = {"d/a.sql", "d/a.gz", "d/a.bz2", "d/two.gz", "d/a.sql.zip", "d/a.sql.tgz", "d/gz.zip"};

    (void)state;
    puts_to(rels[0], dump);
    put(rels[1], z, gzipped(dump, strlen(dump), z, sizeof z));
    put(rels[2], z, bzip2(dump, strlen(dump), z, sizeof z));
    n = gzipped(dump, 50, z, sizeof z);
    n += gzipped(dump + 50, strlen(dump) - 50, z + n, sizeof z - n);
    memset(z + n, 0, 700);
    put(rels[3], z, n + 700);
    w = begin(true);
    adds(w, "backup_1.sql", dump);
    archive_write_free(w);
    put(rels[4], bytes, bytes_n);
    w = begin(false);
    adds(w, "backup_1.sql", dump);
    archive_write_free(w);
    put(rels[5], z, gzipped(bytes, bytes_n, z, sizeof z));
    n = gzipped(dump, strlen(dump), zz, sizeof zz);
    w = begin(true);
    add(w, "backup_1.sql.gz", zz, n);
    archive_write_free(w);
    put(rels[6], bytes, bytes_n);
    for (size_t i = 0; i < sizeof rels / sizeof rels[0]; i++) {
        struct backup *b = checked(rels[i]);
        struct buf got = {0};

        is_sound(b);
        assert_int_equal(b->kind, BACKUP_DB);
        assert_int_equal(b->rows, 2);
        read_to(b, false, &got);
        assert_int_equal(got.p[0], 'D');
        assert_non_null(strstr(buf_cstr(&got), dump));
        buf_free(&got);
    }
}

/* Cut at every 512 bytes and near the end at every byte: never sound, and all that is given as whole is whole. */
static void cut_everywhere(const char *rel, const char *p, size_t n)
{
    for (size_t i = 1; i < n; i += n - i > 64 ? 61 : 1) {
        char path[200];
        struct backup *b = NULL;
        struct buf got = {0};

        put(rel, p, i);
        backup_list_free(&list);
        snprintf(path, sizeof path, "%s/%s", top, rel);
        memset(&e, 0, sizeof e);
        if (backup_named(&s, path, &list, &b, &e) != 0) {
            assert_int_equal(e.kind, ERR_FORMAT);
            continue;
        }
        assert_int_equal(backup_check(&s, &list, b, NULL, &e), 0);
        if (b->sound != BACKUP_DAMAGED)
            fail_msg("%s cut at %zu of %zu is called sound", rel, i, n);
        read_to(b, true, &got);
        for (struct str rest = buf_str(&got), line; str_line(&rest, &line);)
            if (str_starts(line, STR("E app/a.php=")) && !str_ends(line, STR("!")))
                assert_true(str_is(line, "E app/a.php=<?php // one"));
        buf_free(&got);
    }
}

static void test_cut(void **state)
{
    char z[20000];
    char big[20000];
    size_t n;

    (void)state;
    full(true, "");
    cut_everywhere("cut.zip", bytes, bytes_n);
    full(false, "");
    n = gzipped(bytes, bytes_n, z, sizeof z);
    cut_everywhere("cut.tgz", z, n);
    n = bzip2(bytes, bytes_n, z, sizeof z);
    cut_everywhere("cut.tbz", z, n);
    n = 0;
    while (n < 15000)
        n += (size_t)snprintf(big + n, sizeof big - n, "INSERT INTO t (`a`) VALUES ('%zu %zu');\n", n * 7919, n);
    n = gzipped(big, n, z, sizeof z);
    cut_everywhere("cut.sql.gz", z, n);
}

static void test_salvage(void **state)
{
    struct buf got = {0};
    struct backup *b;
    char *at;

    (void)state;
    /* A zip without its list: all entries come by their own headers. */
    full(true, "");
    put("s.zip", bytes, bytes_n - 200);
    b = named("s.zip");
    read_to(b, true, &got);
    assert_non_null(strstr(buf_cstr(&got), "E app/a.php=<?php // one\nE app/b.php=<?php // two, with some more text in it\n"));
    assert_int_equal(got.p[0], '!');
    assert_int_equal(backup_check(&s, &list, b, NULL, &e), 0);
    is_damaged(b, "the list at the end of this zip is missing");
    /* One entry of a tar has a damaged header, one data block of a zip is damaged: what follows is read. */
    full(false, "");
    at = memmem(bytes, bytes_n, "app/a.php", 9);
    assert_non_null(at);
    at[100] ^= 1;
    put("s.tar", bytes, bytes_n);
    b = named("s.tar");
    read_to(b, true, &got);
    assert_null(strstr(buf_cstr(&got), "E app/a.php"));
    assert_non_null(strstr(buf_cstr(&got), "E app/b.php=<?php // two, with some more text in it\n"));
    assert_int_equal(backup_check(&s, &list, b, NULL, &e), 0);
    is_damaged(b, "header");
    read_to(b, false, &got);
    assert_null(strstr(buf_cstr(&got), "b.php"));
    buf_free(&got);
}

/* A bit flipped anywhere: seen, or without any effect on what is given. */
static void test_flips(void **state)
{
    struct buf whole = {0};
    struct buf got = {0};
    char path[200];
    size_t seen = 0;

    (void)state;
    full(true, "");
    put("f.zip", bytes, bytes_n);
    read_to(named("f.zip"), false, &whole);
    snprintf(path, sizeof path, "%s/f.zip", top);
    for (size_t i = 0; i < bytes_n; i += 3) {
        struct backup *b = NULL;

        bytes[i] = (char)(bytes[i] ^ (1 << i % 8));
        put("f.zip", bytes, bytes_n);
        bytes[i] = (char)(bytes[i] ^ (1 << i % 8));
        backup_list_free(&list);
        memset(&e, 0, sizeof e);
        if (backup_named(&s, path, &list, &b, &e) != 0 || backup_check(&s, &list, b, NULL, &e) != 0) {
            seen++;
            continue;
        }
        seen += b->sound == BACKUP_DAMAGED || b->problems.n > 0;
        if (b->sound == BACKUP_DAMAGED || b->problems.n > 0)
            continue;
        read_to(b, false, &got);
        if (!str_eq(buf_str(&got), buf_str(&whole)))
            fail_msg("byte %zu: %s", i, buf_cstr(&got));
    }
    assert_true(seen > bytes_n / 6);
    buf_free(&whole);
    buf_free(&got);
}

static void test_dump_damage(void **state)
{
    static const char cut[] = "CREATE TABLE `a` (`i` int);\nINSERT INTO `a` VALUES ('1";
    static const char foreign[] = "CREATE TABLE `a` (`i` int);\nINSERT INTO `a` VALUES (1);\nGRANT ALL ON *.* TO 'x';\n";
    char z[2000];
    size_t n;

    (void)state;
    puts_to("cut.sql", cut);
    is_damaged(checked("cut.sql"), "cut short");
    puts_to("foreign.sql", foreign);
    assert_true(has_problem(checked("foreign.sql"), "line 3"));
    n = gzipped(dump, strlen(dump), z, sizeof z);
    memcpy(z + n, "garbage", 7);
    put("garbage.gz", z, n + 7);
    is_damaged(checked("garbage.gz"), "something else");
    z[n - 6] ^= 1;
    put("sum.gz", z, n);
    is_damaged(checked("sum.gz"), "damaged at byte");
}

static void test_parts(void **state)
{
    struct backup *b;
    struct buf got = {0};
    const char *half = strstr(dump, "INSERT");
    char z[2000];

    (void)state;
    put("parts/auto-backupdb_000002_x.sql", half, strlen(half));
    put("parts/auto-backupdb_000001_x.sql.gz", z, gzipped(dump, (size_t)(half - dump), z, sizeof z));
    /* Names of one series have one ending. */
    unlinkat(box.fd, "parts/auto-backupdb_000001_x.sql.gz", 0);
    put("parts/auto-backupdb_000001_x.sql", dump, (size_t)(half - dump));
    b = checked("parts");
    is_sound(b);
    assert_int_equal(b->kind, BACKUP_DB);
    assert_int_equal(b->rows, 2);
    read_to(b, false, &got);
    assert_true(strstr(buf_cstr(&got), "000001") < strstr(buf_cstr(&got), "000002"));
    put("parts/auto-backupdb_000010_x.sql", half, strlen(half));
    backup_list_free(&list);
    is_damaged(checked("parts"), "parts 3 to 9");
    unlinkat(box.fd, "parts/auto-backupdb_000001_x.sql", 0);
    backup_list_free(&list);
    is_damaged(checked("parts"), "begins with part 2");
    buf_free(&got);
}

static void test_folders(void **state)
{
    struct backup *b = NULL;
    char path[200];

    (void)state;
    /* An unpacked tree with its dump beside it. */
    puts_to("tree/www/shop.ini", "1.0\n");
    puts_to("tree/www/app/a.php", "<?php // one");
    puts_to("tree/db.sql", dump);
    b = checked("tree");
    is_sound(b);
    assert_int_equal(b->kind, BACKUP_FULL);
    assert_int_equal(b->files, 2);
    assert_string_equal(b->version, "1.0");
    /* Several backups in one folder are not one. */
    full(true, "");
    put("many/a.zip", bytes, bytes_n);
    put("many/b.zip", bytes, bytes_n);
    snprintf(path, sizeof path, "%s/many", top);
    assert_int_equal(backup_named(&s, path, &list, &b, &e), -1);
    assert_non_null(strstr(e.text, "several"));
    snprintf(path, sizeof path, "%s/none", top);
    assert_int_equal(backup_named(&s, path, &list, &b, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    puts_to("text", "just some words\n");
    snprintf(path, sizeof path, "%s/text", top);
    assert_int_equal(backup_named(&s, path, &list, &b, &e), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
}

/* A snapshot's own list of checksums is compared. */
static void test_snapshot(void **state)
{
    struct archive *w = begin(false);
    char z[20000];

    (void)state;
    adds(w, "app/a.php", "<?php // one");
    archive_write_free(w);
    put("snapshot-1/files.tar.gz", z, gzipped(bytes, bytes_n, z, sizeof z));
    puts_to("snapshot-1/ABOUT", "toolkit snapshot 1\ntaken: 2020-01-02 03:04:05\nversion: 1.5\nfiles: 1\n");
    puts_to("snapshot-1/MANIFEST", "8e1c3dcf1f8ef38b5d21ad8f4e3c2b11  app/a.php\n");
    is_damaged(checked("snapshot-1"), "app/a.php differs from its checksum");
    assert_string_equal(list.all.v[0]->taken, "2020-01-02 03:04:05");
    assert_string_equal(list.all.v[0]->version, "1.5");
}

static void test_find(void **state)
{
    const char *folders[1];
    char path[200];

    (void)state;
    full(true, "");
    put("shop/backups/old_1.0.zip", bytes, bytes_n);
    put("shop/backups/new_2.0.zip", bytes, 0);
    put("more/2020/x.zip", bytes, bytes_n);
    puts_to("more/readme.txt", "nothing");
    snprintf(path, sizeof path, "%s/more", top);
    folders[0] = path;
    assert_int_equal(backup_find(&s, folders, 1, &list, &e), 0);
    assert_int_equal(list.all.n, 3);
    /* Newest first: the one without a date in its name is of now. */
    assert_non_null(strstr(list.all.v[0]->path, "more/2020/x.zip"));
    assert_string_equal(list.all.v[1]->path, "backups/new_2.0.zip");
    assert_string_equal(list.all.v[2]->path, "backups/old_1.0.zip");
    assert_true(list.all.v[2]->taken_by_name);
    /* Begun on a full disk: shown, as what it is. */
    assert_int_equal(backup_check(&s, &list, list.all.v[1], NULL, &e), 0);
    is_damaged(list.all.v[1], "neither tar nor zip");
    /* By its name alone. */
    {
        struct backup *b = NULL;

        assert_int_equal(backup_named(&s, "old_1.0.zip", &list, &b, &e), 0);
        assert_string_equal(b->path, "backups/old_1.0.zip");
        assert_int_equal(list.all.n, 3);
    }
}

/* A platform that knows nothing of backups: the dump beside the store's folder is found, one among its files is a file. */
static void test_no_hooks(void **state)
{
    struct archive *w = begin(true);
    struct buf got = {0};
    struct backup *b;

    (void)state;
    s.platform = &plain;
    adds(w, "public_html/app/a.php", "one");
    adds(w, "public_html/app/old.sql", dump);
    adds(w, "mysql/shop.sql", dump);
    adds(w, "mail/x", "not of the store");
    adds(w, "public_html/all.sql", dump);
    archive_write_free(w);
    put("host.zip", bytes, bytes_n);
    b = checked("host.zip");
    assert_int_equal(b->sound, BACKUP_SOUND);
    assert_int_equal(b->problems.n, 1);
    assert_true(has_problem(b, "another dump beside mysql/shop.sql"));
    assert_int_equal(b->kind, BACKUP_FULL);
    assert_int_equal(b->files, 2);
    read_to(b, false, &got);
    assert_non_null(strstr(buf_cstr(&got), "E app/a.php=one\nE app/old.sql="));
    assert_non_null(strstr(buf_cstr(&got), "D mysql/shop.sql="));
    assert_non_null(strstr(buf_cstr(&got), "D public_html/all.sql="));
    if (strstr(buf_cstr(&got), "L mail/x=") == NULL)
        fail_msg("%s", buf_cstr(&got));
    buf_free(&got);
}

static volatile sig_atomic_t stop = 1;

static void test_stop(void **state)
{
    struct backup_watch w = {.stop = &stop};

    (void)state;
    full(true, "");
    put("x.zip", bytes, bytes_n);
    assert_int_equal(backup_check(&s, &list, named("x.zip"), &w, &e), -1);
    assert_int_equal(e.kind, ERR_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_containers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dumps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_salvage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_flips, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dump_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(test_find, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_hooks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
