# shellcheck shell=bash
# What is CS-Cart's own in walks through its broken stores. Sourced by cscart_FAMILY.bats; WALK is the family's name.

. "$TOOLKIT_SRC/tests/e2e/sides_walk.bash"
GENERATOR=$TOOLKIT_SRC/tests/stores/cscart

sides_prepare() { :; }
sides_after() { :; }

sides_own() {
    case $1 in
        holed:* | edited:*) return 0 ;;
    esac
    return 1
}

# Takes out of a digest what nobody can bring back here
sides_allow() {
    # The archives of the first upgraders do not hold the files of texts, though packages replace them.
    if [ "$WALK" = 4.3 ] && [ "$rescue" = restore ]; then
        sed -i '/^file var\/langs\//d' "$1"
    fi
    # The first upgraders leave what they copy open to everybody; a rescue keeps the modes of before.
    if [ "$WALK" = 4.3 ]; then
        sed -i 's/^\(file [a-z_]*\.php\) 0666 /\1 0644 /' "$1"
    fi
    # What the package brought nobody knows any more when it is gone, except where only code lies.
    case $point in
        files:refused:*) [ "$rescue" != restore ] || sed -i '/^file new_entry\.php/d' "$1" ;;
    esac
    # A second attempt notes down the modes that the first one had left: which ones were before is known no more.
    case $point in
        twice:* | again:* | mailed:*)
            sed -i 's/^root 0555 /root 0755 /; s/^\(file [a-z_]*\.php\) 0444 /\1 0644 /' "$1"
            ;;
    esac
}

sides_serves() {
    local page answer
    for page in index.php "$(sed -n "s/^\$config\[.admin_index.\]  *= .\([a-z_.]*\).*/\1/p" "$WALK_DIR/site/shop/config.local.php")"; do
        answer=$(sides_answer "$page")
        [ "$answer" = 200 ] || walk_complain "$page answers ${answer:-nothing}"
    done
}

# Before a script that may have run already the texts may be loaded again.
sides_untouched() {
    if [ "$forward" = again ]; then
        diff <(grep post_script "$WALK_DIR/broken.new") <(grep post_script "$WALK_DIR/refused")
    else
        cmp -s "$WALK_DIR/refused" "$WALK_DIR/broken.new"
    fi
}
