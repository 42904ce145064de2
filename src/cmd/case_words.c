#include "cmd/case_words.h"

#include "base/clock.h"
#include "rescue/journal.h"

#include <stdlib.h>
#include <string.h>

const char *case_kind_words(enum case_kind k)
{
    static const char *const words[CASE_KINDS] = {"upgrade", "restore", "change"};

    return k < CASE_KINDS ? words[k] : "?";
}

const char *case_state_words(enum case_state s)
{
    static const char *const words[CASE_STATES] = {"open", "finished", "undoing", "undone", "cleaned"};

    return s < CASE_STATES ? words[s] : "?";
}

void case_subject(const struct case_info *i, struct buf *out)
{
    if (i->kind == CASE_RESTORE) {
        buf_printf(out, "from %s", i->to);
        return;
    }
    if (i->kind == CASE_UPGRADE && i->from[0])
        buf_printf(out, "from %s ", i->from);
    buf_printf(out, "%s%s", i->kind == CASE_UPGRADE ? "to " : "", i->to[0] ? i->to : "an unknown version");
}

void case_undo_words(const struct undo_info *i, struct buf *out)
{
    const char *with = "";

    if (!i->possible) {
        buf_printf(out, "nothing: %s", i->why_not);
        return;
    }
    if (i->files > 0) {
        buf_printf(out, "%llu file%s", (unsigned long long)i->files, i->files == 1 ? "" : "s");
        with = " and ";
    }
    if (i->db_switched || i->db_snapshot)
        buf_printf(out, "%sthe database", with);
    else if (i->tables > 0)
        buf_printf(out, "%s%zu table%s", with, i->tables, i->tables == 1 ? "" : "s");
    else if (i->files == 0)
        buf_adds(out, "what is left of it");
}

void case_json(struct json *j, const struct undo_info *i)
{
    const struct case_info *c = &i->info;

    json_kint(j, "case", c->id);
    json_kstr(j, "kind", case_kind_words(c->kind));
    json_kstr(j, "state", case_state_words(c->state));
    json_kstr(j, "began", c->began);
    json_kstr(j, "ended", c->ended[0] ? c->ended : NULL);
    json_kstr(j, "from", c->from[0] ? c->from : NULL);
    if (c->kind == CASE_RESTORE)
        json_kpath(j, "to", str_of(c->to));
    else
        json_kstr(j, "to", c->to[0] ? c->to : NULL);
    json_kint(j, "steps_done", c->steps_done);
    json_kobj(j, "undo");
    json_kbool(j, "possible", i->possible);
    json_kstr(j, "why_not", i->why_not);
    json_kuint(j, "files", i->files);
    json_kuint(j, "tables", i->tables);
    json_kbool(j, "database", i->db_switched || i->db_snapshot);
    json_kuint(j, "bytes", i->bytes);
    json_end(j);
}

int case_number(const char *word, int64_t *id, struct err *e)
{
    uint64_t n;

    if (!str_u64(str_of(word), INT64_MAX, &n) || n == 0) {
        err_set(e, ERR_USAGE, "%s is not the number of a case", word);
        return err_fix(e, "toolkit cases lists them");
    }
    *id = (int64_t)n;
    return 0;
}

int cases_open(struct cases *c, struct app *a, const char *command, bool write, struct err *e)
{
    memset(c, 0, sizeof *c);
    c->a = a;
    workdir_init(&c->dir);
    if (app_store(a, &c->s, e) < 0)
        return -1;
    c->has_store = true;
    if (workdir_open(&c->dir, &c->s.tree, a->work_dir, false, e) < 0 ||
        (write && workdir_lock(&c->dir, command, e) < 0) || journal_file(&c->cf, &c->dir, write, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
    }
    return 0;
}

int cases_create(struct cases *c, const char *command, struct err *e)
{
    if (c->cf)
        return 0;
    if (c->dir.tree.path == NULL && (workdir_open(&c->dir, &c->s.tree, c->a->work_dir, true, e) < 0 ||
                                     workdir_lock(&c->dir, command, e) < 0))
        return -1;
    return journal_file(&c->cf, &c->dir, true, e);
}

struct infos {
    VEC(struct case_info) all;
};

static bool take(void *ctx, const struct case_info *info)
{
    struct infos *l = ctx;

    *vec_push(&l->all) = *info;
    return true;
}

int cases_read(struct cases *c, struct err *e)
{
    struct infos list = {0};
    int r = 0;

    c->all.n = 0;
    if (c->cf)
        r = case_file_list(c->cf, take, &list, e);
    for (size_t i = 0; r == 0 && i < list.all.n; i++)
        r = undo_look(&c->s, &c->dir, c->cf, &list.all.v[i], vec_push(&c->all), e);
    free(list.all.v);
    return r;
}

const struct undo_info *cases_find(const struct cases *c, int64_t id)
{
    for (size_t i = 0; i < c->all.n; i++)
        if (c->all.v[i].info.id == id)
            return &c->all.v[i];
    return NULL;
}

void cases_close(struct cases *c)
{
    case_file_close(c->cf);
    workdir_close(&c->dir);
    if (c->has_store)
        store_close(&c->s);
    free(c->all.v);
    arena_free(&c->mem);
}
