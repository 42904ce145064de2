/* Column definitions as scripts write them and as servers give them back, brought into one form. */
#include "base/ascii.h"
#include "format/ps_effect.h"

#include "format/sql_words.h"

#include <string.h>

static const struct {
    const char *word;
    const char *is;
} synonyms[] = {
    {"integer", "int"}, {"bool", "tinyint"}, {"boolean", "tinyint"}, {"numeric", "decimal"}, {"dec", "decimal"}, {"real", "double"},
    {"fixed", "decimal"}, {"character", "char"}, {"nchar", "char"},
};

static const char *const integers[] = {"tinyint", "smallint", "mediumint", "int", "bigint", "year", NULL};

static void add_lower(struct str s, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++)
        buf_addc(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i]);
}

/* The type's word, in its usual name. */
static bool add_base(struct sql_words *w, struct buf *out)
{
    struct sql_word word;
    size_t from = out->n;

    if (!sql_words_next(w, &word) || word.kind != SQL_WORD_BARE)
        return false;
    add_lower(word.text, out);
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (str_is(str_sub(buf_str(out), from, out->n), synonyms[i].word)) {
            out->n = from;
            buf_adds(out, synonyms[i].is);
            break;
        }
    return true;
}

static bool is_integer(struct str type)
{
    for (size_t i = 0; integers[i]; i++)
        if (str_is(type, integers[i]))
            return true;
    return false;
}

/* "( 10, 2 )" as "(10,2)"; texts in it stay as they are, quoted with single quotes. */
static void add_group(struct sql_words *w, struct buf *out)
{
    struct sql_word word;

    while (sql_words_next(w, &word)) {
        if (word.kind == SQL_WORD_DOUBLE) {
            buf_addc(out, '\'');
            buf_addstr(out, sql_word_bare(&word));
            buf_addc(out, '\'');
        } else {
            buf_addstr(out, word.text);
        }
        if (word.depth == 0 && sql_word_sign(&word, ')'))
            return;
    }
}

static void take_type(struct sql_words *w, struct buf *out)
{
    struct sql_word next;
    size_t from = out->n;

    if (!add_base(w, out))
        return;
    next = sql_words_peek(w);
    if (sql_word_sign(&next, '(')) {
        /* How wide numbers are shown is kept by some servers and forgotten by others. */
        if (is_integer(str_sub(buf_str(out), from, out->n)))
            sql_words_take_group(w);
        else
            add_group(w, out);
    }
    if (sql_words_take(w, "UNSIGNED"))
        buf_adds(out, " unsigned");
    sql_words_take(w, "SIGNED");
    if (sql_words_take(w, "ZEROFILL"))
        buf_adds(out, " zerofill");
}

void ps_column_type(struct str type, struct buf *out)
{
    struct sql_words w;

    sql_words_begin(&w, type, SQL_SERVER_ANY, false);
    take_type(&w, out);
}

static void take_default(struct sql_words *w, struct ps_column *out)
{
    struct sql_word word;

    out->has_default = true;
    if (sql_words_take_sign(w, '-'))
        buf_addc(&out->text, '-');
    if (!sql_words_next(w, &word))
        return;
    if (sql_word_is(&word, "NULL")) {
        out->has_default = false;
        out->default_known = true;
    } else if (word.kind == SQL_WORD_STRING || word.kind == SQL_WORD_DOUBLE) {
        out->default_known = true;
        buf_addstr(&out->text, sql_word_bare(&word));
    } else if (word.kind == SQL_WORD_BARE && ascii_is_digit(word.text.p[0])) {
        out->default_known = true;
        buf_addstr(&out->text, word.text);
        while (sql_words_take_sign(w, '.')) {
            buf_addc(&out->text, '.');
            if (sql_words_next(w, &word))
                buf_addstr(&out->text, word.text);
        }
    }
}

void ps_column_read(struct str def, struct ps_column *out)
{
    struct sql_words w;
    struct sql_word word;

    *out = (struct ps_column){.nullable = true, .null_known = true, .default_known = true};
    sql_words_begin(&w, def, SQL_SERVER_ANY, false);
    take_type(&w, &out->type);
    if (str_starts(buf_str(&out->type), STR("timestamp")) || str_is(buf_str(&out->type), "serial"))
        out->null_known = out->default_known = false;
    while (sql_words_next(&w, &word)) {
        if (sql_word_is(&word, "NOT") && sql_words_take(&w, "NULL")) {
            out->nullable = false;
        } else if (sql_word_is(&word, "DEFAULT")) {
            out->default_known = false;
            take_default(&w, out);
        } else if (sql_word_is(&word, "PRIMARY") || sql_word_is(&word, "KEY") || sql_word_is(&word, "AUTO_INCREMENT")) {
            out->null_known = out->default_known = false;
        } else if (sql_word_is(&word, "COMMENT")) {
            sql_words_next(&w, &word);
        }
    }
}

void ps_column_free(struct ps_column *x)
{
    buf_free(&x->type);
    buf_free(&x->text);
}
