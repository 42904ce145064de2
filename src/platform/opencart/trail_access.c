/*
 * Requests of an upgrade as the web server noted them. The page asks for a step when the one before it has answered that it is done; what the
 * last one answered is not known.
 */
#include "format/oc_access.h"
#include "platform/opencart/trail_parts.h"
#include "sys/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a longer log the end is read: an upgrade that is still to be finished is not months old. */
#define TAIL_MAX ((uint64_t)1024 * 1024 * 1024)
/* A packed log can't be read from its end; behind so much it is no log of one shop. */
#define PLAIN_MAX ((uint64_t)16 * 1024 * 1024 * 1024)

static bool is_fine(unsigned status)
{
    /* 0: the log doesn't say. */
    return status == 200 || status == 0;
}

/* What was told so far is of an earlier attempt. */
static void start(struct oc_attempt *t)
{
    struct oc_slot admin = t->admin;
    unsigned attempts = t->attempts;
    bool over = t->end.source != NULL;

    memset(t, 0, sizeof *t);
    t->attempts = attempts;
    if (!over)
        t->admin = admin;
}

static void set_version(struct oc_attempt *t, struct str version)
{
    if (version.n > 0 && version.n < sizeof t->to) {
        memcpy(t->to, version.p, version.n);
        t->to[version.n] = '\0';
    }
}

static void take_step(struct oc_reading *r, const struct oc_access *a)
{
    struct oc_attempt *t = &r->access;
    unsigned n = a->request.step;
    uint64_t line = r->whole ? a->line : 0;

    if (n >= OC_SLOTS)
        return;
    if (n == 1 || t->attempts == 0) {
        start(t);
        t->attempts++;
        memcpy(t->started, a->time, sizeof t->started);
    }
    set_version(t, a->request.version);
    t->numbered = a->request.numbered;
    if (t->at + 1 == n && t->at > 0 && t->at_ok)
        oc_slot_put(&t->answered[t->at], r->source, line, a->time, "step %u was asked for behind step %u", n, t->at);
    oc_slot_put(&t->asked[n], r->source, line, a->time, "step %u was asked for, the server answered %u (%llu bytes)", n, a->status,
                (unsigned long long)a->bytes);
    /* It runs again: whether it was done is open. */
    if (t->at != n || a->request.page == 0)
        t->answered[n].source = NULL;
    t->failed[n].source = NULL;
    if (a->status >= 400)
        oc_slot_put(&t->failed[n], r->source, line, a->time, "step %u was asked for, the web server answered %u", n, a->status);
    t->bytes[n] = a->bytes;
    t->at = n;
    t->at_ok = is_fine(a->status);
    if (n > t->far)
        t->far = n;
    memcpy(t->last_time, a->time, sizeof t->last_time);
}

static void take(void *arg, const struct oc_access *a)
{
    struct oc_reading *r = arg;
    struct oc_attempt *t = &r->access;
    uint64_t line = r->whole ? a->line : 0;

    if (a->install_page) /* the shop was installed, or somebody looked at the page of it */
        return;
    if (a->admin_part) {
        if (t->far > 0)
            start(t);
        set_version(t, a->request.version);
        oc_slot_put(&t->admin, r->source, line, a->time, "download or unpacking was asked for in the back office, the server answered %u", a->status);
        memcpy(t->last_time, a->time, sizeof t->last_time);
    } else if (a->end_page) {
        /* 2.0 and 2.1 are sent on to it by their one request. */
        if (t->at > 0 && is_fine(a->status)) {
            oc_slot_put(&t->answered[t->at], r->source, line, a->time, "the page behind the last step was asked for");
            oc_slot_put(&t->end, r->source, line, a->time, "the page behind the last step was asked for");
            memcpy(t->last_time, a->time, sizeof t->last_time);
        }
    } else {
        take_step(r, a);
    }
}

void oc_trail_access_text(struct oc_reading *r, const char *source, struct str text)
{
    struct oc_access_reader *reader;

    r->source = source;
    r->whole = true;
    reader = oc_access_new(1, false, take, r);
    oc_access_feed(reader, text);
    oc_access_end(reader);
}

struct input {
    int fd;
    const char *name;
};

static ssize_t read_input(void *arg, void *p, size_t n, struct err *e)
{
    struct input *in = arg;
    ssize_t got;

    do
        got = read(in->fd, p, n);
    while (got < 0 && errno == EINTR);
    return got < 0 ? err_sys(e, "can't be read") : got;
}

static int feed(struct oc_reading *r, struct input *in, struct oc_access_reader *reader, struct err *e)
{
    struct inflate *f = inflate_open(read_input, in, e);
    const void *p;
    ssize_t got = f ? 0 : -1;

    while (f && (got = inflate_next(f, &p, e)) > 0) {
        oc_access_feed(reader, (struct str){p, (size_t)got});
        if (inflate_out(f) > PLAIN_MAX) {
            got = err_set(e, ERR_REFUSED, "unpacks to more than a log of one shop");
            break;
        }
        if (r->s->opts->stop && *r->s->opts->stop) {
            got = err_set(e, ERR_STOPPED, "stopped");
            break;
        }
    }
    inflate_close(f);
    return got < 0 ? -1 : 0;
}

void oc_trail_access_given(struct oc_reading *r, const char *path)
{
    struct input in = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), .name = path};
    struct oc_access_reader *reader;
    struct err why = {0};
    unsigned char head[2] = {0};
    struct stat st;
    bool packed;

    if (in.fd < 0 || fstat(in.fd, &st) < 0) {
        err_sys(&why, "can't be read");
        oc_trail_unread(r, path, &why);
        if (in.fd >= 0)
            close(in.fd);
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(&why, ERR_FORMAT, "is no file");
        oc_trail_unread(r, path, &why);
        close(in.fd);
        return;
    }
    packed = pread(in.fd, head, 2, 0) == 2 && ((head[0] == 0x1f && head[1] == 0x8b) || (head[0] == 'B' && head[1] == 'Z'));
    r->whole = packed || (uint64_t)st.st_size <= TAIL_MAX || lseek(in.fd, -(off_t)TAIL_MAX, SEEK_END) < 0;
    r->source = arena_strdup(r->mem, path);
    reader = oc_access_new(1, !r->whole, take, r);
    if (feed(r, &in, reader, &why) < 0)
        oc_trail_unread(r, path, &why);
    oc_access_end(reader);
    close(in.fd);
}
