#include "base/clock.h"
#include "base/esc.h"
#include "base/plural.h"
#include "base/table.h"
#include "cmd/backup_view.h"
#include "cmd/command.h"
#include "cmd/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without --verbose the largest so many tables are named. */
#define TABLES_SHOWN 20

struct job {
    struct app *a;
    struct store s;
    struct backup_list list;
    struct backup *b;
    struct sql_facts facts;
    struct arena mem;
    VEC(struct file) files; /* with --verbose */
    uint64_t left; /* files that a restore leaves alone */
};

struct file {
    const char *path;
    uint64_t size;
    bool left;
};

static void take_file(void *ctx, const struct backup_entry *en, uint64_t size)
{
    struct job *j = ctx;
    struct file *f;

    j->left += en->role == BACKUP_LEAVE;
    if (!j->a->verbose)
        return;
    f = vec_push(&j->files);
    *f = (struct file){arena_strdup(&j->mem, en->path), size, en->role == BACKUP_LEAVE};
}

static void fact(struct app *a, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    app_print(a, "  %-10s ", name);
    app_puts(a, TERM_RESET, value);
    app_print(a, "\n");
}

static void print_parts(struct job *j)
{
    for (size_t i = 0; i < j->b->parts.n && j->b->parts.n > 1; i++)
        fact(j->a, i == 0 ? "parts" : "", j->b->parts.v[i].path);
}

static void print_facts(struct job *j)
{
    const struct backup *b = j->b;
    struct app *a = j->a;
    char size[CLOCK_WORDS];
    enum term_style style;
    const char *sound = backup_view_sound(b, &style);

    app_puts(a, TERM_BOLD, b->path);
    app_print(a, ": ");
    app_puts(a, style, sound);
    app_print(a, "\n");
    clock_size(b->size, size);
    fact(a, "holds", b->kind == BACKUP_FULL ? "files and database" : b->kind == BACKUP_DB ? "the database alone" : "files alone");
    fact(a, "version", b->version);
    if (b->from && b->to)
        fact(a, "made for", arena_printf(&j->mem, "the upgrade from %s to %s", b->from, b->to));
    fact(a, "taken", b->taken_by_name ? b->taken : arena_printf(&j->mem, "%s, by the time of the file", b->taken));
    fact(a, "size", size);
    print_parts(j);
    if (b->root && b->root[0])
        fact(a, "store in", b->root);
    if (b->files > 0) {
        clock_size(b->file_bytes, size);
        fact(a, "files", arena_printf(&j->mem, "%" PRIu64 " with %s%s", b->files, size,
                                      j->left ? arena_printf(&j->mem, "; %" PRIu64 " more %s not restored", j->left, plural(j->left, "is", "are")) : ""));
    }
}

static const char *whole_words(const struct sql_facts *f, struct arena *mem)
{
    if (f->whole == SQL_WHOLE_YES)
        return "yes";
    return arena_printf(mem, "%s: %s", f->whole == SQL_WHOLE_NO ? "no" : "not provable", f->why_not);
}

static void add_count(struct buf *b, size_t n, const char *one)
{
    if (n > 0)
        buf_printf(b, "%s%zu %s%s", b->n > 0 ? ", " : "", n, one, n == 1 ? "" : "s");
}

static void print_dump_facts(struct job *j)
{
    const struct sql_facts *f = &j->facts;
    struct app *a = j->a;
    struct buf also = {0};
    char size[CLOCK_WORDS];

    app_print(a, "\nDump\n");
    fact(a, "written by", sql_writer_name(f->writer));
    fact(a, "server", f->server);
    fact(a, "database", f->database);
    fact(a, "ended", f->ended);
    clock_size(f->bytes, size);
    fact(a, "tables", arena_printf(&j->mem, "%zu with %" PRIu64 " row%s, %s", sql_facts_tables(f), f->rows, plural(f->rows, "", "s"), size));
    add_count(&also, f->views, "view");
    add_count(&also, f->triggers, "trigger");
    add_count(&also, f->routines, "routine");
    add_count(&also, f->events, "event");
    if (also.n > 0)
        fact(a, "also", buf_cstr(&also));
    buf_free(&also);
    fact(a, "whole", whole_words(f, &j->mem));
}

static int largest_first(const void *a, const void *b)
{
    const struct sql_table_facts *x = a;
    const struct sql_table_facts *y = b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void print_tables(struct job *j)
{
    static const char *const heads[] = {"rows", "size", "table"};
    size_t n = j->facts.tables.n;
    size_t shown = j->a->verbose || n <= TABLES_SHOWN ? n : TABLES_SHOWN;
    struct sql_table_facts *sorted = mem_array(n + 1, sizeof *sorted);
    struct table t = {.indent = 2};
    char number[32];

    if (n > 0)
        memcpy(sorted, j->facts.tables.v, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, largest_first);
    table_begin(&t, 3, heads);
    table_right(&t, 0);
    table_right(&t, 1);
    for (size_t i = 0; i < shown; i++) {
        char size[CLOCK_WORDS];

        snprintf(number, sizeof number, "%" PRIu64, sorted[i].rows);
        clock_size(sorted[i].bytes, size);
        table_cstr(&t, TERM_RESET, sorted[i].is_view ? "view" : arena_strdup(&j->mem, number));
        table_cstr(&t, TERM_RESET, arena_strdup(&j->mem, size));
        table_cstr(&t, TERM_RESET, sorted[i].name);
    }
    app_print(j->a, "\n");
    table_print(&t, &j->a->out, &j->a->text);
    if (shown < n)
        app_print(j->a, "  and %zu smaller ones; -v names them all\n", n - shown);
    table_free(&t);
    free(sorted);
}

static void print_files(struct job *j)
{
    if (j->files.n > 0)
        app_print(j->a, "\nFiles\n");
    for (size_t i = 0; i < j->files.n; i++) {
        char size[CLOCK_WORDS];

        clock_size(j->files.v[i].size, size);
        app_print(j->a, "  %9s  ", size);
        app_puts(j->a, TERM_RESET, j->files.v[i].path);
        app_print(j->a, "%s\n", j->files.v[i].left ? "  (not restored)" : "");
    }
}

static const char *restore_command(struct job *j)
{
    struct buf path = {0};
    const char *command;

    esc_shell(&path, j->b->path);
    command = arena_printf(&j->mem, "%s restore%s %s", app_self(j->a, &j->mem), j->b->sound == BACKUP_DAMAGED ? " --salvage" : "", buf_cstr(&path));
    buf_free(&path);
    return command;
}

static void print_text(struct job *j)
{
    struct app *a = j->a;

    print_facts(j);
    if (j->b->writer) {
        print_dump_facts(j);
        print_tables(j);
    }
    print_files(j);
    if (j->b->problems.n > 0) {
        app_print(a, "\nProblems\n");
        backup_view_problems(a, j->b, 2);
    }
    app_print(a, "\n%s: ", j->b->sound == BACKUP_DAMAGED ? "What is whole in it is restored with" : "It is restored with");
    app_puts(a, TERM_BOLD, restore_command(j));
    app_print(a, "\n");
}

static void dump_json(struct json *o, const struct sql_facts *f)
{
    static const char *const whole[] = {"unknown", "yes", "no"};

    json_kobj(o, "dump");
    json_kstr(o, "writer", sql_writer_name(f->writer));
    json_kstr(o, "server", f->server[0] ? f->server : NULL);
    json_kstr(o, "database", f->database[0] ? f->database : NULL);
    json_kstr(o, "ended", f->ended[0] ? f->ended : NULL);
    json_kstr(o, "whole", whole[f->whole]);
    json_kstr(o, "why_not", f->why_not[0] ? f->why_not : NULL);
    json_kuint(o, "rows", f->rows);
    json_kuint(o, "bytes", f->bytes);
    json_kuint(o, "views", f->views);
    json_kuint(o, "triggers", f->triggers);
    json_kuint(o, "routines", f->routines);
    json_kuint(o, "events", f->events);
    json_karr(o, "tables");
    for (size_t i = 0; i < f->tables.n; i++) {
        json_begin_obj(o);
        json_kpath(o, "name", str_of(f->tables.v[i].name));
        json_kuint(o, "rows", f->tables.v[i].rows);
        json_kuint(o, "bytes", f->tables.v[i].bytes);
        json_end(o);
    }
    json_end(o);
    json_end(o);
}

static void print_json(struct job *j, enum status status)
{
    struct json o;

    report_json_begin(&o, &j->a->text, &j->s, GATE_UNKNOWN);
    json_kobj(&o, "backup");
    backup_view_json(&o, j->b);
    json_kuint(&o, "files", j->b->files);
    json_kuint(&o, "file_bytes", j->b->file_bytes);
    if (j->b->writer)
        dump_json(&o, &j->facts);
    else
        json_knull(&o, "dump");
    json_end(&o);
    json_kstr(&o, "restore", restore_command(j));
    report_json_end(&o, status);
}

static enum status look(struct job *j, const char *path)
{
    struct backup_seen seen = {&j->facts, take_file, j};
    struct backup_bar bar;
    struct err e = {0};
    enum status status;
    int r;

    if (backup_named(&j->s, path, &j->list, &j->b, &e) < 0)
        return app_cannot(j->a, &e);
    backup_bar_init(&bar, j->a);
    r = backup_inspect(&j->s, &j->list, j->b, &bar.watch, &seen, &e);
    backup_bar_drop(&bar);
    if (r < 0 && e.kind == ERR_STOPPED)
        return app_verdict(j->a, STATUS_PROBLEMS, "STOPPED as you asked; nothing was changed");
    if (r < 0)
        return app_cannot(j->a, &e);
    status = j->b->problems.n > 0 ? STATUS_PROBLEMS : STATUS_OK;
    if (j->a->json)
        print_json(j, status);
    else if (!j->a->quiet)
        print_text(j);
    if (status == STATUS_OK)
        return app_verdict(j->a, status, "OK: this backup was read to its end and is sound");
    return app_verdict(j->a, status, "DONE WITH %zu PROBLEM%s: this backup %s", j->b->problems.n, j->b->problems.n == 1 ? "" : "S",
                       j->b->sound == BACKUP_DAMAGED ? "is damaged" : "is sound, with something to know");
}

static enum status run(struct app *a, const struct args *g)
{
    struct job j = {.a = a};
    struct err e = {0};
    enum status status;

    if (app_store(a, &j.s, &e) < 0)
        return app_cannot(a, &e);
    sql_facts_init(&j.facts);
    status = look(&j, g->operands[0]);
    sql_facts_free(&j.facts);
    backup_list_free(&j.list);
    store_close(&j.s);
    free(j.files.v);
    arena_free(&j.mem);
    return status;
}

const struct command cmd_inspect = {
    .name = "inspect",
    .operands = "BACKUP",
    .summary = "show what a backup holds and whether it is whole",
    .text = "Reads a backup to its end and tells what is in it: version, files, who wrote the dump and on which server, its tables "
            "with their rows, what a restore would refuse, whether it is whole, and the command that restores it. BACKUP is a zip or tar "
            "archive, an SQL dump, plain or compressed, an unpacked tree, or a folder with the parts of one backup; its name alone is "
            "enough where it lies in the platform's place. Changes nothing.",
    .examples = "toolkit inspect var/backups/upg_4.18.1-4.18.2_21Nov2026_072155.zip\ntoolkit inspect -v /root/dump.sql.gz",
    .least = 1,
    .most = 1,
    .run = run,
};
