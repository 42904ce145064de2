#include "format/label_yaml.h"

#include "base/buf.h"
#include "format/label_repair.h"
#include "format/yaml_events.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct yaml_events y;
    VEC(struct label) labels;
    size_t skipped;
};

/* A scalar into *out (p stays NULL for null and for what is no scalar), and on to the event behind. */
static int take_text(struct reader *r, struct str *out)
{
    if (yaml_events_at(&r->y, YAML_SCALAR_EVENT) && !yaml_events_null(&r->y))
        *out = yaml_events_keep(&r->y);
    return yaml_events_skip(&r->y);
}

/* At a mapping: fills one label but for its name. */
static int read_translation(struct reader *r)
{
    struct label label = {.line = yaml_events_line(&r->y), .is_null = true};

    if (!yaml_events_at(&r->y, YAML_MAPPING_START_EVENT)) {
        r->skipped++;
        return yaml_events_skip(&r->y);
    }
    if (yaml_events_next(&r->y) != 0)
        return -1;
    while (!yaml_events_at(&r->y, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (yaml_events_key(&r->y, &key) != 0)
            return -1;
        if (str_is(key, "code")    ? take_text(r, &label.code) != 0
            : str_is(key, "label") ? take_text(r, &label.text) != 0
                                   : yaml_events_skip(&r->y) != 0)
            return -1;
    }
    label.is_null = label.text.p == NULL;
    if (label.code.n > 0)
        *vec_push(&r->labels) = label;
    else
        r->skipped++;
    return yaml_events_next(&r->y);
}

static int read_translations(struct reader *r)
{
    if (!yaml_events_at(&r->y, YAML_SEQUENCE_START_EVENT))
        return yaml_events_skip(&r->y);
    if (yaml_events_next(&r->y) != 0)
        return -1;
    while (!yaml_events_at(&r->y, YAML_SEQUENCE_END_EVENT))
        if (read_translation(r) != 0)
            return -1;
    return yaml_events_next(&r->y);
}

/* One item of the list. Its name may stand behind its translations. */
static int read_item(struct reader *r)
{
    size_t before = r->labels.n;
    struct str name = {NULL, 0};

    if (!yaml_events_at(&r->y, YAML_MAPPING_START_EVENT)) {
        r->skipped++;
        return yaml_events_skip(&r->y);
    }
    if (yaml_events_next(&r->y) != 0)
        return -1;
    while (!yaml_events_at(&r->y, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (yaml_events_key(&r->y, &key) != 0)
            return -1;
        if (str_is(key, "name")           ? take_text(r, &name) != 0
            : str_is(key, "translations") ? read_translations(r) != 0
                                          : yaml_events_skip(&r->y) != 0)
            return -1;
    }
    for (size_t i = before; i < r->labels.n; i++)
        r->labels.v[i].name = name;
    if (name.p == NULL) {
        r->labels.n = before;
        r->skipped++;
    }
    return yaml_events_next(&r->y);
}

/* stream, document, mapping, key: up to the value of the section. */
static int enter(struct reader *r)
{
    static const yaml_event_type_t opening[] = {YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT,
                                                YAML_MAPPING_START_EVENT, YAML_SCALAR_EVENT};

    for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++) {
        if (yaml_events_next(&r->y) != 0)
            return -1;
        if (!yaml_events_at(&r->y, opening[i]))
            return yaml_events_fault(&r->y, "not a key with a list");
    }
    return yaml_events_next(&r->y);
}

static int read_events(struct reader *r)
{
    if (enter(r) != 0)
        return -1;
    if (yaml_events_at(&r->y, YAML_SEQUENCE_START_EVENT)) {
        if (yaml_events_next(&r->y) != 0)
            return -1;
        while (!yaml_events_at(&r->y, YAML_SEQUENCE_END_EVENT))
            if (read_item(r) != 0)
                return -1;
    } else if (yaml_events_at(&r->y, YAML_MAPPING_START_EVENT)) {
        /* Directives alone are a mapping without labels. */
        r->skipped++;
        if (yaml_events_skip(&r->y) != 0)
            return -1;
        return yaml_events_at(&r->y, YAML_MAPPING_END_EVENT) ? 0 : yaml_events_fault(&r->y, "more text behind the labels");
    } else if (!yaml_events_at(&r->y, YAML_SCALAR_EVENT) || !yaml_events_null(&r->y)) {
        return yaml_events_fault(&r->y, "the labels are not a list");
    }
    if (yaml_events_next(&r->y) != 0)
        return -1;
    return yaml_events_at(&r->y, YAML_MAPPING_END_EVENT) ? 0 : yaml_events_fault(&r->y, "more text behind the labels");
}

/* A section of the file that begins at this line. */
struct section {
    struct str text;
    unsigned line;
    struct arena *a;
    struct err *e;
};

/* Reads one section in this form; on failure all labels of it are gone again. */
static int read_section(struct reader *r, const struct section *s, struct str text)
{
    size_t before = r->labels.n;
    size_t skipped = r->skipped;
    int rc;

    yaml_events_begin(&r->y, text, s->line, s->a, s->e);
    rc = read_events(r);
    yaml_events_end(&r->y);
    if (rc != 0) {
        r->labels.n = before;
        r->skipped = skipped;
    }
    return rc;
}

/* The first try is with the text as it is, but for \' in double quotes, which libyaml reads in another way
 * than Symfony. */
static int read_or_repair(struct reader *r, const struct section *s, bool *repaired)
{
    struct buf text = {0};
    int rc = -1;

    if (!str_has(s->text, STR("\\'")))
        rc = read_section(r, s, s->text);
    if (rc != 0) {
        label_repair(s->text, &text);
        rc = read_section(r, s, buf_str(&text));
        *repaired = true;
    }
    buf_free(&text);
    return rc;
}

static bool is_label_key(struct str line)
{
    static const char *const forms[] = {"XLite\\Model\\LanguageLabel", "\\XLite\\Model\\LanguageLabel",
                                        "'XLite\\Model\\LanguageLabel'",
                                        "\"XLite\\\\Model\\\\LanguageLabel\""};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct str rest = line;

        if (!str_skip(&rest, str_of(forms[i])))
            continue;
        while (str_skip(&rest, STR(" ")))
            ;
        if (str_starts(rest, STR(":")))
            return true;
    }
    return false;
}

/* Whether a line ends the section above it: a key, or "---", at its very beginning. List items may stand
 * there too. */
static bool ends_section(struct str line)
{
    return line.n > 0 && strchr(" \t#\r", line.p[0]) == NULL && !str_is(str_trim(line), "-") &&
           !str_starts(line, STR("- "));
}

int label_yaml_read(struct str yaml, struct arena *a, struct label_list *out, struct err *e)
{
    struct reader r = {0};
    struct str rest = yaml;
    struct label *copy;
    unsigned number = 0;
    int rc = 0;

    *out = (struct label_list){0};
    str_skip(&rest, STR("\xef\xbb\xbf"));
    while (rc == 0 && rest.n > 0) {
        struct str line;
        struct str from = rest;
        struct section s = {.a = a, .e = e};

        str_line(&rest, &line);
        number++;
        if (!is_label_key(line))
            continue;
        s.line = number;
        for (struct str look = rest; str_line(&look, &line) && !ends_section(line); number++)
            rest = look;
        s.text = (struct str){from.p, from.n - rest.n};
        rc = read_or_repair(&r, &s, &out->repaired);
    }
    if (rc == 0) {
        copy = arena_array(a, r.labels.n, sizeof *copy);
        if (r.labels.n > 0)
            memcpy(copy, r.labels.v, r.labels.n * sizeof *copy);
        out->v = copy;
        out->n = r.labels.n;
        out->skipped = r.skipped;
    }
    free(r.labels.v);
    return rc;
}
