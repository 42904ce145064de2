/*
 * 4.0 to 4.2 upgrade page by page, with a package folder named after its archive ("upgrade_4.2.3-4.2.4.tgz") and
 * installed_upgrades.php, whose entry "not_installed" is true from the start of an upgrade to its end. The product can take up such
 * an upgrade itself, so it is told here what stands in its way, and how its own backup is found.
 */
#include "platform/cscart/plan_parts.h"

#include <dirent.h>
#include <string.h>

#define RECORD     CS_UPGRADE_DIR "/installed_upgrades.php"
#define RECORD_MAX ((size_t)4 * 1024 * 1024)

struct folders {
    struct store *s;
    const char *found; /* the last package folder by name */
};

static int find_folder(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct folders *f = arg;

    (void)e;
    if (type == DT_DIR && tree_exists(&f->s->tree, arena_printf(&f->s->mem, CS_UPGRADE_DIR "/%s/uc.xml", name)))
        f->found = arena_printf(&f->s->mem, CS_UPGRADE_DIR "/%s", name);
    return 0;
}

/* As var_export writes it: 'not_installed' => true. */
static bool record_is_open(struct store *s)
{
    struct buf php = {0};
    struct err ignored = {0};
    struct str rest;
    bool open = false;
    size_t at;

    if (tree_read(&s->tree, RECORD, RECORD_MAX, &php, &ignored) == 0) {
        rest = buf_str(&php);
        for (at = 0; !open && (at = str_find(rest, STR("'not_installed'"), at)) != SIZE_MAX; at++) {
            struct str value = str_trim(str_sub(rest, at + strlen("'not_installed'"), rest.n));

            open = str_skip(&value, STR("=>")) && str_starts(str_trim(value), STR("true"));
        }
    }
    buf_free(&php);
    return open;
}

void cs_plan_legacy(struct store *s, struct plan *p)
{
    struct folders f = {.s = s};
    struct err ignored = {0};
    bool lock = tree_exists(&s->tree, CS_UPGRADE_DIR "/.upgrade_lock");
    struct finding *found;

    if (!tree_exists(&s->tree, CS_UPGRADE_DIR) || cs_generation(str_of(s->version)) > CS_GEN_A)
        return;
    tree_list(&s->tree, CS_UPGRADE_DIR, find_folder, &f, &ignored);
    if (f.found == NULL || (!lock && !record_is_open(s)))
        return;
    p->state = UPGRADE_UNKNOWN;
    p->summary = "An upgrade by the old upgrade center was begun and is not finished; how far it came is written nowhere.";
    found = plan_finding(p, FINDING_PROBLEM, "legacy_upgrade", "the upgrade in %s is not finished", f.found);
    found->detail = "Its own backup of the replaced files and tables lies in the folder backup there (tables in backup/uc.sql). Statements of "
                    "SQL that were carried out are kept in *.sql.tmp; with a table prefix other than cscart_ they are run again all the same.";
    found->fix = lock ? "Remove var/upgrade/.upgrade_lock when no upgrade is running, then repeat the step or revert the upgrade in the admin panel."
                      : "Repeat the step or revert the upgrade in the admin panel.";
    found->source = RECORD;
}
