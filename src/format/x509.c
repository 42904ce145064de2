#include "format/x509.h"

#include "format/der.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define TAG_UTC_TIME     0x17u
#define TAG_GENERAL_TIME 0x18u
#define NAME_DNS         DER_NUMBERED_BYTES(2)
#define NAME_IP          DER_NUMBERED_BYTES(7)

#define NAMES_SHOWN 8
#define NAME_SHOWN  ((size_t)255) /* the longest name a host can have */

static bool two_digits(struct str *s, int *out)
{
    uint64_t v;

    if (!str_u64(str_sub(*s, 0, 2), 99, &v) || s->n < 2)
        return false;
    *out = (int)v;
    *s = str_sub(*s, 2, s->n);
    return true;
}

/* "YYMMDDHHMMSSZ", where 50 to 99 are of the 20th century, or with four digits of the year. */
static bool take_time(struct str *rest, int64_t *out)
{
    struct civil c = {0};
    struct str s;
    unsigned tag;
    int century;

    if (!der_any(rest, &tag, &s) || (tag != TAG_UTC_TIME && tag != TAG_GENERAL_TIME))
        return false;
    if (tag == TAG_GENERAL_TIME && !two_digits(&s, &century))
        return false;
    if (!two_digits(&s, &c.year) || !two_digits(&s, &c.month) || !two_digits(&s, &c.day) ||
        !two_digits(&s, &c.hour) || !two_digits(&s, &c.minute) || !two_digits(&s, &c.second) ||
        !str_is(s, "Z"))
        return false;
    if (tag == TAG_UTC_TIME)
        century = c.year >= 50 ? 19 : 20;
    c.year += century * 100;
    if (!clock_civil_valid(&c))
        return false;
    *out = clock_civil_seconds(&c);
    return true;
}

/* Finds subjectAltName among the extensions. */
static bool read_extensions(struct str list, struct x509 *out)
{
    static const char alternative_name[] = "\x55\x1D\x11";
    struct str one;
    struct str oid;
    struct str content;
    unsigned tag;

    while (list.n > 0) {
        if (!der_take(&list, DER_SEQUENCE, &one) || !der_take(&one, DER_OID, &oid))
            return false;
        if (!str_is(oid, alternative_name))
            continue;
        (void)der_take(&one, DER_BOOLEAN, &content);
        if (!der_take(&one, DER_BYTES, &content) || !der_take(&content, DER_SEQUENCE, &out->names))
            return false;
        for (one = out->names; one.n > 0;)
            if (!der_any(&one, &tag, &content))
                return false;
    }
    return true;
}

bool x509_parse(struct str der, struct x509 *out)
{
    struct str all;
    struct str body;
    struct str part;
    struct str times;
    unsigned tag;

    *out = (struct x509){.names = {"", 0}};
    if (!der_take(&der, DER_SEQUENCE, &all) || !der_take(&all, DER_SEQUENCE, &body))
        return false;
    (void)der_take(&body, DER_NUMBERED(0), &part); /* the version */
    if (!der_take(&body, DER_INTEGER, &part) || !der_take(&body, DER_SEQUENCE, &part) ||
        !der_take(&body, DER_SEQUENCE, &out->issuer) || !der_take(&body, DER_SEQUENCE, &times) ||
        !take_time(&times, &out->from) || !take_time(&times, &out->until) ||
        !der_take(&body, DER_SEQUENCE, &out->subject) || !der_take(&body, DER_SEQUENCE, &part))
        return false;
    while (body.n > 0) {
        if (!der_any(&body, &tag, &part))
            return false;
        if (tag == DER_NUMBERED(3) &&
            (!der_take(&part, DER_SEQUENCE, &times) || !read_extensions(times, out)))
            return false;
    }
    return true;
}

struct str x509_common_name(struct str name)
{
    static const char common_name[] = "\x55\x04\x03";
    struct str found = {"", 0};
    struct str set;
    struct str pair;
    struct str oid;
    struct str value;
    unsigned tag;

    while (der_take(&name, DER_SET, &set))
        while (der_take(&set, DER_SEQUENCE, &pair))
            if (der_take(&pair, DER_OID, &oid) && str_is(oid, common_name) && der_any(&pair, &tag, &value))
                found = value;
    return found;
}

static bool same_name(struct str a, struct str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* A star stands for the whole first label, and never for all below a top-level domain. */
static bool covers(struct str pattern, struct str host)
{
    size_t dot;

    if (pattern.n == 0 || memchr(pattern.p, '\0', pattern.n) != NULL)
        return false;
    if (!str_skip(&pattern, STR("*.")))
        return same_name(pattern, host);
    dot = str_chr(host, '.', 0);
    return dot != SIZE_MAX && dot > 0 && str_chr(pattern, '.', 0) != SIZE_MAX &&
           same_name(pattern, str_sub(host, dot + 1, host.n));
}

bool x509_is_for(const struct x509 *c, const char *host)
{
    struct str wanted = str_of(host);
    struct str rest = c->names;
    struct str name;
    char address[sizeof(struct in6_addr)];
    size_t size = 0;
    bool named = false;
    unsigned tag;

    if (inet_pton(AF_INET, host, address) == 1)
        size = sizeof(struct in_addr);
    else if (inet_pton(AF_INET6, host, address) == 1)
        size = sizeof(struct in6_addr);
    else
        (void)str_chop(&wanted, STR("."));
    if (wanted.n == 0)
        return false;
    while (der_any(&rest, &tag, &name)) {
        named = named || tag == NAME_DNS || tag == NAME_IP;
        if (tag == NAME_IP && size > 0 && str_eq(name, (struct str){address, size}))
            return true;
        if (tag == NAME_DNS && size == 0 && covers(name, wanted))
            return true;
    }
    return !named && size == 0 && covers(x509_common_name(c->subject), wanted);
}

void x509_names(const struct x509 *c, struct buf *out)
{
    struct str rest = c->names;
    struct str name;
    size_t count = 0;
    unsigned tag;

    while (der_any(&rest, &tag, &name)) {
        char text[INET6_ADDRSTRLEN];
        int family = name.n == sizeof(struct in_addr) ? AF_INET : AF_INET6;

        if (tag == NAME_IP && name.n != sizeof(struct in_addr) && name.n != sizeof(struct in6_addr))
            continue;
        if (tag == NAME_IP)
            name = str_of(inet_ntop(family, name.p, text, sizeof text));
        else if (tag != NAME_DNS || name.n == 0)
            continue;
        if (count == NAMES_SHOWN) {
            buf_adds(out, ", …");
            return;
        }
        if (count++ > 0)
            buf_adds(out, ", ");
        buf_addstr(out, str_sub(name, 0, NAME_SHOWN));
    }
    if (count > 0)
        return;
    name = x509_common_name(c->subject);
    if (name.n > 0)
        buf_addstr(out, str_sub(name, 0, NAME_SHOWN));
    else
        buf_adds(out, "no name");
}
