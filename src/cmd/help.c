/* Help and the man page, made of the same tables that options are parsed with. */
#include "base/table.h"
#include "base/utf8.h"
#include "cmd/command.h"
#include "cmd/complete.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *code;
    const char *meaning;
} statuses[] = {
    {"0", "done and verified, or nothing wrong"},
    {"1", "problems found or left, each named"},
    {"2", "the command line is wrong"},
    {"3", "can't start (no store, database, PHP or pack, lock held, no room); nothing was changed"},
    {"4", "stopped midway; the store is safe, the last line says how to go on"},
    {"5", "refused: input is damaged or hostile, or going on would be unsafe; nothing was changed"},
};

static void option_word(const struct option *o, struct buf *b)
{
    if (o->letter)
        buf_printf(b, "-%c, ", o->letter);
    buf_printf(b, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
}

static void print_options(struct app *a, const struct option *o)
{
    struct table t = {0};

    t.indent = 2;
    table_begin(&t, 2, NULL);
    for (; o && o->name; o++) {
        struct buf word = {0};

        option_word(o, &word);
        table_cell(&t, TERM_BOLD, buf_str(&word));
        table_cstr(&t, TERM_RESET, o->help);
        buf_free(&word);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static void print_lines(struct app *a, const char *text, const char *head)
{
    struct str rest = str_of(text);
    struct str line;

    while (str_line(&rest, &line))
        app_print(a, "%s%.*s\n", head, STR_FMT(line));
}

static void heading(struct app *a, const char *text)
{
    app_print(a, "\n");
    app_puts(a, TERM_BOLD, text);
    app_print(a, "\n");
}

static void print_statuses(struct app *a)
{
    struct table t = {0};

    t.indent = 2;
    table_begin(&t, 2, NULL);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        table_cstr(&t, TERM_BOLD, statuses[i].code);
        table_cstr(&t, TERM_RESET, statuses[i].meaning);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
}

static void help_command(struct app *a, const struct command *c)
{
    struct str rest = str_of(c->text);
    struct str line;

    app_print(a, "toolkit %s%s%s%s – %s\n\n", c->name, c->options ? " [options]" : "", c->operands[0] ? " " : "",
              c->operands, c->summary);
    while (str_line(&rest, &line))
        app_para(a, 0, "%.*s", STR_FMT(line));
    if (c->examples) {
        heading(a, "Examples");
        print_lines(a, c->examples, "  ");
    }
    if (c->options) {
        heading(a, "Options");
        print_options(a, c->options);
    }
    app_print(a, "\nOptions for all commands: toolkit help\n");
}

/* With more the column of the commands would leave no room for what they do. */
#define OPERANDS_MAX 24

static void help_all(struct app *a)
{
    struct table t = {0};

    app_print(a, "toolkit %s – finds where a web shop's upgrade stopped, and finishes it\n\n", TOOLKIT_VERSION);
    app_print(a, "  toolkit diagnose     what happened, which step failed and why; changes nothing\n");
    app_print(a, "  toolkit resume       carry out the steps that are left\n");
    app_print(a, "  toolkit verify       check every file against the new version's checksums\n");
    app_print(a, "\nRun it in the store's folder, or name the store with -C DIR.\n");
    heading(a, "Commands");
    t.indent = 2;
    table_begin(&t, 2, NULL);
    for (size_t i = 0; command_list[i]; i++) {
        struct buf word = {0};

        bool wide = strlen(command_list[i]->operands) > OPERANDS_MAX;

        /* The help of the command itself lists them. */
        buf_printf(&word, "%s%s%s", command_list[i]->name, command_list[i]->operands[0] ? " " : "", wide ? "…" : command_list[i]->operands);
        table_cell(&t, TERM_BOLD, buf_str(&word));
        table_cstr(&t, TERM_RESET, command_list[i]->summary);
        buf_free(&word);
    }
    table_print(&t, &a->out, &a->text);
    table_free(&t);
    heading(a, "Options");
    print_options(a, global_options);
    heading(a, "Exit status");
    print_statuses(a);
    app_print(a, "\nMore on a command: toolkit help COMMAND. The man page: toolkit help --man | man -l -\n");
}

static void options_json(struct json *j, const struct option *o)
{
    json_karr(j, "options");
    for (; o && o->name; o++) {
        char letter[2] = {o->letter, '\0'};

        json_begin_obj(j);
        json_kstr(j, "name", o->name);
        json_kstr(j, "letter", o->letter ? letter : NULL);
        json_kstr(j, "value", o->value);
        json_kstr(j, "help", o->help);
        json_end(j);
    }
    json_end(j);
}

static void help_json(struct app *a, const struct command *only)
{
    struct json j;

    json_init(&j, &a->text);
    json_begin_obj(&j);
    json_kint(&j, "schema", 1);
    json_kstr(&j, "version", TOOLKIT_VERSION);
    json_karr(&j, "commands");
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *c = command_list[i];

        if (only && c != only)
            continue;
        json_begin_obj(&j);
        json_kstr(&j, "name", c->name);
        json_kstr(&j, "operands", c->operands);
        json_kstr(&j, "summary", c->summary);
        json_kstr(&j, "text", c->text);
        json_kstr(&j, "examples", c->examples);
        options_json(&j, c->options);
        json_end(&j);
    }
    json_end(&j);
    options_json(&j, global_options);
    json_kobj(&j, "statuses");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        json_kstr(&j, statuses[i].code, statuses[i].meaning);
    json_end(&j);
    json_end(&j);
}

void help_print(struct app *a, const struct command *c)
{
    if (a->json)
        help_json(a, c);
    else if (c)
        help_command(a, c);
    else
        help_all(a);
}

/*
 * Text for a man page: a backslash, a leading dot and the hyphens of options mean something to roff, and what is
 * not ASCII has to be named, since not every roff reads UTF-8.
 */
static void roff(struct app *a, struct str s)
{
    bool start = true;

    while (s.n > 0) {
        uint32_t cp = 0;
        size_t n = utf8_next(s, &cp);

        if (s.p[0] == '\\')
            app_print(a, "\\e");
        else if (s.p[0] == '-')
            app_print(a, "\\-");
        else if (start && (s.p[0] == '.' || s.p[0] == '\''))
            app_print(a, "\\&%c", s.p[0]);
        else if (cp == 0x2026) /* the ellipsis, which a plain terminal does not have */
            app_print(a, "...");
        else if (n > 1)
            app_print(a, "\\[u%04X]", (unsigned)cp);
        else
            app_print(a, "%c", s.p[0]);
        start = s.p[0] == '\n';
        s = str_sub(s, n ? n : 1, s.n);
    }
}

static void man_text(struct app *a, const char *text)
{
    struct str rest = str_of(text);
    struct str line;

    while (str_line(&rest, &line)) {
        if (line.n == 0) {
            app_print(a, ".PP\n");
            continue;
        }
        roff(a, line);
        app_print(a, "\n");
    }
}

static void man_options(struct app *a, const struct option *o)
{
    for (; o && o->name; o++) {
        struct buf word = {0};

        option_word(o, &word);
        app_print(a, ".TP\n.B ");
        roff(a, buf_str(&word));
        app_print(a, "\n");
        man_text(a, o->help);
        buf_free(&word);
    }
}

void help_man(struct app *a)
{
    app_print(a, ".TH TOOLKIT 1 \"\" \"toolkit %s\" \"User Commands\"\n.SH NAME\n", TOOLKIT_VERSION);
    app_print(a, "toolkit \\- finds where a web shop's upgrade stopped, and finishes it\n.SH SYNOPSIS\n");
    app_print(a, ".B toolkit\n[\\-C DIR] [options] [COMMAND [operands]]\n.SH DESCRIPTION\n");
    man_text(a, "Reads what an interrupted upgrade of a web shop left behind, tells the step at which it stopped and why, "
                "carries out the steps that are left, and checks every file. Without a command, on a terminal: "
                "diagnose.");
    app_print(a, ".SH COMMANDS\n");
    for (size_t i = 0; command_list[i]; i++) {
        const struct command *c = command_list[i];

        app_print(a, ".SS \"%s ", c->name);
        roff(a, str_of(c->operands));
        app_print(a, "\"\n");
        man_text(a, c->text);
        man_options(a, c->options);
        if (c->examples) {
            app_print(a, ".PP\nExamples:\n.PP\n.nf\n");
            man_text(a, c->examples);
            app_print(a, ".fi\n");
        }
    }
    app_print(a, ".SH OPTIONS\n");
    man_options(a, global_options);
    app_print(a, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        app_print(a, ".TP\n.B %s\n", statuses[i].code);
        man_text(a, statuses[i].meaning);
    }
    app_print(a, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colours when set and not empty.\n");
}

static enum status run(struct app *a, const struct args *g)
{
    const struct command *c = NULL;
    struct err bad = {0};

    if (args_has(g, "completion")) {
        if (complete_print(a, args_get(g, "completion"), &bad) < 0)
            return app_cannot(a, &bad);
    } else if (args_has(g, "man")) {
        help_man(a);
    } else {
        if (g->n > 0 && (c = command_find(g->operands[0])) == NULL) {
            struct err e = {0};
            const struct command *near = command_near(g->operands[0]);

            err_set(&e, ERR_USAGE, "there is no command %s", g->operands[0]);
            if (near)
                err_fix(&e, "did you mean: toolkit help %s", near->name);
            return app_cannot(a, &e);
        }
        help_print(a, c);
    }
    return app_flush(a) < 0 ? STATUS_PROBLEMS : STATUS_OK;
}

static const struct option options[] = {
    {"man", 0, NULL, "the whole manual as a man page"},
    {"completion", 0, COMPLETE_SHELLS, "a completion script for that shell"},
    {NULL, 0, NULL, NULL},
};

const struct command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "explain the toolkit or one command",
    .text = "Prints what a command does, its options and examples.",
    .examples = "toolkit help resume\ntoolkit help --man | man -l -\nsource <(toolkit help --completion bash)",
    .options = options,
    .most = 1,
    .run = run,
};
