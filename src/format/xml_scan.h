/* A strict, small reader of simple XML in UTF-8: elements, attributes, text, CDATA, comments. No DTD, so no entities
 * but XML's own five. */
#ifndef FORMAT_XML_SCAN_H
#define FORMAT_XML_SCAN_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define XML_MAX_DEPTH 64
/* More attributes in one element are refused; checksum lists have two. */
#define XML_MAX_ATTRS 16

enum xml_event {
    XML_OPEN,  /* name, attrs */
    XML_CLOSE, /* name; also comes for <name/> */
    XML_TEXT,  /* text between tags, not only blanks; comes in several pieces around comments and CDATA sections */
    XML_END,
    XML_BAD /* the error is set */
};

struct xml_attr {
    struct str name;
    struct str value;
};

struct xml_scan {
    struct str src;
    size_t at;
    unsigned line;
    struct arena *a;
    struct str name;
    struct str text;
    unsigned text_line; /* where its first word stands */
    struct xml_attr attrs[XML_MAX_ATTRS];
    size_t n_attrs;
    struct str open[XML_MAX_DEPTH];
    size_t depth;
    bool close_next;
    bool seen_root;
};

/* Decoded values live in the arena, the rest points into src. */
void xml_scan_start(struct xml_scan *x, struct str src, struct arena *a);
enum xml_event xml_scan_next(struct xml_scan *x, struct err *e);

/* The value of an attribute of the element just opened; false when it has none of that name. */
bool xml_scan_attr(const struct xml_scan *x, const char *name, struct str *out);

#endif
