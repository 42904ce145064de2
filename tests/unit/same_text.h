/* Texts that may be missing. */
#ifndef TESTS_SAME_TEXT_H
#define TESTS_SAME_TEXT_H

/* Fails the test unless both are the same; NULL is the same as NULL alone. */
void same_text(const char *have, const char *want);

#endif
