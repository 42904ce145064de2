# shellcheck shell=bash
# What is PrestaShop's own in walks through its broken stores. Sourced by prestashop_FAMILY.bats; WALK is the family's name.

. "$TOOLKIT_SRC/tests/e2e/sides_walk.bash"
# shellcheck disable=SC2034 # for walk.bash
GENERATOR=$TOOLKIT_SRC/tests/stores/prestashop
# A thousand points, each of several seconds
WALK_EVERY=${WALK_EVERY:-66}
export WALK_EVERY

# A module whose own function refuses or throws is switched off, and the upgrade goes on to its end: nothing is left to be rescued
prestashop_setup_file() {
    sides_setup_file
    [ -n "${WALK_SKIP:-}" ] || sed -i '/^modules:[a-z_]*:\(fail\|inside:[0-9]*\terror\)\t/d' "$WALK_DIR/sample"
}

sides_own() {
    case $1 in
        holed:* | edited:*) return 0 ;;
    esac
    return 1
}

# The user gets the language packs on another machine and puts them where the toolkit says
sides_prepare() {
    local pack name shop=$WALK_DIR/site/shop
    for pack in "$WALK_DIR"/packs/*; do
        name=${pack##*/}
        case $name in
            *.zip) name=sf-$name ;;
        esac
        [ -e "$shop/translations/$name" ] || install -D -m 644 "$pack" "$shop/translations/$name"
    done
}

# The module's own way back to the end is no broken upgrade, though texts have suffered by it: the user names the backup
sides_named() {
    [ "$point" != rolledback ] || [ "$forward" != no ] || (cd "$WALK_DIR/site/shop" && echo */autoupgrade/backup/V*)
}

# Of what the command line ran the database tells alone: what is sure is done, up to the first statement that is not
sides_untouched() {
    case $point in
        cli:schema:*) return 0 ;;
    esac
    cmp -s "$WALK_DIR/refused" "$WALK_DIR/broken.new"
}

# The modules up to 6 close no shop: who closed it before an upgrade that came to its end opens it again
sides_after() {
    case $point in
        *finished | *complete:*)
            walk_toolkit --yes store open
            sides_done 'store open'
            ;;
    esac
}

sides_allow() {
    # What the toolkit keeps beside the live tables
    awk '/^(CREATE|rows) / { aside = /[` ]_tk/ } !aside' "$1" >"$1.kept" && mv "$1.kept" "$1"
    # The owner's link leads nowhere, but it is there.
    case $point in
        holed:*) sed -i '/^link img\/cms_link /d' "$1" ;;
    esac
}

sides_serves() {
    local page answer
    for page in index.php "$(cd "$WALK_DIR/site/shop" && echo */ajax-tab.php)"; do
        page=${page/ajax-tab/index}
        answer=$(sides_answer "$page")
        [ "$answer" = 200 ] || walk_complain "$page answers ${answer:-nothing}"
    done
}
