/* All readers of PrestaShop's configuration, names and versions; the first byte chooses. */
#include "format/ps_names.h"
#include "format/ps_params.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(struct str s)
{
    unsigned char x = 0;

    for (size_t i = 0; i < s.n; i++)
        x ^= (unsigned char)s.p[i];
    if (s.n == SIZE_MAX)
        exit(x);
}

static void read_versions(struct str text)
{
    static const char *const paths[] = {"config/settings.inc.php", "src/Core/Version.php", "install/install_version.php"};
    struct ps_define d;
    struct err e = {0};
    char version[PS_VERSION_MAX];

    for (size_t i = 0; i < 3; i++)
        if (ps_version_in(str_of(paths[i]), text, version, &e) == 1 && !ps_name_is_version(str_of(version)))
            abort();
    if (ps_mode_dev(text, &d, &e) == 1 && (d.from >= d.to || d.to > text.n))
        abort();
}

static void read_names(struct str text)
{
    struct ps_name name;
    struct ps_dump_head head;

    if (ps_name_read(text, &name) && (strlen(name.taken) != 19 || !str_is_safe_path(name.name)))
        abort();
    if (ps_dump_head(text, &head))
        touch(head.host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const readers[])(struct str, struct arena *, struct ps_params *, struct err *) = {
        ps_params_settings, ps_params_php, ps_params_yaml};
    struct str text = {(const char *)data + 1, size - 1};
    struct arena a = {0};
    struct err e = {0};
    struct ps_module_info info;
    struct ps_params p;

    if (size == 0)
        return 0;
    switch (data[0] % 6) {
    case 3:
        read_versions(text);
        break;
    case 4:
        if (ps_module_config(text, &a, &info, &e) == 0) {
            touch(info.name);
            touch(info.version);
        }
        break;
    case 5:
        read_names(text);
        break;
    default:
        if (readers[data[0] % 6](text, &a, &p, &e) == 0) {
            touch(p.host);
            touch(p.password);
            touch(p.prefix);
            touch(p.locale);
        }
    }
    arena_free(&a);
    return 0;
}
