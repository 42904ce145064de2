/*
 * What a step of OpenCart's upgrade answers: JSON behind warnings that PHP may have printed, or the text of an error alone. Steps of 2.2 to
 * 3.0 say "Patch 1001 has been applied (2 of 11)", those of 4.x "Patch 1 has been applied (1 of 9)"; "next" is the address of the next one.
 * The same texts are found in what people save from their browser.
 */
#ifndef FORMAT_OC_ANSWER_H
#define FORMAT_OC_ANSWER_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum oc_answer_kind {
    OC_ANSWER_NONE,    /* no JSON, and no words of an error */
    OC_ANSWER_STEP,    /* done, and another one follows */
    OC_ANSWER_END,     /* "Congratulations! …": all is done */
    OC_ANSWER_ERROR    /* key error, "Error: …", "<b>…</b>: …", or a fatal error of PHP */
};

struct oc_request {
    unsigned step;       /* number in the address: step=N, upgrade_N; without one it is the first; 2.0 and 2.1 have one alone */
    bool numbered;       /* in the manner of 2.2 to 3.0: "step=N" */
    unsigned page;       /* of the copying of files in 4.x; 0: none */
    struct str version;  /* of 4.x: where the upgrade leads, or empty */
    struct str admin;    /* of 4.x: the admin directory, or empty */
};

struct oc_answer {
    enum oc_answer_kind kind;
    struct str text;       /* what it says, tags and entities resolved, one line; of an error the message without place and SQL; of no answer what was
                            * printed instead */
    unsigned step, of;     /* "(2 of 11)"; 0: not said. Of repeated pages of a copy it is that step again */
    bool cut;              /* the JSON is not whole: what is said here stands in what came */
    bool has_next;
    struct oc_request next;
    unsigned sql_error;    /* the server's number, 0: none */
    struct str sql;        /* the statement, or empty */
    struct str file;       /* of an error, or empty */
    uint64_t line;
    struct str noise;      /* what stood in front of the JSON, as it came */
};

/* What more is printed is looked at from its end on. */
#define OC_ANSWER_MAX ((size_t)8 * 1024 * 1024)

/* Judges the output of one step; all in the arena or pointing into it. The bytes may be anything. The last JSON object that a step could have answered
 * counts; without one the last error that ends a step, and when there is none the last warning. */
void oc_answer_read(struct str output, struct arena *a, struct oc_answer *out);

/* Parts of an address or query text, "route=upgrade/upgrade/next&step=3" or "…upgrade_4&version=4.1.0.4&admin=shopadmin", percent signs resolved, "&amp;" and
 * "\/" understood. False when it is none of an upgrade's step. Version and admin are empty when they could be no version and no name of a folder. */
bool oc_request_read(struct str address, struct arena *a, struct oc_request *out);

/* The value of "route" in an address or query text as above, without a slash in front; empty when there is none. */
struct str oc_request_route(struct str address, struct arena *a);

/* Calls each for every answer that a text people saved holds, in order: JSON, errors, and what the page showed. line: where it begins. */
typedef void oc_answer_each(void *arg, const struct oc_answer *answer, uint64_t line);
void oc_answers_saved(struct str text, struct arena *a, oc_answer_each *each, void *arg);

#endif
