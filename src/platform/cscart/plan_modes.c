/* The upgrader's own check opens files to everybody before it says a word of what it lacks; hosts that run PHP as the owner
 * then answer with error 500. */
#include "platform/cscart/plan_case.h"

size_t cs_open_modes(struct store *s, struct plan *p)
{
    const struct cs *cs = s->own;
    const char *const names[] = {"index.php", cs->admin, cs->vendor, "api.php", "upgrades", ""};
    struct buf which = {0};
    size_t found = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err ignored = {0};
        struct stat st;
        bool there = names[i][0] ? tree_stat(&s->tree, names[i], &st, &ignored) == 0
                                 : s->tree.ops->fstat(s->tree.fd, &st) == 0;

        if (!there || S_ISLNK(st.st_mode) || (st.st_mode & S_IWOTH) == 0)
            continue;
        /* 0666 is what the shop's own settings give to files it copies; 0777 on a file is what the check leaves. */
        found += S_ISDIR(st.st_mode) || (st.st_mode & S_IXOTH) != 0;
        buf_printf(&which, "%s%s (%04o)", which.n > 0 ? ", " : "", names[i][0] ? names[i] : "the root folder",
                   (unsigned)(st.st_mode & 07777));
    }
    if (p != NULL && which.n > 0) {
        struct finding *f = plan_finding(p, FINDING_WARNING, "modes_open", "everybody can write %s", buf_cstr(&which));

        f->detail = "The upgrade opened this and puts it back only when it ends well. Servers that run PHP as the owner of the files "
                    "answer with error 500 then.";
        f->fix = "resume and restore both put the modes right";
        f->source = ".";
    }
    buf_free(&which);
    return found;
}
