/*
 * One step through the store's PHP. It may come in pages: "next" names the same step again until it is through. What it answers is believed less than
 * what the store shows afterwards.
 */
#include "platform/one_file.h"
#include "platform/opencart/plan_parts.h"

#include <string.h>

/* A copy of files comes in pages of 200; no step has near as many. */
#define PAGES_MAX 1000

static bool is_same(const struct oc_answer *a, const struct oc_todo *t)
{
    return a->has_next && a->next.step == t->number && a->next.page > 1;
}

static int failed(const struct oc_todo *t, const struct oc_answer *a, struct err *e)
{
    err_set(e, ERR_CHILD, "%s: %.*s%s%.*s", t->name, STR_FMT(str_sub(a->text, 0, 700)), a->sql.n ? " – " : "", STR_FMT(str_sub(a->sql, 0, 300)));
    e->db_code = a->sql_error;
    return -1;
}

static struct oc_request request_of(const struct store *s, const struct oc_case *c, const struct oc_todo *t)
{
    const struct oc *x = s->own;

    return (struct oc_request){.step = t->number, .version = str_of(c->to), .admin = str_of(x->admin)};
}

/* The step rewrites both of them. */
static int keep_configs(struct store *s, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    const char *const files[] = {x->catalog.path, x->back.path};
    int rc = 0;

    for (int i = 0; rc == 0 && i < 2; i++)
        if (files[i])
            rc = one_file_keep(s, w, files[i], e);
    return rc;
}

/* What a step with nothing to do says is no failure; a warning in front of it is shown. */
static void show_noise(struct work *w, const struct oc_answer *a)
{
    struct str rest = str_trim(a->noise);
    struct str line;

    for (int i = 0; i < 5 && str_line(&rest, &line); i++)
        if (str_trim(line).n > 0)
            w->say(w, "it printed: %.*s", STR_FMT(str_sub(line, 0, 300)));
}

static int drive(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e)
{
    struct oc_request q = request_of(s, c, t);

    for (unsigned page = 0; page < PAGES_MAX; page++) {
        struct oc_answer a;

        w->progress(w, t->title, page, 0);
        if (oc_drive(s, oc_family_of(c->to), &q, w, c->mem, &a, e) < 0)
            return err_wrap(e, "%s", t->name);
        if (a.kind == OC_ANSWER_ERROR)
            return failed(t, &a, e);
        show_noise(w, &a);
        if (!is_same(&a, t))
            return 0;
        q.page = a.next.page;
    }
    return err_set(e, ERR_CHILD, "%s: it asks for itself again without an end", t->name);
}

/* What the configuration was worth before the step, which may rewrite it. */
struct before {
    const char *storage;
    bool back; /* that of the back office could be read */
};

static const char *storage_of(const struct oc *x)
{
    return x->storage_full ? x->storage_full : x->storage;
}

/* A disk without room leaves an empty file of it, and the step does not look. The storage may be lost, too. */
static int look_at_configs(struct store *s, const struct oc_todo *t, const struct before *before, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    const struct oc_config_file *const files[] = {&x->catalog, &x->back};
    const char *now;

    oc_reread(s);
    for (int i = 0; i < 2; i++) {
        if (oc_config_readable(files[i]) || (i == 1 && !before->back))
            continue;
        err_set(e, ERR_MISMATCH, "after %s %s %s", t->name, files[i]->path ? files[i]->path : "a config.php",
                files[i]->err.kind != ERR_NONE ? files[i]->err.text : files[i]->path ? "is empty" : "is not there any more");
        return err_fix(e, "toolkit undo brings it back");
    }
    now = storage_of(x);
    if (before->storage && now && strcmp(before->storage, now) != 0)
        w->say(w, "config.php now has the storage in %s; it was in %s", now, before->storage);
    return 0;
}

/* With the renamed back office where the step looks for it. */
static int drive_shown(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e)
{
    struct err second = {0};
    int rc;

    if (!oc_needs_first_name(s, oc_family_of(c->to)))
        return drive(s, c, t, w, e);
    if (oc_first_name_put(s, w, e) < 0)
        return -1;
    rc = drive(s, c, t, w, e);
    if (oc_first_name_back(s, rc == 0, w, rc == 0 ? e : &second) < 0)
        return -1;
    return rc;
}

/* The installer itself would load copies that were made of files of before the upgrade. */
static int drop_copies(struct store *s, struct oc_case *c, struct work *w, struct err *e)
{
    if (oc_count_copies(s) == 0 || (w->dry_run && c->copies == 0))
        return 0;
    c->copies = 0;
    return oc_modification_clear(s, w, NULL, e);
}

int oc_run_patch(struct store *s, struct oc_case *c, const struct oc_todo *t, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    const struct before before = {storage_of(x), oc_config_readable(&x->back)};
    struct err ignored = {0};

    if (drop_copies(s, c, w, e) < 0)
        return -1;
    if (oc_patch_prepare(s, c, t, w, e) < 0)
        return -1;
    if (w->dry_run) {
        w->say(w, "would run %s through PHP, as the web server would", t->file);
        return 0;
    }
    if (!tree_exists(&s->tree, t->file)) {
        err_set(e, ERR_ABSENT, "%s is not there", t->file);
        return err_fix(e, "name the release with --source; its installer is then put in place first");
    }
    if (keep_configs(s, w, e) < 0 || oc_keep_files(s, c, t, w, e) < 0 || drive_shown(s, c, t, w, e) < 0)
        return -1;
    if (strcmp(t->name, "1006") == 0)
        w->say(w, "it has switched off all modifications (%s): see toolkit addons list, and toolkit addons enable NAME", store_table(s, "modification"));
    /* A folder that the step made may have a mode by which nobody can enter it. */
    if (look_at_configs(s, t, &before, w, e) < 0)
        return -1;
    oc_mend_storage(s, w, c->mem, &ignored);
    return 0;
}

/* What its signs say now: a strong one that still shows the state before it is a failure. */
int oc_recheck_patch(struct store *s, struct oc_case *c, const struct oc_todo *t, struct err *e)
{
    if (oc_case_schema(s, c, e) < 0)
        return -1;
    oc_case_signs(s, c);
    if (oc_todo_is_left(t))
        return err_set(e, ERR_MISMATCH, "%s said that it is done, but %s: %s", t->name, t->sign ? t->sign : "the store", t->why ? t->why : "");
    return 0;
}
