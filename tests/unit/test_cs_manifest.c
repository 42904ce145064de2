/* What files have to be: the version's own list, with renamed scripts and themes, or --source. */
#include "cs_store.h"
#include "rescue/verify.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct shop_dir c;

static const struct {
    const char *path;
    const char *text;
} core[] = {{"admin.php", "<?php\n"},
            {"index.php", "<?php\n"},
            {"app/a.php", "A"},
            {"app/gone.php", "gone"},
            {"upgrades/source_restore.php", "R"}},
  theme[] = {{"responsive/css/a.less", "less"}, {"responsive/b.tpl", "tpl"}};

static void add(struct buf *out, const char *prefix, const char *path, const char *text)
{
    char hex[HASH_HEX];
    struct digest d;
    struct buf mixed = {0};

    buf_adds(&mixed, prefix);
    buf_adds(&mixed, path);
    hash_bytes(HASH_MD5, text, strlen(text), &d);
    digest_mix(buf_str(&mixed), &d, &d);
    buf_printf(out, "  '%s' => '", digest_hex(&d, hex));
    buf_free(&mixed);
}

/* A list of the store's files as the product writes it. */
static void put_list(const char *name)
{
    struct buf out = {0};

    buf_adds(&out, "<?php $snapshot_dist = array (\n'files' => array (\n");
    for (size_t i = 0; i < sizeof core / sizeof *core; i++) {
        add(&out, "/", core[i].path, core[i].text);
        buf_printf(&out, "/%s',\n", core[i].path);
    }
    buf_adds(&out, "),\n'themes' => array ('responsive' => array ('files' => array (\n");
    for (size_t i = 0; i < sizeof theme / sizeof *theme; i++) {
        add(&out, "", theme[i].path, theme[i].text);
        buf_printf(&out, "/design/themes/%s',\n", theme[i].path);
    }
    buf_adds(&out, "))),\n'addons' => array (0 => 'seo'),\n); ?>");
    shop_dir_put(&c, name, buf_cstr(&out));
    buf_free(&out);
}

static void put_files(void)
{
    char path[100];

    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        shop_dir_put(&c, core[i].path, core[i].text);
    for (size_t i = 0; i < sizeof theme / sizeof *theme; i++) {
        snprintf(path, sizeof path, "design/themes/%s", theme[i].path);
        shop_dir_put(&c, path, theme[i].text);
    }
}

static bool passed_over(void *arg, struct str path)
{
    return cs_is_volatile(arg, path);
}

/* "changed a\nmissing b\n", then how many are right. */
static const char *verified(const char **origin)
{
    static struct buf out;
    struct verify_options opt = {.skip = passed_over, .skip_arg = &c.s};
    struct verify_result r = {0};
    struct manifest m = {0};

    buf_reset(&out);
    if (cs_manifest(&c.s, &m, origin, &c.e) < 0) {
        manifest_free(&m);
        return c.e.text;
    }
    assert_int_equal(verify_run(&c.s.tree, &m, &opt, &r, &c.e), 0);
    for (size_t i = 0; i < r.items.n; i++)
        buf_printf(&out, "%s %s\n", verify_kind_name(r.items.v[i].kind), r.items.v[i].path);
    buf_printf(&out, "%zu ok", r.ok);
    if (r.own)
        buf_printf(&out, ", %zu own", r.own);
    verify_free(&r);
    manifest_free(&m);
    return buf_cstr(&out);
}

static void is(const char *have, const char *want)
{
    if (strcmp(have, want) != 0)
        fail_msg("%s\n  instead of\n%s", have, want);
}

static void against_the_list(void **state)
{
    const char *origin;

    (void)state;
    put_files();
    put_list("var/snapshots/4.9.1_ultimate_dist.php");
    is(verified(&origin), "7 ok");
    assert_string_equal(origin, "var/snapshots/4.9.1_ultimate_dist.php");
    shop_dir_put(&c, "app/a.php", "B");
    shop_dir_remove(&c, "app/gone.php");
    shop_dir_put(&c, "design/themes/responsive/b.tpl", "mine");
    is(verified(&origin),
       "changed app/a.php\nmissing app/gone.php\nchanged design/themes/responsive/b.tpl\n4 ok");
}

/* Another theme's files are compared where it has one of that name. */
static void other_themes(void **state)
{
    const char *origin;

    (void)state;
    put_files();
    put_list("var/snapshots/4.9.1_ultimate_dist.php");
    shop_dir_put(&c, "design/themes/mine/css/a.less", "less");
    shop_dir_put(&c, "design/themes/mine/own.tpl", "own");
    is(verified(&origin), "8 ok");
    shop_dir_put(&c, "design/themes/mine/b.tpl", "other");
    is(verified(&origin), "8 ok, 1 own");
}

static void renamed_scripts(void **state)
{
    const char *origin;

    (void)state;
    put_files();
    put_list("var/snapshots/4.9.1_ultimate_dist.php");
    shop_dir_remove(&c, "admin.php");
    shop_dir_put(&c, "hidden.php", "<?php\n");
    shop_dir_put(&c, "config.local.php",
                 "<?php "
                 "$config['db_host']='a';$config['db_name']='n';$config['db_user']='u';$config['admin_index']"
                 "='hidden.php';");
    cs_store_open(&c);
    is(verified(&origin), "7 ok");
    shop_dir_put(&c, "hidden.php", "<?php evil();\n");
    is(verified(&origin), "changed hidden.php\n6 ok");
    /* The one that a package brought is checked as well. */
    shop_dir_put(&c, "admin.php", "<?php\n");
    is(verified(&origin), "changed hidden.php\n7 ok");
}

static void which_list(void **state)
{
    const char *origin;

    (void)state;
    put_files();
    assert_non_null(strstr(verified(&origin), "no list of version 4.9.1"));
    assert_int_equal(c.e.kind, ERR_ABSENT);
    assert_non_null(strstr(c.e.fix, "--source"));
    put_list("var/snapshots/4.8.2_ultimate_dist.php");
    assert_non_null(strstr(verified(&origin), "4.8.2_ultimate_dist.php"));
    put_list("var/upgrade/packages/core/content/package/var/snapshots/4.9.1_ultimate_dist.php");
    is(verified(&origin), "7 ok");
    assert_true(str_starts(str_of(origin), STR("var/upgrade/packages/core/")));
    shop_dir_put(&c, "var/snapshots/4.9.1_multivendor_dist.php",
                 "<?php $snapshot_dist = array('files' => array());");
    put_list("var/snapshots/4.9.1_active_ultimate_dist.php");
    is(verified(&origin), "7 ok");
    shop_dir_remove(&c, "config.php");
    cs_reread_version(&c.s);
    assert_non_null(strstr(verified(&origin), "version is not known"));
    cs_store_version(&c, "4.9.1", "ULTIMATE");
    cs_reread_version(&c.s);
    shop_dir_put(&c, "var/snapshots/4.9.1_active_ultimate_dist.php",
                 "<?php $snapshot_dist = array('files' => array(");
    assert_non_null(strstr(verified(&origin), "4.9.1_active_ultimate_dist.php"));
    assert_int_equal(c.e.kind, ERR_FORMAT);
}

static void against_a_source(void **state)
{
    char command[300];
    const char *origin;
    char tree[100];
    char archive[100];

    (void)state;
    put_files();
    shop_dir_put(&c, "app/gone.php", "other");
    shop_dir_put(&c, "clean/cscart-4.9.1/app/a.php", "A");
    shop_dir_put(&c, "clean/cscart-4.9.1/app/gone.php", "gone");
    shop_dir_put(&c, "clean/cscart-4.9.1/index.php", "<?php\n");
    shop_dir_put(&c, "clean/cscart-4.9.1/config.local.php", "left out");
    snprintf(tree, sizeof tree, "%s/clean", c.root);
    c.opts.source = tree;
    is(verified(&origin), "changed app/gone.php\n2 ok");
    snprintf(archive, sizeof archive, "%s/clean.tgz", c.root);
    snprintf(command, sizeof command, "tar czf %s -C %s cscart-4.9.1", archive, tree);
    assert_int_equal(system(command), 0);
    c.opts.source = archive;
    is(verified(&origin), "changed app/gone.php\n2 ok");
    assert_string_equal(origin, archive);
    snprintf(tree, sizeof tree, "%s/js", c.root);
    c.opts.source = tree;
    assert_non_null(strstr(verified(&origin), "holds no CS-Cart"));
    c.opts.source = "/no/such/thing";
    verified(&origin);
    assert_int_equal(c.e.kind, ERR_ABSENT);
}

static void what_is_passed_over(void **state)
{
    static const char *const yes[] = {"var/cache/x",  "var",
                                      "images/a.png", "config.local.php",
                                      "robots.txt",   "upgrades/core_1-2/restore_x.php",
                                      ".git/x"};
    static const char *const no[] = {
        "app/var/x", "various/x", "config.php", "upgrades/source_restore.php", "design/themes/a/robots.txt",
        "imagesx"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(cs_is_volatile(&c.s, str_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(cs_is_volatile(&c.s, str_of(no[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cs_store_test(against_the_list, &c), cs_store_test(other_themes, &c),
        cs_store_test(renamed_scripts, &c),  cs_store_test(which_list, &c),
        cs_store_test(against_a_source, &c), cs_store_test(what_is_passed_over, &c),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
