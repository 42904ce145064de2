/*
 * Running the store's PHP for one migration or one script. The child says before it changes anything that it begins, so that
 * afterwards it is known whether it was entered.
 */
#include "platform/cscart/migrate.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

struct session {
    const struct php_run *run;
    struct work *w;
    struct arena mem;
    bool entered;
    bool done;
    struct php_error error;
    const char *stage;
};

/* A field in hexadecimal; "-" is the empty text. */
static bool read_hex(struct session *x, struct str field, struct str *text)
{
    char *p;

    *text = (struct str){NULL, 0};
    if (str_is(field, "-"))
        return true;
    if (field.n == 0 || field.n % 2 != 0)
        return false;
    p = arena_alloc(&x->mem, field.n / 2 + 1);
    if (!str_unhex(field, (uint8_t *)p, field.n / 2))
        return false;
    *text = (struct str){p, field.n / 2};
    return true;
}

static void on_error(struct session *x, struct str line)
{
    struct str stage = str_cut(line, ' ', &line);
    struct str text_hex = str_cut(line, ' ', &line);
    struct str file_hex = str_cut(line, ' ', &line);
    struct str text;
    struct str file;
    uint64_t number;

    if (!read_hex(x, text_hex, &text) || !read_hex(x, file_hex, &file) || !str_u64(line, UINT32_MAX, &number))
        return;
    php_error_set(&x->error, text, file, (unsigned)number);
    x->stage = str_is(stage, "store") ? "the store did not start" : NULL;
}

static enum child_reply on_line(void *arg, enum child_stream from, struct str line)
{
    struct session *x = arg;
    struct str word;

    if (from != CHILD_REPORT) {
        if (x->w->verbose)
            x->w->say(x->w, "  %.*s", STR_FMT(line));
        return CHILD_GO_ON;
    }
    word = str_cut(line, ' ', &line);
    if (str_is(word, "call"))
        x->entered = true;
    else if (str_is(word, "done"))
        x->done = true;
    else if (str_is(word, "error"))
        on_error(x, line);
    return CHILD_GO_ON;
}

static int conclude(struct session *x, const struct child_result *child, const char *what, struct err *e)
{
    struct buf words = {0};
    struct buf text = {0};
    int rc = 0;

    if (x->done)
        goto out;
    if (x->error.text[0] == '\0') {
        child_text_join(&child->err, &text);
        buf_addc(&text, '\n');
        child_text_join(&child->out, &text);
        php_error_find(buf_str(&text), &x->error);
    }
    if (x->error.text[0])
        php_error_words(&x->error, x->run->root, &words);
    else
        child_describe(child, &words);
    rc = err_set(e, ERR_CHILD, "%s: %s%s%s", what, x->stage ? x->stage : "", x->stage ? ": " : "", buf_cstr(&words));
    if (!x->entered) {
        e->kind = ERR_ABSENT;
        err_fix(e, "nothing of it was run: mend the cause, then run the same command again");
    }
out:
    buf_free(&words);
    buf_free(&text);
    return rc;
}

static int run_php(struct store *s, struct work *w, const char *const args[4], const char *what, struct err *e)
{
    static const char *const options[] = {PHP_RUN_OPTIONS};
    const size_t n = sizeof options / sizeof *options;
    const char *argv[sizeof options / sizeof *options + 10];
    struct child_result child = {0};
    struct php_run run;
    struct session x = {.run = &run, .w = w};
    struct child_opts o = {.argv = argv, .report = true, .line = on_line, .arg = &x};
    struct buf code = {0};
    size_t i = n + 1;
    int rc;

    if (store_php_run(s, &run, e) < 0)
        return -1;
    cs_migrate_code(&code);
    argv[0] = run.php;
    memcpy(argv + 1, options, sizeof options);
    argv[i++] = "-r";
    argv[i++] = buf_cstr(&code);
    argv[i++] = "--";
    argv[i++] = args[0];
    argv[i++] = run.root;
    argv[i++] = args[1];
    argv[i++] = args[2];
    if (args[3])
        argv[i++] = args[3];
    argv[i] = NULL;
    o.env = run.env;
    o.cwd = run.dir;
    o.as = run.as;
    o.timeout_ms = run.timeout_ms;
    o.cancel = run.cancel;
    o.ops = run.ops;
    rc = child_run(&o, &child, e);
    if (rc < 0)
        err_wrap(e, "%s", what);
    else
        rc = conclude(&x, &child, what, e);
    child_result_free(&child);
    buf_free(&code);
    arena_free(&x.mem);
    return rc;
}

uint64_t cs_phinxlog(struct cs_case *c)
{
    if (c->phinxlogs.n == 0)
        *vec_push(&c->phinxlogs) = (uint64_t)clock_wall();
    return c->phinxlogs.v[c->phinxlogs.n - 1];
}

/* A Phinx that only knows "up to" runs what has no row below it as well. */
static int check_lower(const struct cs_case *c, const struct cs_migration *m, struct err *e)
{
    for (size_t i = 0; i < c->migrations.n; i++) {
        const struct cs_migration *o = &c->migrations.v[i];

        if (strcmp(o->number, m->number) >= 0 || o->file == NULL || (o->row && o->table == c->phinxlogs.v[c->phinxlogs.n - 1]))
            continue;
        return err_set(e, ERR_REFUSED, "%s can't be run alone: %s below it has no row in the table of progress", m->number, o->number);
    }
    return 0;
}

int cs_migrate(struct store *s, struct cs_case *c, const struct cs_migration *m, struct work *w, struct err *e)
{
    const char *table = arena_printf(c->mem, "%llu", (unsigned long long)cs_phinxlog(c));
    const char *folder = arena_printf(c->mem, "%s/%s/content/migrations", s->tree.path, c->dir);
    const char *const args[4] = {"migrate", table, m->number, folder};

    if (check_lower(c, m, e) < 0)
        return -1;
    return run_php(s, w, args, arena_printf(c->mem, "migration %s %s", m->number, m->class_name), e);
}

int cs_run_script(struct store *s, struct cs_case *c, const char *file, struct work *w, struct err *e)
{
    const char *const args[4] = {"script", arena_printf(c->mem, "%s/%s", s->tree.path, file), c->id, NULL};

    return run_php(s, w, args, file, e);
}

int cs_run_wizard_script(struct store *s, struct cs_case *c, const char *file, struct work *w, struct err *e)
{
    const char *const args[4] = {"wizard", arena_printf(c->mem, "%s/%s", s->tree.path, file), "-", NULL};

    return run_php(s, w, args, file, e);
}

int cs_migration_row(struct store *s, struct cs_case *c, const struct cs_migration *m, bool *there, struct err *e)
{
    struct mysql *db = store_db(s, e);
    struct buf sql = {0};
    struct buf value = {0};
    int rc = db ? 0 : -1;

    *there = false;
    for (size_t i = 0; rc == 0 && i < c->phinxlogs.n && !*there; i++) {
        buf_reset(&sql);
        mysql_sqlf(db, &sql, "SELECT version FROM %i WHERE version = %s",
                   arena_printf(c->mem, "phinxlog%llu", (unsigned long long)c->phinxlogs.v[i]), m->number);
        rc = mysql_value(db, buf_str(&sql), &value, there, e);
        /* Our own table is not there before the first migration. */
        if (rc < 0 && e->db_code == 1146) {
            err_clear(e);
            rc = 0;
        }
    }
    buf_free(&sql);
    buf_free(&value);
    return rc;
}
