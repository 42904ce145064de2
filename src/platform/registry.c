#include "platform/platform.h"

extern const struct platform cscart, xcart5;

const struct platform *const platform_list[] = {&xcart5, &cscart, NULL};
