#include "rescue/undo_parts.h"

#include "platform/aside_area.h"
#include "sys/stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void undo_init(struct undo *u, struct store *s, const struct workdir *w, struct case_file *cf, int64_t id,
               const struct work_ui *ui)
{
    *u = (struct undo){.s = s, .w = w, .cf = cf, .id = id, .ui = ui, .step = CASE_STEP};
}

void undo_free(struct undo *u)
{
    arena_free(&u->mem);
}

const char *undo_note(struct undo *u, const char *step, const char *key, size_t *n)
{
    struct err ignored = {0};
    struct buf value = {0};
    const char *found = NULL;

    *n = 0;
    if (case_file_noted(u->cf, u->id, step, key, &value, &ignored) == 1) {
        found = arena_dup(&u->mem, value.p, value.n);
        *n = value.n;
    }
    buf_free(&value);
    return found;
}

void undo_problem(struct undo_result *r, const char *fmt, ...)
{
    size_t n = strlen(r->problem);
    va_list ap;

    if (n > 0 && n + 3 < sizeof r->problem) {
        memcpy(r->problem + n, "; ", 3);
        n += 2;
    }
    va_start(ap, fmt);
    vsnprintf(r->problem + n, sizeof r->problem - n, fmt, ap);
    va_end(ap);
}

void undo_snapshot_name(int64_t id, const char *what, char name[48])
{
    snprintf(name, 48, "%s-%lld.sql.gz", what, (long long)id);
}

const char *undo_tag(struct undo *u)
{
    return journal_tag(u->cf, u->id, u->s, 'u', &u->mem);
}

static int note(void *ctx, const char *key, struct str value, struct err *e)
{
    struct undo *u = ctx;

    return case_file_note(u->cf, u->id, u->step, key, value, e);
}

static bool noted(void *ctx, const char *key, struct buf *value)
{
    struct undo *u = ctx;
    struct err ignored = {0};

    return case_file_noted(u->cf, u->id, u->step, key, value, &ignored) == 1;
}

static void progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct undo *u = ctx;

    if (u->ui)
        u->ui->progress(u->ui->ctx, what, done, total);
}

int undo_open_shadow(struct undo *u, const char *tag, const char *step, struct shadow **sh, struct err *e)
{
    size_t n;
    const char *flags = undo_note(u, step, "flags", &n);
    struct shadow_opts o = {.tag = tag,
                            .prefix = u->s->prefix ? u->s->prefix : "",
                            .ctx = u,
                            .note = note,
                            .noted = noted,
                            .progress = progress,
                            .stop = u->s->opts ? u->s->opts->stop : NULL};

    *sh = NULL;
    if (store_db(u->s, e) == NULL)
        return -1;
    u->db = store_db_opts(u->s);
    u->step = step;
    o.db = &u->db;
    /* As the restore had it; a snapshot holds the store's own tables alone. */
    o.all_tables = (flags && strchr(flags, 'a')) || strcmp(step, UNDO_STEP) == 0;
    return shadow_open(sh, &o, e);
}

/* ---- what is kept ---- */

static int count_kept(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct undo_info *out = arg;

    (void)e;
    if (!S_ISREG(st->st_mode))
        return 0;
    out->bytes += (uint64_t)st->st_size;
    if (!stage_is_own(rel))
        out->files++;
    return 0;
}

/* A directory that was made or removed, and a mode, is a change as well; files that were added stand a line each. */
static void count_lines(const struct tree *undo, const char *list, struct undo_info *out)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct str rest;
    struct str line;

    if (tree_read(undo, list, 256 << 20, &text, &ignored) == 0) {
        rest = buf_str(&text);
        while (str_line(&rest, &line))
            out->files += line.n > 0;
    }
    buf_free(&text);
}

/* All bytes are counted by the outer one of two undo directories. */
static int look_at_area(const struct tree *undo, struct undo_info *out, struct err *e)
{
    struct undo_info one = {.files = 0};

    if (tree_walk(undo, "", count_kept, NULL, &one, e) < 0)
        return -1;
    count_lines(undo, STAGE_CREATED, &one);
    if (one.files == 0) {
        count_lines(undo, STAGE_DIRS, &one);
        count_lines(undo, STAGE_MODES, &one);
    }
    out->files += one.files;
    if (out->bytes == 0)
        out->bytes = one.bytes;
    return 0;
}

static int look_at_files(const struct workdir *w, int64_t id, struct undo_info *out, struct err *e)
{
    struct tree undo = {0};
    struct tree area = {0};
    struct buf root = {0};
    int r;

    if (workdir_undo(w, id, false, &undo, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    r = look_at_area(&undo, out, e);
    if (r == 0) {
        r = aside_area_find(&undo, &area, &root, e);
        if (r == 1)
            r = look_at_area(&area, out, e);
    }
    buf_free(&root);
    tree_close(&area);
    tree_close(&undo);
    return r;
}

/* Whether tables of a restore stand aside. *unknown: the server does not say. */
static void look_at_shadow(struct undo *u, struct undo_info *out, bool *unknown)
{
    struct shadow *sh;
    struct err why = {0};
    size_t n;
    const char *tag = undo_note(u, CASE_STEP, NOTE_TAG, &n);

    if (tag == NULL)
        return;
    if (undo_open_shadow(u, tag, CASE_STEP, &sh, &why) < 0) {
        *unknown = true;
        return;
    }
    out->db_switched = shadow_mode(sh) != SHADOW_IN_PLACE &&
                       (shadow_state(sh) == SHADOW_SWITCHED || shadow_state(sh) == SHADOW_BACK);
    shadow_close(sh);
}

/* What there is to undo, whatever else stands in the way. */
static int look_kept(struct undo *u, const struct case_info *info, struct undo_info *out, bool *unknown, struct err *e)
{
    char name[48];
    struct stat st;
    struct err absent = {0};

    memset(out, 0, sizeof *out);
    out->info = *info;
    if (info->state == CASE_CLEANED)
        return 0;
    if (look_at_files(u->w, info->id, out, e) < 0)
        return -1;
    undo_snapshot_name(info->id, "db", name);
    if (tree_stat(&u->w->tree, name, &st, &absent) == 0) {
        out->db_snapshot = true;
        out->bytes += (uint64_t)st.st_size;
    }
    out->tables = aside_count(u, CASE_STEP);
    look_at_shadow(u, out, unknown);
    return 0;
}

static bool is_kept(const struct undo_info *i)
{
    return i->files > 0 || i->db_switched || i->db_snapshot || i->tables > 0;
}

struct later {
    struct case_info v[64];
    size_t n;
    int64_t than;
};

static bool take_later(void *ctx, const struct case_info *info)
{
    struct later *l = ctx;

    if (info->id <= l->than)
        return false;
    if (info->state != CASE_UNDONE && info->state != CASE_CLEANED && l->n < sizeof l->v / sizeof *l->v)
        l->v[l->n++] = *info;
    return true;
}

int undo_newer(struct store *s, const struct workdir *w, struct case_file *cf, int64_t id, int64_t *newer, struct err *e)
{
    struct later l = {.than = id};
    bool unknown = false;
    int found = 0;

    if (case_file_list(cf, take_later, &l, e) < 0)
        return -1;
    for (size_t i = 0; i < l.n && found == 0; i++) {
        struct undo_info info;
        struct undo u;

        undo_init(&u, s, w, cf, l.v[i].id, NULL);
        if (look_kept(&u, &l.v[i], &info, &unknown, e) < 0)
            found = -1;
        else if (is_kept(&info)) {
            *newer = l.v[i].id;
            found = 1;
        }
        undo_free(&u);
    }
    return found;
}

int undo_look(struct store *s, const struct workdir *w, struct case_file *cf, const struct case_info *info,
              struct undo_info *out, struct err *e)
{
    bool unknown = false;
    struct undo u;
    int64_t newer;
    int r;

    undo_init(&u, s, w, cf, info->id, NULL);
    r = look_kept(&u, info, out, &unknown, e);
    undo_free(&u);
    if (r < 0)
        return -1;
    if (info->state == CASE_CLEANED) {
        out->why_not = "what was kept of it is gone";
    } else if (info->state == CASE_UNDONE) {
        out->why_not = "it is undone";
    } else if (unknown) {
        out->why_not = "its tables can't be looked at, for the database can't be reached";
    } else if (!is_kept(out) && info->kind == CASE_RESTORE && info->state == CASE_OPEN) {
        /* It was cut while it prepared: what it wrote beside the files and the tables goes. */
        out->why_not = NULL;
    } else if (!is_kept(out) && info->kind == CASE_CHANGE && info->state == CASE_OPEN) {
        out->why_not = "switching it back brings all of it back";
    } else if (!is_kept(out)) {
        /* A case that was being undone when all it had is gone has nothing left but its last word. */
        out->why_not = info->state == CASE_UNDOING ? NULL : "it has changed nothing that could be brought back";
    } else {
        r = undo_newer(s, w, cf, info->id, &newer, e);
        out->why_not = r == 1 ? "a newer case has to be undone first" : NULL;
    }
    out->possible = r >= 0 && out->why_not == NULL;
    return r < 0 ? -1 : 0;
}

/* ---- going back ---- */

/* Files of the store's second tree, where the case changed some. */
static int undo_aside_files(const struct tree *undo, struct undo_result *r, struct err *e)
{
    struct tree area = {0};
    struct tree live = {.ops = undo->ops};
    struct buf root = {0};
    uint64_t files = 0;
    int rc = aside_area_find(undo, &area, &root, e);

    if (rc == 1) {
        rc = tree_open(&live, buf_cstr(&root), e);
        if (rc < 0)
            err_wrap(e, "files of the storage outside of the store can't be brought back");
        else
            rc = stage_undo(&area, &live, true, &files, e);
        r->files += files;
    }
    tree_close(&live);
    tree_close(&area);
    buf_free(&root);
    return rc;
}

static int undo_files(struct undo *u, struct undo_result *r, struct err *e)
{
    struct tree undo = {0};
    int rc;

    if (workdir_undo(u->w, u->id, false, &undo, e) < 0) {
        if (e->kind != ERR_ABSENT)
            return -1;
        err_clear(e);
        return 0;
    }
    u->ui->progress(u->ui->ctx, "Bringing back files", 0, 0);
    r->may_have_changed = true;
    rc = stage_undo(&undo, &u->s->tree, true, &r->files, e);
    if (rc == 0)
        rc = undo_aside_files(&undo, r, e);
    tree_close(&undo);
    return rc;
}

/* The store is back; that a cache could not be emptied is said and does not make it less so. */
static void clear_caches(struct undo *u, struct undo_result *r)
{
    struct work_ctx ctx = {.ui = u->ui};
    struct err e = {0};
    struct work w;

    if (u->s->platform->cache_clear == NULL)
        return;
    work_init(&w, &ctx, u->s);
    if (u->s->platform->cache_clear(u->s, &w, &e) < 0)
        undo_problem(r, "the caches could not be emptied: %s", e.text);
}

/* A restore of files alone may have opened a store that was closed; with its tables back the store is as it was anyway. */
static void close_again(struct undo *u, struct undo_result *r)
{
    struct work_ctx ctx = {.ui = u->ui};
    enum gate now = GATE_UNKNOWN;
    struct err e = {0};
    struct work w;
    size_t n;
    const char *was = undo_note(u, CASE_STEP, "gate", &n);

    if (was == NULL || strcmp(was, "closed") != 0 || u->s->platform->gate(u->s, &now, &e) < 0 || now != GATE_OPEN)
        return;
    work_init(&w, &ctx, u->s);
    if (u->s->platform->set_gate(u->s, GATE_CLOSED, &w, &e) < 0)
        undo_problem(r, "the store was closed and could not be closed again: %s", e.text);
}

static int refuse(struct undo *u, const struct undo_info *info, struct err *e)
{
    int64_t newer;

    err_set(e, ERR_REFUSED, "case %lld can't be undone: %s", (long long)u->id, info->why_not);
    if (info->info.state != CASE_UNDONE && info->info.state != CASE_CLEANED &&
        undo_newer(u->s, u->w, u->cf, u->id, &newer, &(struct err){0}) == 1)
        err_fix(e, "toolkit undo %lld first", (long long)newer);
    return -1;
}

static int go_back(struct undo *u, const struct undo_info *info, struct undo_result *r, struct err *e)
{
    struct err ignored = {0};

    if (case_file_set_state(u->cf, u->id, CASE_UNDOING, e) < 0)
        return -1;
    if (undo_db(u, info, r, e) < 0 || undo_files(u, r, e) < 0 || undo_logs(u, r, e) < 0) {
        if (!r->may_have_changed)
            case_file_set_state(u->cf, u->id, info->info.state, &ignored);
        return -1;
    }
    close_again(u, r);
    clear_caches(u, r);
    return case_file_set_state(u->cf, u->id, CASE_UNDONE, e);
}

int undo_case(struct store *s, struct workdir *w, struct case_file *cf, int64_t id, const struct work_ui *ui,
              struct undo_result *r, struct err *e)
{
    struct case_info info;
    struct undo_info look;
    struct undo u;
    int rc = -1;
    int found;

    memset(r, 0, sizeof *r);
    found = case_file_get(cf, id, &info, e);
    if (found < 0)
        return -1;
    if (found == 0) {
        err_set(e, ERR_ABSENT, "there is no case %lld", (long long)id);
        return err_fix(e, "toolkit cases lists them");
    }
    if (undo_look(s, w, cf, &info, &look, e) < 0)
        return -1;
    undo_init(&u, s, w, cf, id, ui);
    rc = look.possible ? go_back(&u, &look, r, e) : refuse(&u, &look, e);
    undo_free(&u);
    return rc;
}
