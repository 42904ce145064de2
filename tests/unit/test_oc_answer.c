#include "format/oc_answer.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_text(struct str s, const char *text)
{
    if (!str_is(s, text))
        fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(s), text);
}

static const char done3[] = "{\"success\":\"Patch 1001 has been applied (2 of 11)\",\"next\":\"http:\\/\\/shop.example\\/install\\/index.php?"
                            "route=upgrade\\/upgrade\\/next&step=3\"}";
static const char done4[] = "{\"text\":\"Patch 3 has been applied (3 of 12)\",\"next\":\"http:\\/\\/shop.example\\/install\\/index.php?"
                            "route=upgrade\\/upgrade_4&amp;version=4.1.0.4&admin=back-office\"}";
static const char failed3[] =
    "<br />\n<b>Warning</b>:  mysqli::query(): (42S02/1146): Table 'shop.oc_order' doesn't exist in <b>/srv/shop/system/library/db/mysqli.php</b> on line "
    "<b>25</b><br />\n"
    "{\"error\":\"Error Code(0): Error: Table 'shop.oc_order' doesn't exist<br \\/>Error No: 1146<br \\/>SELECT order_id FROM `oc_order` in "
    "\\/srv\\/shop\\/system\\/library\\/db\\/mysqli.php on line 42\"}";

static void knows_steps_and_ends(void **state)
{
    struct arena a = {0};
    struct oc_answer r;

    (void)state;
    oc_answer_read(str_of(done3), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_STEP);
    assert_int_equal(r.step, 2);
    assert_int_equal(r.of, 11);
    assert_true(r.has_next);
    assert_int_equal(r.next.step, 3);
    assert_true(r.next.numbered);
    assert_false(r.cut);
    assert_int_equal(r.noise.n, 0);
    is_text(r.text, "Patch 1001 has been applied (2 of 11)");

    oc_answer_read(str_of(done4), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_STEP);
    assert_int_equal(r.step, 3);
    assert_int_equal(r.next.step, 4);
    assert_false(r.next.numbered);
    is_text(r.next.version, "4.1.0.4");
    is_text(r.next.admin, "back-office");

    oc_answer_read(STR("{\"success\":\"Congratulations! You have successfuly upgraded your OpenCart installation!\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_END);
    oc_answer_read(STR("{\"success\":\"F\\u00e9licitations !\",\"redirect\":\"http:\\/\\/x\\/install\\/index.php?route=install\\/step_4\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_END);
    oc_answer_read(STR("{\"text\":\"Le patch 2 (2 sur 9)\",\"next\":\"index.php?route=upgrade%2Fupgrade_2&page=3&version=../x\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_STEP);
    assert_int_equal(r.of, 9);
    assert_int_equal(r.next.step, 2);
    assert_int_equal(r.next.page, 3);
    assert_int_equal(r.next.version.n, 0);
    arena_free(&a);
}

static void knows_errors_in_json(void **state)
{
    struct arena a = {0};
    struct oc_answer r;

    (void)state;
    oc_answer_read(str_of(failed3), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_ERROR);
    assert_int_equal(r.sql_error, 1146);
    is_text(r.text, "Table 'shop.oc_order' doesn't exist");
    is_text(r.sql, "SELECT order_id FROM `oc_order`");
    is_text(r.file, "/srv/shop/system/library/db/mysqli.php");
    assert_int_equal(r.line, 42);
    assert_true(str_has(r.noise, STR("<b>Warning</b>")));

    oc_answer_read(STR("default not found{\"error\":\"error_copy\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_ERROR);
    is_text(r.text, "error_copy");
    is_text(r.noise, "default not found");
    oc_answer_read(STR("error_directory"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_ERROR);
    is_text(r.text, "error_directory");
    oc_answer_read(STR("{\"error\":{\"warning\":\"File is read only\"},\"next\":\"\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_ERROR);
    is_text(r.text, "File is read only");
    oc_answer_read(STR("{\"error\":[\"\", {\"a\":[[\"within\"]]}]}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_ERROR);
    is_text(r.text, "within");
    oc_answer_read(STR("<b>Warning</b>:  mysqli::query(): (42S02/1146): none in <b>/a.php</b> on line <b>2</b>\n{\"error\":\"it failed\"}"), &a, &r);
    assert_int_equal(r.sql_error, 1146);
    is_text(r.text, "it failed");
    oc_answer_read(STR("{\"success\":\"all is done (0 of 9)\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_END);
    assert_int_equal(r.of, 0);
    oc_answer_read(STR("{\"error\":\"\",\"success\":\"Patch 1 has been applied (1 of 9)\"}"), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_STEP);
    assert_int_equal(r.step, 1);
    arena_free(&a);
}

static void knows_errors_without_json(void **state)
{
    static const struct {
        const char *out;
        const char *text;
        const char *file;
        uint64_t line;
        unsigned number;
        const char *sql;
    } table[] = {
        {"<b>Exception</b>: Error: Unknown column 'x' in 'field list'<br />Error No: 1054<br />SELECT `x` FROM `oc_y` in "
         "<b>/srv/shop/system/library/db/mysqli.php</b> on line <b>36</b>",
         "Unknown column 'x' in 'field list'", "/srv/shop/system/library/db/mysqli.php", 36, 1054, "SELECT `x` FROM `oc_y`"},
        {"<b>Error: Can't DROP COLUMN `recurring_id`<br/>Error No: 1091<br/>ALTER TABLE `oc_cart` DROP `recurring_id`</b>: in "
         "<b>/srv/shop/system/library/db/mysqli.php</b> on line <b>77</b>",
         "Can't DROP COLUMN `recurring_id`", "/srv/shop/system/library/db/mysqli.php", 77, 1091, "ALTER TABLE `oc_cart` DROP `recurring_id`"},
        {"<b>Invalid or uninitialized Zip object</b>: in <b>/srv/shop/install/controller/upgrade/upgrade_2.php</b> on line <b>90</b>",
         "Invalid or uninitialized Zip object", "/srv/shop/install/controller/upgrade/upgrade_2.php", 90, 0, ""},
        {"<b>TypeError</b>: fclose(): Argument #1 in <b>/srv/a.php</b> on line <b>3</b>", "TypeError: fclose(): Argument #1", "/srv/a.php", 3, 0, ""},
        {"<b>Warning</b>: mkdir(): File exists in <b>/srv/a.php</b> on line <b>3</b>Error: Error: Table 's.oc_customer' doesn't exist<br/>Error No: "
         "1146<br/>SELECT *\nFROM oc_customer\nFile: /srv/shop/system/library/db/mysqli.php\nLine: 122\n\nBacktrace: 0\nFile: "
         "/srv/shop/install/controller/upgrade/upgrade_8.php\nLine: 20\nFunction: query\n\n",
         "Table 's.oc_customer' doesn't exist", "/srv/shop/system/library/db/mysqli.php", 122, 1146, "SELECT *\nFROM oc_customer"},
        {"Error: Could not make a database link using shop@localhost!", "Could not make a database link using shop@localhost!", "", 0, 0, ""},
        {"Error: Could not make a database link (1045) Access denied", "Could not make a database link (1045) Access denied", "", 0, 1045, ""},
        {"PHP8.1+ Required", "PHP8.1+ Required", "", 0, 0, ""},
        {"Could not load sql file: /srv/opencart.sql", "Could not load sql file: /srv/opencart.sql", "", 0, 0, ""},
        {"\nFatal error: Uncaught Error: Class \"Twig\\Loader\\FilesystemLoader\" not found in /srv/a.php:7\nStack trace:\n#0 {main}\n  thrown in "
         "/srv/a.php on line 7\n",
         "Class \"Twig\\Loader\\FilesystemLoader\" not found", "/srv/a.php", 7, 0, ""},
        {"<br />\n<b>Fatal error</b>:  Maximum execution time of 30 seconds exceeded in <b>/srv/b.php</b> on line <b>9</b><br />\n",
         "Maximum execution time of 30 seconds exceeded", "/srv/b.php", 9, 0, ""},
        {"<b>Warning</b>: mkdir(): &quot;no&quot; in <b>/srv/a.php</b> on line <b>3</b>", "Warning: mkdir(): \"no\"", "/srv/a.php", 3, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena a = {0};
        struct oc_answer r;

        oc_answer_read(str_of(table[i].out), &a, &r);
        if (r.kind != OC_ANSWER_ERROR)
            fail_msg("%s: kind %d", table[i].out, (int)r.kind);
        is_text(r.text, table[i].text);
        is_text(r.file, table[i].file);
        is_text(r.sql, table[i].sql);
        assert_int_equal(r.line, table[i].line);
        assert_int_equal(r.sql_error, table[i].number);
        arena_free(&a);
    }
}

static void no_answer_is_none(void **state)
{
    static const char *const table[] = {"", "   \n", "<!DOCTYPE html><html><body><h1>Not here</h1></body></html>", "default not found", "false", "{\"a\":1}",
                                        "{\"error\":\"\"}", "{\"success\":false}", "{\"errors\":\"x\"}", "it says Error: no",
                                        "{\"error\":[[[[[\"too deep\"]]]]]}"};
    struct arena a = {0};
    struct oc_answer r;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        oc_answer_read(str_of(table[i]), &a, &r);
        if (r.kind != OC_ANSWER_NONE)
            fail_msg("%s: kind %d", table[i], (int)r.kind);
    }
    oc_answer_read(str_of(table[2]), &a, &r);
    is_text(r.text, "Not here");
    arena_free(&a);
}

/* Of an answer that breaks off, what came whole is told. */
static void tells_what_came_of_a_cut_answer(void **state)
{
    static const struct {
        const char *out;
        enum oc_answer_kind kind;
        const char *text;
        unsigned step, number;
        const char *sql;
    } table[] = {
        {"{\"text\":\"Patch 3 has been applied (3 of 12)\",\"next\":\"http:\\/\\/shop.example\\/install\\/index.php?route=upgrade\\/upgrade_4", OC_ANSWER_STEP,
         "Patch 3 has been applied (3 of 12)", 3, 0, ""},
        {"{\"success\":\"Patch 1 has been applied (1 of 9)\",\"ne", OC_ANSWER_STEP, "Patch 1 has been applied (1 of 9)", 1, 0, ""},
        {"{ \"success\":\"Patch 1 has been applied (1 of 9)\",\"next\":", OC_ANSWER_STEP, "Patch 1 has been applied (1 of 9)", 1, 0, ""},
        {"{\"success\":\"Patch 1 has been applied (1 of 9)\",\"x\":[\"a,\",\"b", OC_ANSWER_STEP, "Patch 1 has been applied (1 of 9)", 1, 0, ""},
        {"{\"error\":\"Error: Table 'x' doesn't exist<br \\/>Error No: 1146<br \\/>SEL", OC_ANSWER_ERROR, "Table 'x' doesn't exist", 0, 1146, "SEL"},
        {"{\"error\":\"\\\"no\\\" ma\\", OC_ANSWER_ERROR, "\"no\" ma", 0, 0, ""},
        {"{\"error\":\"no ma\\u00e", OC_ANSWER_ERROR, "no ma", 0, 0, ""},
        {"{\"error\":\"no ma\\u00e9", OC_ANSWER_ERROR, "no ma\xc3\xa9", 0, 0, ""},
        {"{\"error\":\"no ma\\n", OC_ANSWER_ERROR, "no ma", 0, 0, ""},
        {"{\"error\":\"half\n{more, \"and\"}", OC_ANSWER_ERROR, "half", 0, 0, ""},
        {"{\"success\":\"nearly", OC_ANSWER_NONE, "nearly", 0, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena a = {0};
        struct oc_answer r;

        oc_answer_read(str_of(table[i].out), &a, &r);
        if (r.kind != table[i].kind || !r.cut || r.has_next)
            fail_msg("%s: kind %d, %d, %d", table[i].out, (int)r.kind, r.cut, r.has_next);
        is_text(r.text, table[i].text);
        is_text(r.sql, table[i].sql);
        assert_int_equal(r.step, table[i].step);
        assert_int_equal(r.sql_error, table[i].number);
        arena_free(&a);
    }
}

/* Cut anywhere, an answer never says more than the whole one did. */
static void cut_anywhere(void **state)
{
    static const char *const wholes[] = {done3, done4, failed3};

    (void)state;
    for (size_t w = 0; w < sizeof wholes / sizeof *wholes; w++) {
        size_t n = strlen(wholes[w]);
        struct arena a = {0};
        struct oc_answer whole;

        oc_answer_read(str_of(wholes[w]), &a, &whole);
        for (size_t cut = 0; cut < n; cut++) {
            char *head = malloc(cut + 1);
            struct oc_answer r;

            assert_non_null(head);
            memcpy(head, wholes[w], cut);
            oc_answer_read((struct str){head, cut}, &a, &r);
            if (r.kind != OC_ANSWER_NONE && r.kind != whole.kind)
                fail_msg("cut at %zu: kind %d", cut, (int)r.kind);
            assert_true(r.step == 0 || r.step == whole.step);
            assert_true(r.of == 0 || r.of == whole.of);
            assert_true(!r.has_next || r.next.step == whole.next.step);
            if (r.kind == OC_ANSWER_STEP || (r.kind == OC_ANSWER_ERROR && cut > strlen(failed3) - 20))
                assert_true(r.cut);
            assert_true(r.kind != OC_ANSWER_STEP || r.step == whole.step);
            free(head);
        }
        arena_free(&a);
    }
}

static void reads_addresses(void **state)
{
    static const struct {
        const char *address;
        unsigned step, page;
        const char *version, *admin;
    } table[] = {
        {"route=upgrade/upgrade/next&step=3", 3, 0, "", ""},
        {"http://shop.example/install/index.php?route=upgrade/upgrade/next", 1, 0, "", ""},
        {"/install/index.php?route=upgrade%2Fupgrade_12&version=4.1.0.4&admin=admin", 12, 0, "4.1.0.4", "admin"},
        {"index.php?route=upgrade/upgrade_2&version=5.0.0.0%20Alpha&admin=..&page=7", 2, 7, "5.0.0.0 Alpha", ""},
        {"http:\\/\\/s\\/install\\/index.php?admin=a%2Fb&amp;route=upgrade\\/upgrade_4\\u0026version=1'", 4, 0, "1", ""},
        {"/install/index.php?route=upgrade", 1, 0, "", ""},
        {"route=upgrade/upgrade_4.index", 4, 0, "", ""},
    };
    static const char *const none[] = {"", "?", "route=", "route=upgrade/success", "route=upgrade/upgrade", "route=upgrade/upgrade_", "route=upgrade/upgrade_x",
                                       "route=upgrade/upgrade_4x", "route=upgrade/upgrade_99999999999", "route=upgrade/upgrade/next&step=x", "route=upgraded",
                                       "route=common/home&x=route=upgrade/upgrade_1", "upgrade/upgrade_1", "route=tool/upgrade.download"};
    struct arena a = {0};
    struct oc_request r;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!oc_request_read(str_of(table[i].address), &a, &r))
            fail_msg("%s is not read", table[i].address);
        assert_int_equal(r.step, table[i].step);
        assert_int_equal(r.page, table[i].page);
        is_text(r.version, table[i].version);
        is_text(r.admin, table[i].admin);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (oc_request_read(str_of(none[i]), &a, &r))
            fail_msg("%s is read as step %u", none[i], r.step);
    arena_free(&a);
}

static void note(void *arg, const struct oc_answer *r, uint64_t line)
{
    struct buf *b = arg;

    buf_printf(b, "%u %s %u/%u %.*s\n", (unsigned)line, r->kind == OC_ANSWER_STEP ? "step" : r->kind == OC_ANSWER_END ? "end" : "error", r->step, r->of,
               STR_FMT(r->text));
}

static void reads_what_was_saved(void **state)
{
    struct arena a = {0};
    struct buf text = {0};
    struct buf out = {0};

    (void)state;
    buf_printf(&text, "my notes\nPatch 1000 has been applied (1 of 11)\n%s\n\n%s\n", done3, failed3);
    buf_adds(&text, "then I tried again: \"{\\\"success\\\":\\\"Patch 1002 has been applied (3 of 11)\\\"}\"\n");
    buf_adds(&text, "Error: Could not load sql file\nCongratulations! You have successfuly upgraded your OpenCart installation!\n");
    oc_answers_saved(buf_str(&text), &a, note, &out);
    assert_string_equal(buf_cstr(&out), "2 step 1/11 Patch 1000 has been applied (1 of 11)\n"
                                        "3 step 2/11 Patch 1001 has been applied (2 of 11)\n"
                                        "7 error 0/0 Table 'shop.oc_order' doesn't exist\n"
                                        "8 step 3/11 Patch 1002 has been applied (3 of 11)\n"
                                        "9 error 0/0 Could not load sql file\n"
                                        "10 end 0/0 Congratulations! You have successfuly upgraded your OpenCart installation!\n");
    /* Any head of it is read without harm. */
    for (size_t cut = 0; cut < text.n; cut += 7) {
        char *head = malloc(cut + 1);

        assert_non_null(head);
        memcpy(head, text.p, cut);
        buf_reset(&out);
        oc_answers_saved((struct str){head, cut}, &a, note, &out);
        free(head);
    }
    buf_free(&text);
    buf_free(&out);
    arena_free(&a);
}

static void hostile(void **state)
{
    struct arena a = {0};
    struct buf text = {0};
    struct buf out = {0};
    struct oc_answer r;

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_adds(&text, "{\"error\":");
    oc_answer_read(buf_str(&text), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_NONE);
    oc_answers_saved(buf_str(&text), &a, note, &out);
    buf_reset(&text);
    for (int i = 0; i < 100000; i++)
        buf_adds(&text, "<b>");
    oc_answer_read(buf_str(&text), &a, &r);
    buf_reset(&text);
    for (int i = 0; i < 100000; i++)
        buf_adds(&text, "[{");
    oc_answer_read(buf_str(&text), &a, &r);
    assert_int_equal(r.kind, OC_ANSWER_NONE);
    arena_free(&a);
    buf_free(&text);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_steps_and_ends),
        cmocka_unit_test(knows_errors_in_json),
        cmocka_unit_test(knows_errors_without_json),
        cmocka_unit_test(no_answer_is_none),
        cmocka_unit_test(tells_what_came_of_a_cut_answer),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(reads_what_was_saved),
        cmocka_unit_test(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
