# Inflate, deflate and checksums in memory; the gz* file functions are left out.
# shellcheck shell=bash
compile -O2 -DHAVE_UNISTD_H=1 -DHAVE_STDARG_H=1 "$SRC"/{adler32,compress,crc32,deflate,infback,inffast,inflate,inftrees,trees,uncompr,zutil}.c
archive libz.a
headers "$SRC/zlib.h" "$SRC/zconf.h"
