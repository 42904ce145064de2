#include "base/clock.h"
#include "base/table.h"
#include "cmd/backup_view.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "rescue/rescue.h"

#include <stdlib.h>
#include <string.h>

struct job {
    struct app *a;
    struct store s;
    struct rescue r;
    struct backup_list list;
    VEC(const char *) folders;
    struct arena mem;
    bool quick;
};

static int see_snapshot(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct job *j = arg;

    (void)e;
    if (type == DT_DIR && strncmp(name, "snapshot-", 9) == 0)
        *vec_push(&j->folders) = arena_printf(&j->mem, "%s/%s", j->r.work.tree.path, name);
    return 0;
}

/* What the user named, and the snapshots in the work directory. */
static void find_folders(struct job *j, const struct args *g)
{
    struct err ignored;

    for (size_t i = 0; i < g->n; i++)
        *vec_push(&j->folders) = g->operands[i];
    if (j->r.work.tree.path != NULL)
        (void)tree_list(&j->r.work.tree, "", see_snapshot, j, &ignored);
}

static int check_all(struct job *j, struct err *e)
{
    struct backup_bar bar;
    int r = 0;

    backup_bar_init(&bar, j->a);
    for (size_t i = 0; r == 0 && i < j->list.all.n; i++) {
        struct backup *b = j->list.all.v[i];

        r = backup_check(&j->s, &j->list, b, &bar.watch, e);
        backup_bar_drop(&bar);
        /* One that can't be opened doesn't hide the others. */
        if (r < 0 && e->kind != ERR_STOPPED) {
            b->sound = BACKUP_DAMAGED;
            *vec_push(&b->problems) = arena_strdup(&j->list.mem, e->text);
            err_clear(e);
            r = 0;
        }
    }
    return r;
}

static void add_row(struct table *t, const struct backup *b, struct arena *mem)
{
    enum term_style style;
    const char *sound = backup_view_sound(b, &style);
    char size[CLOCK_WORDS];

    clock_size(b->size, size);
    table_cstr(t, TERM_BOLD, b->recommended ? "*" : "");
    table_cstr(t, TERM_RESET, b->taken);
    table_cstr(t, TERM_RESET, backup_kind_name(b->kind));
    table_cstr(t, TERM_RESET, b->version);
    table_cstr(t, TERM_RESET, b->from && b->to ? arena_printf(mem, "%s to %s", b->from, b->to) : "");
    table_cstr(t, TERM_RESET, arena_strdup(mem, size));
    table_cstr(t, style, sound);
    table_cstr(t, TERM_RESET, b->path);
}

static void print_table(struct job *j)
{
    static const char *const heads[] = {"", "taken", "holds", "version", "upgrade", "size", "state", "backup"};
    struct table t = {0};

    table_begin(&t, 8, heads);
    table_right(&t, 5);
    for (size_t i = 0; i < j->list.all.n; i++)
        add_row(&t, j->list.all.v[i], &j->mem);
    table_print(&t, &j->a->out, &j->a->text);
    table_free(&t);
}

static void print_reasons(struct job *j, const struct backup *best)
{
    struct app *a = j->a;

    for (size_t i = 0; i < j->list.all.n; i++) {
        const struct backup *b = j->list.all.v[i];
        bool why = b->why && b != best && (best == NULL || a->verbose);

        if (b->problems.n == 0 && !why)
            continue;
        app_print(a, "\n");
        app_puts(a, TERM_BOLD, b->path);
        app_print(a, "\n");
        if (why)
            app_para(a, 2, "Not recommended: %s.", b->why);
        backup_view_problems(a, b, 2);
    }
}

static void print_text(struct job *j, const struct backup *best)
{
    print_table(j);
    print_reasons(j, best);
    if (best) {
        app_print(j->a, "\n");
        app_para(j->a, 0, "* Recommended: %s", best->why ? best->why : "it is the clean one");
        app_print(j->a, "  ");
        app_puts(j->a, TERM_BOLD, arena_printf(&j->mem, "%s restore", app_self(j->a, &j->mem)));
        app_print(j->a, "\n");
    }
}

static void print_json(struct job *j, enum status status)
{
    struct json o;

    report_json_begin(&o, &j->a->text, &j->s, GATE_UNKNOWN);
    json_karr(&o, "backups");
    for (size_t i = 0; i < j->list.all.n; i++) {
        json_begin_obj(&o);
        backup_view_json(&o, j->list.all.v[i]);
        json_end(&o);
    }
    json_end(&o);
    report_json_end(&o, status);
}

static enum status verdict(struct job *j)
{
    const struct backup *best = NULL;
    size_t n = j->list.all.n;
    size_t bad = 0;
    size_t damaged = 0;
    enum status status;

    for (size_t i = 0; i < n; i++) {
        const struct backup *b = j->list.all.v[i];

        best = b->recommended ? b : best;
        damaged += b->sound == BACKUP_DAMAGED;
        bad += b->problems.n > 0;
    }
    status = n == 0 ? STATUS_CANNOT : bad ? STATUS_PROBLEMS : STATUS_OK;
    if (j->a->json)
        print_json(j, status);
    else if (!j->a->quiet && n > 0)
        print_text(j, best);
    if (n == 0)
        return app_verdict(j->a, status, "STOPPED: no backup was found; name the folder where they lie: toolkit backups DIR");
    if (damaged)
        return app_verdict(j->a, status, "DONE WITH %zu PROBLEM%s: %zu of %zu backups %s damaged", bad, bad == 1 ? "" : "S", damaged, n,
                           damaged == 1 ? "is" : "are");
    if (bad)
        return app_verdict(j->a, status, "DONE WITH %zu PROBLEM%s: all are whole, but see what is said above", bad, bad == 1 ? "" : "S");
    if (j->quick)
        return app_verdict(j->a, status, "OK: %zu backup%s, not read; without --quick they are", n, n == 1 ? "" : "s");
    return app_verdict(j->a, status, "OK: %zu backup%s, each read to its end and sound", n, n == 1 ? "" : "s");
}

static enum status look(struct job *j, const struct args *g)
{
    struct err plan_err = {0};
    struct err e = {0};
    bool planned = rescue_read(&j->r, &j->s, j->a->work_dir, &plan_err) == 0;

    find_folders(j, g);
    if (backup_find(&j->s, j->folders.v, j->folders.n, &j->list, &e) < 0)
        return app_cannot(j->a, &e);
    if (!j->quick && check_all(j, &e) < 0)
        return e.kind == ERR_STOPPED ? app_verdict(j->a, STATUS_PROBLEMS, "STOPPED as you asked; nothing was changed")
                                     : app_cannot(j->a, &e);
    if (!planned)
        app_message(j->a, "none can be recommended, for what the upgrade did is not known: %s", plan_err.text);
    else if (!j->quick)
        backup_choose(&j->s, &j->r.plan, &j->list);
    return verdict(j);
}

static enum status run(struct app *a, const struct args *g)
{
    struct job j = {.a = a, .quick = args_has(g, "quick")};
    struct err e = {0};
    enum status status;

    if (app_store(a, &j.s, &e) < 0)
        return app_cannot(a, &e);
    status = look(&j, g);
    rescue_close(&j.r);
    backup_list_free(&j.list);
    store_close(&j.s);
    free(j.folders.v);
    arena_free(&j.mem);
    return status;
}

static const struct option options[] = {
    {"quick", 0, NULL, "only list them, without reading them to their end"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_backups = {
    .name = "backups",
    .operands = "[DIR…]",
    .summary = "list backups, say which are sound and which one is the clean one",
    .text = "Lists the backups in the places where the platform keeps them, the snapshots of the toolkit, and what lies in the "
            "folders named: zip and tar archives, dumps, folders with the parts of one backup. Newest first. Each is read to its "
            "end: every checksum is compared, every statement of its dump is looked at.\n\n"
            "The one marked with * was taken before the interrupted upgrade changed anything. None is marked when restoring is "
            "not the right answer. Changes nothing.",
    .examples = "toolkit backups\ntoolkit backups --quick /root/backups\ntoolkit backups --json",
    .options = options,
    .most = 100,
    .run = run,
};
