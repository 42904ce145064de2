#include "platform/cscart/source.h"

#include "platform/cscart/cs.h"
#include "platform/source_files.h"

/* The shortest folder that has app/: "" for a tree as it is, "package/" in a package, "cscart-4.18.1/" in some distributions. */
static bool find_root(const struct source_files *src, struct str *root)
{
    bool found = false;

    for (size_t i = 0; i < src->all.n; i++) {
        struct str path = str_of(src->all.v[i].path);
        size_t at = str_starts(path, STR("app/")) ? 0 : str_find(path, STR("/app/"), 0);

        if (at == SIZE_MAX)
            continue;
        if (at > 0)
            at++;
        if (!found || at < root->n) {
            *root = str_sub(path, 0, at);
            found = true;
        }
    }
    return found;
}

static struct str stores_name(const struct store *s, struct str path)
{
    const struct cs *x = s->own;

    if (str_is(path, "admin.php"))
        return str_of(x->admin);
    if (str_is(path, "vendor.php"))
        return str_of(x->vendor);
    return path;
}

int cs_source_manifest(struct store *s, const char *given, struct manifest *m, struct err *e)
{
    struct source_files src = {0};
    struct str root = {0};
    int rc = source_files_given(given, &src, e);

    if (rc == 0 && !find_root(&src, &root)) {
        rc = err_set(e, ERR_ABSENT, "--source %s holds no CS-Cart: looked for a folder app", given);
        err_fix(e, "name the folder of an unpacked distribution or package, or its archive");
    }
    for (size_t i = 0; rc == 0 && i < src.all.n; i++) {
        struct str path = str_of(src.all.v[i].path);

        if (str_skip(&path, root))
            manifest_add(m, stores_name(s, path), &src.all.v[i].digest, given);
    }
    source_files_free(&src);
    return rc;
}
