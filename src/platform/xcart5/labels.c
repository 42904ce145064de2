/*
 * The input goes into a hash table of names, kept in an arena. The names in the database are streamed past
 * it, then the language codes of the labels found: memory grows with the input, not with the shop. What is
 * missing is sent in statements of many rows.
 */
#include "platform/xcart5/labels.h"

#include "db/mysql_batch.h"
#include "platform/xcart5/labels_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beside the text itself a row holds two numbers, a code, quotes and commas. */
#define ROW_EXTRA ((uint64_t)200)

struct text {
    struct text *next; /* of the same label */
    struct str code;
    struct str text;
    VEC(uint64_t) nulls; /* rows of the database whose text is NULL */
    bool there;
    bool refused;
};

struct label {
    struct label *next;    /* with the same hash of the name */
    struct label *id_next; /* with the same hash of the id */
    struct label *later;   /* in the order of the input */
    struct str name;
    struct text *texts;
    struct text **texts_end;
    uint64_t id; /* 0: not in the database */
    bool taken;  /* the database has a name that the collation takes for this one */
    bool refused;
    bool fresh; /* inserted by this run */
};

struct load {
    struct mysql *m;
    const char *prefix;
    struct xc_labels_result *r;
    struct xc_label_columns columns;
    struct arena mem;
    struct label *first;
    struct label **end;
    struct label **slots; /* by name */
    struct label **ids;   /* by id, after the names were read */
    size_t mask;
    struct buf codes; /* 'en','ru': of all texts, for IN () */
    struct str last_code;
    uint64_t last_id; /* the highest one in the database before */
};

const char *xc_label_why_text(enum xc_label_why why)
{
    switch (why) {
    case XC_LABEL_COLLIDES:
        return "another label bears a name that the database takes for the same";
    case XC_LABEL_NAME:
        return "the name is empty, too long, or of characters that the table can't hold";
    case XC_LABEL_CODE:
        return "the language code is empty or too long";
    case XC_LABEL_TEXT:
        return "the text is too long, or of characters that the table can't hold";
    }
    return "unknown";
}

void xc_labels_result_free(struct xc_labels_result *r)
{
    free(r->problems.v);
    memset(r, 0, sizeof *r);
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Equal for names that the column takes for the same, as far as ASCII goes. */
static size_t hash_of(const struct load *l, struct str name)
{
    const struct xc_label_column *c = &l->columns.name;
    uint64_t h = 14695981039346656037u;

    while (c->pads && name.n > 0 && name.p[name.n - 1] == ' ')
        name.n--;
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (c->folds ? lower(name.p[i]) : (unsigned char)name.p[i])) * 1099511628211u;
    return (size_t)(h ^ h >> 32) & l->mask;
}

static bool same_for_server(const struct xc_label_column *c, struct str a, struct str b)
{
    while (c->pads && a.n > 0 && a.p[a.n - 1] == ' ')
        a.n--;
    while (c->pads && b.n > 0 && b.p[b.n - 1] == ' ')
        b.n--;
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (c->folds ? lower(a.p[i]) != lower(b.p[i]) : a.p[i] != b.p[i])
            return false;
    return true;
}

static void problem(struct load *l, enum xc_label_why why, struct str name, struct str code)
{
    l->r->problems_count++;
    if (l->r->problems.n < XC_LABEL_PROBLEMS_MAX)
        *vec_push(&l->r->problems) = (struct xc_label_problem){why, name, code};
}

static struct label *label_for(struct load *l, struct str name)
{
    struct label **slot = &l->slots[hash_of(l, name)];
    struct label *label;

    /* At the end of the chain, so that of two colliding names the earlier one comes first. */
    for (; *slot != NULL; slot = &(*slot)->next)
        if (str_eq((*slot)->name, name))
            return *slot;
    label = arena_alloc(&l->mem, sizeof *label);
    label->name = name;
    label->texts_end = &label->texts;
    label->refused = name.n == 0 || !xc_label_column_holds(&l->columns.name, name);
    *slot = label;
    *l->end = label;
    l->end = &label->later;
    l->r->labels++;
    return label;
}

static bool holds_text(const struct load *l, struct str text)
{
    return xc_label_column_holds(&l->columns.text, text) &&
           (uint64_t)text.n * 2 + ROW_EXTRA < mysql_max_packet(l->m);
}

static struct text *text_for(struct label *label, struct str code, const struct xc_label_column *c)
{
    struct text *t = label->texts;

    while (t != NULL && !same_for_server(c, t->code, code))
        t = t->next;
    return t;
}

static void add_code(struct load *l, struct str code)
{
    struct buf quoted = {0};

    if (str_eq(l->last_code, code))
        return;
    l->last_code = code;
    mysql_quote(l->m, &quoted, code);
    if (!str_has(buf_str(&l->codes), buf_str(&quoted))) {
        if (l->codes.n > 0)
            buf_addc(&l->codes, ',');
        buf_addstr(&l->codes, buf_str(&quoted));
    }
    buf_free(&quoted);
}

static void gather(struct load *l, const struct xc_label_text *v, size_t n)
{
    size_t size = 1024;

    while (size / 2 < n)
        size *= 2;
    l->mask = size - 1;
    l->slots = arena_array(&l->mem, size, sizeof *l->slots);
    l->ids = arena_array(&l->mem, size, sizeof *l->ids);
    l->end = &l->first;
    for (size_t i = 0; i < n; i++) {
        struct label *label = label_for(l, v[i].name);
        struct text *t;

        /* A second text for the same name and code finds the first one there, as it would in the store. */
        if (v[i].text.p == NULL || text_for(label, v[i].code, &l->columns.code) != NULL)
            continue;
        t = arena_alloc(&l->mem, sizeof *t);
        t->code = v[i].code;
        t->text = v[i].text;
        *label->texts_end = t;
        label->texts_end = &t->next;
        l->r->texts++;
        if (label->refused)
            problem(l, XC_LABEL_NAME, label->name, t->code);
        else if ((t->refused = t->code.n == 0 || !xc_label_column_holds(&l->columns.code, t->code)))
            problem(l, XC_LABEL_CODE, label->name, t->code);
        else if ((t->refused = !holds_text(l, t->text)))
            problem(l, XC_LABEL_TEXT, label->name, t->code);
        else
            add_code(l, t->code);
    }
}

static struct label **id_slot(struct load *l, uint64_t id)
{
    return &l->ids[(size_t)(id * 11400714819323198485u >> 20) & l->mask];
}

static void found(struct load *l, struct label *label, uint64_t id)
{
    struct label **slot = id_slot(l, id);

    if (label->id != 0)
        return;
    label->id = id;
    label->id_next = *slot;
    *slot = label;
}

/* Marks what is in the database; after_id limits it to newer rows. */
static int read_names(struct load *l, uint64_t after_id, struct err *e)
{
    const struct mysql_cell *cell;
    struct buf sql = {0};
    int rc;

    mysql_sqlf(l->m, &sql, "SELECT label_id, name FROM %t WHERE label_id > %U", l->prefix, "language_labels",
               after_id);
    rc = mysql_query(l->m, buf_str(&sql), e);
    while (rc == 0) {
        uint64_t id;
        int got = mysql_row(l->m, &cell, e);

        if (got <= 0) {
            rc = got;
            break;
        }
        if (!str_u64(cell[0].s, UINT64_MAX, &id) || id == 0)
            continue;
        if (id > l->last_id)
            l->last_id = id;
        for (struct label *x = l->slots[hash_of(l, cell[1].s)]; x != NULL; x = x->next) {
            if (str_eq(x->name, cell[1].s))
                found(l, x, id);
            else if (same_for_server(&l->columns.name, x->name, cell[1].s))
                x->taken = true;
        }
    }
    buf_free(&sql);
    return rc;
}

static int read_texts(struct load *l, struct err *e)
{
    const struct mysql_cell *cell;
    struct buf sql = {0};
    int rc;

    if (l->codes.n == 0)
        return 0;
    mysql_sqlf(l->m, &sql,
               "SELECT label_id, id, code, label IS NULL FROM %t WHERE id IS NOT NULL AND code IN (",
               l->prefix, "language_label_translations");
    buf_addstr(&sql, buf_str(&l->codes));
    buf_addc(&sql, ')');
    rc = mysql_query(l->m, buf_str(&sql), e);
    while (rc == 0) {
        struct label *label;
        struct text *t = NULL;
        uint64_t row, id;
        int got = mysql_row(l->m, &cell, e);

        if (got <= 0) {
            rc = got;
            break;
        }
        if (!str_u64(cell[0].s, UINT64_MAX, &row) || !str_u64(cell[1].s, UINT64_MAX, &id))
            continue;
        for (label = *id_slot(l, id); label != NULL && label->id != id; label = label->id_next)
            ;
        if (label != NULL)
            t = text_for(label, cell[2].s, &l->columns.code);
        if (t == NULL)
            continue;
        if (str_is(cell[3].s, "1"))
            *vec_push(&t->nulls) = row;
        else
            t->there = true;
    }
    buf_free(&sql);
    return rc;
}

static bool wants(const struct label *label)
{
    for (const struct text *t = label->texts; t != NULL; t = t->next)
        if (!t->refused && !t->there)
            return true;
    return false;
}

static void refuse_collision(struct load *l, struct label *label)
{
    label->refused = true;
    for (struct text *t = label->texts; t != NULL; t = t->next)
        if (!t->refused)
            problem(l, XC_LABEL_COLLIDES, label->name, t->code);
}

/* Of names that are the same to the server only one can be stored: the one that is there, or the first. */
static void find_collisions(struct load *l)
{
    for (struct label *x = l->first; x != NULL; x = x->later) {
        if (x->id != 0 || x->refused || !wants(x))
            continue;
        if (x->taken) {
            refuse_collision(l, x);
            continue;
        }
        for (struct label *y = x->next; y != NULL; y = y->next)
            if (same_for_server(&l->columns.name, x->name, y->name))
                y->taken = true;
    }
}

static void count(struct load *l)
{
    for (struct label *x = l->first; x != NULL; x = x->later) {
        if (x->refused)
            continue;
        if (x->fresh || (x->id == 0 && wants(x)))
            l->r->labels_added++;
        for (struct text *t = x->texts; t != NULL; t = t->next) {
            if (t->refused)
                continue;
            if (t->there)
                l->r->there++;
            else if (t->nulls.n > 0)
                l->r->texts_filled += t->nulls.n;
            else
                l->r->texts_added++;
        }
    }
}

/* IGNORE lets the server judge collisions that only it can see: other collations than the usual ones. What
 * else IGNORE would hide was looked at before. */
static int insert_names(struct load *l, struct err *e)
{
    struct mysql_batch b = {0};
    struct buf head = {0};
    uint64_t before = l->last_id;
    size_t n = 0;
    int rc = 0;

    mysql_sqlf(l->m, &head, "INSERT IGNORE INTO %t (name) VALUES ", l->prefix, "language_labels");
    mysql_batch_begin(&b, l->m, buf_str(&head), STR(""));
    for (struct label *x = l->first; rc == 0 && x != NULL; x = x->later) {
        if (x->id != 0 || x->refused || !wants(x))
            continue;
        mysql_sqlf(l->m, mysql_batch_row(&b), "(%S)", x->name);
        rc = mysql_batch_add(&b, e);
        x->fresh = true;
        n++;
    }
    if (rc == 0)
        rc = mysql_batch_end(&b, e);
    mysql_batch_free(&b);
    buf_free(&head);
    if (rc != 0 || n == 0)
        return rc;
    if (read_names(l, before, e) != 0)
        return -1;
    for (struct label *x = l->first; x != NULL; x = x->later)
        if (x->fresh && x->id == 0)
            refuse_collision(l, x);
    return 0;
}

static int insert_texts(struct load *l, struct err *e)
{
    struct mysql_batch b = {0};
    struct buf head = {0};
    int rc = 0;

    mysql_sqlf(l->m, &head, "INSERT INTO %t (id, label, code) VALUES ", l->prefix,
               "language_label_translations");
    mysql_batch_begin(&b, l->m, buf_str(&head), STR(""));
    for (struct label *x = l->first; x != NULL; x = x->later) {
        if (x->id == 0 || x->refused)
            continue;
        for (struct text *t = x->texts; rc == 0 && t != NULL; t = t->next) {
            if (t->refused || t->there || t->nulls.n > 0)
                continue;
            mysql_sqlf(l->m, mysql_batch_row(&b), "(%U, %S, %S)", x->id, t->text, t->code);
            rc = mysql_batch_add(&b, e);
        }
    }
    if (rc == 0)
        rc = mysql_batch_end(&b, e);
    mysql_batch_free(&b);
    buf_free(&head);
    return rc;
}

/* The rows exist, so that an insert of their keys turns into an update of their texts. */
static int fill_texts(struct load *l, struct err *e)
{
    struct mysql_batch b = {0};
    struct buf head = {0};
    int rc = 0;

    mysql_sqlf(l->m, &head, "INSERT INTO %t (label_id, id, label, code) VALUES ", l->prefix,
               "language_label_translations");
    mysql_batch_begin(&b, l->m, buf_str(&head),
                      STR(" ON DUPLICATE KEY UPDATE label = IF(label IS NULL, VALUES(label), label)"));
    for (struct label *x = l->first; x != NULL; x = x->later) {
        if (x->id == 0 || x->refused)
            continue;
        for (struct text *t = x->texts; t != NULL; t = t->next) {
            for (size_t i = 0; rc == 0 && !t->there && !t->refused && i < t->nulls.n; i++) {
                mysql_sqlf(l->m, mysql_batch_row(&b), "(%U, %U, %S, %S)", t->nulls.v[i], x->id, t->text,
                           t->code);
                rc = mysql_batch_add(&b, e);
            }
        }
    }
    if (rc == 0)
        rc = mysql_batch_end(&b, e);
    mysql_batch_free(&b);
    buf_free(&head);
    return rc;
}

static void forget(struct load *l)
{
    memset(l->ids, 0, (l->mask + 1) * sizeof *l->ids);
    for (struct label *x = l->first; x != NULL; x = x->later) {
        x->id = 0;
        x->taken = false;
        for (struct text *t = x->texts; t != NULL; t = t->next) {
            free(t->nulls.v);
            memset(&t->nulls, 0, sizeof t->nulls);
            t->there = false;
        }
    }
}

static int look_again(struct load *l, struct err *e)
{
    uint64_t missing = 0;
    struct str name = {NULL, 0};

    forget(l);
    if (read_names(l, 0, e) != 0 || read_texts(l, e) != 0)
        return -1;
    for (struct label *x = l->first; x != NULL; x = x->later)
        for (struct text *t = x->texts; t != NULL; t = t->next)
            if (!x->refused && !t->refused && !t->there) {
                missing++;
                name = x->name;
            }
    if (missing > 0)
        return err_set(e, ERR_MISMATCH,
                       "%" PRIu64
                       " label texts are not in the database after they were written, one of \"%.*s\"",
                       missing, STR_FMT(name));
    return 0;
}

static int write_all(struct load *l, struct err *e)
{
    struct err ignored;

    if (mysql_exec(l->m, STR("START TRANSACTION"), NULL, e) != 0)
        return -1;
    if (read_names(l, 0, e) != 0 || read_texts(l, e) != 0)
        goto back;
    find_collisions(l);
    if (insert_names(l, e) != 0)
        goto back;
    count(l);
    if (insert_texts(l, e) != 0 || fill_texts(l, e) != 0)
        goto back;
    if (mysql_exec(l->m, STR("COMMIT"), NULL, e) != 0)
        return -1;
    return 0;
back:
    if (mysql_alive(l->m))
        (void)!mysql_exec(l->m, STR("ROLLBACK"), NULL, &ignored);
    return -1;
}

int xc_labels_load(struct mysql *m, const char *prefix, const struct xc_label_text *v, size_t n, bool dry_run,
                   struct xc_labels_result *r, struct err *e)
{
    struct load l = {.m = m, .prefix = prefix, .r = r};
    int rc = -1;

    memset(r, 0, sizeof *r);
    if (xc_label_columns_read(m, prefix, &l.columns, e) != 0)
        goto out;
    gather(&l, v, n);
    if (dry_run) {
        if (read_names(&l, 0, e) != 0 || read_texts(&l, e) != 0)
            goto out;
        find_collisions(&l);
        count(&l);
        rc = 0;
    } else if (write_all(&l, e) == 0) {
        rc = look_again(&l, e);
    }
out:
    if (l.slots != NULL)
        forget(&l);
    buf_free(&l.codes);
    arena_free(&l.mem);
    return rc;
}
