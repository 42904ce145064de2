#include "format/php_fatal.h"

#include "base/ascii.h"

#include <string.h>

/* The digits that s ends with are taken off; false when there are none or too many. */
static bool chop_number(struct str *s, uint64_t *v)
{
    size_t n = s->n;

    while (n > 0 && ascii_is_digit(s->p[n - 1]))
        n--;
    if (!str_u64(str_sub(*s, n, s->n), UINT32_MAX, v))
        return false;
    s->n = n;
    return true;
}

bool php_fatal_place(struct str *message, struct str *file, uint64_t *line)
{
    struct str s = str_trim(*message);
    bool round = str_chop(&s, STR(")"));
    uint64_t number;
    size_t at;

    if (!chop_number(&s, &number))
        return false;
    if (round) {
        if (!str_chop(&s, STR(":")) || (at = str_rfind(s, STR(" ("))) == SIZE_MAX)
            return false;
        *file = str_sub(s, at + 2, s.n);
    } else {
        if (!str_chop(&s, STR(" on line ")) && !str_chop(&s, STR(":")))
            return false;
        if ((at = str_rfind(s, STR(" in "))) == SIZE_MAX)
            return false;
        *file = str_sub(s, at + 4, s.n);
    }
    *message = str_trim(str_sub(s, 0, at));
    *line = number;
    return true;
}

/* Adds s as one line: runs of line ends and blanks become one blank. */
static void add_line(struct buf *b, struct str s)
{
    bool blank = false;

    s = str_trim(s);
    for (size_t i = 0; i < s.n && b->n < PHP_FATAL_MESSAGE_MAX; i++) {
        bool now = s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t' || s.p[i] == ' ';

        if (!now)
            buf_addc(b, s.p[i]);
        else if (!blank)
            buf_addc(b, ' ');
        blank = now;
    }
}

/* Takes away the tags and references that html_errors adds. */
static void add_unhtml(struct buf *b, struct str s)
{
    static const struct {
        const char *html;
        const char *text;
    } list[] = {
        {"<b>", ""},     {"</b>", ""},  {"<br />", ""}, {"&quot;", "\""},
        {"&#039;", "'"}, {"&lt;", "<"}, {"&gt;", ">"},  {"&amp;", "&"},
    };
    size_t i = 0;

    while (i < s.n) {
        struct str rest = str_sub(s, i, s.n);
        size_t k = 0;

        while (k < sizeof list / sizeof *list && !str_starts(rest, str_of(list[k].html)))
            k++;
        if (k == sizeof list / sizeof *list) {
            buf_addc(b, s.p[i++]);
        } else {
            buf_adds(b, list[k].text);
            i += strlen(list[k].html);
        }
    }
}

/* True when an error's first words may stand at `at`: not in the middle of other text. */
static bool may_start(struct str s, size_t at)
{
    struct str before = str_sub(s, 0, at);

    return at == 0 || before.p[at - 1] == '\n' || str_ends(before, STR("PHP ")) ||
           str_ends(before, STR("<b>")) || str_ends(before, STR("] "));
}

struct start {
    size_t at; /* of the message */
    bool html;
    bool parse;
};

static bool find_start(struct str s, struct start *out)
{
    static const char *const words[] = {"Fatal error", "Parse error", "Catchable fatal error",
                                        "Recoverable fatal error"};
    bool found = false;

    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        struct str word = str_of(words[w]);

        for (size_t at = 0; (at = str_find(s, word, at)) != SIZE_MAX; at += word.n) {
            struct str rest = str_sub(s, at + word.n, s.n);
            bool html = str_skip(&rest, STR("</b>"));

            if (!may_start(s, at) || !str_skip(&rest, STR(": ")))
                continue;
            if (found && (size_t)(rest.p - s.p) <= out->at)
                continue;
            *out = (struct start){(size_t)(rest.p - s.p), html, w == 1};
            found = true;
        }
    }
    return found;
}

/* The end of "... on line N": the digits end the line. SIZE_MAX when there is none. */
static size_t end_of_place(struct str s)
{
    static const struct str words = {" on line ", 9};

    for (size_t at = 0; (at = str_find(s, words, at)) != SIZE_MAX; at += words.n) {
        size_t end = at + words.n;

        while (end < s.n && ascii_is_digit(s.p[end]))
            end++;
        if (end > at + words.n && (end == s.n || s.p[end] == '\n' || s.p[end] == '\r'))
            return end;
    }
    return SIZE_MAX;
}

static bool is_class_char(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '\\' || (unsigned char)c >= 0x80;
}

/* Splits "Uncaught ..." into class and message. */
static bool read_uncaught(struct str *s, struct str *class_name)
{
    struct str rest = *s;
    size_t n = 0;

    if (!str_skip(&rest, STR("Uncaught ")))
        return false;
    if (str_skip(&rest, STR("exception '"))) {
        /* The wording until PHP 5.6; a message is there only when it is not empty. */
        *class_name = str_cut(rest, '\'', &rest);
        if (str_skip(&rest, STR(" with message '")))
            str_chop(&rest, STR("'"));
        *s = rest;
        return true;
    }
    while (n < rest.n && is_class_char(rest.p[n]))
        n++;
    if (n == 0)
        return false;
    *class_name = str_sub(rest, 0, n);
    rest = str_sub(rest, n, rest.n);
    str_skip(&rest, STR(":"));
    *s = str_trim(rest);
    return true;
}

static uint64_t number_after(struct str s, struct str words)
{
    size_t at = str_find(s, words, 0);
    struct str rest = str_sub(s, at == SIZE_MAX ? s.n : at + words.n, s.n);
    uint64_t v = 0;

    return str_skip_u64(&rest, UINT64_MAX, &v) ? v : 0;
}

/* body: all from the message on, without tags. */
static void read_body(struct str body, bool parse, struct php_fatal *f)
{
    struct str class_name = {NULL, 0};
    struct str file = {NULL, 0};
    struct str head = body;
    size_t trace = str_find(body, STR("\nStack trace:"), 0);
    size_t place = end_of_place(body);
    bool uncaught = str_starts(body, STR("Uncaught "));

    if (uncaught && trace != SIZE_MAX)
        head = str_sub(body, 0, trace);
    else if (place != SIZE_MAX)
        head = str_sub(body, 0, place);
    else
        head = str_cut(body, '\n', &head);
    head = str_trim(head);
    if (!php_fatal_place(&head, &file, &f->line) && uncaught && place != SIZE_MAX) {
        struct str thrown = str_sub(body, 0, place);

        php_fatal_place(&thrown, &file, &f->line);
    }
    f->kind = parse ? PHP_FATAL_PARSE : PHP_FATAL_OTHER;
    if (uncaught && read_uncaught(&head, &class_name))
        f->kind = PHP_FATAL_EXCEPTION;
    if (str_starts(head, STR("Allowed memory size of ")) || str_starts(head, STR("Out of memory"))) {
        f->kind = PHP_FATAL_MEMORY;
        f->limit = number_after(head, STR("Allowed memory size of "));
    } else if (str_starts(head, STR("Maximum execution time of "))) {
        f->kind = PHP_FATAL_TIME;
        f->limit = number_after(head, STR("Maximum execution time of "));
    }
    add_line(&f->message, head);
    add_line(&f->class_name, class_name);
    add_line(&f->file, file);
}

bool php_fatal_find(struct str output, struct php_fatal *f)
{
    struct buf plain = {0};
    struct start start;
    struct str body;

    buf_reset(&f->message);
    buf_reset(&f->class_name);
    buf_reset(&f->file);
    f->kind = PHP_FATAL_OTHER;
    f->line = 0;
    f->limit = 0;
    if (output.n > PHP_FATAL_TEXT_MAX)
        output = str_sub(output, output.n - PHP_FATAL_TEXT_MAX, output.n);
    if (!find_start(output, &start))
        return false;
    body = str_sub(output, start.at, output.n);
    if (start.html) {
        add_unhtml(&plain, body);
        body = buf_str(&plain);
    }
    read_body(str_trim(body), start.parse, f);
    buf_free(&plain);
    return true;
}

void php_fatal_free(struct php_fatal *f)
{
    buf_free(&f->message);
    buf_free(&f->class_name);
    buf_free(&f->file);
}
