#include "format/pem.h"

#include <bearssl.h>
#include <string.h>

static void add_bytes(void *cookie, const void *p, size_t n)
{
    buf_add(cookie, p, n);
}

int pem_next(struct str *rest, char name[PEM_NAME], struct buf *der)
{
    br_pem_decoder_context pc;
    bool inside = false;
    bool ended = false;

    buf_reset(der);
    br_pem_decoder_init(&pc);
    while (rest->n > 0 || !ended) {
        /* The decoder knows the last line to be over only by what stands behind it. */
        if (rest->n == 0) {
            *rest = STR("\n");
            ended = true;
        }
        *rest = str_sub(*rest, br_pem_decoder_push(&pc, rest->p, rest->n), rest->n);
        switch (br_pem_decoder_event(&pc)) {
        case BR_PEM_BEGIN_OBJ:
            if (inside)
                return -1;
            inside = true;
            strncpy(name, br_pem_decoder_name(&pc), PEM_NAME - 1);
            name[PEM_NAME - 1] = '\0';
            br_pem_decoder_setdest(&pc, add_bytes, der);
            break;
        case BR_PEM_END_OBJ:
            if (ended)
                *rest = STR("");
            return 1;
        case BR_PEM_ERROR:
            return -1;
        default:
            break;
        }
    }
    return inside ? -1 : 0;
}
