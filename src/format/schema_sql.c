/*
 * CREATE TABLE of an installer's SQL. It is read as a dump, so that strings and comments are followed; what fills the tables is passed over. Installers
 * drop each table before they create it, which is why their SQL is read and never run.
 */
#include "format/schema_parts.h"
#include "format/sql_dump.h"
#include "format/sql_names.h"
#include "format/sql_values.h"
#include "format/sql_words.h"

#include <string.h>

struct reader {
    struct schema *out;
    struct schema_table *t;
    struct sql_words w;
    struct err *e;
};

static const char *unquoted(struct reader *r, const struct sql_word *word)
{
    struct str s = sql_word_bare(word);

    return s.n < word->text.n ? sql_unquoted(s, word->text.p[0], &r->out->mem) : arena_dup(&r->out->mem, s.p, s.n);
}

static int fault(struct reader *r, const char *what)
{
    return err_set(r->e, ERR_FORMAT, "table %s: %s", r->t->name, what);
}

static int take_name(struct reader *r, const char **out)
{
    struct sql_word word;

    if (!sql_words_next(&r->w, &word) || !sql_word_is_name(&word) || word.text.n > SCHEMA_NAME_MAX)
        return fault(r, "a name is missing");
    *out = unquoted(r, &word);
    return **out == '\0' ? fault(r, "a name is empty") : 0;
}

/* ---- keys ----------------------------------------------------------------------------------------------------------------------- */

static struct schema_key *add_key(struct reader *r, enum schema_key_kind kind, const char *name)
{
    struct schema_key *k;

    if (r->t->keys.n >= SCHEMA_KEYS_MAX) {
        fault(r, "too many keys");
        return NULL;
    }
    k = vec_push(&r->t->keys);
    k->kind = kind;
    k->name = kind == SCHEMA_PRIMARY ? "PRIMARY" : name;
    return k;
}

static int key_part(struct reader *r, struct schema_key *k)
{
    struct schema_part *part;
    struct sql_word word;
    uint64_t length;

    if (k->parts.n >= SCHEMA_PARTS_MAX)
        return fault(r, "too many columns in a key");
    part = vec_push(&k->parts);
    if (take_name(r, &part->column) < 0)
        return -1;
    if (sql_words_take_sign(&r->w, '(')) {
        if (!sql_words_next(&r->w, &word) || !str_u64(word.text, 65535, &length) || !sql_words_take_sign(&r->w, ')'))
            return fault(r, "a length in a key is none");
        part->length = (unsigned)length;
    }
    if (!sql_words_take(&r->w, "ASC"))
        sql_words_take(&r->w, "DESC");
    return 0;
}

/* From behind the words of its kind: perhaps a name, USING, the columns. */
static int read_key(struct reader *r, enum schema_key_kind kind)
{
    struct sql_word word = sql_words_peek(&r->w);
    struct schema_key *k;
    const char *name = NULL;

    if (!sql_word_sign(&word, '(') && !sql_word_is(&word, "USING") && take_name(r, &name) < 0)
        return -1;
    if (sql_words_take(&r->w, "USING"))
        sql_words_next(&r->w, &word);
    k = add_key(r, kind, name);
    if (k == NULL)
        return -1;
    if (!sql_words_take_sign(&r->w, '('))
        return fault(r, "a key without columns");
    do {
        if (key_part(r, k) < 0)
            return -1;
    } while (sql_words_take_sign(&r->w, ','));
    if (!sql_words_take_sign(&r->w, ')'))
        return fault(r, "the columns of a key do not end");
    /* as the server names it */
    if (k->name == NULL)
        k->name = k->parts.v[0].column;
    return 0;
}

static int read_unique(struct reader *r)
{
    if (!sql_words_take(&r->w, "KEY"))
        sql_words_take(&r->w, "INDEX");
    return read_key(r, SCHEMA_UNIQUE);
}

/* True: the definition is one of a key or a constraint; *rc says how it went. */
static bool read_constraint(struct reader *r, int *rc)
{
    struct sql_words before = r->w;
    struct sql_word word;

    *rc = 0;
    if (sql_words_take(&r->w, "CONSTRAINT")) {
        word = sql_words_peek(&r->w);
        if (!sql_word_is(&word, "PRIMARY") && !sql_word_is(&word, "UNIQUE") && !sql_word_is(&word, "FOREIGN") && !sql_word_is(&word, "CHECK"))
            sql_words_next(&r->w, &word);
    }
    if (!sql_words_next(&r->w, &word))
        return false;
    if (sql_word_is(&word, "PRIMARY") && sql_words_take(&r->w, "KEY"))
        *rc = read_key(r, SCHEMA_PRIMARY);
    else if (sql_word_is(&word, "UNIQUE"))
        *rc = read_unique(r);
    else if (sql_word_is(&word, "KEY") || sql_word_is(&word, "INDEX"))
        *rc = read_key(r, SCHEMA_PLAIN);
    else if (sql_word_is(&word, "FULLTEXT") || sql_word_is(&word, "SPATIAL")) {
        if (!sql_words_take(&r->w, "KEY"))
            sql_words_take(&r->w, "INDEX");
        *rc = read_key(r, sql_word_is(&word, "SPATIAL") ? SCHEMA_SPATIAL : SCHEMA_FULLTEXT);
    } else if (!sql_word_is(&word, "FOREIGN") && !sql_word_is(&word, "CHECK")) {
        r->w = before;
        return false;
    }
    return true;
}

/* ---- columns -------------------------------------------------------------------------------------------------------------------- */

static int read_type(struct reader *r, struct schema_column *c)
{
    struct sql_word word;
    size_t from;

    if (!sql_words_next(&r->w, &word) || word.kind != SQL_WORD_BARE)
        return err_set(r->e, ERR_FORMAT, "table %s, column %s: the type is missing", r->t->name, c->name);
    from = word.from;
    sql_words_take(&r->w, "PRECISION");
    sql_words_take_group(&r->w);
    while (sql_words_take(&r->w, "UNSIGNED") || sql_words_take(&r->w, "SIGNED") || sql_words_take(&r->w, "ZEROFILL"))
        ;
    c->type = schema_type(str_sub(r->w.text, from, r->w.at), &r->out->mem, &c->written);
    if (c->type == NULL)
        return err_set(r->e, ERR_FORMAT, "table %s, column %s: the type is not known: %.*s", r->t->name, c->name,
                       STR_FMT(str_sub(r->w.text, from, r->w.at)));
    return 0;
}

static int read_default(struct reader *r, struct schema_column *c)
{
    static const char *const now[] = {"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP", NULL};
    struct buf number = {0};
    struct sql_word word;

    c->has_default = true;
    if (!sql_words_next(&r->w, &word))
        return fault(r, "a default is missing");
    if (word.kind == SQL_WORD_STRING || word.kind == SQL_WORD_DOUBLE) {
        c->fallback = unquoted(r, &word);
    } else if (sql_word_is(&word, "NULL")) {
        c->has_default = false;
    } else if (sql_word_in(&word, now)) {
        c->fallback = "CURRENT_TIMESTAMP";
        c->fallback_code = true;
        sql_words_take_group(&r->w);
    } else if (sql_word_is(&word, "TRUE") || sql_word_is(&word, "FALSE")) {
        c->fallback = sql_word_is(&word, "TRUE") ? "1" : "0";
    } else if (word.kind == SQL_WORD_BARE || sql_word_sign(&word, '-') || sql_word_sign(&word, '+') || sql_word_sign(&word, '.')) {
        size_t from = word.from;
        struct sql_word next = sql_words_peek(&r->w);

        while ((next.kind == SQL_WORD_BARE || sql_word_sign(&next, '.')) && next.from == r->w.at) {
            sql_words_next(&r->w, &next);
            next = sql_words_peek(&r->w);
        }
        buf_addstr(&number, str_sub(r->w.text, from, r->w.at));
        c->fallback = arena_strdup(&r->out->mem, buf_cstr(&number));
        buf_free(&number);
        for (const char *p = c->fallback; *p != '\0'; p++)
            if (strchr("+-.0123456789eE", *p) == NULL)
                return err_set(r->e, ERR_FORMAT, "table %s, column %s: a default that is no literal", r->t->name, c->name);
    } else {
        return err_set(r->e, ERR_FORMAT, "table %s, column %s: a default that is no literal", r->t->name, c->name);
    }
    return 0;
}

static int read_charset(struct reader *r, const char **out)
{
    struct sql_word word;

    sql_words_take_sign(&r->w, '=');
    if (!sql_words_next(&r->w, &word) || (*out = schema_charset(sql_word_bare(&word), &r->out->mem)) == NULL)
        return fault(r, "a character set or collation is no name");
    return 0;
}

static int inline_key(struct reader *r, const struct schema_column *c, enum schema_key_kind kind)
{
    struct schema_key *k = add_key(r, kind, c->name);

    if (k == NULL)
        return -1;
    vec_push(&k->parts)->column = c->name;
    return 0;
}

/* One word behind the type, with what belongs to it. */
static int read_attribute(struct reader *r, struct schema_column *c, const struct sql_word *word)
{
    struct sql_word ignored;

    if (sql_word_is(word, "NOT"))
        c->not_null = sql_words_take(&r->w, "NULL") || c->not_null;
    else if (sql_word_is(word, "DEFAULT"))
        return read_default(r, c);
    else if (sql_word_is(word, "AUTO_INCREMENT"))
        c->auto_increment = true;
    else if (sql_word_is(word, "COMMENT"))
        sql_words_next(&r->w, &ignored);
    else if (sql_word_is(word, "COLLATE"))
        return read_charset(r, &c->collate);
    else if (sql_word_is(word, "CHARSET") || (sql_word_is(word, "CHARACTER") && sql_words_take(&r->w, "SET")))
        return read_charset(r, &c->charset);
    else if (sql_word_is(word, "PRIMARY") || sql_word_is(word, "KEY")) {
        sql_words_take(&r->w, "KEY");
        return inline_key(r, c, SCHEMA_PRIMARY);
    } else if (sql_word_is(word, "UNIQUE")) {
        sql_words_take(&r->w, "KEY");
        return inline_key(r, c, SCHEMA_UNIQUE);
    } else if (sql_word_is(word, "ON") && sql_words_take(&r->w, "UPDATE")) {
        c->on_update = true;
        sql_words_next(&r->w, &ignored);
        sql_words_take_group(&r->w);
    } else if (sql_word_is(word, "AS") || sql_word_is(word, "GENERATED")) {
        return err_set(r->e, ERR_FORMAT, "table %s, column %s: it is computed, which is not understood", r->t->name, c->name);
    }
    return 0;
}

static bool ends_definition(const struct sql_word *word)
{
    return word->kind == SQL_WORD_END || (sql_word_sign(word, ',') && word->depth == 1) || (sql_word_sign(word, ')') && word->depth == 0);
}

/* Up to the comma or the closing parenthesis behind it, which is left. */
static int read_column(struct reader *r)
{
    struct schema_column c = {.name = NULL};
    struct sql_word word;
    int rc = 0;

    if (r->t->columns.n >= SCHEMA_COLUMNS_MAX)
        return fault(r, "too many columns");
    if (take_name(r, &c.name) < 0 || read_type(r, &c) < 0)
        return -1;
    for (word = sql_words_peek(&r->w); rc == 0 && !ends_definition(&word); word = sql_words_peek(&r->w)) {
        sql_words_next(&r->w, &word);
        rc = read_attribute(r, &c, &word);
    }
    *vec_push(&r->t->columns) = c;
    return rc;
}

/* ---- tables --------------------------------------------------------------------------------------------------------------------- */

static int read_options(struct reader *r)
{
    struct sql_word word;

    while (sql_words_next(&r->w, &word)) {
        if (sql_word_is(&word, "ENGINE") || sql_word_is(&word, "TYPE")) {
            sql_words_take_sign(&r->w, '=');
            if (!sql_words_next(&r->w, &word) || (r->t->engine = schema_engine(sql_word_bare(&word), &r->out->mem)) == NULL)
                return fault(r, "an engine that no installer uses");
        } else if (sql_word_is(&word, "COLLATE")) {
            if (read_charset(r, &r->t->collate) < 0)
                return -1;
        } else if (sql_word_is(&word, "CHARSET") || (sql_word_is(&word, "CHARACTER") && sql_words_take(&r->w, "SET"))) {
            if (read_charset(r, &r->t->charset) < 0)
                return -1;
        }
    }
    return 0;
}

static int read_table(struct reader *r)
{
    struct sql_word word;
    int rc = 0;

    do {
        if (!read_constraint(r, &rc) && rc == 0)
            rc = read_column(r);
        if (rc < 0)
            return -1;
        for (word = sql_words_peek(&r->w); !ends_definition(&word); word = sql_words_peek(&r->w))
            sql_words_next(&r->w, &word);
    } while (sql_words_take_sign(&r->w, ','));
    if (!sql_words_take_sign(&r->w, ')'))
        return fault(r, "its definitions do not end");
    if (read_options(r) < 0)
        return -1;
    if (r->w.fault)
        return fault(r, r->w.fault);
    schema_tidy(r->t, &r->out->mem);
    return schema_judge(r->t, r->e);
}

/* A table that is created twice is what the last one says. */
static struct schema_table *place_of(struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->tables.n; i++) {
        struct schema_table *t = &s->tables.v[i];

        if (strcmp(t->name, name) == 0) {
            schema_table_free(t);
            return t;
        }
    }
    return vec_push(&s->tables);
}

static int read_statement(struct reader *r, struct str text, const char *prefix)
{
    struct sql_create_head head;
    struct sql_name name;
    struct str bare;
    const char *table;

    sql_words_begin(&r->w, text, SQL_SERVER_ANY, true);
    if (!sql_words_take(&r->w, "CREATE"))
        return 0;
    sql_names_create_head(&r->w, &head);
    if (head.temporary || !sql_words_take(&r->w, "TABLE"))
        return 0;
    sql_names_skip_if(&r->w);
    if (!sql_names_take(&r->w, &name) || !str_starts(name.name, str_of(prefix)) || !sql_words_take_sign(&r->w, '('))
        return 0;
    bare = str_sub(name.name, strlen(prefix), name.name.n);
    if (bare.n == 0 || bare.n > SCHEMA_NAME_MAX)
        return err_set(r->e, ERR_FORMAT, "a table without a name");
    if (r->out->tables.n >= SCHEMA_TABLES_MAX)
        return err_set(r->e, ERR_FORMAT, "more tables than an installer makes");
    table = sql_unquoted(bare, '`', &r->out->mem);
    r->t = place_of(r->out, table);
    r->t->name = table;
    return read_table(r);
}

int schema_read_sql(struct str sql, const char *prefix, struct schema *out, struct err *e)
{
    struct sql_dump *d = sql_dump_new();
    struct reader r = {.out = out, .e = e};
    struct sql_item item;
    int rc = 0;

    sql_dump_feed(d, sql);
    sql_dump_eof(d);
    while (rc == 0 && (rc = sql_dump_next(d, &item, e)) == 0 && item.kind != SQL_MORE) {
        if (item.kind != SQL_STATEMENT)
            continue;
        rc = read_statement(&r, item.text, prefix);
        if (rc < 0)
            err_wrap(e, "line %llu", (unsigned long long)item.line);
    }
    if (rc == 0 && out->tables.n == 0)
        rc = err_set(e, ERR_FORMAT, "it creates no table whose name begins with \"%s\"", prefix);
    sql_dump_free(d);
    if (rc < 0)
        schema_free(out);
    return rc;
}
