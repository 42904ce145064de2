# Every C file compiles on its own with the same options. What the processor can do is asked at run time.
# shellcheck shell=bash
mapfile -t files < <(find "$SRC/src" -name '*.c' | sort)
compile -O2 -I"$SRC/inc" -I"$SRC/src" -DBR_USE_URANDOM=1 -DBR_USE_UNIX_TIME=1 "${files[@]}"
archive libbearssl.a
headers "$SRC"/inc/*.h
