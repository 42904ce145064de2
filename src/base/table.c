#include "base/table.h"

#include "base/esc.h"

#include <assert.h>
#include <stdlib.h>

/* Below this the last column is not wrapped: a ladder of single words is harder to read than long lines. */
#define WRAP_LEAST 16U

static void blanks(struct buf *out, size_t n)
{
    while (n-- > 0)
        buf_addc(out, ' ');
}

static void add_word(struct buf *out, struct str word)
{
    size_t from = 0;
    size_t at;

    while ((at = str_find(word, STR(TABLE_GLUE), from)) != SIZE_MAX) {
        buf_addstr(out, str_sub(word, from, at));
        buf_addc(out, ' ');
        from = at + sizeof TABLE_GLUE - 1;
    }
    buf_addstr(out, str_sub(word, from, word.n));
}

/* One line of text, words filled in. */
static void wrap_line(struct buf *out, struct str line, unsigned columns, unsigned first, unsigned indent)
{
    size_t at = first;
    size_t gap = 0;
    bool empty = true; /* no word yet on this line of output */
    size_t i = 0;

    /* Blanks in front of a line are its own indent. */
    while (i < line.n && line.p[i] == ' ')
        i++;
    gap = i < line.n ? i : 0;
    while (i < line.n) {
        size_t end = str_chr(line, ' ', i);
        struct str word = str_sub(line, i, end == SIZE_MAX ? line.n : end);
        size_t width = utf8_width(word);

        if (columns != 0 && !empty && at + gap + width > columns) {
            buf_addc(out, '\n');
            blanks(out, indent);
            at = indent;
            gap = 0;
        }
        blanks(out, gap);
        add_word(out, word);
        at += gap + width;
        empty = false;
        i += word.n;
        gap = i;
        while (i < line.n && line.p[i] == ' ')
            i++;
        gap = i - gap;
    }
    buf_addc(out, '\n');
}

static void wrap_escaped(struct buf *out, struct str text, unsigned columns, unsigned first, unsigned indent)
{
    struct str rest = text;
    struct str line;
    bool more = false;

    if (!str_line(&rest, &line))
        line = (struct str){NULL, 0};
    do {
        if (more && line.n > 0)
            blanks(out, indent);
        wrap_line(out, line, columns, more ? indent : first, indent);
        more = true;
    } while (str_line(&rest, &line));
}

void table_wrap(struct buf *out, struct str text, unsigned columns, unsigned first, unsigned indent)
{
    struct buf escaped = {0};

    esc_term_lines(&escaped, text);
    wrap_escaped(out, buf_str(&escaped), columns, first, indent);
    buf_free(&escaped);
}

void table_begin(struct table *t, unsigned columns, const char *const *heads)
{
    assert(columns >= 1 && columns <= TABLE_COLUMNS_MAX);
    t->columns = columns;
    t->heads = heads != NULL;
    for (unsigned i = 0; heads != NULL && i < columns; i++)
        table_cstr(t, TERM_BOLD, heads[i]);
}

void table_right(struct table *t, unsigned column)
{
    assert(column < t->columns);
    t->right[column] = true;
}

void table_cell(struct table *t, enum term_style style, struct str text)
{
    bool last = t->cells.n % t->columns == t->columns - 1;
    struct table_cell *cell = vec_push(&t->cells);
    struct buf escaped = {0};

    if (last)
        esc_term_lines(&escaped, text);
    else
        esc_term(&escaped, text);
    cell->text = (struct str){arena_dup(&t->arena, escaped.p, escaped.n), escaped.n};
    cell->width = utf8_width(cell->text);
    cell->style = style;
    buf_free(&escaped);
}

void table_cstr(struct table *t, enum term_style style, const char *text)
{
    table_cell(t, style, str_of(text));
}

static void widths_of(const struct table *t, size_t widths[TABLE_COLUMNS_MAX])
{
    for (size_t i = 0; i < t->cells.n; i++) {
        size_t *w = &widths[i % t->columns];

        if (t->cells.v[i].width > *w)
            *w = t->cells.v[i].width;
    }
}

static void add_styled(const struct term *term, struct buf *out, const struct table_cell *cell,
                       struct str text)
{
    bool styled = cell->style != TERM_RESET && text.n > 0;

    if (styled)
        buf_adds(out, term_style(term, cell->style));
    buf_addstr(out, text);
    if (styled)
        buf_adds(out, term_style(term, TERM_RESET));
}

/* Line by line, so that a style never spans the indent. */
static void add_last(const struct term *term, struct buf *out, const struct table_cell *cell,
                     unsigned columns, unsigned indent)
{
    struct buf wrapped = {0};
    struct str rest;
    struct str line;

    wrap_escaped(&wrapped, cell->text, columns, indent, indent);
    rest = buf_str(&wrapped);
    while (str_line(&rest, &line)) {
        size_t lead = 0;

        while (lead < line.n && line.p[lead] == ' ')
            lead++;
        buf_add(out, line.p, lead);
        add_styled(term, out, cell, str_sub(line, lead, line.n));
        buf_addc(out, '\n');
    }
    buf_free(&wrapped);
}

static void print_row(const struct table *t, const struct term *term, const struct table_cell *row, size_t n,
                      const size_t *widths, struct buf *out)
{
    unsigned at = t->indent;
    size_t line = out->n;

    blanks(out, t->indent);
    for (unsigned c = 0; c < n && c + 1 < t->columns; c++) {
        size_t pad = widths[c] - row[c].width;

        if (t->right[c])
            blanks(out, pad);
        add_styled(term, out, &row[c], row[c].text);
        blanks(out, (t->right[c] ? 0 : pad) + 2);
        at += (unsigned)widths[c] + 2;
    }
    if (n == t->columns && row[n - 1].text.n > 0) {
        bool room = term->columns > at && term->columns - at >= WRAP_LEAST;
        size_t last = widths[n - 1] > row[n - 1].width ? widths[n - 1] - row[n - 1].width : 0;

        if (t->right[n - 1] && (!room || at + widths[n - 1] <= term->columns))
            blanks(out, last);
        add_last(term, out, &row[n - 1], room ? term->columns : 0, at);
        return;
    }
    while (out->n > line && out->p[out->n - 1] == ' ')
        out->n--;
    buf_addc(out, '\n');
}

void table_print(const struct table *t, const struct term *term, struct buf *out)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};

    if (t->cells.n <= (t->heads ? t->columns : 0))
        return;
    widths_of(t, widths);
    for (size_t i = 0; i < t->cells.n; i += t->columns) {
        size_t n = t->cells.n - i < t->columns ? t->cells.n - i : t->columns;

        print_row(t, term, &t->cells.v[i], n, widths, out);
    }
}

void table_free(struct table *t)
{
    free(t->cells.v);
    arena_free(&t->arena);
    *t = (struct table){0};
}
