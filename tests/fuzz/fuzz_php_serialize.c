#include "format/php_serialize.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct phps_doc *doc, const struct phps_node *n)
{
    if (n->from >= n->to || n->to > doc->source.n)
        abort();
    if (!phps_is_list(n))
        return;
    for (size_t i = 0; i < n->n; i++) {
        if (i < 16 && phps_find(n, n->items[i].key) == NULL)
            abort();
        walk(doc, &n->items[i].value);
    }
}

/* What was read can be written back unchanged, and each value lies inside of the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str source = {(const char *)data, size};
    struct arena a = {0};
    struct phps_doc doc;
    struct err e = {0};
    struct buf out = {0};

    if (phps_parse(source, &a, &doc, &e) == 0) {
        struct phps_edit edit = {doc.root, source};

        walk(&doc, doc.root);
        if (phps_splice(&doc, NULL, 0, &out, &e) != 0 || !str_eq(buf_str(&out), source))
            abort();
        buf_reset(&out);
        if (doc.n_refs == 0 && (phps_splice(&doc, &edit, 1, &out, &e) != 0 || !str_eq(buf_str(&out), source)))
            abort();
    } else if (e.kind != ERR_FORMAT || e.text[0] == '\0') {
        abort();
    }
    buf_free(&out);
    arena_free(&a);
    return 0;
}
