#include "cmd/admins.h"

#include "base/clock.h"
#include "base/esc.h"
#include "base/table.h"
#include "cmd/ask.h"
#include "cmd/report.h"
#include "cmd/task.h"
#include "cmd/view.h"
#include "platform/admin.h"
#include "rescue/journal.h"

#include <string.h>

/* The journal's step under which what an account had is noted. */
#define STEP "password"

static int read_admins(struct store *s, struct admin_list *l, struct err *e)
{
    if (s->platform->admins == NULL || s->platform->admin_password == NULL)
        return err_set(e, ERR_ABSENT, "%s: accounts of the back office are not available", s->platform->title);
    return s->platform->admins(s, l, e);
}

/* ---- looking ---- */

static void print_list(struct app *a, const struct admin_list *l)
{
    static const char *const heads[] = {"Login", "Name", "E-mail", "Group", "State", "Last log-in"};
    struct table t = {0};

    table_begin(&t, sizeof heads / sizeof *heads, heads);
    for (size_t i = 0; i < l->all.n; i++) {
        const struct admin *ad = &l->all.v[i];
        bool twice = ad->email && strcmp(ad->email, ad->login) == 0;

        table_cstr(&t, ad->root ? TERM_BOLD : TERM_RESET, ad->login);
        table_cstr(&t, TERM_RESET, ad->name);
        table_cstr(&t, TERM_RESET, twice ? "" : ad->email);
        table_cstr(&t, TERM_RESET, ad->group);
        table_cstr(&t, ad->active ? TERM_GREEN : TERM_YELLOW, ad->locked ? ad->locked : ad->active ? "active" : "not active");
        table_cstr(&t, TERM_RESET, ad->last_login);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static void put_admin(struct json *j, const struct admin *ad)
{
    json_kstr(j, "login", ad->login);
    json_kstr(j, "name", ad->name);
    json_kstr(j, "email", ad->email);
    json_kstr(j, "group", ad->group);
    json_kbool(j, "root", ad->root);
    json_kbool(j, "active", ad->active);
    json_kstr(j, "locked", ad->locked);
    json_kstr(j, "last_login", ad->last_login);
}

static void print_json(struct app *a, const struct store *s, const struct admin_list *l, const struct err *e, enum status status)
{
    struct json j;

    report_json_begin(&j, &a->text, s, GATE_UNKNOWN);
    json_karr(&j, "admins");
    for (size_t i = 0; i < l->all.n; i++) {
        json_begin_obj(&j);
        put_admin(&j, &l->all.v[i]);
        json_end(&j);
    }
    json_end(&j);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

enum status admins_show(struct app *a)
{
    struct admin_list l = {0};
    struct store s;
    struct err e = {0};
    enum status status = STATUS_CANNOT;
    size_t active = 0;

    if (app_store(a, &s, &e) < 0)
        return app_cannot(a, &e);
    if (read_admins(&s, &l, &e) == 0)
        status = STATUS_OK;
    if (a->json)
        print_json(a, &s, &l, &e, status);
    else if (status == STATUS_OK && !a->quiet)
        print_list(a, &l);
    for (size_t i = 0; i < l.all.n; i++)
        active += l.all.v[i].active;
    status = status == STATUS_OK
                 ? app_verdict(a, status, "OK: %zu account%s of the back office, %zu active", l.all.n, l.all.n == 1 ? "" : "s", active)
                 : app_cannot(a, &e);
    admin_list_free(&l);
    store_close(&s);
    return status;
}

/* ---- another password ---- */

struct job {
    struct app *a;
    struct store s;
    struct admin_list list;
    const struct admin *who;
    enum password_act act;
    bool activate;
    struct workdir dir;
    struct journal journal;
    struct secret secret;
    struct admin_change change;
};

/* What only puts back begins no case. */
static int begin(struct job *j, struct err *e)
{
    const char *what = arena_printf(&j->s.mem, "password of %s", j->who->login);

    return task_journal(j->a, &j->s, "toolkit store password", what, j->act == PASSWORD_BACK, &j->dir, &j->journal, e);
}

static int type_and_reckon(struct job *j, struct err *e)
{
    const char *prompt = arena_printf(&j->s.mem, "New password of %s", j->who->login);
    int rc = 0;

    if (!j->a->dry_run)
        rc = ask_secret(j->a, prompt, &j->secret, e);
    if (rc == 0)
        rc = j->s.platform->admin_password(&j->s, j->who, (struct str){j->secret.text, j->secret.n}, j->activate, &j->change, e);
    ask_wipe(&j->secret);
    return rc;
}

/* The account first: nobody types a password for one that is not there. */
static int prepare(struct job *j, const char *login, struct err *e)
{
    if (read_admins(&j->s, &j->list, e) < 0 || (j->who = admin_find(&j->list, login, e)) == NULL)
        return -1;
    if (!j->a->dry_run && !app_confirm(j->a,
                     j->act == PASSWORD_ASK ? "Set another password for this account of the live store now?"
                                            : "Put back what this account of the live store had before?",
                     e))
        return -1;
    return j->act == PASSWORD_ASK ? type_and_reckon(j, e) : 0;
}

static int set(struct job *j, struct work *w, struct err *e)
{
    if (j->act == PASSWORD_BACK) {
        if (admin_back(&j->s, j->who, w, e) < 0)
            return -1;
        return w->dry_run ? 0 : case_file_set_state(j->journal.file, j->journal.id, CASE_FINISHED, e);
    }
    if (admin_set(&j->s, j->who, &j->change, w, e) < 0)
        return -1;
    if (j->activate)
        w->say(w, w->dry_run ? "would activate the account" : "the account is active");
    else if (!j->who->active)
        w->say(w, "%s is not active: it can log in only after the same command with --activate", j->who->login);
    if (!w->dry_run) {
        struct buf login = {0};

        esc_shell(&login, j->who->login);
        w->say(w, "kept as %s; the former one comes back with: %s store password %s --back", j->change.scheme, app_self(j->a, &j->s.mem),
               buf_cstr(&login));
        buf_free(&login);
    }
    return 0;
}

static void json_after(const struct job *j, const struct err *e, enum status status)
{
    struct json o;

    report_json_begin(&o, &j->a->text, &j->s, GATE_UNKNOWN);
    json_kstr(&o, "task", j->act == PASSWORD_BACK ? "password put back" : "password set");
    if (j->who) {
        json_kobj(&o, "account");
        put_admin(&o, j->who);
        json_end(&o);
    } else {
        json_knull(&o, "account");
    }
    json_kbool(&o, "activated", j->activate && e->kind == ERR_NONE && !j->a->dry_run);
    json_kbool(&o, "dry_run", j->a->dry_run);
    app_error_json(&o, e);
    report_json_end(&o, status);
}

static enum status run(struct job *j, struct err *e)
{
    static const struct step step = {.id = STEP, .title = "a password of the back office"};
    struct work_ctx ctx = {.journal = &j->journal, .step = &step};
    struct work w;
    struct view v;
    struct buf what = {0};
    uint64_t begun = clock_mono_ns();
    enum status status;
    int rc;

    task_work(j->a, &j->s, &v, &ctx, &w);
    rc = set(j, &w, e);
    view_close(&v);
    if (j->a->json)
        json_after(j, e, rc < 0 ? task_status(e) : STATUS_OK);
    buf_printf(&what, "the password of %s is %s", j->who->login, j->act == PASSWORD_BACK ? "the former one again" : "set");
    status = rc < 0 ? task_failed(j->a, e) : task_done(j->a, buf_cstr(&what), begun);
    buf_free(&what);
    return status;
}

enum status admins_password(struct app *a, const char *login, enum password_act act, bool activate)
{
    struct job j = {.a = a, .act = act, .activate = activate};
    struct err e = {0};
    enum status status;

    if (app_store(a, &j.s, &e) < 0)
        return app_cannot(a, &e);
    workdir_init(&j.dir);
    if (prepare(&j, login, &e) < 0 || begin(&j, &e) < 0) {
        if (a->json)
            json_after(&j, &e, STATUS_CANNOT);
        status = app_cannot(a, &e);
    } else {
        status = run(&j, &e);
    }
    admin_change_free(&j.change);
    admin_list_free(&j.list);
    journal_close(&j.journal);
    workdir_close(&j.dir);
    store_close(&j.s);
    return status;
}
