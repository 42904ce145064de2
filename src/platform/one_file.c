#include "platform/one_file.h"

#include "sys/stage.h"

static int open_stage(struct store *s, struct work *w, struct stage *st, struct err *e)
{
    static const struct stage_options opt = {.rehash = true};

    *st = (struct stage){0};
    return stage_open(st, &s->tree, w->undo, &opt, e);
}

static int finish(struct stage *st, int rc, struct err *e)
{
    if (rc == 0)
        rc = stage_commit(st, e);
    stage_close(st);
    return rc;
}

int one_file_put(struct store *s, struct work *w, const char *rel, struct str bytes, struct err *e)
{
    struct stage st;
    int rc = open_stage(s, w, &st, e);

    return finish(&st, rc < 0 ? rc : stage_put_bytes(&st, rel, bytes, NULL, e), e);
}

int one_file_delete(struct store *s, struct work *w, const char *rel, bool prune, struct err *e)
{
    struct stage st;
    int rc = open_stage(s, w, &st, e);

    return finish(&st, rc < 0 ? rc : stage_delete(&st, rel, prune, e), e);
}

int one_file_keep(struct store *s, struct work *w, const char *rel, struct err *e)
{
    struct stage st;
    int rc = open_stage(s, w, &st, e);

    return finish(&st, rc < 0 ? rc : stage_keep(&st, rel, true, e), e);
}
