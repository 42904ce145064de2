#include "cmd/backup_view.h"

#include <string.h>

static void on_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct backup_bar *v = ctx;

    if (v->a->json || v->a->quiet || !v->a->msg.live)
        return;
    if (!v->on) {
        struct buf title = {0};

        buf_printf(&title, "Reading %s", what);
        progress_start(&v->bar, &v->a->msg, buf_str(&title), PROGRESS_BYTES, total);
        buf_free(&title);
        v->on = true;
    }
    progress_total(&v->bar, total);
    progress_set(&v->bar, done);
}

void backup_bar_init(struct backup_bar *v, struct app *a)
{
    memset(v, 0, sizeof *v);
    v->a = a;
    v->watch = (struct backup_watch){v, on_progress, a->stop};
}

void backup_bar_drop(struct backup_bar *v)
{
    if (v->on)
        progress_drop(&v->bar);
    v->on = false;
}

const char *backup_view_sound(const struct backup *b, enum term_style *style)
{
    static const char *const words[] = {"not read", "sound", "DAMAGED"};
    static const enum term_style styles[] = {TERM_RESET, TERM_GREEN, TERM_RED};

    *style = styles[b->sound];
    return words[b->sound];
}

void backup_view_problems(struct app *a, const struct backup *b, unsigned indent)
{
    for (size_t i = 0; i < b->problems.n; i++)
        app_para(a, indent, "%s", b->problems.v[i]);
}

void backup_view_json(struct json *j, const struct backup *b)
{
    json_kpath(j, "path", str_of(b->path));
    json_kstr(j, "kind", backup_kind_name(b->kind));
    json_kstr(j, "version", b->version);
    json_kstr(j, "from", b->from);
    json_kstr(j, "to", b->to);
    json_kstr(j, "taken", b->taken);
    json_kuint(j, "size", b->size);
    if (b->sound == BACKUP_UNCHECKED)
        json_knull(j, "sound");
    else
        json_kbool(j, "sound", b->sound == BACKUP_SOUND);
    json_karr(j, "problems");
    for (size_t i = 0; i < b->problems.n; i++)
        json_cstr(j, b->problems.v[i]);
    json_end(j);
    json_kbool(j, "recommended", b->recommended);
    json_kstr(j, "why", b->why);
}
