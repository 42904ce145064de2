/* Which extensions came with OpenCart, private to this folder. */
#ifndef PLATFORM_OPENCART_ADDONS_OWN_H
#define PLATFORM_OPENCART_ADDONS_OWN_H

#include "platform/opencart/oc.h"
#include "platform/opencart/rows.h"

/* "type/code" of an extension that some release of 2.0 to 3.0.5 brought. */
bool oc_is_own_extension(const char *name);
/* Whether what an event, a startup or a cron entry calls is the release's own. */
bool oc_is_own_route(struct arena *mem, struct str route);
/* The same of an event: what calls the shop's own code is not its own for that. */
bool oc_is_own_event(struct arena *mem, struct str code, struct str route);

/* In front of the trigger of an event that is switched off, where events have no status (up to 2.2). */
#define OC_EVENT_OFF "toolkit-off/"

/* addons_rows.c: the rows by which an add-on is on; *n of them, at most two. ERR_ABSENT: its kind is not known here. */
int oc_addon_rows(struct store *s, const char *name, struct oc_rows sets[2], size_t *n, struct err *e);
/* Those of all events whose codes are listed, of all modifications. */
int oc_event_rows(struct store *s, const char *const *codes, size_t n_codes, struct oc_rows *set, struct err *e);
void oc_modification_rows(struct oc_rows *set);
/* Switches on what was not switched off by the toolkit. ERR_ABSENT: there is nothing that could be. */
int oc_addon_force(struct store *s, const char *name, struct err *e);
/* The column by which a modification is called: "code", in 2.0.0 "name", for there code is the XML. */
int oc_modification_code(struct store *s, const char **column, struct err *e);

/* addons.c: 1 when a setting of a module's own says that it is on, 0 off, -1 when it says nothing; *at is where the value stands in it. */
int oc_module_status(struct str setting, size_t *at);
/* The key of the setting by which an extension is on. */
const char *oc_status_key(const struct store *s, struct arena *mem, struct str type, struct str code);

#endif
