/* Clearing PrestaShop's caches: what goes, what stays, what is said. No database answers here. */
#include "ps_store.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct shop_dir p;

static const char *const gone[] = {"var/cache/prod", "var/cache/dev", "app/cache/prod", "cache/class_index.php",
                                   "cache/smarty/compile/ab", "cache/smarty/cache/x.php", "cache/cachefs/a/b", "cache/tcpdf/t.png",
                                   "themes/one/cache/a.css", "themes/one/assets/cache/b.js"};
static const char *const kept[] = {"cache/smarty/compile/index.php", "var/cache/.gitkeep", "cache/cachefs/a", "cache/cachefs/a/index.php",
                                   "themes/one/cache/index.php", "themes/one/assets/css/theme.css", "cache/purifier/x",
                                   "config/xml/modules_list.xml", "img/p/1.jpg", "var/logs/prod.log"};

static void fill(void)
{
    static const char *const files[] = {"var/cache/prod/a/b.php", "var/cache/dev/c.php", "app/cache/prod/x.php", "cache/class_index.php",
                                        "cache/smarty/compile/ab/t.php", "cache/smarty/cache/x.php", "cache/cachefs/a/b",
                                        "cache/tcpdf/t.png", "themes/one/cache/a.css", "themes/one/assets/cache/b.js"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        shop_dir_put(&p, files[i], "x");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(kept[i], "cache/cachefs/a") != 0)
            shop_dir_put(&p, kept[i], "x");
    ps_store_open(&p);
    p.opts.db = NULL;
    p.s.db_tried = true;
    err_set(&p.s.db_err, ERR_ABSENT, "no server here");
}

static void clears(void **state)
{
    struct stat before;
    struct stat after;
    char path[200];

    (void)state;
    fill();
    snprintf(path, sizeof path, "%s/var/cache", p.root);
    assert_int_equal(chmod(path, 02775), 0);
    assert_int_equal(stat(path, &before), 0);
    p.w.dry_run = true;
    assert_int_equal(ps_cache_clear(&p.s, &p.w, &p.e), 0);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        assert_true(shop_dir_has(&p, gone[i]));
    shop_dir_said(&p, "would remove cache/cachefs/a/b");
    p.w.dry_run = false;
    /* What a run that was killed had renamed. */
    shop_dir_put(&p, "var/cache/.gone.toolkit.prod/old", "x");
    if (ps_cache_clear(&p.s, &p.w, &p.e) < 0)
        fail_msg("%s", p.e.text);
    shop_dir_said(&p, "the database was not reached");
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (shop_dir_has(&p, gone[i]))
            fail_msg("%s is still there", gone[i]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!shop_dir_has(&p, kept[i]))
            fail_msg("%s is gone", kept[i]);
    assert_false(shop_dir_has(&p, "var/cache/.gone.toolkit.prod"));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_ino, before.st_ino);
    /* Once more, with nothing to do. */
    assert_int_equal(ps_cache_clear(&p.s, &p.w, &p.e), 0);
}

static void a_folder_elsewhere(void **state)
{
    char path[200];

    (void)state;
    fill();
    shop_dir_remove(&p, "var/cache");
    snprintf(path, sizeof path, "%s/var/cache", p.root);
    assert_int_equal(symlink("/tmp", path), 0);
    assert_int_equal(ps_cache_clear(&p.s, &p.w, &p.e), 0);
    shop_dir_said(&p, "empty that folder by hand");
    assert_false(shop_dir_has(&p, "cache/smarty/compile/ab"));
}

static void memory_elsewhere(void **state)
{
    (void)state;
    fill();
    ps_cache_elsewhere(&p.s, &p.w);
    assert_int_equal(p.said.n, 0);
    ((struct ps *)p.s.own)->params.cache_enabled = true;
    ps_cache_elsewhere(&p.s, &p.w);
    shop_dir_said(&p, "in Memcache as well");
}

static void nothing_to_compile(void **state)
{
    (void)state;
    fill();
    assert_int_equal(ps_cache_rebuild(&p.s, &p.w, &p.e), 0);
    shop_dir_said(&p, "compiles nothing ahead");
    /* A console that fails: the caches are emptied all the same, but nothing is called rebuilt. */
    shop_dir_put(&p, "bin/console", "<?php fwrite(STDERR, 'no kernel here'); exit(3);\n");
    shop_dir_put(&p, "var/cache/prod/x", "x");
    ps_store_open(&p);
    p.s.db_tried = true;
    err_set(&p.s.db_err, ERR_ABSENT, "no server here");
    p.s.platform = &(const struct platform){.name = "prestashop", .title = "PrestaShop", .php_want = ps_php_want};
    assert_int_equal(ps_cache_rebuild(&p.s, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_CHILD);
    assert_non_null(strstr(p.e.text, "the caches are emptied, but bin/console"));
    assert_false(shop_dir_has(&p, "var/cache/prod/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ps_store_test(clears, &p),
        ps_store_test(a_folder_elsewhere, &p),
        ps_store_test(memory_elsewhere, &p),
        ps_store_test(nothing_to_compile, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
