#include "platform/platform.h"

extern const struct platform cscart, opencart, prestashop, xcart5;

const struct platform *const platform_list[] = {&xcart5, &cscart, &prestashop, &opencart, NULL};
