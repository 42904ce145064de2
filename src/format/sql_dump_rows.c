/* The part of sql_dump that reads what stands behind VALUES: rows, what is between them, and the end. */
#include "format/sql_dump_parts.h"

#include "format/sql_scan.h"

enum found sql_dump_row(struct sql_dump *d, struct sql_item *item)
{
    enum sql_lex_stop stop = sql_lex_row(&d->lex, d->buf.p, &d->at, d->buf.n, d->eof);

    if (d->at - d->start > SQL_ROW_MAX)
        return sql_dump_too_large(d, true);
    if (stop == SQL_LEX_DELIMITER)
        return sql_dump_fault(d, d->start, "damaged: a statement ends inside of the row that begins here");
    if (stop == SQL_LEX_MORE)
        return d->eof ? sql_dump_cut_short(d, "a row") : FOUND_NOTHING;
    if (d->lex.executable > 0)
        return sql_dump_fault(d, d->start, "an executable comment does not end in the row in which it begins");
    if (!d->lex.plain && sql_dump_escapes_matter(d, (struct str){d->buf.p + d->start, d->at - d->start}))
        return sql_dump_fault(d, d->start, "a backslash in front of a quote, where a backslash is no escape");
    d->place = BEHIND_ROW;
    return sql_dump_give(d, item, SQL_ROW, d->at, d->at);
}

/* Blanks and comments between rows. FOUND_AGAIN: *at is on something else. */
static enum found skip_between_rows(struct sql_dump *d)
{
    for (;;) {
        struct sql_item skipped;
        enum sql_comment comment;

        if (d->at == d->start) {
            sql_dump_skip_blanks(d);
            if (d->start == d->buf.n)
                return FOUND_NOTHING;
        }
        comment = sql_lex_comment(d->buf.p + d->start, d->buf.n - d->start, d->eof);
        if (comment == SQL_COMMENT_LINE) {
            enum found found = sql_dump_line_comment(d, &skipped);

            if (found != FOUND_ITEM)
                return found;
        } else if (comment == SQL_COMMENT_BLOCK) {
            enum found found = sql_dump_block_comment(d, &skipped);

            if (found != FOUND_ITEM)
                return found;
        } else {
            return comment == SQL_COMMENT_MORE ? FOUND_NOTHING : FOUND_AGAIN;
        }
    }
}

static enum found begin_row(struct sql_dump *d)
{
    sql_lex_begin(&d->lex);
    d->at = d->start;
    d->place = ROW;
    return FOUND_AGAIN;
}

enum found sql_dump_first_row(struct sql_dump *d)
{
    enum found found = skip_between_rows(d);

    if (found == FOUND_NOTHING && d->eof)
        return sql_dump_cut_short(d, "an INSERT");
    if (found != FOUND_AGAIN)
        return found;
    if (d->buf.p[d->start] != '(')
        return sql_dump_fault(d, d->start, "damaged: a row of an INSERT has to begin here");
    return begin_row(d);
}

enum found sql_dump_behind_row(struct sql_dump *d, struct sql_item *item)
{
    size_t start = d->start;
    const char *p = d->buf.p + start;
    enum found found;
    int here;

    /* nearly always a comma, then the next row in the same or the next line */
    if (d->at == start && d->buf.n - start > 2 && p[0] == ',' && (p[1] == '(' || (p[1] == '\n' && p[2] == '('))) {
        d->start = start + (p[1] == '(' ? 1 : 2);
        return begin_row(d);
    }
    found = skip_between_rows(d);
    if (found == FOUND_FAULT)
        return found;
    if (found == FOUND_NOTHING) {
        if (!d->eof)
            return found;
        d->open_end = true;
        d->place = BETWEEN;
        d->start = d->at = d->buf.n;
        return sql_dump_give(d, item, SQL_INSERT_END, d->buf.n, d->buf.n);
    }
    here = sql_lex_delimiter(&d->lex, d->buf.p + d->start, d->buf.n - d->start, d->eof);
    if (here < 0)
        return FOUND_NOTHING;
    if (here > 0) {
        d->place = BETWEEN;
        return sql_dump_give(d, item, SQL_INSERT_END, d->start, d->start + d->lex.delimiter_n);
    }
    if (d->buf.p[d->start] == ',') {
        d->start++;
        d->at = d->start;
        d->place = FIRST_ROW;
        return FOUND_AGAIN;
    }
    d->place = TAIL;
    d->at = d->start;
    sql_lex_begin(&d->lex);
    return FOUND_AGAIN;
}

enum found sql_dump_tail(struct sql_dump *d, struct sql_item *item)
{
    enum sql_lex_stop stop = sql_lex_statement(&d->lex, d->buf.p, &d->at, d->buf.n, d->eof, false);
    size_t next = d->at + d->lex.delimiter_n;

    if (d->at - d->start > SQL_STATEMENT_MAX)
        return sql_dump_too_large(d, false);
    if (stop == SQL_LEX_MORE) {
        if (!d->eof)
            return FOUND_NOTHING;
        if (d->lex.quote != '\0' || d->lex.block_comment || d->lex.executable > 0 || d->lex.depth > 0)
            return sql_dump_cut_short(d, sql_dump_inside_of(d, "the end of an INSERT"));
        d->at = next = d->buf.n;
        d->open_end = true;
    }
    if (sql_dump_escapes_matter(d, (struct str){d->buf.p + d->start, d->at - d->start}))
        return sql_dump_fault(d, d->start, "a backslash in front of a quote, where a backslash is no escape");
    d->place = BETWEEN;
    return sql_dump_give(d, item, SQL_INSERT_END, sql_dump_trimmed(d, d->at), next);
}
