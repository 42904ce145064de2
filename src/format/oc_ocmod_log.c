#include "format/oc_ocmod_log.h"

#include "base/mem.h"
#include "format/oc_log.h"

#include <stdlib.h>

struct oc_ocmod_reader {
    struct log_lines lines;
    struct buf mod, file, code;
    struct oc_ocmod_entry entry;
    oc_ocmod_fn *fn;
    void *arg;
};

static void keep(struct buf *b, struct str s)
{
    buf_reset(b);
    buf_addstr(b, str_trim(str_sub(s, 0, OC_OCMOD_TEXT_MAX)));
}

static void give(struct oc_ocmod_reader *r, enum oc_ocmod_kind kind, uint64_t line)
{
    r->entry.kind = kind;
    r->entry.line = line;
    r->entry.mod = buf_str(&r->mod);
    r->entry.file = buf_str(&r->file);
    r->entry.code = buf_str(&r->code);
    r->fn(r->arg, &r->entry);
}

static void take_line(void *context, const struct log_line *line)
{
    static const struct {
        const char *words;
        enum oc_ocmod_kind kind;
    } ends[] = {
        {"NOT FOUND - ABORTING!", OC_OCMOD_ABORTED},
        {"NOT FOUND - OPERATIONS ABORTED!", OC_OCMOD_FILE_ABORTED},
        {"NOT FOUND - OPERATION SKIPPED!", OC_OCMOD_SKIPPED},
    };
    struct oc_ocmod_reader *r = context;
    struct str s = line->text;

    if (oc_log_time(&s, r->entry.time)) {
        keep(&r->mod, STR(""));
        keep(&r->file, STR(""));
        keep(&r->code, STR(""));
        give(r, OC_OCMOD_START, line->number);
    }
    s = str_trim(s);
    if (str_skip(&s, STR("MOD:"))) {
        keep(&r->mod, str_trim(s));
        keep(&r->file, STR(""));
        keep(&r->code, STR(""));
    } else if (str_skip(&s, STR("FILE:"))) {
        s = str_trim(s);
        str_skip(&s, STR("(sub modification)"));
        keep(&r->file, str_trim(s));
        keep(&r->code, STR(""));
    } else if (str_skip(&s, STR("CODE:")) || str_skip(&s, STR("REGEX:"))) {
        keep(&r->code, str_trim(s));
    } else {
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (str_is(s, ends[i].words))
                give(r, ends[i].kind, line->number);
    }
}

struct oc_ocmod_reader *oc_ocmod_new(uint64_t first_line, bool inside, oc_ocmod_fn *fn, void *arg)
{
    struct oc_ocmod_reader *r = mem_alloc(sizeof *r);

    r->fn = fn;
    r->arg = arg;
    log_lines_init(&r->lines, first_line, inside, take_line, r);
    return r;
}

void oc_ocmod_feed(struct oc_ocmod_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void oc_ocmod_end(struct oc_ocmod_reader *r)
{
    log_lines_end(&r->lines);
    log_lines_free(&r->lines);
    buf_free(&r->mod);
    buf_free(&r->file);
    buf_free(&r->code);
    free(r);
}
