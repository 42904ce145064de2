/* clean: frees what is kept for undoing, and shows or removes what upgrades left behind. */
#include "base/clock.h"
#include "base/table.h"
#include "cmd/case_words.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/view.h"
#include "rescue/clean.h"

#include <stdlib.h>
#include <string.h>

struct cleaning {
    struct cases c;
    struct leftover_list left;
    bool remove_left;
    VEC(int64_t) ids; /* of the cases to free */
    size_t freed;
    uint64_t bytes;
    int64_t left_case; /* the case that leftovers were moved into, or 0 */
};

static const char *leftover_words(enum leftover_kind k)
{
    static const char *const words[] = {"file", "folder", "table"};

    return words[k];
}

static void print_json(const struct cleaning *k, const struct err *e, enum status status)
{
    struct json j;

    report_json_begin(&j, &k->c.a->text, &k->c.s, GATE_UNKNOWN);
    json_karr(&j, "cases");
    for (size_t i = 0; i < k->ids.n; i++) {
        json_begin_obj(&j);
        case_json(&j, cases_find(&k->c, k->ids.v[i]));
        json_end(&j);
    }
    json_end(&j);
    json_kuint(&j, "freed", k->freed);
    json_kuint(&j, "bytes", k->bytes);
    json_karr(&j, "leftovers");
    for (size_t i = 0; i < k->left.all.n; i++) {
        json_begin_obj(&j);
        json_kstr(&j, "kind", leftover_words(k->left.all.v[i].kind));
        json_kpath(&j, "name", str_of(k->left.all.v[i].name));
        json_kstr(&j, "why", k->left.all.v[i].why);
        json_end(&j);
    }
    json_end(&j);
    if (k->left_case)
        json_kint(&j, "leftovers_case", k->left_case);
    else
        json_knull(&j, "leftovers_case");
    json_kbool(&j, "dry_run", k->c.a->dry_run);
    app_error_json(&j, e);
    report_json_end(&j, status);
}

static bool may_be_freed(const struct cleaning *k, const struct undo_info *i)
{
    if (i->info.state != CASE_FINISHED && i->info.state != CASE_UNDONE && i->info.state != CASE_CLEANED)
        return false;
    return i->db_switched || i->tables > 0 || clean_has_files(&k->c.dir, i->info.id);
}

static int choose(struct cleaning *k, const struct args *g, struct err *e)
{
    for (size_t i = 0; i < g->n; i++) {
        int64_t id;

        if (case_number(g->operands[i], &id, e) < 0)
            return -1;
        if (cases_find(&k->c, id) == NULL) {
            err_set(e, ERR_ABSENT, "there is no case %lld", (long long)id);
            return err_fix(e, "toolkit cases lists them");
        }
        *vec_push(&k->ids) = id;
    }
    /* Who asks for leftovers alone does not mean the cases. */
    for (size_t i = 0; g->n == 0 && !k->remove_left && i < k->c.all.n; i++)
        if (may_be_freed(k, &k->c.all.v[i]))
            *vec_push(&k->ids) = k->c.all.v[i].info.id;
    return 0;
}

static void show_cases(const struct cleaning *k)
{
    struct app *a = k->c.a;
    struct table t = {.indent = 2};

    if (k->ids.n == 0)
        return;
    app_print(a, "What is kept for undoing, and goes for good:\n");
    table_begin(&t, 5, NULL);
    table_right(&t, 0);
    table_right(&t, 3);
    for (size_t n = 0; n < k->ids.n; n++) {
        const struct undo_info *i = cases_find(&k->c, k->ids.v[n]);
        char size[CLOCK_WORDS];
        struct buf b = {0};

        buf_printf(&b, "%lld", (long long)i->info.id);
        table_cell(&t, TERM_BOLD, buf_str(&b));
        table_cstr(&t, TERM_RESET, case_kind_words(i->info.kind));
        table_cstr(&t, TERM_RESET, case_state_words(i->info.state));
        clock_size(i->bytes, size);
        table_cstr(&t, TERM_RESET, size);
        buf_reset(&b);
        case_subject(&i->info, &b);
        buf_adds(&b, i->db_switched ? ", and the tables on the server" : "");
        table_cell(&t, TERM_RESET, buf_str(&b));
        buf_free(&b);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static void show_leftovers(const struct cleaning *k)
{
    struct app *a = k->c.a;
    struct table t = {.indent = 2};

    if (k->left.all.n == 0)
        return;
    app_print(a, "%s\n", k->remove_left ? "What is left of upgrades and restores, and goes (undo brings it back):"
                                        : "What is left of upgrades and restores; clean --leftovers removes it:");
    table_begin(&t, 3, NULL);
    for (size_t i = 0; i < k->left.all.n; i++) {
        table_cstr(&t, TERM_RESET, leftover_words(k->left.all.v[i].kind));
        table_cstr(&t, TERM_BOLD, k->left.all.v[i].name);
        table_cstr(&t, TERM_RESET, k->left.all.v[i].why);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static int free_cases(struct cleaning *k, const struct work_ui *ui, struct err *e)
{
    for (size_t i = 0; i < k->ids.n; i++) {
        uint64_t bytes;

        if (clean_case(&k->c.s, &k->c.dir, k->c.cf, k->ids.v[i], ui, &bytes, e) < 0)
            return -1;
        k->freed++;
        k->bytes += bytes;
    }
    return 0;
}

static int remove_leftovers(struct cleaning *k, const struct work_ui *ui, struct err *e)
{
    if (!k->remove_left || k->left.all.n == 0)
        return 0;
    if (cases_create(&k->c, "toolkit clean", e) < 0)
        return -1;
    return leftovers_remove(&k->c.s, &k->c.dir, k->c.cf, &k->left, ui, &k->left_case, e);
}

static enum status finished(struct cleaning *k)
{
    struct app *a = k->c.a;
    const struct err none = {0};
    char size[CLOCK_WORDS];

    clock_size(k->bytes, size);
    if (a->json)
        print_json(k, &none, STATUS_OK);
    if (k->left_case)
        return app_verdict(a, STATUS_OK, "OK: %zu leftover%s removed%s; take that back with: %s undo %lld", k->left.all.n,
                           k->left.all.n == 1 ? "" : "s", k->freed ? ", kept copies freed" : "", app_self(a, &k->c.mem),
                           (long long)k->left_case);
    return app_verdict(a, STATUS_OK, "OK: %zu case%s freed, %s", k->freed, k->freed == 1 ? "" : "s", size);
}

static enum status carry_out(struct cleaning *k)
{
    struct app *a = k->c.a;
    struct view v;
    struct err e = {0};
    int rc;

    view_init(&v, a);
    rc = free_cases(k, &v.ui, &e);
    if (rc == 0)
        rc = remove_leftovers(k, &v.ui, &e);
    view_close(&v);
    if (rc == 0)
        return finished(k);
    if (k->freed == 0 && k->left_case == 0)
        return app_cannot(a, &e);
    if (a->json)
        print_json(k, &e, STATUS_STOPPED);
    app_error(a, &e);
    return app_verdict(a, STATUS_STOPPED, "STOPPED after %zu case%s; mend the cause and run the same command again", k->freed,
                       k->freed == 1 ? "" : "s");
}

/* A case that is open is refused before anything is asked or freed. */
static int check_named(const struct cleaning *k, struct err *e)
{
    for (size_t n = 0; n < k->ids.n; n++) {
        const struct undo_info *i = cases_find(&k->c, k->ids.v[n]);

        if (i->info.state != CASE_OPEN && i->info.state != CASE_UNDOING)
            continue;
        err_set(e, ERR_REFUSED, "case %lld is %s: what is kept for it is still needed", (long long)i->info.id,
                i->info.state == CASE_OPEN ? "not finished" : "half undone");
        return err_fix(e, "finish it, or take it back first: toolkit undo %lld", (long long)i->info.id);
    }
    return 0;
}

static enum status clean(struct cleaning *k, const struct args *g)
{
    struct app *a = k->c.a;
    struct err e = {0};
    bool nothing;

    k->remove_left = args_has(g, "leftovers");
    if (cases_read(&k->c, &e) < 0 || choose(k, g, &e) < 0 || check_named(k, &e) < 0 ||
        leftovers_find(&k->c.s, &k->c.dir, &k->left, &e) < 0)
        return app_cannot(a, &e);
    nothing = k->ids.n == 0 && (!k->remove_left || k->left.all.n == 0);
    if (!a->json && !a->quiet) {
        show_cases(k);
        show_leftovers(k);
    }
    if (nothing || a->dry_run) {
        if (a->json)
            print_json(k, &e, STATUS_OK);
        return app_verdict(a, STATUS_OK, nothing ? "OK: there is nothing to free" : "OK: dry run; nothing was changed");
    }
    if (!app_confirm(a, k->ids.n ? "Free this for good?" : "Remove this?", &e))
        return app_cannot(a, &e);
    return carry_out(k);
}

static enum status run(struct app *a, const struct args *g)
{
    struct cleaning k = {0};
    struct err e = {0};
    enum status status;

    if (cases_open(&k.c, a, "toolkit clean", !a->dry_run, &e) < 0)
        status = app_cannot(a, &e);
    else
        status = clean(&k, g);
    free(k.ids.v);
    leftovers_free(&k.left);
    cases_close(&k.c);
    return status;
}

static const struct option options[] = {
    {"leftovers", 0, NULL, "remove what upgrades and restores left in the store"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_clean = {
    .name = "clean",
    .operands = "[CASE…]",
    .summary = "free what is kept for undoing, show what upgrades left behind",
    .text = "Frees the copies of files, the tables put aside and the database snapshots of cases that are finished or undone; those cases can't "
            "be undone afterwards and stay in the list. With CASE only of those. A case that is open is never freed.\n\n"
            "Also lists what a broken upgrade or a restore left in the store: progress tables, public restore scripts, dumps in public "
            "folders. With --leftovers that is moved out of the store, as a case of its own that can be undone.",
    .examples = "toolkit --dry-run clean\ntoolkit clean\ntoolkit --yes clean 2 3\ntoolkit clean --leftovers",
    .options = options,
    .most = 1000,
    .run = run,
};
