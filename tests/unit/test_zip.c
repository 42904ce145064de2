/* Zips that no archiver writes: made byte by byte, to deceive a reader or damaged. */
#include "base/buf.h"
#include "sys/archive.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

static struct err e;
static struct buf zip;
static struct buf list; /* its central directory */
static struct buf got;
static unsigned members;

static void u16(struct buf *b, unsigned v)
{
    buf_addc(b, (char)(v & 255));
    buf_addc(b, (char)(v >> 8 & 255));
}

static void u32(struct buf *b, uint32_t v)
{
    u16(b, v & 0xffff);
    u16(b, v >> 16);
}

static void u64(struct buf *b, uint64_t v)
{
    u32(b, (uint32_t)v);
    u32(b, (uint32_t)(v >> 32));
}

/* A member as both headers describe it; what is zero is filled in. */
struct member {
    const char *name;
    size_t name_n;
    const char *local_name;
    const char *text;
    unsigned flags, method;
    uint32_t crc, local_crc, size, packed;
    uint32_t attributes;
    bool at_given;
    uint32_t at; /* with at_given: where the list says that it is */
    uint64_t size64;
};

static void local(const struct member *m, size_t n)
{
    const char *name = m->local_name ? m->local_name : m->name;
    size_t name_n = m->local_name ? strlen(m->local_name) : m->name_n;

    u32(&zip, 0x04034b50);
    u16(&zip, 20);
    u16(&zip, m->flags);
    u16(&zip, m->method);
    u32(&zip, 0x21 << 16);
    u32(&zip, m->flags & 8 ? 0 : m->local_crc ? m->local_crc : m->crc);
    u32(&zip, m->flags & 8 ? 0 : m->packed ? m->packed : (uint32_t)n);
    u32(&zip, m->flags & 8 ? 0 : m->size ? m->size : (uint32_t)n);
    u16(&zip, (unsigned)name_n);
    u16(&zip, 0);
    buf_add(&zip, name, name_n);
    buf_add(&zip, m->text, n);
}

static void add(struct member m)
{
    size_t n = strlen(m.text);
    uint32_t at = m.at_given ? m.at : (uint32_t)zip.n;

    if (m.name_n == 0)
        m.name_n = strlen(m.name);
    if (m.crc == 0)
        m.crc = (uint32_t)crc32(0, (const Bytef *)m.text, (uInt)n);
    if (!m.at_given)
        local(&m, n);
    u32(&list, 0x02014b50);
    u16(&list, 3 << 8 | 20);
    u16(&list, 20);
    u16(&list, m.flags);
    u16(&list, m.method);
    u32(&list, 0x21 << 16);
    u32(&list, m.crc);
    u32(&list, m.packed ? m.packed : (uint32_t)n);
    u32(&list, m.size64 ? 0xffffffff : m.size ? m.size : (uint32_t)n);
    u16(&list, (unsigned)m.name_n);
    u16(&list, m.size64 ? 12 : 0);
    u16(&list, 0);
    u32(&list, 0);
    u32(&list, m.attributes << 16);
    u32(&list, at);
    buf_add(&list, m.name, m.name_n);
    if (m.size64) {
        u16(&list, 1);
        u16(&list, 8);
        u64(&list, m.size64);
    }
    members++;
}

static void end(unsigned count)
{
    size_t at = zip.n;

    buf_addstr(&zip, buf_str(&list));
    u32(&zip, 0x06054b50);
    u32(&zip, 0);
    u16(&zip, count);
    u16(&zip, count);
    u32(&zip, (uint32_t)list.n);
    u32(&zip, (uint32_t)at);
    u16(&zip, 0);
    buf_reset(&list);
    members = 0;
}

static void note(void *arg, const char *path, const char *why)
{
    (void)arg;
    buf_printf(&got, "-%s: %s\n", path, why);
}

/* Reads all that was written and forgets it: what was given, one entry a line; the last error in e. */
static const char *read_back(bool salvage)
{
    char name[] = "/tmp/test_zip.XXXXXX";
    struct archive_options opt = {.refused = note, .salvage = salvage};
    struct archive_item item;
    struct archive_src *a;
    int fd = mkstemp(name);
    char p[100];
    ssize_t n;
    int r = 0;

    unlink(name);
    assert_int_equal(write(fd, zip.p, zip.n), (ssize_t)zip.n);
    buf_reset(&got);
    memset(&e, 0, sizeof e);
    a = archive_src_open(NULL, fd, "in", &opt, &e);
    while (a != NULL && (r = archive_src_next(a, &item, &e)) != 0) {
        if (r < 0) {
            buf_adds(&got, "!\n");
            if (!salvage)
                break;
            continue;
        }
        buf_printf(&got, "%s%s=", item.path, item.is_dir ? "/" : "");
        while ((n = archive_src_read(a, p, sizeof p, &e)) > 0)
            buf_add(&got, p, (size_t)n);
        buf_adds(&got, n < 0 ? "!\n" : "\n");
        if (n < 0 && !salvage)
            break;
    }
    archive_src_close(a);
    close(fd);
    buf_reset(&zip);
    return buf_cstr(&got);
}

#define ADD(...) add((struct member){__VA_ARGS__})

static void fails(enum err_kind kind, const char *words)
{
    if (e.kind != kind || strstr(e.text, words) == NULL)
        fail_msg("kind %d: %s", (int)e.kind, e.text);
}

static void test_good(void **state)
{
    (void)state;
    ADD(.name = "a", .text = "one", .attributes = 0100755);
    ADD(.name = "dir/", .text = "");
    ADD(.name = "dir/b", .text = "");
    end(members);
    assert_string_equal(read_back(false), "a=one\ndir/=\ndir/b=\n");
    assert_int_equal(e.kind, ERR_NONE);
    /* A server's warning printed in front of a download shifts all. */
    buf_adds(&zip, "<br /><b>Warning</b>: something\n");
    {
        struct buf front = zip;

        zip = (struct buf){0};
        ADD(.name = "a", .text = "one");
        end(members);
        buf_addstr(&front, buf_str(&zip));
        buf_free(&zip);
        zip = front;
    }
    assert_string_equal(read_back(false), "a=one\n");
}

static void test_refused_entries(void **state)
{
    (void)state;
    ADD(.name = "link", .text = "/etc/passwd", .attributes = 0120777);
    ADD(.name = "pipe", .text = "", .attributes = 010644);
    ADD(.name = "a\0.php", .name_n = 6, .text = "x");
    ADD(.name = "../up", .text = "x");
    ADD(.name = "/abs", .text = "x");
    ADD(.name = "f", .text = "file");
    ADD(.name = "f/below", .text = "x");
    ADD(.name = "d/x", .text = "x");
    ADD(.name = "d", .text = "x");
    ADD(.name = "ok", .text = "x");
    end(members);
    assert_string_equal(read_back(false), "-link: a symbolic link\n-pipe: a device or pipe\n-a: a zero byte in its path\n"
                                          "-../up: a path that leads elsewhere\n-/abs: an absolute path\nf=file\n"
                                          "-f/below: it lies below what this archive has as a file\nd/x=x\n"
                                          "-d: this archive has both a file and a directory of this name\nok=x\n");
}

static void test_two_stories(void **state)
{
    (void)state;
    ADD(.name = "a.txt", .local_name = "a.php", .text = "x");
    end(members);
    read_back(false);
    fails(ERR_FORMAT, "its own header calls it \"a.php\"");
    ADD(.name = "a", .text = "x", .local_crc = 5);
    end(members);
    read_back(false);
    fails(ERR_FORMAT, "disagree on its size or checksum");
    ADD(.name = "a", .text = "abc", .crc = 77);
    end(members);
    assert_string_equal(read_back(false), "a=abc!\n");
    fails(ERR_FORMAT, "its checksum");
    ADD(.name = "a", .text = "x");
    ADD(.name = "b", .text = "y");
    end(1);
    read_back(false);
    fails(ERR_FORMAT, "its list has 2 entries and says 1");
}

static void test_overlap(void **state)
{
    (void)state;
    /* Two names for the same bytes, as bombs have thousands of. */
    ADD(.name = "a", .text = "xxxxxxxx");
    ADD(.name = "a", .text = "xxxxxxxx", .at_given = true, .at = 0);
    end(members);
    read_back(false);
    fails(ERR_REFUSED, "reaches into what stands behind it");
    ADD(.name = "a", .text = "xxxxxxxx", .packed = 60, .size = 60);
    ADD(.name = "b", .text = "x");
    end(members);
    read_back(false);
    fails(ERR_REFUSED, "reaches into what stands behind it");
    ADD(.name = "a", .text = "x", .at_given = true, .at = 70000);
    end(members);
    read_back(false);
    fails(ERR_FORMAT, "impossible");
}

static void test_large_lies(void **state)
{
    (void)state;
    ADD(.name = "a", .text = "x", .size64 = UINT64_C(1) << 50);
    end(members);
    read_back(false);
    assert_int_equal(e.kind, ERR_FORMAT);
    ADD(.name = "a", .text = "x");
    end(0xffff);
    read_back(false);
    fails(ERR_FORMAT, "end record");
}

static void test_encrypted(void **state)
{
    (void)state;
    ADD(.name = "a", .text = "xxxxxxxxxxxxxxx", .flags = 1);
    end(members);
    read_back(false);
    fails(ERR_REFUSED, "encrypted with a password");
}

static void test_unknown_method(void **state)
{
    (void)state;
    ADD(.name = "a", .text = "xxxxxxxxxxxxxxx", .method = 93);
    ADD(.name = "b", .text = "y");
    end(members);
    assert_string_equal(read_back(true), "!\nb=y\n");
    fails(ERR_FORMAT, "method 93");
}

static void test_gap(void **state)
{
    size_t at;

    (void)state;
    ADD(.name = "a", .text = "x");
    at = zip.n + list.n;
    end(members);
    {
        struct buf with = {0};

        buf_add(&with, zip.p, at);
        buf_adds(&with, "hidden");
        buf_add(&with, zip.p + at, zip.n - at);
        buf_free(&zip);
        zip = with;
    }
    read_back(false);
    fails(ERR_REFUSED, "belong to nothing");
}

/* Damage in one member, and no list: the others are read. */
static void test_salvage(void **state)
{
    (void)state;
    ADD(.name = "a", .text = "one");
    ADD(.name = "b", .text = "two", .crc = 9);
    ADD(.name = "c", .text = "three");
    end(members);
    assert_string_equal(read_back(true), "a=one\nb=two!\nc=three\n");
    ADD(.name = "a", .text = "one");
    ADD(.name = "b", .text = "PK\3\4 is not a header");
    ADD(.name = "c", .text = "three");
    buf_reset(&list);
    members = 0;
    assert_string_equal(read_back(true), "!\na=one\nb=PK\3\4 is not a header\nc=three\n");
    ADD(.name = "a", .text = "one");
    ADD(.name = "b", .text = "two, which is longer");
    buf_reset(&list);
    members = 0;
    zip.n -= 5;
    read_back(false);
    fails(ERR_FORMAT, "inside the entry \"b\"");
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&zip);
    buf_free(&list);
    buf_free(&got);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_good, teardown),        cmocka_unit_test_teardown(test_refused_entries, teardown),
        cmocka_unit_test_teardown(test_two_stories, teardown), cmocka_unit_test_teardown(test_overlap, teardown),
        cmocka_unit_test_teardown(test_large_lies, teardown),  cmocka_unit_test_teardown(test_encrypted, teardown),
        cmocka_unit_test_teardown(test_unknown_method, teardown), cmocka_unit_test_teardown(test_gap, teardown),
        cmocka_unit_test_teardown(test_salvage, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
