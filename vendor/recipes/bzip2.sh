# BZ_NO_STDIO leaves out the file functions; the library then asks for bz_internal_error, which ends the process:
# it is called only when bzip2's own invariants are broken.
# shellcheck shell=bash
printf '#include <stdlib.h>\nvoid bz_internal_error(int code);\nvoid bz_internal_error(int code)\n{\n    (void)code;\n    abort();\n}\n' \
    >internal_error.c
compile -O2 -DBZ_NO_STDIO "$SRC"/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib}.c internal_error.c
archive libbz2.a
headers "$SRC/bzlib.h"
