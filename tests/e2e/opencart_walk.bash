# shellcheck shell=bash
# What is OpenCart's own in walks through its broken stores. Sourced by opencart_FAMILY.bats; WALK is the family's name.
#
# OpenCart keeps no list of the steps it has done and makes no backup: the way is always forward, and where the store has the new files no more, the
# user names the release. See tests/stores/opencart/stops for what the points say.

. "$TOOLKIT_SRC/tests/e2e/sides_walk.bash"
# shellcheck disable=SC2034 # for walk.bash
GENERATOR=$TOOLKIT_SRC/tests/stores/opencart
WALK_EVERY=${WALK_EVERY:-40}
export WALK_EVERY

# An upgrade without an interruption, once with the storage in the store and once with it elsewhere
opencart_setup_file() {
    sides_setup_file
    if [ -z "${WALK_SKIP:-}" ] && grep -q '^moved:' "$WALK_DIR/sample"; then
        walk_make moved:none hard
        sides_digest new >"$WALK_DIR/new-moved"
    fi
}

# Options that the user adds at this point. The code of 2.x wants a PHP of its days: here it is the one that is there, under an older number.
opencart_options() {
    options=()
    case $point in
        logged:*) options=(--access-log "$WALK_DIR/access.log") ;;
    esac
    case $WALK in
        2.*)
            if [ ! -e "$WALK_DIR/php7.4" ]; then
                cat >"$WALK_DIR/php7.4" <<'PHP'
#!/usr/bin/env bash
words=("${@//PHP_VERSION_ID/70433}")
exec php "${words[@]//,PHP_VERSION)/,\'7.4.33\')}"
PHP
                chmod 755 "$WALK_DIR/php7.4"
            fi
            options+=(--php "$WALK_DIR/php7.4")
            ;;
    esac
}

walk_toolkit() {
    status=0
    timeout 120 "$TOOLKIT" -C "$WALK_DIR/site/shop" "${options[@]}" "$@" >"$WALK_DIR/out" 2>"$WALK_DIR/err" </dev/null || status=$?
}

# A visitor of the shop, and of its back office from the folder that it lies in
sides_answer() {
    (cd "$WALK_DIR/site/shop/$(dirname "$1")" && php -d display_errors=0 "$(basename "$1")" 2>/dev/null | sed -n '1s/^HTTP //p')
}

sides_serves() {
    local page answer
    for page in index.php "$(cd "$WALK_DIR/site/shop" && echo *admin/index.php)"; do
        answer=$(sides_answer "$page")
        [ "$answer" = 200 ] || walk_complain "$page answers ${answer:-nothing}"
    done
}

sides_reference() {
    local name=$1
    [ "$name" = before ] && name=before-all
    case $point-$name in
        moved:*-new) name=new-moved ;;
    esac
    cp "$WALK_DIR/$name" "$WALK_DIR/reference"
    sides_allow "$WALK_DIR/reference"
}

sides_allow() {
    case $point in
        # Somebody had taken the column away, and it is one of those that the new version does not need
        *error:8) sed -i '/^column [a-z]*_cart\.recurring_id /d' "$1" ;;
    esac
    # A key of a column that the new version has no use for: the upgrade drops it, and leaves the column
    sed -i '/^key [a-z]*_seo_url\.query /d' "$1"
    # What the toolkit keeps beside the live tables
    sed -i '/^[a-z]* _tk/d' "$1"
}

sides_prepare() { :; }

# Logs and answers were named, and kept, to find out where it had stopped; of what the toolkit did they know nothing, and the toolkit has its own notes.
sides_after() {
    case $point in
        logged:* | saved:*)
            sides_settled
            point=${point#*:}
            opencart_options
            point=known:$point
            rm -f "$WALK_DIR/site/shop/upgrade-answers.txt"
            ;;
    esac
}
sides_own() { return 1; }

sides_untouched() {
    cmp -s "$WALK_DIR/refused" "$WALK_DIR/broken.new"
}

opencart_resume() {
    if [ "$forward" = source ] || [ "$forward" = blind ]; then
        [ "$forward" = blind ] || sides_refuses
        options+=(--source "$WALK_DIR/release")
        forward=safe
    fi
    sides_resume
}

# The upgrade itself has destroyed something: that is said before what is left of it goes
opencart_lost() {
    walk_toolkit --yes resume
    [ "$status" != 0 ] || walk_complain 'resume went on over what was destroyed'
    grep -q 'image of a banner' "$WALK_DIR/out" "$WALK_DIR/err" || walk_complain 'resume does not say what was destroyed'
    mariadb_sql "$WALK_DIR" shop <<<"SHOW TABLES LIKE '%banner_image_description'" | grep -q banner || walk_complain 'what was left of it is gone'
    walk_toolkit --yes resume --again
    sides_done 'resume --again'
    sides_serves
    sides_settled
}

# The new version stands, and copies of old code are in its way
opencart_cache() {
    sides_digest new >"$WALK_DIR/broken.new"
    [ "$(sides_answer index.php)" = 500 ] || walk_complain 'the shop answers, though stale copies were put in its way'
    walk_toolkit diagnose
    [ "$status" = 1 ] || walk_complain "diagnose ends with $status over stale copies"
    grep -q 'stale cop' "$WALK_DIR/out" || walk_complain 'diagnose does not tell of the stale copies'
    grep -q 'cache clear' "$WALK_DIR/out" || walk_complain 'diagnose does not name what cures them'
    sides_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'diagnose has changed the store'
    walk_toolkit --yes cache clear
    sides_done 'cache clear'
    sides_reference new
    sides_compare new 'the store differs from one that was never interrupted' || return 0
    sides_serves
    sides_settled
}

# A store without its configuration shows the installer to everybody: that is said, and nothing is run
opencart_hint() {
    sides_digest new >"$WALK_DIR/broken.new"
    walk_toolkit diagnose
    [ "$status" != 0 ] || walk_complain 'diagnose finds nothing'
    grep -q 'config\.php.*empty\|empty.*config\.php' "$WALK_DIR/out" "$WALK_DIR/err" || walk_complain 'diagnose does not say that config.php is empty'
    walk_toolkit --yes resume
    [ "$status" = 1 ] || walk_complain "resume ends with $status over a store without its configuration"
    grep -q 'config\.php is empty' "$WALK_DIR/out" "$WALK_DIR/err" || walk_complain 'resume does not say that config.php is empty'
    sides_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'resume has changed a store without its configuration'
}

# A release that the user names begins no upgrade: that is for the shop's owner to do, who has a backup made before
opencart_unseen() {
    walk_toolkit --yes resume --source "$WALK_DIR/release"
    sides_done 'resume of a store that shows no upgrade'
    sides_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'resume has begun an upgrade that nothing shows'
}

# The installer lies there, and nothing else tells of the release that it came with: that is asked for
opencart_gone() {
    sides_digest new >"$WALK_DIR/broken.new"
    walk_toolkit diagnose
    [ "$status" = 1 ] || walk_complain "diagnose ends with $status over an installer of another release"
    grep -q 'resume --source FILE' "$WALK_DIR/out" || walk_complain 'diagnose does not ask for the release'
    walk_toolkit --yes resume
    [ "$status" = 1 ] || walk_complain "resume ends with $status without the release"
    sides_digest new | cmp -s - "$WALK_DIR/broken.new" || walk_complain 'resume has changed the store without the release'
    options+=(--source "$WALK_DIR/release")
    forward=safe
    sides_resume
}

walk_point() {
    local point=$1 kill=$2 expected=$3 rescue=$4 forward=$5 advice found options
    opencart_options
    if ! walk_make "$point" "$kill" >"$WALK_DIR/out" 2>&1; then
        walk_complain "the store could not be made: $(cat "$WALK_DIR/out")"
        return
    fi
    case $rescue in
        hint) opencart_hint ;;
        cache) opencart_cache ;;
        gone) opencart_gone ;;
    esac
    case $rescue in
        hint | cache | gone) return ;;
    esac
    sides_diagnose "$expected"
    case $rescue in
        none) : ;;
        unseen) opencart_unseen ;;
        open) sides_open ;;
        resume) opencart_resume ;;
        lost) opencart_lost ;;
    esac
}
