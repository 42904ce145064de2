/* The steps of an installer: its files where one is at hand, else as the releases are known to have them. */
#include "platform/opencart/plan_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

unsigned oc_steps_of(const char *version)
{
    static const struct {
        const char *before;
        unsigned steps;
    } table[] = {{"2.2", 1}, {"2.3", 8}, {"3.0", 9}, {"3.0.5", 10}, {"4.0", 11}, {"4.0.2.0", 8}, {"4.1.0.1", 9}, {"4.1.0.4", 11}, {"5.0", 12}};

    if (version == NULL)
        return 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (oc_version_compare(version, table[i].before) < 0)
            return table[i].steps;
    /* Of what is not released yet only its own files can tell. */
    return 0;
}

const char *oc_schema_step(enum oc_family family)
{
    return family == OC_FAMILY_40 ? "upgrade_3" : family == OC_FAMILY_22 ? "1000" : "upgrade";
}

bool oc_request_is_needed(const char *to)
{
    return oc_version_compare(to, "2.1") >= 0;
}

static const char *title_of(const char *name)
{
    static const struct {
        const char *name;
        const char *title;
    } table[] = {
        {"upgrade", "settings, values that PHP had serialized, paths of categories"},
        {"1000", "the tables"},
        {"1001", "renamed columns, tags of products, the two config.php"},
        {"1002", "settings, paths of categories"},
        {"1003", "values that PHP had serialized become JSON"},
        {"1004", "custom fields, settings of mail, modules"},
        {"1005", "columns and settings that were missing"},
        {"1006", "language codes, places of files, modifications switched off"},
        {"1007", "settings of the theme, banners"},
        {"1008", "events, tiles of the dashboard"},
        {"1009", "affiliates become customers, the two config.php"},
        {"1010", "files and rows of dropped extensions, character sets"},
        {"upgrade_1", "the two config.php and the folders of the storage"},
        {"upgrade_2", "the files"},
        {"upgrade_3", "the tables"},
        {"upgrade_4", "settings, extensions"},
        {"upgrade_5", "events"},
        {"upgrade_6", "values that PHP had serialized become JSON"},
        {"upgrade_7", "titles, tags, banners, paths of categories"},
        {"upgrade_8", "customers, affiliates, carts, dropped columns and tables"},
        {"upgrade_9", "routes, ways of payment and shipping of orders"},
        {"upgrade_10", "codes of products (SKU, EAN and others)"},
        {"upgrade_11", "names of countries and zones"},
        {"upgrade_12", "settings, addresses, files of dropped extensions"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].title;
    return "changes of data";
}

/* ---- the installer's own files ---- */

struct listing {
    struct oc_case *c;
    VEC(const char *) names;
};

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct listing *l = arg;
    struct str s = str_of(name);

    (void)e;
    /* The page of the installer itself stands among them: it has no number. */
    if (type == DT_REG && l->names.n < OC_STEPS_MAX && str_chop(&s, STR(".php")) && s.n > 0 && s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9')
        *vec_push(&l->names) = arena_dup(l->c->mem, s.p, s.n);
    return 0;
}

static uint64_t number_of(const char *name)
{
    struct str s = str_of(name);
    uint64_t n = UINT32_MAX;

    str_skip(&s, STR("upgrade_"));
    str_u64(s, UINT32_MAX, &n);
    return n;
}

static int by_number(const void *pa, const void *pb)
{
    uint64_t a = number_of(*(const char *const *)pa);
    uint64_t b = number_of(*(const char *const *)pb);

    return a < b ? -1 : a > b;
}

static const char *dir_of_steps(enum oc_family family)
{
    return family == OC_FAMILY_40 ? "install/controller/upgrade" : "install/model/upgrade";
}

static void add(struct oc_case *c, enum oc_family family, unsigned number, const char *name)
{
    struct oc_todo *t = vec_push(&c->steps);

    t->number = number;
    t->name = name;
    t->title = title_of(name);
    t->file = family == OC_FAMILY_20 ? "install/model/upgrade.php" : arena_printf(c->mem, "%s/%s.php", dir_of_steps(family), name);
}

void oc_case_steps(struct store *s, struct oc_case *c)
{
    const struct oc *x = s->own;
    enum oc_family family = oc_family_of(c->to);
    struct listing l = {.c = c};
    unsigned known = oc_steps_of(c->to);

    c->steps.n = 0;
    if (family == OC_FAMILY_UNKNOWN)
        return;
    /* An installer that is there in part has, and says, fewer than its release. */
    if (c->trail.of > 0 && c->trail.of <= OC_STEPS_MAX && (known == 0 || c->todo_install.n == 0))
        known = c->trail.of;
    if (family == OC_FAMILY_20) {
        add(c, family, 1, "upgrade");
        return;
    }
    /* An installer that differs from the release's is replaced before it is asked for anything. */
    if (x->install && x->install_family == family && c->todo_install.n == 0) {
        struct err ignored = {0};

        tree_list(&s->tree, dir_of_steps(family), take_name, &l, &ignored);
        if (l.names.n > 1)
            qsort(l.names.v, l.names.n, sizeof *l.names.v, by_number);
    }
    for (unsigned i = 0; l.names.n == 0 && i < known; i++)
        add(c, family, i + 1, arena_printf(c->mem, family == OC_FAMILY_40 ? "upgrade_%u" : "%u", family == OC_FAMILY_40 ? i + 1 : 1000 + i));
    for (unsigned i = 0; i < l.names.n; i++)
        add(c, family, i + 1, l.names.v[i]);
    free(l.names.v);
}

bool oc_todo_is_left(const struct oc_todo *t)
{
    return t->strong && (t->state == OC_STEP_BEFORE || t->state == OC_STEP_PART);
}

const struct oc_todo *oc_case_step(const struct oc_case *c, const char *name)
{
    for (size_t i = 0; i < c->steps.n; i++)
        if (strcmp(c->steps.v[i].name, name) == 0)
            return &c->steps.v[i];
    return NULL;
}
