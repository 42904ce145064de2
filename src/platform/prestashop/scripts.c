/* Finding the upgrade scripts, choosing and reading them as the upgrade module does. */
#include "format/php_version.h"
#include "platform/prestashop/scripts_parts.h"

#include <stdlib.h>
#include <string.h>

/* From this version on the module brings the scripts itself; before, they came with the release. */
#define OWN_SCRIPTS_SINCE "4.13.0"

struct finding_scripts {
    struct store *s;
    struct ps_case *c;
    const struct tree *tree;
    const char *dir; /* that holds sql and php, below tree */
    VEC(const char *) names; /* without .sql */
};

static bool has_scripts(const struct tree *t, const char *dir, struct arena *mem)
{
    return tree_exists(t, arena_printf(mem, "%s/sql", dir));
}

static bool take(struct finding_scripts *f, const struct tree *t, const char *dir)
{
    if (f->tree != NULL || t == NULL || !has_scripts(t, dir, f->c->mem))
        return false;
    f->tree = t;
    f->dir = dir;
    return true;
}

static const char *below_release(const struct ps_case *c, const char *rel)
{
    return c->release.dir ? arena_join(c->mem, c->release.dir, rel) : rel;
}

/* What the module used comes first, then what another place has. */
static void find_dir(struct finding_scripts *f)
{
    const struct ps *ps = f->s->own;
    const struct tree *release = f->c->release.dir ? f->c->release.tree : NULL;
    struct str version = str_of(ps->module_version);
    bool own = ps->module_version == NULL || php_version_compare(version, STR(OWN_SCRIPTS_SINCE)) >= 0;

    if (own)
        take(f, &f->s->tree, "modules/autoupgrade/upgrade");
    if (ps->workspace)
        take(f, &f->s->tree, arena_printf(f->c->mem, "%s/latest/install/upgrade", ps->workspace));
    take(f, release, below_release(f->c, "install/upgrade"));
    take(f, &f->s->tree, "modules/autoupgrade/upgrade");
    take(f, release, below_release(f->c, "modules/autoupgrade/upgrade"));
}

/* As the module pads it: to four parts when it begins with 1, else to three. */
static const char *padded(const char *version, struct arena *mem)
{
    size_t parts = 1;
    size_t want = strncmp(version, "1.", 2) == 0 || strcmp(version, "1") == 0 ? 4 : 3;

    for (const char *p = version; *p; p++)
        parts += *p == '.';
    for (; parts < want; parts++)
        version = arena_printf(mem, "%s.0", version);
    return version;
}

static int take_name(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct finding_scripts *f = arg;
    struct str version = str_of(name);

    (void)type;
    (void)e;
    if (name[0] == '.' || !str_chop(&version, STR(".sql")))
        return 0;
    if (php_version_compare(version, str_of(padded(f->c->from, f->c->mem))) != 1 ||
        php_version_compare(str_of(f->c->to), version) == -1)
        return 0;
    *vec_push(&f->names) = arena_dup(f->c->mem, version.p, version.n);
    return 0;
}

static int in_order(const void *pa, const void *pb)
{
    return ps_script_order(str_of(*(const char *const *)pa), str_of(*(const char *const *)pb));
}

static void read_statement(struct ps_case *c, const struct ps_names *names, const struct ps_piece *piece, struct ps_statement *st)
{
    struct buf text = {0};
    struct ps_call call;

    ps_script_fill(piece->text, names, &text);
    st->text = (struct str){arena_dup(c->mem, text.p, text.n), text.n};
    buf_free(&text);
    st->line = piece->line;
    st->ran = st->seen = PS_RAN_MAYBE;
    st->call_state = ps_script_call(st->text, &call);
    st->php = st->call_state != PS_CALL_NONE;
    if (st->php) {
        if (st->call_state == PS_CALL_GOOD) {
            st->call = arena_dup(c->mem, call.name.p, call.name.n);
            st->args = arena_dup(c->mem, call.args.p, call.args.n);
        }
        /* The others are never made. */
        st->repeatable = st->call_state != PS_CALL_GOOD || ps_call_repeatable(st->call);
        st->danger = st->repeatable ? NULL : "it is a function of which nobody knows what it does twice";
        return;
    }
    ps_effect_read(st->text, &st->effect);
    st->repeatable = st->effect.repeatable;
    st->danger = st->effect.why;
}

static int read_script(struct finding_scripts *f, const char *version, const struct ps_names *names, struct err *e)
{
    struct ps_scripts *x = &f->c->scripts;
    const char *rel = arena_printf(f->c->mem, "%s/sql/%s.sql", f->dir, version);
    struct ps_script *script;
    struct ps_pieces pieces = {0};
    struct buf bytes = {0};
    int rc = tree_read(f->tree, rel, PS_SCRIPT_MAX_BYTES, &bytes, e);

    if (rc == 0) {
        script = vec_push(&x->all);
        script->version = version;
        script->file = f->tree == &f->s->tree ? rel : arena_printf(f->c->mem, "%s/%s", f->tree->path, rel);
        script->first = x->statements;
        ps_script_split(buf_str(&bytes), &pieces);
        for (size_t i = 0; i < pieces.all.n; i++)
            read_statement(f->c, names, &pieces.all.v[i], vec_push(&script->all));
        x->statements += script->all.n;
    }
    free(pieces.all.v);
    buf_free(&bytes);
    return rc;
}

static int read_all(struct finding_scripts *f, struct err *e)
{
    const struct ps *ps = f->s->own;
    struct ps_names names = {.prefix = str_of(f->s->prefix), .engine = str_of(ps->engine ? ps->engine : "MyISAM"), .db = ps->params.name};

    if (tree_list(f->tree, arena_printf(f->c->mem, "%s/sql", f->dir), take_name, f, e) < 0)
        return -1;
    if (f->names.n > 1)
        qsort(f->names.v, f->names.n, sizeof *f->names.v, in_order);
    for (size_t i = 0; i < f->names.n; i++)
        if (read_script(f, f->names.v[i], &names, e) < 0)
            return -1;
    return 0;
}

int ps_scripts_read(struct store *s, struct ps_case *c, struct err *e)
{
    struct finding_scripts f = {.s = s, .c = c};
    struct ps_scripts *x = &c->scripts;

    ps_scripts_free(x);
    if (c->from == NULL || c->to == NULL) {
        x->err = arena_printf(c->mem, "the version %s the upgrade is not known", c->from ? "after" : "before");
        return 0;
    }
    if (s->prefix == NULL) {
        x->err = "the prefix of the tables is not known";
        return 0;
    }
    find_dir(&f);
    if (f.tree == NULL) {
        x->err = "the upgrade scripts are not there: neither those of the module autoupgrade nor those of the release";
        return 0;
    }
    x->dir = f.tree == &s->tree ? f.dir : arena_printf(c->mem, "%s/%s", f.tree->path, f.dir);
    x->php_dir = arena_printf(c->mem, "%s/%s/php", f.tree->path, f.dir);
    if (read_all(&f, e) < 0) {
        ps_scripts_free(x);
        x->err = arena_strdup(c->mem, e->text);
        err_clear(e);
    } else {
        ps_scripts_judge(s, c);
    }
    free(f.names.v);
    return 0;
}

void ps_scripts_free(struct ps_scripts *x)
{
    for (size_t i = 0; i < x->all.n; i++) {
        for (size_t k = 0; k < x->all.v[i].all.n; k++)
            ps_effect_free(&x->all.v[i].all.v[k].effect);
        free(x->all.v[i].all.v);
    }
    free(x->all.v);
    ps_proof_free(x->proof);
    memset(x, 0, sizeof *x);
}
