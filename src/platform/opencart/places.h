/* From constants of a configuration to the places of a store, private to this folder. */
#ifndef PLATFORM_OPENCART_PLACES_H
#define PLATFORM_OPENCART_PLACES_H

#include "platform/opencart/oc.h"

/* Sets root and all places of struct oc, and opens store->aside. Adds to config_note what is odd of them. */
void oc_find_places(struct store *s, const struct oc_config *c);
/* Adds to config_note that the two files name different storages. */
void oc_compare_storage(struct store *s, const struct oc_config *catalog, const struct oc_config *back);

/* A folder below the store, or below store->aside. */
struct oc_place {
    const char *dir;
    bool aside;
};

/* Of one kind: where the configuration has it (dir may be NULL), when that can be reached, and the folders where it is in shops that leave it as it is, at most
 * two and NULL at the end. The count. */
#define OC_PLACES 3
size_t oc_places(const struct store *s, const char *dir, bool aside, const char *const *usual, struct oc_place out[OC_PLACES]);

#endif
