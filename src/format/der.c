#include "format/der.h"

#include <stdint.h>

bool der_any(struct str *rest, unsigned *tag, struct str *content)
{
    const uint8_t *p = (const uint8_t *)rest->p;
    size_t head = 2;
    size_t n;

    if (rest->n < 2)
        return false;
    n = p[1];
    if (n >= 0x80) {
        size_t bytes = n & 0x7F;
        size_t i;

        if (bytes < 1 || bytes > 2 || rest->n < 2 + bytes)
            return false;
        for (n = 0, i = 0; i < bytes; i++)
            n = n << 8 | p[2 + i];
        head += bytes;
    }
    if (rest->n - head < n)
        return false;
    *tag = p[0];
    *content = str_sub(*rest, head, head + n);
    *rest = str_sub(*rest, head + n, rest->n);
    return true;
}

bool der_take(struct str *rest, unsigned tag, struct str *content)
{
    unsigned found;

    return rest->n > 0 && (uint8_t)rest->p[0] == tag && der_any(rest, &found, content);
}

bool der_integer(struct str *rest, struct str *number)
{
    if (!der_take(rest, DER_INTEGER, number) || number->n == 0 || ((uint8_t)number->p[0] & 0x80) != 0)
        return false;
    while (number->n > 1 && number->p[0] == '\0')
        *number = str_sub(*number, 1, number->n);
    return true;
}
