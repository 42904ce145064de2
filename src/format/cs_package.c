#include "format/cs_package.h"

#include "base/ascii.h"
#include "format/json_map.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS ((size_t)14)
#define MD5_DIGITS    ((size_t)32)

static struct str keep(struct arena *a, struct str s)
{
    return (struct str){arena_dup(a, s.p, s.n), s.n};
}

struct offer_reading {
    struct arena *a;
    struct cs_offer *out;
};

static int take_offer(void *ctx, const struct json_pair *pair, struct err *e)
{
    struct offer_reading *r = ctx;
    const struct {
        const char *key;
        struct str *to;
    } texts[] = {
        {"id", &r->out->id},     {"type", &r->out->type},       {"file", &r->out->file},     {"name", &r->out->name},
        {"description", &r->out->description},
        {"md5", &r->out->md5},   {"from_version", &r->out->from}, {"to_version", &r->out->to},
    };

    (void)e;
    if (pair->depth != 1)
        return 0;
    if (str_is(pair->key, "size")) {
        if (!str_u64(pair->value, UINT64_MAX, &r->out->size))
            r->out->size = 0;
        return 0;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (pair->kind == JSON_TEXT && str_is(pair->key, texts[i].key))
            *texts[i].to = keep(r->a, pair->value);
    return 0;
}

int cs_offer_read(struct str json, struct arena *a, struct cs_offer *out, struct err *e)
{
    struct offer_reading r = {a, out};

    memset(out, 0, sizeof *out);
    return json_map_each(json, take_offer, &r, e);
}

struct package_reading {
    struct arena *a;
    struct cs_package *out;
    struct cs_file now;
    bool has_status; /* of `now` */
    bool unknown;
};

static void refuse(struct package_reading *r, struct str what)
{
    if (r->out->refused++ == 0)
        r->out->refused_first = keep(r->a, what);
}

static bool is_md5(struct str s)
{
    uint8_t bytes[MD5_DIGITS / 2];

    return str_unhex(s, bytes, sizeof bytes);
}

/* The file whose members were read; those of one file follow each other. */
static void end_file(struct package_reading *r)
{
    struct cs_file f = r->now;

    if (f.path.p != NULL) {
        if (!r->has_status || r->unknown || !str_is_safe_path(f.path) ||
            (f.status != CS_FILE_NEW && f.hash.n > 0 && !is_md5(f.hash)))
            refuse(r, f.path);
        else
            *vec_push(&r->out->files) = f;
    }
    r->now = (struct cs_file){0};
    r->has_status = r->unknown = false;
}

static void take_file(struct package_reading *r, const struct json_pair *pair)
{
    static const char *const words[] = {"changed", "deleted", "new"};

    if (r->now.path.p == NULL || !str_eq(r->now.path, pair->parent)) {
        end_file(r);
        r->now.path = keep(r->a, pair->parent);
    }
    if (str_is(pair->key, "hash")) {
        r->now.hash = keep(r->a, pair->value);
    } else if (str_is(pair->key, "status")) {
        r->unknown = true;
        for (int i = 0; i < 3; i++)
            if (str_is(pair->value, words[i])) {
                r->now.status = (enum cs_file_status)i;
                r->has_status = true;
                r->unknown = false;
            }
    }
}

/* A name that is to be joined to a folder of the package. */
static bool is_plain_name(struct str s)
{
    return str_is_safe_path(s) && str_chr(s, '/', 0) == SIZE_MAX && s.p[0] != '.';
}

static int take_package(void *ctx, const struct json_pair *pair, struct err *e)
{
    struct package_reading *r = ctx;
    struct str *to = NULL;

    (void)e;
    if (pair->depth == 3) {
        take_file(r, pair);
        return 0;
    }
    if (pair->depth != 2 || pair->kind != JSON_TEXT || pair->value.n == 0)
        return 0;
    if (!is_plain_name(pair->value)) {
        refuse(r, pair->value);
        return 0;
    }
    if (str_is(pair->parent, "migrations"))
        to = vec_push(&r->out->migrations);
    else if (str_is(pair->parent, "languages"))
        to = vec_push(&r->out->languages);
    else if (str_is(pair->parent, "validators"))
        to = vec_push(&r->out->validators);
    else if (str_is(pair->parent, "scripts") && str_is(pair->key, "pre"))
        to = &r->out->pre;
    else if (str_is(pair->parent, "scripts") && str_is(pair->key, "post"))
        to = &r->out->post;
    if (to)
        *to = keep(r->a, pair->value);
    return 0;
}

int cs_package_read(struct str json, struct arena *a, struct cs_package *out, struct err *e)
{
    struct package_reading r = {.a = a, .out = out};
    int rc;

    memset(out, 0, sizeof *out);
    rc = json_map_leaves(json, take_package, &r, e);
    if (rc == 0)
        end_file(&r);
    return rc;
}

void cs_package_free(struct cs_package *p)
{
    free(p->files.v);
    free(p->migrations.v);
    free(p->languages.v);
    free(p->validators.v);
    memset(p, 0, sizeof *p);
}

bool cs_migration_name(struct str file, struct arena *a, struct str *number, struct str *class_name)
{
    struct str name = file;
    uint64_t digits;
    char *p;
    size_t n = 0;
    bool upper = true;

    if (!str_chop(&name, STR(".php")) || name.n < NUMBER_DIGITS + 2 || name.p[NUMBER_DIGITS] != '_' ||
        !str_u64(str_sub(name, 0, NUMBER_DIGITS), UINT64_MAX, &digits))
        return false;
    *number = str_sub(name, 0, NUMBER_DIGITS);
    name = str_sub(name, NUMBER_DIGITS + 1, name.n);
    p = arena_alloc(a, name.n + 1);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (c == '_') {
            upper = true;
            continue;
        }
        if (!ascii_is_alnum(c))
            return false;
        p[n++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        upper = false;
    }
    *class_name = (struct str){p, n};
    return n > 0;
}
