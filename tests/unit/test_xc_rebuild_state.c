/* How far a cache rebuild has come, from what it leaves in var/. */
#include "little_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

static struct little_store l;

static void step_file(unsigned n)
{
    char path[64];

    snprintf(path, sizeof path, "var/run/.cacheGenerated.%u.step", n);
    little_store_put(&l, path, "1");
}

/* A store of that version, compiled for it, with the step files 1 to n. */
static void built(const char *version, unsigned steps)
{
    little_store_version(&l, "classes/XLite.php", version);
    little_store_version(&l, "var/run/classes/XLite.php", version);
    for (unsigned n = 1; n <= steps; n++)
        step_file(n);
    little_store_open(&l);
}

static const struct xc_rebuild *look(void)
{
    xc_read_rebuild(&l.s, &l.c);
    return &l.c.rebuild;
}

static void a_complete_set_of_each_family(void **state)
{
    static const struct {
        const char *version;
        unsigned steps;
    } table[] = {{"5.0.13", 9}, {"5.1.9", 11}, {"5.2.0", 13}, {"5.2.16", 13}, {"5.3.6.1", 13}};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        little_store_free(&l);
        little_store_make(&l);
        built(table[i].version, table[i].steps - 1);
        assert_int_equal(look()->steps, table[i].steps);
        assert_false(look()->complete);
        step_file(table[i].steps);
        assert_true(look()->complete);
        assert_true(look()->core_done);
    }
}

static void a_hole_is_not_complete(void **state)
{
    (void)state;
    built("5.3.6", 13);
    for (unsigned n = 1; n <= 13; n++) {
        char path[64];

        snprintf(path, sizeof path, "var/run/.cacheGenerated.%u.step", n);
        little_store_remove(&l, path);
        assert_false(look()->complete);
        assert_false(look()->done & (UINT32_C(1) << n));
        step_file(n);
    }
    assert_true(look()->complete);
}

/* From 5.2 on the last step runs the hooks and loads the labels, which are steps of their own here. */
static void the_last_step_is_open_to_hooks(void **state)
{
    (void)state;
    built("5.3.6", 12);
    l.c.rebuild_runs_hooks = true;
    assert_true(look()->core_done);
    assert_false(look()->complete);
    l.c.rebuild_runs_hooks = false;
    assert_false(look()->core_done);
}

static void names_that_are_no_step(void **state)
{
    (void)state;
    built("5.3.6", 0);
    little_store_put(&l, "var/run/.cacheGenerated.32.step", "");
    little_store_put(&l, "var/run/.cacheGenerated.-1.step", "");
    little_store_put(&l, "var/run/.cacheGenerated..step", "");
    little_store_put(&l, "var/run/.cacheGenerated.1.step.bak", "");
    little_store_put(&l, "var/run/.cacheGenerated.99999999999999999999.step", "");
    assert_int_equal(look()->done, 0);
    assert_false(look()->complete);
}

static void every_mark_keeps_it_from_being_complete(void **state)
{
    static const char *const marks[] = {"var/.rebuildStarted", "var/.rebuildMark", "var/.rebuildBlockMark"};

    (void)state;
    built("5.3.6", 13);
    for (size_t i = 0; i < 3; i++) {
        little_store_put(&l, marks[i], "1");
        look();
        assert_false(l.c.rebuild.complete);
        assert_int_equal(l.c.rebuild.started, i == 0);
        assert_int_equal(l.c.rebuild.wanted, i == 1);
        assert_int_equal(l.c.rebuild.blocked, i == 2);
        little_store_remove(&l, marks[i]);
    }
    assert_true(look()->complete);
}

static void a_cache_that_was_not_swapped_in(void **state)
{
    (void)state;
    built("5.3.6", 13);
    little_store_mkdir(&l, "var/run.0123456789abcdef0123456789abcdef");
    look();
    assert_non_null(l.c.rebuild.pending);
    assert_string_equal(l.c.rebuild.pending, "var/run.0123456789abcdef0123456789abcdef");
    assert_false(l.c.rebuild.complete);
    assert_false(l.c.rebuild.core_done);
    little_store_remove(&l, "var/run.0123456789abcdef0123456789abcdef");
    little_store_put(&l, "var/run.0123456789abcdef0123456789abcdef", "a file");
    assert_null(look()->pending);
}

static void compiled_for_another_version(void **state)
{
    (void)state;
    built("5.3.6", 13);
    little_store_version(&l, "var/run/classes/XLite.php", "5.3.5");
    little_store_open(&l);
    assert_false(look()->complete);
    assert_true(l.c.rebuild.compiled_known);
    assert_false(l.c.rebuild.compiled_new);
    little_store_remove(&l, "var/run/classes/XLite.php");
    little_store_open(&l);
    assert_false(look()->compiled_known);
    assert_false(l.c.rebuild.complete);
}

static void set_time(const char *rel, time_t t)
{
    struct timespec times[2] = {{.tv_sec = t}, {.tv_sec = t}};

    assert_int_equal(utimensat(l.s.tree.fd, rel, times, 0), 0);
}

/* An upgrade of modules alone leaves the core's version as it is; the times of the files tell. */
static void an_upgrade_of_modules_alone(void **state)
{
    (void)state;
    built("5.3.6", 13);
    little_store_entry(&l, "CDev", "Paypal");
    little_store_put(&l, "classes/XLite/Module/CDev/Paypal/Main.php", "<?php\n");
    set_time("var/run/.cacheGenerated.1.step", 2000);
    set_time("classes/XLite/Module/CDev/Paypal/Main.php", 1000);
    assert_true(look()->complete);
    set_time("classes/XLite/Module/CDev/Paypal/Main.php", 3000);
    assert_false(look()->complete);
    assert_false(l.c.rebuild.core_done);
}

static void nothing_there(void **state)
{
    (void)state;
    little_store_open(&l);
    look();
    assert_int_equal(l.c.rebuild.done, 0);
    assert_false(l.c.rebuild.complete);
    assert_false(l.c.rebuild.started || l.c.rebuild.wanted || l.c.rebuild.blocked);
    assert_null(l.c.rebuild.pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        little_store_test(a_complete_set_of_each_family, &l),
        little_store_test(a_hole_is_not_complete, &l),
        little_store_test(the_last_step_is_open_to_hooks, &l),
        little_store_test(names_that_are_no_step, &l),
        little_store_test(every_mark_keeps_it_from_being_complete, &l),
        little_store_test(a_cache_that_was_not_swapped_in, &l),
        little_store_test(compiled_for_another_version, &l),
        little_store_test(an_upgrade_of_modules_alone, &l),
        little_store_test(nothing_there, &l),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
