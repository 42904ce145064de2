/*
 * Copies of modified files against what they stand in for. A copy is that file with what modifications put in or changed: it has every class and
 * function of it, and where no modification that is switched on names the file, every line. Its date alone tells little: files of a release have that
 * of the release, and a shop that moved has dates in any order.
 */
#include "format/php_token.h"
#include "platform/opencart/modification.h"
#include "platform/opencart/plan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is larger is no code of a shop. */
#define FILE_MAX ((size_t)1024 * 1024)
/* More are not named. */
#define NAMED_MAX 200

struct names {
    VEC(struct str) all;
};

struct counting {
    struct store *s;
    struct oc_case *c; /* NULL: only counted */
    const struct tree *t;
    size_t root; /* bytes of the folder's name and its slash */
    const struct names *by; /* paths as the modifications name them that are switched on; NULL: any of the files may be modified */
    size_t n;
};

/* ---- two texts ---- */

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int by_name(const void *a, const void *b)
{
    const struct str *x = a;
    const struct str *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int rc = n ? strncasecmp(x->p, y->p, n) : 0;

    return rc ? rc : (x->n > y->n) - (x->n < y->n);
}

static bool has_all(struct names *wanted, struct names *there, int (*order)(const void *, const void *))
{
    if (there->all.n > 1)
        qsort(there->all.v, there->all.n, sizeof *there->all.v, order);
    for (size_t i = 0; i < wanted->all.n; i++)
        if (there->all.n == 0 || bsearch(&wanted->all.v[i], there->all.v, there->all.n, sizeof *there->all.v, order) == NULL)
            return false;
    return true;
}

/* OpenCart's own modification, which can't be switched off, changes how code loads other code. */
static bool loads_code(struct str line)
{
    return str_has(line, STR("require")) || str_has(line, STR("include"));
}

static void list_lines(struct str text, struct names *out)
{
    struct str line;

    while (str_line(&text, &line)) {
        line = str_trim(line);
        if (line.n > 0 && !loads_code(line))
            *vec_push(&out->all) = line;
    }
}

static bool has_all_lines(struct str file, struct str copy)
{
    struct names wanted = {0};
    struct names there = {0};
    bool yes;

    list_lines(file, &wanted);
    list_lines(copy, &there);
    yes = has_all(&wanted, &there, by_text);
    free(wanted.all.v);
    free(there.all.v);
    return yes;
}

/* Names behind "class", "function" and their kin; false: PHP can't read it. */
static bool list_names(struct str php, struct names *out)
{
    struct php_lexer l = {0};
    struct php_token t;
    bool declares = false;

    php_token_start(&l, php);
    for (php_token_next(&l, &t); t.kind != PHP_END && t.kind != PHP_BAD; php_token_next(&l, &t)) {
        if (declares && t.kind == PHP_NAME)
            *vec_push(&out->all) = t.text;
        declares = php_token_is_name(&t, "class") || php_token_is_name(&t, "function") || php_token_is_name(&t, "interface") ||
                   php_token_is_name(&t, "trait") || (declares && php_token_is_op(&t, "&"));
    }
    return t.kind == PHP_END;
}

static bool declares_all(struct str file, struct str copy)
{
    struct names wanted = {0};
    struct names there = {0};
    bool yes = !list_names(file, &wanted) || (list_names(copy, &there) && has_all(&wanted, &there, by_name));

    free(wanted.all.v);
    free(there.all.v);
    return yes;
}

/* ---- what is modified ---- */

/* Several paths stand in one attribute with bars between, in 2.x with commas, which groups in braces have as well. */
static void take_paths(struct oc_case *c, struct str list, struct names *out)
{
    while (list.n > 0) {
        size_t n = 0;

        while (n < list.n && strchr("|,", list.p[n]) == NULL)
            n++;
        if (str_trim(str_sub(list, 0, n)).n > 0) {
            struct str one = str_trim(str_sub(list, 0, n));

            *vec_push(&out->all) = (struct str){arena_dup(c->mem, one.p, one.n), one.n};
        }
        list = str_sub(list, n + 1, SIZE_MAX);
    }
}

static void take_xml(struct oc_case *c, struct str xml, struct names *out)
{
    size_t at = 0;

    while ((at = str_find(xml, STR("path"), at)) < xml.n) {
        size_t end;

        at += 4;
        while (at < xml.n && strchr(" \t\r\n=", xml.p[at]))
            at++;
        if (at >= xml.n || (xml.p[at] != '"' && xml.p[at] != '\''))
            continue;
        for (end = at + 1; end < xml.n && xml.p[end] != xml.p[at]; end++)
            ;
        take_paths(c, str_sub(xml, at + 1, end), out);
        at = end;
    }
}

static int is_modification(void *arg, const char *name, unsigned char type, struct err *e)
{
    (void)arg;
    (void)type;
    (void)e;
    return str_ends(str_of(name), STR(".ocmod.xml"));
}

/* False: it can't be told. Those that lie in the folder system count whatever the table says, and are not read. */
static bool list_modified(struct store *s, struct oc_case *c, struct names *out)
{
    const struct mysql_cell *row;
    struct err ignored = {0};
    struct mysql *db = c->db ? store_db(s, &ignored) : NULL;
    struct buf sql = {0};
    int rc;

    if (db == NULL || !schema_has(&c->live, "modification", "xml") || !schema_has(&c->live, "modification", "status") ||
        tree_list(&s->tree, "system", is_modification, NULL, &ignored) != 0)
        return false;
    mysql_sqlf(db, &sql, "SELECT xml FROM %i WHERE status <> 0", store_table(s, "modification"));
    rc = mysql_query(db, buf_str(&sql), &ignored);
    while (rc >= 0 && (rc = mysql_row(db, &row, &ignored)) == 1)
        if (!row[0].is_null)
            take_xml(c, row[0].s, out);
    buf_free(&sql);
    return rc >= 0;
}

/* What stands for several is taken for all that begins alike. */
static bool may_be_modified(const struct names *by, struct str path)
{
    for (size_t i = 0; by && i < by->all.n; i++) {
        struct str p = by->all.v[i];
        size_t n = 0;

        while (n < p.n && strchr("*?[{", p.p[n]) == NULL)
            n++;
        if (n < p.n ? str_starts(path, str_sub(p, 0, n)) : str_eq(path, p))
            return true;
    }
    return by == NULL;
}

/* ---- one copy ---- */

static void judge(struct counting *x, const char *rel, const struct stat *copy, const char *path, const struct stat *own)
{
    struct oc_case *c = x->c;
    struct err ignored = {0};
    struct buf text = {0};
    struct buf copied = {0};

    if (tree_read(&x->s->tree, path, FILE_MAX, &text, &ignored) == 0 && tree_read(x->t, rel, FILE_MAX, &copied, &ignored) == 0) {
        struct str file = buf_str(&text);
        struct str instead = buf_str(&copied);
        bool is_php = str_ends(str_of(path), STR(".php"));

        if (!has_all_lines(file, instead)) {
            if (!may_be_modified(x->by, str_sub(str_of(rel), x->root, SIZE_MAX)) || (is_php && !declares_all(file, instead)))
                *vec_push(&c->unfit) = arena_strdup(c->mem, rel);
            else if (own->st_mtime > copy->st_mtime)
                *vec_push(&c->stale) = arena_strdup(c->mem, rel);
        }
    }
    buf_free(&text);
    buf_free(&copied);
}

/* A copy of what is not there is never loaded. */
static void look(struct counting *x, const char *rel, const struct stat *copy)
{
    const struct oc *oc = x->s->own;
    struct str rest = str_sub(str_of(rel), x->root, SIZE_MAX);
    struct err ignored = {0};
    struct stat own;
    const char *path;

    if (x->c->stale.n + x->c->unfit.n >= NAMED_MAX)
        return;
    if (oc->admin && str_skip(&rest, STR("admin/")))
        path = arena_printf(x->c->mem, "%s/%.*s", oc->admin, STR_FMT(rest));
    else
        path = arena_dup(x->c->mem, rest.p, rest.n);
    if (str_is_safe_path(str_of(path)) && tree_stat(&x->s->tree, path, &own, &ignored) == 0 && S_ISREG(own.st_mode))
        judge(x, rel, copy, path, &own);
}

static int count_copy(void *arg, const char *rel, const struct stat *st, struct err *e)
{
    struct counting *x = arg;

    (void)e;
    if (!S_ISREG(st->st_mode) || str_ends(str_of(rel), STR("index.html")))
        return 0;
    x->n++;
    if (x->c)
        look(x, rel, st);
    return 0;
}

/* ---- all of them ---- */

static size_t copies_in(struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    struct counting f = {.s = s, .c = c, .t = oc_tree(s, x->aside_modification)};
    struct counting vq = {.s = s, .t = &s->tree};
    struct names by = {0};
    struct err ignored = {0};

    if (x->modification && f.t->path && tree_exists(f.t, x->modification)) {
        f.root = strlen(x->modification) + 1;
        f.by = c && list_modified(s, c, &by) ? &by : NULL;
        tree_walk(f.t, x->modification, count_copy, tree_pass_over, &f, &ignored);
    }
    if (tree_exists(&s->tree, "vqmod/vqcache"))
        tree_walk(&s->tree, "vqmod/vqcache", count_copy, tree_pass_over, &vq, &ignored);
    free(by.all.v);
    return f.n + vq.n;
}

size_t oc_count_copies(struct store *s)
{
    return copies_in(s, NULL);
}

void oc_case_copies(struct store *s, struct oc_case *c)
{
    c->stale.n = c->unfit.n = 0;
    c->copies = copies_in(s, c);
}
