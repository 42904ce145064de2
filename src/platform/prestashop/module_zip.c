/* A newer archive of a module that lies ready in the workspace: put there by the merchant, or fetched by an upgrade that died. */
#include "platform/prestashop/plan_parts.h"
#include "sys/archive.h"

#include <fcntl.h>

const char *ps_module_zip(struct store *s, struct arena *mem, const char *name)
{
    static const char *const places[] = {"modules", "tmp/modules", "tmp"};
    const struct ps *x = s->own;

    for (size_t i = 0; x->workspace && i < sizeof places / sizeof *places; i++) {
        const char *rel = arena_printf(mem, "%s/%s/%s.zip", x->workspace, places[i], name);

        if (tree_exists(&s->tree, rel))
            return rel;
    }
    return NULL;
}

static bool is_same(struct store *s, const char *rel, struct archive_src *a, struct err *e)
{
    struct digest want;
    struct digest have;
    int fd;
    bool same;

    if (archive_src_digest(a, HASH_MD5, &want, e) < 0)
        return false;
    fd = tree_open_file(&s->tree, rel, O_RDONLY, 0, e);
    if (fd < 0)
        return false;
    same = hash_fd(s->tree.ops, fd, HASH_MD5, &have, NULL) == 0 && digest_eq(&have, &want);
    s->tree.ops->close(fd);
    return same;
}

bool ps_module_zip_is_new(struct store *s, struct arena *mem, const char *zip)
{
    struct err why = {0};
    struct archive_src *a = NULL;
    struct archive_item item;
    bool differs = false;
    int fd = tree_open_file(&s->tree, zip, O_RDONLY, 0, &why);
    int rc = 1;

    if (fd < 0)
        return false;
    a = archive_src_open(s->tree.ops, fd, zip, NULL, &why);
    while (a && !differs && (rc = archive_src_next(a, &item, &why)) == 1)
        differs = !item.is_dir && !is_same(s, arena_printf(mem, "modules/%s", item.path), a, &why);
    archive_src_close(a);
    s->tree.ops->close(fd);
    /* A damaged one is told when it is unpacked. */
    return a == NULL || rc < 0 || differs;
}
