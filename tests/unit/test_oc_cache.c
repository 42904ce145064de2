/* Caches and copies of modified files, in the store and in a storage outside of it; what copies stand in for; the installer out of reach and back. */
#include "oc_store.h"

#include "files.h"
#include "platform/opencart/modification.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct shop_dir p;

static void caches_go(void **state)
{
    (void)state;
    shop_dir_put(&p, "system/storage/cache/cache.product.1", "x");
    shop_dir_put(&p, "system/storage/cache/template/ab/c.php", "x");
    shop_dir_put(&p, "system/storage/cache/.htaccess", "deny");
    shop_dir_put(&p, "system/storage/modification/catalog/controller/common/home.php", "x");
    shop_dir_put(&p, "vqmod/vqcache/vq2-index.php", "x");
    shop_dir_put(&p, "vqmod/mods.cache", "x");
    shop_dir_put(&p, "vqmod/xml/mine.xml", "x");
    shop_dir_put(&p, "image/cache/a.jpg", "x");
    p.w.dry_run = true;
    assert_int_equal(oc_cache_clear(&p.s, &p.w, &p.e), 0);
    shop_dir_said(&p, "would remove system/storage/cache/template");
    assert_true(shop_dir_has(&p, "system/storage/cache/template/ab/c.php"));
    assert_true(shop_dir_has(&p, "vqmod/mods.cache"));
    p.w.dry_run = false;
    assert_int_equal(oc_cache_clear(&p.s, &p.w, &p.e), 0);
    shop_dir_said(&p, "2 copies of modified files are gone");
    assert_false(shop_dir_has(&p, "system/storage/cache/template"));
    assert_false(shop_dir_has(&p, "system/storage/cache/cache.product.1"));
    assert_true(shop_dir_has(&p, "system/storage/cache/index.html"));
    assert_true(shop_dir_has(&p, "system/storage/cache/.htaccess"));
    assert_false(shop_dir_has(&p, "system/storage/modification/catalog"));
    assert_true(shop_dir_has(&p, "system/storage/modification/index.html"));
    assert_false(shop_dir_has(&p, "vqmod/vqcache/vq2-index.php"));
    assert_false(shop_dir_has(&p, "vqmod/mods.cache"));
    assert_true(shop_dir_has(&p, "vqmod/xml/mine.xml"));
    assert_true(shop_dir_has(&p, "image/cache/a.jpg"));
}

static void caches_of_a_moved_storage(void **state)
{
    char more[200];
    struct tree t = {0};

    (void)state;
    files_put(p.top, "storage/cache/x", "x");
    files_put(p.top, "storage/modification/system/startup.php", "x");
    files_put(p.top, "storage/logs/error.log", "x");
    shop_dir_put(&p, "system/storage/modification/system/startup.php", "stale");
    snprintf(more, sizeof more, "define('DIR_STORAGE', '%s/storage/');", p.top);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    assert_int_equal(oc_cache_clear_data(&p.s, &p.w, &p.e), 0);
    assert_int_equal(tree_open(&t, p.top, &p.e), 0);
    assert_false(tree_exists(&t, "storage/cache/x"));
    assert_true(tree_exists(&t, "storage/modification/system/startup.php"));
    assert_int_equal(oc_cache_clear(&p.s, &p.w, &p.e), 0);
    assert_false(tree_exists(&t, "storage/modification/system"));
    assert_true(tree_exists(&t, "storage/logs/error.log"));
    /* What the installer would load. */
    assert_false(shop_dir_has(&p, "system/storage/modification/system"));
    tree_close(&t);
}

/* ---- what copies stand in for ---- */

struct told {
    char text[2000];
};

static int tell(void *arg, const struct shadowed *one, struct err *e)
{
    struct told *t = arg;
    size_t n = strlen(t->text);

    (void)e;
    snprintf(t->text + n, sizeof t->text - n, "%s %s%s%s\n", one->path, one->copy_aside ? "aside:" : "", one->copy, one->older ? " older" : "");
    return 0;
}

static void set_time(const char *rel, time_t when)
{
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    char path[300];

    snprintf(path, sizeof path, "%s/%s", p.root, rel);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void copies_and_their_files(void **state)
{
    static const char *const copies[] = {"catalog/controller/common/home.php", "admin/controller/common/login.php", "system/startup.php",
                                         "catalog/controller/gone.php"};
    struct told t = {""};
    char rel[200];

    (void)state;
    shop_dir_put(&p, "catalog/controller/common/home.php", "<?php\n");
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        snprintf(rel, sizeof rel, "system/storage/modification/%s", copies[i]);
        shop_dir_put(&p, rel, "<?php\n");
        set_time(rel, 2000000000);
    }
    shop_dir_put(&p, "vqmod/vqcache/vq2-system_engine_loader.php", "<?php\n");
    shop_dir_put(&p, "vqmod/vqcache/vq2-system_engine_gone.php", "<?php\n");
    set_time("vqmod/vqcache/vq2-system_engine_loader.php", 1000000000);
    set_time("system/storage/modification/system/startup.php", 1000000000);
    assert_int_equal(oc_shadowed(&p.s, tell, &t, &p.e), 0);
    assert_string_equal(t.text, "back/controller/common/login.php system/storage/modification/admin/controller/common/login.php\n"
                                "catalog/controller/common/home.php system/storage/modification/catalog/controller/common/home.php\n"
                                "system/startup.php system/storage/modification/system/startup.php older\n"
                                "system/engine/loader.php vqmod/vqcache/vq2-system_engine_loader.php older\n");
    assert_int_equal(oc_modification_count(&p.s), 6);
    /* None of these in 4.0; from 4.1 on they are elsewhere. */
    shop_dir_remove(&p, "vqmod");
    oc_store_version(&p, "4.0.2.3");
    oc_store_open(&p);
    t.text[0] = '\0';
    assert_int_equal(oc_shadowed(&p.s, tell, &t, &p.e), 0);
    assert_string_equal(t.text, "");
    shop_dir_put(&p, "extension/ocmod/catalog/controller/common/home.php", "<?php\n");
    oc_store_version(&p, "4.1.0.4");
    oc_store_open(&p);
    assert_int_equal(oc_shadowed(&p.s, tell, &t, &p.e), 0);
    assert_string_equal(t.text, "catalog/controller/common/home.php extension/ocmod/catalog/controller/common/home.php\n");
}

/* ---- the installer ---- */

static void the_installer(void **state)
{
    const struct store_switch *sw = oc_store_switch("installer");
    struct stat st;
    char path[200];

    (void)state;
    assert_false(oc_store_is_on(&p, sw));
    assert_int_equal(sw->set(&p.s, false, &p.w, &p.e), 0);
    shop_dir_said(&p, "there is no folder install");
    assert_int_equal(sw->set(&p.s, true, &p.w, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    shop_dir_put(&p, "install/index.php", "<?php // one");
    shop_dir_put(&p, "install/model/upgrade/1000.php", "<?php // two");
    files_mkdir(p.root, "install/empty");
    snprintf(path, sizeof path, "%s/install/index.php", p.root);
    assert_int_equal(chmod(path, 0640), 0);
    oc_store_open(&p);
    assert_true(oc_store_is_on(&p, sw));
    p.w.dry_run = true;
    assert_int_equal(sw->set(&p.s, false, &p.w, &p.e), 0);
    shop_dir_said(&p, "would move 2 files");
    p.w.dry_run = false;
    assert_true(oc_store_is_on(&p, sw));
    assert_int_equal(sw->set(&p.s, false, &p.w, &p.e), 0);
    shop_dir_said(&p, "2 files of install/ are out of reach");
    assert_false(oc_store_is_on(&p, sw));
    assert_false(shop_dir_has(&p, "install"));
    assert_null(((const struct oc *)p.s.own)->install);
    assert_int_equal(sw->set(&p.s, true, &p.w, &p.e), 0);
    shop_dir_said(&p, "2 files of install/ are back");
    shop_dir_holds(&p, "install/index.php", "<?php // one");
    shop_dir_holds(&p, "install/model/upgrade/1000.php", "<?php // two");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        oc_store_test(caches_go, &p),
        oc_store_test(caches_of_a_moved_storage, &p),
        oc_store_test(copies_and_their_files, &p),
        oc_store_test(the_installer, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
