/*
 * Answers that people kept in a file: what the browser's tools showed of a request, or what the page said. They lie in the store's root, in install/ or
 * among the logs, and are read in the order in which they were written.
 */
#include "base/clock.h"
#include "format/oc_log.h"
#include "platform/opencart/trail_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* What somebody keeps by hand is small; exports of a browser's tools come to this. */
#define SAVED_MAX ((size_t)4 * 1024 * 1024)
/* More files of these names are no notes of an upgrade. */
#define FILES_MAX 60

struct saved_file {
    const char *rel;
    const char *shown;
    bool aside;
    struct timespec mtime;
};

struct looking {
    struct oc_reading *r;
    const char *dir;
    bool aside;
    size_t here; /* files of this directory */
    VEC(struct saved_file) files;
};

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    static const char *const ends[] = {".txt", ".json", ".html", ".htm", ".log", ".har"};
    struct looking *l = arg;
    struct err ignored = {0};
    const char *rel = arena_join(l->r->mem, l->dir, name);
    struct saved_file *f;
    struct stat st;
    bool wanted = false;

    (void)e;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        wanted = wanted || str_ends(str_of(name), str_of(ends[i]));
    if (type != DT_REG || !wanted || l->here >= FILES_MAX || tree_stat(oc_tree(l->r->s, l->aside), rel, &st, &ignored) < 0 || st.st_size == 0 ||
        (uint64_t)st.st_size > SAVED_MAX)
        return 0;
    l->here++;
    f = vec_push(&l->files);
    f->rel = arena_strdup(l->r->mem, rel);
    f->shown = l->aside ? arena_printf(l->r->mem, "%s/%s", l->r->s->aside_path, rel) : f->rel;
    f->aside = l->aside;
    f->mtime = st.st_mtim;
    return 0;
}

static int by_time(const void *pa, const void *pb)
{
    const struct saved_file *a = pa;
    const struct saved_file *b = pb;

    if (a->mtime.tv_sec != b->mtime.tv_sec)
        return a->mtime.tv_sec < b->mtime.tv_sec ? -1 : 1;
    if (a->mtime.tv_nsec != b->mtime.tv_nsec)
        return a->mtime.tv_nsec < b->mtime.tv_nsec ? -1 : 1;
    return strcmp(a->shown, b->shown);
}

/* ---- one answer ---- */

struct taking {
    struct oc_reading *r;
    const char *source;
    char time[20]; /* of the file */
    unsigned last; /* the step that an answer of this file said to be done last */
};

static void set_error(struct taking *k, const struct oc_answer *a, uint64_t line)
{
    struct oc_attempt *t = &k->r->saved;
    unsigned n = oc_trail_step_in(a->file);

    if (n == 0 && k->last > 0 && k->last < OC_STEPS_MAX)
        n = k->last + 1;
    oc_slot_put(n == 0 ? &t->loose : &t->failed[n], k->source, line, k->time, "%.*s", STR_FMT(a->text));
    if (n == 0)
        return;
    t->answered[n].source = NULL;
    t->at = n;
    if (n > t->far)
        t->far = n;
}

static void set_done(struct taking *k, const struct oc_answer *a, uint64_t line)
{
    struct oc_attempt *t = &k->r->saved;
    unsigned n = a->step;
    bool over = a->kind == OC_ANSWER_END;

    if (over && n == 0)
        n = a->of ? a->of : t->of;
    if (a->of > 0)
        t->of = a->of;
    if (a->has_next && a->next.version.n > 0 && a->next.version.n < sizeof t->to) {
        memcpy(t->to, a->next.version.p, a->next.version.n);
        t->to[a->next.version.n] = '\0';
    }
    if (over)
        oc_slot_put(&t->end, k->source, line, k->time, "%.*s", STR_FMT(a->text));
    else
        t->end.source = NULL;
    if (n == 0 || n > OC_STEPS_MAX)
        return;
    /* A page of a copy that goes on. */
    if (a->has_next && a->next.step == n)
        oc_slot_put(&t->asked[n], k->source, line, k->time, "%.*s", STR_FMT(a->text));
    else
        oc_slot_put(&t->answered[n], k->source, line, k->time, "%.*s", STR_FMT(a->text));
    t->failed[n].source = NULL;
    k->last = t->answered[n].source ? n : 0;
    t->loose.source = NULL;
    t->at = n;
    if (n > t->far)
        t->far = n;
}

static void take_answer(void *arg, const struct oc_answer *a, uint64_t line)
{
    struct taking *k = arg;
    const struct oc *x = k->r->s->own;
    struct oc_attempt *t = &k->r->saved;

    /* Of an installer that is not the one that is here. */
    if (a->of > 0 && x->install && x->install_steps > 0 && a->of != x->install_steps)
        return;
    if (a->step == 1 && t->far > 0 && (t->far > 1 || t->end.source))
        memset(t, 0, sizeof *t);
    memcpy(t->last_time, k->time, sizeof t->last_time);
    if (a->kind == OC_ANSWER_ERROR)
        set_error(k, a, line);
    else if (a->kind == OC_ANSWER_STEP || a->kind == OC_ANSWER_END)
        set_done(k, a, line);
}

/* ---- files ---- */

static bool holds_answers(struct str text)
{
    struct str head = text;
    char time[20];

    /* An error log has the same words in it. */
    if (oc_log_time(&head, time))
        return false;
    return (str_has(text, STR("Patch ")) && str_has(text, STR("has been applied"))) || str_has(text, STR("install\\/index.php?route=upgrade")) ||
           str_has(text, STR("\"Error Code(")) || str_has(text, STR("Congratulations! You have succes"));
}

static bool holds_requests(struct str text)
{
    return str_has(text, STR("install/index.php?route=upgrade")) && str_has(text, STR("HTTP/"));
}

static void read_file(struct oc_reading *r, const struct saved_file *f)
{
    struct taking k = {.r = r, .source = f->shown};
    struct buf text = {0};
    struct err why = {0};

    if (tree_read(oc_tree(r->s, f->aside), f->rel, SAVED_MAX, &text, &why) < 0) {
        oc_trail_unread(r, f->shown, &why);
    } else if (holds_requests(buf_str(&text))) {
        oc_trail_access_text(r, f->shown, buf_str(&text));
    } else if (holds_answers(buf_str(&text))) {
        struct arena a = {0};

        clock_local(f->mtime.tv_sec, k.time);
        oc_answers_saved(buf_str(&text), &a, take_answer, &k);
        arena_free(&a);
    }
    buf_free(&text);
}

static void look_in(struct looking *l, const char *dir, bool aside)
{
    const struct tree *t = oc_tree(l->r->s, aside);
    struct err ignored = {0};

    l->dir = dir;
    l->aside = aside;
    l->here = 0;
    if (dir[0] == '\0' || tree_exists(t, dir))
        tree_list(t, dir, take_name, l, &ignored);
}

void oc_trail_saved(struct oc_reading *r)
{
    const struct oc *x = r->s->own;
    struct looking l = {.r = r};

    look_in(&l, "", false);
    if (x->install)
        look_in(&l, x->install, false);
    if (x->logs && (!x->aside_logs || r->s->aside.path))
        look_in(&l, x->logs, x->aside_logs);
    if (l.files.n > 1)
        qsort(l.files.v, l.files.n, sizeof *l.files.v, by_time);
    for (size_t i = 0; i < l.files.n; i++)
        read_file(r, &l.files.v[i]);
    free(l.files.v);
}
