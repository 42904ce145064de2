#include "base/buf.h"
#include "base/mem.h"
#include "fault_fsops.h"
#include "sys/hash_files.h"

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

#define COUNT 700

static char top[64];
static struct tree t;
static struct err e;
static struct hash_job jobs[COUNT];
static struct digest want[COUNT];
static size_t sizes[COUNT];

static void write_file(const char *rel, size_t n, unsigned seed, struct digest *md5)
{
    uint8_t *p = mem_alloc(n);
    int fd = openat(t.fd, rel, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    size_t i;

    assert_true(fd >= 0);
    for (i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        p[i] = (uint8_t)(seed >> 16);
    }
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
    hash_bytes(HASH_MD5, p, n, md5);
    free(p);
}

/* Sizes around every border: block, padding, piece; and a few big ones. */
static size_t size_of(size_t i)
{
    static const size_t odd[] = {0,     1,     55,    56,    63,    64,    65,     119,    120,
                                 32767, 32768, 32769, 32760, 65536, 65535, 100000, 300001, 1000000};

    return i < 54 ? odd[i % 18] : i * 37 % 5000;
}

static int setup(void **state)
{
    size_t i;

    (void)state;
    snprintf(top, sizeof top, "/tmp/test_hash_files.XXXXXX");
    assert_non_null(mkdtemp(top));
    memset(&t, 0, sizeof t);
    memset(&fault, 0, sizeof fault);
    t.ops = &fault_fsops;
    assert_int_equal(tree_open(&t, top, &e), 0);
    for (i = 0; i < COUNT; i++) {
        char rel[64];

        snprintf(rel, sizeof rel, "d%zu/e%zu", i / 50, i / 10 % 5);
        assert_int_equal(tree_mkdirs(&t, rel, NULL, NULL, &e), 0);
        snprintf(rel, sizeof rel, "d%zu/e%zu/f%zu", i / 50, i / 10 % 5, i);
        sizes[i] = size_of(i);
        write_file(rel, sizes[i], (unsigned)i, &want[i]);
        jobs[i] = (struct hash_job){.rel = mem_strdup(rel), .alg = HASH_MD5, .want_size = HASH_ANY_SIZE};
    }
    return 0;
}

static int teardown(void **state)
{
    size_t i;

    (void)state;
    memset(&fault, 0, sizeof fault);
    for (i = 0; i < COUNT; i++)
        free((char *)(uintptr_t)jobs[i].rel);
    assert_int_equal(tree_remove_tree(&t, "", true, &e), 0);
    tree_close(&t);
    rmdir(top);
    return 0;
}

static void check_all(void)
{
    size_t i;

    for (i = 0; i < COUNT; i++) {
        assert_int_equal(jobs[i].state, HASH_DONE);
        assert_int_equal(jobs[i].size, sizes[i]);
        if (!digest_eq(&jobs[i].digest, &want[i]))
            fail_msg("%s, %zu bytes", jobs[i].rel, sizes[i]);
    }
}

static void test_all_widths(void **state)
{
    static const unsigned widths[] = {3, 4, 8, 16};
    unsigned threads;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        for (threads = 0; threads < 4; threads++) {
            struct hash_files_options opt = {.lanes = widths[i], .threads = threads};

            assert_int_equal(hash_files(&t, jobs, COUNT, &opt), 0);
            check_all();
        }
    }
    assert_int_equal(hash_files(&t, jobs, COUNT, NULL), 0);
    check_all();
    assert_int_equal(hash_files(&t, jobs, 0, NULL), 0);
}

static void test_short_reads(void **state)
{
    struct hash_files_options opt = {.threads = 1};

    (void)state;
    fault = (struct fault){.kind = FAULT_SHORT, .at = 1};
    assert_int_equal(hash_files(&t, jobs + 60, 100, &opt), 0);
    memset(&fault, 0, sizeof fault);
    assert_true(digest_eq(&jobs[100].digest, &want[100]));
    assert_true(digest_eq(&jobs[159].digest, &want[159]));
}

static void test_both_algorithms(void **state)
{
    struct digest sha;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT; i += 2)
        jobs[i].alg = HASH_SHA256;
    assert_int_equal(hash_files(&t, jobs, COUNT, NULL), 0);
    for (i = 0; i < COUNT; i++) {
        int fd = openat(t.fd, jobs[i].rel, O_RDONLY);

        assert_int_equal(hash_fd(&fsops_real, fd, jobs[i].alg, &sha, NULL), 0);
        close(fd);
        assert_true(digest_eq(&jobs[i].digest, &sha));
        assert_int_equal(jobs[i].size, sizes[i]);
    }
}

static void test_odd_files(void **state)
{
    struct hash_job odd[] = {
        {.rel = "fifo"},          {.rel = "none"}, {.rel = "none/none"},   {.rel = "d0"},
        {.rel = "out"},           {.rel = "in"},   {.rel = "todir"},       {.rel = "../x"},
        {.rel = "d0/e0/f0/x"},    {.rel = "loop"}, {.rel = "indir/e0/f7"}, {.rel = "tofifo"},
        {.rel = "outdir/passwd"},
    };
    static const enum hash_state states[] = {
        HASH_NOT_FILE, HASH_ABSENT, HASH_ABSENT,  HASH_NOT_FILE, HASH_OUTSIDE,  HASH_DONE,    HASH_NOT_FILE,
        HASH_OUTSIDE,  HASH_ABSENT, HASH_OUTSIDE, HASH_DONE,     HASH_NOT_FILE, HASH_OUTSIDE,
    };
    size_t i;

    (void)state;
    assert_int_equal(mkfifoat(t.fd, "fifo", 0644), 0);
    assert_int_equal(symlinkat("fifo", t.fd, "tofifo"), 0);
    assert_int_equal(symlinkat("/etc/passwd", t.fd, "out"), 0);
    assert_int_equal(symlinkat("/etc", t.fd, "outdir"), 0);
    assert_int_equal(symlinkat("d0/e0/f7", t.fd, "in"), 0);
    assert_int_equal(symlinkat("d0", t.fd, "todir"), 0);
    assert_int_equal(symlinkat("d0", t.fd, "indir"), 0);
    assert_int_equal(symlinkat("loop", t.fd, "loop"), 0);
    for (i = 0; i < sizeof odd / sizeof *odd; i++)
        odd[i].want_size = HASH_ANY_SIZE;
    assert_int_equal(hash_files(&t, odd, sizeof odd / sizeof *odd, NULL), 0);
    for (i = 0; i < sizeof odd / sizeof *odd; i++)
        if (odd[i].state != states[i])
            fail_msg("%s: state %d, errno %d", odd[i].rel, (int)odd[i].state, odd[i].sys);
    assert_true(digest_eq(&odd[5].digest, &want[7]));
    assert_true(digest_eq(&odd[10].digest, &want[7]));
}

static void test_sizes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT; i++)
        jobs[i].want_size = sizes[i] + i % 2;
    assert_int_equal(hash_files(&t, jobs, COUNT, NULL), 0);
    for (i = 0; i < COUNT; i++)
        assert_int_equal(jobs[i].state, i % 2 ? HASH_OTHER_SIZE : HASH_DONE);
}

static int tell(void *arg, uint64_t files, uint64_t bytes)
{
    uint64_t *seen = arg;

    assert_true(files >= seen[0] && bytes >= seen[1]);
    seen[0] = files;
    seen[1] = bytes;
    return 0;
}

static int stop(void *arg, uint64_t files, uint64_t bytes)
{
    (void)arg, (void)files, (void)bytes;
    return -1;
}

static void test_progress(void **state)
{
    uint64_t seen[2] = {0};
    struct hash_files_options opt = {.progress = tell, .arg = seen};
    size_t all = 0;
    size_t i;
    size_t left = 0;

    (void)state;
    for (i = 0; i < COUNT; i++)
        all += sizes[i];
    assert_int_equal(hash_files(&t, jobs, COUNT, &opt), 0);
    assert_int_equal(seen[0], COUNT);
    assert_int_equal(seen[1], all);
    opt.progress = stop;
    assert_int_equal(hash_files(&t, jobs, COUNT, &opt), 1);
    for (i = 0; i < COUNT; i++)
        left += jobs[i].state == HASH_FAILED && jobs[i].sys == ECANCELED;
    assert_true(left > 0);
}

static void test_faults(void **state)
{
    struct hash_files_options opt = {.threads = 1};
    unsigned long calls;
    unsigned long k;
    int before = dup(0);

    (void)state;
    close(before);
    assert_int_equal(hash_files(&t, jobs, 60, &opt), 0);
    fault = (struct fault){0};
    hash_files(&t, jobs, 60, &opt);
    calls = fault.count;
    for (k = 1; k <= calls; k++) {
        unsigned bad = 0;
        size_t i;
        int after;

        fault = (struct fault){.kind = FAULT_ERRNO, .at = k, .sys = EIO};
        assert_int_equal(hash_files(&t, jobs, 60, &opt), 0);
        for (i = 0; i < 60; i++) {
            if (jobs[i].state == HASH_DONE)
                assert_true(digest_eq(&jobs[i].digest, &want[i]));
            else
                bad++;
        }
        assert_int_equal(bad, 1);
        after = dup(0);
        close(after);
        assert_int_equal(after, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_widths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_algorithms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_odd_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_progress, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
