# The C library itself; its bin/musl-gcc compiles everything else of this flavour.
# shellcheck shell=bash
"$SRC/configure" --disable-shared --prefix="$PREFIX" --syslibdir="$PREFIX/lib" CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS"
$MAKE
$MAKE install
