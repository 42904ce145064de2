/*
 * Kills, lost sessions and a busy shop while dumps are loaded and tables change places on a real server (shadow_live.h): afterwards the
 * live tables are wholly on one side.
 */
#include "base/clock.h"
#include "shadow_live.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KILLS 24

/* The shop reads in a transaction of two seconds when the tables are to change places. */
static void test_busy_shop(void **state)
{
    struct live f;
    pid_t shop;
    int status;

    (void)state;
    real_need();
    live_fresh();
    live_open(&f, SHADOW_AUTO);
    live_must(live_load(&f, str_of(live_new_dump)));
    shop = fork();
    assert_true(shop >= 0);
    if (shop == 0) {
        struct mysql *m;
        int r = mysql_open(&m, &f.db, &real_err);

        if (r == 0)
            r = mysql_exec(m, STR("START TRANSACTION"), NULL, &real_err);
        if (r == 0)
            r = mysql_exec(m, STR("SELECT * FROM p"), NULL, &real_err);
        if (r == 0)
            r = mysql_exec(m, STR("DO SLEEP(2)"), NULL, &real_err);
        mysql_close(m);
        _exit(r == 0 ? 0 : 1);
    }
    usleep(300000);
    live_must(shadow_switch(f.s, &real_err));
    live_assert("new");
    assert_int_equal(waitpid(shop, &status, 0), shop);
    assert_int_equal(status, 0);
    live_must(shadow_drop(f.s, NULL, &real_err));
    live_close(&f);
    live_assert("new");
}

static void child_work(bool back)
{
    struct live f;

    live_open(&f, SHADOW_AUTO);
    if (!back && shadow_state(f.s) == SHADOW_NONE && live_load(&f, str_of(live_new_dump)) != 0)
        _exit(1);
    if ((back ? shadow_back(f.s, &real_err) : shadow_switch(f.s, &real_err)) != 0)
        _exit(1);
    _exit(0);
}

/* How many microseconds the work takes when nobody kills it; then it is killed at moments all over that time. */
static uint64_t timed(bool back)
{
    uint64_t start = clock_mono_ns();
    pid_t pid = fork();
    int status;

    if (pid == 0)
        child_work(back);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return (clock_mono_ns() - start) / 1000;
}

static void test_kills(void **state)
{
    uint64_t there;
    uint64_t back;
    unsigned k;

    (void)state;
    real_need();
    live_fresh();
    there = timed(false);
    live_assert("new");
    back = timed(true);
    live_assert("old");
    for (k = 0; k < KILLS; k++) {
        bool backwards = k % 3 == 2;
        struct live f;
        pid_t pid;
        int status;

        live_fresh();
        if (backwards)
            (void)timed(false);
        pid = fork();
        if (pid == 0)
            child_work(backwards);
        usleep((useconds_t)((backwards ? back : there) * (k + 1) / (KILLS + 1)));
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        live_open(&f, SHADOW_AUTO);
        if (shadow_state(f.s) == SHADOW_NONE) {
            live_assert("old");
            live_must(live_load(&f, str_of(live_new_dump)));
        }
        if (shadow_state(f.s) == SHADOW_BACK) {
            live_must(shadow_back(f.s, &real_err));
            live_assert("old");
        } else if (k % 2 == 0) {
            live_must(shadow_switch(f.s, &real_err));
            live_assert("new");
        } else {
            live_must(shadow_back(f.s, &real_err));
            live_assert("old");
        }
        live_close(&f);
    }
}

/* A switch that was killed while it wrote down what it replaces: nothing was taken away, so nothing is put back or dropped. */
static void test_killed_among_notes(void **state)
{
    struct live f;

    (void)state;
    real_need();
    live_fresh();
    live_open(&f, SHADOW_AUTO);
    live_must(live_load(&f, str_of(live_new_dump)));
    real_run(real_root, "INSERT INTO " LIVE "__tk_t._tkt_ready VALUES ('old', 'table', 'p', 999, 'p', '', '', 0)");
    live_must(shadow_back(f.s, &real_err));
    live_assert("old");
    live_must(shadow_switch(f.s, &real_err));
    live_assert("new");
    live_must(shadow_back(f.s, &real_err));
    live_assert("old");
    live_close(&f);
}

/* Changes the table p without a pause until it is killed. */
static pid_t busy_owner(const struct mysql_opts *db)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct mysql *m;
        int r = mysql_open(&m, db, &real_err);

        while (r == 0)
            r = mysql_exec(m, STR("ALTER TABLE p COMMENT='busy'"), NULL, &real_err);
        _exit(1);
    }
    return pid;
}

/* What a server leaves out of its answers, because somebody is changing it, is not taken for absent. */
static void test_owner_at_work(void **state)
{
    unsigned k;

    (void)state;
    real_need();
    for (k = 0; k < 3; k++) {
        struct live f;
        pid_t owner;

        live_fresh();
        live_open(&f, SHADOW_AUTO);
        live_must(live_load(&f, str_of(live_new_dump)));
        owner = busy_owner(&f.db);
        assert_true(owner > 0);
        usleep(20000);
        live_must(shadow_switch(f.s, &real_err));
        kill(owner, SIGKILL);
        assert_int_equal(waitpid(owner, NULL, 0), owner);
        live_assert("new");
        live_must(shadow_back(f.s, &real_err));
        live_assert("old");
        live_close(&f);
    }
}

/* A further session of a run that was killed is ended, before anybody looks at what it has done. */
static void test_orphan(void **state)
{
    struct live f;
    pid_t orphan;

    (void)state;
    real_need();
    live_fresh();
    live_open(&f, SHADOW_AUTO);
    orphan = fork();
    assert_true(orphan >= 0);
    if (orphan == 0) {
        struct mysql *m;
        int r = mysql_open(&m, &f.db, &real_err);

        if (r == 0)
            r = mysql_exec(m, STR("DO GET_LOCK('tk_t_2', 0)"), NULL, &real_err);
        if (r == 0)
            r = mysql_exec(m, STR("DO SLEEP(100)"), NULL, &real_err);
        _exit(r == 0 ? 0 : 1);
    }
    live_close(&f);
    while (!live_has("SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'DO SLEEP(100)'"))
        usleep(10000);
    live_open(&f, SHADOW_AUTO);
    assert_false(live_has("SELECT COALESCE(IS_USED_LOCK('tk_t_2'), 0)"));
    live_close(&f);
    assert_int_equal(waitpid(orphan, NULL, 0), orphan);
}

static void test_connection_killed(void **state)
{
    struct buf sql = {0};
    struct buf b = {0};
    struct live f;
    unsigned i;
    bool found;
    int r;

    (void)state;
    real_need();
    live_fresh();
    live_open(&f, SHADOW_AUTO);
    live_must(shadow_load_begin(f.s, &f.facts, &real_err));
    live_must(shadow_file(f.s, "dump.sql", &real_err));
    live_must(shadow_feed(f.s, STR("CREATE TABLE a (id int primary key, t text) ENGINE=InnoDB;\n"), &real_err));
    live_must(mysql_value(real_root, STR("SELECT id FROM information_schema.processlist WHERE db='" LIVE "__tk_t' ORDER BY id LIMIT 1"), &b,
                          &found, &real_err));
    assert_true(found);
    buf_printf(&sql, "KILL %s", buf_cstr(&b));
    real_run(real_root, buf_cstr(&sql));
    for (i = 0, r = 0; r == 0 && i < 20000; i++) {
        buf_reset(&sql);
        buf_printf(&sql, "INSERT INTO a VALUES (%u, '%0900d');\n", i, 1);
        r = shadow_feed(f.s, buf_str(&sql), &real_err);
    }
    assert_int_equal(r, -1);
    assert_int_equal(real_err.kind, ERR_DB);
    assert_true(str_has(str_of(real_err.text), STR("dump.sql: line ")));
    live_close(&f);
    live_assert("old");
    buf_free(&sql);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_busy_shop),
        cmocka_unit_test(test_connection_killed),
        cmocka_unit_test(test_killed_among_notes),
        cmocka_unit_test(test_owner_at_work),
        cmocka_unit_test(test_orphan),
        cmocka_unit_test(test_kills),
    };

    return cmocka_run_group_tests(tests, live_begin, live_end);
}
