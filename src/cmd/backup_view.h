/* What backups and inspect print alike: a backup as JSON, its problems, its bar while it is read. */
#ifndef CMD_BACKUP_VIEW_H
#define CMD_BACKUP_VIEW_H

#include "base/progress.h"
#include "cmd/app.h"
#include "rescue/backup.h"

/* A bar for reading backups; watch points into it. */
struct backup_bar {
    struct app *a;
    struct progress bar;
    bool on;
    struct backup_watch watch;
};
void backup_bar_init(struct backup_bar *v, struct app *a);
void backup_bar_drop(struct backup_bar *v);

/* The members of an open object that stands for the backup. */
void backup_view_json(struct json *j, const struct backup *b);
/* Its problems, one a paragraph. */
void backup_view_problems(struct app *a, const struct backup *b, unsigned indent);
/* "sound", "DAMAGED", "not read". */
const char *backup_view_sound(const struct backup *b, enum term_style *style);

#endif
