/*
 * Migrations without PHP. Read is only what can mean one thing: in up(), the prefix is fetched from the adapter's options and
 * $this->execute() is called with text in which nothing but the prefix is put in. Anything else makes the migration one that
 * needs PHP.
 */
#include "format/php_token.h"
#include "platform/cscart/migrate.h"
#include "platform/cscart/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* A table of a progress that died with its server is not made again and again. */
#define TOKENS_MAX ((size_t)200000)

struct tokens {
    VEC(struct php_token) all;
    size_t at;
};

struct plain {
    struct tokens t;
    struct arena *mem;
    const char *prefix;
    struct cs_statements *out;
    const char *why;
    struct str options; /* name of the variable with the adapter's options, with its $; or empty */
    struct str pr;      /* the one with the prefix */
};

static const struct php_token *peek(const struct plain *x, size_t ahead)
{
    size_t last = x->t.all.n - 1;

    return &x->t.all.v[x->t.at + ahead < last ? x->t.at + ahead : last];
}

static bool is_op(const struct plain *x, size_t ahead, const char *op)
{
    return php_token_is_op(peek(x, ahead), op);
}

static bool is_name(const struct plain *x, size_t ahead, const char *name)
{
    return php_token_is_name(peek(x, ahead), name);
}

static bool is_this(const struct plain *x, size_t ahead)
{
    return peek(x, ahead)->kind == PHP_VAR && str_is(peek(x, ahead)->text, "$this");
}

static bool refuse(struct plain *x, const char *what)
{
    x->why = arena_printf(x->mem, "line %u: %s", peek(x, 0)->line, what);
    return false;
}

static bool is_prefix_key(const struct plain *x, size_t ahead)
{
    return peek(x, ahead)->kind == PHP_STRING && str_is(php_token_string(peek(x, ahead), x->mem), "prefix");
}

/* $x = $this->adapter->getOptions(); $x = $options['prefix']; $x = $this->adapter->getOption('prefix'); */
static bool take_assignment(struct plain *x)
{
    struct str name = peek(x, 0)->text;

    if (is_this(x, 2) && is_op(x, 3, "->") && (is_name(x, 4, "adapter") || is_name(x, 4, "getAdapter"))) {
        size_t call = is_name(x, 4, "getAdapter") && is_op(x, 5, "(") && is_op(x, 6, ")") ? 7 : 5;

        if (is_op(x, call, "->") && is_name(x, call + 1, "getOptions") && is_op(x, call + 2, "(") && is_op(x, call + 3, ")") &&
            is_op(x, call + 4, ";")) {
            x->options = name;
            x->t.at += call + 5;
            return true;
        }
        if (is_op(x, call, "->") && is_name(x, call + 1, "getOption") && is_op(x, call + 2, "(") && is_prefix_key(x, call + 3) &&
            is_op(x, call + 4, ")") && is_op(x, call + 5, ";")) {
            x->pr = name;
            x->t.at += call + 6;
            return true;
        }
    }
    if (peek(x, 2)->kind == PHP_VAR && x->options.n > 0 && str_eq(peek(x, 2)->text, x->options) && is_op(x, 3, "[") &&
        is_prefix_key(x, 4) && is_op(x, 5, "]") && is_op(x, 6, ";")) {
        x->pr = name;
        x->t.at += 7;
        return true;
    }
    return refuse(x, "a variable gets something else than the prefix");
}

/* Text between two places of a template, its escapes resolved. */
static void add_piece(struct plain *x, struct str piece, struct buf *sql)
{
    struct php_token t = {.kind = PHP_STRING};
    char *quoted = arena_alloc(x->mem, piece.n + 3);

    quoted[0] = quoted[piece.n + 1] = '"';
    if (piece.n > 0)
        memcpy(quoted + 1, piece.p, piece.n);
    t.text = (struct str){quoted, piece.n + 2};
    buf_addstr(sql, php_token_string(&t, x->mem));
}

/* The variable at the front of s as it stands in a template; bytes it takes, 0 when it is not the prefix. */
static size_t prefix_at(const struct plain *x, struct str s)
{
    bool braces = s.n > 0 && s.p[0] == '{';
    struct str name = braces ? str_sub(s, 1, s.n) : s;
    const char *key = NULL;

    if (x->pr.n > 0 && str_starts(name, x->pr)) {
        size_t n = x->pr.n + (braces ? 2 : 0);
        char next = name.n > x->pr.n ? name.p[x->pr.n] : '\0';

        if (braces)
            return next == '}' ? n : 0;
        /* "$pr_x" names another variable, "$pr[" and "$pr->" a part of one. */
        if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9') || next == '_' ||
            next == '[' || next == '-' || (unsigned char)next >= 0x80)
            return 0;
        return n;
    }
    if (braces && x->options.n > 0 && str_starts(name, x->options)) {
        key = arena_printf(x->mem, "{%.*s['prefix']}", STR_FMT(x->options));
        return str_starts(s, str_of(key)) ? strlen(key) : 0;
    }
    return 0;
}

static bool take_template(struct plain *x, struct str text, struct buf *sql)
{
    size_t from = 0;
    size_t at = 0;

    if (text.n < 2 || text.p[0] != '"')
        return refuse(x, "a heredoc");
    text = str_sub(text, 1, text.n - 1);
    while (at < text.n) {
        bool opens = text.p[at] == '{' && at + 1 < text.n && text.p[at + 1] == '$';
        size_t took;

        if (text.p[at] == '\\') {
            at += 2;
            continue;
        }
        if (text.p[at] != '$' && !opens) {
            at++;
            continue;
        }
        took = prefix_at(x, str_sub(text, at, text.n));
        if (took == 0)
            return refuse(x, "text with another variable than the prefix");
        add_piece(x, str_sub(text, from, at), sql);
        buf_adds(sql, x->prefix);
        at += took;
        from = at;
    }
    add_piece(x, str_sub(text, from, text.n), sql);
    return true;
}

static bool take_term(struct plain *x, struct buf *sql)
{
    const struct php_token *t = peek(x, 0);

    if (t->kind == PHP_STRING) {
        buf_addstr(sql, php_token_string(t, x->mem));
    } else if (t->kind == PHP_TEMPLATE) {
        if (!take_template(x, t->text, sql))
            return false;
    } else if (t->kind == PHP_VAR && x->pr.n > 0 && str_eq(t->text, x->pr)) {
        buf_adds(sql, x->prefix);
    } else {
        return refuse(x, "SQL that is put together from more than text and the prefix");
    }
    x->t.at++;
    return true;
}

/* $this->execute(text . $pr . …); */
static bool take_execute(struct plain *x)
{
    struct buf sql = {0};
    struct str text;
    bool ok;

    x->t.at += 4;
    ok = take_term(x, &sql);
    while (ok && is_op(x, 0, ".")) {
        x->t.at++;
        ok = take_term(x, &sql);
    }
    if (ok && (!is_op(x, 0, ")") || !is_op(x, 1, ";")))
        ok = refuse(x, "a call of execute() with more than one text");
    if (ok) {
        x->t.at += 2;
        text = str_trim(buf_str(&sql));
        while (str_chop(&text, STR(";")))
            text = str_trim(text);
        if (text.n > 0)
            *vec_push(&x->out->all) = (struct str){arena_dup(x->mem, text.p, text.n), text.n};
    }
    buf_free(&sql);
    return ok;
}

/* From behind "function up()" to its end. */
static bool take_body(struct plain *x)
{
    for (;;) {
        if (is_op(x, 0, "}"))
            return true;
        if (is_op(x, 0, ";")) {
            x->t.at++;
        } else if (is_this(x, 0) && is_op(x, 1, "->") && is_name(x, 2, "execute") && is_op(x, 3, "(")) {
            if (!take_execute(x))
                return false;
        } else if (peek(x, 0)->kind == PHP_VAR && is_op(x, 1, "=")) {
            if (!take_assignment(x))
                return false;
        } else {
            return refuse(x, "more than calls of execute()");
        }
    }
}

static int lex(struct plain *x, struct str php)
{
    struct php_lexer l;
    struct php_token t;

    php_token_start(&l, php);
    do {
        php_token_next(&l, &t);
        *vec_push(&x->t.all) = t;
        if (t.kind == PHP_BAD || x->t.all.n > TOKENS_MAX)
            return -1;
    } while (t.kind != PHP_END);
    return 0;
}

/* up() may be the only method that runs; a change() would be run in its stead by newer Phinx. */
static bool find_up(struct plain *x)
{
    size_t up = SIZE_MAX;

    for (x->t.at = 0; x->t.at + 4 < x->t.all.n; x->t.at++) {
        if (!is_name(x, 0, "function"))
            continue;
        if (is_name(x, 1, "change") || is_name(x, 1, "init") || is_name(x, 1, "__construct") || is_name(x, 1, "shouldExecute") ||
            is_name(x, 1, "preFlightCheck"))
            return refuse(x, "a method beside up() that takes part");
        if (is_name(x, 1, "up") && is_op(x, 2, "(") && is_op(x, 3, ")")) {
            /* "function up(): void" */
            up = x->t.at + 4;
            while (up < x->t.all.n && !php_token_is_op(&x->t.all.v[up], "{"))
                up++;
        }
    }
    if (up >= x->t.all.n)
        return refuse(x, "there is no method up()");
    x->t.at = up + 1;
    return true;
}

int cs_plain_read(struct str php, const char *prefix, struct arena *mem, struct cs_statements *out, const char **why)
{
    struct plain x = {.mem = mem, .prefix = prefix, .out = out};
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (lex(&x, php) < 0)
        x.why = "it is no PHP that can be read to its end";
    else
        rc = find_up(&x) && take_body(&x);
    free(x.t.all.v);
    if (rc != 1) {
        free(out->all.v);
        memset(out, 0, sizeof *out);
    }
    *why = x.why;
    return rc;
}

static int read_file(struct store *s, const char *file, struct arena *mem, struct cs_statements *out, const char **why)
{
    struct buf bytes = {0};
    struct err e = {0};
    struct str php;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (s->prefix == NULL) {
        *why = "the prefix of the tables is not known";
    } else if (tree_read(&s->tree, file, CS_MIGRATION_MAX, &bytes, &e) < 0) {
        *why = arena_strdup(mem, e.text);
    } else {
        php = (struct str){arena_dup(mem, bytes.p, bytes.n), bytes.n};
        rc = cs_plain_read(php, s->prefix, mem, out, why);
    }
    buf_free(&bytes);
    return rc;
}

int cs_migration_is_plain(struct store *s, const char *file, struct arena *mem, const char **why)
{
    struct cs_statements out;
    int rc = read_file(s, file, mem, &out, why);

    free(out.all.v);
    return rc;
}

/* The table of progress in the form of the Phinx that comes with the old version: 0.4 up to 4.16, 0.12 from 4.17.2 on. */
static int add_row(struct mysql *db, struct cs_case *c, const struct cs_migration *m, struct err *e)
{
    const char *table = arena_printf(c->mem, "phinxlog%llu", (unsigned long long)cs_phinxlog(c));
    bool modern = c->from && cs_version_compare(str_of(c->from), STR("4.17.2")) >= 0;
    struct buf sql = {0};
    struct buf value = {0};
    bool named = false;
    int rc;

    if (modern)
        mysql_sqlf(db, &sql, "CREATE TABLE IF NOT EXISTS %i (`version` bigint(20) NOT NULL, `migration_name` varchar(100) DEFAULT NULL,"
                             " `start_time` timestamp NULL DEFAULT NULL, `end_time` timestamp NULL DEFAULT NULL,"
                             " `breakpoint` tinyint(1) NOT NULL DEFAULT 0, PRIMARY KEY (`version`))", table);
    else
        mysql_sqlf(db, &sql, "CREATE TABLE IF NOT EXISTS %i (`version` bigint(14) NOT NULL, `start_time` timestamp NULL DEFAULT NULL,"
                             " `end_time` timestamp NULL DEFAULT NULL)", table);
    rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_reset(&sql);
    mysql_sqlf(db, &sql, "SHOW COLUMNS FROM %i LIKE 'migration_name'", table);
    if (rc == 0)
        rc = mysql_value(db, buf_str(&sql), &value, &named, e);
    buf_reset(&sql);
    if (named)
        mysql_sqlf(db, &sql, "INSERT INTO %i (version, migration_name, start_time, end_time, breakpoint) VALUES (%s, %s, NOW(), NOW(), 0)",
                   table, m->number, m->class_name);
    else
        mysql_sqlf(db, &sql, "INSERT INTO %i (version, start_time, end_time) VALUES (%s, NOW(), NOW())", table, m->number);
    if (rc == 0)
        rc = mysql_exec(db, buf_str(&sql), NULL, e);
    buf_free(&sql);
    buf_free(&value);
    return rc;
}

/* How many statements an earlier run of ours carried out to their end. */
static size_t noted(struct work *w, size_t n)
{
    struct buf value = {0};
    uint64_t done = 0;

    if (w->noted(w, "statements", &value) && !str_u64(buf_str(&value), n, &done))
        done = 0;
    buf_free(&value);
    return (size_t)done;
}

int cs_plain_run(struct store *s, struct cs_case *c, const struct cs_migration *m, struct work *w, struct err *e)
{
    struct mysql_opts o = store_db_opts(s);
    struct cs_statements st;
    struct mysql *db = NULL;
    const char *why = NULL;
    size_t done = 0;
    int rc = -1;

    if (read_file(s, m->file, c->mem, &st, &why) != 1)
        return err_set(e, ERR_ABSENT, "%s needs PHP: %s", m->number, why ? why : "it is more than plain SQL");
    /* As the shop's upgrader does it, but with the shop's own sql_mode. */
    o.charset = (char[]){"utf8"};
    if (mysql_open(&db, &o, e) < 0)
        goto out;
    if (mysql_exec(db, STR("SET SESSION sql_mode = ''"), NULL, e) < 0)
        goto out;
    for (done = noted(w, st.all.n); done < st.all.n; done++) {
        w->progress(w, m->class_name, done, st.all.n);
        if (mysql_exec(db, st.all.v[done], NULL, e) < 0) {
            err_wrap(e, "migration %s %s, statement %zu of %zu", m->number, m->class_name, done + 1, st.all.n);
            goto out;
        }
        if (w->note(w, "statements", str_of(arena_printf(c->mem, "%zu", done + 1)), e) < 0)
            goto out;
    }
    rc = add_row(db, c, m, e);
out:
    mysql_close(db);
    free(st.all.v);
    return rc;
}
