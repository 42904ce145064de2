/* Types and character sets as one text each, whoever wrote them. */
#include "base/ascii.h"
#include "format/schema_parts.h"

#include <string.h>

/* The longest list of an enum that a column definition can hold is far below. */
#define TYPE_MAX ((size_t)16 * 1024)

enum args {
    ARGS_NONE,
    ARGS_WIDTH,    /* digits that are shown: no part of the type */
    ARGS_SIZE,
    ARGS_DIGITS,   /* all of them, and those behind the point: none when it is not said */
    ARGS_FRACTION, /* digits of a second, where 0 says nothing */
    ARGS_LIST      /* of texts */
};

static const struct family {
    enum args args;
    const char *unsaid; /* what stands for no argument; NULL: there has to be one */
    const char *names;  /* as information_schema has them */
} families[] = {
    {ARGS_NONE, "", "date tinyblob blob mediumblob longblob tinytext text mediumtext longtext json inet6 uuid point geometry"},
    {ARGS_WIDTH, "", "tinyint smallint mediumint int bigint year"},
    {ARGS_SIZE, "", "float double"},
    {ARGS_SIZE, "(1)", "bit char binary"},
    {ARGS_SIZE, NULL, "varchar varbinary"},
    {ARGS_DIGITS, "(10,0)", "decimal"},
    {ARGS_FRACTION, "", "time datetime timestamp"},
    {ARGS_LIST, NULL, "enum set"},
};

static const struct alias {
    const char *name;
    const char *type;
    const char *unsaid; /* NULL: as of the type */
} aliases[] = {
    {"bool", "tinyint", "(1)"}, {"boolean", "tinyint", "(1)"}, {"integer", "int", NULL}, {"dec", "decimal", NULL},
    {"numeric", "decimal", NULL}, {"fixed", "decimal", NULL},  {"real", "double", NULL},
};

/* The next word of letters and digits, in small letters. */
static struct str word(struct str *rest, char *out, size_t room)
{
    size_t n = 0;

    *rest = str_trim(*rest);
    while (n < rest->n && n < room && (ascii_is_letter(rest->p[n]) || (n > 0 && ascii_is_digit(rest->p[n])))) {
        out[n] = ascii_lower(rest->p[n]);
        n++;
    }
    *rest = str_sub(*rest, n, rest->n);
    return (struct str){out, n};
}

/* The end of the text in single quotes that begins s, or 0. */
static size_t quoted(struct str s)
{
    size_t i = 1;

    if (s.n == 0 || s.p[0] != '\'')
        return 0;
    while (i < s.n) {
        if (s.p[i] == '\\' && i + 1 < s.n)
            i += 2;
        else if (s.p[i] != '\'')
            i++;
        else if (i + 1 < s.n && s.p[i + 1] == '\'')
            i += 2;
        else
            return i + 1;
    }
    return 0;
}

/* "(10, 2)" or "('a', 'b')" without blanks, or nothing. False: something else stands in it. */
static bool arguments(struct str *rest, enum args want, struct buf *out)
{
    struct str s;

    *rest = str_trim(*rest);
    if (rest->n == 0 || rest->p[0] != '(')
        return true;
    if (want == ARGS_NONE)
        return false;
    s = str_sub(*rest, 1, rest->n);
    buf_addc(out, '(');
    for (;;) {
        size_t n = 0;

        s = str_trim(s);
        if (want == ARGS_LIST)
            n = quoted(s);
        else
            while (n < s.n && n < 5 && ascii_is_digit(s.p[n]))
                n++;
        if (n == 0)
            return false;
        buf_add(out, s.p, n);
        s = str_trim(str_sub(s, n, s.n));
        if (s.n == 0 || (s.p[0] != ',' && s.p[0] != ')'))
            return false;
        buf_addc(out, s.p[0]);
        *rest = str_sub(s, 1, s.n);
        if (s.p[0] == ')')
            return true;
        s = *rest;
    }
}

/* Blanks at the ends of lists count as nothing, inside of quotes as they are. */
static bool attributes(struct str rest, struct buf *out)
{
    char room[16];

    while ((rest = str_trim(rest)).n > 0) {
        struct str w = word(&rest, room, sizeof room);

        if (str_is(w, "unsigned") || str_is(w, "zerofill")) {
            buf_addc(out, ' ');
            buf_addstr(out, w);
        } else if (!str_is(w, "signed")) {
            return false;
        }
        if (rest.n > 0 && !ascii_is_blank(rest.p[0]))
            return false;
    }
    return true;
}

struct known {
    struct str name;
    enum args args;
    const char *unsaid;
};

static bool find(struct str name, struct known *out)
{
    const char *unsaid = NULL;

    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (str_is(name, aliases[i].name)) {
            name = str_of(aliases[i].type);
            unsaid = aliases[i].unsaid;
            break;
        }
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (struct str rest = str_of(families[i].names); rest.n > 0;) {
            struct str one = str_cut(rest, ' ', &rest);

            if (!str_eq(one, name))
                continue;
            *out = (struct known){one, families[i].args, unsaid ? unsaid : families[i].unsaid};
            return true;
        }
    return false;
}

const char *schema_type(struct str text, struct arena *a, const char **written)
{
    char room[16];
    struct str rest = text.n <= TYPE_MAX ? text : (struct str){"", 0};
    struct buf args = {0};
    struct buf tail = {0};
    const char *out = NULL;
    struct known k;

    if (!find(word(&rest, room, sizeof room), &k))
        return NULL;
    if (str_is(k.name, "double")) {
        struct str ahead = rest;

        if (str_is(word(&ahead, room, sizeof room), "precision"))
            rest = ahead;
    }
    if (!arguments(&rest, k.args, &args) || !attributes(rest, &tail) || (args.n == 0 && k.unsaid == NULL))
        goto out;
    if (args.n == 0)
        buf_adds(&args, k.unsaid);
    if (k.args == ARGS_FRACTION && str_is(buf_str(&args), "(0)"))
        buf_reset(&args);
    if (k.args == ARGS_DIGITS && str_chr(buf_str(&args), ',', 0) == SIZE_MAX) {
        args.n--;
        buf_adds(&args, ",0)");
    }
    /* zeros in front of a number go with its sign */
    if (str_has(buf_str(&tail), STR("zerofill"))) {
        buf_reset(&tail);
        buf_adds(&tail, " unsigned zerofill");
    }
    if (written)
        *written = arena_printf(a, "%.*s%s%s", STR_FMT(k.name), buf_cstr(&args), buf_cstr(&tail));
    out = arena_printf(a, "%.*s%s%s", STR_FMT(k.name), k.args == ARGS_WIDTH ? "" : buf_cstr(&args), buf_cstr(&tail));
out:
    buf_free(&args);
    buf_free(&tail);
    return out;
}

const char *schema_charset(struct str name, struct arena *a)
{
    char *out;

    if (name.n == 0 || name.n > SCHEMA_NAME_MAX)
        return NULL;
    out = arena_dup(a, name.p, name.n);
    for (char *p = out; *p != '\0'; p++) {
        *p = ascii_lower(*p);
        if (!ascii_is_alnum(*p) && *p != '_')
            return NULL;
    }
    if (strlen(out) != name.n)
        return NULL;
    if (strcmp(out, "utf8mb3") == 0 || strncmp(out, "utf8mb3_", 8) == 0)
        return arena_printf(a, "utf8%s", out + strlen("utf8mb3"));
    return out;
}

bool schema_is_text(const char *type)
{
    static const char *const heads[] = {"char(", "varchar(", "tinytext", "text", "mediumtext", "longtext", "enum(", "set("};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (str_starts(str_of(type), str_of(heads[i])))
            return true;
    return false;
}

const char *schema_engine(struct str name, struct arena *a)
{
    static const char *const engines[] = {"InnoDB", "MyISAM", "Aria", "MEMORY", "ARCHIVE"};

    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (str_is_nocase(name, str_of(engines[i])))
            return arena_strdup(a, engines[i]);
    return NULL;
}

void schema_tidy(struct schema_table *t, struct arena *a)
{
    if (t->charset == NULL && t->collate != NULL) {
        struct str rest;
        struct str head = str_cut(str_of(t->collate), '_', &rest);

        t->charset = arena_dup(a, head.p, head.n);
    }
    for (size_t i = 0; i < t->keys.n; i++) {
        const struct schema_key *k = &t->keys.v[i];

        for (size_t p = 0; k->kind == SCHEMA_PRIMARY && p < k->parts.n; p++)
            for (size_t c = 0; c < t->columns.n; c++)
                if (schema_same_name(t->columns.v[c].name, k->parts.v[p].column))
                    t->columns.v[c].not_null = true;
    }
    for (size_t c = 0; c < t->columns.n; c++)
        if (t->columns.v[c].auto_increment) {
            t->columns.v[c].not_null = true;
            t->columns.v[c].has_default = false;
        }
}

int schema_judge(const struct schema_table *t, struct err *e)
{
    if (t->columns.n == 0)
        return err_set(e, ERR_FORMAT, "table %s has no columns", t->name);
    for (size_t i = 0; i < t->columns.n; i++)
        for (size_t k = 0; k < i; k++)
            if (schema_same_name(t->columns.v[i].name, t->columns.v[k].name))
                return err_set(e, ERR_FORMAT, "table %s has the column %s twice", t->name, t->columns.v[i].name);
    for (size_t i = 0; i < t->keys.n; i++) {
        const struct schema_key *key = &t->keys.v[i];

        for (size_t k = 0; k < i; k++)
            if (schema_same_name(key->name, t->keys.v[k].name))
                return err_set(e, ERR_FORMAT, "table %s has the key %s twice", t->name, key->name);
        if (key->parts.n == 0)
            return err_set(e, ERR_FORMAT, "the key %s of table %s has no columns", key->name, t->name);
        for (size_t p = 0; p < key->parts.n; p++)
            if (schema_column(t, key->parts.v[p].column) == NULL)
                return err_set(e, ERR_FORMAT, "the key %s of table %s names the column %s, which it does not have", key->name, t->name,
                               key->parts.v[p].column);
    }
    return 0;
}
