#include "format/cs_package.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MD5 "0123456789abcdef0123456789abcdef"

static const char sample[] =
    "{\"files\":{\"app\\/a.php\":{\"status\":\"changed\",\"hash\":\"" MD5 "\"},\"js/b.js\":{\"status\":\"new\"},"
    "\"old.php\":{\"hash\":\"" MD5 "\",\"status\":\"deleted\"}},\"migrations\":[\"20170101000000_a_b.php\"],\"languages\":[\"en\",\"de\"],"
    "\"validators\":[],\"scripts\":{\"pre\":\"pre_x.php\",\"post\":\"post_x.php\"},\"backup\":{\"is_skippable\":true}}";

static void reads_a_package(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct cs_package p;

    (void)state;
    assert_int_equal(cs_package_read(((struct str){sample, sizeof sample - 1}), &a, &p, &e), 0);
    assert_int_equal(p.files.n, 3);
    assert_true(str_is(p.files.v[0].path, "app/a.php"));
    assert_int_equal(p.files.v[0].status, CS_FILE_CHANGED);
    assert_true(str_is(p.files.v[0].hash, MD5));
    assert_int_equal(p.files.v[1].status, CS_FILE_NEW);
    assert_int_equal(p.files.v[2].status, CS_FILE_DELETED);
    assert_int_equal(p.migrations.n, 1);
    assert_int_equal(p.languages.n, 2);
    assert_true(str_is(p.pre, "pre_x.php"));
    assert_true(str_is(p.post, "post_x.php"));
    assert_int_equal(p.refused, 0);
    cs_package_free(&p);
    arena_free(&a);
}

static void refuses_what_leads_out(void **state)
{
    static const char *const bad[] = {
        "{\"files\":{\"../x\":{\"status\":\"new\"}}}",
        "{\"files\":{\"/etc/passwd\":{\"status\":\"deleted\",\"hash\":\"" MD5 "\"}}}",
        "{\"files\":{\"a//b\":{\"status\":\"new\"}}}",
        "{\"files\":{\"a\":{\"status\":\"strange\"}}}",
        "{\"files\":{\"a\":{\"hash\":\"" MD5 "\"}}}",
        "{\"files\":{\"a\":{\"status\":\"changed\",\"hash\":\"short\"}}}",
        "{\"migrations\":[\"../../x.php\"]}",
        "{\"scripts\":{\"post\":\"../../../index.php\"}}",
        "{\"languages\":[\"a/b\"]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena a = {0};
        struct err e = {0};
        struct cs_package p;

        assert_int_equal(cs_package_read(str_of(bad[i]), &a, &p, &e), 0);
        assert_int_equal(p.refused, 1);
        assert_int_equal(p.files.n + p.migrations.n + p.languages.n + p.post.n, 0);
        cs_package_free(&p);
        arena_free(&a);
    }
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof sample - 1; n++) {
        struct arena a = {0};
        struct err e = {0};
        struct cs_package p;
        char *exact = mem_dup(sample, n);

        assert_int_equal(cs_package_read((struct str){exact, n}, &a, &p, &e), -1);
        assert_int_equal(e.kind, ERR_FORMAT);
        cs_package_free(&p);
        arena_free(&a);
        free(exact);
    }
}

static void reads_an_offer(void **state)
{
    struct arena a = {0};
    struct err e = {0};
    struct cs_offer o;

    (void)state;
    assert_int_equal(cs_offer_read(STR("{\"file\":\"u.zip\",\"name\":\"Upgrade 4.7.1 - 4.7.2\",\"from_version\":\"4.7.1\",\"to_version\":\"4.7.2\","
                                       "\"timestamp\":1502298024,\"size\":6945438,\"id\":\"core\",\"type\":\"core\",\"md5\":\"" MD5 "\"}"),
                                   &a, &o, &e), 0);
    assert_true(str_is(o.from, "4.7.1"));
    assert_true(str_is(o.to, "4.7.2"));
    assert_true(str_is(o.md5, MD5));
    assert_int_equal(o.size, 6945438);
    assert_int_equal(cs_offer_read(STR("[]"), &a, &o, &e), -1);
    assert_int_equal(cs_offer_read(STR(""), &a, &o, &e), -1);
    arena_free(&a);
}

static void names_of_migrations(void **state)
{
    static const char *const bad[] = {"", "x.php", "2017061510393_a.php", "20170615103931.php", "20170615103931_.php",
                                      "20170615103931_a.txt", "20170615103931_a b.php", "20170615103931-a.php"};
    struct arena a = {0};
    struct str number;
    struct str name;

    (void)state;
    assert_true(cs_migration_name(STR("20170615103931_core_change_language2.php"), &a, &number, &name));
    assert_true(str_is(number, "20170615103931"));
    assert_true(str_is(name, "CoreChangeLanguage2"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(cs_migration_name(str_of(bad[i]), &a, &number, &name));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_package), cmocka_unit_test(refuses_what_leads_out), cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(reads_an_offer),  cmocka_unit_test(names_of_migrations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
