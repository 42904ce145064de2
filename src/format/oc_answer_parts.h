/* Pieces of answers, private to oc_answer*.c. */
#ifndef FORMAT_OC_ANSWER_PARTS_H
#define FORMAT_OC_ANSWER_PARTS_H

#include "format/oc_answer.h"

/* Whether s begins with an object whose first member an answer may have. */
bool oc_answer_starts(struct str s);
/* The answer that s begins with, and the length of its JSON. */
bool oc_answer_object(struct str s, struct arena *a, struct oc_answer *out, size_t *n);
/* An error that is told in words, and where it begins as far as that is known. hard_only: warnings don't count. */
bool oc_answer_words(struct str all, bool hard_only, struct arena *a, struct oc_answer *out, size_t *from);
/* "Patch 1001 has been applied (2 of 11)" in any language: step and of. */
bool oc_answer_progress(struct str text, struct oc_answer *out);

#endif
