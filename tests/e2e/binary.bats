#!/usr/bin/env bats
# What the release binary promises as a file: one static program, small, the same bytes from the same sources, and in need of
# nothing on the machine it is carried to.

setup() {
    [ "$TOOLKIT" = "$TOOLKIT_STATIC" ] || skip "looks at the release binary alone"
    cd "$BATS_TEST_TMPDIR"
}

# none GREP-ARGUMENT...: fails, and shows the lines, when grep finds any. (A plain `! grep` never fails a bats test.)
none() {
    if grep "$@"; then
        return 1
    fi
}

@test "the binary asks for no loader and no library" {
    readelf --wide --program-headers --dynamic "$TOOLKIT" >elf
    grep -q 'Advanced Micro Devices X86-64' <(readelf --file-header "$TOOLKIT")
    none INTERP elf
    none NEEDED elf
    none -E 'RPATH|RUNPATH|TEXTREL' elf
}

@test "the binary is hardened: stack not executable, relocations read-only, loads at any address" {
    readelf --wide --program-headers --dynamic "$TOOLKIT" >elf
    grep -q 'GNU_RELRO' elf
    grep -q 'BIND_NOW' elf
    grep -qE 'GNU_STACK .* RW ' elf
    none -E 'LOAD .* RWE ' elf
    readelf --file-header "$TOOLKIT" | grep -qE 'Type: +DYN'
}

@test "the binary is stripped and at most 3 MiB" {
    [ "$(stat -c %s "$TOOLKIT")" -le 3145728 ]
    readelf --wide --sections "$TOOLKIT" | none -E '\.symtab|\.debug|build-id'
}

@test "no path of the machine that built it is in the binary" {
    none -aF "$TOOLKIT_SRC" "$TOOLKIT"
}

@test "runs with an empty environment" {
    env -i "$TOOLKIT" version
}

@test "runs where there is nothing but itself: no /etc, no /proc, no /tmp" {
    mkdir empty
    cp "$TOOLKIT" empty/toolkit
    if [ "$(id -u)" = 0 ]; then
        env -i "$(command -v chroot)" empty /toolkit version
    elif unshare --map-root-user true 2>/dev/null; then
        unshare --map-root-user chroot empty /toolkit version
    else
        skip "neither root nor user namespaces here, so there is no chroot"
    fi
}

@test "version names itself, its commit and every vendored package" {
    "$TOOLKIT" version >out
    version=$(sed -n 's/^VERSION := //p' "$TOOLKIT_SRC/scripts/build.mk")
    commit=$(sed -n 's/.*TOOLKIT_COMMIT "\(.*\)"/\1/p' "$TOOLKIT_SRC/build/gen/version.h")
    grep -qF "$version" out
    grep -qF "$commit" out
    grep -v '^#' "$TOOLKIT_SRC/vendor/packages.lock" | grep . | while IFS=' |' read -r name release _; do
        grep -qF "$name $release" out || { echo "missing: $name $release"; exit 1; }
    done
}

@test "version --licenses prints our licence and those of the vendored packages" {
    "$TOOLKIT" version --licenses >out
    grep -qF 'toolkit authors' out
    grep -v '^#' "$TOOLKIT_SRC/vendor/packages.lock" | grep . | while IFS=' |' read -r name release _; do
        grep -qxF "$name $release" out || { echo "missing: $name $release"; exit 1; }
    done
    grep -qF 'Rich Felker' out
    grep -qF 'Thomas Pornin' out
    grep -qF 'May you do good and not evil' out
    grep -qF 'Jean-loup Gailly' out
    grep -qF 'Julian' out
    grep -qF 'Tim Kientzle' out
    grep -qF 'Ingy' out
}

@test "the same sources give the same bytes in another folder" {
    commit=$(sed -n 's/.*TOOLKIT_COMMIT "\(.*\)"/\1/p' "$TOOLKIT_SRC/build/gen/version.h")
    mkdir -p elsewhere/vendor
    cp -a "$TOOLKIT_SRC"/{toolkit.c,src,scripts,LICENSE} elsewhere/
    cp -a "$TOOLKIT_SRC"/vendor/{packages.lock,recipes,lib.sh,fetch,build-package} elsewhere/vendor/
    cd elsewhere
    make -f scripts/build.mk -j "${JOBS:-2}" release COMMIT="$commit" >log 2>&1 || {
        cat log
        false
    }
    grep 'CC  *toolkit.c' log
    none VENDOR log
    cmp build/toolkit "$TOOLKIT"
}
