/* What the files of a store have to be: a release as a folder, with "admin" renamed, the storage moved, line ends changed. */
#include "oc_store.h"

#include "files.h"
#include "rescue/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct shop_dir p;
static char source[128];

static void release(const char *rel, const char *text)
{
    char path[300];

    snprintf(path, sizeof path, "release/opencart-3.0.3.9/upload/%s", rel);
    files_put(p.top, path, text);
}

static void make_release(void)
{
    release("index.php", "<?php\ndefine('VERSION', '3.0.3.8');\n");
    release("system/startup.php", "<?php\n// one\n");
    release("system/storage/vendor/x.php", "<?php // vendor\n");
    release("system/storage/cache/index.html", "");
    release("admin/index.php", "<?php // back\n");
    release("admin/config-dist.php", "");
    release("install/index.php", "<?php // install\n");
    release("image/catalog/demo.jpg", "jpg");
    release("image/logo.png", "png\r\n\001");
    snprintf(source, sizeof source, "%s/release", p.top);
    p.opts.source = source;
    oc_store_open(&p);
}

static const struct manifest_entry *find(const struct manifest *m, const char *path, bool aside)
{
    for (size_t i = 0; i < m->entries.n; i++)
        if (strcmp(m->entries.v[i].path, path) == 0 && m->entries.v[i].aside == aside)
            return &m->entries.v[i];
    return NULL;
}

static void names_of_the_store(void **state)
{
    struct manifest m = {.last_origin = NULL};
    const char *origin = NULL;

    (void)state;
    make_release();
    if (oc_manifest(&p.s, &m, &origin, &p.e) < 0)
        fail_msg("%s", p.e.text);
    assert_non_null(find(&m, "back/index.php", false));
    assert_null(find(&m, "admin/index.php", false));
    assert_null(find(&m, "install/index.php", false));
    assert_non_null(find(&m, "system/storage/vendor/x.php", false));
    assert_non_null(find(&m, "system/startup.php", false));
    assert_non_null(strstr(origin, "3.0.3.8 or 3.0.3.9"));
    assert_null(strstr(origin, "names itself 3"));
    manifest_free(&m);
    oc_store_version(&p, "3.0.2.0");
    oc_store_open(&p);
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), 0);
    assert_non_null(strstr(origin, "code names itself 3.0.2.0"));
    manifest_free(&m);
}

static bool passes_over(void *arg, struct str path)
{
    (void)arg;
    return oc_is_volatile(&p.s, path);
}

static void line_ends_change_nothing(void **state)
{
    const struct verify_options opt = {.skip = passes_over};
    struct verify_result r = {.ok = 0};
    struct manifest m = {.last_origin = NULL};
    const char *origin;

    (void)state;
    make_release();
    shop_dir_put(&p, "index.php", "<?php\r\ndefine('VERSION', '3.0.3.8');\r\n");
    shop_dir_put(&p, "system/startup.php", "<?php\n// two\n");
    shop_dir_put(&p, "back/index.php", "<?php // back\n");
    shop_dir_put(&p, "system/storage/vendor/x.php", "<?php // vendor\r\n");
    shop_dir_put(&p, "image/logo.png", "png\r\n\001");
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), 0);
    assert_int_equal(verify_run(&p.s.tree, &m, &opt, &r, &p.e), 0);
    assert_int_equal(r.line_ends, 2);
    assert_int_equal(r.ok, 4);
    assert_int_equal(r.items.n, 1);
    assert_string_equal(r.items.v[0].path, "system/startup.php");
    assert_int_equal(r.items.v[0].kind, VERIFY_CHANGED);
    verify_free(&r);
    manifest_free(&m);
}

static void a_moved_storage(void **state)
{
    struct manifest m = {.last_origin = NULL};
    const char *origin;
    char more[200];

    (void)state;
    make_release();
    files_put(p.top, "storage/vendor/x.php", "<?php // vendor\n");
    snprintf(more, sizeof more, "define('DIR_STORAGE', '%s/storage/');", p.top);
    oc_store_config(&p, "", more);
    oc_store_open(&p);
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), 0);
    assert_non_null(find(&m, "vendor/x.php", true));
    assert_null(find(&m, "cache/index.html", true));
    assert_null(find(&m, "system/storage/vendor/x.php", false));
    manifest_free(&m);
    /* One that can't be reached is said to be left out. */
    oc_store_config(&p, "", "define('DIR_STORAGE', '/nowhere/storage/');");
    oc_store_open(&p);
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), 0);
    assert_null(find(&m, "vendor/x.php", true));
    assert_non_null(strstr(origin, "1 file of the storage, which can't be reached"));
    manifest_free(&m);
}

static void without_a_release(void **state)
{
    struct manifest m = {.last_origin = NULL};
    const char *origin;

    (void)state;
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    assert_non_null(strstr(p.e.fix, "zip of release 3.0.3.8"));
    p.opts.source = p.root;
    shop_dir_remove(&p, "system/startup.php");
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), -1);
    assert_non_null(strstr(p.e.text, "holds no OpenCart"));
    p.opts.source = "/nowhere/at/all.zip";
    assert_int_equal(oc_manifest(&p.s, &m, &origin, &p.e), -1);
    assert_int_equal(p.e.kind, ERR_ABSENT);
    manifest_free(&m);
}

static void places_that_differ(void **state)
{
    static const char *const differ[] = {"config.php", "back/config.php", "install/index.php", "image/catalog/x.jpg", "image/cache/x", "robots.txt",
                                         "system/storage/cache/x", "system/storage/logs/error.log", "system/cache/x", "vqmod/vqcache/x"};
    static const char *const same[] = {"index.php", "back/index.php", "system/startup.php", "system/storage/vendor/x.php", "image/logo.png",
                                       "system/cachefile.php", "config.php.bak"};

    (void)state;
    for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
        assert_true(oc_is_volatile(&p.s, str_of(differ[i])));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_false(oc_is_volatile(&p.s, str_of(same[i])));
    assert_non_null(oc_stray(&p.s, STR("image/shell.php")));
    assert_null(oc_stray(&p.s, STR("system/library/x.php")));
    assert_null(oc_stray(&p.s, STR("images.php")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        oc_store_test(names_of_the_store, &p), oc_store_test(line_ends_change_nothing, &p), oc_store_test(a_moved_storage, &p),
        oc_store_test(without_a_release, &p),  oc_store_test(places_that_differ, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
