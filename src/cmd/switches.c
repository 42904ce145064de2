#include "cmd/switches.h"

#include "base/clock.h"
#include "base/table.h"
#include "cmd/report.h"
#include "cmd/task.h"
#include "cmd/view.h"
#include "rescue/undo.h"

#include <stdlib.h>
#include <string.h>

/* The journal's note of how a switch stood when its case began: "on" or "off". */
#define BEFORE "before"

/* ---- looking ---- */

struct seen {
    const struct store_switch *sw;
    bool on;
    struct err why; /* kind ERR_NONE: on is known */
};

struct look {
    enum gate gate;
    struct err gate_why;
    const char *but; /* what "open" leaves out, or NULL */
    VEC(struct seen) all;
    size_t unknown;
};

static void look_at(struct store *s, struct look *l)
{
    if (s->platform->gate(s, &l->gate, &l->gate_why) < 0)
        l->gate = GATE_UNKNOWN;
    l->unknown += l->gate == GATE_UNKNOWN;
    if (l->gate == GATE_OPEN && s->platform->gate_but)
        l->but = s->platform->gate_but(s);
    for (const struct store_switch *sw = s->platform->switches; sw && sw->name; sw++) {
        struct seen *seen = vec_push(&l->all);

        seen->sw = sw;
        if (sw->get(s, &seen->on, &seen->why) < 0)
            l->unknown++;
    }
}

static const char *gate_words(enum gate g)
{
    return g == GATE_OPEN ? "open" : g == GATE_CLOSED ? "closed" : "not known";
}

/* "but ..." alone, or NULL. */
static const char *but_words(const struct look *l)
{
    return l->but ? l->but + strspn(l->but, ", ") : NULL;
}

static void print_look(struct app *a, const struct look *l)
{
    struct table t = {0};

    table_begin(&t, 3, NULL);
    table_cstr(&t, TERM_BOLD, "store");
    table_cstr(&t, l->gate == GATE_OPEN && l->but == NULL ? TERM_GREEN : TERM_YELLOW, gate_words(l->gate));
    table_cstr(&t, TERM_RESET, l->gate_why.kind ? l->gate_why.text : l->but ? but_words(l) : "");
    for (size_t i = 0; i < l->all.n; i++) {
        const struct seen *seen = &l->all.v[i];

        table_cstr(&t, TERM_BOLD, seen->sw->name);
        table_cstr(&t, TERM_RESET, seen->why.kind ? "not known" : seen->on ? "on" : "off");
        table_cstr(&t, TERM_RESET, seen->why.kind ? seen->why.text : seen->sw->title);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static void print_json(struct app *a, const struct store *s, const struct look *l, enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, l->gate);
    json_kstr(&j, "open_but", but_words(l));
    json_karr(&j, "switches");
    for (size_t i = 0; i < l->all.n; i++) {
        const struct seen *seen = &l->all.v[i];

        json_begin_obj(&j);
        json_kstr(&j, "name", seen->sw->name);
        json_kstr(&j, "title", seen->sw->title);
        if (seen->why.kind)
            json_knull(&j, "on");
        else
            json_kbool(&j, "on", seen->on);
        json_kstr(&j, "why", seen->why.kind ? seen->why.text : NULL);
        json_end(&j);
    }
    json_end(&j);
    app_error_json(&j, &l->gate_why);
    report_json_end(&j, status);
}

enum status switches_show(struct app *a)
{
    struct look l = {.gate = GATE_UNKNOWN};
    struct store s;
    struct err e = {0};
    enum status status;

    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    look_at(&s, &l);
    status = l.unknown ? STATUS_PROBLEMS : STATUS_OK;
    if (a->json)
        print_json(a, &s, &l, status);
    else if (!a->quiet)
        print_look(a, &l);
    if (l.unknown)
        status = app_verdict(a, status, "DONE WITH %zu PROBLEM%s: not all of it could be read; nothing was changed", l.unknown,
                             l.unknown == 1 ? "" : "S");
    else
        status = app_verdict(a, status, "OK: the store is %s%s", gate_words(l.gate), l.but ? l.but : "");
    free(l.all.v);
    store_close(&s);
    return status;
}

/* ---- switching ---- */

struct job {
    struct app *a;
    struct store s;
    struct workdir dir;
    struct journal journal;
    struct tree undo;
    const struct store_switch *sw;
    const char *command;
    bool on;
};

static int find_switch(struct job *j, const char *name, struct err *e)
{
    struct buf names = {0};

    for (const struct store_switch *sw = j->s.platform->switches; sw && sw->name; sw++) {
        if (strcmp(sw->name, name) == 0) {
            j->sw = sw;
            buf_free(&names);
            return 0;
        }
        buf_printf(&names, ", %s on|off", sw->name);
    }
    err_set(e, ERR_USAGE, "%s: store has no switch %s; there is open, close%s", j->s.platform->title, name,
            names.n ? buf_cstr(&names) : "");
    buf_free(&names);
    return -1;
}

static int begin(struct job *j, struct err *e)
{
    if (task_journal(j->a, &j->s, j->command, j->sw->name, false, &j->dir, &j->journal, e) < 0)
        return -1;
    return j->a->dry_run ? 0 : workdir_undo(&j->dir, j->journal.id, true, &j->undo, e);
}

/* Remembers the first state, and tells whether the store is back at it. */
static int note_before(struct work *w, bool now, struct err *e)
{
    struct buf before = {0};
    int rc = 0;

    if (!w->noted(w, BEFORE, &before))
        rc = w->note(w, BEFORE, now ? STR("on") : STR("off"), e);
    buf_free(&before);
    return rc;
}

static bool is_back(struct work *w, bool now)
{
    struct buf before = {0};
    bool back = w->noted(w, BEFORE, &before) && str_is(buf_str(&before), now ? "on" : "off");

    buf_free(&before);
    return back;
}

static int set(struct job *j, struct work *w, struct err *e)
{
    bool now;

    if (j->sw->get(&j->s, &now, e) < 0 || note_before(w, now, e) < 0 || j->sw->set(&j->s, j->on, w, e) < 0)
        return -1;
    return 0;
}

/* The store is as it was: what was kept for undoing is kept for nothing. */
static int end_case(struct job *j, const struct work_ui *ui, struct err *e)
{
    uint64_t bytes;

    tree_close(&j->undo);
    if (case_file_set_state(j->journal.file, j->journal.id, CASE_FINISHED, e) < 0)
        return -1;
    return clean_case(&j->s, &j->dir, j->journal.file, j->journal.id, ui, &bytes, e);
}

static void json_after(const struct job *j, const struct err *e, enum status status)
{
    struct json o;

    report_json_begin(&o, &j->a->text, &j->s, GATE_UNKNOWN);
    json_kstr(&o, "task", j->sw->name);
    json_kbool(&o, "on", j->on);
    json_kbool(&o, "dry_run", j->a->dry_run);
    app_error_json(&o, e);
    report_json_end(&o, status);
}

static enum status run(struct job *j, struct err *e)
{
    struct step step = {.id = j->sw->name, .title = j->sw->title};
    struct work_ctx ctx = {.journal = &j->journal, .step = &step};
    struct work w;
    struct view v;
    struct buf what = {0};
    uint64_t begun = clock_mono_ns();
    enum status status;
    int rc;

    task_work(j->a, &j->s, &v, &ctx, &w);
    w.undo = j->undo.path ? &j->undo : NULL;
    rc = set(j, &w, e);
    if (rc == 0 && !j->a->dry_run && is_back(&w, j->on))
        rc = end_case(j, &v.ui, e);
    view_close(&v);
    if (j->a->json)
        json_after(j, e, rc < 0 ? task_status(e) : STATUS_OK);
    buf_printf(&what, "the switch %s is %s", j->sw->name, j->on ? "on" : "off");
    status = rc < 0 ? task_failed(j->a, e) : task_done(j->a, buf_cstr(&what), begun);
    buf_free(&what);
    return status;
}

enum status switches_set(struct app *a, const char *name, bool on)
{
    struct job j = {.a = a, .on = on};
    struct err e = {0};
    enum status status;

    if (app_store(a, &j.s, &e) < 0)
        return app_cannot(a, &e);
    workdir_init(&j.dir);
    if (find_switch(&j, name, &e) < 0) {
        status = app_cannot(a, &e);
        goto out;
    }
    j.command = arena_printf(&j.s.mem, "toolkit store %s %s", j.sw->name, on ? "on" : "off");
    if (!a->dry_run && !app_confirm(a, "Change the live store now?", &e)) {
        status = app_cannot(a, &e);
    } else if (begin(&j, &e) < 0) {
        if (a->json)
            json_after(&j, &e, STATUS_CANNOT);
        status = app_cannot(a, &e);
    } else {
        status = run(&j, &e);
    }
out:
    tree_close(&j.undo);
    journal_close(&j.journal);
    workdir_close(&j.dir);
    store_close(&j.s);
    return status;
}
