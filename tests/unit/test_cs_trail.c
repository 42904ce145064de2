#include "files.h"

#include "platform/cscart/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RULES                                                                              \
    "\n\n"                                                                                 \
    "################################################################################\n" \
    "################################################################################\n"
#define T "2017-08-09 20:00:24: "
#define START                                                                                                       \
    RULES T "Starting installation of the \"core\" upgrade package\n" T "Upgrading version 4.6.1 to 4.6.2\n" T      \
            "Executing pre-upgrade validators\n" T "Backup filename is \"upg_core_4.6.1-4.6.2_09Aug2017_200024\"\n" T \
            "Preparing restore script\n"
#define BACKUP T "Closing storefront\n" T "Backing up files and database\n" T "Backup created at \"/s/var/backups/a.zip\"\n"
#define MAIL   T "Sending upgrade information e-mail to: a@example.com\n" T "E-mail was successfully sent\n"
#define SCHEMA                                                                                                          \
    T "Executing 2 migrations found at package\n" T " -- createTable('phinxlog1502298024')\n" T                        \
      " == 20170101000000 OneTwo: migrating\n" T " == 20170101000000 OneTwo: migrated 0.1s\n" T " == 20170102000000 Three: migrating\n"

struct box {
    char root[64];
    struct store s;
    struct cs_trail t;
};

static void make(struct box *b, const char *log)
{
    struct err e = {0};

    memset(b, 0, sizeof *b);
    snprintf(b->root, sizeof b->root, "/tmp/toolkit-trail.XXXXXX");
    assert_non_null(mkdtemp(b->root));
    files_put(b->root, "var/upgrade/core_log.txt", log);
    assert_int_equal(tree_open(&b->s.tree, b->root, &e), 0);
    if (cs_trail_read(&b->s, &b->t, &e) < 0)
        fail_msg("%s", e.text);
}

static void drop(struct box *b)
{
    struct err e = {0};
    char *root = mem_strdup(b->root);

    cs_trail_free(&b->t);
    tree_remove_tree(&b->s.tree, "var", false, &e);
    tree_close(&b->s.tree);
    arena_free(&b->s.mem);
    remove(root);
    free(root);
}

static void stops_where_the_log_ends(void **state)
{
    static const struct {
        const char *log;
        enum cs_at at;
        bool stop;
    } table[] = {
        {START, CS_AT_PREPARE, false},
        {START T "Upgrade stopped: unable to prepare restore file.\n", CS_AT_PREPARE, true},
        {START T "Using chmod()... FAILED\n" T "FTP chmod result: FAILED\n", CS_AT_PREPARE, false},
        {START BACKUP, CS_AT_BACKUP, false},
        {START BACKUP T "Sending upgrade information e-mail to: a\n" T "Failed to send e-mail\n", CS_AT_MAIL, true},
        {START BACKUP MAIL, CS_AT_MAIL, false},
        {START BACKUP MAIL SCHEMA, CS_AT_SCHEMA, false},
        {START BACKUP MAIL SCHEMA T "Failed to execute migrations\n", CS_AT_SCHEMA, true},
        {START BACKUP MAIL T "No migrations found at package\n" T "Copying package files\n", CS_AT_COPY, false},
        {START BACKUP MAIL T "Copying package files\n" T "Installing \"en\" language... ", CS_AT_LABELS, false},
        {START BACKUP MAIL T "Executing post-upgrade script \"/x\"\n" T "Post-upgrade script executed successfully\n" T
                             "Sending upgrade information e-mail to: a\n" T "Failed to send e-mail\n", CS_AT_POST, false},
        {START BACKUP MAIL T "Copying package files\n" T "PHP Fatal Error: Allowed memory size of 1 bytes exhausted\n", CS_AT_COPY, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct box b;
        const struct cs_run *r;

        make(&b, table[i].log);
        r = cs_trail_last(&b.t);
        assert_non_null(r);
        if (r->at != table[i].at || (r->stop != NULL) != table[i].stop)
            fail_msg("row %zu: at %d, stop %d", i, (int)r->at, r->stop != NULL);
        assert_string_equal(r->from, "4.6.1");
        assert_false(b.t.finished);
        drop(&b);
    }
}

static void knows_migrations(void **state)
{
    struct box b;
    const struct cs_run *r;

    (void)state;
    make(&b, START BACKUP MAIL SCHEMA T "Tygh\\Exceptions\\DatabaseException: Duplicate column name 'x' in /s/a.php:1\nStack trace:\n"
                                        "#0 /s/var/upgrade/packages/core/content/migrations/20170102000000_three.php(9): a()\n" T
                                        "Failed to execute migrations\n");
    r = cs_trail_last(&b.t);
    assert_int_equal(r->migrations.n, 2);
    assert_non_null(r->migrations.v[0].done);
    assert_non_null(r->migrations.v[1].begun);
    assert_null(r->migrations.v[1].done);
    assert_int_equal(r->phinx, 1502298024);
    assert_string_equal(r->failed_migration, "20170102000000_three.php");
    assert_string_equal(r->backup, "/s/var/backups/a.zip");
    assert_non_null(r->migration_fault);
    drop(&b);
}

static void groups_attempts(void **state)
{
    struct box b;

    (void)state;
    make(&b, START BACKUP START BACKUP MAIL);
    assert_int_equal(b.t.runs.n, 2);
    drop(&b);
    /* Another upgrade, or one behind a finished one, begins a series of its own. */
    make(&b, RULES T "Starting installation of the \"core\" upgrade package\n" T "Upgrading version 4.6.0 to 4.6.1\n" START);
    assert_int_equal(b.t.runs.n, 1);
    drop(&b);
    make(&b, START T "Upgrade completed!\n" START);
    assert_int_equal(b.t.runs.n, 1);
    assert_false(b.t.finished);
    drop(&b);
    make(&b, START T "Upgrade completed!\n");
    assert_true(b.t.finished);
    drop(&b);
    make(&b, START BACKUP T CS_LOG_RESTORED_TEXT "\n");
    assert_non_null(b.t.restored);
    assert_false(b.t.given_up);
    drop(&b);
}

/* Before 4.4.3 a failed migration does not end the run. */
static void runs_on(void **state)
{
    struct box b;
    const struct cs_run *r;

    (void)state;
    make(&b, START BACKUP MAIL T "Copying package files\n" SCHEMA T "Failed to execute migrations\n" T "Cleaning cache\n" T "Upgrade completed!\n");
    r = cs_trail_last(&b.t);
    assert_true(b.t.finished);
    assert_null(r->stop);
    assert_non_null(r->migration_fault);
    assert_true(cs_rank(CS_GEN_B, CS_AT_COPY) < cs_rank(CS_GEN_B, CS_AT_SCHEMA));
    assert_true(cs_rank(CS_GEN_C, CS_AT_COPY) > cs_rank(CS_GEN_C, CS_AT_SCHEMA));
    drop(&b);
}

static void oldest_form(void **state)
{
    struct box b;
    const struct cs_run *r;

    (void)state;
    make(&b, "2015-04-29 12:01:56: \n2015-04-29 12:01:56: Start installation of the \"core\" upgrade package\n"
             "================================================\n2015-04-29 12:01:56: Get all available validators\n"
             "2015-04-29 12:01:56: Backup files and Database\n2015-04-29 12:01:56: Copy package files\n"
             "2015-04-29 12:01:56: Install the \\\"en\\\" language\n");
    r = cs_trail_last(&b.t);
    assert_int_equal(r->at, CS_AT_LABELS);
    assert_null(r->from);
    assert_int_equal(r->langs.n, 1);
    assert_string_equal(r->langs.v[0].code, "en");
    drop(&b);
}

static void bounds_attempts(void **state)
{
    struct buf log = {0};
    struct box b;

    (void)state;
    buf_adds(&log, START BACKUP);
    for (int i = 0; i < 300; i++)
        buf_adds(&log, START);
    make(&b, buf_cstr(&log));
    assert_true(b.t.runs.n <= 64);
    assert_true(b.t.more_runs);
    assert_non_null(b.t.runs.v[0]->backup);
    drop(&b);
    buf_free(&log);
}

static void cut_anywhere(void **state)
{
    static const char log[] = START BACKUP MAIL SCHEMA T "Upgrade completed!\n";

    (void)state;
    for (size_t n = 0; n < sizeof log; n += 7) {
        char *cut = mem_dup(log, n);
        struct box b;

        make(&b, cut);
        assert_false(b.t.finished && n + 2 < sizeof log - 1);
        drop(&b);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_where_the_log_ends), cmocka_unit_test(knows_migrations), cmocka_unit_test(groups_attempts),
        cmocka_unit_test(runs_on),                  cmocka_unit_test(oldest_form),      cmocka_unit_test(bounds_attempts),
        cmocka_unit_test(cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
