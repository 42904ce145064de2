#include "platform/opencart/trail.h"

#include "platform/opencart/trail_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void oc_slot_put(struct oc_slot *slot, const char *source, uint64_t line, const char *time, const char *fmt, ...)
{
    va_list ap;

    slot->source = source;
    slot->line = line;
    memcpy(slot->time, time, strnlen(time, sizeof slot->time - 1));
    slot->time[strnlen(time, sizeof slot->time - 1)] = '\0';
    va_start(ap, fmt);
    vsnprintf(slot->text, OC_REF_TEXT + 1, fmt, ap);
    va_end(ap);
}

void oc_trail_unread(struct oc_reading *r, const char *what, const struct err *why)
{
    /* A list of all of them would help nobody. */
    if (r->unread.n < 1000)
        buf_printf(&r->unread, "%s%s: %s", r->unread.n ? "; " : "", what, why->text);
}

/* The digits at the front of s, when they are followed by these words. */
static bool number_before(struct str s, struct str words, unsigned *out)
{
    uint64_t v;

    if (!str_skip_u64(&s, 9999, &v) || !str_starts(s, words))
        return false;
    *out = (unsigned)v;
    return true;
}

unsigned oc_trail_step_in(struct str path)
{
    static const struct str controller = {"upgrade/upgrade_", 16};
    static const struct str model = {"model/upgrade/", 14};
    unsigned n;

    for (size_t at = 0; (at = str_find(path, controller, at)) != SIZE_MAX; at += controller.n)
        if (number_before(str_sub(path, at + controller.n, path.n), STR(".php"), &n))
            return n <= OC_STEPS_MAX ? n : 0;
    /* The files are 1000.php, 1001.php, … without a gap, in every version. */
    for (size_t at = 0; (at = str_find(path, model, at)) != SIZE_MAX; at += model.n)
        if (number_before(str_sub(path, at + model.n, path.n), STR(".php"), &n) && n >= 1000 && n < 1000 + OC_STEPS_MAX)
            return n - 999;
    if (str_has(path, STR("install/model/upgrade.php")))
        return 1;
    return 0;
}

void oc_trail_read(struct store *s, struct arena *mem, struct oc_trail *t)
{
    struct oc_reading *r = mem_alloc(sizeof *r);

    memset(t, 0, sizeof *t);
    r->s = s;
    r->mem = mem;
    r->t = t;
    oc_trail_files(r);
    oc_trail_saved(r);
    if (s->opts && s->opts->access_log)
        oc_trail_access_given(r, s->opts->access_log);
    oc_trail_logs(r);
    oc_trail_settle(r);
    buf_free(&r->unread);
    free(r);
}
