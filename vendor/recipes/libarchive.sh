# Every optional library is off but zlib and bzip2, so the build is the same on every machine. The writers and the readers
# nobody asks for stay in the library and out of the binary: the linker takes only what is called.
# shellcheck shell=bash
target=()
# programs made for musl are not run while configuring
[ "$FLAVOUR" != musl ] || target=(--host="$(uname -m)-linux-musl")
"$SRC/configure" --prefix="$PREFIX" "${target[@]}" --disable-shared --enable-static --disable-dependency-tracking \
    --disable-bsdtar --disable-bsdcpio --disable-bsdcat --disable-bsdunzip --disable-acl --disable-xattr \
    --without-lz4 --without-zstd --without-lzma --without-lzo2 --without-libb2 --without-cng --without-openssl \
    --without-nettle --without-mbedtls --without-xml2 --without-expat --without-libiconv-prefix --without-iconv \
    CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS" CPPFLAGS="-I$PREFIX/include" LDFLAGS="-L$PREFIX/lib"
grep -q '^#define HAVE_LIBZ 1' config.h
grep -q '^#define HAVE_LIBBZ2 1' config.h
# its own make goes through libtool, a shell script per file that takes longer than the compiler
compile -O2 -DHAVE_CONFIG_H -I. -I"$PREFIX/include" "$SRC"/libarchive/*.c
archive libarchive.a
headers "$SRC/libarchive/archive.h" "$SRC/libarchive/archive_entry.h"
