#include "same_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void same_text(const char *have, const char *want)
{
    if (want == NULL)
        assert_null(have);
    else if (have == NULL)
        fail_msg("nothing instead of \"%s\"", want);
    else
        assert_string_equal(have, want);
}
