#include "base/glob.h"

#include <fnmatch.h>
#include <stddef.h>

bool glob_any(const char *const *patterns, const char *path)
{
    for (; patterns && *patterns; patterns++)
        if (fnmatch(*patterns, path, FNM_LEADING_DIR) == 0)
            return true;
    return false;
}
