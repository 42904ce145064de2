/* Addresses of an upgrade's steps, as answers, logs and browsers write them. */
#include "base/ascii.h"
#include "base/buf.h"
#include "format/oc_answer.h"

/* Addresses are short; a log's line may be anything. */
#define ADDRESS_MAX ((size_t)4096)
#define STEP_MAX    999
#define PAGE_MAX    1000000

/* Undoes what JSON and HTML do to an address. */
static struct str plain_address(struct str s, struct arena *a)
{
    char *p;
    size_t n = 0;

    s = str_sub(s, 0, ADDRESS_MAX);
    p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n;) {
        struct str rest = str_sub(s, i, s.n);

        if (str_skip(&rest, STR("\\/")))
            p[n++] = '/';
        else if (str_skip(&rest, STR("&amp;")) || str_skip(&rest, STR("\\u0026")))
            p[n++] = '&';
        else if (rest.p[0] == '"' || rest.p[0] == '\'' || rest.p[0] == '#' || rest.p[0] == '<' || rest.p[0] == '\n')
            break;
        else
            p[n++] = (rest = str_sub(rest, 1, rest.n), s.p[i]);
        i = s.n - rest.n;
    }
    return (struct str){p, n};
}

static struct str unpercent(struct str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        uint8_t byte;

        if (s.p[i] == '%' && str_unhex(str_sub(s, i + 1, i + 3), &byte, 1)) {
            p[n++] = (char)byte;
            i += 2;
        } else {
            p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    return (struct str){p, n};
}

/* The value of a parameter of the query, decoded; empty when it isn't there. */
static struct str parameter(struct str query, const char *name, struct arena *a)
{
    struct str rest = query;

    while (rest.n > 0) {
        struct str value = str_cut(rest, '&', &rest);
        struct str key = str_cut(value, '=', &value);

        if (str_is(key, name))
            return unpercent(value, a);
    }
    return (struct str){"", 0};
}

static unsigned number(struct str s, uint64_t max)
{
    uint64_t v;

    return str_u64(s, max, &v) ? (unsigned)v : 0;
}

/* It becomes a part of names of files and of words for the user. */
static struct str checked_version(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(ascii_is_alnum(s.p[i]) || s.p[i] == '.' || s.p[i] == '-' || s.p[i] == ' '))
            return (struct str){"", 0};
    return s.n < 32 && s.n > 0 && ascii_is_digit(s.p[0]) ? s : (struct str){"", 0};
}

/* One folder, as the installer takes it. */
static struct str checked_admin(struct str s)
{
    return str_is_safe_path(s) && str_chr(s, '/', 0) == SIZE_MAX ? s : (struct str){"", 0};
}

/* "/upgrade_4", "/upgrade/next": what is behind the first "upgrade" of a route. */
static bool read_route(struct str route, struct str query, struct arena *a, struct oc_request *out)
{
    struct str method = route;
    uint64_t step = 0;

    if (route.n == 0) { /* 2.0 and 2.1 do all in one request */
        out->step = 1;
        return true;
    }
    if (str_skip(&method, STR("/upgrade_"))) {
        str_skip_u64(&method, STEP_MAX, &step);
        out->step = (unsigned)step;
        return step > 0 && (method.n == 0 || str_is(method, "/index") || str_is(method, ".index") || str_is(method, "|index"));
    }
    if (str_is(route, "/upgrade/next")) {
        struct str said = parameter(query, "step", a);

        out->numbered = true;
        /* The first one is asked for without its number. */
        out->step = said.n ? number(said, STEP_MAX) : 1;
        return out->step > 0;
    }
    return false;
}

/* What stands behind "?", undone and without what follows the address. */
static struct str query_of(struct str address, struct arena *a)
{
    struct str query = plain_address(str_trim(address), a);
    size_t mark = str_chr(query, '?', 0);

    if (mark != SIZE_MAX)
        query = str_sub(query, mark + 1, query.n);
    return str_sub(query, 0, str_chr(query, ' ', 0));
}

static struct str route_of(struct str query, struct arena *a)
{
    struct str route = parameter(query, "route", a);

    str_skip(&route, STR("/"));
    return route;
}

struct str oc_request_route(struct str address, struct arena *a)
{
    return route_of(query_of(address, a), a);
}

bool oc_request_read(struct str address, struct arena *a, struct oc_request *out)
{
    struct str query = query_of(address, a);
    struct str route = route_of(query, a);

    *out = (struct oc_request){0};
    if (!str_skip(&route, STR("upgrade")) || !read_route(route, query, a, out))
        return false;
    out->page = number(parameter(query, "page", a), PAGE_MAX);
    out->version = checked_version(parameter(query, "version", a));
    out->admin = checked_admin(parameter(query, "admin", a));
    return true;
}
