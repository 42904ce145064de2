#include "format/ps_version.h"

#include "format/ps_names.h"
#include "format/ps_pairs.h"
#include "format/xml_scan.h"

#include <string.h>

/* Where each file has the version. */
static const struct {
    const char *tail;
    const char *name;
    bool is_const;
} places[] = {
    {"config/settings.inc.php", "_PS_VERSION_", false},
    {"config/autoload.php", "_PS_VERSION_", false},
    {"app/AppKernel.php", "VERSION", true},
    {"src/Core/Version.php", "VERSION", true},
    {"install_version.php", "_PS_INSTALL_VERSION_", false},
};

/* The whole path, or the end of it behind a slash. */
static bool is_tail(struct str path, const char *tail)
{
    return str_chop(&path, str_of(tail)) && (path.n == 0 || path.p[path.n - 1] == '/');
}

int ps_version_in(struct str path, struct str bytes, char out[static PS_VERSION_MAX], struct err *e)
{
    struct arena a = {0};
    struct ps_pairs pairs = {0};
    const struct ps_pair *p = NULL;
    int rc = 0;

    memset(out, 0, PS_VERSION_MAX);
    for (size_t i = 0; rc == 0 && p == NULL && i < sizeof places / sizeof *places; i++) {
        if (!is_tail(path, places[i].tail))
            continue;
        rc = (places[i].is_const ? ps_pairs_consts : ps_pairs_defines)(bytes, &a, &pairs, e);
        p = ps_pairs_first(&pairs, places[i].name);
    }
    /* Later files name the constant of another file. */
    if (rc == 0 && p != NULL && p->kind == PS_PAIR_TEXT) {
        rc = 1;
        if (p->value.n >= PS_VERSION_MAX || !ps_name_is_version(p->value))
            rc = err_set(e, ERR_FORMAT, "line %u: \"%.*s\" is no version", p->line, STR_FMT(str_sub(p->value, 0, 64)));
        else
            memcpy(out, p->value.p, p->value.n);
    }
    arena_free(&a);
    return rc;
}

int ps_module_config(struct str xml, struct arena *a, struct ps_module_info *out, struct err *e)
{
    struct xml_scan x;
    enum xml_event event;
    struct str *into = NULL;

    *out = (struct ps_module_info){0};
    if (xml.n > PS_PAIRS_MAX_BYTES)
        return err_set(e, ERR_FORMAT, "%zu bytes, more than %zu are not read", xml.n, PS_PAIRS_MAX_BYTES);
    xml = (struct str){arena_dup(a, xml.n ? xml.p : "", xml.n), xml.n};
    xml_scan_start(&x, xml, a);
    while ((event = xml_scan_next(&x, e)) != XML_END) {
        if (event == XML_BAD)
            return -1;
        if (event == XML_OPEN && x.depth == 1 && !str_is(x.name, "module"))
            return err_set(e, ERR_FORMAT, "line %u: not of a module", x.line);
        if (event == XML_OPEN && x.depth == 2)
            into = str_is(x.name, "name")      ? &out->name
                   : str_is(x.name, "version") ? &out->version
                   : str_is(x.name, "author")  ? &out->author
                                               : NULL;
        else if (event == XML_TEXT && x.depth == 2 && into != NULL)
            *into = into->n > 0 ? *into : str_trim(x.text);
    }
    if (out->name.n == 0 && out->version.n == 0)
        return err_set(e, ERR_FORMAT, "neither the name nor the version of a module");
    return 0;
}

int ps_mode_dev(struct str php, struct ps_define *out, struct err *e)
{
    struct arena a = {0};
    struct ps_pairs pairs = {0};
    const struct ps_pair *p;
    int rc = ps_pairs_defines(php, &a, &pairs, e);

    *out = (struct ps_define){0};
    p = ps_pairs_first(&pairs, "_PS_MODE_DEV_");
    if (rc == 0 && p != NULL) {
        rc = 1;
        out->on = p->kind == PS_PAIR_TRUE || (p->kind == PS_PAIR_NUMBER && !str_is(p->value, "0"));
        out->from = p->from;
        out->to = p->to;
        if (p->kind != PS_PAIR_TRUE && p->kind != PS_PAIR_FALSE && p->kind != PS_PAIR_NUMBER)
            rc = err_set(e, ERR_FORMAT, "line %u: the value of _PS_MODE_DEV_ is neither true nor false", p->line);
    }
    arena_free(&a);
    return rc;
}
