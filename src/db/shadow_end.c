/* The end of a load, good or bad, and what is left of it on the server. */
#include "base/plural.h"
#include "db/shadow_parts.h"

#include <stdlib.h>
#include <string.h>

void shadow_load_free(struct shadow *s)
{
    size_t i;

    load_close(s->pool);
    s->pool = NULL;
    s->job = NULL;
    s->table = NULL;
    load_session_close(&s->set);
    load_session_close(&s->make);
    sql_dump_free(s->dump);
    s->dump = NULL;
    for (i = 0; i < s->tables.n; i++) {
        free(s->tables.v[i]->create);
        free(s->tables.v[i]->keys);
        buf_free(&s->tables.v[i]->columns);
    }
    for (i = 0; i < s->things.n; i++)
        free(s->things.v[i].text);
    free(s->tables.v);
    free(s->things.v);
    free(s->envs.v);
    memset(&s->tables, 0, sizeof s->tables);
    memset(&s->things, 0, sizeof s->things);
    memset(&s->envs, 0, sizeof s->envs);
    buf_free(&s->head);
    buf_free(&s->head_raw);
    shadow_alone_free(s);
    s->env = NULL;
    s->loading = false;
}

/* Building keys can take long; nobody waits for what is dropped anyway. */
static void end_statements(struct shadow *s)
{
    struct buf sql = {0};
    struct err ignored = {0};
    unsigned i;

    load_stop(s->pool);
    for (i = 0; i < load_connections(s->pool); i++) {
        mysql_sqlf(s->own, &sql, "KILL QUERY %u", load_thread(s->pool, i));
        err_clear(&ignored);
        (void)shadow_exec(s, &sql, &ignored);
    }
    buf_free(&sql);
}

void shadow_abandon(struct shadow *s)
{
    struct err ignored = {0};

    if (s->pool != NULL && s->mode != SHADOW_IN_PLACE && mysql_alive(s->own))
        end_statements(s);

    shadow_load_free(s);
    s->state = SHADOW_NONE;
    /* What can't be dropped now is dropped in front of the next load. */
    if (s->mode != SHADOW_IN_PLACE && mysql_alive(s->own))
        shadow_drop_parts(s, false, &ignored);
}

/* Tables that are put aside: they may be all that is left of the live ones. */
static int count_kept(struct shadow *s, uint64_t *n, struct err *e)
{
    struct buf sql = {0};
    struct buf pattern = {0};
    int r;

    if (s->mode == SHADOW_NAMES)
        buf_printf(&pattern, "^_tk%so[0-9]+$", s->o.tag);
    else
        buf_adds(&pattern, ".");
    mysql_sqlf(s->own, &sql,
               "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema=%s AND table_name REGEXP %S",
               s->keep, buf_str(&pattern));
    r = shadow_number(s, &sql, n, e);
    buf_free(&pattern);
    buf_free(&sql);
    return r;
}

/* Tables of SHADOW_NAMES, found by their names. */
static int drop_names(struct shadow *s, struct err *e)
{
    struct shadow_names tables = {0};
    struct buf sql = {0};
    struct buf like = {0};
    size_t i;
    int r;

    buf_printf(&like, "^_tk%s(n[0-9]+|o[0-9]+|_fill|_ready|_switched|_back)$", s->o.tag);
    mysql_sqlf(s->own, &sql,
               "SELECT CONCAT(IF(table_type='VIEW','V','T'), table_name) FROM information_schema.tables WHERE "
               "table_schema=%s AND table_name REGEXP %S",
               s->live, buf_str(&like));
    r = shadow_list(s, &sql, &tables, e);
    for (i = 0; r == 0 && i < tables.n; i++) {
        buf_adds(&sql, tables.v[i][0] == 'V' ? "DROP VIEW IF EXISTS " : "DROP TABLE IF EXISTS ");
        mysql_sqlf(s->own, &sql, "%i.%i", s->live, tables.v[i] + 1);
        r = shadow_exec(s, &sql, e);
    }
    free(tables.v);
    buf_free(&like);
    buf_free(&sql);
    return r;
}

int shadow_drop_parts(struct shadow *s, bool keep_too, struct err *e)
{
    struct buf sql = {0};
    uint64_t kept = 0;
    int r = 0;

    if (s->mode == SHADOW_IN_PLACE)
        return 0;
    if (!keep_too && count_kept(s, &kept, e) != 0)
        return -1;
    if (kept > 0) {
        err_set(e, ERR_REFUSED, "%s: %llu table%s put aside there and nothing tells of which load",
                s->keep, (unsigned long long)kept, plural(kept, " is", "s are"));
        return err_fix(e, "look at them, and drop them when they are not needed");
    }
    if (s->mode == SHADOW_NAMES)
        return drop_names(s, e);
    mysql_sqlf(s->own, &sql, "DROP DATABASE IF EXISTS %i", s->sh);
    r = shadow_exec(s, &sql, e);
    if (r == 0) {
        mysql_sqlf(s->own, &sql, "DROP DATABASE IF EXISTS %i", s->keep);
        r = shadow_exec(s, &sql, e);
    }
    buf_free(&sql);
    return r;
}

int shadow_load_end(struct shadow *s, struct err *e)
{
    if (!s->loading || s->dump != NULL)
        return err_set(e, ERR_USAGE, "the load is not at its end");
    if (shadow_leave_table(s, e) != 0 || load_wait(s->pool, NULL, e) != 0)
        goto fail;
    sql_facts_end(s->facts);
    /* Of a dump that was cut short that is to be said, not what it lacks. */
    if (s->facts->whole != SQL_WHOLE_NO && shadow_alone_end(s, e) != 0)
        goto fail;
    if (shadow_check(s, e) != 0)
        goto fail;
    if (s->mode == SHADOW_IN_PLACE) {
        if (shadow_things_live(s, e) != 0 || shadow_note(s, "db.in-place", "done", e) != 0)
            goto fail;
        s->state = SHADOW_SWITCHED;
    } else {
        if (shadow_things_try(s, e) != 0 || shadow_keys_loaded(s, e) != 0 || shadow_mark_make(s, e) != 0)
            goto fail;
        s->state = SHADOW_READY;
    }
    shadow_load_free(s);
    return 0;

fail:
    shadow_abandon(s);
    return -1;
}
