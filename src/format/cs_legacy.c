#include "format/cs_legacy.h"

#include "format/php_literal.h"
#include "format/xml_scan.h"

#include <stdlib.h>
#include <string.h>

/* More files than a whole shop has three times over. */
#define FILES_MAX  ((size_t)100000)
#define MD5_DIGITS 32

static bool is_md5(struct str s)
{
    uint8_t bytes[MD5_DIGITS / 2];

    return str_unhex(s, bytes, sizeof bytes);
}

struct uc {
    struct cs_package *out;
    struct arena *a;
    bool in_section;
    bool in_item;
    enum cs_file_status status;
    struct cs_file file;
};

static void begin(struct uc *u, const struct xml_scan *x)
{
    static const char *const sections[] = {"original_files", "deleted_files", "new_files"};
    struct str path;

    if (u->in_section && str_is(x->name, "item")) {
        u->in_item = true;
        u->file = (struct cs_file){.status = u->status};
        if (xml_scan_attr(x, "file", &path))
            u->file.path = (struct str){arena_dup(u->a, path.p, path.n), path.n};
        return;
    }
    for (int i = 0; i < 3; i++)
        if (str_is(x->name, sections[i])) {
            u->in_section = true;
            u->status = (enum cs_file_status)i;
        }
}

static void end(struct uc *u, struct str name)
{
    if (!u->in_item) {
        if (str_ends(name, STR("_files")))
            u->in_section = false;
        return;
    }
    if (!str_is(name, "item"))
        return;
    u->in_item = false;
    if (!str_is_safe_path(u->file.path) || (u->file.hash.n > 0 && !is_md5(u->file.hash))) {
        if (u->out->refused++ == 0)
            u->out->refused_first = u->file.path;
        return;
    }
    *vec_push(&u->out->files) = u->file;
}

int cs_uc_read(struct str xml, struct arena *a, struct cs_package *out, struct err *e)
{
    struct uc u = {.out = out, .a = a};
    struct xml_scan x;
    enum xml_event event;

    memset(out, 0, sizeof *out);
    xml_scan_start(&x, xml, a);
    while ((event = xml_scan_next(&x, e)) != XML_END) {
        struct str text = str_trim(x.text);

        if (event == XML_BAD)
            return -1;
        if (out->files.n > FILES_MAX)
            return err_set(e, ERR_FORMAT, "more than %zu files", FILES_MAX);
        if (event == XML_OPEN)
            begin(&u, &x);
        else if (event == XML_CLOSE)
            end(&u, x.name);
        else if (event == XML_TEXT && u.in_item)
            u.file.hash = (struct str){arena_dup(a, text.p, text.n), text.n};
    }
    return 0;
}

static void read_entry(struct cs_udata_entry *x, const struct phps_node *n)
{
    const struct phps_node *state = phps_get(n, "not_installed");
    const struct phps_node *files = phps_get(n, "files");

    x->known = phps_bool(state, &x->open);
    if (x->known) {
        x->from = state->from;
        x->to = state->to;
    }
    x->backed_up = phps_is_list(phps_get(n, "backup_details"));
    for (size_t i = 0; phps_is_list(files) && i < files->n; i++) {
        bool as_it_was = true;

        if (phps_bool(&files->items[i].value, &as_it_was) && !as_it_was)
            *vec_push(&x->edited) = files->items[i].key;
    }
}

int cs_udata_read(struct str php, struct arena *a, struct cs_udata *out, struct err *e)
{
    struct phps_node root;

    memset(out, 0, sizeof *out);
    if (php_literal_array(php, a, &root, e) < 0)
        return -1;
    for (size_t i = 0; i < root.n; i++) {
        struct cs_udata_entry *x = vec_push(&out->all);

        x->package = root.items[i].key;
        if (phps_is_list(&root.items[i].value))
            read_entry(x, &root.items[i].value);
    }
    return 0;
}

void cs_udata_free(struct cs_udata *u)
{
    for (size_t i = 0; i < u->all.n; i++)
        free(u->all.v[i].edited.v);
    free(u->all.v);
    memset(u, 0, sizeof *u);
}

bool cs_legacy_line(struct str line, struct cs_legacy_line *out)
{
    size_t at = str_find(line, STR(" - "), 0);
    uint64_t seconds;
    struct str rest;
    size_t in;

    /* Ten digits are the times of 2001 to 2286; fewer are a number at the head of a continued line. */
    if (at != 10 || !str_u64(str_sub(line, 0, at), INT64_MAX, &seconds))
        return false;
    out->seconds = (int64_t)seconds;
    rest = str_sub(line, at + 3, line.n);
    out->message = rest;
    at = str_find(rest, STR(" on line "), 0);
    for (size_t next = at; next != SIZE_MAX; next = str_find(rest, STR(" on line "), next + 1))
        at = next;
    if (at == SIZE_MAX || !str_u64(str_sub(rest, at + 9, rest.n), UINT32_MAX, &seconds))
        return true;
    rest = str_sub(rest, 0, at);
    in = SIZE_MAX;
    for (size_t next = str_find(rest, STR(" in "), 0); next != SIZE_MAX;
         next = str_find(rest, STR(" in "), next + 1))
        in = next;
    if (in != SIZE_MAX)
        out->message = str_sub(rest, 0, in);
    return true;
}

bool cs_legacy_db_error(struct str message, struct str *dump, struct str *words)
{
    size_t at;

    if (!str_skip(&message, STR("DB error in ")))
        return false;
    at = str_find(message, STR(": "), 0);
    *dump = str_sub(message, 0, at == SIZE_MAX ? message.n : at);
    *words = at == SIZE_MAX ? (struct str){"", 0} : str_sub(message, at + 2, message.n);
    return true;
}

int cs_progress_read(struct str text, struct arena *a, struct cs_statement_list *out, struct err *e)
{
    struct phps_doc doc;

    memset(out, 0, sizeof *out);
    if (phps_parse(text, a, &doc, e) < 0)
        return -1;
    if (!phps_is_list(doc.root))
        return err_set(e, ERR_FORMAT, "no list of statements");
    for (size_t i = 0; i < doc.root->n; i++) {
        struct str statement;

        if (!phps_str(phps_deref(&doc.root->items[i].value), &statement))
            return err_set(e, ERR_FORMAT, "entry %zu of the list is no text", i);
        *vec_push(&out->all) = statement;
    }
    return 0;
}

void cs_progress_write(const struct cs_statement_list *list, struct buf *out)
{
    buf_printf(out, "a:%zu:{", list->all.n);
    for (size_t i = 0; i < list->all.n; i++) {
        buf_printf(out, "i:%zu;s:%zu:\"", i, list->all.v[i].n);
        buf_addstr(out, list->all.v[i]);
        buf_adds(out, "\";");
    }
    buf_addc(out, '}');
}

void cs_statement_list_free(struct cs_statement_list *l)
{
    free(l->all.v);
    memset(l, 0, sizeof *l);
}
