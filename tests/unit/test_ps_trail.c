/* The traces of an upgrade of PrestaShop: state files of each generation, logs, saved output, and what counts when they disagree. */
#include "platform/prestashop/trail.h"
#include "ps_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#define WS  "admin4711/autoupgrade/"
#define LOG WS "tmp/log.txt"
#define T   "[2024-03-18 10:15:00] "

static struct shop_dir store;
static struct arena mem;
static struct ps_trail trail;

static void put_state(const char *name, const char *serialized)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf out = {0};
    size_t n = strlen(serialized);

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = 0;
        char four[4];

        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < n ? (unsigned char)serialized[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            four[k] = i + k > n ? '=' : digits[v >> (18 - 6 * k) & 63];
        buf_add(&out, four, 4);
    }
    shop_dir_put(&store, arena_printf(&mem, WS "%s", name), buf_cstr(&out));
    buf_free(&out);
}

static void module(const char *version)
{
    shop_dir_put(&store, "modules/autoupgrade/config.xml",
                 arena_printf(&mem, "<?xml version=\"1.0\"?><module><name>autoupgrade</name><version><![CDATA[%s]]></version></module>", version));
    shop_dir_put(&store, WS "index.php", "<?php\n");
    ps_store_open(&store);
}

static void age(const char *rel, int seconds)
{
    struct timespec times[2] = {{time(NULL) - seconds, 0}, {time(NULL) - seconds, 0}};

    assert_int_equal(utimensat(store.s.tree.fd, rel, times, 0), 0);
}

static void read_trail(void)
{
    struct err e = {0};

    ps_trail_free(&trail);
    if (ps_trail_read(&store.s, &mem, &trail, &e) < 0)
        fail_msg("%s", e.text);
}

static int teardown(void **state)
{
    ps_trail_free(&trail);
    arena_free(&mem);
    return shop_dir_teardown(state);
}

/* The module switches it off and goes on to its end. */
static void module_that_failed(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG,
                 T "Updating module acmesync...\n"
                 T "[WARNING] Migration failed while running the file upgrade-2.1.5.php. Module acmesync disabled.\n"
                 T "Updating module zetalabels...\n"
                 T "The database has been cleaned.\n"
                 T "Upgrade process done, but some warnings have been found.\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_COMPLETE);
    assert_int_equal(trail.failed_modules.n, 1);
    assert_int_equal(trail.failed_modules.v[0].line, 2);
    assert_non_null(strstr(trail.failed_modules.v[0].text, "acmesync disabled"));
}

static void nothing(void **state)
{
    (void)state;
    module("6.2.0");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_NONE);
    assert_false(trail.logged);
    assert_int_equal(trail.mark, PS_MARK_NONE);
}

/* The three shapes of lists, and which end is next. */
static void lists_by_version(void **state)
{
    struct str text;

    (void)state;
    put_state("filesToUpgrade.list", "a:2:{i:0;s:6:\"/a.php\";i:1;s:6:\"/b.php\";}");
    module("4.10.1");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_false(trail.phase_done);
    assert_true(ps_list_text(&trail.files_to_upgrade.items[0], &text) && str_is(text, "/a.php"));
    module("4.16.4");
    read_trail();
    assert_true(ps_list_text(&trail.files_to_upgrade.items[0], &text) && str_is(text, "/b.php"));
    module("6.2.0");
    put_state("filesToUpgrade.list", "a:2:{s:7:\"backlog\";a:1:{i:0;s:6:\"/c.php\";}s:12:\"initialTotal\";i:9;}");
    read_trail();
    assert_true(ps_list_text(&trail.files_to_upgrade.items[0], &text) && str_is(text, "/c.php"));
    assert_int_equal(trail.files_to_upgrade.n, 1);
}

/* What is left over tells the step. */
static void leftovers(void **state)
{
    (void)state;
    module("5.0.3");
    put_state("filesToBackup.list", "a:1:{i:0;s:6:\"/a.php\";}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_BACKUP_FILES);
    put_state("filesToBackup.list", "a:0:{}");
    put_state("tablesToBackup.list", "a:1:{i:0;s:4:\"ps_a\";}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_BACKUP_DB);
    assert_false(trail.phase_done);
    put_state("tablesToBackup.list", "a:0:{}");
    put_state("filesToUpgrade.list", "a:0:{}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_true(trail.phase_done);
    put_state("modulesToUpgrade.list", "a:1:{i:0;a:1:{s:4:\"name\";s:7:\"ps_mbox\";}}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_MODULES);
    put_state("queryToRestore.list", "a:1:{i:0;s:8:\"SELECT 1\";}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_ROLLBACK_DB);
}

static void unreadable(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, WS "filesToUpgrade.list", "YTox");
    read_trail();
    assert_int_equal(trail.unreadable.n, 1);
    assert_string_equal(trail.unreadable.v[0].source, WS "filesToUpgrade.list");
    assert_true(trail.has_files_to_upgrade);
}

static void settings_are_read(void **state)
{
    (void)state;
    module("4.16.4");
    put_state("config.var", "a:4:{s:7:\"channel\";s:7:\"archive\";s:19:\"archive.version_num\";s:5:\"8.1.7\";s:27:\"PS_AUTOUP_CUSTOM_MOD_DESACT\";"
                            "s:1:\"1\";s:16:\"archive.filename\";s:5:\"a.zip\";}");
    read_trail();
    assert_true(trail.config_known && trail.off_non_native);
    assert_string_equal(trail.channel, "archive");
    assert_string_equal(trail.archive, "a.zip");
    assert_string_equal(trail.to, "8.1.7");
    assert_int_equal(trail.phase, PS_PHASE_NONE);
}

#define WEB_START T "Starting upgrade...\n" T "Shop deactivated. Extracting files...\n" T "File extraction complete. Now backing up files...\n"
#define WEB_BACKUP WEB_START T "Backup files initialized in auto-backupfiles_V8.0.5_20240318-101500-4794c12c.zip\n" \
                   T "All files saved. Now backing up database\n" T "ps_a table has been saved.\n" \
                   T "Database backup done in filename V8.0.5_20240318-101500-4794c12c. Now upgrading files...\n"
#define WEB_FILES WEB_BACKUP T "10 files will be upgraded.\n" T "Copied /index.php.\n"
#define WEB_DB WEB_FILES T "All files upgraded. Now upgrading database...\n" T "Cleaning file cache\n" T "Updating database data and structure\n"

static void web_log(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_START);
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_UNPACK);
    assert_true(trail.phase_done);
    shop_dir_put(&store, LOG, WEB_BACKUP);
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_BACKUP_DB);
    assert_true(trail.phase_done);
    assert_string_equal(trail.backup, "V8.0.5_20240318-101500-4794c12c");
    shop_dir_put(&store, LOG, WEB_FILES);
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_false(trail.phase_done);
    assert_null(trail.error.source);
    shop_dir_put(&store, LOG, WEB_FILES T "Error while copying file /b.php\n" T "Error when trying to upgrade file /b.php.\n" T "8 files left to upgrade.\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_non_null(trail.error.source);
    assert_non_null(strstr(trail.error.text, "copying"));
}

static void within_the_sql(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_DB T "<div class=\"upgradeDbOk\">[OK] SQL 8.1.0 ALTER TABLE ps_a ADD b INT</div>\n"
                              T "<div class=\"upgradeDbError\">[WARNING] SQL 8.1.0\n1060 in ALTER TABLE ps_a ADD c INT: Duplicate column name</div>\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_DB);
    assert_false(trail.phase_done);
    assert_string_equal(trail.last_sql.version, "8.1.0");
    assert_int_equal(trail.last_sql.error, 1060);
    assert_true(trail.last_sql.ignorable);
    assert_int_equal(trail.failed_sql.n, 0);
    assert_false(trail.version_written);
    assert_false(trail.terse);
}

/* 7 tells why the server refused a statement in the line before the one that names it. */
static void refused_in_seven(void **state)
{
    (void)state;
    module("7.3.0");
    shop_dir_put(&store, LOG, T "INFO - Starting update...\n" T "DEBUG - Migration file: 9.0.0, Query: UPDATE `ps_a` SET b = 1\n"
                              T "DEBUG - The execution of the query failed: 1060, Duplicate column name 'c'. This error code can be safely ignored.\n"
                              T "DEBUG - Migration file: 9.0.0, Query: ALTER TABLE `ps_a` ADD c INT\n"
                              T "WARNING - The execution of the query failed: 1205, Lock wait timeout exceeded\n"
                              T "WARNING - Migration file: 9.0.0, Query: UPDATE `ps_a` SET d = 1\n"
                              T "DEBUG - Migration file: 9.0.0, Query: UPDATE `ps_a` SET e = 1\n");
    read_trail();
    assert_int_equal(trail.failed_sql.n, 1);
    assert_string_equal(trail.failed_sql.v[0].query, "UPDATE `ps_a` SET d = 1");
    assert_int_equal(trail.failed_sql.v[0].error, 1205);
    assert_string_equal(trail.failed_sql.v[0].message, "Lock wait timeout exceeded");
    assert_int_equal(trail.last_sql.error, 0);
}

/* The module's last lines in a language that nobody here knows */
static void ended_in_german(void **state)
{
    (void)state;
    module("4.14.0");
    shop_dir_put(&store, LOG, WEB_DB T "[OK] SQL 8.1.0 SELECT 1\n" T "Datenbank aktualisiert.\n" T "Fertig.\n"
                              T "/srv/shop/**admin_folder**/autoupgrade/latest2 entfernt\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_DB);
    shop_dir_put(&store, LOG, WEB_FILES T "Cleaning file cache\n" T "Disabling all non native modules\n");
    read_trail();
    assert_false(trail.modules_off_done);
    shop_dir_put(&store, LOG, WEB_FILES T "Cleaning file cache\n" T "Disabling all non native modules\n" T "Daten werden aktualisiert\n");
    read_trail();
    assert_true(trail.modules_off_done);
    shop_dir_put(&store, LOG, WEB_DB T "[OK] SQL 8.1.0 SELECT 1\n" T "Datenbank aktualisiert.\n" T "Fertig.\n"
                              T "/srv/shop/**admin_folder**/autoupgrade/latest entfernt\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_COMPLETE);
    assert_true(trail.phase_done);
}

#define TWICE WEB_DB T "[OK] SQL 8.1.0 SELECT 1\n" T "Starting upgrade...\n" T "242 files will be upgraded.\n"

/* Of two attempts of one upgrade the first one's backup is the clean one, unless the toolkit made the store whole in between. */
static void two_attempts(void **state)
{
    char text[256];

    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, TWICE);
    read_trail();
    assert_int_equal(trail.before, PS_PHASE_DB);
    assert_int_equal(trail.earlier.n, 1);
    assert_string_equal(trail.clean_backup, "V8.0.5_20240318-101500-4794c12c");
    assert_non_null(trail.changed);
    snprintf(text, sizeof text, "[2024-03-18 12:00:00] store restored: %s\n", trail.earlier.v[0].key);
    shop_dir_put(&store, WS "toolkit.log", text);
    read_trail();
    assert_int_equal(trail.before, PS_PHASE_NONE);
    assert_null(trail.clean_backup);
    assert_int_equal(trail.attempts, 1);
}

static void behind_the_sql(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_DB T "[OK] SQL 8.1.0 SELECT 1\n" T "Running generic queries\n" T "Database upgrade OK\n" T "Upgrading languages\n"
                              T "Download of the language pack fr failed. Timeout\n");
    read_trail();
    assert_true(trail.version_written);
    assert_int_equal(trail.tail, PS_TAIL_LANGUAGES);
    assert_non_null(trail.language_error.source);
    shop_dir_put(&store, LOG, WEB_DB T "Running generic queries\n" T "Database upgrade OK\n" T "Upgrading languages\n" T "Regenerating htaccess\n"
                              T "Cleaning XML files\n");
    read_trail();
    assert_int_equal(trail.tail, PS_TAIL_XML);
}

static void attempts(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_FILES WEB_START);
    read_trail();
    assert_int_equal(trail.attempts, 2);
    assert_int_equal(trail.phase, PS_PHASE_UNPACK);
    assert_int_equal(trail.before, PS_PHASE_FILES);
    /* One that ended well does not count. */
    shop_dir_put(&store, LOG, WEB_DB T "Upgrade process done. Congratulations! You can now reactivate your shop.\n" WEB_START);
    read_trail();
    assert_int_equal(trail.attempts, 1);
    assert_int_equal(trail.before, PS_PHASE_NONE);
}

static void finished_with_old_lists(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_DB T "Upgrade process done. Congratulations! You can now reactivate your shop.\n");
    put_state("modulesToUpgrade.list", "a:2:{s:7:\"backlog\";a:0:{}s:12:\"initialTotal\";i:0;}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_COMPLETE);
    assert_true(trail.phase_done);
}

/* Texts in another language say little; the lists say the rest. */
static void translated(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, T "Mise a jour lancee...\n" T "Boutique desactivee. Extraction...\n");
    put_state("filesToUpgrade.list", "a:2:{s:7:\"backlog\";a:1:{i:0;s:6:\"/c.php\";}s:12:\"initialTotal\";i:9;}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_false(trail.phase_done);
}

static void saved_output(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, "robots.txt", "User-agent: *\n");
    shop_dir_put(&store, "upgrade.log",
                 "=== Step upgradeNow\nINFO - Starting upgrade...\n=== Step download\n=== Step unzip\n=== Step backupFiles\n=== Step backupDb\n"
                 "INFO - Database backup done in filename V8.0.5_20240318-101500-4794c12c. Now upgrading files...\n"
                 "Restart requested. Please run the following command to continue your upgrade:\n"
                 "$ php modules/autoupgrade/cli-upgrade.php --dir=admin4711 --action=upgradeFiles --data=x\n");
    read_trail();
    assert_true(trail.logged);
    assert_string_equal(trail.resume_action, "upgradeFiles");
    assert_int_equal(trail.phase, PS_PHASE_BACKUP_DB);
    assert_true(trail.phase_done);
    assert_int_equal(trail.attempts, 1);
}

#define SAVED_DB "=== Step upgradeNow\nINFO - Starting upgrade...\n=== Step upgradeDb\nINFO - Updating database data and structure\n"

/* The command line prints what failed, and not what went well. */
static void saved_output_is_terse(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, "upgrade.log", SAVED_DB "WARNING - [WARNING] SQL 8.1.0\n1060 in ALTER TABLE ps_a ADD c INT: Duplicate column name\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_DB);
    assert_string_equal(trail.last_sql.version, "8.1.0");
    assert_true(trail.terse);
    shop_dir_put(&store, "upgrade.log", SAVED_DB "DEBUG - <div class=\"upgradeDbOk\">[OK] SQL 8.1.0 ALTER TABLE ps_a ADD b INT</div>\n");
    read_trail();
    assert_string_equal(trail.last_sql.version, "8.1.0");
    assert_false(trail.terse);
}

static void seven(void **state)
{
    (void)state;
    module("7.1.0");
    shop_dir_put(&store, WS "logs/2025-03-18-100000-backup.txt",
                 "[2025-03-18 10:00:00] INFO - Backup files initialized in auto-backupfiles_V8.1.7_20250318-100000-1a2b3c4d.zip\n"
                 "[2025-03-18 10:00:02] INFO - All files saved. Now backing up database\n"
                 "[2025-03-18 10:00:05] INFO - Database backup done in filename V8.1.7_20250318-100000-1a2b3c4d.\n");
    shop_dir_put(&store, WS "logs/2025-03-18-101500-update.txt",
                 "[2025-03-18 10:15:00] INFO - Starting update...\n[2025-03-18 10:15:00] INFO - Destination version: 8.2.1\n"
                 "[2025-03-18 10:15:09] INFO - 10 files will be updated.\n[2025-03-18 10:15:10] DEBUG - Copied /index.php.\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    assert_string_equal(trail.to, "8.2.1");
    assert_non_null(trail.ended[PS_PHASE_BACKUP_DB].source);
    assert_string_equal(trail.backup, "V8.1.7_20250318-100000-1a2b3c4d");
    /* A backup of the half upgraded shop does not say where the update stopped. */
    shop_dir_put(&store, WS "logs/2025-03-18-110000-backup.txt", "[2025-03-18 11:00:00] INFO - Backup files initialized in a.zip\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_FILES);
    put_state("sqlToExecute.list", "a:2:{s:7:\"backlog\";a:1:{i:0;a:2:{s:7:\"version\";s:5:\"8.2.0\";s:5:\"query\";s:8:\"SELECT 1\";}}s:12:\"initialTotal\";i:4;}");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_DB);
    assert_int_equal(trail.sql_to_execute.n, 1);
    shop_dir_put(&store, WS "logs/2025-03-18-120000-restore.txt", "[2025-03-18 12:00:00] INFO - Restoring files ...\n");
    read_trail();
    assert_int_equal(trail.phase, PS_PHASE_ROLLBACK);
}

static void shop_log(void **state)
{
    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_DB);
    shop_dir_put(&store, "var/logs/prod.log", "[2024-03-18 09:00:00] request.CRITICAL: too early {} []\n"
                                              "[2024-03-18 10:16:00] request.CRITICAL: No space left on device {} []\n");
    read_trail();
    assert_non_null(trail.shop_error.source);
    assert_non_null(strstr(trail.shop_error.text, "No space"));
    assert_int_equal(trail.shop_error.line, 2);
}

/* Root's note would be out of reach for the account that the store runs as. */
static void belongs_to_the_workspace(void)
{
    struct err e = {0};
    struct stat st;
    char dir[600];

    if (geteuid() != 0)
        return;
    snprintf(dir, sizeof dir, "%s/%.*s", store.root, (int)strlen(WS) - 1, WS);
    assert_int_equal(chown(dir, 65534, 65534), 0);
    shop_dir_remove(&store, WS PS_MARK_FILE);
    assert_int_equal(ps_mark_put(&store.s, PS_MARK_GIVEN_UP, &store.w, &e), 0);
    assert_int_equal(tree_stat(&store.s.tree, WS PS_MARK_FILE, &st, &e), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_int_equal(st.st_gid, 65534);
}

static void marks(void **state)
{
    struct err e = {0};

    (void)state;
    module("6.2.0");
    shop_dir_put(&store, LOG, WEB_BACKUP);
    store.w.dry_run = true;
    assert_int_equal(ps_mark_put(&store.s, PS_MARK_GIVEN_UP, &store.w, &e), 0);
    assert_false(shop_dir_has(&store, WS PS_MARK_FILE));
    store.w.dry_run = false;
    assert_int_equal(ps_mark_put(&store.s, PS_MARK_GIVEN_UP, &store.w, &e), 0);
    read_trail();
    assert_int_equal(trail.mark, PS_MARK_GIVEN_UP);
    belongs_to_the_workspace();
    /* The next attempt is another one. */
    shop_dir_put(&store, LOG, WEB_BACKUP WEB_START);
    read_trail();
    assert_int_equal(trail.mark, PS_MARK_NONE);
    age(LOG, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ps_trail_test(f) cmocka_unit_test_prestate_setup_teardown(f, ps_store_setup, teardown, &store)
        ps_trail_test(nothing),        ps_trail_test(module_that_failed),
              ps_trail_test(lists_by_version),        ps_trail_test(leftovers),
        ps_trail_test(unreadable),     ps_trail_test(settings_are_read),       ps_trail_test(web_log),
        ps_trail_test(within_the_sql), ps_trail_test(refused_in_seven), ps_trail_test(two_attempts), ps_trail_test(ended_in_german), ps_trail_test(behind_the_sql),          ps_trail_test(attempts),
        ps_trail_test(translated),     ps_trail_test(finished_with_old_lists), ps_trail_test(saved_output),
        ps_trail_test(saved_output_is_terse),
        ps_trail_test(seven),          ps_trail_test(shop_log),                ps_trail_test(marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
