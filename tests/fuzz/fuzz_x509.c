#include "format/x509.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, const uint8_t *data, size_t size)
{
    if (part.n > 0 && ((const uint8_t *)part.p < data || (const uint8_t *)part.p + part.n > data + size))
        abort();
}

/* What is given lies in the bytes that were read; a name that is told is one that the certificate is for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf words = {0};
    struct x509 c;

    if (!x509_parse((struct str){(const char *)data, size}, &c))
        return 0;
    within(c.issuer, data, size);
    within(c.subject, data, size);
    within(c.names, data, size);
    within(x509_common_name(c.subject), data, size);
    within(x509_common_name(c.issuer), data, size);
    x509_names(&c, &words);
    if (words.n == 0)
        abort();
    x509_is_for(&c, "shop.example");
    x509_is_for(&c, "192.0.2.1");
    x509_is_for(&c, "2001:db8::1");
    x509_is_for(&c, "");
    buf_free(&words);
    return 0;
}
