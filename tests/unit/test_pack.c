/* Archives are written here and unpacked by GNU tar: names, bytes, modes, times and owners have to come back. */
#include "base/buf.h"
#include "fault_fsops.h"
#include "files.h"
#include "sys/archive.h"
#include "sys/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static char from_path[100], out_path[100];
static struct tree from, out;
static struct err e;

static int setup(void **state)
{
    (void)state;
    err_clear(&e);
    memset(&fault, 0, sizeof fault);
    memset(&from, 0, sizeof from);
    memset(&out, 0, sizeof out);
    snprintf(top, sizeof top, "/tmp/test_pack.XXXXXX");
    assert_non_null(mkdtemp(top));
    files_mkdir(top, "from");
    files_mkdir(top, "out");
    snprintf(from_path, sizeof from_path, "%s/from", top);
    snprintf(out_path, sizeof out_path, "%s/out", top);
    out.ops = &fault_fsops;
    assert_int_equal(tree_open(&from, from_path, &e), 0);
    assert_int_equal(tree_open(&out, out_path, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    struct tree whole = {0};

    (void)state;
    memset(&fault, 0, sizeof fault);
    tree_close(&from);
    tree_close(&out);
    assert_int_equal(tree_open(&whole, top, &e), 0);
    assert_int_equal(tree_remove_tree(&whole, "", true, &e), 0);
    tree_close(&whole);
    assert_int_equal(rmdir(top), 0);
    return 0;
}

/* Runs a program in out; its exit status. */
static int program(const char *const *argv)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (chdir(out_path) == 0)
            execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void unpack(void)
{
    const char *const tar[] = {"tar", "-xpzf", "a.tar.gz", "-C", "got", NULL};

    files_mkdir(out_path, "got");
    assert_int_equal(program(tar), 0);
}

static void assert_content(const char *rel, const void *p, size_t n)
{
    struct buf got = {0};

    if (tree_read(&out, rel, 64 << 20, &got, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(got.n, n);
    assert_memory_equal(got.n ? got.p : "", p, n);
    buf_free(&got);
}

/* Text and noise by turns, so that both kinds of blocks follow each other. */
static void add_mixed(struct buf *b, size_t n)
{
    uint64_t x = 88172645463325252u;

    while (b->n < n) {
        bool noise = (b->n / 300000) % 2 != 0;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (noise)
            buf_add(b, &x, sizeof x);
        else
            buf_printf(b, "line %llu\n", (unsigned long long)(x % 1000));
    }
    b->n = n;
}

static void gz_of(size_t n)
{
    const char *const gunzip[] = {"gzip", "-dk", "x.gz", NULL};
    struct pack_gz *g;
    struct buf data = {0};
    struct stat st;
    uint64_t size;

    add_mixed(&data, n);
    assert_int_equal(pack_gz_open(&g, &out, "x.gz", &e), 0);
    for (size_t at = 0; at < n;) {
        size_t some = 1 + at % 70001;

        if (some > n - at)
            some = n - at;
        assert_int_equal(pack_gz_write(g, data.p + at, some, &e), 0);
        at += some;
    }
    assert_false(tree_exists(&out, "x.gz"));
    assert_int_equal(pack_gz_in(g), n);
    assert_int_equal(pack_gz_close(g, &size, &e), 0);
    assert_int_equal(tree_stat(&out, "x.gz", &st, &e), 0);
    assert_int_equal(st.st_size, size);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_false(tree_exists(&out, "x.gz.part"));
    assert_int_equal(program(gunzip), 0);
    assert_content("x", data.p, n);
    if (n >= 1000000)
        assert_true(size < n * 3 / 4);
    assert_int_equal(tree_remove(&out, "x", &e), 0);
    assert_int_equal(tree_remove(&out, "x.gz", &e), 0);
    buf_free(&data);
}

static void gzip_reads_it(void **state)
{
    static const size_t sizes[] = {0, 1, 262143, 262144, 262145, 2 * 262144, 5000000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        gz_of(sizes[i]);
}

static void no_name_before_it_is_whole(void **state)
{
    struct pack_gz *g;

    (void)state;
    assert_int_equal(pack_gz_open(&g, &out, "x.gz", &e), 0);
    assert_int_equal(pack_gz_write(g, "abc", 3, &e), 0);
    pack_gz_abort(g);
    assert_false(tree_exists(&out, "x.gz"));
    assert_false(tree_exists(&out, "x.gz.part"));
    pack_gz_abort(NULL);
}

static int write_gz(void)
{
    struct pack_gz *g;
    static const char zeros[4096];

    if (pack_gz_open(&g, &out, "x.gz", &e) < 0)
        return -1;
    for (int i = 0; i < 300; i++)
        if (pack_gz_write(g, zeros, sizeof zeros, &e) < 0) {
            pack_gz_abort(g);
            return -1;
        }
    return pack_gz_close(g, NULL, &e);
}

static void every_failing_call(void **state)
{
    unsigned long calls;

    (void)state;
    fault = (struct fault){.kind = FAULT_ERRNO, .sys = ENOSPC, .changes = true};
    assert_int_equal(write_gz(), 0);
    calls = fault.count;
    assert_true(calls > 5);
    for (unsigned long at = 1; at <= calls; at++) {
        assert_int_equal(tree_remove(&out, "x.gz", &e), 0);
        fault = (struct fault){.kind = FAULT_ERRNO, .sys = ENOSPC, .changes = true, .at = at};
        assert_int_equal(write_gz(), -1);
        assert_int_equal(e.sys, ENOSPC);
        fault.at = 0;
        assert_false(tree_exists(&out, "x.gz.part"));
    }
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    assert_int_equal(write_gz(), 0);
}

struct seen {
    struct buf text;
    size_t stored, problems;
    const char *leave, *hollow;
};

static enum pack_choice choose(void *arg, const char *rel, const struct stat *st)
{
    struct seen *s = arg;

    (void)st;
    if (s->leave && strcmp(rel, s->leave) == 0)
        return PACK_LEAVE;
    return s->hollow && strcmp(rel, s->hollow) == 0 ? PACK_EMPTY : PACK_STORE;
}

static int stored(void *arg, const char *rel, const struct digest *md5, uint64_t size, struct err *err)
{
    struct seen *s = arg;
    char hex[HASH_HEX];

    (void)err;
    s->stored++;
    buf_printf(&s->text, "%s %llu %s\n", rel, (unsigned long long)size, digest_hex(md5, hex));
    return 0;
}

static void problem(void *arg, const char *rel, const char *why)
{
    struct seen *s = arg;

    s->problems++;
    buf_printf(&s->text, "problem %s: %s\n", rel, why);
}

static struct pack_result pack(struct seen *s)
{
    struct pack_opts opt = {.arg = s, .choose = choose, .stored = stored, .problem = problem};
    struct pack_result r;
    struct pack_gz *g;

    assert_int_equal(pack_gz_open(&g, &out, "a.tar.gz", &e), 0);
    if (pack_tree(&from, g, &opt, &r, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(pack_gz_close(g, NULL, &e), 0);
    return r;
}

static void set_meta(const char *rel, mode_t mode, time_t mtime)
{
    struct timespec times[2] = {{mtime, 0}, {mtime, 0}};

    assert_int_equal(fchmodat(from.fd, rel, mode, 0), 0);
    assert_int_equal(utimensat(from.fd, rel, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void a_tree_comes_back(void **state)
{
    char name[300];
    char path[4000];
    struct seen s = {.leave = "cache", .hollow = "tmp"};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct pack_result measured;
    struct pack_opts opt = {.arg = &s, .choose = choose};
    struct pack_result r;
    struct buf big = {0};
    struct stat st;
    int fd;

    (void)state;
    files_put(from_path, "index.php", "<?php\n");
    files_put(from_path, "empty", "");
    files_put(from_path, "odd/line\nbreak \\ and 'quote'", "odd");
    files_put(from_path, "odd/\xE4\xFF not utf-8", "latin");
    files_put(from_path, "odd/\xC3\xA4 \xF0\x9F\x98\x80", "utf-8");
    memset(name, 'n', 255);
    name[255] = '\0';
    snprintf(path, sizeof path, "long/%.120s/%.120s/%s", name, name, name);
    files_put(from_path, path, "far down");
    files_put(from_path, "cache/x", "left out");
    files_put(from_path, "tmp/x", "left out");
    assert_int_equal(symlinkat("index.php", from.fd, "link"), 0);
    assert_int_equal(symlinkat("/etc/nowhere", from.fd, "odd/dangling"), 0);
    add_mixed(&big, 1500000);
    fd = openat(from.fd, "images.bin", O_WRONLY | O_CREAT, 0640);
    assert_int_equal(write(fd, big.p, big.n), (ssize_t)big.n);
    close(fd);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", from_path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    set_meta("index.php", 04755, 1000000000);
    set_meta("odd", 0711, 1234567890);
    if (geteuid() == 0)
        assert_int_equal(fchownat(from.fd, "images.bin", 12345, 3000000, 0), 0);
    r = pack(&s);
    assert_int_equal(r.files, 7);
    assert_int_equal(r.bytes, 6 + 0 + 3 + 5 + 5 + 8 + 1500000);
    assert_int_equal(r.links, 2);
    assert_int_equal(r.passed_over, 1);
    assert_int_equal(r.problems, 0);
    assert_int_equal(s.stored, 7);
    assert_int_equal(pack_measure(&from, &opt, &measured, &e), 0);
    assert_int_equal(measured.files, r.files);
    assert_int_equal(measured.bytes, r.bytes);
    assert_true(str_has(buf_str(&s.text), STR("empty 0 d41d8cd98f00b204e9800998ecf8427e\n")));
    unpack();
    assert_content("got/index.php", "<?php\n", 6);
    assert_content("got/empty", "", 0);
    assert_content("got/odd/line\nbreak \\ and 'quote'", "odd", 3);
    assert_content("got/odd/\xE4\xFF not utf-8", "latin", 5);
    assert_content("got/odd/\xC3\xA4 \xF0\x9F\x98\x80", "utf-8", 5);
    assert_content("got/images.bin", big.p, big.n);
    snprintf(path, sizeof path, "got/long/%.120s/%.120s/%s", name, name, name);
    assert_content(path, "far down", 8);
    assert_false(tree_exists(&out, "got/cache"));
    assert_false(tree_exists(&out, "got/tmp/x"));
    assert_true(tree_exists(&out, "got/tmp"));
    assert_int_equal(readlinkat(out.fd, "got/odd/dangling", name, sizeof name), (ssize_t)strlen("/etc/nowhere"));
    assert_int_equal(tree_stat(&out, "got/index.php", &st, &e), 0);
    assert_int_equal(st.st_mode & 07777, 04755);
    assert_int_equal(st.st_mtime, 1000000000);
    assert_int_equal(tree_stat(&out, "got/odd", &st, &e), 0);
    assert_int_equal(st.st_mode & 07777, 0711);
    assert_int_equal(tree_stat(&out, "got/images.bin", &st, &e), 0);
    if (geteuid() == 0) {
        assert_int_equal(st.st_uid, 12345);
        assert_int_equal(st.st_gid, 3000000);
    }
    buf_free(&big);
    buf_free(&s.text);
}

static ssize_t (*real_read)(int fd, void *p, size_t n);
static const char *grow;

/* While the first piece is read the file grows or shrinks. */
static ssize_t disturbing_read(int fd, void *p, size_t n)
{
    if (grow) {
        char path[200];

        snprintf(path, sizeof path, "%s/%s", from_path, "moving");
        assert_int_equal(truncate(path, strcmp(grow, "more") == 0 ? 50 : 10), 0);
        grow = NULL;
    }
    return real_read(fd, p, n);
}

static void files_that_move(void **state)
{
    static const char text[] = "0123456789abcdefghij";
    struct fsops ops = fsops_real;
    struct seen s = {0};

    (void)state;
    real_read = fsops_real.read;
    ops.read = disturbing_read;
    from.ops = &ops;
    files_put(from_path, "moving", text);
    files_put(from_path, "next", "after it");
    grow = "less";
    assert_int_equal(pack(&s).problems, 1);
    assert_true(str_has(buf_str(&s.text), STR("problem moving: became shorter")));
    unpack();
    assert_content("got/moving", "0123456789\0\0\0\0\0\0\0\0\0\0", 20);
    assert_content("got/next", "after it", 8);
    buf_reset(&s.text);
    assert_int_equal(tree_remove_tree(&out, "got", false, &e), 0);
    assert_int_equal(tree_remove(&from, "moving", &e), 0);
    files_put(from_path, "moving", text);
    grow = "more";
    assert_int_equal(pack(&s).problems, 1);
    assert_true(str_has(buf_str(&s.text), STR("problem moving: changed while it was read")));
    unpack();
    assert_content("got/moving", text, 20);
    assert_content("got/next", "after it", 8);
    from.ops = &fsops_real;
    buf_free(&s.text);
}

/* A checksum of a file of the archive, as the manifest says it, is that of its bytes in the archive. */
static void our_own_reader_takes_it(void **state)
{
    struct seen s = {0};
    struct archive_src *a;
    struct archive_item item;
    char text[100];
    int fd;

    (void)state;
    files_put(from_path, "a/b.php", "bytes");
    pack(&s);
    fd = tree_open_file(&out, "a.tar.gz", O_RDONLY, 0, &e);
    assert_true(fd >= 0);
    a = archive_src_open(NULL, fd, "a.tar.gz", NULL, &e);
    assert_non_null(a);
    assert_int_equal(archive_src_next(a, &item, &e), 1);
    assert_true(item.is_dir);
    assert_int_equal(archive_src_next(a, &item, &e), 1);
    assert_string_equal(item.path, "a/b.php");
    assert_int_equal(archive_src_read(a, text, sizeof text, &e), 5);
    assert_int_equal(archive_src_next(a, &item, &e), 0);
    archive_src_close(a);
    close(fd);
    buf_free(&s.text);
}

static void a_full_disk_ends_it(void **state)
{
    struct pack_opts opt = {0};
    struct pack_result r;
    struct pack_gz *g;
    struct buf big = {0};
    int fd = openat(from.fd, "big", O_WRONLY | O_CREAT, 0644);

    (void)state;
    add_mixed(&big, 9000000);
    assert_int_equal(write(fd, big.p, big.n), (ssize_t)big.n);
    close(fd);
    buf_free(&big);
    assert_int_equal(pack_gz_open(&g, &out, "a.tar.gz", &e), 0);
    fault = (struct fault){.kind = FAULT_ERRNO, .sys = ENOSPC, .changes = true, .at = 3};
    assert_int_equal(pack_tree(&from, g, &opt, &r, &e), -1);
    assert_int_equal(e.sys, ENOSPC);
    assert_true(str_has(str_of(e.fix), STR("free some space")));
    fault.at = 0;
    pack_gz_abort(g);
    assert_false(tree_exists(&out, "a.tar.gz.part"));
}

static int stop_now(void *arg, uint64_t files, uint64_t bytes)
{
    (void)arg, (void)files, (void)bytes;
    return -1;
}

static void stops_when_asked(void **state)
{
    struct pack_opts opt = {.progress = stop_now};
    struct pack_result r;
    struct pack_gz *g;

    (void)state;
    files_put(from_path, "a", "x");
    assert_int_equal(pack_gz_open(&g, &out, "a.tar.gz", &e), 0);
    assert_int_equal(pack_tree(&from, g, &opt, &r, &e), -1);
    assert_int_equal(e.kind, ERR_STOPPED);
    pack_gz_abort(g);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(gzip_reads_it),         test(no_name_before_it_is_whole), test(every_failing_call), test(a_tree_comes_back),
        test(files_that_move),       test(our_own_reader_takes_it),    test(stops_when_asked),
        test(a_full_disk_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
