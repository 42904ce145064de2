/* Recognising a store, its versions, its configuration. */
#include "little_store.h"
#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct little_store l;

static void config(const char *file, const char *lines)
{
    char path[64];
    char text[2000];

    snprintf(path, sizeof path, "etc/%s", file);
    snprintf(text, sizeof text, "; <?php /*\n[database_details]\n%s; */ ?>\n", lines);
    little_store_put(&l, path, text);
}

static void what_makes_a_store(void **state)
{
    static const char *const entries[] = {"cart.php", "admin.php", "top.inc.php", "cart.php"};
    struct tree t = {0};

    (void)state;
    assert_int_equal(tree_open(&t, l.root, &l.e), 0);
    assert_true(xc_recognise(&t));
    for (size_t i = 0; i < 3; i++) {
        little_store_remove(&l, entries[i]);
        assert_true(xc_recognise(&t));
        little_store_remove(&l, entries[i + 1]);
        assert_false(xc_recognise(&t));
        little_store_put(&l, entries[i], "<?php\n");
        little_store_put(&l, entries[i + 1], "<?php\n");
    }
    little_store_remove(&l, "classes/XLite/Upgrade/Cell.php");
    assert_false(xc_recognise(&t));
    /* The upgrade had just deleted the old class; the compiled one is still there. */
    little_store_put(&l, "var/run/classes/XLite/Upgrade/Cell.php", "<?php\n");
    assert_true(xc_recognise(&t));
    little_store_put(&l, "service.php", "<?php\n");
    assert_false(xc_recognise(&t));
    little_store_remove(&l, "service.php");
    little_store_mkdir(&l, "config/packages");
    assert_false(xc_recognise(&t));
    tree_close(&t);
}

static void found_from_a_folder_inside(void **state)
{
    const struct store_opts none = {0};
    char path[128];
    struct store s;

    (void)state;
    little_store_mkdir(&l, "skins/customer/css");
    snprintf(path, sizeof path, "%s/skins/customer/css", l.root);
    assert_int_equal(store_open(&s, path, &none, &l.e), 0);
    assert_string_equal(s.tree.path, l.root);
    store_close(&s);
    assert_int_equal(store_open(&s, "/", &none, &l.e), -1);
    assert_int_equal(l.e.kind, ERR_ABSENT);
    assert_non_null(strstr(l.e.text, "classes/XLite/Upgrade/Cell.php"));
    assert_non_null(strstr(l.e.fix, "-C"));
    snprintf(path, sizeof path, "%s/no-such-folder", l.root);
    assert_int_equal(store_open(&s, path, &none, &l.e), -1);
    assert_non_null(strstr(l.e.text, path));
    snprintf(path, sizeof path, "%s/cart.php", l.root);
    assert_int_equal(store_open(&s, path, &none, &l.e), -1);
}

static void every_form_of_the_version(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } table[] = {
        {"<?php\nclass XLite {\n const XC_VERSION = '5.3.6.1';\n}", "5.3.6.1"},
        {"<?php\nclass XLite {\n const XC_VERSION = \"5.3.6\"; }", "5.3.6"},
        {"<?php\nclass XLite {\n const XC_VERSION = '5.3.2.0';\n}", "5.3.2"},
        {"<?php\nclass XLite {\n public function getMajorVersion() { return '5.0'; }\n"
         " public function getMinorVersion() { return '13'; }\n}", "5.0.13"},
        {"<?php\nclass XLite {\n public function getMajorVersion()\n {\n  return '5.2';\n }\n\n"
         " final public function getMinorVersion()\n {\n  return '6';\n }\n}", "5.2.6"},
        /* The constant wins over methods that work it out. */
        {"<?php\nclass XLite {\n const XC_VERSION = '5.2.16';\n"
         " public function getMajorVersion() { return implode('.', array()); }\n}", "5.2.16"},
        {"<?php\nclass XLite {\n // const XC_VERSION = '9.9.9';\n const XC_VERSION = '5.3.1';\n}", "5.3.1"},
        {"<?php\nclass XLite {\n public function getMajorVersion() { return '5.2'; }\n}", NULL},
        {"<?php\nclass XLite {\n const XC_VERSION = self::MAJOR . '.1';\n}", NULL},
        {"<?php\nclass XLite {\n const XC_VERS", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        little_store_put(&l, "classes/XLite.php", table[i].text);
        little_store_open(&l);
        same_text(l.s.version, table[i].want);
        same_text(l.s.version_code, NULL);
    }
    little_store_version(&l, "var/run/classes/XLite.php", "5.3.5.5");
    little_store_version(&l, "classes/XLite.php", "5.3.6");
    little_store_open(&l);
    same_text(l.s.version, "5.3.6");
    same_text(l.s.version_code, "5.3.5.5");
}

static void joining_versions(void **state)
{
    (void)state;
    same_text(xc_join_version(&l.mem, STR("5.3"), STR("2"), STR("4")), "5.3.2.4");
    same_text(xc_join_version(&l.mem, STR("5.3"), STR("2"), STR("0")), "5.3.2");
    same_text(xc_join_version(&l.mem, STR("5.3"), STR("2"), STR("")), "5.3.2");
    same_text(xc_join_version(&l.mem, STR("5.3"), STR("2.0"), STR("")), "5.3.2");
    same_text(xc_join_version(&l.mem, STR("5.0"), STR("0"), STR("")), "5.0.0");
    same_text(xc_join_version(&l.mem, STR("5.3"), STR("10"), STR("10")), "5.3.10.10");
}

static void later_files_win_setting_by_setting(void **state)
{
    (void)state;
    config("config.default.php", "hostspec = \"default\"\nport = \"1\"\ndatabase = \"default\"\n"
                                 "username = \"default\"\npassword = \"default\"\ntable_prefix = \"xlite_\"\n");
    config("config.php", "hostspec = \"db.example\"\ndatabase = \"shop\"\nusername = \"shop\"\npassword = \"p;w\"\n");
    config("config.personal.php", "port = \"3307\"\nsocket = \"/run/db.sock\"\n");
    config("config.local.php", "database = \"local\"\ntable_prefix = \"\"\ncharset = \"utf8\"\n");
    little_store_open(&l);
    assert_int_equal(l.s.config_err.kind, ERR_NONE);
    same_text(l.s.db_config.host, "db.example");
    assert_int_equal(l.s.db_config.port, 3307);
    same_text(l.s.db_config.socket, "/run/db.sock");
    same_text(l.s.db_config.database, "local");
    same_text(l.s.db_config.user, "shop");
    same_text(l.s.db_config.password, "p;w");
    same_text(l.s.db_config.charset, "utf8");
    /* An empty prefix is one that was set, not one that is unknown. */
    same_text(l.s.prefix, "");
    same_text(store_table(&l.s, "modules"), "modules");
    config("config.local.php", "table_prefix = \"xc_\"\n");
    little_store_open(&l);
    same_text(store_table(&l.s, "modules"), "xc_modules");
}

static void other_sections_do_not_count(void **state)
{
    (void)state;
    little_store_put(&l, "etc/config.php",
                     "; <?php /*\n[cache]\nhostspec = \"wrong\"\npassword = \"wrong\"\n[database_details]\n"
                     "database = \"shop\"\n[log_details]\ndatabase = \"wrong\"\n; */ ?>\n");
    little_store_open(&l);
    same_text(l.s.db_config.database, "shop");
    same_text(l.s.db_config.host, NULL);
    same_text(l.s.db_config.password, NULL);
}

/* Opening never fails for the configuration's sake: diagnose goes on without the database. */
static void wrong(const char *first, const char *second)
{
    struct err e = {0};

    little_store_open(&l);
    assert_int_not_equal(l.s.config_err.kind, ERR_NONE);
    assert_non_null(strstr(l.s.config_err.text, first));
    assert_non_null(strstr(l.s.config_err.text, second));
    assert_non_null(strstr(l.s.config_err.fix, "--db-defaults-file"));
    assert_null(store_db(&l.s, &e));
    assert_int_not_equal(e.kind, ERR_NONE);
}

static void a_configuration_that_lies_is_named_with_its_line(void **state)
{
    (void)state;
    wrong("no configuration", "etc/config.php");
    config("config.php", "database = shop_${SUFFIX}\nusername = \"u\"\n");
    wrong("etc/config.php, line 3", "database");
    config("config.php", "database = \"shop\"\nusername = \"u\"\nport = \"33o6\"\n");
    wrong("port", "33o6");
    config("config.php", "database = \"shop\"\nusername = \"u\"\nport = \"65536\"\n");
    wrong("port", "65536");
    config("config.php", "database = \"shop\"\npassword = \"not closed\nusername = \"u\"\n");
    wrong("etc/config.php", "line");
}

/* What the files before the damaged one said may be of another server. */
static void half_a_configuration_is_not_used(void **state)
{
    struct err e = {0};

    (void)state;
    config("config.php", "hostspec = \"old.invalid\"\ndatabase = \"old\"\nusername = \"old\"\npassword = \"old\"\n");
    config("config.local.php", "database = \"shop\nusername = \"u\"\n");
    little_store_open(&l);
    assert_null(store_db(&l.s, &e));
    assert_string_equal(e.text, l.s.config_err.text);
    assert_null(strstr(e.text, "old.invalid"));
}

/* The password must never be part of what is said about it. */
static void no_password_in_an_error(void **state)
{
    static const char *const lines[] = {
        "password = \"s3cretWord\nusername = \"u\"\n",
        "password = s3cretWord^x\nusername = \"u\"\n",
        "password = ${s3cretWord}\n",
        "password = s3cretWord(\n",
        "password = \"s3cretWord\"\nport = \"x\"\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct err e = {0};

        config("config.php", lines[i]);
        little_store_open(&l);
        assert_null(store_db(&l.s, &e));
        assert_null(strstr(l.s.config_err.text, "s3cret"));
        assert_null(strstr(e.text, "s3cret"));
        assert_null(strstr(e.fix, "s3cret"));
    }
}

static void a_configuration_that_can_not_be_read(void **state)
{
    (void)state;
    little_store_mkdir(&l, "etc/config.php");
    wrong("etc/config.php", "etc/config.php");
}

static void a_configuration_without_a_database(void **state)
{
    struct err e = {0};

    (void)state;
    config("config.php", "hostspec = \"localhost\"\n");
    little_store_open(&l);
    assert_int_equal(l.s.config_err.kind, ERR_NONE);
    assert_null(store_db(&l.s, &e));
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.fix, "--db-user"));
    /* The second question gets the same answer. */
    err_clear(&e);
    assert_null(store_db(&l.s, &e));
    assert_int_equal(e.kind, ERR_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        little_store_test(what_makes_a_store, &l),
        little_store_test(found_from_a_folder_inside, &l),
        little_store_test(every_form_of_the_version, &l),
        little_store_test(joining_versions, &l),
        little_store_test(later_files_win_setting_by_setting, &l),
        little_store_test(other_sections_do_not_count, &l),
        little_store_test(a_configuration_that_lies_is_named_with_its_line, &l),
        little_store_test(half_a_configuration_is_not_used, &l),
        little_store_test(no_password_in_an_error, &l),
        little_store_test(a_configuration_that_can_not_be_read, &l),
        little_store_test(a_configuration_without_a_database, &l),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
