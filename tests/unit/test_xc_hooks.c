/* Which hooks of an upgrade are expected, and in which order. */
#include "little_store.h"

#include "format/hook_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct little_store l;

#define PACK "var/tmp/pack"
#define PAYPAL "classes/XLite/Module/CDev/Paypal/upgrade/"

static struct xc_entry *core(const char *from, const char *to)
{
    struct xc_entry *en = little_store_entry(&l, NULL, NULL);

    en->from = from;
    en->to = to;
    en->pack = PACK;
    return en;
}

static void hook(const char *rel)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", PACK, rel);
    little_store_put(&l, path, "<?php\nreturn function () {};\n");
}

/* All expected hooks in a line each, "Core 2.0/1/pre_upgrade.php". */
static void expect(const char *want)
{
    struct buf have = {0};

    if (xc_expect_hooks(&l.s, &l.c, &l.e) < 0)
        fail_msg("%s", l.e.text);
    for (size_t i = 0; i < l.c.hooks.n; i++)
        buf_printf(&have, "%s %s\n", l.c.hooks.v[i]->entry->name, l.c.hooks.v[i]->tail);
    assert_string_equal(buf_cstr(&have), want);
    buf_free(&have);
}

static const struct xc_hook *named(const char *tail)
{
    for (size_t i = 0; i < l.c.hooks.n; i++)
        if (strcmp(l.c.hooks.v[i]->tail, tail) == 0)
            return l.c.hooks.v[i];
    fail_msg("no hook %s", tail);
    return NULL;
}

static void the_tail_of_a_path(void **state)
{
    static const struct {
        const char *path;
        const char *tail;
    } table[] = {
        {"/home/shop/upgrade/5.3/2.1/post_rebuild.php", "5.3/2.1/post_rebuild.php"},
        {"upgrade/5.3/3/post_rebuild_2.php", "5.3/3/post_rebuild_2.php"},
        {"classes/XLite/Module/CDev/Paypal/upgrade/5.3/2/pre_upgrade.php", "5.3/2/pre_upgrade.php"},
        {"5.0/13/post_upgrade.php", "5.0/13/post_upgrade.php"},
        {"/x/5.3/3/post_rebuild.php", NULL},
        {"upgrade/5.3/post_rebuild.php", NULL},
        {"upgrade/a/3/post_rebuild.php", NULL},
        {"upgrade/5.3/b/post_rebuild.php", NULL},
        {"upgrade/5.3/3/readme.txt", NULL},
        {"upgrade/5.3/3/post_rebuild.php.bak", NULL},
        {"upgrade/5.3/3/post_rebuild.yaml", NULL},
        {"upgrade/5.3/3/x/post_rebuild.php", NULL},
        {"", NULL},
        {"post_rebuild.php", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *tail = xc_hook_tail(&l.mem, str_of(table[i].path));

        if (table[i].tail == NULL ? tail != NULL : tail == NULL || strcmp(tail, table[i].tail) != 0)
            fail_msg("%s gives %s", table[i].path, tail ? tail : "nothing");
    }
}

static void versions_above_the_old_up_to_the_new(void **state)
{
    (void)state;
    core("5.3.2.9", "5.3.3");
    hook("upgrade/5.3/2.8/post_rebuild.php");
    hook("upgrade/5.3/2.9/post_rebuild.php");
    hook("upgrade/5.3/2.13/post_rebuild.php");
    hook("upgrade/5.3/3/post_rebuild.php");
    hook("upgrade/5.3/3.1/post_rebuild.php");
    hook("upgrade/5.3/4/post_rebuild.php");
    hook("upgrade/5.4/0/post_rebuild.php");
    hook("upgrade/5.2/99/post_rebuild.php");
    expect("Core 5.3/2.13/post_rebuild.php\nCore 5.3/3/post_rebuild.php\n");
}

static void ten_comes_after_nine(void **state)
{
    (void)state;
    core("5.2.8", "5.3.1");
    hook("upgrade/5.2/9/pre_upgrade.php");
    hook("upgrade/5.2/10/pre_upgrade.php");
    hook("upgrade/5.3/0/pre_upgrade.php");
    hook("upgrade/5.3/0.10/pre_upgrade.php");
    hook("upgrade/5.3/0.9/pre_upgrade.php");
    expect("Core 5.2/9/pre_upgrade.php\nCore 5.2/10/pre_upgrade.php\nCore 5.3/0/pre_upgrade.php\n"
           "Core 5.3/0.9/pre_upgrade.php\nCore 5.3/0.10/pre_upgrade.php\n");
}

/* version_compare takes "5.3.2.0" for newer than "5.3.2", so the folder 2.0 belongs to an upgrade from 5.3.2. */
static void a_folder_with_build_zero(void **state)
{
    (void)state;
    core("5.3.2", "5.3.2.1");
    hook("upgrade/5.3/2/pre_upgrade.php");
    hook("upgrade/5.3/2.0/pre_upgrade.php");
    hook("upgrade/5.3/2.1/pre_upgrade.php");
    hook("upgrade/5.3/2.1.0/pre_upgrade.php");
    expect("Core 5.3/2.0/pre_upgrade.php\nCore 5.3/2.1/pre_upgrade.php\n");
}

static void what_is_no_hook(void **state)
{
    (void)state;
    core("5.3.1", "5.3.3");
    hook("upgrade/5.3/2/post_rebuild.yaml");
    hook("upgrade/5.3/2/readme.php");
    hook("upgrade/5.3/2/apost_rebuild.php");
    hook("upgrade/5.3/x/post_rebuild.php");
    hook("upgrade/common/2/post_rebuild.php");
    hook("upgrade/5.3/2/deep/post_rebuild.php");
    little_store_mkdir(&l, PACK "/upgrade/5.3/2/pre_upgrade.php");
    hook("upgrade/5.3/2/post_rebuild.php");
    expect("Core 5.3/2/post_rebuild.php\n");
}

static void numbered_hooks_in_natural_order(void **state)
{
    (void)state;
    core("5.3.1", "5.3.2");
    hook("upgrade/5.3/2/post_rebuild_10.php");
    hook("upgrade/5.3/2/post_rebuild_9.php");
    hook("upgrade/5.3/2/post_rebuild.php");
    hook("upgrade/5.3/2/post_rebuild_1.php");
    expect("Core 5.3/2/post_rebuild.php\nCore 5.3/2/post_rebuild_1.php\nCore 5.3/2/post_rebuild_9.php\n"
           "Core 5.3/2/post_rebuild_10.php\n");
}

static void old_upgraders_know_the_plain_names_only(void **state)
{
    (void)state;
    core("5.1.1", "5.1.2");
    l.c.old_calls = true;
    hook("upgrade/5.1/2/post_rebuild.php");
    hook("upgrade/5.1/2/post_rebuild_1.php");
    hook("upgrade/5.1/2/post_upgrade.php");
    expect("Core 5.1/2/post_upgrade.php\nCore 5.1/2/post_rebuild.php\n");
}

static void by_type_then_entry_then_version(void **state)
{
    struct xc_entry *paypal;

    (void)state;
    core("5.3.1", "5.3.3");
    paypal = little_store_entry(&l, "CDev", "Paypal");
    paypal->from = "5.3.0";
    paypal->to = "5.3.1";
    paypal->pack = "var/tmp/paypal";
    hook("upgrade/5.3/3/pre_upgrade.php");
    hook("upgrade/5.3/3/post_rebuild.php");
    hook("upgrade/5.3/2/post_rebuild.php");
    hook("upgrade/5.3/2/post_upgrade.php");
    little_store_put(&l, "var/tmp/paypal/" PAYPAL "5.3/1/post_rebuild.php", "<?php\n");
    little_store_put(&l, "var/tmp/paypal/" PAYPAL "5.3/1/pre_upgrade.php", "<?php\n");
    little_store_put(&l, "var/tmp/paypal/" PAYPAL "5.3/2/pre_upgrade.php", "<?php\n");
    /* The core's folder of a module's pack means nothing. */
    little_store_put(&l, "var/tmp/paypal/upgrade/5.3/1/pre_upgrade.php", "<?php\n");
    expect("Core 5.3/3/pre_upgrade.php\nCDev\\Paypal 5.3/1/pre_upgrade.php\nCore 5.3/2/post_upgrade.php\n"
           "Core 5.3/2/post_rebuild.php\nCore 5.3/3/post_rebuild.php\nCDev\\Paypal 5.3/1/post_rebuild.php\n");
    assert_string_equal(named("5.3/1/post_rebuild.php")->file, "var/tmp/paypal/" PAYPAL "5.3/1/post_rebuild.php");
}

static void modules_installed_by_the_upgrade_have_no_hooks(void **state)
{
    struct xc_entry *paypal;

    (void)state;
    core("5.3.1", "5.3.3");
    paypal = little_store_entry(&l, "CDev", "Paypal");
    paypal->fresh = true;
    paypal->to = "5.3.1";
    paypal->pack = "var/tmp/paypal";
    little_store_put(&l, "var/tmp/paypal/" PAYPAL "5.3/1/post_rebuild.php", "<?php\n");
    expect("");
}

static void packs_gone_the_store_itself_is_looked_at(void **state)
{
    (void)state;
    core("5.3.1", "5.3.2")->pack = NULL;
    little_store_put(&l, "upgrade/5.3/2/post_rebuild.php", "<?php\n");
    expect("Core 5.3/2/post_rebuild.php\n");
    assert_string_equal(named("5.3/2/post_rebuild.php")->file, "upgrade/5.3/2/post_rebuild.php");
}

static void in_log(const char *entry, const char *tail, const char *slice, uint64_t calls)
{
    struct xc_hook_log *h = vec_push(&l.c.log.hooks);

    h->entry = entry;
    h->tail = tail;
    h->slice = slice;
    h->calls = calls;
    h->ref = arena_alloc(&l.mem, sizeof *h->ref);
    h->ref->source = "var/log/upgrade.log";
    h->ref->line = 7;
}

static void invoked(const char *entry, const char *tail, uint64_t calls)
{
    struct xc_invoke *in = vec_push(&l.c.log.invokes);

    in->entry = entry;
    in->tail = tail;
    in->calls = calls;
}

/* A hook that ran and whose file is gone still belongs to the upgrade. */
static void hooks_that_only_the_log_knows(void **state)
{
    (void)state;
    core("5.3.1", "5.3.3");
    hook("upgrade/5.3/3/post_rebuild.php");
    in_log("Core", "5.3/2/pre_upgrade.php", "", 1);
    in_log("Nobody\\Here", "5.3/2/pre_upgrade.php", "", 1);
    expect("Core 5.3/2/pre_upgrade.php\nCore 5.3/3/post_rebuild.php\n");
    assert_null(named("5.3/2/pre_upgrade.php")->file);
    assert_int_equal(named("5.3/2/pre_upgrade.php")->logged->line, 7);
    assert_null(named("5.3/3/post_rebuild.php")->logged);
}

static void a_call_that_has_no_line_was_begun(void **state)
{
    (void)state;
    core("5.3.1", "5.3.3");
    hook("upgrade/5.3/2/post_rebuild.php");
    hook("upgrade/5.3/3/post_rebuild.php");
    hook("upgrade/5.3/3/post_rebuild_1.php");
    in_log("Core", "5.3/2/post_rebuild.php", "", 1);
    in_log("Core", "5.3/3/post_rebuild.php", "40", 2);
    invoked("Core", "5.3/2/post_rebuild.php", 1);
    invoked("Core", "5.3/3/post_rebuild.php", 3);
    invoked("Core", "5.3/3/post_rebuild_1.php", 1);
    invoked("CDev\\Paypal", "5.3/3/post_rebuild.php", 9);
    expect("Core 5.3/2/post_rebuild.php\nCore 5.3/3/post_rebuild.php\nCore 5.3/3/post_rebuild_1.php\n");
    assert_null(named("5.3/2/post_rebuild.php")->invoked);
    assert_int_equal(named("5.3/3/post_rebuild.php")->invoked->line, l.c.log.invokes.v[1].ref.line);
    assert_string_equal(named("5.3/3/post_rebuild.php")->slice, "40");
    assert_non_null(named("5.3/3/post_rebuild_1.php")->invoked);
    assert_null(named("5.3/3/post_rebuild_1.php")->logged);
}

/* The old version unknown: from the lowest version that a record names on. */
static void the_old_version_is_unknown(void **state)
{
    (void)state;
    core(NULL, "5.3.4");
    hook("upgrade/5.3/1/post_rebuild.php");
    hook("upgrade/5.3/2/post_rebuild.php");
    hook("upgrade/5.3/3/pre_upgrade.php");
    hook("upgrade/5.3/4/post_rebuild.php");
    hook("upgrade/5.3/5/post_rebuild.php");
    in_log("Core", "5.3/3/pre_upgrade.php", "", 1);
    in_log("Core", "5.3/2/pre_upgrade.php", "", 1);
    expect("Core 5.3/2/pre_upgrade.php\nCore 5.3/3/pre_upgrade.php\nCore 5.3/2/post_rebuild.php\n"
           "Core 5.3/4/post_rebuild.php\n");
}

static void nothing_known_of_the_old_version_nothing_is_invented(void **state)
{
    (void)state;
    core(NULL, "5.3.4");
    hook("upgrade/5.3/4/post_rebuild.php");
    expect("");
}

/* The map of the state row: path as the upgrader wrote it => -1, null, or where to go on. */
static void set_map(const char *serialized)
{
    struct phps_doc doc;

    if (phps_parse(str_of(serialized), &l.mem, &doc, &l.e) < 0)
        fail_msg("%s", l.e.text);
    l.c.cell.hooks = doc.root;
}

static void marks_of_the_state_row(void **state)
{
    struct xc_entry *paypal;

    (void)state;
    core("5.3.1", "5.3.3");
    paypal = little_store_entry(&l, "CDev", "Paypal");
    paypal->from = "5.3.1";
    paypal->to = "5.3.3";
    hook("upgrade/5.3/2/pre_upgrade.php");
    hook("upgrade/5.3/2/post_rebuild.php");
    set_map("a:7:{s:41:\"/srv/shop/upgrade/5.3/2/pre_upgrade.php.x\";i:-1;"
            "s:29:\"upgrade/5.3/2/pre_upgrade.php\";N;"
            "s:30:\"upgrade/5.3/2/post_rebuild.php\";i:-1;"
            "s:30:\"upgrade/5.3/3/post_rebuild.php\";i:40;"
            "s:32:\"upgrade/5.3/3/post_rebuild_1.php\";a:2:{i:0;i:40;i:1;i:340;}"
            "s:63:\"classes/XLite/Module/CDev/Paypal/upgrade/5.3/3/post_rebuild.php\";N;"
            "s:63:\"classes/XLite/Module/CDev/Nobody/upgrade/5.3/3/post_rebuild.php\";N;}");
    expect("Core 5.3/2/pre_upgrade.php\nCore 5.3/2/post_rebuild.php\nCore 5.3/3/post_rebuild.php\n"
           "Core 5.3/3/post_rebuild_1.php\nCDev\\Paypal 5.3/3/post_rebuild.php\n");
    assert_int_equal(l.c.hooks.v[0]->mark, XC_MARK_DONE);
    assert_int_equal(l.c.hooks.v[1]->mark, XC_MARK_WAITING);
    assert_int_equal(l.c.hooks.v[2]->mark, XC_MARK_GOING);
    assert_int_equal(l.c.hooks.v[3]->mark, XC_MARK_GOING);
    assert_int_equal(l.c.hooks.v[4]->mark, XC_MARK_DONE);
    assert_non_null(l.c.hooks.v[4]->mark_item);
    assert_null(l.c.hooks.v[4]->file);
}

static void the_entry_s_own_list_of_the_state_row(void **state)
{
    struct xc_entry *en = core("5.3.1", "5.3.3");

    (void)state;
    hook("upgrade/5.3/2/post_rebuild.php");
    *vec_push(&en->rebuild_hooks) = "/srv/shop/upgrade/5.3/2/post_rebuild.php";
    *vec_push(&en->rebuild_hooks) = "/srv/shop/upgrade/5.3/3/post_rebuild.php";
    *vec_push(&en->rebuild_hooks) = "/srv/shop/not-a-hook.php";
    expect("Core 5.3/2/post_rebuild.php\nCore 5.3/3/post_rebuild.php\n");
}

static void what_a_hook_does_is_read_from_its_source(void **state)
{
    (void)state;
    core("5.3.1", "5.3.3");
    little_store_put(&l, PACK "/upgrade/5.3/2/post_rebuild.php",
                     "<?php\nreturn function () {\n"
                     "    \\XLite\\Core\\Database::getInstance()->loadFixturesFromYaml(__DIR__ . '/post_rebuild.yaml');\n"
                     "};\n");
    little_store_put(&l, PACK "/upgrade/5.3/3/post_rebuild.php",
                     "<?php\nreturn function () {\n    \\XLite\\Core\\Config::getInstance()->raisePrices(10);\n};\n");
    expect("Core 5.3/2/post_rebuild.php\nCore 5.3/3/post_rebuild.php\n");
    assert_true(named("5.3/2/post_rebuild.php")->repeatable);
    assert_false(named("5.3/3/post_rebuild.php")->repeatable);
    assert_non_null(strstr(named("5.3/3/post_rebuild.php")->repeatable_why, "raisePrices"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        little_store_test(the_tail_of_a_path, &l),
        little_store_test(versions_above_the_old_up_to_the_new, &l),
        little_store_test(ten_comes_after_nine, &l),
        little_store_test(a_folder_with_build_zero, &l),
        little_store_test(what_is_no_hook, &l),
        little_store_test(numbered_hooks_in_natural_order, &l),
        little_store_test(old_upgraders_know_the_plain_names_only, &l),
        little_store_test(by_type_then_entry_then_version, &l),
        little_store_test(modules_installed_by_the_upgrade_have_no_hooks, &l),
        little_store_test(packs_gone_the_store_itself_is_looked_at, &l),
        little_store_test(hooks_that_only_the_log_knows, &l),
        little_store_test(a_call_that_has_no_line_was_begun, &l),
        little_store_test(the_old_version_is_unknown, &l),
        little_store_test(nothing_known_of_the_old_version_nothing_is_invented, &l),
        little_store_test(marks_of_the_state_row, &l),
        little_store_test(the_entry_s_own_list_of_the_state_row, &l),
        little_store_test(what_a_hook_does_is_read_from_its_source, &l),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
