#include "format/ps_names.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void gives(const char *file, enum ps_name_kind kind, const char *name, const char *version, const char *taken,
                  unsigned number, enum ps_name_packing packing)
{
    struct ps_name n;

    if (!ps_name_read(str_of(file), &n))
        fail_msg("%s is no name", file);
    assert_int_equal(n.kind, kind);
    assert_true(str_is(n.name, name));
    assert_true(str_is(n.version, version));
    assert_string_equal(n.taken, taken);
    assert_int_equal(n.number, number);
    assert_int_equal(n.packing, packing);
}

static void reads_names(void **state)
{
    (void)state;
    gives("V1.7.8.11_20240318-101500-4794c12c", PS_NAME_BACKUP, "V1.7.8.11_20240318-101500-4794c12c", "1.7.8.11",
          "2024-03-18 10:15:00", 0, PS_NAME_PLAIN);
    gives("V8.0.5_20240229-235959-f", PS_NAME_BACKUP, "V8.0.5_20240229-235959-f", "8.0.5", "2024-02-29 23:59:59", 0,
          PS_NAME_PLAIN);
    gives("V9.0.0-beta.1_20250101-000000-0a", PS_NAME_BACKUP, "V9.0.0-beta.1_20250101-000000-0a", "9.0.0-beta.1",
          "2025-01-01 00:00:00", 0, PS_NAME_PLAIN);
    gives("auto-backupfiles_V1.6.1.24_20190704-120102-1b2c3d4e.zip", PS_NAME_FILES, "V1.6.1.24_20190704-120102-1b2c3d4e",
          "1.6.1.24", "2019-07-04 12:01:02", 0, PS_NAME_PLAIN);
    gives("auto-backupdb_000012_V1.6.1.24_20190704-120102-1b2c3d4e.sql.bz2", PS_NAME_DUMP,
          "V1.6.1.24_20190704-120102-1b2c3d4e", "1.6.1.24", "2019-07-04 12:01:02", 12, PS_NAME_BZ2);
    gives("auto-backupdb_000001_V8.1.2_20240318-101500-4794c12c.sql.gz", PS_NAME_DUMP, "V8.1.2_20240318-101500-4794c12c",
          "8.1.2", "2024-03-18 10:15:00", 1, PS_NAME_GZ);
    gives("auto-backupdb_XXXXXX_V8.1.2_20240318-101500-4794c12c.sql", PS_NAME_DUMP, "V8.1.2_20240318-101500-4794c12c",
          "8.1.2", "2024-03-18 10:15:00", 0, PS_NAME_PLAIN);
}

static void refuses_names(void **state)
{
    static const char *const names[] = {
        "",
        "V",
        "index.php",
        "1.7.8.11_20240318-101500-4794c12c",
        "V1.7.8.11_20240318-101500",
        "V1.7.8.11_20240318-101500-",
        "V1.7.8.11_20240318-101500-4794c12c0",
        "V1.7.8.11_20240318-101500-4794C12C",
        "V1.7.8.11_20240318-101500-4794c12c/x",
        "V1.7.8.11_20241318-101500-4794c12c",
        "V1.7.8.11_20240332-101500-4794c12c",
        "V1.7.8.11_20240318-241500-4794c12c",
        "V1.7.8.11_20240318-106000-4794c12c",
        "V1.7.8.11_20240318_101500-4794c12c",
        "V1.7.8.11_2024031-101500-4794c12c",
        "V17_20240318-101500-4794c12c",
        "V../../x_20240318-101500-4794c12c",
        "auto-backupfiles_V1.7.8.11_20240318-101500-4794c12c.zip.part",
        "auto-backupfiles_V1.7.8.11_20240318-101500-4794c12c",
        "auto-backupdb_00001_V1.7.8.11_20240318-101500-4794c12c.sql",
        "auto-backupdb_0000001_V1.7.8.11_20240318-101500-4794c12c.sql",
        "auto-backupdb_00000a_V1.7.8.11_20240318-101500-4794c12c.sql",
        "auto-backupdb_000001_V1.7.8.11_20240318-101500-4794c12c.sql.xz",
        "auto-backupdb_000001_V1.7.8.11_20240318-101500-4794c12c.gz",
    };
    struct ps_name n;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ps_name_read(str_of(names[i]), &n))
            fail_msg("%s was taken for a name", names[i]);
}

/* Every head of a name in memory of its own size; only those with hex digits at the end are names. */
static void reads_no_further(void **state)
{
    static const char whole[] = "auto-backupdb_000012_V1.6.1.24_20190704-120102-1b2c3d4e.sql.bz2";

    (void)state;
    for (size_t n = 0; n < sizeof whole; n++) {
        char *copy = malloc(n ? n : 1);
        struct ps_name name;

        assert_non_null(copy);
        memcpy(copy, whole, n);
        assert_int_equal(ps_name_read((struct str){copy, n}, &name), n == sizeof whole - 1 || n == sizeof whole - 5);
        free(copy);
    }
}

static void tells_versions(void **state)
{
    static const char *const good[] = {"1.6", "1.6.1.24", "8.1.2", "9.0.0-beta.1", "8.1.7-catchup", "1.7.0.0-RC.3", "1.2.3.4.5"};
    static const char *const bad[] = {"", "8", "8.", ".8", "8..1", "8.1-", "8.1.2 ", "a.b", "1.2.3.4.5.6", "8.1.2-x/y",
                                      "123456.1", "8.1.2-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!ps_name_is_version(str_of(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ps_name_is_version(str_of(bad[i])))
            fail_msg("%s", bad[i]);
}

static void reads_heads(void **state)
{
    static const char head[] = "/* Backup 12 for shop.test/base/\n *  at Sat, 21 Nov 2026 01:54:44 +0000\n */\n\nSET SESSION";
    struct ps_dump_head h;

    (void)state;
    assert_true(ps_dump_head(str_of(head), &h));
    assert_int_equal(h.number, 12);
    assert_true(str_is(h.host, "shop.test/base/"));
    assert_true(str_is(h.date, "Sat, 21 Nov 2026 01:54:44 +0000"));
    assert_true(ps_dump_head(STR("/* Backup 1 for \r\n *  at x\r\n"), &h));
    assert_int_equal(h.host.n, 0);
    assert_true(str_is(h.date, "x"));
    assert_true(ps_dump_head(STR("/* Backup 3 for a\n */"), &h));
    assert_int_equal(h.date.n, 0);
    assert_false(ps_dump_head(STR("/* Backup x for a\n"), &h));
    assert_false(ps_dump_head(STR("/* Backup 1000000 for a\n"), &h));
    assert_false(ps_dump_head(STR("/* Backup 1 of a\n"), &h));
    assert_false(ps_dump_head(STR("-- MySQL dump 10.13\n"), &h));
    for (size_t n = 0; n < sizeof head; n++) {
        char *copy = malloc(n ? n : 1);

        assert_non_null(copy);
        memcpy(copy, head, n);
        assert_int_equal(ps_dump_head((struct str){copy, n}, &h), n > 32);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names),      cmocka_unit_test(refuses_names), cmocka_unit_test(reads_no_further),
        cmocka_unit_test(tells_versions),   cmocka_unit_test(reads_heads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
