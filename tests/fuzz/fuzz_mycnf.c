#include "base/mem.h"
#include "format/mycnf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Values lie in the room that was given, and no error tells one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *room = mem_alloc(size + 1);
    struct mycnf c = {0};
    struct err e = {0};

    if (mycnf_parse((struct str){(const char *)data, size}, room, &c, &e) == 0) {
        const struct str values[] = {c.user, c.password, c.host, c.port, c.socket, c.database, c.charset, c.ssl_ca, c.ssl_mode};

        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            if (values[i].p && (values[i].p < room || values[i].p + values[i].n > room + size))
                abort();
    } else if (e.kind == ERR_NONE || e.text[0] == '\0') {
        abort();
    }
    free(room);
    return 0;
}
