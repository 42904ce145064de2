#include "format/mycnf.h"

#include <string.h>

#define NAME_LIMIT ((size_t)32) /* longer names are none that is looked for */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct str trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* What stands before a '#' outside quotes. A backslash protects a character inside quotes only. */
static struct str without_comment(struct str s)
{
    char quote = '\0';
    bool escaped = false;
    size_t i;

    for (i = 0; i < s.n; i++) {
        char c = s.p[i];

        if ((c == '\'' || c == '"') && !escaped) {
            if (quote == '\0')
                quote = c;
            else if (quote == c)
                quote = '\0';
        }
        if (quote == '\0' && c == '#')
            return str_sub(s, 0, i);
        escaped = quote != '\0' && c == '\\' && !escaped;
    }
    return s;
}

/* The value behind '=': quotes off, escapes undone, written to *room, which moves on. */
static struct str value_of(struct str s, char **room)
{
    char *start = *room;
    char *p = start;
    size_t i;

    if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
        s = str_sub(s, 1, s.n - 1);
    for (i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            *p++ = s.p[i];
            continue;
        }
        i++;
        switch (s.p[i]) {
        case 'n':
            *p++ = '\n';
            break;
        case 't':
            *p++ = '\t';
            break;
        case 'r':
            *p++ = '\r';
            break;
        case 'b':
            *p++ = '\b';
            break;
        case 's':
            *p++ = ' ';
            break;
        case '"':
        case '\'':
        case '\\':
            *p++ = s.p[i];
            break;
        default:
            *p++ = '\\';
            *p++ = s.p[i];
            break;
        }
    }
    *room = p;
    return (struct str){start, (size_t)(p - start)};
}

static bool is_our_group(struct str name)
{
    return str_is(name, "client") || str_is(name, "client-server") || str_is(name, "client-mariadb") ||
           str_is(name, "mysql");
}

/* Where the value of an option goes; NULL for one that is not looked for. */
static struct str *member(struct mycnf *c, struct str name)
{
    static const char *const names[] = {
        "user",   "password", "host", "port", "socket", "database", "default-character-set",
        "ssl-ca", "ssl-mode"};
    struct str *const members[] = {&c->user,     &c->password, &c->host,   &c->port,    &c->socket,
                                   &c->database, &c->charset,  &c->ssl_ca, &c->ssl_mode};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i]))
            return members[i];
    return NULL;
}

/* Options that are on or off: without a value they are on, and "skip-" or "disable-" in front turns them. */
static bool take_flag(struct mycnf *c, struct str name, struct str value)
{
    bool on = !(str_skip(&name, STR("skip-")) || str_skip(&name, STR("disable-")));
    enum mycnf_flag *to = str_is(name, "ssl")                      ? &c->ssl
                          : str_is(name, "ssl-verify-server-cert") ? &c->ssl_verify
                                                                   : NULL;

    if (to == NULL)
        return false;
    if (str_is(value, "0") || (value.n == 3 && str_has_nocase(value, STR("off"))) ||
        (value.n == 5 && str_has_nocase(value, STR("false"))))
        on = !on;
    *to = on ? MYCNF_ON : MYCNF_OFF;
    return true;
}

static int parse_line(struct str line, unsigned number, bool *ours, char **room, struct mycnf *out,
                      struct err *e)
{
    char plain[NAME_LIMIT];
    struct str value;
    struct str *to;
    struct str name;
    size_t i;

    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return 0;
    if (line.p[0] == '!') {
        if (out->include_line == 0)
            out->include_line = number;
        return 0;
    }
    if (line.p[0] == '[') {
        size_t end = str_chr(line, ']', 0);

        if (end == SIZE_MAX)
            return err_set(e, ERR_FORMAT, "line %u: a group without its closing bracket", number);
        *ours = is_our_group(trim(str_sub(line, 1, end)));
        return 0;
    }
    if (!*ours)
        return 0;
    name = trim(str_cut(trim(without_comment(line)), '=', &value));
    if (name.n > sizeof plain)
        return 0;
    for (i = 0; i < name.n; i++)
        plain[i] = name.p[i] == '_' ? '-' : name.p[i];
    name.p = plain;
    if (take_flag(out, name, trim(value)))
        return 0;
    to = member(out, name);
    if (to == NULL)
        return 0;
    if (to == &out->ssl_mode)
        out->ssl_mode_line = number;
    if (to == &out->port)
        out->port_line = number;
    if (value.p == NULL) {
        *to = (struct str){NULL, 0};
        return 0;
    }
    if (memchr(value.p, '\0', value.n) != NULL)
        return err_set(e, ERR_FORMAT, "line %u: a NUL byte", number);
    *to = value_of(trim(value), room);
    return 0;
}

int mycnf_parse(struct str bytes, char *room, struct mycnf *out, struct err *e)
{
    struct str line;
    unsigned number = 0;
    bool ours = false;

    *out = (struct mycnf){0};
    (void)str_skip(&bytes, STR("\xEF\xBB\xBF"));
    while (str_line(&bytes, &line)) {
        number++;
        if (parse_line(trim(line), number, &ours, &room, out, e) != 0)
            return -1;
    }
    return 0;
}
