/* Loading language files, private to this folder. */
#ifndef PLATFORM_CSCART_LANGS_H
#define PLATFORM_CSCART_LANGS_H

#include "format/po.h"
#include "platform/cscart/cs.h"

/* What one language's files came to. */
struct cs_langs_result {
    size_t files;
    size_t bad_files;
    uint64_t added;    /* texts */
    uint64_t there;    /* texts left alone, since they are there already */
    uint64_t settings; /* names and notes of settings and add-ons written */
    uint64_t unknown;  /* of settings this store does not have */
    uint64_t refused;  /* names that can't be stored */
};

/* One load of a language: a session of its own, the names that are there, the objects of the settings. */
struct cs_langs;

/* code: two letters. ERR_ABSENT when there is no database. */
int cs_langs_open(struct cs_langs **out, struct store *s, const char *code, bool dry_run, struct err *e);
void cs_langs_close(struct cs_langs *l);

/* Loads one file. A name that is there already keeps its text; what belongs to settings and add-ons is written anew, as an
 * upgrade does it. foreign: the file is of another language, so only names that are missing are taken from it. */
int cs_langs_load(struct cs_langs *l, const struct po *po, bool foreign, struct cs_langs_result *r, struct err *e);

/* langs_settings.c: whether the entry is of a kind that belongs to settings or add-ons, and its row. */
struct cs_settings;
struct cs_settings *cs_settings_read(struct store *s, struct mysql *db, struct err *e);
void cs_settings_free(struct cs_settings *x);
/* The id of an object and its type: 'S' a section, 'O' an option, 'V' a variant; false when the store has none. tooltip: the text
 * is its note. */
bool cs_settings_find(const struct cs_settings *x, const struct str *parts, size_t n, uint64_t *id, char *type, bool *tooltip);

#endif
