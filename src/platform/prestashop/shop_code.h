/*
 * The PHP that loads a PrestaShop store for work of ours in its own code, by the rules of php_code.h, for PHP 5.3 to 8. Private to
 * this folder.
 *
 * The work is a class that extends ToolkitShop, with public static function work(); self::$args has its arguments. It ends with
 * self::done() or self::fail(), and says self::call() before it changes anything.
 */
#ifndef PLATFORM_PRESTASHOP_SHOP_CODE_H
#define PLATFORM_PRESTASHOP_SHOP_CODE_H

#include "platform/platform.h"

/*
 * Loads the store as the upgrade module does it – the configuration, an employee, Symfony's kernel from 1.7 on – and runs the class of
 * that name, whose source is given. args are the work's own, NULL at the end, at most SHOP_ARGS_MAX. said may be NULL. Errors as
 * php_call_run.
 */
#define SHOP_ARGS_MAX 8
int ps_shop_call(struct store *s, const char *name, const char *source, const char *const *args, const char *what, struct work *w,
                 struct buf *said, struct err *e);

#endif
