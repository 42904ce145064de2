/*
 * What every unit test is linked with besides the code under test.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void mem_exhausted(void)
{
    fputs("unit test: memory is exhausted\n", stderr);
    abort();
}
