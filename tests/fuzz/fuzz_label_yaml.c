#include "base/buf.h"
#include "format/label_repair.h"
#include "format/label_yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_lines(struct str s)
{
    struct str line;
    size_t n = 0;

    while (str_line(&s, &line))
        n++;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct label_list list;
    struct err e = {0};
    struct buf text = {0};
    struct buf repaired = {0};

    /* Most inputs would never reach a label without its key in front. */
    buf_adds(&text, "XLite\\Model\\LanguageLabel:\n");
    buf_add(&text, data, size);
    if (label_yaml_read(buf_str(&text), &a, &list, &e) == 0) {
        for (size_t i = 0; i < list.n; i++)
            if (list.v[i].name.p == NULL || list.v[i].code.n == 0 ||
                list.v[i].line > count_lines(buf_str(&text)) + 1)
                abort();
    } else if (e.kind != ERR_FORMAT || e.text[0] == '\0') {
        abort();
    }
    label_repair(buf_str(&text), &repaired);
    if (count_lines(buf_str(&text)) != count_lines(buf_str(&repaired)))
        abort();
    buf_free(&text);
    buf_free(&repaired);
    arena_free(&a);
    return 0;
}
