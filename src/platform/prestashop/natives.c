/*
 * Which modules came with the shop: the types "native" and "partner" of config/xml/modules_list.xml, which is what the upgrade module goes by in
 * 1.6 and 1.7, and packages of the type prestashop-module in composer.lock, which releases have from 1.7 on.
 */
#include "format/ps_state.h"
#include "format/xml_scan.h"
#include "platform/prestashop/ps.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MAX ((size_t)16 * 1024 * 1024)

struct natives {
    struct store *s;
    VEC(const char *) names;
};

static struct str read_text(struct store *s, const char *rel)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct str out = {0};

    if (tree_read(&s->tree, rel, LIST_MAX, &text, &ignored) == 0)
        out = (struct str){arena_dup(&s->mem, text.p, text.n), text.n};
    buf_free(&text);
    return out;
}

static void add(struct natives *n, struct str name)
{
    if (name.n > 0)
        *vec_push(&n->names) = arena_dup(&n->s->mem, name.p, name.n);
}

/* <modules_list><modules type="native"><module name="bankwire"/>…; a damaged list says as much as was read of it. */
static void read_xml(struct natives *n)
{
    struct str text = read_text(n->s, "config/xml/modules_list.xml");
    struct xml_scan x;
    struct err ignored = {0};
    struct str type = {0};
    struct str name;
    enum xml_event ev;

    if (text.p == NULL)
        return;
    xml_scan_start(&x, text, &n->s->mem);
    while ((ev = xml_scan_next(&x, &ignored)) != XML_END && ev != XML_BAD) {
        if (ev != XML_OPEN)
            continue;
        if (str_is(x.name, "modules") && !xml_scan_attr(&x, "type", &type))
            type = STR("");
        if (str_is(x.name, "module") && (str_is(type, "native") || str_is(type, "partner")) && xml_scan_attr(&x, "name", &name))
            add(n, name);
    }
}

/* {"packages": [{"name": "prestashop/blockreassurance", "type": "prestashop-module"}…]} */
static void read_lock(struct natives *n)
{
    struct str text = read_text(n->s, "composer.lock");
    const struct phps_node *packages;
    struct err ignored = {0};
    struct ps_state lock;

    if (text.p == NULL || ps_state_json(text, &n->s->mem, &lock, &ignored) < 0)
        return;
    packages = phps_get(lock.root, "packages");
    for (size_t i = 0; packages && i < packages->n; i++) {
        const struct phps_node *package = &packages->items[i].value;
        struct str type;
        struct str name;

        if (ps_state_get(package, "type", &n->s->mem, &type) && str_is(type, "prestashop-module") &&
            ps_state_get(package, "name", &n->s->mem, &name))
            add(n, str_sub(name, str_rchr(name, '/') == SIZE_MAX ? 0 : str_rchr(name, '/') + 1, name.n));
    }
}

static void read_lists(struct store *s)
{
    struct ps *x = s->own;
    struct natives n = {.s = s};

    read_xml(&n);
    read_lock(&n);
    x->natives = arena_array(&s->mem, n.names.n + 1, sizeof *x->natives);
    for (size_t i = 0; i < n.names.n; i++)
        x->natives[i] = n.names.v[i];
    x->natives_read = true;
    free(n.names.v);
}

bool ps_module_is_native(struct store *s, const char *name, bool *known)
{
    struct ps *x = s->own;
    struct str plain = str_of(name);

    if (!x->natives_read)
        read_lists(s);
    *known = x->natives[0] != NULL;
    str_skip(&plain, STR("UA_"));
    /* The upgrade module itself came with no release and is needed to go on. */
    if (str_is(plain, "autoupgrade"))
        return true;
    for (size_t i = 0; x->natives[i]; i++)
        if (str_is(plain, x->natives[i]))
            return true;
    return false;
}
