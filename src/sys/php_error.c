#include "sys/php_error.h"

#include "base/esc.h"

#include <string.h>

/* The words PHP begins a deadly message with. Warnings and notices end nothing. */
static const char *const fatal_words[] = {
    "Fatal error: ",   "Parse error: ", "Catchable fatal error: ", "Recoverable fatal error: ",
    "Compile error: ", "Core error: "};

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

/* The last occurrence of what in s, or SIZE_MAX. */
static size_t find_last(struct str s, struct str what)
{
    size_t at = SIZE_MAX;

    for (size_t from = str_find(s, what, 0); from != SIZE_MAX; from = str_find(s, what, from + 1))
        at = from;
    return at;
}

/* Takes "FILE on line N" or "FILE:N" off the end of a line that has it behind " in "; false when it has not. */
static bool cut_place(struct str *line, struct str *file, unsigned *number)
{
    size_t in = find_last(*line, STR(" in /"));
    struct str place, digits;
    size_t at;
    uint64_t n;

    if (in == SIZE_MAX)
        return false;
    place = str_sub(*line, in + 4, line->n);
    at = find_last(place, STR(" on line "));
    if (at != SIZE_MAX) {
        digits = str_sub(place, at + 9, place.n);
    } else {
        at = str_rchr(place, ':');
        if (at == SIZE_MAX)
            return false;
        digits = str_sub(place, at + 1, place.n);
    }
    if (!str_u64(str_trim(digits), UINT32_MAX, &n))
        return false;
    *file = str_sub(place, 0, at);
    *number = (unsigned)n;
    *line = str_sub(*line, 0, in);
    return true;
}

/* A store may switch HTML messages on; their tags are taken out. */
static void without_tags(struct str line, struct buf *out)
{
    static const struct str tags[] = {{"<b>", 3}, {"</b>", 4}, {"<br />", 6}, {"<br>", 4}};

    buf_reset(out);
    while (line.n > 0) {
        bool tag = false;

        for (size_t i = 0; line.p[0] == '<' && !tag && i < sizeof tags / sizeof *tags; i++)
            tag = str_skip(&line, tags[i]);
        if (!tag) {
            buf_addc(out, line.p[0]);
            line = str_sub(line, 1, line.n);
        }
    }
}

static bool skip_fatal_word(struct str *line)
{
    str_skip(line, STR("PHP "));
    for (size_t i = 0; i < sizeof fatal_words / sizeof *fatal_words; i++)
        if (str_skip(line, str_of(fatal_words[i])))
            return true;
    return false;
}

bool php_error_find(struct str text, struct php_error *error)
{
    struct buf plain = {0};
    struct str raw;
    bool found = false;
    bool placed = true;

    *error = (struct php_error){.line = 0};
    while (str_line(&text, &raw)) {
        struct str line, file = {NULL, 0};
        unsigned number = 0;

        without_tags(raw, &plain);
        line = str_trim(buf_str(&plain));
        if (skip_fatal_word(&line)) {
            found = true;
            placed = cut_place(&line, &file, &number);
            php_error_set(error, line, file, number);
        } else if (!placed && str_starts(line, STR("thrown in /"))) {
            /* An exception whose message has several lines tells its place behind the trace. */
            placed = cut_place(&line, &file, &number);
            if (placed) {
                keep(error->file, sizeof error->file, file);
                error->line = number;
            }
        }
    }
    buf_free(&plain);
    return found;
}

void php_error_words(const struct php_error *error, const char *root, struct buf *out)
{
    struct str file = str_of(error->file);

    buf_adds(out, error->text);
    if (file.n == 0)
        return;
    if (root != NULL && str_starts(file, str_of(root)) && file.n > strlen(root) + 1 &&
        file.p[strlen(root)] == '/')
        file = str_sub(file, strlen(root) + 1, file.n);
    buf_adds(out, " (");
    buf_addstr(out, file);
    if (error->line != 0)
        buf_printf(out, ", line %u", error->line);
    buf_addc(out, ')');
}
