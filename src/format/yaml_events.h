/*
 * One YAML text as a run of events, on libyaml: for readers that know the shape they look for and pass over the rest. Aliases are refused:
 * none of the files that are read have them, and they can make a small text a huge one. Errors are ERR_FORMAT with the line.
 */
#ifndef FORMAT_YAML_EVENTS_H
#define FORMAT_YAML_EVENTS_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <yaml.h>

struct yaml_events {
    yaml_parser_t parser;
    yaml_event_t event;  /* the present one, freed when the next is taken */
    unsigned first_line; /* of the text in its file, for messages */
    struct arena *a;     /* for what is kept */
    struct err *e;
};

/* The text, UTF-8, stays until the end. Before the first yaml_events_next there is no event. */
void yaml_events_begin(struct yaml_events *y, struct str text, unsigned first_line, struct arena *a, struct err *e);
void yaml_events_end(struct yaml_events *y);

/* These give 0, or -1 with y->e filled. */
int yaml_events_next(struct yaml_events *y);
/* Goes over the present node, to the event behind it. */
int yaml_events_skip(struct yaml_events *y);
/* At a key of a mapping: its text, and the value is next. */
int yaml_events_key(struct yaml_events *y, struct str *key);
/* Always -1: what is wrong at the present event. */
int yaml_events_fault(struct yaml_events *y, const char *what);

bool yaml_events_at(const struct yaml_events *y, yaml_event_type_t type);
/* Of the present event, in the file. */
unsigned yaml_events_line(const struct yaml_events *y);

/* A copy of the present scalar's text, in the arena. */
struct str yaml_events_keep(struct yaml_events *y);
/* The present scalar is written without quotes; and means null: nothing, ~, null. */
bool yaml_events_plain(const struct yaml_events *y);
bool yaml_events_null(const struct yaml_events *y);

#endif
