#include "platform/platform.h"

extern const struct platform xcart5;

const struct platform *const platform_list[] = {&xcart5, NULL};
