#include "log_pieces.h"

#include "format/xc_decorator_log.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dump(void *context, const struct xc_decorator_record *r)
{
    static const char *const kinds[] = {"step", "plugin", "done", "hook", "actions", "refused"};
    struct buf *b = context;

    buf_printf(b, "%" PRIu64 "@%" PRIu64 " %s", r->line, r->offset, kinds[r->kind]);
    if (r->has_clock)
        buf_printf(b, " clock%u", r->clock);
    if (r->steps > 0)
        buf_printf(b, " %" PRIu64 "/%" PRIu64, r->step, r->steps);
    log_field(b, "name", r->name);
    log_field(b, "entry", r->entry);
    log_field(b, "path", r->path);
    log_field(b, "hook", r->hook);
    log_field(b, "argument", r->argument);
    if (r->finished)
        buf_printf(b, " %" PRIu64 "ms", r->took_ms);
    buf_adds(b, r->cut ? " cut\n" : "\n");
}

static void feed(void *reader, struct str piece)
{
    xc_decorator_feed(reader, piece);
}

static void read_all(struct str log, size_t chunk, struct buf *out)
{
    struct xc_decorator_reader r;

    buf_reset(out);
    xc_decorator_init(&r, 1, false, dump, out);
    log_feed(log, chunk, feed, &r);
    xc_decorator_end(&r);
    xc_decorator_free(&r);
}

static void gives(const char *log, const char *want)
{
    struct buf out = {0};

    read_all(str_of(log), strlen(log) + 1, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&out);
}

static void steps_of_all_versions(void **state)
{
    (void)state;
    gives("Re-building cache [step 3 of 9], please wait... : Cleaning up the cache... : 0.04sec, 1.8MB "
          "(-64b)\n",
          "1@0 step 3/9 40ms\n");
    gives("Deploying store [step 11 of 11], please wait...\r\n", "1@0 step 11/11\n");
    gives("[23:59:08] Deploying store [step 3 of 13], please wait...\n", "1@0 step clock86348 3/13\n");
    gives("[01:02:03] Executing step 3 of 13. Please, don't close this page until the whole process is "
          "finished.\n",
          "1@0 step clock3723 3/13\n");
    gives("<html><script>go()</script>Re-building cache [step 1 of 9], please wait...<br />\n",
          "1@0 step 1/9\n");
    gives("<?php die(); ?>\nnext step of the plan\nstep 1 of\nstep x of 3]\n[1:02:03] footstep 12\n", "");
    gives("[25:02:03] Deploying store [step 1 of 2], x\n", "1@0 step 1/2\n");
}

static void plugins(void **state)
{
    (void)state;
    gives("Run the \"Doctrine_Plugin_UpdateModules\" plugin... 0.22sec, 3.8MB (602kB)\n",
          "1@0 plugin name=Doctrine_Plugin_UpdateModules 220ms\n");
    gives("Run the \"A\" plugin... 12.3456sec, 3.8MB\nRun the \"B\" plugin... 3sec, 1MB\n",
          "1@0 plugin name=A 12345ms\n2@40 plugin name=B 3000ms\n");
    /* One that died, with what came after it on its line. */
    gives("Run the \"Doctrine_Plugin_UpdateModules\" plugin... Deploying store [step 1 of 11], please "
          "wait...\n",
          "1@0 plugin name=Doctrine_Plugin_UpdateModules\n1@0 step 1/11\n");
    gives("Run the \"A\" plugin... [10:00:00] Deploying store [step 1 of 13], please wait... 0.04sec, 1MB\n",
          "1@0 plugin name=A\n1@0 step clock36000 1/13 40ms\n");
    gives("Run the \"A\" plugin... Run the \"B\" plugin... 0.5sec, 1MB",
          "1@0 plugin name=A\n1@0 plugin name=B 500ms cut\n");
    gives("Run the \"A\" plug", "1@0 plugin name=A cut\n");
    gives("Run the \"A", "1@0 plugin name=A cut\n");
    gives("Run the \"A\n", "");
    /* One that called hooks has its time on a line of its own. */
    gives("Run the \"Upgrade\" plugin...\n...Invoke upgrade/5.3/3/post_rebuild.php hook for Core "
          "()...\n0.22sec, 3MB\n",
          "1@0 plugin name=Upgrade\n2@28 hook entry=Core path=upgrade/5.3/3/post_rebuild.php "
          "hook=5.3/3/post_rebuild.php\n3@89 done 220ms\n");
}

static void hooks_and_actions(void **state)
{
    (void)state;
    gives(
        "...Invoke classes/XLite/Module/CDev/Paypal/upgrade/5.3/2.1/post_rebuild.php hook for CDev\\\\Paypal "
        "(40/200 [20%])...\n",
        "1@0 hook entry=CDev\\Paypal path=classes/XLite/Module/CDev/Paypal/upgrade/5.3/2.1/post_rebuild.php "
        "hook=5.3/2.1/post_rebuild.php argument=40/200 [20%]\n");
    gives("[10:00:00] ...Invoke actions for CDev\\\\Paypal\n...Invoke actions for Core...\n",
          "1@0 actions clock36000 entry=CDev\\Paypal\n2@46 actions entry=Core\n");
    gives("...Actions can't be invoked because entry is not valid: A\\B\n", "1@0 refused entry=A\\B\n");
    gives("...Invoke nothing known\n", "");
    gives("...Invoke upgrade/5.3/3/post_rebuild.php hook for Co",
          "1@0 hook entry=Co path=upgrade/5.3/3/post_rebuild.php hook=5.3/3/post_rebuild.php cut\n");
}

static void chunks_do_not_matter(void **state)
{
    static const char log[] =
        "<?php die(); ?>\n[10:00:00] Deploying store [step 3 of 13], please wait...\r\n"
        "Run the \"A\" plugin... 0.22sec, 3.8MB (602kB)\n\0\0"
        "Run the \"B\" plugin... Deploying store [step 1 of 11], please wait...\n"
        "...Invoke upgrade/5.3/3/post_rebuild.php hook for CDev\\\\Paypal (1)...\n\x1b[2J\n"
        "...Invoke actions for CDev\\\\Paypal\n0.1sec, 1MB\nRun the \"C\" plugin... ";
    struct str all = {log, sizeof log - 1};
    struct buf whole = {0};

    (void)state;
    log_compare(all, read_all);
    read_all(all, all.n, &whole);
    assert_int_equal(log_lines_count(buf_str(&whole)), 8);
    buf_free(&whole);
}

static void a_line_of_marks_is_cheap(void **state)
{
    struct buf log = {0};
    struct buf out = {0};

    (void)state;
    while (log.n < LOG_LINE_MAX - 32)
        buf_adds(&log, "Run the \"A\" ");
    for (int i = 0; i < 200; i++)
        read_all(buf_str(&log), log.n, &out);
    assert_true(log_lines_count(buf_str(&out)) > 5000);
    buf_free(&log);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_all_versions),    cmocka_unit_test(plugins),
        cmocka_unit_test(hooks_and_actions),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(a_line_of_marks_is_cheap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
