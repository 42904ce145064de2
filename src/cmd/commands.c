#include "cmd/command.h"

#include <string.h>

extern const struct command cmd_diagnose, cmd_resume, cmd_run, cmd_verify, cmd_backups, cmd_inspect, cmd_restore, cmd_snapshot,
    cmd_cases, cmd_undo, cmd_clean, cmd_labels, cmd_cache, cmd_store, cmd_addons, cmd_version, cmd_help;

/* In the order of a rescue: look, go forward, go back, and what is done to a store beside that. */
const struct command *const command_list[] = {
    &cmd_diagnose, &cmd_resume, &cmd_run,   &cmd_verify, &cmd_backups, &cmd_inspect, &cmd_restore, &cmd_snapshot, &cmd_cases,
    &cmd_undo,     &cmd_clean,  &cmd_labels, &cmd_cache, &cmd_store,   &cmd_addons,  &cmd_version, &cmd_help,     NULL,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; command_list[i]; i++)
        if (strcmp(command_list[i]->name, name) == 0)
            return command_list[i];
    return NULL;
}

/* Longest name that is compared; mistyped words beyond it are near to nothing. */
#define NAME_MAX_LETTERS 16

/* Edits (change, insert, delete a letter) from a to b. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_LETTERS + 1];
    size_t la = strlen(a);
    size_t lb = strlen(b);

    if (la > NAME_MAX_LETTERS || lb > NAME_MAX_LETTERS)
        return NAME_MAX_LETTERS;
    for (size_t k = 0; k <= lb; k++)
        row[k] = k;
    for (size_t i = 1; i <= la; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t k = 1; k <= lb; k++) {
            size_t change = corner + (a[i - 1] != b[k - 1]);
            size_t best = row[k] + 1 < row[k - 1] + 1 ? row[k] + 1 : row[k - 1] + 1;

            corner = row[k];
            row[k] = change < best ? change : best;
        }
    }
    return row[lb];
}

const struct command *command_near(const char *name)
{
    const struct command *near = NULL;
    size_t least = 3;

    for (size_t i = 0; command_list[i]; i++) {
        size_t d = distance(name, command_list[i]->name);

        if (d < least) {
            least = d;
            near = command_list[i];
        }
    }
    return near;
}
