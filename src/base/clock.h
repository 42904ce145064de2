/* Time of day, passing time, and both and sizes in words. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND UINT64_C(1000000000) /* in nanoseconds */

/* "YYYY-MM-DD HH:MM:SS" and its NUL. */
#define CLOCK_STAMP 20
/* Room for what clock_duration and clock_size write. */
#define CLOCK_WORDS 32

/* A date and time as written, without time zone. */
struct civil {
    int year;
    int month; /* 1 to 12 */
    int day;
    int hour;
    int minute;
    int second; /* 60 in a leap second */
};

/* Nanoseconds since some fixed moment; never goes back. */
uint64_t clock_mono_ns(void);

/* Seconds since 1970, UTC. */
time_t clock_wall(void);

/* Local time of the server; a time outside the years 0 to 9999 gives zeros. */
void clock_local(time_t t, char out[CLOCK_STAMP]);

/* True for a real calendar date and time of the years 1 to 9999. */
bool clock_civil_valid(const struct civil *c);

/* A date at the front of s, of this form: "YYYY-MM-DD hh:mm:ss", "DD/NNN/YYYY" with the English name of the month; all other characters
 * stand for themselves, and what the form has not is 0. False: s does not begin so, or there is no such date. */
bool clock_civil_read(struct str s, const char *form, struct civil *out);

/* Seconds since 1970-01-01 00:00:00 of the same clock face: to sort and subtract, not an instant.
 * c is valid. */
int64_t clock_civil_seconds(const struct civil *c);

/* "YYYY-MM-DD HH:MM:SS"; c is valid. */
void clock_civil_text(const struct civil *c, char out[CLOCK_STAMP]);

/* "0.3 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
void clock_duration(uint64_t ns, char out[CLOCK_WORDS]);

/* "999 B", "1.0 kB", "12.3 MB": powers of 1000, rounded. */
void clock_size(uint64_t bytes, char out[CLOCK_WORDS]);

#endif
