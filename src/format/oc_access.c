#include "format/oc_access.h"

#include "base/clock.h"
#include "format/json_tree.h"
#include "format/log_lines.h"

#include <stdlib.h>
#include <string.h>

struct oc_access_reader {
    struct log_lines lines;
    struct arena mem; /* of one line */
    oc_access_fn *fn;
    void *arg;
};

/* One request as the log has it. */
struct line {
    struct str method;
    struct str address;
    struct str time;
    struct str status;
    struct str bytes;
};

/* Seconds since 1970, with a fraction or without */
static bool read_epoch(struct str s, struct civil *c)
{
    struct tm tm;
    uint64_t v;
    time_t t;

    if (!str_u64(str_sub(s, 0, str_chr(s, '.', 0)), (uint64_t)UINT32_MAX, &v) || v < 100000000)
        return false;
    t = (time_t)v;
    if (gmtime_r(&t, &tm) == NULL)
        return false;
    *c = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
    return true;
}

static void set_time(struct str s, char out[20])
{
    static const char *const forms[] = {"DD/NNN/YYYY:hh:mm:ss", "YYYY-MM-DDThh:mm:ss", "YYYY-MM-DD hh:mm:ss"};
    struct civil c;
    bool read = false;

    for (size_t i = 0; !read && i < sizeof forms / sizeof *forms; i++)
        read = clock_civil_read(s, forms[i], &c);
    out[0] = '\0';
    if (read || read_epoch(s, &c))
        clock_civil_text(&c, out);
}

/* "POST /install/index.php?… HTTP/1.1" */
static bool read_words(struct str words, struct line *l)
{
    static const char *const methods[] = {"GET", "POST"};

    l->method = str_cut(words, ' ', &words);
    l->address = str_cut(words, ' ', &words);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(l->method, methods[i]))
            return l->address.n > 0;
    return false;
}

/* Common and combined form; what stands in front of the time and behind the length may be anything. */
static bool read_common(struct str s, struct line *l)
{
    size_t open = str_chr(s, '[', 0);
    size_t quote = str_chr(s, '"', 0);
    size_t end;

    if (quote == SIZE_MAX)
        return false;
    if (open < quote)
        l->time = str_sub(s, open + 1, str_chr(s, ']', open));
    s = str_sub(s, quote + 1, s.n);
    /* The server writes a quote in an address with a backslash or as %22. */
    end = str_chr(s, '"', 0);
    while (end != SIZE_MAX && end > 0 && s.p[end - 1] == '\\')
        end = str_chr(s, '"', end + 1);
    if (end == SIZE_MAX || !read_words(str_sub(s, 0, end), l))
        return false;
    s = str_trim(str_sub(s, end + 1, s.n));
    l->status = str_cut(s, ' ', &s);
    l->bytes = str_cut(s, ' ', &s);
    return true;
}

/* The first of these keys that is there, as text. */
static struct str any_of(const struct phps_node *root, const char *const *names)
{
    for (; *names; names++) {
        const struct phps_node *n = phps_get(root, *names);

        if (n && (n->kind == PHPS_STR || n->kind == PHPS_INT || n->kind == PHPS_DOUBLE) && n->s.n > 0)
            return n->s;
    }
    return (struct str){"", 0};
}

/* One object a line, with the names that nginx, Apache, Caddy and Traefik are mostly told to use. */
static bool read_json(struct str s, struct arena *a, struct line *l)
{
    static const char *const addresses[] = {"request_uri", "uri", "url", "path", "RequestPath", NULL};
    static const char *const queries[] = {"args", "query_string", "query", NULL};
    static const char *const methods[] = {"request_method", "method", "RequestMethod", "verb", NULL};
    static const char *const statuses[] = {"status", "response", "status_code", "DownstreamStatus", "OriginStatus", NULL};
    static const char *const sizes[] = {"body_bytes_sent", "bytes_sent", "bytes", "size", "resp_body_size", "DownstreamContentSize", NULL};
    static const char *const times[] = {"time_local", "time_iso8601", "time", "timestamp", "@timestamp", "ts", "StartLocal", "date", NULL};
    struct err ignored = {0};
    struct phps_node root;
    const struct phps_node *in;
    struct str query;

    if (json_tree_read(s, a, &root, &ignored) < 0)
        return false;
    in = phps_get(&root, "request");
    l->time = any_of(&root, times);
    str_skip(&l->time, STR("["));
    l->status = any_of(&root, statuses);
    l->bytes = any_of(&root, sizes);
    if (in && in->kind == PHPS_STR)
        return read_words(in->s, l);
    if (!phps_is_list(in))
        in = &root;
    l->method = any_of(in, methods);
    l->address = any_of(in, addresses);
    query = any_of(in, queries);
    if (l->address.n > 0 && query.n > 0 && str_chr(l->address, '?', 0) == SIZE_MAX) {
        const char *both = arena_printf(a, "%.*s?%.*s", STR_FMT(l->address), STR_FMT(query));

        l->address = str_of(both);
    }
    return l->address.n > 0 && (l->method.n == 0 || str_is(l->method, "GET") || str_is(l->method, "POST"));
}

static bool is_one_of(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_is(s, *list))
            return true;
    return false;
}

/* What the request is of; false: nothing to do with an upgrade. */
static bool judge(const struct line *l, struct arena *a, struct oc_access *out)
{
    static const char *const admin[] = {"tool/upgrade.download", "tool/upgrade|download", "tool/upgrade/download",
                                        "tool/upgrade.install", "tool/upgrade|install", "tool/upgrade/install", NULL};
    static const char *const first[] = {"install/step_1", "install/step_2", "install/step_3", "step_1", "step_2", "step_3", NULL};
    static const char *const last[] = {"install/step_4", "step_4", "upgrade/success", NULL};
    struct str path = str_sub(l->address, 0, str_chr(l->address, '?', 0));
    struct str route = oc_request_route(l->address, a);

    if (is_one_of(route, admin)) {
        struct oc_request r;
        const char *step = arena_printf(a, "route=upgrade%.*s", STR_FMT(str_sub(l->address, str_chr(l->address, '&', 0), l->address.n)));

        out->admin_part = true;
        if (oc_request_read(str_of(step), a, &r))
            out->request.version = r.version;
        return true;
    }
    if (!str_has(path, STR("install")))
        return false;
    out->install_page = is_one_of(route, first);
    out->end_page = is_one_of(route, last);
    if (out->install_page || out->end_page)
        return true;
    /* 2.0 and 2.1 show a page at the address whose form is the request itself. */
    if (str_is(route, "upgrade") && !str_is(l->method, "POST"))
        return false;
    return oc_request_read(l->address, a, &out->request);
}

static void take_line(void *context, const struct log_line *line)
{
    struct oc_access_reader *r = context;
    struct str s = str_trim(line->text);
    struct oc_access out = {.line = line->number};
    struct line l = {0};
    uint64_t v;

    /* Most lines are none. */
    if (!str_has(s, STR("upgrade")) && !str_has(s, STR("step_")))
        return;
    if ((str_starts(s, STR("{")) ? read_json(s, &r->mem, &l) : read_common(s, &l)) && judge(&l, &r->mem, &out)) {
        set_time(l.time, out.time);
        if (str_u64(l.status, 999, &v))
            out.status = (unsigned)v;
        if (str_u64(l.bytes, UINT64_MAX, &v))
            out.bytes = v;
        r->fn(r->arg, &out);
    }
    arena_free(&r->mem);
}

struct oc_access_reader *oc_access_new(uint64_t first_line, bool inside, oc_access_fn *fn, void *arg)
{
    struct oc_access_reader *r = mem_alloc(sizeof *r);

    r->fn = fn;
    r->arg = arg;
    log_lines_init(&r->lines, first_line, inside, take_line, r);
    return r;
}

void oc_access_feed(struct oc_access_reader *r, struct str chunk)
{
    log_lines_feed(&r->lines, chunk);
}

void oc_access_end(struct oc_access_reader *r)
{
    log_lines_end(&r->lines);
    log_lines_free(&r->lines);
    arena_free(&r->mem);
    free(r);
}
