#include "sys/php_error.h"

#include "base/esc.h"
#include "format/php_fatal.h"

#include <string.h>

static void keep(char *to, size_t size, struct str from)
{
    struct buf b = {0};
    struct str s;

    esc_term(&b, from);
    s = buf_str(&b);
    if (s.n >= size) {
        /* Cut between characters. */
        s.n = size - 1;
        while (s.n > 0 && ((unsigned char)b.p[s.n] & 0xc0) == 0x80)
            s.n--;
    }
    if (s.n > 0)
        memcpy(to, s.p, s.n);
    to[s.n] = '\0';
    buf_free(&b);
}

void php_error_set(struct php_error *error, struct str text, struct str file, unsigned line)
{
    keep(error->text, sizeof error->text, str_trim(text));
    keep(error->file, sizeof error->file, file);
    error->line = line;
}

bool php_error_find(struct str output, struct php_error *error)
{
    struct php_fatal fatal = {0};
    struct buf text = {0};
    bool found = php_fatal_find(output, &fatal);

    *error = (struct php_error){.line = 0};
    if (found) {
        if (fatal.class_name.n > 0) {
            buf_addstr(&text, buf_str(&fatal.class_name));
            buf_adds(&text, ": ");
        }
        buf_addstr(&text, buf_str(&fatal.message));
        php_error_set(error, buf_str(&text), buf_str(&fatal.file),
                      fatal.line <= UINT32_MAX ? (unsigned)fatal.line : 0);
    }
    php_fatal_free(&fatal);
    buf_free(&text);
    return found;
}

void php_error_words(const struct php_error *error, const char *root, struct buf *out)
{
    struct str file = str_of(error->file);
    size_t n = root != NULL ? strlen(root) : 0;

    buf_adds(out, error->text);
    if (file.n == 0)
        return;
    if (n > 0 && str_starts(file, str_of(root)) && file.n > n + 1 && file.p[n] == '/')
        file = str_sub(file, n + 1, file.n);
    buf_adds(out, " (");
    buf_addstr(out, file);
    if (error->line != 0)
        buf_printf(out, ", line %u", error->line);
    buf_addc(out, ')');
}
