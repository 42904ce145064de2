/* Running the store's PHP for one migration or one script. */
#include "platform/cscart/migrate.h"

#include "base/clock.h"
#include "sys/php_call.h"

#include <string.h>

static void show(void *arg, enum child_stream from, struct str line)
{
    struct work *w = arg;

    (void)from;
    w->say(w, "  %.*s", STR_FMT(line));
}

/* args: what to do, then what the PHP code takes behind the root. */
static int run_php(struct store *s, struct work *w, const char *const args[4], const char *what, struct err *e)
{
    const char *const all[] = {args[0], s->tree.path, args[1], args[2], args[3], NULL};
    struct php_run run;
    struct buf code = {0};
    int rc;

    if (store_php_run(s, &run, e) < 0)
        return -1;
    run.output = w->verbose ? show : NULL;
    run.arg = w;
    cs_migrate_code(&code);
    rc = php_call_run(&run, &(struct php_call){.what = what, .code = buf_cstr(&code), .args = all}, e);
    buf_free(&code);
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
