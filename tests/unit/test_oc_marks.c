/* Versions told by tables and columns: clean ones, an upgrade that stopped in the middle, one that left what it moved. */
#include "platform/opencart/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const versions[] = {"2.0.0.0", "2.0.1.0", "2.1.0.0", "2.2.0.0", "2.3.0.0", "3.0.0.0", "3.0.0.2", "3.0.3.2",
                                       "3.0.5.0", "4.0.0.0", "4.0.1.0", "4.0.2.0", "4.0.2.3", "4.1.0.0", "4.1.0.1"};
#define VERSIONS (sizeof versions / sizeof versions[0])

static size_t place(const char *version, size_t otherwise)
{
    for (size_t i = 0; version != NULL && i < VERSIONS; i++)
        if (strcmp(version, versions[i]) == 0)
            return i;
    return otherwise;
}

static struct schema_table *table(struct schema *s, const char *name)
{
    struct schema_table *t;

    for (size_t i = 0; i < s->tables.n; i++)
        if (strcmp(s->tables.v[i].name, name) == 0)
            return &s->tables.v[i];
    t = vec_push(&s->tables);
    t->name = name;
    t->collate = "utf8_general_ci";
    return t;
}

/* Adds what a clean installation has. */
static void install(struct schema *s, size_t at)
{
    size_t n;
    const struct oc_mark *m = oc_marks(&n);

    for (size_t i = 0; i < n; i++) {
        struct schema_table *t;

        if (place(m[i].since, 0) > at || place(m[i].gone, VERSIONS) <= at)
            continue;
        t = table(s, m[i].table);
        if (m[i].collate)
            t->collate = m[i].collate;
        if (m[i].column && schema_column(t, m[i].column) == NULL)
            vec_push(&t->columns)->name = m[i].column;
    }
}

static void test_clean(void **state)
{
    (void)state;
    for (size_t at = 0; at < VERSIONS; at++) {
        struct schema s = {.foreign = {NULL, 0, 0}};
        struct oc_marked m = {.version = NULL};

        install(&s, at);
        oc_marks_read(&s, &m);
        assert_string_equal(m.version, versions[at]);
        assert_string_equal(m.newest, versions[at]);
        assert_int_equal(m.missing.n, 0);
        oc_marked_free(&m);
        schema_free(&s);
    }
}

/* Versions in the table are all known, and no mark goes before it comes. */
static void test_table(void **state)
{
    size_t n;
    const struct oc_mark *m = oc_marks(&n);

    (void)state;
    assert_true(n > 100);
    for (size_t i = 0; i < n; i++) {
        assert_true(m[i].since == NULL || place(m[i].since, VERSIONS) < VERSIONS);
        assert_true(m[i].gone == NULL || place(m[i].gone, VERSIONS) < VERSIONS);
        if (m[i].gone)
            assert_true(place(m[i].since, 0) < place(m[i].gone, VERSIONS));
        for (size_t k = 0; k < i; k++)
            if (strcmp(m[i].table, m[k].table) == 0 && (m[i].column == NULL) == (m[k].column == NULL) &&
                (m[i].column == NULL || strcmp(m[i].column, m[k].column) == 0) && m[i].collate == m[k].collate)
                fail_msg("%s stands there twice", m[i].table);
    }
}

/* Everything of the old version is there, and of the new one what a part of its tables brought. */
static void test_half_way(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct oc_marked m = {.version = NULL};

    (void)state;
    install(&s, place("3.0.3.2", 0));
    table(&s, "address_format");
    table(&s, "antispam");
    oc_marks_read(&s, &m);
    assert_string_equal(m.version, "3.0.3.2");
    assert_string_equal(m.newest, "4.0.2.3");
    assert_true(m.missing.n > 20);
    oc_marked_free(&m);
    schema_free(&s);
}

/* In a later step the upgrade takes away what it has moved: till then old and new stand side by side. */
static void test_moved_columns_say_nothing(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct oc_marked m = {.version = NULL};

    (void)state;
    install(&s, place("4.1.0.0", 0));
    install(&s, place("4.1.0.1", 0));
    oc_marks_read(&s, &m);
    assert_string_equal(m.version, "4.1.0.1");
    assert_string_equal(m.newest, "4.1.0.1");
    assert_int_equal(m.missing.n, 0);
    assert_non_null(schema_column(table(&s, "product"), "sku"));
    assert_non_null(schema_find(&s, "product_code"));
    oc_marked_free(&m);
    schema_free(&s);
}

/* An upgraded store keeps the tables of all it was. */
static void test_old_tables_say_nothing(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct oc_marked m = {.version = NULL};

    (void)state;
    install(&s, 0);
    install(&s, place("2.3.0.0", 0));
    install(&s, place("3.0.3.2", 0));
    oc_marks_read(&s, &m);
    assert_string_equal(m.version, "3.0.3.2");
    assert_string_equal(m.newest, "3.0.3.2");
    assert_non_null(schema_find(&s, "banner_image_description"));
    oc_marked_free(&m);
    schema_free(&s);
}

static void test_collation_alone_is_no_version(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct oc_marked m = {.version = NULL};

    (void)state;
    install(&s, place("2.3.0.0", 0));
    for (size_t i = 0; i < s.tables.n; i++)
        s.tables.v[i].collate = "utf8mb4_unicode_ci";
    oc_marks_read(&s, &m);
    assert_string_equal(m.version, "2.3.0.0");
    assert_string_equal(m.newest, "2.3.0.0");
    oc_marked_free(&m);
    schema_free(&s);
}

static void test_nothing(void **state)
{
    struct schema s = {.foreign = {NULL, 0, 0}};
    struct oc_marked m = {.version = "x"};

    (void)state;
    oc_marks_read(&s, &m);
    assert_null(m.version);
    assert_null(m.newest);
    assert_int_equal(m.missing.n, 0);
    oc_marked_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_half_way),
        cmocka_unit_test(test_moved_columns_say_nothing),
        cmocka_unit_test(test_old_tables_say_nothing),
        cmocka_unit_test(test_collation_alone_is_no_version),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
