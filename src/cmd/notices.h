/*
 * The licence of the toolkit and those of the packages inside its binary, as one text that ends with a newline.
 * The text is put together at build time from the packages' own files.
 */
#ifndef CMD_NOTICES_H
#define CMD_NOTICES_H

extern const char notices_text[];

#endif
