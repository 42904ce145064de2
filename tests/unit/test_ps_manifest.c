/* What PrestaShop's files have to be: the published list, a release, its archive; and which places do not count. */
#include "ps_store.h"
#include "rescue/verify.h"

#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct shop_dir p;

static void md5(const char *text, char hex[HASH_HEX])
{
    struct digest d;

    hash_bytes(HASH_MD5, text, strlen(text), &d);
    digest_hex(&d, hex);
}

/* A list of classes/A.php "A", admin/a.php "B", install/c.php and src/Core/Version.php. */
static void put_list(const char *rel, const char *version)
{
    char a[HASH_HEX];
    char b[HASH_HEX];
    char text[2000];

    md5("A", a);
    md5("B", b);
    snprintf(text, sizeof text,
             "<?xml version=\"1.0\"?>\n<checksum_list>\n\t<ps_root_dir version=\"%s\">\n\t\t<dir name=\"classes\">\n"
             "\t\t\t<md5file name=\"A.php\">%s</md5file>\n\t\t</dir>\n\t\t<dir name=\"admin\">\n\t\t\t<md5file name=\"a.php\">%s</md5file>\n"
             "\t\t</dir>\n\t\t<dir name=\"install\">\n\t\t\t<md5file name=\"c.php\">%s</md5file>\n\t\t</dir>\n\t</ps_root_dir>\n</checksum_list>\n",
             version, a, b, a);
    shop_dir_put(&p, rel, text);
}

static void put_files(const char *root)
{
    files_put(root, "classes/A.php", "A");
    files_put(root, "config/defines.inc.php", "<?php define('_PS_MODE_DEV_', false);");
}

static bool passed_over(void *arg, struct str path)
{
    return ps_is_volatile(arg, path);
}

static void count(size_t listed, size_t wrong)
{
    struct verify_options opt = {.skip = passed_over, .skip_arg = &p.s};
    struct verify_result r = {0};
    struct manifest m = {0};
    const char *origin = NULL;

    if (ps_manifest(&p.s, &m, &origin, &p.e) < 0)
        fail_msg("%s", p.e.text);
    assert_non_null(origin);
    assert_int_equal(m.entries.n, listed);
    assert_int_equal(verify_run(&p.s.tree, &m, &opt, &r, &p.e), 0);
    if (r.items.n != wrong)
        fail_msg("%zu files are wrong instead of %zu", r.items.n, wrong);
    verify_free(&r);
    manifest_free(&m);
}

static void fails(enum err_kind kind, const char *words)
{
    struct manifest m = {0};
    const char *origin;

    err_clear(&p.e);
    assert_int_equal(ps_manifest(&p.s, &m, &origin, &p.e), -1);
    assert_int_equal(p.e.kind, kind);
    if (strstr(p.e.text, words) == NULL && strstr(p.e.fix, words) == NULL)
        fail_msg("\"%s\" is not in: %s; %s", words, p.e.text, p.e.fix);
    manifest_free(&m);
}

static void the_published_list(void **state)
{
    (void)state;
    put_files(p.root);
    fails(ERR_ABSENT, "no list of checksums of version 8.1.7");
    put_list("config/xml/8.1.6.xml", "8.1.6");
    fails(ERR_ABSENT, "config/xml/8.1.6.xml");
    /* The name promises what is not in it. */
    put_list("config/xml/8.1.7.xml", "8.1.6");
    fails(ERR_ABSENT, "of others");
    put_list("config/xml/8.1.7.xml", "8.1.7");
    count(2, 1);
    shop_dir_put(&p, "admin4711/a.php", "B");
    count(2, 0);
    shop_dir_put(&p, "admin4711/a.php", "changed");
    count(2, 1);
}

static void beside_the_download(void **state)
{
    (void)state;
    put_files(p.root);
    put_list("admin4711/autoupgrade/download/whatever.xml", "8.1.7");
    shop_dir_put(&p, "admin4711/a.php", "B");
    ps_store_open(&p);
    count(2, 0);
}

static void the_unpacked_release(void **state)
{
    char path[200];

    (void)state;
    put_files(p.root);
    snprintf(path, sizeof path, "%s/admin4711/autoupgrade/latest", p.root);
    files_mkdir(p.root, "admin4711/autoupgrade/latest");
    put_files(path);
    files_put(path, "install/install_version.php", "<?php define('_PS_INSTALL_VERSION_', '8.1.6');");
    files_put(path, "admin/a.php", "B");
    ps_store_open(&p);
    fails(ERR_ABSENT, "no list");
    files_put(path, "install/install_version.php", "<?php define('_PS_INSTALL_VERSION_', '8.1.7');");
    count(3, 1);
}

static void what_the_user_names(void **state)
{
    char dir[] = "/tmp/ps_source.XXXXXX";
    char path[200];
    char command[600];

    (void)state;
    put_files(p.root);
    assert_non_null(mkdtemp(dir));
    p.opts.source = dir;
    fails(ERR_ABSENT, "holds no PrestaShop");
    put_list("list.xml", "8.1.6");
    snprintf(command, sizeof command, "mv '%s/list.xml' '%s/prestashop_8.1.6.xml'", p.root, dir);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/prestashop_8.1.6.xml", dir);
    p.opts.source = path;
    fails(ERR_REFUSED, "of version 8.1.6, but the shop's code is of 8.1.7");
    assert_non_null(strstr(p.e.fix, "--manifest"));
    put_list("list.xml", "8.1.7");
    snprintf(command, sizeof command, "mv '%s/list.xml' '%s/prestashop_8.1.7.xml'", p.root, dir);
    assert_int_equal(system(command), 0);
    p.opts.source = dir;
    count(2, 1);
    /* A release: its own tree, then packed, then packed twice. */
    snprintf(path, sizeof path, "%s/prestashop", dir);
    files_mkdir(dir, "prestashop");
    put_files(path);
    files_put(path, "install/x.php", "x");
    files_put(path, "admin/a.php", "B");
    count(3, 1);
    snprintf(command, sizeof command, "cd '%s' && tar -czf one.tar.gz prestashop", dir);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/one.tar.gz", dir);
    p.opts.source = path;
    count(3, 1);
    snprintf(command, sizeof command, "cd '%s/prestashop' && tar -czf ../prestashop.zip . && cd .. && tar -czf two.tar.gz prestashop.zip", dir);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/two.tar.gz", dir);
    count(3, 1);
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    assert_int_equal(system(command), 0);
}

static void places(void **state)
{
    static const char *const yes[] = {"var/cache/prod/x", "img/p/1.jpg", "config/settings.inc.php", "app/config/parameters.php",
                                      ".htaccess", "admin4711/autoupgrade/latest/x", "admin4711/import", "translations/fr/x.php",
                                      "themes/classic/assets/css/theme.css", "themes/mine/cache/a", "modules/autoupgrade/x.php", "install"};
    static const char *const no[] = {"classes/Tools.php", "config/defines.inc.php", "admin4711/index.php", "themes/classic/templates/a.tpl",
                                     "themes/mine/assets/css/theme.css", "variant/x", "app/config/config.yml", "imgs", "modules/ps_banner/x.php"};
    struct str real;

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!ps_is_volatile(&p.s, str_of(yes[i])))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (ps_is_volatile(&p.s, str_of(no[i])))
            fail_msg("%s", no[i]);
    assert_non_null(ps_stray(&p.s, STR("src/Core/index.php")));
    assert_null(ps_stray(&p.s, STR("classes/index.php")));
    assert_null(ps_stray(&p.s, STR("src/Core/A.php")));
    assert_true(ps_real_path(&p.s, STR("admin/themes/a.css"), &p.s.mem, &real));
    assert_true(str_is(real, "admin4711/themes/a.css"));
    assert_true(ps_real_path(&p.s, STR("administrator/a"), &p.s.mem, &real));
    assert_true(str_is(real, "administrator/a"));
    assert_false(ps_real_path(&p.s, STR("install/index.php"), &p.s.mem, &real));
    assert_true(ps_real_path(&p.s, STR("installer.php"), &p.s.mem, &real));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ps_store_test(the_published_list, &p),   ps_store_test(beside_the_download, &p),
        ps_store_test(the_unpacked_release, &p), ps_store_test(what_the_user_names, &p),
        ps_store_test(places, &p),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
