/* What the logs say of the last run, over all shapes and places they come in. */
#include "little_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct little_store l;

#define GUARD "<?php die(1); ?>\n"
#define NOISE "[info, May 22 2017 10:00:00] Marketplace [get_addons]: valid response received\n"
#define HOOK "upgrade/5.3/6/post_rebuild.php"

static const struct xc_log *look(void)
{
    little_store_forget(&l);
    if (xc_read_logs(&l.s, &l.c, &l.e) < 0)
        fail_msg("%s", l.e.text);
    return &l.c.log;
}

static const struct xc_hook_log *hook_log(const char *entry, const char *tail)
{
    for (size_t i = 0; i < l.c.log.hooks.n; i++)
        if (strcmp(l.c.log.hooks.v[i].entry, entry) == 0 && strcmp(l.c.log.hooks.v[i].tail, tail) == 0)
            return &l.c.log.hooks.v[i];
    return NULL;
}

static uint64_t files_of(const char *entry)
{
    for (size_t i = 0; i < l.c.log.files.n; i++)
        if (strcmp(l.c.log.files.v[i].entry, entry) == 0)
            return l.c.log.files.v[i].count;
    return 0;
}

static void no_log_and_a_log_without_a_run(void **state)
{
    (void)state;
    assert_false(look()->found);
    assert_false(l.c.log.has_run);
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", GUARD NOISE);
    assert_true(look()->found);
    assert_false(l.c.log.has_run);
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", "");
    assert_true(look()->found);
    assert_false(l.c.log.has_run);
}

static void a_bare_file_of_5_0(void **state)
{
    const struct xc_log *log;

    (void)state;
    little_store_put(&l, "var/log/upgrade.log",
                     "[info, Feb 28 2013 23:00:00] Core pack (v.5.0.13) is received: \"/srv/shop/var/tmp/51a.gz\"\n"
                     "[info, Feb 28 2013 23:00:05] Module pack (\"CDev\\Paypal\") is received: \"/srv/shop/var/tmp/51b.gz\"\n"
                     "[info, Feb 28 2013 23:00:09] Entry \"Core\" archive is unpacked: \"/srv/shop/var/tmp/51a\"\n"
                     "[info, Feb 28 2013 23:00:30] Update hook is run: Core:upgrade/5.0/13/pre_upgrade.php\n"
                     "[info, Feb 28 2013 23:01:00] File is updated: \"classes/XLite.php\"\n"
                     "[info, Feb 28 2013 23:01:00] File is added: \"classes/XLite/Module/CDev/Paypal/New.php\"\n"
                     "[info, Feb 28 2013 23:01:01] File is updated: \"skins/default/en/modules/CDev/Paypal/a.tpl\"\n"
                     "[info, Feb 28 2013 23:01:02] File is deleted: \"classes/XLite/Old.php\"\n");
    log = look();
    assert_true(log->has_run);
    assert_string_equal(log->target, "5.0.13");
    assert_string_equal(log->started, "2013-02-28 23:00:00");
    assert_string_equal(log->last_activity, "2013-02-28 23:01:02");
    assert_string_equal(log->file, "var/log/upgrade.log");
    assert_int_equal(log->first_line, 1);
    assert_int_equal(log->last->line, 8);
    assert_int_equal(log->entries.n, 2);
    assert_string_equal(log->entries.v[0].name, "Core");
    assert_string_equal(log->entries.v[0].pack, "/srv/shop/var/tmp/51a");
    assert_int_equal(log->entries.v[0].unpacked->line, 3);
    assert_string_equal(log->entries.v[1].name, "CDev\\Paypal");
    assert_string_equal(log->entries.v[1].pack, "/srv/shop/var/tmp/51b.gz");
    assert_null(log->entries.v[1].unpacked);
    assert_int_equal(log->added, 1);
    assert_int_equal(log->updated, 2);
    assert_int_equal(log->deleted, 1);
    assert_int_equal(files_of("Core"), 2);
    assert_int_equal(files_of("CDev\\Paypal"), 2);
    assert_int_equal(log->last_file->line, 8);
    /* No brackets: this version says nothing of slices. */
    assert_false(log->writes_progress);
    assert_null(hook_log("Core", "5.0/13/pre_upgrade.php")->slice);
    assert_false(log->has_decorator);
}

static void a_run_over_midnight(void **state)
{
    const struct xc_log *log;

    (void)state;
    little_store_put(&l, "var/log/2016/12/upgrade.log.2016-12-31.php",
                     GUARD "[info, Dec 31 2016 23:58:00] Core pack (v.5.3.2.4) is received: \"/srv/shop/var/tmp/x.gz\"\n"
                           "[info, Dec 31 2016 23:59:59] Entry \"Core\" archive is unpacked: \"/srv/shop/var/tmp/x\"\n");
    little_store_put(&l, "var/log/2017/01/upgrade.log.2017-01-01.php",
                     GUARD "[info, Jan 01 2017 00:00:01] File is updated: \"classes/XLite.php\"\n"
                           "[info, Jan 01 2017 00:00:09] Update hook is run: Core:" HOOK " ()\n");
    log = look();
    assert_string_equal(log->started, "2016-12-31 23:58:00");
    assert_string_equal(log->last_activity, "2017-01-01 00:00:09");
    assert_string_equal(log->first_file, "var/log/2016/12/upgrade.log.2016-12-31.php");
    assert_int_equal(log->first_line, 2);
    assert_string_equal(log->file, "var/log/2017/01/upgrade.log.2017-01-01.php");
    assert_string_equal(log->last_file->source, "var/log/2017/01/upgrade.log.2017-01-01.php");
    assert_int_equal(log->last_file->line, 2);
    assert_string_equal(log->target, "5.3.2.4");
    assert_int_equal(hook_log("Core", "5.3/6/post_rebuild.php")->calls, 1);
    assert_string_equal(hook_log("Core", "5.3/6/post_rebuild.php")->slice, "");
    assert_true(log->writes_progress);
}

static void of_several_runs_only_the_last_counts(void **state)
{
    const struct xc_log *log;

    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php",
                     GUARD "[info, May 22 2017 08:00:00] Core pack (v.5.3.5.5) is received: \"/srv/var/tmp/a.gz\"\n"
                           "[info, May 22 2017 08:00:01] Module pack (\"XC\\News\") is received: \"/srv/var/tmp/b.gz\"\n"
                           "[info, May 22 2017 08:10:00] File is updated: \"classes/XLite.php\"\n"
                           "[info, May 22 2017 08:20:00] Update hook is run: Core:" HOOK " ()\n"
                           "[info, May 22 2017 08:30:00] Common update hook 'add_labels' is run for Core (labels were uploaded)\n"
                           "[error, May 22 2017 08:31:00] something went wrong\n" NOISE
                           "[info, May 22 2017 12:00:00] Core pack (v.5.3.6.0) is received: \"/srv/var/tmp/c.gz\"\n"
                           "[info, May 22 2017 12:00:05] Entry \"Core\" archive is unpacked: \"/srv/var/tmp/c\"\n" NOISE);
    log = look();
    assert_string_equal(log->target, "5.3.6");
    assert_string_equal(log->before, "5.3.5.5");
    assert_string_equal(log->started, "2017-05-22 12:00:00");
    assert_int_equal(log->first_line, 9);
    assert_int_equal(log->entries.n, 1);
    assert_null(log->entries.v[0].labels);
    assert_int_equal(log->hooks.n, 0);
    assert_int_equal(log->updated, 0);
    assert_int_equal(log->errors.n, 0);
    assert_int_equal(log->files.n, 0);
    /* The marketplace's own lines are no sign of life of the upgrade. */
    assert_string_equal(log->last_activity, "2017-05-22 12:00:05");
}

static void files_of_several_places_in_order_of_their_dates(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/2017/05/upgrade.log.2017-05-22.php",
                     "[info, May 22 2017 12:00:00] Core pack (v.5.3.6) is received: \"/srv/var/tmp/c.gz\"\n");
    little_store_put(&l, "var/log/upgrade.log.2017-05-21.php",
                     "[info, May 21 2017 12:00:00] Core pack (v.5.3.5) is received: \"/srv/var/tmp/b.gz\"\n");
    little_store_put(&l, "var/log/upgrade.log",
                     "[info, Dec 31 2018 12:00:00] Core pack (v.5.0.9) is received: \"/srv/var/tmp/a.gz\"\n");
    assert_string_equal(look()->target, "5.3.6");
    assert_string_equal(l.c.log.before, "5.3.5");
}

static void errors_are_kept_with_the_file_they_are_about(void **state)
{
    struct buf text = {0};

    (void)state;
    buf_adds(&text, "[info, May 22 2017 12:00:00] Core pack (v.5.3.6) is received: \"/srv/var/tmp/c.gz\"\n"
                    "[error, May 22 2017 12:00:01] Unable to update file: \"classes/XLite.php\"\n"
                    "[error, May 22 2017 12:00:02] some exception\nwith a second line\n");
    for (int i = 0; i < 500; i++)
        buf_adds(&text, "[error, May 22 2017 12:00:03] one more\n");
    little_store_put(&l, "var/log/upgrade.log", buf_cstr(&text));
    buf_free(&text);
    look();
    assert_true(l.c.log.errors.v[0].about_file);
    assert_string_equal(l.c.log.errors.v[0].path, "classes/XLite.php");
    assert_int_equal(l.c.log.errors.v[0].ref.line, 2);
    assert_false(l.c.log.errors.v[1].about_file);
    assert_non_null(strstr(l.c.log.errors.v[1].ref.text, "second line"));
    assert_int_equal(l.c.log.errors.n + l.c.log.errors_dropped, 502);
    assert_true(l.c.log.errors_dropped > 0);
}

static void slices_of_a_hook_are_counted(void **state)
{
    const struct xc_hook_log *h;

    (void)state;
    little_store_put(&l, "var/log/upgrade.log",
                     "[info, May 22 2017 12:00:00] Core pack (v.5.3.6) is received: \"/srv/var/tmp/c.gz\"\n"
                     "[info, May 22 2017 12:00:01] Update hook is run: Core:" HOOK " ()\n"
                     "[info, May 22 2017 12:00:02] Update hook is run: Core:" HOOK " (40/100 [40%])\n"
                     "[info, May 22 2017 12:00:03] Update hook is run: CDev\\Paypal:classes/XLite/Module/CDev/Paypal/" HOOK " ()\n");
    look();
    h = hook_log("Core", "5.3/6/post_rebuild.php");
    assert_int_equal(h->calls, 2);
    assert_string_equal(h->slice, "40/100 [40%]");
    assert_int_equal(h->ref->line, 3);
    /* The same file name of another entry is another hook. */
    assert_int_equal(hook_log("CDev\\Paypal", "5.3/6/post_rebuild.php")->calls, 1);
}

#define RUN "[info, May 22 2017 12:00:00] Core pack (v.5.3.6) is received: \"/srv/var/tmp/c.gz\"\n"

static void calls_begun_in_the_time_of_the_run(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", GUARD RUN);
    little_store_put(&l, "var/log/decorator.log.2017-05-21.php",
                     GUARD "[12:30:00] ...Invoke " HOOK " hook for Core ()...\n");
    little_store_put(&l, "var/log/decorator.log.2017-05-22.php",
                     GUARD "[08:00:00] Deploying store [step 1 of 11], please wait...\n"
                           "...Invoke " HOOK " hook for Core ()...\n"
                           "[12:30:00] Deploying store [step 13 of 13], please wait...\n"
                           "Run the \"Upgrade\" plugin... \n"
                           "...Invoke " HOOK " hook for Core ()...\n"
                           "...Invoke " HOOK " hook for Core (40)...\n"
                           "...Invoke classes/XLite/Module/CDev/Paypal/" HOOK " hook for CDev\\\\Paypal ()...\n");
    look();
    assert_true(l.c.log.has_decorator);
    assert_int_equal(l.c.log.invokes.n, 2);
    assert_string_equal(l.c.log.invokes.v[0].entry, "Core");
    assert_string_equal(l.c.log.invokes.v[0].tail, "5.3/6/post_rebuild.php");
    /* Those of an earlier attempt of the same day count as well: it is the same hook that had begun. */
    assert_int_equal(l.c.log.invokes.v[0].calls, 3);
    assert_int_equal(l.c.log.invokes.v[0].ref.line, 7);
    assert_string_equal(l.c.log.invokes.v[1].entry, "CDev\\Paypal");
    assert_int_equal(l.c.log.rebuild_steps, 13);
    assert_int_equal(l.c.log.rebuild_last->line, 4);
    assert_non_null(l.c.log.plugin_cut);
    assert_string_equal(l.c.log.plugin_cut->text, "Upgrade");
}

static void a_plugin_that_came_to_its_end_was_not_cut(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", GUARD RUN);
    little_store_put(&l, "var/log/decorator.log.2017-05-22.php",
                     "[12:30:00] Deploying store [step 2 of 13], please wait...\n"
                     "Run the \"Doctrine\" plugin... 0.22sec, 3.8MB (602kB)\n");
    look();
    assert_null(l.c.log.plugin_cut);
    assert_int_equal(l.c.log.rebuild_last->line, 1);
}

/* Over midnight the clock of the decorator's log begins anew in the next day's file. */
static void the_rebuild_of_the_next_day_counts(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", GUARD RUN);
    little_store_put(&l, "var/log/decorator.log.2017-05-23.php",
                     "[00:05:00] Deploying store [step 3 of 13], please wait...\n");
    look();
    assert_true(l.c.log.has_decorator);
    assert_non_null(l.c.log.rebuild_last);
}

static void php_errors_of_the_time_of_the_run(void **state)
{
    (void)state;
    little_store_put(&l, "var/log/upgrade.log.2017-05-22.php", GUARD RUN);
    little_store_put(&l, "var/log/php_errors.log.2017-05-22.php",
                     "[22-May-2017 08:00:00] Error (code: 1): Allowed memory size of 1 bytes exhausted\n");
    look();
    assert_null(l.c.log.php_error);
    little_store_put(&l, "var/log/php_errors.log.2017-05-22.php",
                     "[22-May-2017 08:00:00] Error (code: 1): old\n"
                     "[22-May-2017 12:40:00] Error (code: 1): Allowed memory size of 134217728 bytes exhausted\n"
                     "Backtrace:\n"
                     "#0 /srv/shop/upgrade/5.3/6/post_rebuild.php:12\n"
                     "#1 /srv/shop/var/run/classes/XLite/Upgrade/Entry/AEntry.php:100\n");
    look();
    assert_non_null(l.c.log.php_error);
    assert_int_equal(l.c.log.php_error->line, 2);
    assert_non_null(strstr(l.c.log.php_error->text, "Allowed memory size"));
    assert_non_null(l.c.log.php_error_hook);
    /* With what stands in front of it, which tells whose hook it is. */
    assert_true(str_ends(str_of(l.c.log.php_error_hook), STR("upgrade/5.3/6/post_rebuild.php")));
    little_store_put(&l, "var/log/php_errors.log.2017-05-22.php",
                     "[22-May-2017 12:40:00] Error (code: 1): Class 'X' not found\nBacktrace:\n"
                     "#0 /srv/shop/classes/XLite/Module/CDev/Paypal/upgrade/5.3/6/post_rebuild.php:12\n");
    look();
    assert_non_null(l.c.log.php_error_hook);
    assert_true(str_ends(str_of(l.c.log.php_error_hook),
                         STR("classes/XLite/Module/CDev/Paypal/upgrade/5.3/6/post_rebuild.php")));
}

static void a_log_cut_in_a_line_and_full_of_rubbish(void **state)
{
    struct buf text = {0};

    (void)state;
    buf_adds(&text, RUN "\x1b]52;c;AAAA\x07[info, May 22 2017 12:00:");
    for (int i = 0; i < 100000; i++)
        buf_addc(&text, (char)(1 + i * 7 % 255));
    buf_adds(&text, "\n[info, May 22 2017 12:00:09] File is upda");
    little_store_put(&l, "var/log/upgrade.log", buf_cstr(&text));
    buf_free(&text);
    look();
    assert_true(l.c.log.has_run);
    assert_string_equal(l.c.log.target, "5.3.6");
    /* Evidence is cut to what is worth showing. */
    assert_true(strlen(l.c.log.last->text) < 1000);
}

static void the_entry_a_file_belongs_to(void **state)
{
    static const struct {
        const char *path;
        const char *entry;
    } table[] = {
        {"classes/XLite.php", "Core"},
        {"classes/XLite/Module/CDev/Paypal/Main.php", "CDev\\Paypal"},
        {"skins/admin/en/modules/CDev/Paypal/a.tpl", "CDev\\Paypal"},
        {"lib/modules/CDev/Paypal/a.tpl", "Core"},
        {"x/classes/XLite/Module/CDev/Paypal/Main.php", "Core"},
        {"classes/XLite/Module/AModule.php", "Core"},
        {"classes/XLite/Module/", "Core"},
        {"skins/a/modules/X", "Core"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(xc_entry_of_file(&l.c, table[i].path), table[i].entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        little_store_test(no_log_and_a_log_without_a_run, &l),
        little_store_test(a_bare_file_of_5_0, &l),
        little_store_test(a_run_over_midnight, &l),
        little_store_test(of_several_runs_only_the_last_counts, &l),
        little_store_test(files_of_several_places_in_order_of_their_dates, &l),
        little_store_test(errors_are_kept_with_the_file_they_are_about, &l),
        little_store_test(slices_of_a_hook_are_counted, &l),
        little_store_test(calls_begun_in_the_time_of_the_run, &l),
        little_store_test(a_plugin_that_came_to_its_end_was_not_cut, &l),
        little_store_test(the_rebuild_of_the_next_day_counts, &l),
        little_store_test(php_errors_of_the_time_of_the_run, &l),
        little_store_test(a_log_cut_in_a_line_and_full_of_rubbish, &l),
        little_store_test(the_entry_a_file_belongs_to, &l),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
