#include "base/buf.h"
#include "fault_fsops.h"
#include "gzipped.h"
#include "sys/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
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
#include <zlib.h>

static char top[64];
static struct tree t;
static struct err e;
static struct buf refused;
static struct buf remarks;

static int setup(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    snprintf(top, sizeof top, "/tmp/test_archive.XXXXXX");
    assert_non_null(mkdtemp(top));
    memset(&t, 0, sizeof t);
    t.ops = &fault_fsops;
    assert_int_equal(tree_open(&t, top, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    assert_int_equal(tree_remove_tree(&t, "", true, &e), 0);
    tree_close(&t);
    rmdir(top);
    buf_free(&refused);
    buf_free(&remarks);
    return 0;
}

enum form { TAR, ZIP };

static struct archive *begin(enum form form, char *p, size_t room, size_t *n)
{
    struct archive *w = archive_write_new();

    assert_int_equal(
        form == ZIP ? archive_write_set_format_zip(w) : archive_write_set_format_pax_restricted(w), 0);
    assert_int_equal(archive_write_set_bytes_per_block(w, form == TAR ? 512 : 0), 0);
    assert_int_equal(archive_write_open_memory(w, p, room, n), 0);
    return w;
}

static void add(struct archive *w, const char *path, unsigned type, mode_t mode, const char *text,
                const char *link)
{
    struct archive_entry *en = archive_entry_new();

    archive_entry_set_pathname(en, path);
    archive_entry_set_mode(en, mode);
    archive_entry_set_filetype(en, type);
    if (link != NULL && type == AE_IFLNK)
        archive_entry_set_symlink(en, link);
    else if (link != NULL)
        archive_entry_set_hardlink(en, link);
    archive_entry_set_size(en, text ? (la_int64_t)strlen(text) : 0);
    assert_int_equal(archive_write_header(w, en), 0);
    if (text != NULL)
        assert_int_equal(archive_write_data(w, text, strlen(text)), (la_ssize_t)strlen(text));
    archive_entry_free(en);
}

static char bytes[400000];

/* A pack as X-Cart has it. */
static size_t pack(enum form form)
{
    size_t n = 0;
    struct archive *w = begin(form, bytes, sizeof bytes, &n);

    add(w, ".hash", AE_IFREG, 0644, "{}", NULL);
    add(w, ".phar/.metadata.bin", AE_IFREG, 0644, "a:0:{}", NULL);
    add(w, "./classes/XLite.php", AE_IFREG, 0755, "<?php // XLite", NULL);
    add(w, "classes/empty/", AE_IFDIR, 0700, NULL, NULL);
    add(w, "sql/xlite_data.yaml", AE_IFREG, 0600, "XLite\\Model\\LanguageLabel:\n", NULL);
    assert_int_equal(archive_write_free(w), 0);
    return n;
}

static void note(void *arg, const char *path, const char *why)
{
    (void)arg;
    buf_printf(&refused, "%s: %s\n", path, why);
}

static void note_remark(void *arg, const char *path, const char *what)
{
    (void)arg;
    buf_printf(&remarks, "%s: %s\n", path, what);
}

static struct archive_extract_result result;

/* Unpacks n bytes into "out". */
static int unpack(const char *p, size_t n, const struct archive_extract_options *opt)
{
    struct archive_options src = {.refused = note, .remark = note_remark};
    struct archive_src *a;
    int fd = openat(t.fd, "in", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int r = -1;

    assert_int_equal(write(fd, p, n), (ssize_t)n);
    lseek(fd, 0, SEEK_SET);
    buf_reset(&refused);
    buf_reset(&remarks);
    memset(&e, 0, sizeof e);
    a = archive_src_open(t.ops, fd, "in", &src, &e);
    if (a != NULL)
        r = archive_extract(a, &t, "out", opt, &result, &e);
    archive_src_close(a);
    close(fd);
    return r;
}

static void holds(const char *rel, const char *text)
{
    struct buf b = {0};

    if (tree_read(&t, rel, 1000, &b, &e) != 0)
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&b), text);
    buf_free(&b);
}

static void nothing_left(void)
{
    assert_false(tree_exists(&t, "out"));
    assert_false(tree_exists(&t, "out.part"));
}

static void check_pack(void)
{
    struct stat st;

    holds("out/.hash", "{}");
    holds("out/.phar/.metadata.bin", "a:0:{}");
    holds("out/classes/XLite.php", "<?php // XLite");
    holds("out/sql/xlite_data.yaml", "XLite\\Model\\LanguageLabel:\n");
    assert_int_equal(tree_stat(&t, "out/classes/empty", &st, &e), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(tree_stat(&t, "out/classes/XLite.php", &st, &e), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(result.files, 4);
    assert_false(tree_exists(&t, "out.part"));
    assert_int_equal(tree_remove_tree(&t, "out", false, &e), 0);
}

static void test_every_form(void **state)
{
    char z[10000];
    size_t n;
    size_t zn;

    (void)state;
    n = pack(TAR);
    assert_int_equal(unpack(bytes, n, NULL), 0);
    check_pack();
    zn = gzipped(bytes, n, z, sizeof z);
    assert_int_equal(unpack(z, zn, NULL), 0);
    check_pack();
    /* Two gzip members, and zeros behind. */
    zn = gzipped(bytes, 700, z, sizeof z);
    zn += gzipped(bytes + 700, n - 700, z + zn, sizeof z - zn);
    memset(z + zn, 0, 100);
    assert_int_equal(unpack(z, zn + 100, NULL), 0);
    check_pack();
    n = pack(ZIP);
    assert_int_equal(unpack(bytes, n, NULL), 0);
    check_pack();
}

static bool only_classes(void *arg, const char *path)
{
    (void)arg;
    return strncmp(path, "XLite", 5) == 0;
}

static void test_strip_and_filter(void **state)
{
    struct archive_extract_options opt = {.strip = 1, .wanted = only_classes};
    size_t n = pack(TAR);

    (void)state;
    assert_int_equal(unpack(bytes, n, &opt), 0);
    holds("out/XLite.php", "<?php // XLite");
    assert_int_equal(result.files, 1);
    assert_int_equal(unpack(bytes, n, &opt), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    holds("out/XLite.php", "<?php // XLite");
}

/* Cut at many places, at every one when step is 1: never taken for whole, never anything left. */
static void cut_everywhere(const char *p, size_t n, size_t whole_from, size_t step)
{
    size_t i;

    for (i = 0; i < whole_from; i += step) {
        if (unpack(p, i, NULL) == 0)
            fail_msg("cut at %zu of %zu and taken for whole", i, n);
        assert_int_equal(e.kind, ERR_FORMAT);
        nothing_left();
    }
}

static void test_cut(void **state)
{
    char z[10000];
    size_t n = pack(TAR);
    size_t zn = gzipped(bytes, n, z, sizeof z);

    (void)state;
    cut_everywhere(z, zn, zn, 1);
    assert_int_equal(unpack(z, zn / 2, NULL), -1);
    assert_non_null(strstr(e.text, "cut off"));
    /* The first block of zeros ends a tar; the second is for tapes. */
    cut_everywhere(bytes, n, n - 1024 + 1, 64);
    assert_int_equal(unpack(bytes, n - 1100, NULL), -1);
    assert_non_null(strstr(e.text, "cut off"));
    assert_non_null(strstr(e.text, "sql/xlite_data.yaml"));
    n = pack(ZIP);
    cut_everywhere(bytes, n, n, 3);
    assert_int_equal(unpack(bytes, n - 1, NULL), -1);
    assert_non_null(strstr(e.text, "cut off"));
}

/* Each byte of a gzip and a zip changed: seen, or without effect on what is unpacked. */
static void flip_everywhere(char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        p[i] ^= 0x10;
        if (unpack(p, n, NULL) == 0) {
            struct stat st;

            if (tree_stat(&t, "out/classes/XLite.php", &st, &e) == 0 && st.st_size == 14)
                holds("out/classes/XLite.php", "<?php // XLite");
            assert_int_equal(tree_remove_tree(&t, "out", false, &e), 0);
        } else {
            nothing_left();
        }
        p[i] ^= 0x10;
    }
}

static void test_flips(void **state)
{
    char z[10000];
    size_t n = pack(TAR);

    (void)state;
    n = gzipped(bytes, n, z, sizeof z);
    flip_everywhere(z, n);
    z[n - 6] ^= 1; /* in the checksum */
    assert_int_equal(unpack(z, n, NULL), -1);
    assert_non_null(strstr(e.text, "damaged"));
    n = pack(ZIP);
    flip_everywhere(bytes, n);
}

static void test_hostile(void **state)
{
    size_t n = 0;
    struct archive *w = begin(TAR, bytes, sizeof bytes, &n);

    (void)state;
    add(w, "/abs", AE_IFREG, 0644, "x", NULL);
    add(w, "../up", AE_IFREG, 0644, "x", NULL);
    add(w, "a/../../up", AE_IFREG, 0644, "x", NULL);
    add(w, "a//b", AE_IFREG, 0644, "x", NULL);
    add(w, "back\\slash", AE_IFREG, 0644, "x", NULL);
    add(w, "c:evil", AE_IFREG, 0644, "x", NULL);
    add(w, "link", AE_IFLNK, 0777, NULL, "/etc");
    add(w, "link/passwd", AE_IFREG, 0644, "below a link that is not there", NULL);
    add(w, "hard", AE_IFREG, 0644, NULL, "/etc/passwd");
    add(w, "null", AE_IFCHR, 0644, NULL, NULL);
    add(w, "pipe", AE_IFIFO, 0644, NULL, NULL);
    add(w, "suid", AE_IFREG, 04755, "s", NULL);
    add(w, "twice", AE_IFREG, 0644, "first", NULL);
    add(w, "twice", AE_IFREG, 0644, "second", NULL);
    assert_int_equal(archive_write_free(w), 0);
    if (unpack(bytes, n, NULL) != 0)
        fail_msg("%s", e.text);
    assert_string_equal(buf_cstr(&refused), "/abs: an absolute path\n"
                                            "../up: a path that leads elsewhere\n"
                                            "a/../../up: a path that leads elsewhere\n"
                                            "a//b: a path that leads elsewhere\n"
                                            "back\\slash: a backslash in its path\n"
                                            "c:evil: a path with a drive letter\n"
                                            "link: a symbolic link\n"
                                            "hard: a hard link\n"
                                            "null: a device or pipe\n"
                                            "pipe: a device or pipe\n");
    assert_string_equal(buf_cstr(&remarks), "suid: its setuid or setgid bit is taken off\n"
                                            "twice: is listed more than once; the last one counts\n");
    holds("out/link/passwd", "below a link that is not there");
    holds("out/twice", "second");
    assert_int_equal(result.twice, 1);
    assert_int_equal(result.files, 4);
}

/* A file where a directory is needed. */
static void test_conflict(void **state)
{
    size_t n = 0;
    struct archive *w = begin(TAR, bytes, sizeof bytes, &n);

    (void)state;
    add(w, "a", AE_IFREG, 0644, "file", NULL);
    add(w, "a/b", AE_IFREG, 0644, "below", NULL);
    assert_int_equal(archive_write_free(w), 0);
    assert_int_equal(unpack(bytes, n, NULL), 0);
    holds("out/a", "file");
    assert_string_equal(buf_cstr(&refused), "a/b: it lies below what this archive has as a file\n");
}

static void test_bomb(void **state)
{
    static const size_t mib = (size_t)1 << 20;
    z_stream z = {0};
    char *zeros = calloc(1, mib);
    char *out = malloc(mib);
    char header[512] = "bomb";
    unsigned sum = 0;
    size_t n;
    int i;

    (void)state;
    snprintf(header + 100, 8, "%07o", 0644u);
    snprintf(header + 124, 12, "%011o", 200u << 20);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    memset(header + 148, ' ', 8);
    for (i = 0; i < 512; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)mib;
    z.next_in = (Bytef *)header;
    z.avail_in = 512;
    deflate(&z, Z_NO_FLUSH);
    for (i = 0; i < 200; i++) {
        z.next_in = (Bytef *)zeros;
        z.avail_in = (uInt)mib;
        deflate(&z, i == 199 ? Z_FINISH : Z_NO_FLUSH);
    }
    n = z.total_out;
    deflateEnd(&z);
    assert_true(n < 400000);
    assert_int_equal(unpack(out, n, NULL), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_non_null(strstr(e.text, "swells"));
    nothing_left();
    free(zeros);
    free(out);
}

static void test_not_an_archive(void **state)
{
    (void)state;
    assert_int_equal(unpack("", 0, NULL), -1);
    assert_int_equal(e.kind, ERR_FORMAT);
    memset(bytes, 'x', 2000);
    assert_int_equal(unpack(bytes, 2000, NULL), -1);
    assert_non_null(strstr(e.text, "neither tar nor zip"));
    memset(bytes, 0, 2000);
    assert_int_equal(unpack(bytes, 1024, NULL), -1);
    nothing_left();
}

static size_t tar_header(char *p, const char *name, size_t size, char type)
{
    unsigned sum = 0;

    memset(p, 0, 512);
    snprintf(p, 100, "%s", name);
    snprintf(p + 100, 8, "%07o", 0644u);
    snprintf(p + 124, 12, "%011zo", size);
    p[156] = type;
    memcpy(p + 257, "ustar\00000", 8);
    memset(p + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)p[i];
    snprintf(p + 148, 8, "%06o", sum);
    return 512;
}

static size_t tar_text(char *p, const char *text)
{
    memset(p, 0, 512);
    memcpy(p, text, strlen(text));
    return 512;
}

/* The size in front of a long name, or against that of the file's own header: readers who apply it to the wrong entry see the
 * hidden one. GNU tar shows the same two files as are expected here. */
static void test_sizes_that_lie(void **state)
{
    (void)state;
    for (int form = 0; form < 3; form++) {
        struct stat st;
        size_t n = tar_header(bytes, "x", 13, 'x');

        n += tar_text(bytes + n, "13 size=2048\n");
        if (form == 0) {
            n += tar_header(bytes + n, "././@LongLink", 7, 'L');
            n += tar_text(bytes + n, "file_a");
        }
        n += tar_header(bytes + n, form == 0 ? "other" : "file_a", form == 2 ? 512 : 0, '0');
        n += tar_header(bytes + n, "hidden", 5, '0');
        n += tar_text(bytes + n, "evil");
        n += tar_text(bytes + n, "y");
        n += tar_text(bytes + n, "y");
        n += tar_header(bytes + n, "file_b", 3, '0');
        n += tar_text(bytes + n, "bbb");
        memset(bytes + n, 0, 1024);
        assert_int_equal(unpack(bytes, n + 1024, NULL), 0);
        assert_int_equal(result.files, 2);
        assert_int_equal(tree_stat(&t, "out/file_a", &st, &e), 0);
        assert_int_equal(st.st_size, 2048);
        holds("out/file_b", "bbb");
        assert_int_equal(tree_remove_tree(&t, "out", false, &e), 0);
    }
}

/* Every call fails once: an error, and nothing left that looks whole. */
static void test_faults(void **state)
{
    char z[10000];
    size_t n = gzipped(bytes, pack(TAR), z, sizeof z);
    unsigned long calls;
    unsigned long k;

    (void)state;
    fault = (struct fault){0};
    assert_int_equal(unpack(z, n, NULL), 0);
    calls = fault.count;
    assert_int_equal(tree_remove_tree(&t, "out", false, &e), 0);
    for (k = 1; k <= calls; k++) {
        int r;

        fault = (struct fault){.kind = FAULT_ERRNO, .at = k, .sys = ENOSPC};
        r = unpack(z, n, NULL);
        fault = (struct fault){0};
        if (r == 0 || tree_exists(&t, "out"))
            check_pack();
        else
            assert_int_equal(e.kind == ERR_NONE, 0);
    }
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    assert_int_equal(unpack(z, n, NULL), 0);
    check_pack();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_form, setup, teardown),
        cmocka_unit_test_setup_teardown(test_strip_and_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_flips, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_conflict, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bomb, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_an_archive, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes_that_lie, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
