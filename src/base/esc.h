/*
 * The one place where untrusted bytes (logs, file names, server answers, output of child processes)
 * are made fit for a terminal or a page. JSON has its own door, json.h, with the same list of hidden
 * characters.
 *
 * Controls, DEL, bytes that are not UTF-8 are shown as \x1b, invisible characters and those that change
 * the direction of text as \u{202e}. The backslash itself stays as it is (names like CDev\Paypal
 * are everywhere), so escaped text is for reading, and escaping twice changes nothing.
 */
#ifndef BASE_ESC_H
#define BASE_ESC_H

#include "base/buf.h"
#include "base/utf8.h"

/* For one line of a terminal or of our own log: a line end becomes a visible \n (\r\n), a tab a blank. */
void esc_term(struct buf *b, struct str s);

/* The same, but line ends stay ("\r\n" becomes "\n"). */
void esc_term_lines(struct buf *b, struct str s);

/* For HTML text and quoted attribute values: & < > " ' as references, line ends and tabs stay. */
void esc_html(struct buf *b, struct str s);

/* A word of a command that the user is to type into a shell: in single quotes where it needs them. */
void esc_shell(struct buf *b, const char *word);

#endif
