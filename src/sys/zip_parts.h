/* What the files of the zip reader share; nobody else includes this. */
#ifndef SYS_ZIP_PARTS_H
#define SYS_ZIP_PARTS_H

#include "sys/zip.h"

#include <sys/stat.h>

#define ZIP_LOCAL_N   30u /* a local header without its name and extra fields */
#define ZIP_LOCAL_SIG 0x04034b50u
#define ZIP_LIST_SIG  0x02014b50u

static inline uint16_t zip_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t zip_u32(const uint8_t *p)
{
    return (uint32_t)zip_u16(p) | (uint32_t)zip_u16(p + 2) << 16;
}

static inline uint64_t zip_u64(const uint8_t *p)
{
    return (uint64_t)zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32;
}

/* All n bytes at a place: 0, or -1 with ERR_IO, or ERR_FORMAT when the file ends before. */
int zip_pread(struct zip *z, uint64_t at, void *p, size_t n, struct err *e);

/* The extra field of an id among n bytes; false when there is none. */
bool zip_extra(const uint8_t *p, size_t n, unsigned id, struct str *out);

/* Ends inflating of the present member. */
void zip_unpack_free(struct zip *z);

#endif
