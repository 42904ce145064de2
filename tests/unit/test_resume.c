/* Resume over a platform of a few lines, so that every order of events can be made. */
#include "rescue/resume.h"

#include "rescue/rescue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What the fake store remembers of each step. */
enum { FIRST, HOOK, FILES, REBUILD, LABELS, HIDDEN, STEPS };

static const struct {
    enum step_kind kind;
    const char *entry;
    const char *detail;
    const char *id;
} known[STEPS] = {
    [FIRST] = {STEP_CHECK, NULL, NULL, "check"},
    [HOOK] = {STEP_PRE_HOOKS, "Core", "2.0/0/pre_upgrade.php", "pre_hooks:Core:2.0/0/pre_upgrade.php"},
    [FILES] = {STEP_FILES, "Core", NULL, "files:Core"},
    [REBUILD] = {STEP_REBUILD, NULL, NULL, "rebuild"},
    [LABELS] = {STEP_LABELS, "Core", NULL, "labels:Core"},
    /* Seen only once the files are there. */
    [HIDDEN] = {STEP_LABELS, "A\\B", NULL, "labels:A\\B"},
};

static struct {
    bool done[STEPS];
    bool shows_hidden;
    int fails;         /* this step fails, -1 none */
    enum err_kind how; /* with this kind */
    int lies;          /* this step claims success, its re-reading finds it was not */
    int cannot;        /* this step can't be run */
    int danger;        /* this one may have begun */
    bool repeatable;
    int makes_stale;
    bool plan_fails;
    int asks_to_stop; /* while this step runs, the user asks to stop */
    char ran[200];
    char begun[200]; /* what the journal said of the running step, at the moment it ran */
    unsigned dry;
} shop;

static volatile sig_atomic_t stop;
static struct store store;
static struct store_opts opts = {.stop = &stop};
static struct rescue r;
static struct resume_result res;
static struct err e;
static char top[64];
static char shown[2000];

static int fake_plan(struct store *s, struct plan *p, struct err *why)
{
    (void)s;
    if (shop.plan_fails)
        return err_set(why, ERR_IO, "the store went away");
    p->state = UPGRADE_INTERRUPTED;
    p->to = "2.0";
    p->started = "2020-01-02 03:04:05";
    for (int i = 0; i < STEPS; i++) {
        struct step *st;

        if (i == HIDDEN && !shop.shows_hidden)
            continue;
        st = plan_add(p, known[i].kind, known[i].entry, known[i].detail);
        st->can_run = i != shop.cannot;
        st->why_not = i == shop.cannot ? "its pack is gone" : NULL;
        st->repeatable = i != HOOK || shop.repeatable;
        if (shop.done[i])
            st->state = STEP_DONE;
        else if (i == shop.danger)
            st->danger = "it may have begun";
    }
    return 0;
}

static int index_of_step(const struct step *st)
{
    for (int i = 0; i < STEPS; i++)
        if (strcmp(known[i].id, st->id) == 0)
            return i;
    fail_msg("no step %s", st->id);
    return -1;
}

static void add(char *to, size_t room, const char *text)
{
    size_t n = strlen(to);

    snprintf(to + n, room - n, "%s ", text);
}

static int fake_run(struct store *s, struct plan *p, struct step *st, struct work *w, struct err *why)
{
    int i = index_of_step(st);

    (void)s;
    add(shop.ran, sizeof shop.ran, st->id);
    if (w->dry_run) {
        shop.dry++;
        return w->note(w, "k", STR("v"), why);
    }
    if (r.journal.file) {
        struct case_step c;

        assert_int_equal(case_file_step(r.journal.file, r.journal.id, st->id, &c, why), 0);
        add(shop.begun, sizeof shop.begun, c.state == CASE_STEP_BEGUN ? "begun" : "?");
    }
    w->say(w, "working on %s", st->id);
    w->progress(w, "Working", 1, 2);
    if (w->note(w, "at", STR("12"), why) < 0)
        return -1;
    if (i == shop.asks_to_stop)
        stop = 1;
    if (i == shop.fails)
        return err_set(why, shop.how, "%s broke", st->id);
    if (i != shop.lies)
        shop.done[i] = true;
    if (i == shop.makes_stale) {
        p->stale = true;
        shop.shows_hidden = true;
    }
    return 0;
}

static int fake_recheck(struct store *s, struct plan *p, struct step *st, struct err *why)
{
    (void)s;
    (void)p;
    return shop.done[index_of_step(st)] ? 0 : err_set(why, ERR_MISMATCH, "%s is not as it has to be", st->id);
}

static const struct platform fake = {
    .name = "fake", .title = "Fake", .plan = fake_plan, .run = fake_run, .recheck = fake_recheck};

static void ui_begin(void *ctx, const struct step *s, size_t number, size_t total)
{
    char line[120];

    (void)ctx;
    snprintf(line, sizeof line, "[%zu/%zu %s]", number, total, s->id);
    add(shown, sizeof shown, line);
}

static void ui_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    (void)ctx;
    assert_string_equal(what, "Working");
    assert_true(done <= total);
}

static void ui_say(void *ctx, struct str line)
{
    (void)ctx;
    assert_true(str_starts(line, STR("working on ")));
}

static void ui_end(void *ctx, const struct step *s, bool done, uint64_t ns)
{
    (void)ctx;
    (void)s;
    (void)ns;
    add(shown, sizeof shown, done ? "ok" : "FAILED");
}

static const struct work_ui ui = {NULL, ui_begin, ui_progress, ui_say, ui_end};

static int setup(void **state)
{
    char dir[96];

    (void)state;
    memset(&shop, 0, sizeof shop);
    shop.fails = shop.lies = shop.cannot = shop.danger = shop.makes_stale = shop.asks_to_stop = -1;
    shop.how = ERR_CHILD;
    stop = 0;
    err_clear(&e);
    snprintf(top, sizeof top, "/tmp/test_resume.XXXXXX");
    assert_non_null(mkdtemp(top));
    snprintf(dir, sizeof dir, "%s/shop", top);
    assert_int_equal(mkdir(dir, 0755), 0);
    memset(&store, 0, sizeof store);
    store.platform = &fake;
    store.opts = &opts;
    assert_int_equal(tree_open(&store.tree, dir, &e), 0);
    return 0;
}

static int teardown(void **state)
{
    struct tree tmp = {0};
    struct err ignored = {0};

    (void)state;
    tree_close(&store.tree);
    if (tree_open(&tmp, "/tmp", &ignored) == 0)
        tree_remove_tree(&tmp, top + strlen("/tmp/"), false, &ignored);
    tree_close(&tmp);
    return 0;
}

/* One run of the program. */
static int run(const struct resume_opts *o)
{
    struct tree undo = {0};
    int rc;

    shop.ran[0] = shop.begun[0] = shown[0] = '\0';
    err_clear(&e);
    if (rescue_begin(&r, &store, NULL, "toolkit resume", &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(rescue_undo_tree(&r, &undo, &e), 0);
    rc = resume_run(&store, &r.plan, &r.journal, &undo, o, &ui, &res, &e);
    tree_close(&undo);
    return rc;
}

static void end(void)
{
    rescue_close(&r);
}

static enum case_step_state journalled(int i)
{
    struct case_step c;

    assert_int_equal(case_file_step(r.journal.file, r.journal.id, known[i].id, &c, &e), 0);
    return c.state;
}

static bool case_is_finished(void)
{
    struct case_key key = {.platform = "fake", .to = "2.0", .started = "2020-01-02 03:04:05"};
    struct case_info info;

    assert_int_equal(case_file_find(r.journal.file, &key, &info, &e), 1);
    return info.state == CASE_FINISHED;
}

#define ALL "check pre_hooks:Core:2.0/0/pre_upgrade.php files:Core rebuild labels:Core "

static void open_steps_run_in_order_each_journalled(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, ALL);
    assert_string_equal(shop.begun, "begun begun begun begun begun ");
    assert_string_equal(shown,
                        "[1/5 check] ok [2/5 pre_hooks:Core:2.0/0/pre_upgrade.php] ok [3/5 files:Core] ok "
                        "[4/5 rebuild] ok [5/5 labels:Core] ok ");
    assert_int_equal(res.wanted, 5);
    assert_int_equal(res.done, 5);
    assert_null(res.stopped_at);
    for (int i = 0; i < HIDDEN; i++)
        assert_int_equal(journalled(i), CASE_STEP_DONE);
    assert_true(case_is_finished());
    end();
    /* A second run has nothing to do. */
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, "");
    assert_int_equal(res.wanted, 0);
    end();
}

static void steps_that_are_done_are_passed_over(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.done[FIRST] = shop.done[FILES] = true;
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, "pre_hooks:Core:2.0/0/pre_upgrade.php rebuild labels:Core ");
    assert_int_equal(res.wanted, 3);
    end();
}

static void a_failure_ends_the_run(void **state)
{
    struct resume_opts o = {0};
    struct case_step c;

    (void)state;
    shop.fails = FILES;
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "check pre_hooks:Core:2.0/0/pre_upgrade.php files:Core ");
    assert_int_equal(res.done, 2);
    assert_int_equal(res.wanted, 5);
    assert_string_equal(res.stopped_at->id, "files:Core");
    assert_true(res.may_have_changed);
    assert_false(res.needs_again);
    assert_false(res.by_user);
    assert_string_equal(e.text, "files:Core broke");
    assert_int_equal(case_file_step(r.journal.file, r.journal.id, "files:Core", &c, &e), 0);
    assert_int_equal(c.state, CASE_STEP_FAILED);
    assert_string_equal(c.text, "files:Core broke");
    assert_int_equal(journalled(REBUILD), CASE_STEP_NONE);
    assert_false(case_is_finished());
    end();
    /* The next run begins with it. */
    shop.fails = -1;
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, "files:Core rebuild labels:Core ");
    assert_true(case_is_finished());
    end();
}

/* A step is done when re-reading says so, not when it says so itself. */
static void what_is_not_found_on_re_reading_has_failed(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.lies = REBUILD;
    assert_int_equal(run(&o), -1);
    assert_int_equal(e.kind, ERR_MISMATCH);
    assert_string_equal(res.stopped_at->id, "rebuild");
    assert_int_equal(journalled(REBUILD), CASE_STEP_FAILED);
    assert_int_equal(journalled(LABELS), CASE_STEP_NONE);
    end();
}

static void what_stops_before_its_first_action_is_not_failed(void **state)
{
    static const struct {
        enum err_kind how;
        enum case_step_state want;
    } table[] = {
        {ERR_ABSENT, CASE_STEP_REFUSED}, {ERR_REFUSED, CASE_STEP_REFUSED}, {ERR_STOPPED, CASE_STEP_PAUSED},
        {ERR_CHILD, CASE_STEP_FAILED},   {ERR_MISMATCH, CASE_STEP_FAILED}, {ERR_DB, CASE_STEP_FAILED},
        {ERR_IO, CASE_STEP_FAILED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct resume_opts o = {.again = true};

        shop.fails = HOOK;
        shop.how = table[i].how;
        assert_int_equal(run(&o), -1);
        assert_int_equal(journalled(HOOK), table[i].want);
        assert_int_equal(e.kind, table[i].how);
        end();
    }
}

/* An attempt that could not begin says nothing of the one before it. */
static void a_refused_attempt_does_not_hide_a_failed_one(void **state)
{
    struct resume_opts o = {.again = true};

    (void)state;
    shop.fails = HOOK;
    shop.how = ERR_CHILD;
    assert_int_equal(run(&o), -1);
    end();
    shop.how = ERR_ABSENT;
    assert_int_equal(run(&o), -1);
    assert_int_equal(journalled(HOOK), CASE_STEP_FAILED);
    end();
}

/* A hook that failed in our own hands is not repeated by the next run unless asked. */
static void a_hook_of_ours_that_failed_needs_again(void **state)
{
    struct resume_opts o = {0};
    struct resume_opts again = {.again = true};

    (void)state;
    shop.fails = HOOK;
    assert_int_equal(run(&o), -1);
    end();
    shop.fails = -1;
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "");
    assert_true(res.needs_again);
    assert_false(res.may_have_changed);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_non_null(strstr(e.text, "pre_upgrade.php"));
    assert_non_null(strstr(e.fix, "--again"));
    assert_int_equal(journalled(HOOK), CASE_STEP_FAILED);
    end();
    assert_int_equal(run(&again), 0);
    end();
}

static void what_may_have_begun_is_not_repeated_unasked(void **state)
{
    struct resume_opts o = {0};
    struct resume_opts again = {.again = true};

    (void)state;
    shop.danger = HOOK;
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "check ");
    assert_string_equal(res.stopped_at->id, "pre_hooks:Core:2.0/0/pre_upgrade.php");
    assert_true(res.needs_again);
    assert_int_equal(journalled(HOOK), CASE_STEP_NONE);
    end();
    /* A run that was refused leaves no trace that makes the next one bolder. */
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "");
    assert_true(res.needs_again);
    end();
    shop.repeatable = true;
    assert_int_equal(run(&o), 0);
    end();
    memset(shop.done, 0, sizeof shop.done);
    shop.repeatable = false;
    assert_int_equal(run(&again), 0);
    end();
}

static void what_can_not_be_run_says_why(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.cannot = FILES;
    assert_int_equal(run(&o), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_string_equal(e.text, "files:Core: its pack is gone");
    assert_int_equal(journalled(FILES), CASE_STEP_NONE);
    end();
}

static void from_and_until(void **state)
{
    struct resume_opts middle = {.from = "files", .until = "rebuild"};
    struct resume_opts empty = {.from = "rebuild", .until = "check"};
    struct resume_opts until = {.until = "pre_hooks:Core"};
    struct resume_opts rest = {.from = "labels:Core"};

    (void)state;
    assert_int_equal(run(&empty), 0);
    assert_string_equal(shop.ran, "");
    end();
    assert_int_equal(run(&middle), 0);
    assert_string_equal(shop.ran, "files:Core rebuild ");
    assert_false(case_is_finished());
    end();
    assert_int_equal(run(&rest), 0);
    assert_string_equal(shop.ran, "labels:Core ");
    assert_false(case_is_finished());
    end();
    assert_int_equal(run(&until), 0);
    assert_string_equal(shop.ran, "check pre_hooks:Core:2.0/0/pre_upgrade.php ");
    assert_true(case_is_finished());
    end();
}

static void names_that_select_nothing(void **state)
{
    static const char *const bad[] = {"file", "labels:Cor", "undo"};
    static const char *const some[] = {"labels", "nonsense"};
    struct resume_opts only = {.only = some, .only_n = 2};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct resume_opts from = {.from = bad[i]};
        struct resume_opts until = {.until = bad[i]};

        assert_int_equal(run(&from), -1);
        assert_int_equal(e.kind, ERR_USAGE);
        assert_non_null(strstr(e.text, bad[i]));
        assert_non_null(strstr(e.text, "check, pre_hooks, files, rebuild, labels"));
        assert_string_equal(shop.ran, "");
        assert_null(res.stopped_at);
        end();
        assert_int_equal(run(&until), -1);
        assert_int_equal(e.kind, ERR_USAGE);
        end();
    }
    assert_int_equal(run(&only), -1);
    assert_string_equal(shop.ran, "");
    assert_false(res.may_have_changed);
    end();
}

static void chosen_steps_run_whatever_their_state(void **state)
{
    static const char *const names[] = {"labels", "files"};
    static const char *const hook[] = {"pre_hooks"};
    struct resume_opts only = {.only = names, .only_n = 2};
    struct resume_opts one = {.only = hook, .only_n = 1};
    struct resume_opts again = {.only = hook, .only_n = 1, .again = true};

    (void)state;
    for (int i = 0; i < HIDDEN; i++)
        shop.done[i] = true;
    assert_int_equal(run(&only), 0);
    assert_string_equal(shop.ran, "files:Core labels:Core ");
    end();
    /* A hook that is done is not done again because somebody names it. */
    assert_int_equal(run(&one), -1);
    assert_string_equal(shop.ran, "");
    assert_true(res.needs_again);
    end();
    assert_int_equal(run(&again), 0);
    assert_string_equal(shop.ran, "pre_hooks:Core:2.0/0/pre_upgrade.php ");
    end();
}

static void a_dry_run_changes_nothing(void **state)
{
    struct resume_opts o = {.dry_run = true};
    struct plan p = {0};

    (void)state;
    shop.ran[0] = '\0';
    shop.makes_stale = FILES;
    assert_int_equal(fake_plan(&store, &p, &e), 0);
    assert_int_equal(resume_run(&store, &p, NULL, NULL, &o, &ui, &res, &e), 0);
    assert_string_equal(shop.ran, ALL);
    assert_int_equal(shop.dry, 5);
    assert_int_equal(res.wanted, 5);
    assert_false(res.may_have_changed);
    for (int i = 0; i < STEPS; i++)
        assert_false(shop.done[i]);
    plan_free(&p);
    /* With a journal of an earlier run at hand it writes nothing there either. */
    shop.fails = FILES;
    o.dry_run = false;
    assert_int_equal(run(&o), -1);
    end();
    o.dry_run = true;
    shop.fails = -1;
    assert_int_equal(rescue_begin(&r, &store, NULL, "x", &e), 0);
    assert_int_equal(resume_run(&store, &r.plan, &r.journal, NULL, &o, &ui, &res, &e), 0);
    assert_int_equal(journalled(FILES), CASE_STEP_FAILED);
    assert_int_equal(journalled(REBUILD), CASE_STEP_NONE);
    assert_false(case_is_finished());
    end();
}

static void a_wish_to_stop_is_met_between_two_steps(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.asks_to_stop = FILES;
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "check pre_hooks:Core:2.0/0/pre_upgrade.php files:Core ");
    assert_int_equal(e.kind, ERR_STOPPED);
    assert_true(res.by_user);
    assert_int_equal(res.done, 3);
    assert_string_equal(res.stopped_at->id, "rebuild");
    assert_int_equal(journalled(FILES), CASE_STEP_DONE);
    assert_int_equal(journalled(REBUILD), CASE_STEP_NONE);
    end();
    stop = 0;
    shop.asks_to_stop = -1;
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, "rebuild labels:Core ");
    end();
    /* Asked before the first step: nothing runs. */
    memset(shop.done, 0, sizeof shop.done);
    stop = 1;
    assert_int_equal(run(&o), -1);
    assert_string_equal(shop.ran, "");
    assert_false(res.may_have_changed);
    end();
}

static void a_step_that_brings_others_to_light(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.makes_stale = FILES;
    assert_int_equal(run(&o), 0);
    assert_string_equal(shop.ran, ALL "labels:A\\B ");
    assert_int_equal(res.done, 6);
    assert_int_equal(res.wanted, 6);
    assert_true(case_is_finished());
    end();
}

/* After the step that made the plan stale the store can't be read: what was done stays said, and it is no usage error. */
static void a_store_that_can_not_be_read_again(void **state)
{
    struct resume_opts o = {0};

    (void)state;
    shop.makes_stale = FIRST;
    if (rescue_begin(&r, &store, NULL, "x", &e) < 0)
        fail_msg("%s", e.text);
    shop.plan_fails = true;
    assert_int_equal(resume_run(&store, &r.plan, &r.journal, NULL, &o, &ui, &res, &e), -1);
    assert_string_equal(e.text, "the store went away");
    assert_int_equal(e.kind, ERR_IO);
    assert_true(res.may_have_changed);
    assert_int_equal(res.done, 1);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open_steps_run_in_order_each_journalled, setup, teardown),
        cmocka_unit_test_setup_teardown(steps_that_are_done_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failure_ends_the_run, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_found_on_re_reading_has_failed, setup, teardown),
        cmocka_unit_test_setup_teardown(what_stops_before_its_first_action_is_not_failed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refused_attempt_does_not_hide_a_failed_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hook_of_ours_that_failed_needs_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_may_have_begun_is_not_repeated_unasked, setup, teardown),
        cmocka_unit_test_setup_teardown(what_can_not_be_run_says_why, setup, teardown),
        cmocka_unit_test_setup_teardown(from_and_until, setup, teardown),
        cmocka_unit_test_setup_teardown(names_that_select_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(chosen_steps_run_whatever_their_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dry_run_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wish_to_stop_is_met_between_two_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(a_step_that_brings_others_to_light, setup, teardown),
        cmocka_unit_test_setup_teardown(a_store_that_can_not_be_read_again, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
