#include "cmd/app.h"

#include "base/table.h"
#include "cmd/typed.h"
#include "db/mysql_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A paragraph wider than this is hard to read. */
#define PARA_COLUMNS 110

void app_print(struct app *a, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&a->text, fmt, ap);
    va_end(ap);
}

void app_put(struct app *a, enum term_style style, struct str text)
{
    term_add(&a->out, &a->text, style, text);
}

void app_puts(struct app *a, enum term_style style, const char *text)
{
    app_put(a, style, str_of(text));
}

static unsigned para_columns(const struct term *t)
{
    if (t->columns == 0)
        return 0;
    return t->columns < PARA_COLUMNS ? t->columns : PARA_COLUMNS;
}

void app_para(struct app *a, unsigned indent, const char *fmt, ...)
{
    struct buf text = {0};
    struct buf typed = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    typed_text(a, buf_str(&text), true, &typed);
    buf_printf(&a->text, "%*s", (int)indent, "");
    table_wrap(&a->text, buf_str(&typed), para_columns(&a->out), indent, indent);
    buf_free(&text);
    buf_free(&typed);
}

int app_flush(struct app *a)
{
    struct err e = {0};

    if (a->text.n > 0 && !a->lost && term_write(&a->out, &a->text, &e) < 0) {
        a->lost = true;
        buf_reset(&a->text);
        app_message(a, "standard output: %s", e.text);
    }
    if (a->lost)
        buf_reset(&a->text);
    return a->lost ? -1 : 0;
}

static void message(struct app *a, enum term_style style, struct str text)
{
    struct buf line = {0};
    struct err ignored = {0};

    app_flush(a);
    term_add(&a->msg, &line, style, text);
    buf_addc(&line, '\n');
    term_write(&a->msg, &line, &ignored);
    buf_free(&line);
}

void app_message(struct app *a, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    message(a, TERM_RESET, buf_str(&text));
    buf_free(&text);
}

void app_error(struct app *a, const struct err *e)
{
    struct buf typed = {0};

    typed_text(a, str_of(e->text), false, &typed);
    message(a, TERM_RED, buf_str(&typed));
    if (e->fix[0]) {
        buf_reset(&typed);
        buf_adds(&typed, "  what to do: ");
        typed_text(a, str_of(e->fix), false, &typed);
        message(a, TERM_RESET, buf_str(&typed));
    }
    buf_free(&typed);
}

void app_error_json(struct json *j, const struct err *e)
{
    if (e->kind == ERR_NONE) {
        json_knull(j, "error");
        return;
    }
    json_kobj(j, "error");
    json_kstr(j, "text", e->text);
    json_kstr(j, "fix", e->fix[0] ? e->fix : NULL);
    json_end(j);
}

enum status app_verdict(struct app *a, enum status status, const char *fmt, ...)
{
    enum term_style style = status == STATUS_OK ? TERM_GREEN : status == STATUS_PROBLEMS ? TERM_YELLOW : TERM_RED;
    struct buf text = {0};
    struct buf typed = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    typed_text(a, buf_str(&text), false, &typed);
    if (a->json || status > STATUS_PROBLEMS) {
        message(a, style, buf_str(&typed));
    } else {
        app_put(a, style, buf_str(&typed));
        app_print(a, "\n");
    }
    buf_free(&text);
    buf_free(&typed);
    if (app_flush(a) < 0 && status == STATUS_OK)
        status = STATUS_PROBLEMS;
    return status;
}

enum status app_cannot(struct app *a, const struct err *e)
{
    enum status status = STATUS_CANNOT;

    if (e->kind == ERR_USAGE)
        status = STATUS_USAGE;
    else if (e->kind == ERR_FORMAT || e->kind == ERR_REFUSED || e->kind == ERR_MISMATCH)
        status = STATUS_REFUSED;
    if (a->json) {
        struct buf out = {0};
        struct err ignored = {0};
        struct json j;

        json_init(&j, &out);
        json_begin_obj(&j);
        json_kint(&j, "schema", 1);
        app_error_json(&j, e);
        json_kint(&j, "exit", status);
        json_end(&j);
        term_write(&a->out, &out, &ignored);
        buf_free(&out);
    }
    app_error(a, e);
    return app_verdict(a, status, "STOPPED before the start; nothing was changed");
}

bool app_confirm(struct app *a, const char *question, struct err *e)
{
    char answer[16];

    if (a->yes)
        return true;
    if (!isatty(STDIN_FILENO) || !a->msg.tty) {
        err_set(e, ERR_USAGE, "this changes the store and there is no terminal to ask on");
        err_fix(e, "look at what would be done with --dry-run, then give --yes");
        return false;
    }
    app_flush(a);
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL || (answer[0] != 'y' && answer[0] != 'Y')) {
        err_set(e, ERR_USAGE, "not confirmed");
        err_fix(e, "answer y, or give --yes");
        return false;
    }
    return true;
}

/* The address and account to use: what stands on the command line wins over the file. */
static int merge_db(struct app *a, struct err *e)
{
    const char *const said[] = {a->db.host, a->db.socket, a->db.user, a->db.database, a->db.ca};
    char **const to[] = {&a->db_all.host, &a->db_all.socket, &a->db_all.user, &a->db_all.database, &a->db_all.ca};

    mysql_opts_free(&a->db_all);
    if (a->defaults_file && mysql_conf_read(a->defaults_file, &a->db_all, e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i])
            mysql_opts_set(to[i], str_of(said[i]));
    if (a->db.port)
        a->db_all.port = a->db.port;
    if (a->db_tls)
        a->db_all.tls = a->db.tls;
    return 0;
}

int app_store(struct app *a, struct store *s, struct err *e)
{
    a->store.db = &a->db_all;
    a->store.stop = a->stop;
    if (merge_db(a, e) < 0)
        return -1;
    return store_open(s, a->dir ? a->dir : ".", &a->store, e);
}

const char *app_self(struct app *a, struct arena *mem)
{
    struct buf b = {0};
    char *text;

    typed_self(a, STR(""), &b);
    text = arena_dup(mem, b.p, b.n);
    buf_free(&b);
    return text;
}
