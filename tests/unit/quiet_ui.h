/* Work that shows itself to nobody. */
#ifndef TESTS_QUIET_UI_H
#define TESTS_QUIET_UI_H

#include "rescue/work.h"

extern const struct work_ui quiet_ui;

#endif
