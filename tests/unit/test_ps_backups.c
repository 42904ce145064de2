/* Backups of PrestaShop's upgrade module: their names, parts that belong together, what is wrong with them, and which one is the clean one. */
#include "files.h"
#include "platform/prestashop/plan_case.h"
#include "rescue/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME  "V1.7.8.11_20240318-101500-4794c12c"
#define OTHER "V1.7.8.11_20240301-080000-00ff00ff"
#define DIR   "adm/autoupgrade/backup/"

static const struct platform prestashop_side = {
    .name = "prestashop",
    .title = "PrestaShop",
    .recognise = ps_recognise,
    .backup_find = ps_backup_find,
    .backup_hint = ps_backup_hint,
    .backup_role = ps_backup_role,
    .backup_faults = ps_backup_faults,
    .backup_left_out = ps_backup_left_out,
    .version_files = ps_version_files,
    .version_in = ps_version_file_in,
    .code_dirs = ps_code_dirs,
    .undumped_tables = ps_undumped_tables,
    .backup_judge = ps_backup_judge,
};

static char root[64];
static struct store s;
static struct store_opts opts;
static struct ps own;
static struct backup_list list;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/test_ps_backups.XXXXXX");
    assert_non_null(mkdtemp(root));
    memset(&s, 0, sizeof s);
    memset(&own, 0, sizeof own);
    memset(&list, 0, sizeof list);
    memset(&e, 0, sizeof e);
    files_put(root, "config/defines.inc.php", "<?php define('_PS_MODE_DEV_', false); $x = '_PS_ROOT_DIR_';");
    files_put(root, "config/autoload.php", "<?php define('_PS_VERSION_', '8.1.2');");
    files_mkdir(root, "classes");
    files_mkdir(root, "controllers");
    s.platform = &prestashop_side;
    s.opts = &opts;
    s.own = &own;
    own.admin = "adm";
    own.workspace = "adm/autoupgrade";
    assert_int_equal(tree_open(&s.tree, root, &e), 0);
    return 0;
}

static void forget_list(void)
{
    backup_list_free(&list);
    memset(&list, 0, sizeof list);
}

static int teardown(void **state)
{
    struct tree tmp = {0};

    (void)state;
    forget_list();
    tree_close(&s.tree);
    arena_free(&s.mem);
    assert_int_equal(tree_open(&tmp, "/tmp", &e), 0);
    assert_int_equal(tree_remove_tree(&tmp, root + strlen("/tmp/"), false, &e), 0);
    tree_close(&tmp);
    return 0;
}

/* ---- making them ---- */

/* A part as the module writes it. */
static void put_part(const char *dir, const char *name, unsigned number, unsigned says, const char *body)
{
    char path[300];
    char text[4000];

    snprintf(path, sizeof path, "%s/auto-backupdb_%06u_%s.sql", dir, number, name);
    snprintf(text, sizeof text,
             "/* Backup %u for shop.test/\n *  at Sat, 21 Nov 2026 01:54:44 +0000\n */\n\nSET SESSION sql_mode = '';\n\n\n"
             "SET NAMES 'utf8';\n\n\nSET FOREIGN_KEY_CHECKS=0;\n\n%s\nSET FOREIGN_KEY_CHECKS=1;\n\n",
             says, body);
    files_put(root, path, text);
}

#define TABLE(name)                                                                                                                  \
    "/* Scheme for table ps_" name " */\nDROP TABLE IF EXISTS `ps_" name "`;\nDROP VIEW IF EXISTS `ps_" name "`;\nCREATE TABLE `ps_" name \
    "` (\n  `id` int\n) ENGINE=InnoDB;\n\nINSERT INTO `ps_" name "` VALUES\n('1'),\n('2');\n\n"
#define MORE(name) "INSERT INTO `ps_" name "` VALUES\n('3');\n\n"

static void put_parts(const char *name)
{
    char dir[200];

    snprintf(dir, sizeof dir, DIR "%s", name);
    put_part(dir, name, 1, 1, TABLE("a"));
    put_part(dir, name, 2, 2, MORE("a") TABLE("b"));
    put_part(dir, name, 3, 3, MORE("b") TABLE("c"));
}

static void add(struct archive *w, const char *path, const char *text)
{
    struct archive_entry *en = archive_entry_new();

    archive_entry_set_pathname(en, path);
    archive_entry_set_mode(en, 0644);
    archive_entry_set_filetype(en, AE_IFREG);
    archive_entry_set_size(en, (la_int64_t)strlen(text));
    assert_int_equal(archive_write_header(w, en), 0);
    assert_int_equal(archive_write_data(w, text, strlen(text)), (la_ssize_t)strlen(text));
    archive_entry_free(en);
}

static void put_files(const char *rel, const char *const *names)
{
    static char bytes[1 << 16];
    struct archive *w = archive_write_new();
    size_t n = 0;
    char path[400];
    FILE *f;

    assert_int_equal(archive_write_set_format_zip(w), 0);
    archive_write_set_bytes_per_block(w, 0);
    assert_int_equal(archive_write_open_memory(w, bytes, sizeof bytes, &n), 0);
    for (; *names; names += 2)
        add(w, names[0], names[1]);
    assert_int_equal(archive_write_free(w), 0);
    files_put(root, rel, "");
    snprintf(path, sizeof path, "%s/%s", root, rel);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void put_zip(const char *rel)
{
    static const char *const names[] = {"config/autoload.php", "<?php define('_PS_VERSION_', '1.7.8.11');",
                                        "config/defines.inc.php", "<?php define('_PS_MODE_DEV_', false); $x = '_PS_ROOT_DIR_';",
                                        "classes/Tools.php", "<?php // old", NULL};

    put_files(rel, names);
}

static void put_full(const char *name)
{
    char zip[300];

    put_parts(name);
    snprintf(zip, sizeof zip, DIR "auto-backupfiles_%s.zip", name);
    put_zip(zip);
}

static struct backup *checked(const char *path)
{
    struct backup *b = NULL;

    memset(&e, 0, sizeof e);
    if (backup_named(&s, path, &list, &b, &e) != 0 || backup_check(&s, &list, b, NULL, &e) != 0)
        fail_msg("%s: %s", path, e.text);
    return b;
}

static const char *told(const struct backup *b)
{
    static char all[4000];

    all[0] = '\0';
    for (size_t i = 0; i < b->problems.n; i++) {
        size_t n = strlen(all);

        snprintf(all + n, sizeof all - n, "%s\n", b->problems.v[i]);
    }
    return all;
}

static void is_damaged(const char *path, const char *words)
{
    const struct backup *b;

    forget_list();
    b = checked(path);
    assert_int_equal(b->sound, BACKUP_DAMAGED);
    if (strstr(told(b), words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, told(b));
}

static void take_away(const char *rel)
{
    assert_int_equal(tree_remove(&s.tree, rel, &e), 0);
}

/* ---- names ---- */

static void test_names(void **state)
{
    static const struct {
        const char *rel;
        const char *version;
        const char *taken;
        const char *whole;
        const char *beside;
    } table[] = {
        {DIR NAME, "1.7.8.11", "2024-03-18 10:15:00", NULL, "auto-backupfiles_" NAME ".zip"},
        {"/elsewhere/" NAME "/", "1.7.8.11", "2024-03-18 10:15:00", NULL, "auto-backupfiles_" NAME ".zip"},
        {DIR "auto-backupfiles_" NAME ".zip", "1.7.8.11", "2024-03-18 10:15:00", NAME, NULL},
        {DIR NAME "/auto-backupdb_000002_" NAME ".sql.bz2", "1.7.8.11", "2024-03-18 10:15:00", ".", NULL},
        {"/flat/auto-backupdb_000002_" NAME ".sql.gz", "1.7.8.11", "2024-03-18 10:15:00", NULL, NULL},
        {"V1.7.8.11", NULL, NULL, NULL, NULL},
        {"shop.sql", NULL, NULL, NULL, NULL},
        {"", NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *want[4] = {table[i].version, table[i].taken, table[i].whole, table[i].beside};
        struct backup_hint h = {0};
        const char *have[4];

        ps_backup_hint(&s, table[i].rel, &s.mem, &h);
        memcpy(have, ((const char *[]){h.version, h.taken, h.whole, h.beside}), sizeof have);
        for (size_t k = 0; k < 4; k++) {
            if (want[k] == NULL)
                assert_null(have[k]);
            else if (have[k] == NULL)
                fail_msg("%s: nothing instead of %s", table[i].rel, want[k]);
            else
                assert_string_equal(have[k], want[k]);
        }
    }
}

static int take(void *arg, const char *rel, struct err *why)
{
    (void)why;
    buf_printf(arg, "%s\n", rel);
    return 0;
}

static void test_places(void **state)
{
    struct buf out = {0};

    (void)state;
    put_full(NAME);
    files_put(root, DIR "index.php", "<?php");
    files_put(root, DIR "auto-backupfiles_" NAME ".zip.aB3dEf", "x");
    files_put(root, "old-admin/autoupgrade/backup/auto-backupfiles_" OTHER ".zip", "x");
    assert_int_equal(ps_backup_find(&s, take, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), DIR NAME "\n" DIR "auto-backupfiles_" NAME
                                            ".zip\nold-admin/autoupgrade/backup/auto-backupfiles_" OTHER ".zip\n");
    buf_free(&out);
}

static void test_roles(void **state)
{
    (void)state;
    assert_int_equal(ps_backup_role(&s, STR("classes/Tools.php")), BACKUP_ENTRY);
    assert_int_equal(ps_backup_role(&s, STR("img/p/1/1.jpg")), BACKUP_ENTRY);
    assert_int_equal(ps_backup_role(&s, STR("install/data/db_structure.sql")), BACKUP_ENTRY);
    assert_int_equal(ps_backup_role(&s, STR("var/cachet/x")), BACKUP_ENTRY);
    assert_int_equal(ps_backup_role(&s, STR("var/cache/prod/x.php")), BACKUP_LEAVE);
    assert_int_equal(ps_backup_role(&s, STR("app/cache")), BACKUP_LEAVE);
    assert_int_equal(ps_backup_role(&s, STR("adm/autoupgrade/filesToUpgrade.list")), BACKUP_LEAVE);
    assert_int_equal(ps_backup_role(&s, STR("modules/x/.git/config")), BACKUP_LEAVE);
    assert_int_equal(ps_backup_role(&s, STR("app/config/parameters.php")), BACKUP_CONFIG);
    assert_int_equal(ps_backup_role(&s, STR("config/settings.inc.php")), BACKUP_CONFIG);
    assert_int_equal(ps_backup_role(&s, STR("shop.sql.gz")), BACKUP_DUMP);
    assert_false(ps_backup_left_out(&s, STR("classes/a.bin"), 15728639));
    assert_true(ps_backup_left_out(&s, STR("classes/a.bin"), 15728640));
    assert_true(ps_backup_left_out(&s, STR("src/.svn/x"), 1));
}

/* ---- one backup in two places ---- */

static void test_together(void **state)
{
    static const char *const ways[] = {"",   DIR NAME,  DIR NAME "/", DIR "auto-backupfiles_" NAME ".zip",
                                       NAME, "auto-backupfiles_" NAME ".zip", DIR NAME "/auto-backupdb_000002_" NAME ".sql"};

    (void)state;
    put_full(NAME);
    put_parts(OTHER);
    assert_int_equal(backup_find(&s, NULL, 0, &list, &e), 0);
    assert_int_equal(list.all.n, 2);
    assert_string_equal(list.all.v[0]->path, DIR NAME);
    assert_int_equal(list.all.v[0]->kind, BACKUP_FULL);
    assert_int_equal(list.all.v[1]->kind, BACKUP_DB);
    for (size_t i = 1; i < sizeof ways / sizeof *ways; i++) {
        const struct backup *b;

        forget_list();
        b = checked(ways[i]);
        assert_string_equal(b->path, DIR NAME);
        assert_int_equal(b->kind, BACKUP_FULL);
        assert_int_equal(b->parts.n, 4);
        assert_false(b->parts.v[0].is_dump);
        if (b->sound != BACKUP_SOUND)
            fail_msg("%s", told(b));
        assert_int_equal(b->problems.n, 0);
        assert_string_equal(b->version, "1.7.8.11");
        assert_int_equal(b->tables, 3);
        assert_int_equal(b->rows, 8);
        assert_int_equal(b->files, 3);
    }
}

static void test_halves(void **state)
{
    (void)state;
    put_zip(DIR "auto-backupfiles_" NAME ".zip");
    assert_int_equal(checked(NAME)->kind, BACKUP_FILES);
    /* The module makes the folder before it writes the first part. */
    files_mkdir(root, DIR NAME);
    forget_list();
    assert_int_equal(checked(DIR "auto-backupfiles_" NAME ".zip")->kind, BACKUP_FILES);
    /* One part is enough for a small shop. */
    put_part(DIR NAME, NAME, 1, 1, TABLE("a"));
    forget_list();
    assert_int_equal(checked(NAME)->sound, BACKUP_SOUND);
    assert_int_equal(list.all.v[0]->kind, BACKUP_FULL);
    /* An archive that can't be told any more is still a part. */
    files_put(root, DIR "auto-backupfiles_" NAME ".zip", "no zip at all");
    is_damaged(NAME, "auto-backupfiles_");
    /* Copied to one folder of any name. */
    put_part("flat", NAME, 1, 1, TABLE("a"));
    put_part("flat", NAME, 2, 2, MORE("a"));
    put_zip("flat/auto-backupfiles_" NAME ".zip");
    forget_list();
    assert_int_equal(checked("flat")->kind, BACKUP_FULL);
    assert_int_equal(list.all.v[0]->sound, BACKUP_SOUND);
    assert_string_equal(list.all.v[0]->taken, "2024-03-18 10:15:00");
}

static void test_faults(void **state)
{
    (void)state;
    put_full(NAME);
    take_away(DIR NAME "/auto-backupdb_000002_" NAME ".sql");
    is_damaged(NAME, "part 2 of the dump is missing");
    take_away(DIR NAME "/auto-backupdb_000001_" NAME ".sql");
    is_damaged(NAME, "it is part 3 of a dump");
    put_parts(NAME);
    take_away(DIR NAME "/auto-backupdb_000001_" NAME ".sql");
    is_damaged(NAME, "begins with part 2");
    put_parts(NAME);
    put_part(DIR NAME, OTHER, 4, 4, TABLE("d"));
    is_damaged(NAME, "the parts of two are mixed");
    take_away(DIR NAME "/auto-backupdb_000004_" OTHER ".sql");
    files_put(root, DIR NAME "/shop.sql", "DROP TABLE IF EXISTS `ps_a`;\n");
    is_damaged(NAME, "shop.sql is no part of it");
    take_away(DIR NAME "/shop.sql");
    put_part(DIR NAME, NAME, 3, 4, TABLE("c"));
    is_damaged(NAME, "says of itself that it is part 4");
    put_part(DIR NAME, NAME, 3, 3, TABLE("c"));
    files_put(root, DIR NAME "/auto-backupdb_000003_" NAME ".sql.gz", "");
    is_damaged(NAME, "part 3 of the dump is there twice");
    take_away(DIR NAME "/auto-backupdb_000003_" NAME ".sql.gz");
    forget_list();
    assert_int_equal(checked(NAME)->sound, BACKUP_SOUND);
    put_part("flat", NAME, 1, 1, TABLE("a"));
    put_part("flat", NAME, 2, 2, TABLE("b"));
    is_damaged("flat/auto-backupdb_000001_" NAME ".sql", "name the folder instead");
    /* A part whose structure stands in one that is missing at the front was renamed. */
    put_part(DIR OTHER, OTHER, 1, 1, MORE("a") TABLE("b"));
    is_damaged(OTHER, "rows and no structure");
}

/* Wherever the last part is cut, it is seen. */
static void test_cut(void **state)
{
    char path[400];
    char text[4000];
    FILE *f;
    size_t n;

    (void)state;
    put_full(NAME);
    snprintf(path, sizeof path, "%s/" DIR NAME "/auto-backupdb_000003_" NAME ".sql", root);
    f = fopen(path, "rb");
    assert_non_null(f);
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    /* Behind the last statement only line ends follow. */
    for (size_t cut = n - 4; cut > 0; cut -= cut > 10 ? 7 : 1) {
        text[cut] = '\0';
        files_put(root, DIR NAME "/auto-backupdb_000003_" NAME ".sql", text);
        forget_list();
        if (checked(NAME)->sound != BACKUP_DAMAGED)
            fail_msg("cut at %zu of %zu it passes for whole", cut, n);
    }
}

/* ---- which one ---- */

static struct plan plan;
static struct ps_case known;

static struct backup *backup(const char *path, enum backup_kind kind)
{
    struct backup *b = arena_alloc(&list.mem, sizeof *b);
    struct backup_hint h = {0};

    ps_backup_hint(&s, path, &list.mem, &h);
    b->path = path;
    b->kind = kind;
    b->sound = BACKUP_SOUND;
    b->version = h.version;
    b->taken = h.taken;
    b->taken_by_name = true;
    *vec_push(&list.all) = b;
    return b;
}

static void begin_judging(void)
{
    memset(&plan, 0, sizeof plan);
    memset(&known, 0, sizeof known);
    plan.state = UPGRADE_INTERRUPTED;
    plan.touched = true;
    plan.from = "1.7.8.11";
    plan.to = "8.1.2";
    plan.own = &known;
}

static const char *chosen(void)
{
    const char *path = NULL;

    ps_backup_judge(&s, &plan, &list);
    for (size_t i = 0; i < list.all.n; i++) {
        assert_non_null(list.all.v[i]->why);
        if (list.all.v[i]->recommended) {
            assert_null(path);
            path = list.all.v[i]->path;
        }
    }
    return path;
}

static void chosen_is(const char *want)
{
    const char *have = chosen();

    if (want == NULL)
        assert_null(have);
    else if (have == NULL)
        fail_msg("nothing instead of %s", want);
    else
        assert_string_equal(have, want);
}

static void test_clean_one(void **state)
{
    struct backup *late;
    struct backup *newer;

    (void)state;
    begin_judging();
    late = backup(DIR "V1.7.8.11_20240318-120000-1", BACKUP_FULL);
    newer = backup(DIR NAME, BACKUP_FULL);
    backup(DIR OTHER, BACKUP_FULL);
    backup(DIR "V1.7.8.10_20240318-110000-1", BACKUP_FULL);
    chosen_is(DIR "V1.7.8.11_20240318-120000-1");
    known.trail.began[PS_PHASE_FILES] = (struct ps_ref){.source = "log.txt", .time = "2024-03-18 10:30:00"};
    chosen_is(DIR NAME);
    assert_non_null(strstr(late->why, "2024-03-18 10:30:00"));
    newer->sound = BACKUP_DAMAGED;
    chosen_is(DIR OTHER);
    newer->sound = BACKUP_SOUND;
    known.trail.backup = OTHER;
    chosen_is(DIR OTHER);
    known.trail.has_tables_to_backup = true;
    known.trail.tables_to_backup.n = 3;
    chosen_is(DIR NAME);
    plan.touched = false;
    chosen_is(NULL);
    assert_non_null(strstr(newer->why, "nothing to restore"));
    plan.touched = true;
    plan.state = UPGRADE_FINISHED;
    chosen_is(NULL);
}

static void test_two_halves(void **state)
{
    struct backup *files;

    (void)state;
    begin_judging();
    files = backup("/moved/auto-backupfiles_" NAME ".zip", BACKUP_FILES);
    backup(DIR NAME, BACKUP_DB);
    chosen_is(NULL);
    assert_non_null(strstr(files->why, "bring back both"));
}

static void test_after_a_rollback(void **state)
{
    struct backup *b;

    (void)state;
    begin_judging();
    known.rolled_back = true;
    *vec_push(&known.tables_missing) = "ps_b";
    b = backup(DIR NAME, BACKUP_DB);
    *vec_push(&b->table_names) = "ps_a";
    *vec_push(&b->table_names) = "ps_b";
    plan.touched = false;
    chosen_is(DIR NAME);
    assert_non_null(strstr(b->why, "lost 1 table that its dump has; this brings it back"));
    known.rollback_half = true;
    chosen_is(NULL);
    b->kind = BACKUP_FULL;
    chosen_is(DIR NAME);
    free(known.tables_missing.v);
}

/* ---- what is left over ---- */

static int note_left(void *arg, const char *what, const char *why, struct err *ignored)
{
    (void)ignored;
    assert_true(strlen(why) > 10);
    buf_printf(arg, "%s\n", what);
    return 0;
}

static void test_leftovers(void **state)
{
    struct buf out = {0};

    (void)state;
    begin_judging();
    put_full(NAME);
    files_put(root, DIR "auto-backupfiles_" NAME ".zip.aB3dEf", "x");
    files_put(root, "adm/autoupgrade/filesToUpgrade.list", "x");
    files_put(root, "adm/autoupgrade/config.var", "x");
    files_put(root, "adm/autoupgrade/state_update.var", "x");
    files_put(root, "adm/autoupgrade/download/prestashop.zip", "x");
    files_put(root, "adm/autoupgrade/download/index.php", "x");
    files_put(root, "adm/autoupgrade/latest/index.php", "x");
    files_put(root, "config/settings.inc.php", "x");
    files_put(root, "config/settings.inc.php.bck", "x");
    assert_int_equal(ps_leftovers(&s, &plan, note_left, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "file:" DIR "auto-backupfiles_" NAME ".zip.aB3dEf\n");
    buf_reset(&out);
    plan.state = UPGRADE_FINISHED;
    assert_int_equal(ps_leftovers(&s, &plan, note_left, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "file:adm/autoupgrade/filesToUpgrade.list\nfile:adm/autoupgrade/state_update.var\n"
                                        "file:adm/autoupgrade/download/prestashop.zip\ndir:adm/autoupgrade/latest\n"
                                        "file:" DIR "auto-backupfiles_" NAME ".zip.aB3dEf\nfile:config/settings.inc.php.bck\n");
    buf_free(&out);
}

/* ---- what the release adds ---- */

static void test_adds(void **state)
{
    struct buf out = {0};

    (void)state;
    begin_judging();
    files_put(root, "adm/autoupgrade/latest/admin/new.php", "x");
    files_put(root, "adm/autoupgrade/latest/classes/New.php", "x");
    files_put(root, "adm/autoupgrade/latest/install/index.php", "x");
    files_put(root, "adm/autoupgrade/latest/img/404.gif", "x");
    known.trail.workspace = "adm/autoupgrade";
    assert_int_equal(ps_upgrade_adds(&s, &plan, take, &out, &e), 0);
    assert_int_equal(out.n, 0);
    known.release.tree = &s.tree;
    known.release.dir = "adm/autoupgrade/latest";
    known.release.admin = "admin";
    assert_int_equal(ps_upgrade_adds(&s, &plan, take, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "adm/new.php\nclasses/New.php\n");
    buf_free(&out);
}

/* Archives of modules hold the module's own folder, and nothing else of them is unpacked. */
static void test_adds_of_archives(void **state)
{
    static const char *const module[] = {"acme/acme.php", "x", "acme/upgrade/upgrade-2.0.php", "x", "other/other.php", "x", NULL};
    static const char *const pack[] = {"fr-FR/AdminActions.fr-FR.xlf", "x", NULL};
    struct ps_language fr = {.iso = "fr", .locale = "fr-FR", .pack = "translations/sf-fr-FR.zip"};
    struct buf out = {0};

    (void)state;
    begin_judging();
    put_files("adm/autoupgrade/modules/acme.zip", module);
    files_put(root, "adm/autoupgrade/tmp/broken.zip", "PK no zip at all");
    put_files("translations/sf-fr-FR.zip", pack);
    known.trail.workspace = "adm/autoupgrade";
    known.to = "8.1.7";
    known.languages.v = &fr;
    known.languages.n = 1;
    assert_int_equal(ps_upgrade_adds(&s, &plan, take, &out, &e), 0);
    assert_string_equal(buf_cstr(&out), "modules/acme/acme.php\nmodules/acme/upgrade/upgrade-2.0.php\n"
                                        "translations/fr-FR/AdminActions.fr-FR.xlf\n");
    buf_reset(&out);
    known.to = "1.7.8.11";
    assert_int_equal(ps_upgrade_adds(&s, &plan, take, &out, &e), 0);
    assert_true(str_ends(buf_str(&out), STR("app/Resources/translations/fr-FR/AdminActions.fr-FR.xlf\n")));
    buf_free(&out);
}

int main(void)
{
#define of_store(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        of_store(test_names),    of_store(test_places), of_store(test_roles),     of_store(test_together),
        of_store(test_halves),   of_store(test_faults), of_store(test_cut),       of_store(test_clean_one),
        of_store(test_two_halves), of_store(test_after_a_rollback), of_store(test_leftovers), of_store(test_adds),
        of_store(test_adds_of_archives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
