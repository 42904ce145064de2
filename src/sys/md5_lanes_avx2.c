/* 8 messages side by side; compiled for AVX2, called only where cpuid names it. */
#if defined(__x86_64__)
#define LANES 8
#define NAME  md5_lanes_x8
#include "sys/md5_lanes_body.h"
#else
typedef int md5_lanes_avx2_is_for_x86; /* a file must not be empty */
#endif
