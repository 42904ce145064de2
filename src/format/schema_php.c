/*
 * system/helper/db_schema.php of OpenCart 4: a function that puts an array for each table into another, from 4.0.0.0 on in the short form of arrays.
 * Nothing of it is run.
 */
#include "format/php_literal.h"
#include "format/schema_parts.h"

#include <string.h>

struct reader {
    struct schema *out;
    struct schema_table *t;
};

static int fault(const struct reader *r, struct err *e, const char *what)
{
    return err_set(e, ERR_FORMAT, "table %s: %s", r->t->name, what);
}

static const char *keep(struct reader *r, struct str s)
{
    return arena_dup(&r->out->mem, s.p, s.n);
}

/* A name as a text; false: none, or one that no server takes. */
static bool name_of(struct reader *r, const struct phps_node *n, const char **out)
{
    struct str s;

    if (!phps_str(n, &s) || s.n == 0 || s.n > SCHEMA_NAME_MAX || memchr(s.p, '\0', s.n) != NULL)
        return false;
    *out = keep(r, s);
    return true;
}

static bool is_true(const struct phps_node *n)
{
    bool b = false;
    int64_t i = 0;

    return (phps_bool(n, &b) && b) || (phps_int(n, &i) && i != 0);
}

static int read_default(struct reader *r, const struct phps_node *n, struct schema_column *c, struct err *e)
{
    struct str s = {"", 0};

    if (n == NULL || n->kind == PHPS_NULL)
        return 0;
    if (n->kind == PHPS_INT)
        c->fallback = arena_printf(&r->out->mem, "%lld", (long long)n->i);
    else if (n->kind == PHPS_BOOL)
        c->fallback = n->b ? "1" : "0";
    else if (n->kind == PHPS_DOUBLE)
        c->fallback = keep(r, n->s);
    else if (phps_str(n, &s) && (s.n == 0 || memchr(s.p, '\0', s.n) == NULL))
        c->fallback = keep(r, s);
    else
        return err_set(e, ERR_FORMAT, "table %s, column %s: the default is no text", r->t->name, c->name);
    c->has_default = true;
    c->fallback_code = strcmp(c->fallback, "CURRENT_TIMESTAMP") == 0;
    return 0;
}

static int read_field(struct reader *r, const struct phps_node *n, struct err *e)
{
    struct schema_column c = {.name = NULL};
    struct str type;

    if (!name_of(r, phps_get(n, "name"), &c.name))
        return fault(r, e, "a field without a name");
    if (!phps_str(phps_get(n, "type"), &type) || (c.type = schema_type(type, &r->out->mem, &c.written)) == NULL)
        return err_set(e, ERR_FORMAT, "table %s, column %s: the type is missing or not known", r->t->name, c.name);
    c.not_null = is_true(phps_get(n, "not_null"));
    c.auto_increment = is_true(phps_get(n, "auto_increment"));
    if (read_default(r, phps_get(n, "default"), &c, e) < 0)
        return -1;
    *vec_push(&r->t->columns) = c;
    return 0;
}

static int read_key(struct reader *r, enum schema_key_kind kind, const char *name, const struct phps_node *columns, struct err *e)
{
    struct schema_key *k;

    if (r->t->keys.n >= SCHEMA_KEYS_MAX || columns->n > SCHEMA_PARTS_MAX)
        return fault(r, e, "more keys, or columns in a key, than a server takes");
    k = vec_push(&r->t->keys);
    k->kind = kind;
    k->name = name;
    for (size_t i = 0; i < columns->n; i++)
        if (!name_of(r, &columns->items[i].value, &vec_push(&k->parts)->column))
            return fault(r, e, "a column of a key is no name");
    return 0;
}

static int read_index(struct reader *r, const struct phps_node *n, struct err *e)
{
    const struct phps_node *columns = phps_get(n, "key");
    const char *name;

    if (!name_of(r, phps_get(n, "name"), &name) || !phps_is_list(columns))
        return fault(r, e, "an index without a name or columns");
    return read_key(r, SCHEMA_PLAIN, name, columns, e);
}

static int read_options(struct reader *r, const struct phps_node *n, struct err *e)
{
    struct str s;

    if (phps_str(phps_get(n, "engine"), &s) && (r->t->engine = schema_engine(s, &r->out->mem)) == NULL)
        return fault(r, e, "an engine that no installer uses");
    if (phps_str(phps_get(n, "charset"), &s) && (r->t->charset = schema_charset(s, &r->out->mem)) == NULL)
        return fault(r, e, "the character set is no name");
    if (phps_str(phps_get(n, "collate"), &s) && (r->t->collate = schema_charset(s, &r->out->mem)) == NULL)
        return fault(r, e, "the collation is no name");
    return 0;
}

static int read_table(struct reader *r, const struct phps_node *n, struct err *e)
{
    const struct phps_node *fields = phps_get(n, "field");
    const struct phps_node *primary = phps_get(n, "primary");
    const struct phps_node *index = phps_get(n, "index");
    const char *name;
    int rc = 0;

    if (r->out->tables.n >= SCHEMA_TABLES_MAX)
        return err_set(e, ERR_FORMAT, "more tables than an installer makes");
    if (!name_of(r, phps_get(n, "name"), &name) || schema_find(r->out, name) != NULL)
        return err_set(e, ERR_FORMAT, "a table without a name, or one that stands there twice");
    r->t = vec_push(&r->out->tables);
    r->t->name = name;
    if (!phps_is_list(fields) || fields->n > SCHEMA_COLUMNS_MAX)
        return fault(r, e, "it has no list of fields");
    for (size_t i = 0; rc == 0 && i < fields->n; i++)
        rc = read_field(r, &fields->items[i].value, e);
    if (rc == 0 && phps_is_list(primary) && primary->n > 0)
        rc = read_key(r, SCHEMA_PRIMARY, "PRIMARY", primary, e);
    for (size_t i = 0; rc == 0 && phps_is_list(index) && i < index->n; i++)
        rc = read_index(r, &index->items[i].value, e);
    if (rc == 0)
        rc = read_options(r, n, e);
    if (rc == 0) {
        schema_tidy(r->t, &r->out->mem);
        rc = schema_judge(r->t, e);
    }
    return rc;
}

/* One table, or an array of tables. Any other array is none of the schema. */
static int found(void *arg, const struct phps_node *array, unsigned line, struct err *e)
{
    struct reader *r = arg;
    int rc = 0;

    if (phps_get(array, "field") != NULL) {
        rc = read_table(r, array, e);
    } else {
        for (size_t i = 0; rc == 0 && i < array->n; i++)
            if (phps_get(&array->items[i].value, "field") != NULL)
                rc = read_table(r, &array->items[i].value, e);
    }
    return rc < 0 ? err_wrap(e, "line %u", line) : 0;
}

int schema_read_php(struct str php, struct schema *out, struct err *e)
{
    struct arena literals = {0};
    struct reader r = {.out = out};
    int rc = php_literal_arrays(php, &literals, found, &r, e);

    if (rc == 0 && out->tables.n == 0)
        rc = err_set(e, ERR_FORMAT, "no table is described in it");
    arena_free(&literals);
    if (rc < 0)
        schema_free(out);
    return rc;
}
