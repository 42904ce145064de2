/* Schemas as SQL. Texts are quoted for sessions without NO_BACKSLASH_ESCAPES and ANSI_QUOTES. */
#include "format/schema_parts.h"

#include <string.h>

void schema_write_name(struct buf *out, const char *name)
{
    buf_addc(out, '`');
    for (; *name != '\0'; name++) {
        if (*name == '`')
            buf_addc(out, '`');
        buf_addc(out, *name);
    }
    buf_addc(out, '`');
}

void schema_write_text(struct buf *out, const char *text)
{
    buf_addc(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            buf_addc(out, *text);
        buf_addc(out, *text);
    }
    buf_addc(out, '\'');
}

void schema_write_definition(struct buf *out, const struct schema_column *c, const char *charset, const char *collate)
{
    buf_adds(out, c->written);
    if (charset && schema_is_text(c->type))
        buf_printf(out, " CHARACTER SET %s", charset);
    if (collate && schema_is_text(c->type))
        buf_printf(out, " COLLATE %s", collate);
    if (c->not_null)
        buf_adds(out, " NOT NULL");
    else if (str_starts(str_of(c->type), STR("timestamp")))
        buf_adds(out, " NULL");
    if (c->has_default && c->fallback) {
        buf_adds(out, " DEFAULT ");
        if (c->fallback_code)
            buf_adds(out, c->fallback);
        else
            schema_write_text(out, c->fallback);
    }
    if (c->on_update)
        buf_adds(out, " ON UPDATE CURRENT_TIMESTAMP");
    if (c->auto_increment)
        buf_adds(out, " AUTO_INCREMENT");
}

void schema_write_key(struct buf *out, const struct schema_key *k)
{
    static const char *const words[] = {
        [SCHEMA_PRIMARY] = "PRIMARY KEY", [SCHEMA_UNIQUE] = "UNIQUE KEY",     [SCHEMA_PLAIN] = "KEY",
        [SCHEMA_FULLTEXT] = "FULLTEXT KEY", [SCHEMA_SPATIAL] = "SPATIAL KEY",
    };

    buf_adds(out, words[k->kind]);
    buf_addc(out, ' ');
    if (k->kind != SCHEMA_PRIMARY) {
        schema_write_name(out, k->name);
        buf_addc(out, ' ');
    }
    for (size_t i = 0; i < k->parts.n; i++) {
        buf_adds(out, i == 0 ? "(" : ", ");
        schema_write_name(out, k->parts.v[i].column);
        if (k->parts.v[i].length > 0)
            buf_printf(out, "(%u)", k->parts.v[i].length);
    }
    buf_addc(out, ')');
}

void schema_write_create(struct buf *out, const struct schema_table *t, const char *prefix)
{
    struct buf name = {0};

    buf_printf(&name, "%s%s", prefix, t->name);
    buf_adds(out, "CREATE TABLE IF NOT EXISTS ");
    schema_write_name(out, buf_cstr(&name));
    buf_free(&name);
    for (size_t i = 0; i < t->columns.n; i++) {
        const struct schema_column *c = &t->columns.v[i];

        buf_adds(out, i == 0 ? " (\n  " : ",\n  ");
        schema_write_name(out, c->name);
        buf_addc(out, ' ');
        schema_write_definition(out, c, c->charset, c->collate);
    }
    for (size_t i = 0; i < t->keys.n; i++) {
        buf_adds(out, ",\n  ");
        schema_write_key(out, &t->keys.v[i]);
    }
    buf_adds(out, "\n)");
    if (t->engine)
        buf_printf(out, " ENGINE=%s", t->engine);
    if (t->charset)
        buf_printf(out, " DEFAULT CHARSET=%s", t->charset);
    if (t->collate)
        buf_printf(out, " COLLATE=%s", t->collate);
}
