/* PEM: keys and certificates as text between lines of BEGIN and END. */
#ifndef FORMAT_PEM_H
#define FORMAT_PEM_H

#include "base/buf.h"

#define PEM_NAME 128

/*
 * The next object: 1 with its name ("CERTIFICATE") and its bytes in der, which is emptied before; 0 when no
 * other begins; -1 when one is damaged or not ended. Text around objects is passed over.
 */
int pem_next(struct str *rest, char name[PEM_NAME], struct buf *der);

#endif
