/*
 * What people want to know of a certificate: for whom, by whom, until when. Signatures are not looked at; who
 * has to trust a certificate checks them elsewhere.
 */
#ifndef FORMAT_X509_H
#define FORMAT_X509_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

/* Slices lie in the bytes that were read. */
struct x509 {
    struct str issuer;  /* its name, in DER */
    struct str subject; /* the same */
    struct str names;   /* content of the extension subjectAltName; empty without it */
    int64_t from;       /* seconds since 1970: the first at which it is valid … */
    int64_t until;      /* … and the last */
};

/* False when the bytes are no certificate of X.509 or cut short. */
bool x509_parse(struct str der, struct x509 *out);

/* The common name in a name, as it stands there; empty when there is none. */
struct str x509_common_name(struct str name);

/*
 * True when the certificate names this host: one of its alternative names, where "*.example" stands for one
 * label, or for an address in digits one of its addresses. A certificate that names neither hosts nor
 * addresses there is measured by its common name.
 */
bool x509_is_for(const struct x509 *c, const char *host);

/* The names of hosts and addresses in words, at most 8 of them, comma separated; "no name" when there is
 * none. */
void x509_names(const struct x509 *c, struct buf *out);

#endif
