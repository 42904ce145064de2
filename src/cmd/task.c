#include "cmd/task.h"

#include "base/clock.h"
#include "cmd/report.h"

static void task_json(struct app *a, const struct store *s, const char *what, const struct err *e, enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, GATE_UNKNOWN);
    json_kstr(&j, "task", what);
    json_kbool(&j, "dry_run", a->dry_run);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

enum status task_status(const struct err *e)
{
    return e->kind == ERR_ABSENT || e->kind == ERR_USAGE ? STATUS_CANNOT : STATUS_STOPPED;
}

enum status task_failed(struct app *a, const struct err *e)
{
    enum status status = task_status(e);

    app_error(a, e);
    if (status == STATUS_CANNOT)
        return app_verdict(a, status, "STOPPED; nothing was changed");
    return app_verdict(a, status, "STOPPED; mend the cause and run the same command again");
}

enum status task_done(struct app *a, const char *what, uint64_t begun)
{
    char took[CLOCK_WORDS];

    if (a->dry_run)
        return app_verdict(a, STATUS_OK, "OK: dry run; nothing was changed");
    clock_duration(clock_mono_ns() - begun, took);
    return app_verdict(a, STATUS_OK, "OK: %s in %s", what, took);
}

void task_work(struct app *a, const struct store *s, struct view *v, struct work_ctx *ctx, struct work *w)
{
    view_init(v, a);
    ctx->ui = &v->ui;
    work_init(w, ctx, s);
    w->dry_run = a->dry_run;
    w->verbose = a->verbose;
}

int task_journal(struct app *a, const struct store *s, const char *command, const char *what, bool known, struct workdir *dir, struct journal *j,
                 struct err *e)
{
    struct err none = {0};

    if (a->dry_run)
        return workdir_open(dir, &s->tree, a->work_dir, false, &none) < 0 ? 0 : journal_change(j, dir, s, what, false, e);
    if (workdir_open(dir, &s->tree, a->work_dir, true, e) < 0 || workdir_lock(dir, command, e) < 0)
        return -1;
    if (known) {
        int rc = journal_change(j, dir, s, what, false, e);

        if (rc < 0 || j->id == 0)
            return rc;
        journal_close(j);
    }
    return journal_change(j, dir, s, what, true, e);
}

enum status task_run(struct app *a, const char *command, const char *asks, const char *what, task_fn *fn, void *ctx)
{
    struct work_ctx work_ctx = {0};
    struct workdir dir;
    struct work w;
    struct view v;
    struct store s;
    struct err e = {0};
    uint64_t begun = clock_mono_ns();
    enum status status;
    int rc;

    workdir_init(&dir);
    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    if (asks && !a->dry_run && !app_confirm(a, asks, &e)) {
        status = app_cannot(a, &e);
        goto out;
    }
    if (!a->dry_run &&
        (workdir_open(&dir, &s.tree, a->work_dir, true, &e) < 0 || workdir_lock(&dir, command, &e) < 0)) {
        status = app_cannot(a, &e);
        goto out;
    }
    task_work(a, &s, &v, &work_ctx, &w);
    rc = fn(&s, &w, ctx, &e);
    view_close(&v);
    if (a->json)
        task_json(a, &s, what, &e, rc < 0 ? task_status(&e) : STATUS_OK);
    status = rc < 0 ? task_failed(a, &e) : task_done(a, what, begun);
out:
    workdir_close(&dir);
    store_close(&s);
    return status;
}
