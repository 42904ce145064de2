#include "format/pem.h"
#include "sys/tls_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The authorities of a whole system take some 250 kB. */
#define FILE_LIMIT ((size_t)16 * 1024 * 1024)

/* Of Debian and Alpine, Fedora and RHEL, SUSE, BSD, old RHEL. */
static const char *const usual_files[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/tls/cacert.pem",
};

static int read_file(const char *path, struct buf *out, struct err *e)
{
    /* O_NONBLOCK, so that a named pipe does not hold us up before it is seen to be none of a file. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    int r = -1;

    if (fd < 0)
        return err_sys(e, "%s", path);
    if (fstat(fd, &st) != 0) {
        err_sys(e, "%s", path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(e, ERR_REFUSED, "%s: not a file", path);
        goto out;
    }
    while (out->n <= FILE_LIMIT) {
        char *room = buf_room(out, (size_t)64 * 1024);
        ssize_t got = read(fd, room, (size_t)64 * 1024);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            err_sys(e, "%s", path);
        if (got <= 0) {
            r = got < 0 ? -1 : 0;
            goto out;
        }
        out->n += (size_t)got;
    }
    err_set(e, ERR_FORMAT, "%s: larger than a file of certificates can be (%zu bytes)", path, FILE_LIMIT);
out:
    (void)close(fd);
    return r;
}

static void add_name(void *cookie, const void *p, size_t n)
{
    buf_add(cookie, p, n);
}

/* An authority of one certificate; false when it is of a kind that can't be used. */
static bool add_anchor(struct tls_trust *t, struct str der, struct buf *name)
{
    br_x509_decoder_context dc;
    const br_x509_pkey *key;
    br_x509_trust_anchor a = {0};

    buf_reset(name);
    br_x509_decoder_init(&dc, add_name, name);
    br_x509_decoder_push(&dc, der.p, der.n);
    key = br_x509_decoder_get_pkey(&dc);
    if (key == NULL)
        return false;
    a.dn.data = (unsigned char *)arena_dup(&t->mem, name->p, name->n);
    a.dn.len = name->n;
    a.flags = br_x509_decoder_isCA(&dc) ? BR_X509_TA_CA : 0;
    a.pkey = *key;
    if (key->key_type == BR_KEYTYPE_RSA) {
        a.pkey.key.rsa.n = (unsigned char *)arena_dup(&t->mem, key->key.rsa.n, key->key.rsa.nlen);
        a.pkey.key.rsa.e = (unsigned char *)arena_dup(&t->mem, key->key.rsa.e, key->key.rsa.elen);
    } else {
        a.pkey.key.ec.q = (unsigned char *)arena_dup(&t->mem, key->key.ec.q, key->key.ec.qlen);
    }
    *vec_push(&t->anchors) = a;
    return true;
}

static int parse(struct tls_trust *t, struct str pem, const char *path, struct err *e)
{
    char name[PEM_NAME];
    struct buf der = {0};
    struct buf dn = {0};
    size_t seen = 0;
    int r;

    while ((r = pem_next(&pem, name, &der)) > 0) {
        if (strcmp(name, "CERTIFICATE") != 0 && strcmp(name, "TRUSTED CERTIFICATE") != 0 &&
            strcmp(name, "X509 CERTIFICATE") != 0)
            continue;
        seen++;
        (void)add_anchor(t, buf_str(&der), &dn);
    }
    buf_free(&der);
    buf_free(&dn);
    if (r < 0)
        return err_set(e, ERR_FORMAT, "%s: a damaged certificate after %zu good ones", path, seen);
    if (t->anchors.n > 0)
        return 0;
    if (seen > 0)
        return err_set(e, ERR_FORMAT, "%s: none of the %zu certificates has a key of a known kind (RSA, EC)",
                       path, seen);
    return err_set(e, ERR_FORMAT, "%s: no certificate in it (a file in PEM is expected)", path);
}

static const char *system_file(void)
{
    const char *named = secure_getenv("SSL_CERT_FILE");
    size_t i;

    if (named != NULL && *named != '\0')
        return named;
    for (i = 0; i < sizeof usual_files / sizeof *usual_files; i++)
        if (access(usual_files[i], R_OK) == 0)
            return usual_files[i];
    return NULL;
}

int tls_trust_load(struct tls_trust **out, const char *file, struct err *e)
{
    const char *path = file != NULL ? file : system_file();
    struct tls_trust *t;
    struct buf pem = {0};
    int r = -1;

    *out = NULL;
    if (path == NULL)
        return err_set(e, ERR_ABSENT,
                       "this system has no file of trusted certificate authorities "
                       "(/etc/ssl/certs/ca-certificates.crt or one of its other usual places)");
    t = mem_alloc(sizeof *t);
    if (read_file(path, &pem, e) == 0 && parse(t, buf_str(&pem), path, e) == 0)
        r = 0;
    buf_free(&pem);
    if (r != 0)
        tls_trust_free(t);
    else
        *out = t;
    return r;
}

void tls_trust_free(struct tls_trust *t)
{
    if (t == NULL)
        return;
    arena_free(&t->mem);
    free(t->anchors.v);
    free(t);
}

size_t tls_trust_count(const struct tls_trust *t)
{
    return t->anchors.n;
}
