/* Slices of text or bytes: pointer and length, nothing owned, no NUL needed. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

/* For printf: printf("%.*s", STR_FMT(s)). */
#define STR_FMT(s) (int)((s).n > 4096 ? 4096 : (s).n), ((s).n ? (s).p : "")

struct str str_of(const char *cstr); /* NULL gives the empty slice */
struct str str_sub(struct str s, size_t from, size_t to); /* clamped to s */

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
bool str_starts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);
int str_cmp(struct str a, struct str b); /* byte order, shorter first */

/* Index of the first occurrence at or after from, or SIZE_MAX. */
size_t str_find(struct str s, struct str what, size_t from);
size_t str_chr(struct str s, char c, size_t from);
size_t str_rfind(struct str s, struct str what); /* the last ones */
size_t str_rchr(struct str s, char c);
bool str_has(struct str s, struct str what);
bool str_has_nocase(struct str s, struct str what); /* ASCII case folded */
bool str_is_nocase(struct str a, struct str b);

/* Cuts s at the first c: gives what stands before it and leaves in *rest what stands behind.
 * Without a c the whole of s is given and *rest is empty with p == NULL. rest may be &s. */
struct str str_cut(struct str s, char c, struct str *rest);

/* The next line without its end ("\n" or "\r\n"); false at the end of *rest. */
bool str_line(struct str *rest, struct str *line);

struct str str_trim(struct str s); /* blanks, tabs, CR, LF at both ends */

/* If s starts with head (ends with tail), it is taken off and true is given. */
bool str_skip(struct str *s, struct str head);
bool str_chop(struct str *s, struct str tail);

/* Whole of s as a decimal number not above max; false for anything else (signs, blanks, empty). */
bool str_u64(struct str s, uint64_t max, uint64_t *out);
/* Of the digits at its front, which are taken off; false, with nothing taken, when there are none or they say more. */
bool str_skip_u64(struct str *s, uint64_t max, uint64_t *out);
/* With an optional '-'. */
bool str_i64(struct str s, int64_t *out);

/* Hex digits, either case, into n bytes; false unless s is exactly 2n hex digits. */
bool str_unhex(struct str s, uint8_t *out, size_t n);
/* 2n lower-case digits and a NUL into out[2n + 1]. */
void str_hex(const uint8_t *p, size_t n, char *out);

/* True when s can stand as a path below a root: not empty, not absolute, no empty, "." or ".."
 * part, no NUL, no part above 255 bytes, whole below 4096. */
bool str_is_safe_path(struct str s);

/* True when a path is this directory or below it. dir has no slash at its end; nothing is below NULL. */
bool str_is_below(struct str path, const char *dir);

#endif
