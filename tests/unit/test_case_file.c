/* The case file on a real disk, with deaths at every place between its calls. */
#include "db/case_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64];
static char path[96];
static struct err e;
static const struct case_key key = {.platform = "xcart5", .to = "5.3.6", .started = "2020-01-02 03:04:05"};

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/test_case_file.XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/case.db", dir);
    err_clear(&e);
    return 0;
}

static int teardown(void **state)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
    char name[128];

    (void)state;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
    return rmdir(dir);
}

static struct case_file *open_file(bool write)
{
    struct case_file *cf = NULL;

    if (case_file_open(&cf, path, write, &e) < 0)
        fail_msg("%s", e.text);
    return cf;
}

static int64_t create(struct case_file *cf)
{
    int64_t id = 0;

    assert_int_equal(case_file_create(cf, &key, "5.3.5", &id, &e), 0);
    assert_true(id > 0);
    return id;
}

static struct case_step step(struct case_file *cf, int64_t id, const char *name)
{
    struct case_step st;

    memset(&st, 0x55, sizeof st);
    assert_int_equal(case_file_step(cf, id, name, &st, &e), 0);
    return st;
}

static void reading_what_is_not_there(void **state)
{
    struct case_file *cf;

    (void)state;
    assert_int_equal(case_file_open(&cf, path, false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_null(cf);
    assert_int_equal(access(path, F_OK), -1);
    case_file_close(NULL);
}

static void a_case_is_found_by_its_upgrade(void **state)
{
    struct case_key other = key;
    struct case_key unknown = {0};
    struct case_info info;
    struct case_file *cf = open_file(true);
    int64_t first;
    int64_t second;

    (void)state;
    assert_int_equal(case_file_find(cf, &key, &info, &e), 0);
    first = create(cf);
    other.started = "2020-01-02 03:04:06";
    assert_int_equal(case_file_find(cf, &other, &info, &e), 0);
    other = key;
    other.to = "5.3.7";
    assert_int_equal(case_file_find(cf, &other, &info, &e), 0);
    assert_int_equal(case_file_find(cf, &unknown, &info, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == first);
    assert_string_equal(info.from, "5.3.5");
    assert_string_equal(info.to, "5.3.6");
    assert_int_equal(strlen(info.began), 19);
    assert_false(info.state == CASE_FINISHED);
    assert_int_equal(info.steps_done, 0);
    second = create(cf);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == second);
    /* An upgrade of which nothing is known is a key too. */
    assert_int_equal(case_file_create(cf, &unknown, NULL, &first, &e), 0);
    assert_int_equal(case_file_find(cf, &unknown, &info, &e), 1);
    assert_true(info.id == first);
    assert_string_equal(info.from, "");
    case_file_close(cf);
}

static void kinds_and_states_are_kept_apart(void **state)
{
    struct case_key restore = {.kind = CASE_RESTORE, .platform = "xcart5", .to = "5.3.6", .started = "2020-01-02 03:04:05"};
    struct case_info info;
    struct case_file *cf = open_file(true);
    int64_t first = create(cf);
    int64_t second;

    (void)state;
    assert_int_equal(case_file_find(cf, &restore, &info, &e), 0);
    assert_int_equal(case_file_create(cf, &restore, NULL, &second, &e), 0);
    assert_int_equal(case_file_find(cf, &restore, &info, &e), 1);
    assert_true(info.id == second && info.kind == CASE_RESTORE && info.state == CASE_OPEN);
    assert_string_equal(info.ended, "");
    assert_int_equal(case_file_newest(cf, CASE_KINDS, CASE_OPEN, &info, &e), 1);
    assert_true(info.id == second);
    assert_int_equal(case_file_newest(cf, CASE_UPGRADE, CASE_OPEN, &info, &e), 1);
    assert_true(info.id == first);
    assert_int_equal(case_file_newest(cf, CASE_UPGRADE, CASE_FINISHED, &info, &e), 0);
    /* What was undone is on record, and no longer the case of that upgrade. */
    assert_int_equal(case_file_set_state(cf, first, CASE_UNDONE, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 0);
    assert_int_equal(case_file_get(cf, first, &info, &e), 1);
    assert_true(info.state == CASE_UNDONE && info.kind == CASE_UPGRADE);
    assert_int_equal(strlen(info.ended), 19);
    assert_int_equal(case_file_get(cf, 99, &info, &e), 0);
    case_file_close(cf);
}

static void a_restore_ends_what_was_known_of_an_upgrade(void **state)
{
    struct case_key restore = {.kind = CASE_RESTORE, .platform = "xcart5", .to = "backup.zip"};
    struct case_info info;
    struct case_file *cf = open_file(true);
    int64_t upgrade = create(cf);
    int64_t id;

    (void)state;
    assert_int_equal(case_file_create(cf, &restore, NULL, &id, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 0);
    assert_int_equal(case_file_set_state(cf, id, CASE_UNDONE, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == upgrade);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    assert_int_equal(case_file_clean(cf, id, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 0);
    upgrade = create(cf);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == upgrade);
    case_file_close(cf);
}

/* Cleaning frees space and says nothing new: what was undone stays undone. */
static void undone_and_cleaned(void **state)
{
    struct case_key restore = {.kind = CASE_RESTORE, .platform = "xcart5", .to = "backup.zip"};
    struct case_info info;
    struct case_file *cf = open_file(true);
    int64_t first = create(cf);
    int64_t second;

    (void)state;
    assert_int_equal(case_file_create(cf, &restore, NULL, &second, &e), 0);
    assert_int_equal(case_file_set_state(cf, second, CASE_UNDONE, &e), 0);
    assert_int_equal(case_file_clean(cf, second, &e), 0);
    assert_int_equal(case_file_get(cf, second, &info, &e), 1);
    assert_int_equal(info.state, CASE_CLEANED);
    assert_int_equal(case_file_newest(cf, CASE_RESTORE, CASE_CLEANED, &info, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == first);
    second = create(cf);
    assert_int_equal(case_file_set_state(cf, second, CASE_UNDONE, &e), 0);
    assert_int_equal(case_file_clean(cf, second, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == first);
    assert_int_equal(case_file_set_state(cf, first, CASE_FINISHED, &e), 0);
    assert_int_equal(case_file_clean(cf, first, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == first && info.state == CASE_CLEANED);
    assert_int_equal(case_file_newest(cf, CASE_UPGRADE, CASE_CLEANED, &info, &e), 1);
    assert_true(info.id == first);
    case_file_close(cf);
}

static void a_case_follows_another(void **state)
{
    struct case_info info;
    struct case_file *cf = open_file(true);
    struct manifest m = {0};
    struct buf value = {0};
    struct digest d = {.alg = HASH_MD5};
    int64_t first = create(cf);
    int64_t second;

    (void)state;
    manifest_add(&m, STR("a.php"), &d, "pack");
    assert_int_equal(case_file_keep_manifest(cf, first, &m, &e), 0);
    manifest_free(&m);
    assert_int_equal(case_file_end_step(cf, first, "files:Core", CASE_STEP_DONE, "", &e), 0);
    assert_int_equal(case_file_note(cf, first, "files:Core", "at", STR("7"), &e), 0);
    assert_int_equal(case_file_note(cf, first, "", "logs", STR("x"), &e), 0);
    assert_int_equal(case_file_clean(cf, first, &e), 0);
    assert_int_equal(case_file_get(cf, first, &info, &e), 1);
    assert_int_equal(case_file_follow(cf, &info, &key, "5.3.5", &second, &e), 0);
    assert_true(second > first);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.id == second && info.state == CASE_OPEN);
    assert_int_equal(step(cf, second, "files:Core").state, CASE_STEP_DONE);
    assert_int_equal(case_file_noted(cf, second, "files:Core", "at", &value, &e), 1);
    assert_true(str_is(buf_str(&value), "7"));
    /* What the old one noted of its own way back is not this one's. */
    assert_int_equal(case_file_noted(cf, second, "", "logs", &value, &e), 0);
    assert_int_equal(case_file_manifest(cf, second, &m, &e), 0);
    assert_int_equal(m.entries.n, 1);
    manifest_free(&m);
    buf_free(&value);
    case_file_close(cf);
}

static void a_step_from_begin_to_end(void **state)
{
    struct case_file *cf = open_file(true);
    int64_t id = create(cf);
    struct case_step st;
    struct case_info info;
    char text[2000];

    (void)state;
    assert_int_equal(step(cf, id, "files:Core").state, CASE_STEP_NONE);
    assert_int_equal(case_file_begin_step(cf, id, "files:Core", &e), 0);
    st = step(cf, id, "files:Core");
    assert_int_equal(st.state, CASE_STEP_BEGUN);
    assert_int_equal(strlen(st.at), 19);
    assert_string_equal(st.text, "");
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(case_file_end_step(cf, id, "files:Core", CASE_STEP_FAILED, text, &e), 0);
    st = step(cf, id, "files:Core");
    assert_int_equal(st.state, CASE_STEP_FAILED);
    assert_int_equal(strlen(st.text), sizeof st.text - 1);
    assert_int_equal(case_file_end_step(cf, id, "files:Core", CASE_STEP_PAUSED, "stopped", &e), 0);
    assert_int_equal(step(cf, id, "files:Core").state, CASE_STEP_PAUSED);
    assert_int_equal(case_file_end_step(cf, id, "files:Core", CASE_STEP_DONE, "", &e), 0);
    st = step(cf, id, "files:Core");
    assert_int_equal(st.state, CASE_STEP_DONE);
    assert_string_equal(st.text, "");
    /* Neither another step nor another case is touched. */
    assert_int_equal(step(cf, id, "files").state, CASE_STEP_NONE);
    assert_int_equal(step(cf, id + 1, "files:Core").state, CASE_STEP_NONE);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_int_equal(info.steps_done, 1);
    assert_int_equal(case_file_set_state(cf, id, CASE_FINISHED, &e), 0);
    assert_int_equal(case_file_find(cf, &key, &info, &e), 1);
    assert_true(info.state == CASE_FINISHED);
    case_file_close(cf);
}

/* A child does `calls` of the calls of a step and dies by SIGKILL, file open. */
static void die_after(int calls)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct case_file *cf = NULL;
        int64_t id = 0;

        if (case_file_open(&cf, path, true, &e) == 0 && calls > 0 &&
            case_file_create(cf, &key, NULL, &id, &e) == 0 && calls > 1 &&
            case_file_begin_step(cf, id, "labels:Core", &e) == 0 && calls > 2 &&
            case_file_note(cf, id, "labels:Core", "at", STR("42"), &e) == 0 && calls > 3)
            case_file_end_step(cf, id, "labels:Core", CASE_STEP_DONE, "", &e);
        kill(getpid(), SIGKILL);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void what_was_written_survives_a_kill(void **state)
{
    (void)state;
    for (int calls = 0; calls <= 4; calls++) {
        struct buf value = {0};
        struct case_info info;
        struct case_file *cf;
        int found;

        unlink(path);
        die_after(calls);
        cf = open_file(false);
        found = case_file_find(cf, &key, &info, &e);
        assert_int_equal(found, calls >= 1);
        if (found == 1) {
            static const enum case_step_state want[] = {CASE_STEP_NONE, CASE_STEP_NONE, CASE_STEP_BEGUN,
                                                        CASE_STEP_BEGUN, CASE_STEP_DONE};

            assert_int_equal(step(cf, info.id, "labels:Core").state, want[calls]);
            assert_int_equal(case_file_noted(cf, info.id, "labels:Core", "at", &value, &e), calls >= 3);
        }
        buf_free(&value);
        case_file_close(cf);
    }
}

static void die_in_a_transaction(int64_t id)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        sqlite3 *db = NULL;
        char sql[300];

        /* So little memory that pages go to the file before the transaction ends. */
        snprintf(sql, sizeof sql,
                 "PRAGMA cache_size=2; BEGIN IMMEDIATE; DELETE FROM steps;"
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 500)"
                 " INSERT INTO notes SELECT %lld, 's', i, zeroblob(2000) FROM n;",
                 (long long)id);
        if (sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

/* The next to look rolls back what was cut, also when it only wants to look. */
static void a_transaction_that_was_cut_is_as_if_never_begun(void **state)
{
    struct case_file *cf = open_file(true);
    int64_t id = create(cf);
    struct buf value = {0};
    char journal[128];

    (void)state;
    assert_int_equal(case_file_begin_step(cf, id, "files:Core", &e), 0);
    case_file_close(cf);
    die_in_a_transaction(id);
    snprintf(journal, sizeof journal, "%s-journal", path);
    assert_int_equal(access(journal, F_OK), 0);
    cf = open_file(false);
    assert_int_equal(step(cf, id, "files:Core").state, CASE_STEP_BEGUN);
    assert_int_equal(case_file_noted(cf, id, "s", "1", &value, &e), 0);
    assert_int_equal(case_file_begin_step(cf, id, "x", &e), -1);
    case_file_close(cf);
    buf_free(&value);
}

/* The manifest is one transaction: what a reader sees beside the writer is all of it or nothing. */
static void a_large_manifest_is_whole_for_another_reader(void **state)
{
    struct manifest m = {0};
    struct manifest back = {0};
    struct digest d = {.alg = HASH_MD5};
    struct case_file *cf = open_file(true);
    struct case_file *other;
    int64_t id = create(cf);
    char name[64];

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "classes/file%03d.php", i);
        manifest_add(&m, str_of(name), &d, "pack");
    }
    assert_int_equal(case_file_keep_manifest(cf, id, &m, &e), 0);
    other = open_file(false);
    assert_int_equal(case_file_manifest(other, id, &back, &e), 0);
    assert_int_equal(back.entries.n, 500);
    case_file_close(other);
    manifest_free(&back);
    manifest_free(&m);
    case_file_close(cf);
}

static void manifests_come_back_by_path_the_last_word_counting(void **state)
{
    static const char *const paths[] = {"z.php", "a/b.php", "m\xfc.php"};
    struct manifest m = {0};
    struct manifest again = {0};
    struct manifest back = {0};
    struct digest md5 = {.alg = HASH_MD5};
    struct digest sha = {.alg = HASH_SHA256};
    struct case_file *cf = open_file(true);
    int64_t id = create(cf);

    (void)state;
    memset(md5.b, 0x11, 16);
    memset(sha.b, 0x22, 32);
    for (size_t i = 0; i < 3; i++)
        manifest_add(&m, str_of(paths[i]), i == 1 ? &sha : &md5, i == 2 ? NULL : "var/tmp/x/.hash");
    assert_int_equal(case_file_keep_manifest(cf, id, &m, &e), 0);
    memset(md5.b, 0x33, 16);
    manifest_add(&again, STR("z.php"), &md5, "newer");
    assert_int_equal(case_file_keep_manifest(cf, id, &again, &e), 0);
    assert_int_equal(case_file_manifest(cf, id, &back, &e), 0);
    assert_int_equal(back.entries.n, 3);
    assert_string_equal(back.entries.v[0].path, "a/b.php");
    assert_int_equal(back.entries.v[0].digest.alg, HASH_SHA256);
    assert_int_equal(back.entries.v[0].digest.b[31], 0x22);
    assert_string_equal(back.entries.v[0].origin, "var/tmp/x/.hash");
    assert_string_equal(back.entries.v[1].path, "m\xfc.php");
    assert_string_equal(back.entries.v[1].origin, "");
    assert_int_equal(back.entries.v[2].digest.b[0], 0x33);
    assert_string_equal(back.entries.v[2].origin, "newer");
    manifest_free(&back);
    memset(&back, 0, sizeof back);
    assert_int_equal(case_file_manifest(cf, id + 1, &back, &e), 0);
    assert_int_equal(back.entries.n, 0);
    manifest_free(&m);
    manifest_free(&again);
    manifest_free(&back);
    case_file_close(cf);
}

static void notes_are_bytes_and_are_replaced(void **state)
{
    struct case_file *cf = open_file(true);
    int64_t id = create(cf);
    struct buf value = {0};

    (void)state;
    buf_adds(&value, "stale");
    assert_int_equal(case_file_noted(cf, id, "s", "k", &value, &e), 0);
    assert_int_equal(case_file_note(cf, id, "s", "k", STR("a\0b\xff"), &e), 0);
    assert_int_equal(case_file_noted(cf, id, "s", "k", &value, &e), 1);
    assert_int_equal(value.n, 4);
    assert_memory_equal(value.p, "a\0b\xff", 4);
    assert_int_equal(case_file_note(cf, id, "s", "k", STR(""), &e), 0);
    assert_int_equal(case_file_noted(cf, id, "s", "k", &value, &e), 1);
    assert_int_equal(value.n, 0);
    assert_int_equal(case_file_noted(cf, id, "s", "other", &value, &e), 0);
    assert_int_equal(case_file_noted(cf, id, "other", "k", &value, &e), 0);
    assert_int_equal(case_file_noted(cf, id + 1, "s", "k", &value, &e), 0);
    buf_free(&value);
    case_file_close(cf);
}

static bool collect(void *ctx, const struct case_info *info)
{
    struct buf *b = ctx;

    buf_printf(b, "%d:%d ", (int)info->id, info->state == CASE_FINISHED);
    return info->id != 2;
}

static void cases_are_listed_newest_first_until_told_to_stop(void **state)
{
    struct case_file *cf = open_file(true);
    struct buf seen = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        create(cf);
    assert_int_equal(case_file_set_state(cf, 3, CASE_FINISHED, &e), 0);
    assert_int_equal(case_file_list(cf, collect, &seen, &e), 0);
    assert_string_equal(buf_cstr(&seen), "4:0 3:1 2:0 ");
    buf_free(&seen);
    case_file_close(cf);
}

static void reading_never_writes(void **state)
{
    struct case_file *cf = open_file(true);
    int64_t id = create(cf);
    struct stat before;
    struct stat after;

    (void)state;
    case_file_close(cf);
    assert_int_equal(stat(path, &before), 0);
    cf = open_file(false);
    step(cf, id, "x");
    assert_int_equal(case_file_begin_step(cf, id, "x", &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.text, path));
    case_file_close(cf);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void write_bytes(const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    close(fd);
}

/* Either the open or the first question fails; the error names the file. Nothing is ever made up. */
static void damaged(bool write)
{
    struct case_info info;
    struct case_file *cf = NULL;

    err_clear(&e);
    if (case_file_open(&cf, path, write, &e) == 0)
        assert_int_equal(case_file_find(cf, &key, &info, &e), -1);
    assert_int_not_equal(e.kind, ERR_NONE);
    assert_int_not_equal(e.kind, ERR_ABSENT);
    assert_non_null(strstr(e.text, path));
    case_file_close(cf);
}

static void a_damaged_file_is_named(void **state)
{
    char junk[8192];
    struct case_file *cf;
    struct stat st;
    int fd;

    (void)state;
    memset(junk, 'j', sizeof junk);
    write_bytes(junk, sizeof junk);
    damaged(false);
    damaged(true);
    unlink(path);
    cf = open_file(true);
    create(cf);
    case_file_close(cf);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 4096);
    /* Its head is whole, the rest is gone. */
    fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 4096), 0);
    assert_int_equal(pwrite(fd, junk, 2000, 2000), 2000);
    close(fd);
    damaged(false);
    damaged(true);
}

/* What a kill between the making of the file and the making of its tables leaves. */
static void an_empty_file_is_as_good_as_none(void **state)
{
    struct case_file *cf = NULL;

    (void)state;
    write_bytes("", 0);
    assert_int_equal(case_file_open(&cf, path, false, &e), -1);
    assert_int_equal(e.kind, ERR_ABSENT);
    assert_null(cf);
    cf = open_file(true);
    create(cf);
    case_file_close(cf);
    case_file_close(open_file(false));
}

static void a_directory_in_its_place_is_named(void **state)
{
    struct case_file *cf = NULL;

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(case_file_open(&cf, path, true, &e), -1);
    assert_non_null(strstr(e.text, path));
    assert_null(cf);
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reading_what_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_case_is_found_by_its_upgrade, setup, teardown),
        cmocka_unit_test_setup_teardown(a_restore_ends_what_was_known_of_an_upgrade, setup, teardown),
        cmocka_unit_test_setup_teardown(kinds_and_states_are_kept_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(undone_and_cleaned, setup, teardown),
        cmocka_unit_test_setup_teardown(a_case_follows_another, setup, teardown),
        cmocka_unit_test_setup_teardown(a_step_from_begin_to_end, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_written_survives_a_kill, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transaction_that_was_cut_is_as_if_never_begun, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_manifest_is_whole_for_another_reader, setup, teardown),
        cmocka_unit_test_setup_teardown(manifests_come_back_by_path_the_last_word_counting, setup, teardown),
        cmocka_unit_test_setup_teardown(notes_are_bytes_and_are_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(cases_are_listed_newest_first_until_told_to_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_never_writes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_file_is_as_good_as_none, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_in_its_place_is_named, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
