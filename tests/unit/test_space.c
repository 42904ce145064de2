/* Free space: the numbers of a made-up file system, and the answer on whether something fits. */
#include "sys/space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct statvfs answer;

static int fake_fstatvfs(int fd, struct statvfs *sv)
{
    (void)fd;
    if (answer.f_frsize == 1) {
        errno = EIO;
        return -1;
    }
    *sv = answer;
    return 0;
}

static struct fsops fake(void)
{
    struct fsops ops = fsops_real;

    ops.fstatvfs = fake_fstatvfs;
    return ops;
}

static void test_numbers(void **state)
{
    struct fsops ops = fake();
    struct space s;
    struct err e = {0};

    (void)state;
    answer = (struct statvfs){.f_frsize = 4096,
                              .f_blocks = 1000,
                              .f_bavail = 10,
                              .f_bfree = 99,
                              .f_files = 50,
                              .f_favail = 7,
                              .f_ffree = 9,
                              .f_flag = ST_RDONLY};
    assert_int_equal(space_of(&ops, 0, "x", &s, &e), 0);
    assert_int_equal(s.bytes, 40960);
    assert_int_equal(s.bytes_all, 4096000);
    assert_int_equal(s.inodes, 7);
    assert_true(s.readonly);
    answer.f_files = answer.f_favail = 0;
    answer.f_flag = 0;
    answer.f_bavail = UINT64_MAX / 2;
    assert_int_equal(space_of(&ops, 0, "x", &s, &e), 0);
    assert_true(s.inodes == UINT64_MAX);
    assert_true(s.bytes == UINT64_MAX);
    assert_false(s.readonly);
    answer.f_frsize = 1;
    assert_int_equal(space_of(&ops, 0, "the place", &s, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.text, "the place"));
}

static void test_need(void **state)
{
    const uint64_t mib = 1024 * 1024;
    struct space s = {.bytes = 100 * mib, .bytes_all = 1000 * mib, .inodes = 20, .block = 4096};
    struct err e = {0};

    (void)state;
    assert_int_equal(space_need(&s, "disk", 90 * mib, 0, &e), 0);
    assert_int_equal(space_need(&s, "disk", 90 * mib + 1, 0, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_non_null(strstr(e.text, "disk"));
    assert_int_equal(space_need(&s, "disk", 0, 20, &e), 0);
    assert_int_equal(space_need(&s, "disk", 0, 21, &e), -1);
    assert_non_null(strstr(e.text, "new files"));
    assert_int_equal(space_need(&s, "disk", UINT64_MAX, UINT64_MAX, &e), -1);
    s.bytes = 4 * mib;
    s.bytes_all = 0;
    assert_int_equal(space_need(&s, "disk", 0, 0, &e), -1);
    s.bytes = 600 * mib;
    s.bytes_all = 1000000 * mib;
    assert_int_equal(space_need(&s, "disk", 88 * mib, 0, &e), 0);
    assert_int_equal(space_need(&s, "disk", 89 * mib, 0, &e), -1);
    s.readonly = true;
    assert_int_equal(space_need(&s, "disk", 0, 0, &e), -1);
    assert_non_null(strstr(e.text, "read-only"));
}

static void test_here(void **state)
{
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct space s;
    struct err e = {0};

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(space_of(&fsops_real, fd, "/tmp", &s, &e), 0);
    assert_true(s.bytes <= s.bytes_all);
    assert_true(s.block > 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_need),
        cmocka_unit_test(test_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
