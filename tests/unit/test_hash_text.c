/* The checksum of a text is that of the text with plain line ends, however it is cut into pieces. */
#include "sys/hash_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void is(const char *text, const char *plain)
{
    struct digest want;
    size_t n = strlen(text);

    hash_bytes(HASH_MD5, plain, strlen(plain), &want);
    for (size_t cut = 0; cut <= n; cut++) {
        struct hash_text h;
        struct digest d;

        hash_text_start(&h, HASH_MD5);
        hash_text_add(&h, text, cut);
        hash_text_add(&h, text + cut, 0);
        hash_text_add(&h, text + cut, n - cut);
        assert_true(hash_text_end(&h, &d));
        assert_true(digest_eq(&d, &want));
    }
}

static void line_ends(void **state)
{
    (void)state;
    is("", "");
    is("a\nb", "a\nb");
    is("a\r\nb\r\n", "a\nb\n");
    is("\r\n\r\n", "\n\n");
    is("a\rb", "a\rb");
    is("a\r\r\nb\r", "a\r\nb\r");
}

static void no_text(void **state)
{
    struct hash_text h;
    struct digest d;

    (void)state;
    hash_text_start(&h, HASH_MD5);
    hash_text_add(&h, "\x89PNG\r\n\x1a\n\0\0", 10);
    hash_text_add(&h, "and text behind it", 18);
    assert_false(hash_text_end(&h, &d));
}

static void a_file(void **state)
{
    char path[] = "/tmp/test_hash_text.XXXXXX";
    int fd = mkstemp(path);
    struct digest want;
    struct digest d;

    (void)state;
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, "x\r\ny", 4), 4);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    hash_bytes(HASH_MD5, "x\ny", 3, &want);
    assert_int_equal(hash_text_fd(&fsops_real, fd, HASH_MD5, &d), 1);
    assert_true(digest_eq(&d, &want));
    close(fd);
    assert_int_equal(hash_text_fd(&fsops_real, fd, HASH_MD5, &d), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(line_ends), cmocka_unit_test(no_text), cmocka_unit_test(a_file)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
