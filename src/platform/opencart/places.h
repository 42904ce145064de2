/* From constants of a configuration to the places of a store, private to this folder. */
#ifndef PLATFORM_OPENCART_PLACES_H
#define PLATFORM_OPENCART_PLACES_H

#include "platform/opencart/oc.h"

/* Sets root and all places of struct oc, and opens store->aside. Adds to config_note what is odd of them. */
void oc_find_places(struct store *s, const struct oc_config *c);
/* Adds to config_note that the two files name different storages. */
void oc_compare_storage(struct store *s, const struct oc_config *catalog, const struct oc_config *back);

#endif
