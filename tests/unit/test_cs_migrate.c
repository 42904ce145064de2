#include "platform/cscart/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CLASS(BODY) "<?php\nuse Phinx\\Migration\\AbstractMigration;\nclass A extends AbstractMigration\n{\n    public function up()\n    {\n" BODY "\n    }\n}\n"
#define PREFIX      "$options = $this->adapter->getOptions();\n$pr = $options['prefix'];\n"

static int read_one(const char *php, const char *want, size_t n)
{
    struct arena mem = {0};
    struct cs_statements out;
    const char *why = NULL;
    int rc = cs_plain_read(str_of(php), "shop_", &mem, &out, &why);

    if (rc == 1) {
        assert_int_equal(out.all.n, n);
        if (n > 0 && !str_is(out.all.v[0], want))
            fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(out.all.v[0]), want);
    } else {
        assert_non_null(why);
        assert_int_equal(out.all.n, 0);
    }
    free(out.all.v);
    arena_free(&mem);
    return rc;
}

static void reads_plain_sql(void **state)
{
    (void)state;
    assert_int_equal(read_one(CLASS(PREFIX "$this->execute(\"UPDATE {$pr}a SET b = 'it''s \\\"x\\\"';\");"),
                              "UPDATE shop_a SET b = 'it''s \"x\"'", 1), 1);
    assert_int_equal(read_one(CLASS(PREFIX "$this->execute('DROP TABLE ' . $pr . 'x');\n$this->execute(\"DROP TABLE {$pr}y\");"),
                              "DROP TABLE shop_x", 2), 1);
    assert_int_equal(read_one(CLASS("$o = $this->adapter->getOptions();\n$this->execute(\"DELETE FROM {$o['prefix']}x\");"),
                              "DELETE FROM shop_x", 1), 1);
    assert_int_equal(read_one(CLASS("$p = $this->getAdapter()->getOption('prefix');\n$this->execute(\"DELETE FROM $p\");"),
                              "DELETE FROM shop_", 1), 1);
    assert_int_equal(read_one(CLASS("/* nothing */"), NULL, 0), 1);
}

static void refuses_all_else(void **state)
{
    static const char *const bad[] = {
        CLASS(PREFIX "$table = $this->table(\"{$pr}x\");"),
        CLASS(PREFIX "$this->execute(\"UPDATE {$pr}x SET a = {$b}\");"),
        CLASS(PREFIX "$this->execute(\"UPDATE $pr_x SET a = 1\");"),
        CLASS(PREFIX "$this->execute(\"UPDATE $pr->x SET a = 1\");"),
        CLASS(PREFIX "$this->execute('a' . strtolower('b'));"),
        CLASS(PREFIX "if (true) { $this->execute('a'); }"),
        CLASS(PREFIX "$this->execute('a', 'b');"),
        CLASS(PREFIX "$x = 1;"),
        CLASS("$this->execute(\"DROP TABLE {$pr}x\");"),
        CLASS(PREFIX "$this->execute(<<<SQL\nDROP {$pr}x\nSQL\n);"),
        "<?php class A { public function change() { } public function up() { } }",
        "<?php class A { }",
        "<?php class A { public function up() { $this->execute('a'",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read_one(bad[i], NULL, 0) == 1)
            fail_msg("taken for plain SQL: %s", bad[i]);
}

static void cut_anywhere(void **state)
{
    static const char php[] = CLASS(PREFIX "$this->execute(\"UPDATE {$pr}a SET b = '\\x41'\");");

    (void)state;
    for (size_t n = 0; n < sizeof php - 1; n++) {
        struct arena mem = {0};
        struct cs_statements out;
        const char *why = NULL;
        char *exact = mem_dup(php, n);

        /* Whatever is missing behind the method's end is not looked at; before it nothing may be taken. */
        if (cs_plain_read((struct str){exact, n}, "shop_", &mem, &out, &why) == 1)
            assert_true(out.all.n == 1 && n > sizeof php - 12);
        free(out.all.v);
        free(exact);
        arena_free(&mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_sql),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
