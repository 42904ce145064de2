#include "format/xc_upgrade_text.h"

#include "base/ascii.h"

/* STR for tables: a compound literal is no constant. */
#define WORDS(literal)                                                                                       \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }

/* The rest of the text is a value in quotes; the closing one is missing when the write was cut. */
static struct str unquote(struct str s)
{
    str_skip(&s, STR("\""));
    str_chop(&s, STR("\""));
    return s;
}

/* Takes `<value><end>` off the front of *s; false leaves *s as it was. */
static bool upto(struct str *s, struct str end, struct str *value)
{
    size_t at = str_find(*s, end, 0);

    if (at == SIZE_MAX)
        return false;
    *value = str_sub(*s, 0, at);
    *s = str_sub(*s, at + end.n, s->n);
    return true;
}

struct pathed {
    struct str words;
    enum xc_upgrade_kind kind;
};

/* Texts of the form `<words>"<path>"`. */
static bool read_pathed(struct xc_upgrade_record *r, const struct pathed *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_starts(r->text, list[i].words)) {
            r->kind = list[i].kind;
            r->path = unquote(str_sub(r->text, list[i].words.n, r->text.n));
            return true;
        }
    }
    return false;
}

/* "upgrade/", a version, a file name: nothing longer is a hook's path. */
#define HOOK_PATH_MAX ((size_t)512)
/* A line of the upgrader has a path and a few words; longer texts are not looked through for its shapes. */
#define TRANSLATED_MAX ((size_t)8 * 1024)

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

static bool is_version_part(struct str s, bool dot_needed)
{
    size_t dot = str_chr(s, '.', 0);

    if (dot == SIZE_MAX)
        return !dot_needed && is_digits(s);
    return is_digits(str_sub(s, 0, dot)) && is_digits(str_sub(s, dot + 1, s.n));
}

/* Takes the last part of a path off. */
static struct str last_part(struct str *s)
{
    size_t n = s->n;
    struct str part;

    while (n > 0 && s->p[n - 1] != '/' && s->p[n - 1] != '\\')
        n--;
    part = str_sub(*s, n, s->n);
    s->n = n > 0 ? n - 1 : 0;
    return part;
}

struct str xc_upgrade_hook_tail(struct str path)
{
    static const struct str none = {NULL, 0};
    struct str rest = path;
    struct str file = last_part(&rest);
    struct str minor = last_part(&rest);
    struct str major = last_part(&rest);
    struct str folder = last_part(&rest);

    if (file.n <= 4 || !str_ends(file, STR(".php")) || !is_version_part(minor, false) ||
        !is_version_part(major, true) || !str_is(folder, "upgrade"))
        return none;
    return str_sub(path, (size_t)(major.p - path.p), path.n);
}

struct str xc_upgrade_hook_in(struct str text)
{
    for (size_t at = 0; (at = str_find(text, STR("upgrade"), at)) != SIZE_MAX; at++) {
        size_t end = str_find(str_sub(text, 0, at + HOOK_PATH_MAX), STR(".php"), at);

        if (end != SIZE_MAX) {
            struct str tail = xc_upgrade_hook_tail(str_sub(text, at, end + 4));

            if (tail.n > 0)
                return tail;
        }
    }
    return (struct str){NULL, 0};
}

static void read_progress(struct xc_upgrade_record *r)
{
    struct str s = r->progress;
    struct str max = {NULL, 0};
    struct str position = str_cut(s, '/', &max);

    if (max.p != NULL) {
        struct str share;

        max = str_cut(max, ' ', &share);
        if (!str_u64(max, UINT64_MAX, &r->max))
            return;
    }
    r->has_position = str_u64(position, UINT64_MAX, &r->position);
    if (!r->has_position)
        r->max = 0;
}

/* `<entry>:<file>` and, from 5.2.7 or so, ` (<progress>)`. */
static bool read_hook(struct xc_upgrade_record *r, struct str s)
{
    static const struct str mark = WORDS(".php (");
    size_t at = SIZE_MAX;

    if (!upto(&s, STR(":"), &r->entry))
        return false;
    for (size_t next = 0; (next = str_find(s, mark, next)) != SIZE_MAX; next++)
        at = next;
    if (at != SIZE_MAX) {
        r->progress = str_sub(s, at + mark.n, s.n);
        r->has_progress = str_chop(&r->progress, STR(")"));
        if (r->has_progress)
            read_progress(r);
        s.n = at + 4;
    }
    r->path = s;
    r->hook = xc_upgrade_hook_tail(s);
    return true;
}

static void read_c(struct xc_upgrade_record *r)
{
    struct str s = r->text;

    if (str_skip(&s, STR("Core pack (v."))) {
        if (!upto(&s, STR(") is "), &r->version))
            return;
        if (str_skip(&s, STR("received: ")))
            r->kind = XC_UP_PACK_RECEIVED;
        else if (str_skip(&s, STR("not received: ")))
            r->kind = XC_UP_PACK_MISSING;
        else
            return;
        r->entry = STR("Core");
        r->path = unquote(s);
    } else if (str_skip(&s, STR("Common update hook 'add_labels' is run for "))) {
        r->kind = XC_UP_LABELS;
        if (str_chop(&s, STR(" (labels were uploaded)")))
            r->labels = XC_LABELS_LOADED;
        else if (str_chop(&s, STR(" (labels were not uploaded)")))
            r->labels = XC_LABELS_NONE_NEW;
        r->entry = str_cut(s, ' ', &s);
    }
}

static void read_m(struct xc_upgrade_record *r)
{
    struct str s = r->text;
    struct str name;

    if (str_starts(s, STR("Marketplace ["))) {
        r->kind = XC_UP_NOISE;
    } else if (str_skip(&s, STR("Module pack (\""))) {
        if (!upto(&s, STR("\") is "), &name))
            return;
        if (str_skip(&s, STR("received: ")))
            r->kind = XC_UP_PACK_RECEIVED;
        else if (str_skip(&s, STR("not received: ")))
            r->kind = XC_UP_PACK_MISSING;
        else
            return;
        r->entry = name;
        r->path = unquote(s);
    } else if (str_skip(&s, STR("Module ("))) {
        if (!upto(&s, STR(") not found on marketplace"), &name))
            return;
        r->kind = XC_UP_MODULE_UNKNOWN;
        r->entry = str_cut(name, ' ', &r->version);
        str_skip(&r->version, STR("v"));
        str_skip(&s, STR(" (hash is not received): "));
        r->path = unquote(s);
    }
}

static void read_hash(struct xc_upgrade_record *r)
{
    struct str s = r->text;
    bool empty = str_skip(&s, STR("Unable to read hash file for "));
    bool installed;
    enum xc_upgrade_kind kind;
    struct str entry;

    if (!empty && !str_skip(&s, STR("Hash file for ")))
        return;
    installed = str_skip(&s, STR("installed entry \""));
    if (!installed && !str_skip(&s, STR("new entry \"")))
        return;
    if (!upto(&s, STR("\""), &entry))
        return;
    if (empty)
        kind = XC_UP_HASH_EMPTY;
    else if (str_starts(s, STR(" has a wrong format")))
        kind = XC_UP_HASH_BROKEN;
    else
        kind = installed ? XC_UP_HASH_OLD_ABSENT : XC_UP_HASH_ABSENT;
    r->kind = kind;
    r->entry = entry;
    if (upto(&s, STR(": \""), &entry))
        r->path = unquote(s);
}

static void read_f(struct xc_upgrade_record *r)
{
    static const struct pathed list[] = {
        {WORDS("File is updated: "), XC_UP_FILE_UPDATED},
        {WORDS("File is added: "), XC_UP_FILE_ADDED},
        {WORDS("File is deleted: "), XC_UP_FILE_DELETED},
        {WORDS("File is not readable: "), XC_UP_FILE_UNREADABLE},
    };

    if (!read_pathed(r, list, sizeof list / sizeof *list) &&
        str_starts(r->text, STR("Files cannot be updated")))
        r->kind = XC_UP_FILES_FAILED;
}

static void read_u(struct xc_upgrade_record *r)
{
    static const struct pathed list[] = {
        {WORDS("Unable to update file: "), XC_UP_UPDATE_FAILED},
        {WORDS("Unable to add file: "), XC_UP_ADD_FAILED},
        {WORDS("Unable to delete file: "), XC_UP_DELETE_FAILED},
        {WORDS("Unable to delete directory: "), XC_UP_DIR_KEPT},
        {WORDS("Unable to read file while adding: "), XC_UP_ADD_UNREADABLE},
        {WORDS("Unable to read file while updating: "), XC_UP_UPDATE_UNREADABLE},
    };
    struct str s = r->text;

    if (str_skip(&s, STR("Update hook is run: "))) {
        if (read_hook(r, s))
            r->kind = XC_UP_HOOK;
    } else if (!read_pathed(r, list, sizeof list / sizeof *list)) {
        read_hash(r);
    }
}

/* Texts without values, by how they start. */
static void read_fixed(struct xc_upgrade_record *r)
{
    static const struct pathed list[] = {
        {WORDS("Trying to unpack non-downloaded archives"), XC_UP_UNPACK_FAILED},
        {WORDS("Trying to run pre-upgrade hooks"), XC_UP_PRE_FAILED},
        {WORDS("Trying to perform upgrade"), XC_UP_FILES_FAILED},
        {WORDS("Pre-upgrade hooks cannot be run"), XC_UP_PRE_FAILED},
        {WORDS("not all upgrade packs were downloaded"), XC_UP_DOWNLOAD_FAILED},
        {WORDS("not ready to download packs"), XC_UP_DOWNLOAD_FAILED},
        {WORDS("not all archives were unpacked"), XC_UP_UNPACK_FAILED},
        {WORDS("unable to test files"), XC_UP_TEST_FAILED},
        {WORDS("unable to install"), XC_UP_TEST_FAILED},
        {WORDS("unknown error"), XC_UP_UNKNOWN_ERROR},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (str_starts(r->text, list[i].words))
            r->kind = list[i].kind;
}

static bool is_name(char c)
{
    return ascii_is_alnum(c) || c == '_';
}

/* The entry that s ends with, or empty. */
static struct str entry_at_end(struct str s)
{
    size_t n = s.n;
    size_t slash;

    while (n > 0 && (is_name(s.p[n - 1]) || s.p[n - 1] == '\\'))
        n--;
    s = str_sub(s, n, s.n);
    slash = str_chr(s, '\\', 0);
    if (str_is(s, "Core"))
        return s;
    if (slash == SIZE_MAX || slash == 0 || slash + 1 == s.n || str_chr(s, '\\', slash + 1) != SIZE_MAX)
        return (struct str){NULL, 0};
    return s;
}

/* `<words><entry>:<file>` in any language. File lines have their path in quotes and no entry. */
static bool translated_hook(struct xc_upgrade_record *r)
{
    struct str s = r->text;

    for (size_t at = 0; (at = str_chr(s, ':', at)) != SIZE_MAX; at++) {
        struct str entry = entry_at_end(str_sub(s, 0, at));
        struct xc_upgrade_record seen = *r;

        if (entry.n == 0 || !read_hook(&seen, str_sub(s, at - entry.n, s.n)) || seen.hook.n == 0)
            continue;
        *r = seen;
        r->kind = XC_UP_HOOK;
        return true;
    }
    return false;
}

static bool translated_labels(struct xc_upgrade_record *r)
{
    struct str s = r->text;

    if (!str_has(s, STR("'add_labels'")) && !str_has(s, STR("add_labels")))
        return false;
    while (s.n > 0) {
        struct str word = str_cut(s, ' ', &s);
        struct str entry = entry_at_end(word);

        if (entry.n == word.n && entry.n > 0) {
            r->kind = XC_UP_LABELS;
            r->entry = entry;
            return true;
        }
    }
    return false;
}

/* Lines that end with a path in quotes. */
static void translated_path(struct xc_upgrade_record *r)
{
    struct str s = r->text;
    struct str before;
    struct str version;
    struct str name;
    size_t open;

    if (!str_chop(&s, STR("\"")) || (open = str_rchr(s, '"')) == SIZE_MAX)
        return;
    before = str_sub(s, 0, open);
    s = str_sub(s, open + 1, s.n);
    if (!upto(&before, STR("\""), &name)) {
        /* A core pack's line has its version in brackets and one path. */
        if (str_ends(s, STR(".gz")) && upto(&before, STR("(v."), &name) &&
            upto(&before, STR(")"), &version)) {
            r->kind = XC_UP_PACK_RECEIVED;
            r->entry = STR("Core");
            r->version = version;
        }
    } else if (upto(&before, STR("\""), &name) && name.n > 0 && entry_at_end(name).n == name.n) {
        if (str_ends(s, STR(".gz")))
            r->kind = XC_UP_PACK_RECEIVED;
        else if (str_has(s, STR("var/tmp/")))
            r->kind = XC_UP_UNPACKED;
        else
            return;
        r->entry = name;
    }
    if (r->kind != XC_UP_OTHER || str_has(s, STR("/")))
        r->path = s;
}

static void read_translated(struct xc_upgrade_record *r)
{
    if (r->text.n > TRANSLATED_MAX)
        return;
    if (!translated_hook(r) && !translated_labels(r))
        translated_path(r);
    r->translated = r->kind != XC_UP_OTHER;
}

void xc_upgrade_text_read(struct xc_upgrade_record *r)
{
    static const struct pathed folders[] = {{WORDS("Directory is deleted: "), XC_UP_DIR_DELETED}};
    struct str s = r->text;

    r->kind = XC_UP_OTHER;
    switch (s.n > 0 ? s.p[0] : '\0') {
    case 'F':
        read_f(r);
        break;
    case 'M':
        read_m(r);
        break;
    case 'U':
        read_u(r);
        break;
    case 'D':
        read_pathed(r, folders, 1);
        break;
    case 'C':
        read_c(r);
        break;
    case 'E':
        if (str_skip(&s, STR("Entry \"")) && upto(&s, STR("\" archive is unpacked: "), &r->entry)) {
            r->kind = XC_UP_UNPACKED;
            r->path = unquote(s);
        }
        break;
    case 'S':
        if (str_skip(&s, STR("Size of the entry \"")) && upto(&s, STR("\" pack is zero"), &r->entry))
            r->kind = XC_UP_PACK_EMPTY;
        break;
    case 'H':
        read_hash(r);
        break;
    default:
        read_fixed(r);
        break;
    }
    if (r->kind == XC_UP_OTHER) {
        r->entry = (struct str){NULL, 0};
        r->path = (struct str){NULL, 0};
        r->version = (struct str){NULL, 0};
        if (r->type == XC_LOG_INFO)
            read_translated(r);
    }
}
