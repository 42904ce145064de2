/* What single files of a shop say about it: versions of PrestaShop and of modules, and the switch of the debug mode. */
#ifndef FORMAT_PS_VERSION_H
#define FORMAT_PS_VERSION_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * The version of PrestaShop that a file names. path is relative to the shop and only its end decides how it is read:
 * config/settings.inc.php and config/autoload.php (_PS_VERSION_), app/AppKernel.php and src/Core/Version.php (const VERSION),
 * install_version.php (_PS_INSTALL_VERSION_). 1 and the version, 0: the file doesn't say it, -1 with ERR_FORMAT: damaged, or it says
 * something that is no version.
 */
#define PS_VERSION_MAX 32
int ps_version_in(struct str path, struct str bytes, char out[static PS_VERSION_MAX], struct err *e);

/* config.xml of a module. */
struct ps_module_info {
    struct str name;
    struct str version;
    struct str author;
};
/* 0, or -1 with ERR_FORMAT when it is damaged or has neither name nor version. Texts live in the arena. */
int ps_module_config(struct str xml, struct arena *a, struct ps_module_info *out, struct err *e);

/* A define() with a value that may be rewritten in place. */
struct ps_define {
    bool on;     /* the value is true (or 1) */
    size_t from; /* the value is source bytes [from, to) */
    size_t to;
};
/* The first define('_PS_MODE_DEV_', …) of config/defines.inc.php: 1, 0 when there is none, -1 with ERR_FORMAT when its value is not
 * true, false or a number, or the file breaks off before it. */
int ps_mode_dev(struct str php, struct ps_define *out, struct err *e);

#endif
