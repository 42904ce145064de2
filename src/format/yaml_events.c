#include "format/yaml_events.h"

#include <string.h>

/* What is read is five levels deep; what is passed over beside it hardly more. */
#define MAX_DEPTH 32

void yaml_events_begin(struct yaml_events *y, struct str text, unsigned first_line, struct arena *a, struct err *e)
{
    memset(y, 0, sizeof *y);
    y->first_line = first_line;
    y->a = a;
    y->e = e;
    if (!yaml_parser_initialize(&y->parser))
        mem_exhausted();
    yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y->parser, (const unsigned char *)(text.n ? text.p : ""), text.n);
}

void yaml_events_end(struct yaml_events *y)
{
    yaml_event_delete(&y->event);
    yaml_parser_delete(&y->parser);
}

static unsigned line_of(const struct yaml_events *y, size_t line)
{
    return y->first_line + (unsigned)line;
}

unsigned yaml_events_line(const struct yaml_events *y)
{
    return line_of(y, y->event.start_mark.line);
}

int yaml_events_fault(struct yaml_events *y, const char *what)
{
    return err_set(y->e, ERR_FORMAT, "line %u: %s", yaml_events_line(y), what);
}

/* The parser's own words name no value of the file. What is no UTF-8 is found when a whole piece is read, which may be lines too early. */
int yaml_events_next(struct yaml_events *y)
{
    bool early;

    yaml_event_delete(&y->event);
    if (yaml_parser_parse(&y->parser, &y->event))
        return y->event.type == YAML_ALIAS_EVENT ? yaml_events_fault(y, "aliases are not read") : 0;
    memset(&y->event, 0, sizeof y->event);
    if (y->parser.error == YAML_MEMORY_ERROR)
        mem_exhausted();
    early = y->parser.error == YAML_READER_ERROR;
    return err_set(y->e, ERR_FORMAT, "line %u%s: %s", line_of(y, early ? y->parser.mark.line : y->parser.problem_mark.line),
                   early ? " or below" : "", y->parser.problem);
}

bool yaml_events_at(const struct yaml_events *y, yaml_event_type_t type)
{
    return y->event.type == type;
}

static struct str text_of(const struct yaml_events *y)
{
    return (struct str){(const char *)y->event.data.scalar.value, y->event.data.scalar.length};
}

struct str yaml_events_keep(struct yaml_events *y)
{
    struct str s = text_of(y);

    return (struct str){arena_dup(y->a, s.p, s.n), s.n};
}

bool yaml_events_plain(const struct yaml_events *y)
{
    return y->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool yaml_events_null(const struct yaml_events *y)
{
    struct str s = text_of(y);

    return yaml_events_plain(y) && (s.n == 0 || str_is(s, "~") || str_is_nocase(s, STR("null")));
}

int yaml_events_skip(struct yaml_events *y)
{
    size_t depth = 0;

    do {
        if (yaml_events_at(y, YAML_MAPPING_START_EVENT) || yaml_events_at(y, YAML_SEQUENCE_START_EVENT))
            depth++;
        else if (yaml_events_at(y, YAML_MAPPING_END_EVENT) || yaml_events_at(y, YAML_SEQUENCE_END_EVENT))
            depth--;
        if (depth > MAX_DEPTH)
            return yaml_events_fault(y, "nested too deep");
        if (yaml_events_next(y) != 0)
            return -1;
    } while (depth > 0);
    return 0;
}

int yaml_events_key(struct yaml_events *y, struct str *key)
{
    if (!yaml_events_at(y, YAML_SCALAR_EVENT))
        return yaml_events_fault(y, "a key that is no text");
    *key = yaml_events_keep(y);
    return yaml_events_next(y);
}
