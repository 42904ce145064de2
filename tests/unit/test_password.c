/* What shops keep of a password: known answers, made with PHP, and bcrypt checked by the C library that reads it back. */
#include "sys/password.h"

#include <crypt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void known(void **state)
{
    char out[PASSWORD_STORED];

    (void)state;
    password_md5(STR(""), STR("geheim"), STR(""), out);
    assert_string_equal(out, "e8636ea013e682faf61f56ce1cb1ab5c");
    password_md5(STR("k3y"), STR("geheim"), STR(""), out);
    assert_string_equal(out, "7b4728c9d9d2d6ee218ae4053107b683");
    password_md5_twice(STR("geheim"), STR("sAlt"), out);
    assert_string_equal(out, "2bb225e42a5f13bbc9b8ddecf07611f4");
    password_sha1_thrice(STR("geheim"), STR("sAlt"), out);
    assert_string_equal(out, "ca422322df97a97f7a1069ac4738123686905960");
    password_sha512(STR("geheim"), STR("k3y"), out);
    assert_string_equal(out, "SHA512:ce0dd4c5eac9a06bb9a5bab0307b30913f91decaea9a974c527e6069219eeeea4049f22c06eb1dde7ee63a62aea365b65"
                             "bed896fcee448b0524b856f02705ecb");
    password_sha512(STR("geheim"), STR(""), out);
    assert_string_equal(out, "SHA512:8d847e01d22baa969f71fa362b4de21c9e13c7882bcea13ba5c6a8ae0d71fc8c9700c82e0087a65c8b37bd29f536747f2"
                             "8c9672bec1cae7762d2c9f36b6013f2");
}

static bool takes(const char *kept, const char *password)
{
    struct crypt_data *work = calloc(1, sizeof *work);
    const char *again = crypt_r(password, kept, work);
    bool same = again != NULL && strcmp(again, kept) == 0;

    free(work);
    return same;
}

static void bcrypt(void **state)
{
    static const char long_one[] = "0123456789012345678901234567890123456789012345678901234567890123456789ab";
    char first[PASSWORD_STORED];
    char second[PASSWORD_STORED];
    struct err e = {0};

    (void)state;
    assert_int_equal(password_bcrypt(STR("geheim gr\xc3\xbc\xc3\x9f"), first, &e), 0);
    assert_int_equal(password_bcrypt(STR("geheim gr\xc3\xbc\xc3\x9f"), second, &e), 0);
    assert_int_equal(strlen(first), 60);
    assert_memory_equal(first, "$2y$10$", 7);
    assert_string_not_equal(first, second);
    assert_true(takes(first, "geheim gr\xc3\xbc\xc3\x9f"));
    assert_true(takes(second, "geheim gr\xc3\xbc\xc3\x9f"));
    assert_false(takes(first, "geheim"));
    assert_int_equal(password_bcrypt(str_of(long_one), first, &e), 0);
    assert_true(takes(first, long_one));
    assert_int_equal(password_bcrypt(STR(""), first, &e), 0);
}

static void bcrypt_refuses(void **state)
{
    static const char longer[] = "0123456789012345678901234567890123456789012345678901234567890123456789abc";
    char out[PASSWORD_STORED];
    struct err e = {0};

    (void)state;
    assert_int_equal(password_bcrypt(str_of(longer), out, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_int_equal(password_bcrypt((struct str){"ab\0cd", 5}, out, &e), -1);
    assert_null(strstr(e.text, "ab"));
}

static void salts(void **state)
{
    char a[PASSWORD_SALT];
    char b[PASSWORD_SALT];
    struct err e = {0};

    (void)state;
    assert_int_equal(password_salt(a, 9, &e), 0);
    assert_int_equal(password_salt(b, 22, &e), 0);
    assert_int_equal(strlen(a), 9);
    assert_int_equal(strlen(b), 22);
    assert_int_equal(strspn(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"), 22);
    assert_memory_not_equal(a, b, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known),
        cmocka_unit_test(bcrypt),
        cmocka_unit_test(bcrypt_refuses),
        cmocka_unit_test(salts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
