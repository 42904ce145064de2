#include "rescue/work.h"

#include <string.h>

static int note(struct work *w, const char *key, struct str value, struct err *e)
{
    struct work_ctx *ctx = w->ctx;

    if (w->dry_run || ctx->journal == NULL)
        return 0;
    return case_file_note(ctx->journal->file, ctx->journal->id, ctx->step->id, key, value, e);
}

static bool noted(struct work *w, const char *key, struct buf *value)
{
    struct work_ctx *ctx = w->ctx;
    struct err ignored = {0};

    if (ctx->journal == NULL || ctx->journal->id == 0)
        return false;
    return case_file_noted(ctx->journal->file, ctx->journal->id, ctx->step->id, key, value, &ignored) == 1;
}

static int keep_manifest(struct work *w, const struct manifest *m, struct err *e)
{
    struct work_ctx *ctx = w->ctx;

    if (w->dry_run || ctx->journal == NULL)
        return 0;
    return case_file_keep_manifest(ctx->journal->file, ctx->journal->id, m, e);
}

static void progress(struct work *w, const char *what, uint64_t done, uint64_t total)
{
    struct work_ctx *ctx = w->ctx;

    ctx->ui->progress(ctx->ui->ctx, what, done, total);
}

static void say(struct work *w, const char *fmt, ...)
{
    struct work_ctx *ctx = w->ctx;
    struct buf line = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&line, fmt, ap);
    va_end(ap);
    ctx->ui->say(ctx->ui->ctx, buf_str(&line));
    buf_free(&line);
}

void work_init(struct work *w, struct work_ctx *ctx, const struct store *s)
{
    memset(w, 0, sizeof *w);
    w->stop = s->opts ? s->opts->stop : NULL;
    w->ctx = ctx;
    w->note = note;
    w->noted = noted;
    w->keep_manifest = keep_manifest;
    w->progress = progress;
    w->say = say;
}
