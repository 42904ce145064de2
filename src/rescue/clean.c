#include "rescue/clean.h"

#include "base/clock.h"
#include "rescue/undo_parts.h"
#include "sys/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one case ---- */

static int drop_shadow(struct undo *u, const char *step, uint64_t *bytes, struct err *e)
{
    struct shadow *sh;
    uint64_t size = 0;
    size_t n;
    const char *tag = undo_note(u, step, NOTE_TAG, &n);
    int r;

    if (tag == NULL)
        return 0;
    if (undo_open_shadow(u, tag, step, &sh, e) < 0)
        return -1;
    r = shadow_drop(sh, &size, e);
    *bytes += size;
    shadow_close(sh);
    return r;
}

static int sum_file(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    uint64_t *bytes = arg;

    (void)rel, (void)e;
    if (S_ISREG(st->st_mode))
        *bytes += (uint64_t)st->st_size;
    return 0;
}

static const char *const dumps[] = {"db", "redo"};

static void undo_dir_name(int64_t id, char name[48])
{
    snprintf(name, 48, "undo-%lld", (long long)id);
}

static int remove_files(struct undo *u, uint64_t *bytes, struct err *e)
{
    char top[48];
    char name[48];
    struct stat st;

    undo_dir_name(u->id, top);
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        undo_snapshot_name(u->id, dumps[i], name);
        if (tree_stat(&u->w->tree, name, &st, e) == 0)
            *bytes += (uint64_t)st.st_size;
        err_clear(e);
        if (tree_remove(&u->w->tree, name, e) < 0)
            return -1;
    }
    if (!tree_exists(&u->w->tree, top))
        return 0;
    if (tree_walk(&u->w->tree, top, sum_file, NULL, bytes, e) < 0)
        return -1;
    return tree_remove_tree(&u->w->tree, top, false, e);
}

static int clean(struct undo *u, uint64_t *bytes, struct err *e)
{
    /* From here on it can't be undone any more, so that is said before anything goes. The files go last: as long as they are there, a run that
     * was cut is seen to be unfinished. */
    if (case_file_clean(u->cf, u->id, e) < 0)
        return -1;
    if (drop_shadow(u, CASE_STEP, bytes, e) < 0 || drop_shadow(u, UNDO_STEP, bytes, e) < 0 ||
        aside_drop(u, CASE_STEP, bytes, e) < 0 || aside_drop(u, UNDO_STEP, bytes, e) < 0)
        return -1;
    return remove_files(u, bytes, e);
}

bool clean_has_files(const struct workdir *w, int64_t id)
{
    char name[48];

    undo_dir_name(id, name);
    if (tree_exists(&w->tree, name))
        return true;
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        undo_snapshot_name(id, dumps[i], name);
        if (tree_exists(&w->tree, name))
            return true;
    }
    return false;
}

int clean_case(struct store *s, struct workdir *w, struct case_file *cf, int64_t id, const struct work_ui *ui,
               uint64_t *bytes, struct err *e)
{
    struct case_info info;
    struct undo u;
    int found = case_file_get(cf, id, &info, e);
    int r;

    *bytes = 0;
    if (found < 0)
        return -1;
    if (found == 0) {
        err_set(e, ERR_ABSENT, "there is no case %lld", (long long)id);
        return err_fix(e, "toolkit cases lists them");
    }
    if (info.state == CASE_OPEN || info.state == CASE_UNDOING) {
        err_set(e, ERR_REFUSED, "case %lld is %s: what is kept for it is still needed", (long long)id,
                info.state == CASE_OPEN ? "not finished" : "half undone");
        return err_fix(e, info.state == CASE_OPEN ? "finish it, or take it back: toolkit undo %lld" : "toolkit undo %lld goes on with that",
                       (long long)id);
    }
    undo_init(&u, s, w, cf, id, ui);
    r = clean(&u, bytes, e);
    undo_free(&u);
    return r;
}

/* ---- leftovers ---- */

static int take_leftover(void *arg, const char *what, const char *why, struct err *e)
{
    static const char *const words[] = {"file:", "dir:", "table:"};
    struct leftover_list *l = arg;

    (void)e;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(str_of(what), str_of(words[i])))
            *vec_push(&l->all) = (struct leftover){.kind = (enum leftover_kind)i,
                                                   .name = arena_strdup(&l->mem, what + strlen(words[i])),
                                                   .why = arena_strdup(&l->mem, why)};
    return 0;
}

int leftovers_find(struct store *s, const struct workdir *w, struct leftover_list *l, struct err *e)
{
    struct plan plan = {0};
    int rc;

    memset(l, 0, sizeof *l);
    if (s->platform->leftovers == NULL)
        return 0;
    rc = s->platform->plan(s, &plan, e);
    if (rc == 0)
        rc = journal_taken_back(w, &plan, e);
    if (rc == 0)
        rc = s->platform->leftovers(s, &plan, take_leftover, l, e);
    plan_free(&plan);
    return rc;
}

void leftovers_free(struct leftover_list *l)
{
    free(l->all.v);
    arena_free(&l->mem);
    memset(l, 0, sizeof *l);
}

static int delete_below(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct stage *stage = arg;

    if (S_ISREG(st->st_mode))
        return stage_delete(stage, rel, true, e);
    if (S_ISDIR(st->st_mode))
        return 0;
    return err_set(e, ERR_REFUSED, "%s is no plain file; it was left", rel);
}

static int delete_files(const struct store *s, const struct tree *undo, const struct leftover_list *l, struct err *e)
{
    struct stage_options opt = {.rehash = false};
    struct stage stage;
    int r = 0;

    if (stage_open(&stage, &s->tree, undo, &opt, e) < 0)
        return -1;
    for (size_t i = 0; r == 0 && i < l->all.n; i++) {
        const struct leftover *one = &l->all.v[i];

        if (one->kind == LEFTOVER_FILE)
            r = stage_delete(&stage, one->name, false, e);
        else if (one->kind == LEFTOVER_DIR)
            r = tree_walk(&s->tree, one->name, delete_below, NULL, &stage, e);
    }
    if (r == 0)
        r = stage_commit(&stage, e);
    stage_close(&stage);
    return r;
}

static int put_tables_aside(struct undo *u, const struct leftover_list *l, struct err *e)
{
    struct buf names = {0};
    size_t n;
    int r;

    for (size_t i = 0; i < l->all.n; i++)
        if (l->all.v[i].kind == LEFTOVER_TABLE)
            buf_add(&names, l->all.v[i].name, strlen(l->all.v[i].name) + 1);
    r = aside_put(u, CASE_STEP, buf_str(&names), &n, e);
    buf_free(&names);
    return r;
}

int leftovers_remove(struct store *s, struct workdir *w, struct case_file *cf, const struct leftover_list *l, const struct work_ui *ui,
                     int64_t *id, struct err *e)
{
    char at[CLOCK_STAMP];
    struct case_key key = {.kind = CASE_CHANGE, .platform = s->platform->name, .to = "leftovers", .started = at};
    struct tree undo = {0};
    struct undo u;
    int r;

    clock_local(clock_wall(), at);
    if (case_file_create(cf, &key, NULL, id, e) < 0 || workdir_undo(w, *id, true, &undo, e) < 0)
        return -1;
    undo_init(&u, s, w, cf, *id, ui);
    r = put_tables_aside(&u, l, e);
    if (r == 0)
        r = delete_files(s, &undo, l, e);
    if (r == 0)
        r = case_file_set_state(cf, *id, CASE_FINISHED, e);
    undo_free(&u);
    tree_close(&undo);
    return r;
}
