/* What names of backups say, what is in them, and which one is the clean one. */
#include "cs_store.h"
#include "platform/cscart/plan_case.h"

#include "files.h"
#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct shop_dir c;

static void names(void **state)
{
    static const struct {
        const char *name;
        const char *from;
        const char *to;
        const char *version;
        const char *taken;
    } table[] = {
        {"var/backups/29Apr2015_120156.zip", NULL, NULL, NULL, "2015-04-29 12:01:56"},
        {"var/backups/upg_core_4.6.1-4.6.2_09Aug2017_200024.zip", "4.6.1", "4.6.2", "4.6.1",
         "2017-08-09 20:00:24"},
        {"upg_core_4.7.1.SP3-4.7.2_31Dec2019_235959.zip", "4.7.1.SP3", "4.7.2", "4.7.1.SP3",
         "2019-12-31 23:59:59"},
        {"upg_my_add_on_1.0-1.1_01Jan2020_000000.zip", "1.0", "1.1", "1.0", "2020-01-01 00:00:00"},
        {"backup_4.12.2.SP2_05Feb2021_101112.tgz", NULL, NULL, "4.12.2.SP2", "2021-02-05 10:11:12"},
        {"backup_4.12.2_05Feb2021_101112.sql.zip", NULL, NULL, "4.12.2", "2021-02-05 10:11:12"},
        {"backup_4.12.2_05Feb2021_101112.sql", NULL, NULL, "4.12.2", "2021-02-05 10:11:12"},
        {"var/upgrade/upgrade_4.1.2_ult-4.1.3_ult.tgz/backup", "4.1.2", "4.1.3", "4.1.2", NULL},
        {"dump_08092017.sql", NULL, NULL, NULL, NULL},
        {"mine.zip", NULL, NULL, NULL, NULL},
        {"upg_core_4.6.1-4.6.2_32Aug2017_200024.zip", NULL, NULL, NULL, NULL},
        {"upg_core_4.6.1-4.6.2_09Mai2017_200024.zip", NULL, NULL, NULL, NULL},
        {"upg_core_4.6.1_09Aug2017_200024.zip", NULL, NULL, NULL, "2017-08-09 20:00:24"},
        {"_.zip", NULL, NULL, NULL, NULL},
        {"", NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct backup_hint h = {0};

        cs_backup_hint(&c.s, table[i].name, &c.s.mem, &h);
        same_text(h.from, table[i].from);
        same_text(h.to, table[i].to);
        same_text(h.version, table[i].version);
        same_text(h.taken, table[i].taken);
    }
}

static int take(void *arg, const char *rel, struct err *e)
{
    (void)e;
    buf_printf(arg, "%s\n", rel);
    return 0;
}

static void places(void **state)
{
    struct buf out = {0};

    (void)state;
    assert_int_equal(cs_backup_find(&c.s, take, &out, &c.e), 0);
    assert_int_equal(out.n, 0);
    shop_dir_put(&c, "var/backups/a.zip", "x");
    shop_dir_put(&c, "var/backups/b.sql.tgz", "x");
    shop_dir_put(&c, "var/backups/.htaccess", "x");
    shop_dir_put(&c, "var/backups/dump_08092017.sql", "x");
    shop_dir_put(&c, "var/restore/dump_08092017.sql", "x");
    shop_dir_put(&c, "var/upgrade/x.tgz/backup/uc.sql", "x");
    files_mkdir(c.root, "var/upgrade/packages/core");
    assert_int_equal(cs_backup_find(&c.s, take, &out, &c.e), 0);
    same_text(buf_cstr(&out), "var/backups/a.zip\nvar/backups/b.sql.tgz\nvar/backups/dump_08092017.sql\nvar/restore/"
                       "dump_08092017.sql\n"
                       "var/upgrade/x.tgz/backup\n");
    buf_free(&out);
}

static void roles(void **state)
{
    (void)state;
    assert_int_equal(cs_backup_role(&c.s, STR("var/restore/dump_08092017.sql")), BACKUP_DUMP);
    assert_int_equal(cs_backup_role(&c.s, STR("uc.sql")), BACKUP_DUMP);
    assert_int_equal(cs_backup_role(&c.s, STR("app/addons/x/install.sql")), BACKUP_ENTRY);
    assert_int_equal(cs_backup_role(&c.s, STR("var/langs/en/core.po")), BACKUP_ENTRY);
    assert_int_equal(cs_backup_role(&c.s, STR("var/cache/registry/x")), BACKUP_LEAVE);
    assert_int_equal(cs_backup_role(&c.s, STR("var/backups/a.zip")), BACKUP_LEAVE);
}

static void version_inside(void **state)
{
    char v[32];

    (void)state;
    assert_true(cs_version_in(STR("config.php"), STR("<?php define('PRODUCT_VERSION', '4.6.1');"), v));
    same_text(v, "4.6.1");
    assert_false(cs_version_in(STR("config.php"), STR("<?php define('PRODUCT_VERSION', '4.6.1"), v));
    assert_false(cs_version_in(STR("config.php"), STR("<?php define('PRODUCT_VERSION', 'x\x1b[2J');"), v));
    assert_false(cs_version_in(STR("config.php"), STR(""), v));
}

/* Three attempts of one upgrade, as a log tells them. */
static struct cs_case known;
static struct plan plan;
static struct backup_list list;

static void attempt(const char *started, const char *backup, bool changed)
{
    struct cs_attempt *a = vec_push(&known.attempts);

    a->started = started;
    a->backup = backup;
    a->changed = changed;
}

static struct backup *backup(const char *path, const char *taken)
{
    struct backup *b = arena_alloc(&list.mem, sizeof *b);
    struct backup_hint h = {0};

    cs_backup_hint(&c.s, path, &list.mem, &h);
    b->path = path;
    b->kind = BACKUP_FULL;
    b->sound = BACKUP_SOUND;
    b->from = h.from;
    b->to = h.to;
    b->version = h.version;
    b->taken = taken ? taken : h.taken;
    *vec_push(&list.all) = b;
    return b;
}

static void begin(void)
{
    memset(&plan, 0, sizeof plan);
    memset(&known, 0, sizeof known);
    plan.state = UPGRADE_INTERRUPTED;
    plan.touched = true;
    plan.from = "4.6.1";
    plan.to = "4.6.2";
    plan.own = &known;
}

static void end(void)
{
    for (size_t i = 0; i < list.all.n; i++) {
        free(list.all.v[i]->problems.v);
        free(list.all.v[i]->table_names.v);
    }
    free(list.all.v);
    free(known.attempts.v);
    free(known.phinxlogs.v);
    arena_free(&list.mem);
    memset(&list, 0, sizeof list);
}

#define FIRST  "var/backups/upg_core_4.6.1-4.6.2_09Aug2017_200024.zip"
#define SECOND "var/backups/upg_core_4.6.1-4.6.2_09Aug2017_210024.zip"
#define THIRD  "var/backups/upg_core_4.6.1-4.6.2_10Aug2017_090000.zip"
#define THEN   "/home/old/shop/"

static const char *chosen(void)
{
    const char *path = NULL;

    cs_backup_judge(&c.s, &plan, &list);
    for (size_t i = 0; i < list.all.n; i++) {
        assert_non_null(list.all.v[i]->why);
        if (list.all.v[i]->recommended) {
            assert_null(path);
            path = list.all.v[i]->path;
        }
    }
    return path;
}

static void clean_by_the_log(void **state)
{
    struct backup *third;

    (void)state;
    begin();
    attempt("2017-08-09 20:00:24", THEN FIRST, false);
    attempt("2017-08-09 21:00:24", THEN SECOND, true);
    attempt("2017-08-10 09:00:00", THEN THIRD, true);
    third = backup(THIRD, NULL);
    backup(SECOND, NULL);
    backup(FIRST, NULL);
    /* The first attempt changed nothing, so the second's is as clean, and newer. */
    same_text(chosen(), SECOND);
    assert_non_null(strstr(third->why, "2017-08-09 21:00:24"));
    known.attempts.v[0].changed = true;
    same_text(chosen(), FIRST);
    list.all.v[2]->sound = BACKUP_DAMAGED;
    same_text(chosen(), NULL);
    end();
}

static void clean_by_names(void **state)
{
    struct backup *other;

    (void)state;
    begin();
    plan.own = NULL;
    backup(THIRD, NULL);
    backup(FIRST, NULL);
    other = backup("var/backups/upg_core_4.5.2-4.6.1_01Jul2017_200024.zip", NULL);
    same_text(chosen(), FIRST);
    assert_non_null(strstr(other->why, "another upgrade"));
    list.all.v[1]->version = "4.6.2";
    same_text(chosen(), THIRD);
    list.all.v[0]->kind = BACKUP_DB;
    same_text(chosen(), NULL);
    end();
}

static void clean_by_its_tables(void **state)
{
    struct backup *b;

    (void)state;
    begin();
    *vec_push(&known.phinxlogs) = 1502298024;
    b = backup(FIRST, NULL);
    backup(SECOND, NULL);
    *vec_push(&b->table_names) = "phinxlog1400000000";
    same_text(chosen(), FIRST);
    *vec_push(&b->table_names) = "phinxlog1502298024";
    same_text(chosen(), SECOND);
    assert_non_null(strstr(b->why, "phinxlog1502298024"));
    end();
}

static void none_when_nothing_is_to_be_restored(void **state)
{
    struct backup *b;

    (void)state;
    begin();
    b = backup(FIRST, NULL);
    same_text(chosen(), FIRST);
    plan.touched = false;
    same_text(chosen(), NULL);
    assert_non_null(strstr(b->why, "nothing to restore"));
    plan.touched = true;
    plan.state = UPGRADE_FINISHED;
    same_text(chosen(), NULL);
    plan.state = UPGRADE_NONE;
    same_text(chosen(), NULL);
    end();
}

/* An archive that the product made of less than it should have. */
static void holes(void **state)
{
    static const char make[] = "cd %s && mkdir -p z/app z/var/snapshots && echo a >z/app/a.php && echo b "
                               ">z/index.php && cp dist z/var/snapshots/4.6.1_ultimate_dist.php && "
                               "tar czf b.tgz -C z app var index.php";
    char command[600];
    char path[100];
    struct backup *b;
    struct backup_part *part;

    (void)state;
    begin();
    shop_dir_put(
        &c, "dist",
        "<?php $snapshot_dist = array('files' => array('00112233445566778899aabbccddeeff' => '/app/a.php', "
        "'00112233445566778899aabbccddeef0' => '/app/gone.php', '00112233445566778899aabbccddeef1' => "
        "'/index.php', "
        "'00112233445566778899aabbccddeef2' => '/readme.txt'), 'themes' => array('responsive' => "
        "array('files' => array("
        "'00112233445566778899aabbccddeef3' => '/design/themes/responsive/a.css'))));");
    snprintf(command, sizeof command, make, c.root);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/b.tgz", c.root);
    b = backup(FIRST, NULL);
    part = vec_push(&b->parts);
    part->path = path;
    same_text(chosen(), FIRST);
    assert_int_equal(b->problems.n, 1);
    assert_non_null(strstr(b->problems.v[0], "2 files"));
    assert_non_null(strstr(b->problems.v[0], "app/gone.php"));
    free(b->parts.v);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cs_store_test(names, &c),
        cs_store_test(places, &c),
        cs_store_test(roles, &c),
        cs_store_test(version_inside, &c),
        cs_store_test(clean_by_the_log, &c),
        cs_store_test(clean_by_names, &c),
        cs_store_test(clean_by_its_tables, &c),
        cs_store_test(none_when_nothing_is_to_be_restored, &c),
        cs_store_test(holes, &c),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
