#include "sys/hash.h"
#include "sys/md5_lanes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void check(enum hash_alg alg, const char *text, const char *want)
{
    char hex[HASH_HEX];
    struct digest parsed;
    struct digest d;

    hash_bytes(alg, text, strlen(text), &d);
    assert_string_equal(digest_hex(&d, hex), want);
    assert_true(digest_parse(str_of(want), &parsed));
    assert_true(digest_eq(&d, &parsed));
    parsed.b[3] ^= 1;
    assert_false(digest_eq(&d, &parsed));
}

static void test_known(void **state)
{
    (void)state;
    check(HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
    check(HASH_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    check(HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* md5("/index.php" . md5("abc")), worked out by md5sum. */
static void test_mixed(void **state)
{
    char hex[HASH_HEX];
    struct digest d;

    (void)state;
    hash_bytes(HASH_MD5, "abc", 3, &d);
    digest_mix(STR("/index.php"), &d, &d);
    assert_string_equal(digest_hex(&d, hex), "8b1703f23773e39cd336efc8947d6b0a");
    assert_int_equal(d.alg, HASH_MD5_MIXED);
    assert_string_equal(hash_name(HASH_MD5_MIXED), "md5-mixed");
    assert_int_equal(hash_size(HASH_MD5_MIXED), 16);
}

static void test_parse(void **state)
{
    struct digest d;

    (void)state;
    assert_true(digest_parse(STR("D41D8CD98F00B204E9800998ECF8427E"), &d));
    assert_int_equal(d.alg, HASH_MD5);
    assert_false(digest_parse(STR("D41D8CD98F00B204E9800998ECF8427"), &d));
    assert_false(digest_parse(STR("D41D8CD98F00B204E9800998ECF8427G"), &d));
    assert_false(digest_parse(STR(""), &d));
    assert_string_equal(hash_name(HASH_MD5), "md5");
    assert_string_equal(hash_name(HASH_SHA256), "sha256");
}

static void test_fd(void **state)
{
    char bytes[100000];
    struct digest want;
    struct digest is;
    uint64_t n = 0;
    FILE *f = tmpfile();
    size_t i;

    (void)state;
    assert_non_null(f);
    for (i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 3);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    fflush(f);
    lseek(fileno(f), 0, SEEK_SET);
    assert_int_equal(hash_fd(&fsops_real, fileno(f), HASH_SHA256, &is, &n), 0);
    assert_int_equal(n, sizeof bytes);
    hash_bytes(HASH_SHA256, bytes, sizeof bytes, &want);
    assert_true(digest_eq(&is, &want));
    fclose(f);
    assert_int_equal(hash_fd(&fsops_real, -1, HASH_MD5, &is, &n), -1);
}

/* Every length around the block and padding borders, in every lane, against the reference. */
static void lanes_against_reference(unsigned most)
{
    enum { LONGEST = 330 };
    struct md5_lanes l = md5_lanes_best(most);
    uint8_t text[MD5_LANES_MAX][LONGEST + 72];
    const uint8_t *data[MD5_LANES_MAX];
    struct md5_lanes_state s;
    struct digest want;
    uint8_t is[16];
    size_t n;

    if (l.width != most) {
        print_message("this machine has no %u lanes\n", most);
        return;
    }
    for (n = 0; n <= LONGEST; n++) {
        size_t blocks = 0;
        unsigned lane;
        size_t i;

        for (lane = 0; lane < l.width; lane++) {
            for (i = 0; i < n; i++)
                text[lane][i] = (uint8_t)rand();
            hash_bytes(HASH_MD5, text[lane], n, &want);
            blocks = md5_lanes_pad(text[lane], n, n) / 64;
            data[lane] = text[lane];
            md5_lanes_start(&s, lane);
        }
        /* In two runs, as a file longer than a buffer is. */
        l.run(&s, data, 1);
        for (lane = 0; lane < l.width; lane++)
            data[lane] += 64;
        l.run(&s, data, blocks - 1);
        for (lane = 0; lane < l.width; lane++) {
            hash_bytes(HASH_MD5, text[lane], n, &want);
            md5_lanes_out(&s, lane, is);
            assert_memory_equal(is, want.b, 16);
        }
    }
}

static void test_lanes(void **state)
{
    (void)state;
    lanes_against_reference(4);
    lanes_against_reference(8);
    lanes_against_reference(16);
    assert_int_equal(md5_lanes_best(0).width, 0);
    assert_int_equal(md5_lanes_best(3).width, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_fd),
        cmocka_unit_test(test_lanes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
