/* Known failures: a true line for each row, what wins when several fit, and texts that must not fit. */
#include "platform/causes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define BOTH (CAUSES_ANY | CAUSES_XCART)
#define CS   (CAUSES_ANY | CAUSES_CSCART)
#define PS   (CAUSES_ANY | CAUSES_PRESTA)
#define OC   (CAUSES_ANY | CAUSES_OPENCART)

/* clang-format off */
static const struct {
    const char *code;
    const char *text;
} lines[] = {
    {"php_memory", "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /s/a.php on line 3"},
    {"memory", "PHP Fatal error:  Out of memory (allocated 3300917248) (tried to allocate 65536 bytes) in /s/a.php on line 9"},
    {"php_time", "PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /s/Includes/Decorator.php on line 102"},
    {"php_class_twice", "Fatal error: Cannot redeclare class XLite\\Model\\Order in /s/var/run/classes/X.php on line 5"},
    {"php_class_twice", "PHP Fatal error:  Cannot declare class XLite\\A, because the name is already in use in /s/b.php on line 2"},
    {"php_function_twice", "Fatal error: Cannot redeclare func_x() (previously declared in /s/a.php:3) in /s/b.php on line 3"},
    {"php_class_missing", "Error: Class \"XLite\\Core\\Thing\" not found"},
    {"php_class_missing", "PHP Fatal error:  Class 'XLite\\Core\\Thing' not found in /s/a.php on line 3"},
    {"php_method_missing", "Call to undefined method XLite\\Model\\Order::getSurcharge()"},
    {"php_function_missing", "Error: Call to undefined function mb_strlen()"},
    {"php_function_off", "Warning: exec() has been disabled for security reasons in /s/a.php on line 1"},
    {"php_parse", "ParseError: syntax error, unexpected '}', expecting end of file"},
    {"php_signature", "Declaration of A::b() must be compatible with C::b($x)"},
    {"php_open_basedir", "Warning: include(): open_basedir restriction in effect. File(/usr/x) is not within the allowed path(s)"},
    {"php_old", "Composer detected issues in your platform: Your Composer dependencies require a PHP version \">= 7.4.0\""},
    {"php_extension", "could not find driver"},
    {"php_phar", "PHP Fatal error:  Class 'PharData' not found in /s/x.php on line 4"},
    {"php_opcache", "Zend OPcache can't be temporary enabled"},
    {"composer", "require(/s/vendor/autoload.php): failed to open stream: No such file or directory"},
    {"crash", "zend_mm_heap corrupted"},
    {"disk_full", "file_put_contents(): write of 8192 bytes failed with errno=28 No space left on device"},
    {"disk_full", "Unable to update file: \"/s/classes/A.php\": No space left on device"},
    {"quota", "fwrite(): write failed: Disk quota exceeded"},
    {"inodes", "out of inodes"},
    {"permission", "file_put_contents(/s/var/x): failed to open stream: Permission denied"},
    {"readonly", "mkdir(): Read-only file system"},
    {"too_many_files", "include(): Failed opening: Too many open files"},
    {"disk_error", "read failed: Input/output error"},
    {"db_foreign_key", "SQLSTATE[HY000]: General error: 1005 Can't create table `shop`.`#sql-1` (errno: 150 \"Foreign key constraint is incorrectly formed\")"},
    {"db_foreign_key", "SQLSTATE[HY000]: General error: 1005 Can't create table 'shop.x' (errno: 121)"},
    {"db_foreign_key_parent", "SQLSTATE[23000]: Integrity constraint violation: 1451 Cannot delete or update a parent row: a foreign key constraint fails"},
    {"db_duplicate", "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry 'a-b' for key 'name'"},
    {"db_column_missing", "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'x0_.taxable' in 'field list'"},
    {"db_column_there", "SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'taxable'"},
    {"db_table_missing", "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.xc_new' doesn't exist"},
    {"db_table_there", "SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'xc_new' already exists"},
    {"db_key_long", "SQLSTATE[42000]: 1071 Specified key was too long; max key length is 767 bytes"},
    {"db_row_long", "1118 Row size too large (> 8126)"},
    {"db_lock", "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction"},
    {"db_lock", "Deadlock found when trying to get lock; try restarting transaction"},
    {"db_gone", "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away"},
    {"db_gone", "Lost connection to MySQL server during query"},
    {"db_packet", "1153 Got a packet bigger than 'max_allowed_packet' bytes"},
    {"db_connections", "SQLSTATE[08004] [1040] Too many connections"},
    {"db_access", "SQLSTATE[28000] [1045] Access denied for user 'shop'@'localhost' (using password: YES)"},
    {"db_right", "1142 ALTER command denied to user 'shop'@'localhost' for table 'xc_orders'"},
    {"db_unreachable", "SQLSTATE[HY000] [2002] Connection refused"},
    {"db_unknown", "1049 Unknown database 'shop'"},
    {"db_full", "SQLSTATE[HY000]: General error: 1114 The table 'xc_orders' is full"},
    {"db_tmp", "General error: 3 Error writing file '/tmp/MYabc' (Errcode: 122)"},
    {"db_charset", "1366 Incorrect string value: '\\xF0\\x9F\\x98\\x80' for column 'label' at row 1"},
    {"db_collation", "1267 Illegal mix of collations (utf8_general_ci,IMPLICIT) and (utf8_unicode_ci,IMPLICIT) for operation '='"},
    {"db_strict", "1364 Field 'weight' doesn't have a default value"},
    {"db_syntax", "1064 You have an error in your SQL syntax; check the manual"},
    {"db_crashed", "Table './shop/xc_sessions' is marked as crashed and should be repaired"},
    {"net_tls", "Marketplace [check_for_updates]: can't connect to the marketplace server: Curl SSL certificate problem, verify that the CA cert is OK."},
    {"net", "cURL error 28: Operation timed out after 30000 milliseconds"},
    {"xc_marketplace", "Core pack (v.5.3.6) is not received: \"\""},
    {"xc_unpack", "Trying to unpack non-downloaded archives"},
    {"xc_hash", "Hash file for new entry \"Core\" doesn't exist or is not readable: \"/s/var/tmp/x/.hash\""},
    {"xc_file", "Unable to update file: \"classes/XLite/Core/Locked.php\""},
    {"xc_file_read", "Unable to read file while updating: \"classes/XLite/A.php\""},
    {"xc_module_files", "Unable to delete the module \"X\" files: some dirs do not have write permissions: a, b"},
    {"xc_orphans", "A new entity was found through the relationship 'XLite\\Model\\Order#profile' that was not configured to cascade"},
    {"xc_entity_closed", "Doctrine\\ORM\\ORMException: The EntityManager is closed."},
    {"xc_mapping", "Class \"XLite\\Model\\X\" sub class of \"Y\" is not a valid entity or mapped super class."},
    {"xc_twig_cache", "RuntimeException: Unable to create the cache directory (/s/var/run/skins/ab)."},
    {"xc_twig", "Twig_Error_Syntax: Unknown \"x\" function"},
    {"xc_plugin", "Run the \"Doctrine_Plugin_UpdateModules\" plugin... Deploying store [step 1 of 11], please wait..."},
    {"xc_deploying", "We are deploying new changes to our store. One minute and they will go live!"},
    {"xc_rename", "rename(/s/var/run,/s/var/run.old): Invalid cross-device link"},
    {"xc_invalid_entry", "...Actions can't be invoked because entry is not valid: A\\B"},
}, cs_lines[] = {
    {"cs_migration_twice", "Tygh\\Exceptions\\DatabaseException: Duplicate column name 'x' in /s/app/Tygh/UpgradeCenter/Phinx/MysqliAdapter.php:166\n"
                           "Stack trace:\n#0 /s/a.php(3): b()\n#1 {main}\n2017-08-09 20:00:48: Failed to execute migrations"},
    {"cs_migration_twice", "PDOException: SQLSTATE[42S21]: Column already exists: 1060 Duplicate column name 'c1' in "
                           "/s/app/lib/vendor/robmorgan/phinx/src/Phinx/Db/Adapter/PdoAdapter.php:150"},
    {"cs_migration_twice", "Tygh\\Exceptions\\DatabaseException: Table 'cscart_a' already exists in /s/app/Tygh/UpgradeCenter/Phinx/MysqliAdapter.php:166"},
    {"cs_migration_strict", "Tygh\\Exceptions\\DatabaseException: Invalid default value for 'd' in /s/app/Tygh/UpgradeCenter/Phinx/MysqliAdapter.php:166"},
    {"cs_migration_strict", "DatabaseException: Data too long for column 'a' at row 1 in /s/app/Tygh/UpgradeCenter/Phinx/MysqliAdapter.php:166"},
    {"cs_migration", "2017-08-09 20:00:48: Failed to execute migrations"},
    {"php_memory", "PHP Fatal Error: Allowed memory size of 134217728 bytes exhausted in /s/a.php\nFailed to execute migrations"},
    {"cs_mail", "2017-08-09 20:00:48: Failed to send e-mail"},
    {"cs_permissions", "Upgrade stopped: awaiting resolving \"permissions\" validator errors"},
    {"cs_permissions", "Upgrade stopped: Awaiting resolving validation errors: permissions"},
    {"cs_collisions", "Upgrade stopped: awaiting resolving \"collisions\" validator errors"},
    {"cs_restore_template", "Upgrade stopped: awaiting resolving \"restore\" validator errors"},
    {"cs_restore_http", "Restore script is NOT available via HTTP at \"http://a.example/upgrades/x/restore.php\"."},
    {"cs_restore_file", "Upgrade stopped: unable to prepare restore file."},
    {"cs_restore_file", "Upgrade stopped: Unable to prepare restore file. restore.php was locally modified/removed or renamed."},
    {"cs_backup", "Upgrade stopped: failed to backup DB/files"},
    {"cs_package", "The upgrade package seems to be broken. Please refresh packages list and try to download it again"},
    {"cs_idle", "PHP Warning: Error while sending QUERY packet. PID=123 in /s/app/Tygh/Backend/Database/Mysqli.php on line 90"},
    {"cs_addon_function", "PHP Fatal error:  Cannot redeclare fn_my_changes_get() (previously declared in /s/a.php:3) in /s/b.php on line 3"},
    {"cs_lock", "Possibly another upgrade process is running"},
    {"cs_ftp", "Directory with CS-Cart was not found on your server"},
    {"cs_zip", "PHP extension zip is required."},
    {"cs_php_window", "CS-Cart supports PHP from <b>7.2.5</b> to <b>8.2</b>"},
    {"db_column_missing", "DatabaseException: 1054 Unknown column 'a' in 'field list'\nFailed to execute migrations"},
}, ps_lines[] = {
    {"ps_already", "admin/autoupgrade/tmp/log.txt:9: You already have the 8.1.7 version."},
    {"ps_already", "<action result=\"fail\" error=\"28\" />"},
    {"ps_vendor", "PHP Fatal error:  Uncaught Error: Class \"Composer\\Autoload\\ComposerStaticInit0a1b\" not found in /s/vendor/composer/autoload_real.php:25"},
    {"ps_stray_index", "request.CRITICAL: Uncaught PHP Exception Symfony\\Component\\Config\\Exception\\FileLoaderLoadException: \"Expected to find class"},
    {"ps_language", "Download of the language pack fr failed. Timeout"},
    {"ps_language", "Language pack unavailable. http://i18n.example/8.1.7/fr-FR.zip"},
    {"ps_sprintf", "request.CRITICAL: Uncaught ArgumentCountError: 3 arguments are required, 2 given at /s/src/a.php line 9"},
    {"ps_doctrine", "Error upgrading Doctrine schema"},
    {"ps_doctrine", "Unknown database type bit requested, Doctrine\\DBAL\\Platforms\\MySQL57Platform may not support it."},
    {"ps_cache_busy", "rmdir(/s/var/cache/prod): Directory not empty"},
    {"ps_tables_gone", "Fatal error: Call to a member function getName() on null in /s/config/config.inc.php on line 110"},
    {"ps_tables_gone", "Warning: Invalid argument supplied for foreach() in /s/classes/shop/Shop.php on line 340"},
    {"ps_stats_tables", "1146: Table 'shop.ps_connections' doesn't exist"},
    {"ps_currency_lang", "1146: Table 'shop.ps_currency_lang' doesn't exist"},
    {"ps_too_old", "[ERROR] Version to install is too old. Current version: 8.1.7. Version to install: 8.1.2."},
    {"ps_version_form", "x is not a valid version number."},
    {"ps_release", "Could not assert the folder /s/admin/autoupgrade/latest contains a valid PrestaShop release, exiting."},
    {"ps_download", "Download complete but MD5 sum does not match (0123)."},
    {"ps_zip_room", "Could not close the Zip file: /s/a.zip properly. Check you are allowed to write on the disk"},
    {"ps_zip_add", "Error when trying to add /s/img/p/1.jpg to archive /s/a.zip."},
    {"ps_backup_there", "Backup file /s/a.sql already exists. Operation aborted."},
    {"ps_backup_db", "Error during database backup."},
    {"ps_copy", "Error while copying file /classes/Tools.php"},
    {"permission", "copy(/s/classes/Tools.php): Failed to open stream: Permission denied"},
    {"ps_db", "Error during database upgrade. You may need to restore your database."},
    {"ps_scripts", "Unable to find upgrade directory in the installation path."},
    {"ps_scripts", "Could not open input file: /s/install/upgrade/upgrade.php"},
    {"ps_script_php", "[ERROR] /s/upgrade/php/x.php PHP - missing file /* PHP:x(); */"},
    {"ps_warnings", "Warning detected during upgrade."},
    {"ps_settings", "Invalid database configuration"},
    {"ps_json", "Javascript error (parseJSON) detected for action backupFiles"},
    {"ps_forbidden", "You don't have permission to access /admin/autoupgrade/ajax-upgradetab.php on this server."},
    {"ps_restore_sql", "[SQL ERROR] CREATE TABLE `ps_a` (x) - You have a mistake"},
    {"ps_restore_parts", "[ERROR] No backup database files found: it would be impossible to restore the database. Operation aborted."},
    {"ps_module_core", "PHP Fatal error:  Uncaught TypeError: a() in /s/modules/ps_mbo/ps_mbo.php:9"},
    {"ps_module_yml", "The file \"/s/modules/x/config/services.yml\" does not contain valid YAML: a tab"},
    {"ps_stale", "You have requested a non-existent service \"prestashop.core.x\"."},
    {"db_duplicate", "SQL 8.1.0 1062 in INSERT INTO ps_configuration: Duplicate entry '3' for key 'PRIMARY'"},
    {"php_time", "[INTERNAL] /s/classes/db/Db.php line 90 - Maximum execution time of 30 seconds exceeded"},
}, oc_lines[] = {
    {"oc_vendor", "Error: Class \"Twig\\Loader\\FilesystemLoader\" not found in /s/system/library/template/twig.php on line 31"},
    {"oc_vendor", "require_once(/s/system/storage/vendor/autoload.php): failed to open stream: No such file or directory"},
    {"oc_storage", "Warning: fopen(/home/a/storage/logs/error.log): failed to open stream: Permission denied in /s/system/library/log.php on line 22"},
    {"oc_storage", "fclose(): Argument #1 ($stream) must be of type resource, bool given"},
    {"oc_zip", "Error: Invalid or uninitialized Zip object in /s/install/controller/upgrade/upgrade_2.php on line 64"},
    {"oc_copy", "{\"error\":\"error_copy\"}"},
    {"oc_config_readonly", "{\"error\":\"File is read only. Please adjust and try again: /s/config.php\"}"},
    {"oc_config_admin", "Error: config file /s/admin/config.php could not found. Make sure the admin directory is the correct name!"},
    {"oc_config_constant", "Error: DB_PREFIX constant could not be found!"},
    {"oc_config_parse", "PHP Parse error:  syntax error, unexpected '/' in /s/config.php on line 14"},
    {"oc_zero_date", "Error: Invalid default value for 'date_added'<br />Error No: 1067<br />ALTER TABLE `oc_api`"},
    {"oc_no_key", "Error: Can't DROP 'PRIMARY'; check that column/key exists<br />Error No: 1091<br />ALTER TABLE `oc_x` DROP PRIMARY KEY"},
    {"oc_foreign", "Error: Cannot drop index 'PRIMARY': needed in a foreign key constraint<br/>Error No: 1553<br/>ALTER TABLE"},
    {"oc_cart", "Error: Can't DROP COLUMN `recurring_id`; check that it exists<br/>Error No: 1091<br/>ALTER TABLE `oc_cart`"},
    {"oc_affiliate", "Error: Unknown table 'shop.oc_affiliate_activity'<br />Error No: 1051<br />DROP TABLE"},
    {"oc_affiliatee", "PHP Notice:  Undefined variable: affiliatee in /s/install/model/upgrade/1009.php on line 23"},
    {"oc_no_session", "Error: Table 'shop.oc_session' doesn't exist<br />Error No: 1146<br />SELECT data FROM oc_session"},
    {"oc_no_tables", "Error: Table 'shop.oc_cart' doesn't exist<br />Error No: 1146<br />DELETE FROM oc_cart"},
    {"oc_no_tables", "Error: Unknown column 'extension' in 'order clause'<br />Error No: 1054"},
    {"oc_vqmod", "file_put_contents(): failed in /s/vqmod/vqcache/vq2-x.php"},
    {"oc_stale", "Call to a member function x() in /s/system/storage/modification/catalog/controller/a.php on line 3"},
    {"oc_language", "Error: Could not load language en-gb!"},
    {"oc_db_link", "Error: Could not make a database link using shop@localhost!"},
    {"oc_zero_id", "Error: Duplicate entry '0' for key 'PRIMARY'<br />Error No: 1062<br />INSERT INTO `oc_order`"},
    {"oc_version_low", "Version is lower than the current version!"},
    {"oc_json", "SyntaxError: Unexpected token '<', \"<b>Warning</\"... is not valid JSON"},
};
/* clang-format on */

static const char *code_of(struct str text, unsigned platforms)
{
    const struct cause *c = causes_match(text, platforms);

    return c != NULL ? c->code : "none";
}

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *code = code_of(str_of(lines[i].text), BOTH);

        if (strcmp(code, lines[i].code) != 0)
            fail_msg("%s: is %s, not %s", lines[i].text, code, lines[i].code);
    }
    for (size_t i = 0; i < sizeof cs_lines / sizeof *cs_lines; i++) {
        const char *code = code_of(str_of(cs_lines[i].text), CS);

        if (strcmp(code, cs_lines[i].code) != 0)
            fail_msg("%s: is %s, not %s", cs_lines[i].text, code, cs_lines[i].code);
    }
    for (size_t i = 0; i < sizeof ps_lines / sizeof *ps_lines; i++) {
        const char *code = code_of(str_of(ps_lines[i].text), PS);

        if (strcmp(code, ps_lines[i].code) != 0)
            fail_msg("%s: is %s, not %s", ps_lines[i].text, code, ps_lines[i].code);
    }
    for (size_t i = 0; i < sizeof oc_lines / sizeof *oc_lines; i++) {
        const char *code = code_of(str_of(oc_lines[i].text), OC);

        if (strcmp(code, oc_lines[i].code) != 0)
            fail_msg("%s: is %s, not %s", oc_lines[i].text, code, oc_lines[i].code);
    }
    assert_string_equal(code_of(STR("Possibly another upgrade process is running"), BOTH), "none");
    assert_string_equal(code_of(STR("You already have the 8.1.7 version."), CS), "none");
}

static void test_rows_are_whole(void **state)
{
    size_t n;
    const struct cause *all = causes_all(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        bool tested = false;

        for (size_t k = 0; k < sizeof lines / sizeof *lines; k++)
            tested = tested || strcmp(lines[k].code, all[i].code) == 0;
        for (size_t k = 0; k < sizeof cs_lines / sizeof *cs_lines; k++)
            tested = tested || strcmp(cs_lines[k].code, all[i].code) == 0;
        for (size_t k = 0; k < sizeof ps_lines / sizeof *ps_lines; k++)
            tested = tested || strcmp(ps_lines[k].code, all[i].code) == 0;
        for (size_t k = 0; k < sizeof oc_lines / sizeof *oc_lines; k++)
            tested = tested || strcmp(oc_lines[k].code, all[i].code) == 0;
        if (!tested)
            fail_msg("no line for %s", all[i].code);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(all[k].code, all[i].code);
        assert_true(all[i].title[0] != '\0' && all[i].cause[0] != '\0' && all[i].remedy[0] != '\0');
        assert_true(str_ends(str_of(all[i].cause), STR(".")));
        assert_null(strstr(all[i].pattern, "||"));
        assert_null(strstr(all[i].pattern, "**"));
    }
}

static void test_case_and_blanks(void **state)
{
    (void)state;
    assert_string_equal(code_of(STR("ALLOWED  memory\r\n size of 1 bytes\texhausted"), BOTH), "php_memory");
    assert_string_equal(code_of(STR("Allowed memory size of many bytes exhausted"), BOTH), "none");
}

static void test_none(void **state)
{
    char text[1200];

    (void)state;
    assert_null(causes_match((struct str){NULL, 0}, BOTH));
    assert_null(causes_match(STR("File is updated: \"classes/XLite.php\""), BOTH));
    assert_null(causes_match(STR("Update hook is run: Core:upgrade/5.3/3/post_upgrade.php ()"), BOTH));
    assert_null(causes_match(STR("File is not readable: \"x\""), CAUSES_ANY));
    assert_non_null(causes_match(STR("File is not readable: \"x\""), CAUSES_XCART));
    assert_non_null(causes_match(STR("No space left on device"), CAUSES_XCART));
    /* Words too far apart belong to different messages; a nearer pair behind them counts. */
    memset(text, 'x', sizeof text);
    memcpy(text, "class '", 7);
    memcpy(text + 400, "' not found", 11);
    assert_null(causes_match((struct str){text, sizeof text}, BOTH));
    memcpy(text + 380, "class '", 7);
    assert_string_equal(code_of((struct str){text, sizeof text}, BOTH), "php_class_missing");
}

static void test_long_text(void **state)
{
    const size_t n = 4 * CAUSES_TEXT_MAX;
    char *text = malloc(n);

    (void)state;
    assert_non_null(text);
    memset(text, 'a', n);
    memcpy(text, "Disk quota exceeded", 19);
    assert_string_equal(code_of((struct str){text, n}, BOTH), "none");
    memcpy(text + n - 19, "Disk quota exceeded", 19);
    assert_string_equal(code_of((struct str){text, n}, BOTH), "quota");
    /* Many half matches take no more than their time. */
    for (size_t i = 0; i + 7 < n; i += 7)
        memcpy(text + i, "class '", 7);
    assert_string_equal(code_of((struct str){text, n}, BOTH), "none");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),           cmocka_unit_test(test_rows_are_whole),
        cmocka_unit_test(test_case_and_blanks), cmocka_unit_test(test_none),
        cmocka_unit_test(test_long_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
