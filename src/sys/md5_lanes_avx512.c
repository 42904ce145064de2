/* 16 messages side by side; compiled for AVX-512, called only where cpuid names it. */
#if defined(__x86_64__)
#define LANES 16
#define NAME  md5_lanes_x16
#include "sys/md5_lanes_body.h"
#else
typedef int md5_lanes_avx512_is_for_x86; /* a file must not be empty */
#endif
