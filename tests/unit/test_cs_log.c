#include "log_pieces.h"

#include "format/cs_log.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct cs_log_line *l)
{
    struct buf *b = context;

    buf_printf(b, "%" PRIu64 " kind%d %" PRId64 " %" PRIu64 " result%d%s", l->number, (int)l->kind, l->seconds, l->value, (int)l->result,
               l->ended ? "" : " open");
    log_field(b, "a", l->a);
    log_field(b, "b", l->b);
    log_field(b, "text", l->text);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    cs_log_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct cs_log_reader r;

    buf_reset(out);
    cs_log_init(&r, dump, out);
    log_feed(log, chunk, feed, &r);
    cs_log_end(&r);
    cs_log_free(&r);
}

static void knows_the_words(void **state)
{
    static const struct {
        const char *text;
        enum cs_log_kind kind;
        const char *a;
        const char *b;
        uint64_t value;
        enum cs_log_result result;
    } table[] = {
        {"Downloading \"core\" upgrade package", CS_LOG_DOWNLOAD, "core", "", 0, CS_LOG_NO_RESULT},
        {"Download \\\"core\\\" upgrade package", CS_LOG_DOWNLOAD, "core", "", 0, CS_LOG_NO_RESULT},
        {"Starting installation of the \"core\" upgrade package", CS_LOG_START, "core", "", 0, CS_LOG_NO_RESULT},
        {"Start installation of the \"my_addon\" upgrade package", CS_LOG_START, "my_addon", "", 0, CS_LOG_NO_RESULT},
        {"Upgrading version 4.6.1 to 4.6.3.SP1", CS_LOG_VERSIONS, "4.6.1", "4.6.3.SP1", 0, CS_LOG_NO_RESULT},
        {"index.php ==> 33188 (-rw-r--r--)", CS_LOG_MODE, "index.php", "", 33188, CS_LOG_NO_RESULT},
        {" ==> 16877 (drwxr-xr-x)", CS_LOG_MODE, "", "", 16877, CS_LOG_NO_RESULT},
        {"Executing \"collisions\" validator", CS_LOG_CHECK, "collisions", "", 0, CS_LOG_NO_RESULT},
        {"Upgrade stopped: awaiting resolving \"permissions\" validator errors", CS_LOG_CHECK_STOP, "permissions", "", 0, CS_LOG_NO_RESULT},
        {"Upgrade stopped: Awaiting resolving validation errors: collisions", CS_LOG_CHECK_STOP, "collisions", "", 0, CS_LOG_NO_RESULT},
        {"Using chmod()... OK", CS_LOG_CHMOD, "", "", 0, CS_LOG_OK},
        {"Using chmod()... FAILED", CS_LOG_CHMOD, "", "", 0, CS_LOG_FAILED},
        {"Using chmod()... ", CS_LOG_CHMOD, "", "", 0, CS_LOG_UNDECIDED},
        {"FTP chmod result: FAILED", CS_LOG_CHMOD, "", "", 0, CS_LOG_NO_RESULT},
        {"Backup created at \"/srv/shop/var/backups/upg_core_4.6.1-4.6.2_09Aug2017_200024.zip\"", CS_LOG_BACKUP_DONE,
         "/srv/shop/var/backups/upg_core_4.6.1-4.6.2_09Aug2017_200024.zip", "", 0, CS_LOG_NO_RESULT},
        {"Executing 14 migrations found at package", CS_LOG_MIGRATIONS, "", "", 14, CS_LOG_NO_RESULT},
        {" -- createTable('phinxlog1502298024')", CS_LOG_PHINX_TABLE, "", "", 1502298024, CS_LOG_NO_RESULT},
        {" -- createTable('phinxlogx')", CS_LOG_PHINX, "", "", 0, CS_LOG_NO_RESULT},
        {" == 20170615103931 CoreChange: migrating", CS_LOG_MIGRATING, "20170615103931", "CoreChange", 0, CS_LOG_NO_RESULT},
        {" == 20170615103931 CoreChange: migrated 0.0177s", CS_LOG_MIGRATED, "20170615103931", "CoreChange", 0, CS_LOG_NO_RESULT},
        {" == 2017 CoreChange: migrating", CS_LOG_OTHER, "", "", 0, CS_LOG_NO_RESULT},
        {"Failed to execute migrations", CS_LOG_MIGRATIONS_STOP, "", "", 0, CS_LOG_NO_RESULT},
        {"Installing \"en\" language... SKIPPED", CS_LOG_LANGUAGE, "en", "", 0, CS_LOG_SKIPPED},
        {"Installing \"en\" language... ", CS_LOG_LANGUAGE, "en", "", 0, CS_LOG_UNDECIDED},
        {"Install the \\\"en\\\" language", CS_LOG_LANGUAGE, "en", "", 0, CS_LOG_NO_RESULT},
        {"Failed to install languages: de, fr", CS_LOG_LANGUAGES_FAILED, "de, fr", "", 0, CS_LOG_NO_RESULT},
        {"Failed to send e-mail", CS_LOG_MAIL_FAILED, "", "", 0, CS_LOG_NO_RESULT},
        {"PHP Warning: Invalid argument in /a.php on line 3", CS_LOG_PHP, "", "", 0, CS_LOG_NO_RESULT},
        {"PHP Fatal Error: Allowed memory size", CS_LOG_FATAL, "Allowed memory size", "", 0, CS_LOG_NO_RESULT},
        {"Tygh\\Exceptions\\DatabaseException: Duplicate column name 'c1' in /a.php:166", CS_LOG_EXCEPTION,
         "Tygh\\Exceptions\\DatabaseException", "", 0, CS_LOG_NO_RESULT},
        {"Caught an exception: Exception: no", CS_LOG_CAUGHT, "Exception: no", "", 0, CS_LOG_NO_RESULT},
        {"Upgrade completed!", CS_LOG_COMPLETED, "", "", 0, CS_LOG_NO_RESULT},
        {"Upgrade completed", CS_LOG_COMPLETED, "", "", 0, CS_LOG_NO_RESULT},
        {"Upgrade completed or not", CS_LOG_OTHER, "", "", 0, CS_LOG_NO_RESULT},
        {CS_LOG_RESTORED_TEXT, CS_LOG_RESTORED, "", "", 0, CS_LOG_NO_RESULT},
        {CS_LOG_GIVEN_UP_TEXT, CS_LOG_GIVEN_UP, "", "", 0, CS_LOG_NO_RESULT},
        {"  ", CS_LOG_BLANK, "", "", 0, CS_LOG_NO_RESULT},
        {"something else", CS_LOG_OTHER, "", "", 0, CS_LOG_NO_RESULT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct cs_log_line l = {0};

        cs_log_classify(str_of(table[i].text), &l);
        if (l.kind != table[i].kind)
            fail_msg("%s: kind %d", table[i].text, (int)l.kind);
        assert_true(str_is(l.a, table[i].a));
        assert_true(str_is(l.b, table[i].b));
        assert_int_equal(l.value, table[i].value);
        assert_int_equal(l.result, table[i].result);
    }
}

static const char sample[] = "\n\n"
    "################################################################################\n"
    "################################################################################\n"
    "2017-08-09 20:00:24: Starting installation of the \"core\" upgrade package\n"
    "2017-08-09 20:00:47: \n"
    "2017-08-09 20:00:47:  == 20170724083412 AddonsSms: migrating\n"
    "2017-08-09 20:00:48: Tygh\\Exceptions\\DatabaseException: Duplicate column name 'x' in /srv/a.php:166\n"
    "Stack trace:\n"
    "#0 /srv/content/migrations/20170724083412_addons_sms.php(12): a()\n"
    "#1 {main}\n"
    "2017-08-09 20:00:48: Failed to execute migrations\n"
    "2017-02-30 20:00:48: no such day\n"
    "1400000000 - Copying file: index.php in /srv/uc.php on line 7\n"
    "1400000001 - DB error in db_scheme.sql: Unknown column: 1054 <code>SELECT 1</code> in /srv/uc.php on line 9\n"
    "2017-08-09 20:01:00: Using chmod()... ";

static void tells_lines_apart(void **state)
{
    static const char *const expected[] = {
        "1 kind3 0 0 result0\n", "3 kind2 0 0 result0", "5 kind7 1502308824", "6 kind3 1502308847", "7 kind32", "8 kind55",
        "9 kind1 0 0 result0", "12 kind35", "13 kind1 0", "14 kind59 1400000000", "15 kind62 1400000001", "16 kind18",
    };
    struct buf out = {0};

    (void)state;
    read_all(((struct str){sample, sizeof sample - 1}), sizeof sample, &out);
    /* The kinds are told by the table above; here it counts that each line is told once and in its manner. */
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct str number = str_of(expected[i]);
        struct buf key = {0};

        number = str_sub(number, 0, str_chr(number, ' ', 0));
        buf_printf(&key, "%s%.*s kind", i ? "\n" : "", STR_FMT(number));
        assert_true(str_has(buf_str(&out), buf_str(&key)));
        buf_free(&key);
    }
    assert_true(str_has(buf_str(&out), STR("result1 open a=")) || str_has(buf_str(&out), STR("result1 open text=")));
    assert_true(str_has(buf_str(&out), STR("1400000000")));
    assert_true(str_has(buf_str(&out), STR("a=db_scheme.sql")));
    buf_free(&out);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    log_compare(((struct str){sample, sizeof sample - 1}), read_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_words),
        cmocka_unit_test(tells_lines_apart),
        cmocka_unit_test(pieces_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
