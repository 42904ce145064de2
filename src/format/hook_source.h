/*
 * Whether an upgrade hook that may have run already can be run again. Hooks of X-Cart 5 are PHP files that
 * return a closure; most only load a YAML file next to them, which inserts what is missing and sets what is
 * there.
 */
#ifndef FORMAT_HOOK_SOURCE_H
#define FORMAT_HOOK_SOURCE_H

#include "base/str.h"

/*
 * True only when the closure does nothing but this, in any order:
 *   \XLite\Core\Database::getInstance()->loadFixturesFromYaml(FILE);
 *   \XLite\Core\Database::getEM()->flush();    ...->clear();
 *   \XLite\Core\Translation::getInstance()->reset();    ...->loadLabelsFromYaml(FILE);
 *   $file = FILE;    return;    return null;
 *   if (\Includes\Utils\FileManager::isFileReadable(FILE)) { ... } else { ... }
 *     (also with "!", and with isFile or isExists)
 * where FILE is made of strings, __DIR__, LC_ constants, DIRECTORY_SEPARATOR and variables
 * set like that, joined by dots. All else is false, and why is then set to the statement in question as it
 * stands in the source (cut to one line), or to words of our own when the file as a whole is not of this
 * form. why may be NULL.
 */
bool hook_source_is_repeatable(struct str php, struct str *why);

/*
 * Whether the hook's function can return something other than null, and so may ask for further calls (5.2.7
 * and later). True when in doubt.
 */
bool hook_source_may_iterate(struct str php);

#endif
