/*
 * Copies of modified files made anew. The store's code closes the shop while it works and opens it at its end, so what was there is
 * remembered here: an error in a modification would leave the shop closed.
 */
#include "base/plural.h"
#include "platform/opencart/modification.h"

#include <stdlib.h>
#include <string.h>

#define SETTING "config_maintenance"
#define NOTE    "maintenance before the refresh"

struct sources {
    uint64_t rows; /* modifications that are on */
    size_t files;  /* XML beside the code */
};

static int take_file(void *arg, const char *name, unsigned char type, struct err *e)
{
    struct sources *n = arg;

    (void)e;
    n->files += type == DT_REG && (str_ends(str_of(name), STR(".ocmod.xml")) || strcmp(name, "modification.xml") == 0);
    return 0;
}

static int find_sources(struct store *s, struct sources *n, struct err *e)
{
    struct err ignored = {0};
    uint64_t all;

    n->files = 0;
    tree_list(&s->tree, "system", take_file, n, &ignored);
    return oc_modification_rows_count(s, &n->rows, &all, e);
}

/* A run that was killed has noted the older state. */
static int note_gate(struct store *s, struct work *w, struct buf *value, bool *found, struct err *e)
{
    struct buf now = {0};
    int rc;

    *found = w->noted(w, NOTE, value) && value->n > 0;
    if (*found) {
        buf_drop(value, 1);
        return 0;
    }
    buf_reset(value);
    rc = oc_setting_get(s, 0, SETTING, value, found, e);
    if (rc == 0 && *found) {
        buf_addc(&now, '=');
        buf_addstr(&now, buf_str(value));
        rc = w->note(w, NOTE, buf_str(&now), e);
    }
    buf_free(&now);
    return rc;
}

static int gate_back(struct store *s, struct work *w, struct buf *value, struct err *e)
{
    struct buf now = {0};
    bool found;
    int rc = oc_setting_get(s, 0, SETTING, &now, &found, e);

    if (rc == 0 && found && !str_eq(buf_str(&now), buf_str(value)))
        rc = oc_setting_set(s, 0, SETTING, buf_cstr(value), e);
    if (rc == 0)
        rc = w->note(w, NOTE, STR(""), e);
    buf_free(&now);
    return rc;
}

static int refresh(struct store *s, struct work *w, struct err *e)
{
    struct buf before = {0};
    struct err why = {0};
    bool found;
    int rc = note_gate(s, w, &before, &found, e);

    if (rc == 0)
        rc = oc_refresh_call(s, w, e);
    /* Half of the copies is worse than none. */
    if (rc < 0 && e->kind != ERR_ABSENT && oc_modification_clear(s, w, NULL, &why) < 0)
        w->say(w, "%s", why.text);
    if (found && gate_back(s, w, &before, rc < 0 ? &why : e) < 0) {
        if (rc < 0)
            w->say(w, "the shop may be in maintenance still, and that could not be changed: %s", why.text);
        rc = -1;
    }
    buf_free(&before);
    return rc;
}

int oc_refresh(struct store *s, struct work *w, struct err *e)
{
    const struct oc *x = s->own;
    struct sources n;
    size_t copies;

    if (find_sources(s, &n, e) < 0)
        return -1;
    if (x->modification == NULL || n.rows + n.files == 0) {
        w->say(w, "%s; there are no copies to be made anew",
               x->modification == NULL ? "this version knows no modifications" : "no modification is switched on");
        return 0;
    }
    if (w->dry_run) {
        w->say(w, "would make the copies of modified files anew through the store's PHP: %llu modification%s on, %zu file%s of them in system/",
               (unsigned long long)n.rows, plural(n.rows, " that is", "s that are"), n.files, plural(n.files, "", "s"));
        return 0;
    }
    if (refresh(s, w, e) < 0) {
        err_wrap(e, "the copies of modified files could not be made anew; the shop runs on the original files meanwhile");
        /* Caches are empty by now. */
        e->kind = ERR_CHILD;
        return err_fix(e, "look at the last modification in %s/ocmod.log, switch it off (toolkit addons disable modification/CODE) and try again",
                       x->logs ? x->logs : "the logs");
    }
    copies = oc_modification_count(s);
    w->say(w, "%llu modification%s on and %zu file%s of them in system/ gave %zu cop%s of files", (unsigned long long)n.rows,
           plural(n.rows, " that is", "s that are"), n.files, plural(n.files, "", "s"), copies, plural(copies, "y", "ies"));
    return 0;
}
