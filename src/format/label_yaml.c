#include "format/label_yaml.h"

#include "base/buf.h"
#include "format/label_repair.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Labels are five levels deep; what is skipped beside them hardly more. */
#define MAX_DEPTH 32

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;  /* the present one, freed when the next is taken */
    unsigned first_line; /* of the section in the file */
    struct arena *a;
    struct err *e;
    VEC(struct label) labels;
    size_t skipped;
};

static unsigned line_of(const struct reader *r, size_t line)
{
    return r->first_line + (unsigned)line;
}

static int fault(struct reader *r, const char *what)
{
    return err_set(r->e, ERR_FORMAT, "line %u: %s", line_of(r, r->event.start_mark.line), what);
}

static int next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return r->event.type == YAML_ALIAS_EVENT ? fault(r, "aliases are not read") : 0;
    memset(&r->event, 0, sizeof r->event);
    if (r->parser.error == YAML_MEMORY_ERROR)
        mem_exhausted();
    if (r->parser.error == YAML_READER_ERROR)
        return err_set(r->e, ERR_FORMAT, "line %u or below: %s", line_of(r, r->parser.mark.line),
                       r->parser.problem);
    return err_set(r->e, ERR_FORMAT, "line %u: %s", line_of(r, r->parser.problem_mark.line),
                   r->parser.problem);
}

static bool at(const struct reader *r, yaml_event_type_t type)
{
    return r->event.type == type;
}

static struct str scalar(const struct reader *r)
{
    return (struct str){(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
}

static struct str keep(struct reader *r)
{
    struct str s = scalar(r);

    return (struct str){arena_dup(r->a, s.p, s.n), s.n};
}

static bool is_null(const struct reader *r)
{
    struct str s = scalar(r);

    return r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (s.n == 0 || str_is(s, "~") || (s.n == 4 && str_has_nocase(s, STR("null"))));
}

/* Goes over the present node, to the event behind it. */
static int skip_node(struct reader *r)
{
    size_t depth = 0;

    do {
        if (at(r, YAML_MAPPING_START_EVENT) || at(r, YAML_SEQUENCE_START_EVENT))
            depth++;
        else if (at(r, YAML_MAPPING_END_EVENT) || at(r, YAML_SEQUENCE_END_EVENT))
            depth--;
        if (depth > MAX_DEPTH)
            return fault(r, "nested too deep");
        if (next(r) != 0)
            return -1;
    } while (depth > 0);
    return 0;
}

/* A scalar into *out (p stays NULL for null and for what is no scalar), and on to the event behind. */
static int take_text(struct reader *r, struct str *out)
{
    if (at(r, YAML_SCALAR_EVENT) && !is_null(r))
        *out = keep(r);
    return skip_node(r);
}

/* At a key: its text, and the value is next. */
static int take_key(struct reader *r, struct str *key)
{
    if (!at(r, YAML_SCALAR_EVENT))
        return fault(r, "a key that is no text");
    *key = keep(r);
    return next(r);
}

/* At a mapping: fills one label but for its name. */
static int read_translation(struct reader *r)
{
    struct label label = {.line = line_of(r, r->event.start_mark.line), .is_null = true};

    if (!at(r, YAML_MAPPING_START_EVENT)) {
        r->skipped++;
        return skip_node(r);
    }
    if (next(r) != 0)
        return -1;
    while (!at(r, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (take_key(r, &key) != 0)
            return -1;
        if (str_is(key, "code")    ? take_text(r, &label.code) != 0
            : str_is(key, "label") ? take_text(r, &label.text) != 0
                                   : skip_node(r) != 0)
            return -1;
    }
    label.is_null = label.text.p == NULL;
    if (label.code.n > 0)
        *vec_push(&r->labels) = label;
    else
        r->skipped++;
    return next(r);
}

static int read_translations(struct reader *r)
{
    if (!at(r, YAML_SEQUENCE_START_EVENT))
        return skip_node(r);
    if (next(r) != 0)
        return -1;
    while (!at(r, YAML_SEQUENCE_END_EVENT))
        if (read_translation(r) != 0)
            return -1;
    return next(r);
}

/* One item of the list. Its name may stand behind its translations. */
static int read_item(struct reader *r)
{
    size_t before = r->labels.n;
    struct str name = {NULL, 0};

    if (!at(r, YAML_MAPPING_START_EVENT)) {
        r->skipped++;
        return skip_node(r);
    }
    if (next(r) != 0)
        return -1;
    while (!at(r, YAML_MAPPING_END_EVENT)) {
        struct str key = {NULL, 0};

        if (take_key(r, &key) != 0)
            return -1;
        if (str_is(key, "name")           ? take_text(r, &name) != 0
            : str_is(key, "translations") ? read_translations(r) != 0
                                          : skip_node(r) != 0)
            return -1;
    }
    for (size_t i = before; i < r->labels.n; i++)
        r->labels.v[i].name = name;
    if (name.p == NULL) {
        r->labels.n = before;
        r->skipped++;
    }
    return next(r);
}

/* stream, document, mapping, key: up to the value of the section. */
static int enter(struct reader *r)
{
    static const yaml_event_type_t opening[] = {YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT,
                                                YAML_MAPPING_START_EVENT, YAML_SCALAR_EVENT};

    for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++) {
        if (next(r) != 0)
            return -1;
        if (!at(r, opening[i]))
            return fault(r, "not a key with a list");
    }
    return next(r);
}

static int read_events(struct reader *r)
{
    if (enter(r) != 0)
        return -1;
    if (at(r, YAML_SEQUENCE_START_EVENT)) {
        if (next(r) != 0)
            return -1;
        while (!at(r, YAML_SEQUENCE_END_EVENT))
            if (read_item(r) != 0)
                return -1;
    } else if (at(r, YAML_MAPPING_START_EVENT)) {
        /* Directives alone are a mapping without labels. */
        r->skipped++;
        if (skip_node(r) != 0)
            return -1;
        return at(r, YAML_MAPPING_END_EVENT) ? 0 : fault(r, "more text behind the labels");
    } else if (!at(r, YAML_SCALAR_EVENT) || !is_null(r)) {
        return fault(r, "the labels are not a list");
    }
    if (next(r) != 0)
        return -1;
    return at(r, YAML_MAPPING_END_EVENT) ? 0 : fault(r, "more text behind the labels");
}

/* Reads one section; on failure all labels of it are gone again. */
static int read_section(struct reader *r, struct str section)
{
    size_t before = r->labels.n;
    size_t skipped = r->skipped;
    int rc;

    memset(&r->event, 0, sizeof r->event);
    if (!yaml_parser_initialize(&r->parser))
        mem_exhausted();
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)section.p, section.n);
    rc = read_events(r);
    yaml_event_delete(&r->event);
    yaml_parser_delete(&r->parser);
    if (rc != 0) {
        r->labels.n = before;
        r->skipped = skipped;
    }
    return rc;
}

/* The first try is with the text as it is, but for \' in double quotes, which libyaml reads in another way
 * than Symfony. */
static int read_or_repair(struct reader *r, struct str section, bool *repaired)
{
    struct buf text = {0};
    int rc = -1;

    if (!str_has(section, STR("\\'")))
        rc = read_section(r, section);
    if (rc != 0) {
        label_repair(section, &text);
        rc = read_section(r, buf_str(&text));
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
    struct reader r = {.a = a, .e = e};
    struct str rest = yaml;
    struct label *copy;
    unsigned number = 0;
    int rc = 0;

    *out = (struct label_list){0};
    str_skip(&rest, STR("\xef\xbb\xbf"));
    while (rc == 0 && rest.n > 0) {
        struct str line;
        struct str from = rest;
        struct str section;

        str_line(&rest, &line);
        number++;
        if (!is_label_key(line))
            continue;
        r.first_line = number;
        for (struct str look = rest; str_line(&look, &line) && !ends_section(line); number++)
            rest = look;
        section = (struct str){from.p, from.n - rest.n};
        rc = read_or_repair(&r, section, &out->repaired);
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
