/* The two config.php as 4.x wants them, and the folders that have another place there: nothing that the shop says or has is lost. */
#include "oc_store.h"

#include "files.h"
#include "platform/opencart/plan_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define ACCOUNT "define('DB_DRIVER', 'mysqli');\ndefine('DB_HOSTNAME', 'localhost');\ndefine('DB_USERNAME', 'root');\n" \
                "define('DB_PASSWORD', 'it\\'s');\ndefine('DB_DATABASE', 'shop');\ndefine('DB_PREFIX', 'oc_');\n"

static struct shop_dir p;
static struct arena mem;
static struct oc_case c;

/* Both files: where the code is, and these lines. In lines %s is the store's folder. */
static void configure(const char *version, const char *lines)
{
    static const char *const apps[] = {"catalog", "back"};
    char more[2000];
    char text[4000];

    snprintf(more, sizeof more, lines, p.root, p.root, p.root, p.root, p.root);
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text,
                 "<?php\ndefine('HTTP_SERVER', 'http://shop/%s');\n%sdefine('DIR_APPLICATION', '%s/%s/');\ndefine('DIR_SYSTEM', '%s/system/');\n%s" ACCOUNT,
                 i ? "back/" : "", i ? "define('HTTP_CATALOG', 'http://shop/');\n" : "", p.root, apps[i], p.root, more);
        shop_dir_put(&p, i ? "back/config.php" : "config.php", text);
    }
    oc_store_version(&p, version);
    oc_store_open(&p);
}

static int run(const char *to)
{
    arena_free(&mem);
    memset(&c, 0, sizeof c);
    c.mem = &mem;
    c.to = to;
    c.config_why = oc_config_lacks(&p.s, to, &mem);
    return oc_run_config(&p.s, &c, &p.w, &p.e);
}

static void carry_out(const char *to)
{
    if (run(to) < 0 || oc_recheck_config(&p.s, &c, &p.e) < 0)
        fail_msg("%s", p.e.text);
}

/* What the constant is by now, as PHP has it; both files have to agree. */
static void says(const char *name, const char *want)
{
    const struct oc *x = p.s.own;
    const char *catalog = oc_config_get(&x->catalog.c, name, &mem);
    const char *back = oc_config_get(&x->back.c, name, &mem);

    if (catalog == NULL || back == NULL)
        fail_msg("%s is not there", name);
    assert_string_equal(catalog, want);
    assert_string_equal(back, want);
}

static const char *below_root(const char *rel)
{
    return arena_printf(&mem, "%s/%s", p.root, rel);
}

static void all_is_written(void **state)
{
    (void)state;
    configure("3.0.3.8", "define('DIR_IMAGE', '%s/image/');\ndefine('DIR_STORAGE', DIR_SYSTEM . 'storage/');\ndefine('DIR_CACHE', DIR_STORAGE . 'cache/');\n"
                         "define('MY_KEY', 'of \\'mine\\'');\n");
    carry_out("4.1.0.4");
    says("DB_PASSWORD", "it's");
    says("MY_KEY", "of 'mine'");
    says("DIR_OPENCART", below_root(""));
    says("DIR_CACHE", below_root("system/storage/cache/"));
    says("DIR_IMAGE", below_root("image/"));
    says("DB_SSL_CA", "");
    /* The default follows when the folder is moved later. */
    assert_true(tree_holds(&p.s.tree, "config.php", "define('DIR_CACHE', DIR_STORAGE . 'cache/');"));
    assert_true(tree_holds(&p.s.tree, "back/config.php", "define('DIR_APPLICATION', DIR_OPENCART . 'back/');"));
    assert_true(shop_dir_has(&p, "system/storage/marketplace/index.html"));
    assert_null(oc_config_lacks(&p.s, "4.1.0.4", &mem));
}

/* Folders of before 2.2: those of the new version are others, and what customers have uploaded goes there. */
static void old_folders_move(void **state)
{
    (void)state;
    configure("2.1.0.2", "define('DIR_IMAGE', '%s/image/');\ndefine('DIR_CACHE', '%s/system/cache/');\ndefine('DIR_DOWNLOAD', '%s/system/download/');\n"
                         "define('DIR_UPLOAD', '%s/system/upload/');\ndefine('DIR_LOGS', '%s/system/logs/');\n");
    shop_dir_put(&p, "system/upload/contract.pdf", "of a customer");
    shop_dir_put(&p, "system/download/song.mp3", "sold");
    shop_dir_put(&p, "image/data/a.png", "picture");
    shop_dir_put(&p, "image/data/b.png", "older");
    shop_dir_put(&p, "image/catalog/b.png", "newer");
    carry_out("4.0.2.3");
    shop_dir_holds(&p, "system/storage/upload/contract.pdf", "of a customer");
    shop_dir_holds(&p, "system/storage/download/song.mp3", "sold");
    shop_dir_holds(&p, "image/catalog/a.png", "picture");
    shop_dir_holds(&p, "image/catalog/b.png", "newer");
    assert_false(shop_dir_has(&p, "system/upload/contract.pdf"));
    assert_false(shop_dir_has(&p, "system/backup"));
    says("DIR_UPLOAD", below_root("system/storage/upload/"));
    assert_null(oc_moves_left(&p.s, "4.0.2.3"));
}

/* A folder of the shop's own choice stays what it is. */
static void chosen_places_stay(void **state)
{
    (void)state;
    configure("3.0.3.8", "define('DIR_IMAGE', '%s/media/');\ndefine('DIR_STORAGE', '%s/system/storage/');\ndefine('DIR_DOWNLOAD', '/srv/private/download/');\n"
                         "define('DIR_LOGS', '%s/system/storage/logs');\ndefine('DIR_CACHE', '%s/system/cache/');\ndefine('DIR_SESSION', '%s/session/');\n");
    carry_out("4.0.2.3");
    says("DIR_IMAGE", below_root("media/"));
    says("DIR_DOWNLOAD", "/srv/private/download/");
    says("DIR_SESSION", below_root("session/"));
    says("DIR_LOGS", below_root("system/storage/logs/"));
    says("DIR_CACHE", below_root("system/storage/cache/"));
    says("DIR_UPLOAD", below_root("system/storage/upload/"));
}

/* 2.x has no constant for a storage that was moved out. */
static void a_moved_storage_stays(void **state)
{
    char lines[600];

    (void)state;
    files_put(p.top, "private/download/song.mp3", "sold");
    files_put(p.top, "private/cache/x", "");
    snprintf(lines, sizeof lines, "define('DIR_CACHE', '%s/private/cache/');\ndefine('DIR_DOWNLOAD', '%s/private/download/');\n", p.top, p.top);
    configure("2.1.0.2", lines);
    carry_out("4.0.2.3");
    says("DIR_STORAGE", arena_printf(&mem, "%s/private/", p.top));
    says("DIR_DOWNLOAD", arena_printf(&mem, "%s/private/download/", p.top));
    assert_true(tree_holds(&p.s.tree, "config.php", "define('DIR_DOWNLOAD', DIR_STORAGE . 'download/');"));
    /* What did not move with it stays where it is. */
    snprintf(lines, sizeof lines, "define('DIR_STORAGE', '%s/private/');\ndefine('DIR_UPLOAD', '%%s/system/storage/upload/');\n", p.top);
    configure("3.0.3.8", lines);
    carry_out("4.0.2.3");
    says("DIR_STORAGE", arena_printf(&mem, "%s/private/", p.top));
    says("DIR_UPLOAD", below_root("system/storage/upload/"));
}

static void what_is_not_understood_is_not_rewritten(void **state)
{
    (void)state;
    configure("3.0.3.8", "if (getenv('X')) { ini_set('memory_limit', '1G'); }\n");
    assert_int_equal(run("4.0.2.3"), -1);
    assert_int_equal(p.e.kind, ERR_REFUSED);
    assert_non_null(strstr(p.e.text, "config.php"));
    assert_true(tree_holds(&p.s.tree, "config.php", "memory_limit"));
}

/* The mode 0644 that the release's own step gives to folders. */
static void folders_can_be_entered(void **state)
{
    struct stat st;

    (void)state;
    configure("4.0.2.3", "define('DIR_STORAGE', DIR_SYSTEM . 'storage/');\n");
    shop_dir_put(&p, "system/storage/session/index.html", "");
    assert_int_equal(chmod(below_root("system/storage/session"), 0644), 0);
    assert_int_equal(chmod(below_root("system/storage/logs"), 0700), 0);
    assert_int_equal(oc_mend_storage(&p.s, &p.w, &mem, &p.e), 0);
    assert_int_equal(stat(below_root("system/storage/session"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0755);
    assert_int_equal(stat(below_root("system/storage/logs"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static int teardown(void **state)
{
    arena_free(&mem);
    return shop_dir_teardown(state);
}

#define ONE(f) cmocka_unit_test_prestate_setup_teardown(f, oc_store_setup, teardown, &p)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(all_is_written),        ONE(old_folders_move),
        ONE(chosen_places_stay),    ONE(a_moved_storage_stays),
        ONE(folders_can_be_entered), ONE(what_is_not_understood_is_not_rewritten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
