#include "log_pieces.h"

#include "format/ps_log.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "line KIND LEVEL number time component a b c", what is empty left out. */
static void dump(void *context, const struct ps_log_event *e)
{
    struct buf *b = context;

    buf_printf(b, "%" PRIu64 " %s%s", e->line, ps_log_kind_name(e->kind), e->by_form ? "*" : "");
    if (e->level != PS_LEVEL_NONE)
        buf_printf(b, " %s", ps_log_level_name(e->level));
    if (e->number != 0)
        buf_printf(b, " %" PRIu64, e->number);
    if (e->lost != 0)
        buf_printf(b, " lost%" PRIu64, e->lost);
    if (!e->ended)
        buf_adds(b, " open");
    log_field(b, "t", e->time);
    log_field(b, "component", e->component);
    log_field(b, "a", e->a);
    log_field(b, "b", e->b);
    log_field(b, "c", e->c);
    if (e->kind == PS_LOG_OTHER)
        log_field(b, "text", e->text);
    buf_addc(b, '\n');
}

static void feed(void *reader, struct str piece)
{
    ps_log_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct ps_log_reader r;

    buf_reset(out);
    ps_log_init(&r, 1, false, dump, out);
    log_feed(log, chunk, feed, &r);
    ps_log_end(&r);
    ps_log_free(&r);
}

static void gives(const char *log, const char *want)
{
    struct buf b = {0};

    read_all(str_of(log), 1000000, &b);
    if (strcmp(buf_cstr(&b), want) != 0)
        fail_msg("%s\ngives\n%s\nnot\n%s", log, buf_cstr(&b), want);
    log_compare(str_of(log), read_all);
    buf_free(&b);
}

#define T "[2024-03-18 10:15:00] "
#define AT " t=2024-03-18 10:15:00"

static void reads_web_logs_of_4_to_6(void **state)
{
    (void)state;
    gives(T "Starting upgrade...\n" T "Shop deactivated. Now downloading... (this can take a while)\n" T
            "Downloaded archive will come from https://files.test/prestashop_8.1.2.zip\n" T "Copied /classes/Tools.php.\n" T
            "12 files left to upgrade.\n" T "All files upgraded. Now upgrading database...\n" T
            "Updating database data and structure\n" T "<div class=\"upgradeDbOk\">[DROP] SQL `ps_store_lang` table has been dropped.</div>\n" T
            "<div class=\"upgradeDbOk\">[OK] SQL 1.7.7.0 ALTER TABLE `ps_a`\n  ADD `b` int, -- x\n  ADD c</div>\n" T
            "\n            <div class=\"upgradeDbError\">\n            [WARNING] SQL 1.7.7.0\n            1060 in ALTER TABLE `ps_a` "
            "ADD `b` int: Duplicate column name 'b'</div>\n" T
            "SQL 1.7.7.0 1146 in UPDATE `ps_x` SET a = 'k: v': Table 'shop.ps_x' doesn't exist\n" T
            "<div class=\"upgradeDbOk\">[OK] PHP 1.7.7.0 : /* PHP:ps_1770_preset_tab_enabled(); */</div>\n" T
            "\n                [ERROR] PHP 1.7.7.1 /* PHP:do_it('a', 1); */;\n                17\n                 - no table\n",
          "1 START" AT "\n2 DOWNLOAD" AT "\n3 DOWNLOAD" AT " a=https://files.test/prestashop_8.1.2.zip\n"
          "4 FILE_COPIED" AT " a=/classes/Tools.php\n5 FILES_LEFT 12" AT "\n6 FILES_DONE" AT "\n7 DB_START" AT "\n"
          "8 TABLE_DROPPED*" AT " a=ps_store_lang\n"
          "9 SQL_OK*" AT " a=1.7.7.0 b=ALTER TABLE `ps_a`\n  ADD `b` int, -- x\n  ADD c\n"
          "12 SQL_WARNING* 1060" AT " a=1.7.7.0 b=ALTER TABLE `ps_a` ADD `b` int c=Duplicate column name 'b'\n"
          "16 SQL_ERROR* 1146" AT " a=1.7.7.0 b=UPDATE `ps_x` SET a = 'k: v' c=Table 'shop.ps_x' doesn't exist\n"
          "17 PHP_OK*" AT " a=1.7.7.0 b=/* PHP:ps_1770_preset_tab_enabled(); */\n"
          "18 PHP_ERROR*" AT " a=1.7.7.1 b=/* PHP:do_it('a', 1); */; c=17\n                 - no table\n");
}

static void reads_command_lines(void **state)
{
    (void)state;
    gives("INFO - === Step upgradeFiles\nINFO - 3 files left to upgrade.\nWARNING - \n            <div class=\"upgradeDbError\">\n"
          "            [WARNING] SQL 8.0.0\n            1091 in ALTER TABLE a DROP b: Can't DROP 'b'; check: it</div>\n"
          "WARNING -\n   [WARNING] SQL 8.0.0\n 1050 in CREATE TABLE a (b): Table 'a' already exists\n"
          "INFO - Restart requested. Please run the following command to continue your upgrade:\n"
          "INFO - $ php modules/autoupgrade/cli-upgrade.php --dir=admin1 --action=upgradeDb --data=eyJh\n"
          "CRITICAL - [INTERNAL] /srv/a line b/Db.php line 78 - Link to database cannot be established\n#0 x(y)\n#1 {main}\n"
          "PHP Fatal error:  Uncaught Error: Class 'X' not found in /srv/a.php:3\nStack trace:\n#0 {main}\n",
          "1 STEP* INFO a=upgradeFiles\n2 FILES_LEFT INFO 3\n"
          "3 SQL_WARNING* WARNING 1091 a=8.0.0 b=ALTER TABLE a DROP b c=Can't DROP 'b'; check: it\n"
          "7 SQL_WARNING* WARNING 1050 a=8.0.0 b=CREATE TABLE a (b) c=Table 'a' already exists\n"
          "10 RESTART INFO\n11 RESTART_COMMAND* INFO a=upgradeDb b=eyJh "
          "c=php modules/autoupgrade/cli-upgrade.php --dir=admin1 --action=upgradeDb --data=eyJh\n"
          "12 INTERNAL* CRITICAL 78 a=/srv/a line b/Db.php b=Link to database cannot be established\n#0 x(y)\n#1 {main}\n"
          "15 PHP_FATAL* a=PHP Fatal error:  Uncaught Error: Class 'X' not found in /srv/a.php:3\nStack trace:\n#0 {main}\n");
}

static void reads_7(void **state)
{
    (void)state;
    gives(T "INFO - Starting update...\n" T "INFO - Destination version: 9.0.1\n" T
            "INFO - Update database in progress. 12 queries left\n" T
            "DEBUG - Migration file: 8.1.0, Query: UPDATE `ps_a` SET b = ', c: d'\n" T
            "DEBUG - The execution of the query failed: 1060, Duplicate column name 'a'. This error code can be safely ignored.\n" T
            "DEBUG - Migration file: 8.1.0, Query: ALTER TABLE `ps_a` ADD a\n" T
            "WARNING - The execution of the query failed: 1146, Table 'x.y' doesn't exist\n" T
            "WARNING - Migration file: 8.1.0, Query: ALTER TABLE y\n  ADD a\n" T
            "WARNING - PHP 8.1.0 ps_810_update(): \nno such thing\n - more\n\n" T
            "WARNING - /srv/upgrade/php/ps_x.php PHP - missing file /* PHP:ps_x(); */\n" T
            "WARNING - 8.1.0 PHP - Object Method call is forbidden (A::b())\n" T "DEBUG - SQL `ps_mutation` table has been dropped.\n" T
            "INFO - UpdateModules - Updating module blockx...\n" T
            "ERROR - Error during database restoration:  INSERT INTO a VALUES ('x - y') - Duplicate entry '1' for key 'PRIMARY'\n" T
            "INFO - Shop updated to 9.0.1, but some warnings have been found.\n" T "ERROR - Something else\n" T
            "WARNING - Something worse",
          "1 START INFO" AT "\n2 TARGET INFO" AT " a=9.0.1\n3 DB_LEFT INFO 12" AT "\n"
          "4 SQL_AT* DEBUG" AT " a=8.1.0 b=UPDATE `ps_a` SET b = ', c: d'\n"
          "5 SQL_HARMLESS DEBUG 1060" AT " c=Duplicate column name 'a'\n6 SQL_AT* DEBUG" AT " a=8.1.0 b=ALTER TABLE `ps_a` ADD a\n"
          "7 SQL_FAILED WARNING 1146" AT " c=Table 'x.y' doesn't exist\n8 SQL_AT* WARNING" AT " a=8.1.0 b=ALTER TABLE y\n  ADD a\n"
          "10 PHP_ERROR* WARNING" AT " a=8.1.0 b=ps_810_update() c=no such thing\n - more\n"
          "14 PHP_ERROR* WARNING" AT " a=/srv/upgrade/php/ps_x.php b=/* PHP:ps_x(); */ c=missing file\n"
          "15 PHP_ERROR* WARNING" AT " a=8.1.0 b=A::b() c=Object Method call is forbidden\n"
          "16 TABLE_DROPPED* DEBUG" AT " a=ps_mutation\n17 MODULE INFO" AT " component=UpdateModules a=blockx\n"
          "18 RESTORE_SQL_ERROR* ERROR" AT " a=INSERT INTO a VALUES ('x - y') b=Duplicate entry '1' for key 'PRIMARY'\n"
          "19 COMPLETE_WARNED INFO" AT " a=9.0.1\n20 ERROR* ERROR" AT " a=Something else\n"
          "21 WARNING* WARNING open" AT " a=Something worse\n");
}

/* Words made up; what is known has to be known by form. */
static void reads_any_language(void **state)
{
    (void)state;
    gives(T "La sauvegarde est faite dans V1.7.8.11_20240318-101500-4794c12c. Suite...\n" T
            "Ouverture de auto-backupdb_000002_V1.7.8.11_20240318-101500-4794c12c.sql.bz2 en mode bz2\n" T
            "<div class=\"upgradeDbOk\">[OK] SQL 1.7.7.0 ALTER TABLE x</div>\n" T
            "[ERREUR SQL] INSERT INTO `a` VALUES (1) - Duplicate entry '1' for key 'PRIMARY'\n" T "[ERREUR] Le fichier manque.\n" T
            "[SUPPRESSION] La table SQL `ps_a` n'est plus.\n" T "[ATTENTION] Quelque chose.\n" T
            "DEBUG - Fichier : 8.1.0, demande : UPDATE a SET b=1\n" T "WARNING - La demande a failli : 1146, Table 'a' doesn't exist\n" T
            "DEBUG - La demande a failli : 1060, Duplicate column name 'a'. Sans gravit\xc3\xa9.\n" T
            "L'archive viendra de https://files.test/a.zip\n" T "removed file /a/b.php.\n" T "[INTERNAL] /a.php line 3 - x\n" T
            "Tout va bien : 12.\n",
          "1 BACKUP_NAMED*" AT " a=V1.7.8.11_20240318-101500-4794c12c\n"
          "2 BACKUP_NAMED*" AT " a=V1.7.8.11_20240318-101500-4794c12c b=auto-backupdb_000002_V1.7.8.11_20240318-101500-4794c12c.sql.bz2\n"
          "3 SQL_OK*" AT " a=1.7.7.0 b=ALTER TABLE x\n"
          "4 RESTORE_SQL_ERROR*" AT " a=INSERT INTO `a` VALUES (1) b=Duplicate entry '1' for key 'PRIMARY'\n"
          "5 ERROR*" AT " a=[ERREUR] Le fichier manque.\n6 TABLE_DROPPED*" AT " a=ps_a\n7 WARNING*" AT " a=[ATTENTION] Quelque chose.\n"
          "8 SQL_AT* DEBUG" AT " a=8.1.0 b=UPDATE a SET b=1\n9 SQL_FAILED* WARNING 1146" AT " c=Table 'a' doesn't exist\n"
          "10 SQL_HARMLESS* DEBUG 1060" AT " c=Duplicate column name 'a'. Sans gravit\xc3\xa9.\n"
          "11 DOWNLOAD*" AT " a=https://files.test/a.zip\n12 FILE_REMOVED*" AT " a=/a/b.php\n13 INTERNAL* 3" AT " a=/a.php b=x\n"
          "14 OTHER" AT " text=Tout va bien : 12.\n");
}

static void reads_other_logs(void **state)
{
    (void)state;
    gives(T "request.CRITICAL: Uncaught PHP Exception X: \"a\" at b line 3 {\"exception\":\"[object]\"} []\n"
            "[2024-03-18T10:15:00.123456+01:00] doctrine.DEBUG: SELECT 1 [] []\nmore\n"
            "*ERROR* \tv1.6.1.4\t2016/03/02 - 12:00:01: PHP error: x\r\n*INFO* \t8.1.2\t2024/03/02 - 12:00:02: ok\n",
          "1 SYMFONY* CRITICAL" AT " a=request b=Uncaught PHP Exception X: \"a\" at b line 3 {\"exception\":\"[object]\"} []\n"
          "2 SYMFONY* DEBUG" AT " a=doctrine b=SELECT 1 [] []\nmore\n"
          "4 EXCEPTION* ERROR t=2016-03-02 12:00:01 a=1.6.1.4 b=PHP error: x\n"
          "5 EXCEPTION* INFO t=2024-03-02 12:00:02 a=8.1.2 b=ok\n");
    gives("<?xml version=\"1.0\" encoding=\"UTF-8\"?><action result=\"fail\" error=\"34\">\n"
          "<?xml version=\"1.0\"?>\n<action result=\"fail\" error=\"31\" />\n"
          "\t<request result=\"fail\" sqlfile=\"1.6.0.1\">\n\t\t<sqlQuery><![CDATA[ALTER TABLE x]]></sqlQuery>\n"
          "\t\t<sqlMsgError><![CDATA[Unknown column 'a']]></sqlMsgError>\n\t\t<sqlNumberError><![CDATA[1054]]></sqlNumberError>\n"
          "\t</request>\n\t<request result=\"ok\" sqlfile=\"1.6.0.2\">\n\t\t<sqlQuery><![CDATA[/* PHP:a(); */]]></sqlQuery>\n\t</request>\n"
          "</action>\n<action result=\"info\" id=\"28\" />\n",
          "1 ACTION* 34 a=fail b=result=\"fail\" error=\"34\"\n3 ACTION* 31 a=fail b=result=\"fail\" error=\"31\"\n"
          "4 SQL_ERROR* 1054 a=1.6.0.1 b=ALTER TABLE x c=Unknown column 'a'\n9 PHP_OK* a=1.6.0.2 b=/* PHP:a(); */\n"
          "12 OTHER text=</action>\n13 ACTION* a=info b=result=\"info\" id=\"28\"\n");
    gives("[18-Mar-2024 10:15:00 Europe/Paris] PHP Fatal error:  Allowed memory size\n[18-Mar-2024 10:15:00 UTC] PHP Warning:  x\n",
          "1 PHP_FATAL* a=PHP Fatal error:  Allowed memory size\n2 OTHER text=PHP Warning:  x\n");
}

/* Without any head each line is a message of its own. */
static void reads_bare_lines(void **state)
{
    (void)state;
    gives("Starting upgrade...\n\nCopied /a.\n[OK] SQL 1.6.0.1 SELECT 1\n  \nwhatever",
          "1 START\n3 FILE_COPIED a=/a\n4 SQL_OK* a=1.6.0.1 b=SELECT 1\n6 OTHER open text=whatever\n");
    gives("", "");
    gives("\n\n", "");
    gives("before\n" T "Copied /a.\nafter\n", "1 OTHER text=before\n2 OTHER" AT " text=Copied /a.\nafter\n");
}

static void one(const char *text, enum ps_log_kind kind, uint64_t number, const char *a, const char *b)
{
    struct ps_log_event e = {.text = str_of(text), .level = PS_LEVEL_INFO};

    ps_log_classify(&e);
    if (e.kind != kind || e.number != number || !str_is(e.a, a) || !str_is(e.b, b))
        fail_msg("%s: %s %" PRIu64 " a=%.*s b=%.*s", text, ps_log_kind_name(e.kind), e.number, STR_FMT(e.a), STR_FMT(e.b));
}

static void knows_the_words(void **state)
{
    static const struct {
        const char *text;
        enum ps_log_kind kind;
        uint64_t number;
        const char *a;
        const char *b;
    } table[] = {
        {"MD5 hash will be checked against 0cc175b9c0f1b6a831c399e269772661", PS_LOG_DOWNLOAD_SUM, 0,
         "0cc175b9c0f1b6a831c399e269772661", ""},
        {"Download complete. Now extracting...", PS_LOG_DOWNLOADED, 0, "", ""},
        {"Download complete but MD5 sum does not match (x).", PS_LOG_DOWNLOAD_FAILED, 0,
         "Download complete but MD5 sum does not match (x).", ""},
        {"File extraction complete. Removing sample files...", PS_LOG_UNZIPPED, 0, "", ""},
        {"File extraction complete. Now backing up files...", PS_LOG_UNZIPPED, 0, "", ""},
        {"Backup files initialized in auto-backupfiles_V1.7.8.11_20240318-101500-4794c12c.zip", PS_LOG_BACKUP_FILES, 0,
         "auto-backupfiles_V1.7.8.11_20240318-101500-4794c12c.zip", ""},
        {"/img/a b.jpg added to archive. 120 files left.", PS_LOG_BACKUP_FILE, 120, "/img/a b.jpg", ""},
        {"File /img/big.psd (size: 20971520) has been skipped during backup.", PS_LOG_BACKUP_FILE_SKIPPED, 0, "/img/big.psd",
         "20971520"},
        {"Backup files in progress. 7 files left", PS_LOG_BACKUP_FILES_LEFT, 7, "", ""},
        {"All files saved. Now backing up database", PS_LOG_BACKUP_FILES_DONE, 0, "", ""},
        {"Error when trying to add /a.php to archive /b/c.zip.", PS_LOG_BACKUP_FILES_FAILED, 0, "/a.php", ""},
        {"Could not close the Zip file: /b/c.zip properly. Check you are allowed to write.", PS_LOG_BACKUP_FILES_FAILED, 0, "/b/c.zip",
         ""},
        {"ps_cart table has been saved.", PS_LOG_BACKUP_TABLE, 0, "ps_cart", ""},
        {"12 tables have been saved.", PS_LOG_BACKUP_TABLES, 12, "", ""},
        {"Database backup: 4 table(s) left...", PS_LOG_BACKUP_TABLES_LEFT, 4, "", ""},
        {"Database backup done in filename V1.7.8.11_20240318-101500-4794c12c. Now upgrading files...", PS_LOG_BACKUP_DB_DONE, 0,
         "V1.7.8.11_20240318-101500-4794c12c", ""},
        {"Database backup done in filename V1.7.8.11_20240318-101500-4794c12c.", PS_LOG_BACKUP_DB_DONE, 0,
         "V1.7.8.11_20240318-101500-4794c12c", ""},
        {"Error during database backup.", PS_LOG_BACKUP_DB_FAILED, 0, "", ""},
        {"Error during database backup for file /x/y.sql.", PS_LOG_BACKUP_DB_FAILED, 0, "/x/y.sql", ""},
        {"41 files will be upgraded.", PS_LOG_FILES, 41, "", ""},
        {"3 files left to update.", PS_LOG_FILES_LEFT, 3, "", ""},
        {"Copied /a.b/c.d..", PS_LOG_FILE_COPIED, 0, "/a.b/c.d.", ""},
        {"/app/config/parameters.php ignored", PS_LOG_FILE_IGNORED, 0, "/app/config/parameters.php", ""},
        {"Error while copying file /x/latest/a.php", PS_LOG_FILE_FAILED, 0, "/x/latest/a.php", ""},
        {"Could not assert the folder /x contains a valid PrestaShop release, exiting.", PS_LOG_RELEASE_BAD, 0, "/x", ""},
        {"(3/17) Applying migration file 8.1.0.", PS_LOG_DB_FILE, 3, "8.1.0", ""},
        {"Running generic queries", PS_LOG_GENERIC, 0, "", ""},
        {"Download of the language pack fr failed. Not found", PS_LOG_LANGUAGE_FAILED, 0, "fr", "Not found"},
        {"Warning detected during upgrade.", PS_LOG_DB_WARNED, 0, "", ""},
        {"Error during database upgrade. You may need to restore your database.", PS_LOG_DB_FAILED, 0, "", ""},
        {"You already have the 8.1.2 version.", PS_LOG_ALREADY, 0, "8.1.2", ""},
        {"9 modules left to upgrade.", PS_LOG_MODULES_LEFT, 9, "", ""},
        {"[WARNING] Migration failed while running the file upgrade-2.0.php. Module blockx disabled.", PS_LOG_MODULE_FAILED, 0, "blockx",
         ""},
        {"All modules have been updated.", PS_LOG_MODULES_DONE, 0, "", ""},
        {"The database has been cleaned.", PS_LOG_CLEANED, 0, "", ""},
        {"Upgrade process done. Congratulations! You can now reactivate your shop.", PS_LOG_COMPLETE, 0, "", ""},
        {"Shop updated to 9.0.1. Congratulations! You can now reactivate your shop.", PS_LOG_COMPLETE, 0, "9.0.1", ""},
        {"Upgrade process done, but some warnings have been found.", PS_LOG_COMPLETE_WARNED, 0, "", ""},
        {"Restoring files ...", PS_LOG_RESTORE_FILES, 0, "", ""},
        {"Opening backup database file auto-backupdb_000001_x.sql.gz in gz mode", PS_LOG_RESTORE_DB_FILE, 0,
         "auto-backupdb_000001_x.sql.gz", "gz"},
        {"Database restoration file 2 done. 3 file(s) left...", PS_LOG_RESTORE_DB_FILE_DONE, 3, "2", ""},
        {"Database restoration file 5 done.", PS_LOG_RESTORE_DB_FILE_DONE, 0, "5", ""},
        {"120 queries left for file 2...", PS_LOG_RESTORE_DB_LEFT, 120, "2", ""},
        {"Database has been restored.", PS_LOG_RESTORE_DB_DONE, 0, "", ""},
        {"Error during database restoration", PS_LOG_RESTORE_DB_FAILED, 0, "", ""},
        {"[ERROR] File x.zip is missing: unable to restore files. Operation aborted.", PS_LOG_RESTORE_REFUSED, 0, "x.zip", ""},
        {"Restoration process done. Congratulations! You can now reactivate your shop.", PS_LOG_RESTORE_COMPLETE, 0, "", ""},
        {"Something new", PS_LOG_OTHER, 0, "", ""},
        {"[ERROR] Something new", PS_LOG_ERROR, 0, "[ERROR] Something new", ""},
        {"x files left to upgrade.", PS_LOG_OTHER, 0, "", ""},
        {"[OK] SQL notaversion SELECT 1", PS_LOG_OTHER, 0, "", ""},
        {"SQL 1.7.7.0 went well", PS_LOG_OTHER, 0, "", ""},
        {"$ ls", PS_LOG_OTHER, 0, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        one(table[i].text, table[i].kind, table[i].number, table[i].a, table[i].b);
}

static void names_all_kinds(void **state)
{
    (void)state;
    for (int k = 0; k < PS_LOG_KINDS; k++) {
        const char *name = ps_log_kind_name((enum ps_log_kind)k);

        assert_non_null(name);
        assert_true(name[0] != '\0');
        for (int j = 0; j < k; j++)
            assert_string_not_equal(name, ps_log_kind_name((enum ps_log_kind)j));
    }
    assert_string_equal(ps_log_level_name(PS_LEVEL_EMERGENCY), "EMERGENCY");
}

static void count(void *context, const struct ps_log_event *e)
{
    uint64_t *sum = context;

    sum[0]++;
    sum[1] += e->lost;
    if (e->text.n > sum[2])
        sum[2] = e->text.n;
}

static void is_bounded(void **state)
{
    struct ps_log_reader r;
    struct buf b = {0};
    uint64_t sum[3] = {0};

    (void)state;
    for (int i = 0; i < 70000; i++)
        buf_addc(&b, 'x');
    buf_addc(&b, '\n');
    ps_log_init(&r, 1, false, count, sum);
    ps_log_feed(&r, STR(T "[OK] SQL 1.7.7.0 "));
    for (int i = 0; i < 100; i++)
        ps_log_feed(&r, buf_str(&b));
    ps_log_feed(&r, STR(T "Copied /a.\n"));
    ps_log_end(&r);
    ps_log_free(&r);
    assert_int_equal(sum[0], 2);
    assert_true(sum[2] <= PS_LOG_MESSAGE_MAX);
    assert_true(sum[1] > 6000000);
    buf_free(&b);
}

/* From the middle of a log: line numbers go on, and the rest of a line is skipped. */
static void reads_the_end_alone(void **state)
{
    struct ps_log_reader r;
    struct buf b = {0};

    (void)state;
    ps_log_init(&r, 100, true, dump, &b);
    ps_log_feed(&r, STR("0:15:00] Copied /a.\n" T "Copied /b.\n"));
    ps_log_end(&r);
    ps_log_free(&r);
    assert_string_equal(buf_cstr(&b), "101 FILE_COPIED" AT " a=/b\n");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_web_logs_of_4_to_6),
        cmocka_unit_test(reads_command_lines),
        cmocka_unit_test(reads_7),
        cmocka_unit_test(reads_any_language),
        cmocka_unit_test(reads_other_logs),
        cmocka_unit_test(reads_bare_lines),
        cmocka_unit_test(knows_the_words),
        cmocka_unit_test(names_all_kinds),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(reads_the_end_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
