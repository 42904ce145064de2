/* The first pattern that fits decides. Where versions differ in words, each has its line. */
#include "format/ps_log_text.h"

#include <string.h>

static bool keep(struct ps_log_event *out, char what, struct str found)
{
    switch (what) {
    case 'a':
        out->a = found;
        return true;
    case 'b':
        out->b = found;
        return true;
    case 'c':
        out->c = found;
        return true;
    case 'n':
        return str_u64(found, UINT64_MAX, &out->number);
    default:
        return true;
    }
}

/* The text up to the next hole is taken off the pattern. */
static struct str cut_literal(struct str *pattern)
{
    struct str literal = str_sub(*pattern, 0, str_chr(*pattern, '%', 0));

    *pattern = str_sub(*pattern, literal.n, pattern->n);
    return literal;
}

static bool fits(struct str text, struct str pattern, struct ps_log_event *out)
{
    if (!str_skip(&text, cut_literal(&pattern)))
        return false;
    while (pattern.n > 0) {
        char what = pattern.p[1];
        struct str literal;
        size_t end;

        pattern = str_sub(pattern, 2, pattern.n);
        literal = cut_literal(&pattern);
        /* The last words stand at the end, whatever the hole before them holds. */
        if (pattern.n == 0)
            return str_chop(&text, literal) && keep(out, what, text);
        end = str_find(text, literal, 0);
        if (end == SIZE_MAX || !keep(out, what, str_sub(text, 0, end)))
            return false;
        text = str_sub(text, end + literal.n, text.n);
    }
    return text.n == 0;
}

/* A quick look at both ends; most texts of the table go no further. */
static bool may_fit(struct str text, const char *pattern)
{
    size_t n;

    if (pattern[0] != '%' && pattern[0] != text.p[0])
        return false;
    n = strlen(pattern);
    return pattern[n - 2] == '%' || pattern[n - 1] == text.p[text.n - 1];
}

bool ps_log_text_find(const struct ps_log_text *table, struct ps_log_event *event)
{
    for (; table->pattern && event->text.n > 0; table++) {
        struct ps_log_event found = {0};

        if (!may_fit(event->text, table->pattern) || !fits(event->text, str_of(table->pattern), &found))
            continue;
        event->kind = table->kind;
        event->a = found.a;
        event->b = found.b;
        event->c = found.c;
        event->number = found.number;
        return true;
    }
    return false;
}

/* clang-format off */
const struct ps_log_text ps_log_fixed_texts[] = {
    {PS_LOG_STEP,         "=== Step %a"},
    {PS_LOG_FILE_REMOVED, "removed file %a."},
    {PS_LOG_FILE_REMOVED, "removed dir %a."},
    {PS_LOG_OTHER,        NULL},
};

const struct ps_log_text ps_log_texts[] = {
    /* the run */
    {PS_LOG_START,                "Starting upgrade..."},
    {PS_LOG_START,                "Starting update..."},
    {PS_LOG_TARGET,               "Destination version: %a"},
    {PS_LOG_RESTART,              "Restart requested.%*"},
    {PS_LOG_VERSION_REFUSED,      "[ERROR] Version to install is too old.%*"},
    {PS_LOG_VERSION_REFUSED,      "Version to install is too old.%*"},
    {PS_LOG_VERSION_REFUSED,      "%* is not a valid version number."},
    {PS_LOG_ALREADY,              "You already have the %a version."},
    {PS_LOG_CLEANED,              "The database has been cleaned."},
    {PS_LOG_COMPLETE,             "Upgrade process done. Congratulations!%*"},
    {PS_LOG_COMPLETE,             "Shop updated to %a. Congratulations!%*"},
    {PS_LOG_COMPLETE,             "Store updated to %a. Congratulations!%*"},
    {PS_LOG_COMPLETE_WARNED,      "Upgrade process done, but some warnings have been found.%*"},
    {PS_LOG_COMPLETE_WARNED,      "Shop updated to %a, but some warnings have been found.%*"},
    {PS_LOG_COMPLETE_WARNED,      "Store updated to %a, but some warnings have been found.%*"},
    /* download and unpacking */
    {PS_LOG_DOWNLOAD,             "Shop deactivated. Now downloading...%*"},
    {PS_LOG_DOWNLOAD,             "Store deactivated. Now downloading...%*"},
    {PS_LOG_DOWNLOAD,             "Downloaded archive will come from %a"},
    {PS_LOG_DOWNLOAD,             "Downloading from %a"},
    {PS_LOG_DOWNLOAD_SUM,         "MD5 hash will be checked against %a"},
    {PS_LOG_DOWNLOAD_FAILED,      "Download complete but MD5 sum does not match%*"},
    {PS_LOG_DOWNLOADED,           "Download complete.%*"},
    {PS_LOG_DOWNLOAD_FAILED,      "Error during download%*"},
    {PS_LOG_UNZIP,                "Shop deactivated. Extracting files..."},
    {PS_LOG_UNZIP,                "Store deactivated. Extracting files..."},
    {PS_LOG_UNZIP_FAILED,         "Unable to extract %* file into %* folder..."},
    {PS_LOG_UNZIP_FAILED,         "No prestashop/ folder found in the ZIP file. Aborting."},
    {PS_LOG_UNZIPPED,             "File extraction complete.%*"},
    {PS_LOG_SAMPLES,              "Shop deactivated. Removing sample files..."},
    {PS_LOG_SAMPLES,              "Starting to remove %* sample files"},
    {PS_LOG_BACKUP_START,         "All sample files removed. Now backing up files."},
    {PS_LOG_BACKUP_START,         "Shop deactivated. Now backing up files..."},
    {PS_LOG_BACKUP_SKIPPED,       "All sample files removed. Backup process skipped.%*"},
    /* backup */
    {PS_LOG_BACKUP_START,         "Starting backup..."},
    {PS_LOG_BACKUP_FILES,         "Backup files initialized in %a"},
    {PS_LOG_BACKUP_FILE,          "%a added to archive. %n files left."},
    {PS_LOG_BACKUP_FILE_SKIPPED,  "File %a (size: %b) has been skipped during backup."},
    {PS_LOG_BACKUP_FILES_LEFT,    "Backup files in progress. %n files left"},
    {PS_LOG_BACKUP_FILES_DONE,    "All files have been added to archive."},
    {PS_LOG_BACKUP_FILES_DONE,    "All files saved. Now backing up database%*"},
    {PS_LOG_BACKUP_FILES_FAILED,  "Error when trying to add %a to archive %*."},
    {PS_LOG_BACKUP_FILES_FAILED,  "Could not close the Zip file: %a properly.%*"},
    {PS_LOG_BACKUP_FILES_FAILED,  "Could not close the Zip file properly.%*"},
    {PS_LOG_BACKUP_FILES_FAILED,  "Error during backupFiles%*"},
    {PS_LOG_BACKUP_FILES_FAILED,  "[ERROR] backupFiles filename has not been set"},
    {PS_LOG_BACKUP_TABLES,        "%n tables have been saved."},
    {PS_LOG_BACKUP_TABLE,         "%a table has been saved."},
    {PS_LOG_BACKUP_TABLES_LEFT,   "Database backup: %n table(s) left..."},
    {PS_LOG_BACKUP_SKIPPED,       "Database backup skipped.%*"},
    {PS_LOG_BACKUP_SKIPPED,       "File backup skipped.%*"},
    {PS_LOG_BACKUP_DB_DONE,       "Database backup done in filename %a. Now upgrading files..."},
    {PS_LOG_BACKUP_DB_DONE,       "Database backup done in filename %a. Now updating files..."},
    {PS_LOG_BACKUP_DB_DONE,       "Database backup done in filename %a."},
    {PS_LOG_BACKUP_DB_FAILED,     "Backup file %a already exists. Operation aborted."},
    {PS_LOG_BACKUP_DB_FAILED,     "Unable to create backup database file %a."},
    {PS_LOG_BACKUP_DB_FAILED,     "An error occurred while backing up. Unable to obtain the schema of %a"},
    {PS_LOG_BACKUP_DB_FAILED,     "No valid tables were found to back up.%*"},
    {PS_LOG_BACKUP_DB_FAILED,     "Error during database backup for file %a."},
    {PS_LOG_BACKUP_DB_FAILED,     "Error during database backup.%*"},
    {PS_LOG_BACKUP_COMPLETE,      "Backup completed successfully.%*"},
    /* files */
    {PS_LOG_FILES,                "%n files will be upgraded."},
    {PS_LOG_FILES,                "%n files will be updated."},
    {PS_LOG_FILES_LEFT,           "%n files left to upgrade."},
    {PS_LOG_FILES_LEFT,           "%n files left to update."},
    {PS_LOG_FILE_COPIED,          "Copied %a."},
    {PS_LOG_FILE_IGNORED,         "%a ignored"},
    {PS_LOG_FILE_IGNORED,         "File %a is preserved"},
    {PS_LOG_FILE_FAILED,          "Error while copying file %a"},
    {PS_LOG_FILE_FAILED,          "Error while creating directory %a."},
    {PS_LOG_FILE_FAILED,          "Error when trying to upgrade file %a."},
    {PS_LOG_FILE_FAILED,          "Error when trying to update file %a."},
    {PS_LOG_RELEASE_BAD,          "Could not assert the folder %a contains a valid PrestaShop release, exiting."},
    {PS_LOG_FILES_DONE,           "All files upgraded. Now upgrading database..."},
    {PS_LOG_FILES_DONE,           "All files updated. Now updating database..."},
    /* database */
    {PS_LOG_CACHE,                "Cleaning file cache"},
    {PS_LOG_DB_CHECK,             "Running opcache_reset"},
    {PS_LOG_DB_CHECK,             "Initializing required environment constants"},
    {PS_LOG_DB_CHECK,             "Checking version validity"},
    {PS_LOG_DB_CHECK,             "Checking connection to database"},
    {PS_LOG_MODULES_DISABLED,     "Disabling all non native modules"},
    {PS_LOG_MODULES_KEPT,         "Keeping non native modules enabled"},
    {PS_LOG_DB_START,             "Updating database data and structure"},
    {PS_LOG_DB_FILE,              "(%n/%c) Applying migration file %a."},
    {PS_LOG_DB_LEFT,              "Update database in progress. %n queries left"},
    {PS_LOG_SQL_HARMLESS,         "The execution of the query failed: %n, %c. This error code can be safely ignored."},
    {PS_LOG_SQL_FAILED,           "The execution of the query failed: %n, %c"},
    {PS_LOG_GENERIC,              "Running generic queries"},
    {PS_LOG_DB_OK,                "Database upgrade OK"},
    {PS_LOG_DB_OK,                "Database update OK"},
    {PS_LOG_LANGUAGES,            "Upgrading languages"},
    {PS_LOG_LANGUAGES,            "Updating languages"},
    {PS_LOG_LANGUAGE_FAILED,      "Download of the language pack %a failed. %b"},
    {PS_LOG_LANGUAGE,             "Downloading language pack for %a"},
    {PS_LOG_LANGUAGE,             "Installing %a language pack"},
    {PS_LOG_LANGUAGE,             "Generating mail templates for %a"},
    {PS_LOG_HTACCESS,             "Regenerating htaccess"},
    {PS_LOG_XML,                  "Cleaning XML files"},
    {PS_LOG_OVERRIDES,            "Disabling overrides"},
    {PS_LOG_OVERRIDES,            "Keeping overrides in place"},
    {PS_LOG_THEME,                "Keeping current theme"},
    {PS_LOG_THEME,                "Switching to default theme.%*"},
    {PS_LOG_THEME,                "Upgrade the RTL files%*"},
    {PS_LOG_DB_WARNED,            "Warning detected during upgrade.%*"},
    {PS_LOG_DB_WARNED,            "Warning detected during update.%*"},
    {PS_LOG_DB_COMPLETED,         "Database upgrade completed"},
    {PS_LOG_DB_COMPLETED,         "Database update completed"},
    {PS_LOG_DB_FAILED,            "Error during database upgrade.%*"},
    {PS_LOG_DB_FAILED,            "Error during database update.%*"},
    {PS_LOG_DB_DONE,              "Database upgraded. Now upgrading your Addons modules..."},
    {PS_LOG_DB_DONE,              "Database updated. Now updating your Addons modules..."},
    {PS_LOG_DB_DONE,              "Database updated. Now updating your modules..."},
    /* modules */
    {PS_LOG_MODULES,              "%n modules will be upgraded."},
    {PS_LOG_MODULES,              "%n modules will be updated."},
    {PS_LOG_MODULES_LEFT,         "%n modules left to upgrade."},
    {PS_LOG_MODULES_LEFT,         "%n modules left to update."},
    {PS_LOG_MODULE,               "Upgrading module %a..."},
    {PS_LOG_MODULE,               "Updating module %a..."},
    {PS_LOG_MODULE,               "Checking updates of module %a..."},
    {PS_LOG_MODULE_DONE,          "Module %a does not need to be migrated. Module is up to date."},
    {PS_LOG_MODULE_DONE,          "Module %a is up-to-date."},
    {PS_LOG_MODULE_DONE,          "The files of module %a have been upgraded."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Error when trying to upgrade module %a."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Error when trying to extract module %a."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Error when trying to retrieve module %a instance."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Unexpected error when trying to upgrade module %a. Module %* disabled."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Migration failed while running the file %*. Module %a disabled."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Method %* already exists. Migration for module %a aborted,%*"},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Method %* does not exist. Module %a disabled."},
    {PS_LOG_MODULE_FAILED,        "[WARNING] Module %a version could not be updated.%*"},
    {PS_LOG_MODULE_FAILED,        "[WARNING] An error occurred while downloading module %a, the received file is empty."},
    {PS_LOG_MODULE_FAILED,        "Error when trying to extract module %a."},
    {PS_LOG_MODULES_DONE,         "Addons modules files have been upgraded."},
    {PS_LOG_MODULES_DONE,         "All modules have been updated."},
    /* restore */
    {PS_LOG_RESTORE_START,        "Starting restoration..."},
    {PS_LOG_RESTORE_FILES,        "Restoring files ..."},
    {PS_LOG_RESTORE_FILES,        "Restoring files..."},
    {PS_LOG_RESTORE_REMOVE,       "%n file(s) will be removed before restoring the backup files."},
    {PS_LOG_RESTORE_FILES_DONE,   "Files restored.%*"},
    {PS_LOG_RESTORE_FILES_FAILED, "Unable to extract file %a into directory %*."},
    {PS_LOG_RESTORE_FILES_FAILED, "Could not extract %a from backup, the destination might not be writable."},
    {PS_LOG_RESTORE_FILES_FAILED, "Unable to remove upgraded files."},
    {PS_LOG_RESTORE_DB_FILE,      "Opening backup database file %a in %b mode"},
    {PS_LOG_RESTORE_DB_FILE_DONE, "Database restoration file %a done. %n file(s) left..."},
    {PS_LOG_RESTORE_DB_FILE_DONE, "Database restoration file %a done."},
    {PS_LOG_RESTORE_DB_LEFT,      "%n queries left for file %a..."},
    {PS_LOG_RESTORE_DB_DONE,      "Database has been restored."},
    {PS_LOG_RESTORE_DB_DONE,      "Database restoration done."},
    {PS_LOG_RESTORE_DB_FAILED,    "Error during database restoration"},
    {PS_LOG_RESTORE_DB_FAILED,    "Database backup is empty."},
    {PS_LOG_RESTORE_DB_FAILED,    "%a: File format does not match."},
    {PS_LOG_RESTORE_REFUSED,      "[ERROR] File %a is missing: unable to restore files. Operation aborted."},
    {PS_LOG_RESTORE_REFUSED,      "File %a is missing: unable to restore files. Operation aborted."},
    {PS_LOG_RESTORE_REFUSED,      "[ERROR] No backup database files found: %*"},
    {PS_LOG_RESTORE_REFUSED,      "No backup database files found: %*"},
    {PS_LOG_RESTORE_REFUSED,      "Nothing to restore"},
    {PS_LOG_RESTORE_COMPLETE,     "Restoration process done. Congratulations!%*"},
    {PS_LOG_RESTORE_COMPLETE,     "Restoration complete."},
    {PS_LOG_OTHER,                NULL},
};

static const char *const kind_names[PS_LOG_KINDS] = {
    [PS_LOG_OTHER] = "OTHER",
    [PS_LOG_ERROR] = "ERROR",
    [PS_LOG_WARNING] = "WARNING",
    [PS_LOG_START] = "START",
    [PS_LOG_TARGET] = "TARGET",
    [PS_LOG_STEP] = "STEP",
    [PS_LOG_RESTART] = "RESTART",
    [PS_LOG_RESTART_COMMAND] = "RESTART_COMMAND",
    [PS_LOG_VERSION_REFUSED] = "VERSION_REFUSED",
    [PS_LOG_ALREADY] = "ALREADY",
    [PS_LOG_CLEANED] = "CLEANED",
    [PS_LOG_COMPLETE] = "COMPLETE",
    [PS_LOG_COMPLETE_WARNED] = "COMPLETE_WARNED",
    [PS_LOG_INTERNAL] = "INTERNAL",
    [PS_LOG_PHP_FATAL] = "PHP_FATAL",
    [PS_LOG_DOWNLOAD] = "DOWNLOAD",
    [PS_LOG_DOWNLOAD_SUM] = "DOWNLOAD_SUM",
    [PS_LOG_DOWNLOADED] = "DOWNLOADED",
    [PS_LOG_DOWNLOAD_FAILED] = "DOWNLOAD_FAILED",
    [PS_LOG_UNZIP] = "UNZIP",
    [PS_LOG_UNZIP_FAILED] = "UNZIP_FAILED",
    [PS_LOG_UNZIPPED] = "UNZIPPED",
    [PS_LOG_SAMPLES] = "SAMPLES",
    [PS_LOG_BACKUP_START] = "BACKUP_START",
    [PS_LOG_BACKUP_NAMED] = "BACKUP_NAMED",
    [PS_LOG_BACKUP_FILES] = "BACKUP_FILES",
    [PS_LOG_BACKUP_FILE] = "BACKUP_FILE",
    [PS_LOG_BACKUP_FILE_SKIPPED] = "BACKUP_FILE_SKIPPED",
    [PS_LOG_BACKUP_FILES_LEFT] = "BACKUP_FILES_LEFT",
    [PS_LOG_BACKUP_FILES_DONE] = "BACKUP_FILES_DONE",
    [PS_LOG_BACKUP_FILES_FAILED] = "BACKUP_FILES_FAILED",
    [PS_LOG_BACKUP_TABLE] = "BACKUP_TABLE",
    [PS_LOG_BACKUP_TABLES] = "BACKUP_TABLES",
    [PS_LOG_BACKUP_TABLES_LEFT] = "BACKUP_TABLES_LEFT",
    [PS_LOG_BACKUP_DB_DONE] = "BACKUP_DB_DONE",
    [PS_LOG_BACKUP_DB_FAILED] = "BACKUP_DB_FAILED",
    [PS_LOG_BACKUP_SKIPPED] = "BACKUP_SKIPPED",
    [PS_LOG_BACKUP_COMPLETE] = "BACKUP_COMPLETE",
    [PS_LOG_FILES] = "FILES",
    [PS_LOG_FILES_LEFT] = "FILES_LEFT",
    [PS_LOG_FILE_COPIED] = "FILE_COPIED",
    [PS_LOG_FILE_IGNORED] = "FILE_IGNORED",
    [PS_LOG_FILE_REMOVED] = "FILE_REMOVED",
    [PS_LOG_FILE_FAILED] = "FILE_FAILED",
    [PS_LOG_RELEASE_BAD] = "RELEASE_BAD",
    [PS_LOG_FILES_DONE] = "FILES_DONE",
    [PS_LOG_DB_CHECK] = "DB_CHECK",
    [PS_LOG_MODULES_DISABLED] = "MODULES_DISABLED",
    [PS_LOG_MODULES_KEPT] = "MODULES_KEPT",
    [PS_LOG_DB_START] = "DB_START",
    [PS_LOG_DB_FILE] = "DB_FILE",
    [PS_LOG_DB_LEFT] = "DB_LEFT",
    [PS_LOG_SQL_AT] = "SQL_AT",
    [PS_LOG_SQL_OK] = "SQL_OK",
    [PS_LOG_SQL_WARNING] = "SQL_WARNING",
    [PS_LOG_SQL_ERROR] = "SQL_ERROR",
    [PS_LOG_SQL_FAILED] = "SQL_FAILED",
    [PS_LOG_SQL_HARMLESS] = "SQL_HARMLESS",
    [PS_LOG_PHP_OK] = "PHP_OK",
    [PS_LOG_PHP_ERROR] = "PHP_ERROR",
    [PS_LOG_TABLE_DROPPED] = "TABLE_DROPPED",
    [PS_LOG_GENERIC] = "GENERIC",
    [PS_LOG_DB_OK] = "DB_OK",
    [PS_LOG_LANGUAGES] = "LANGUAGES",
    [PS_LOG_LANGUAGE] = "LANGUAGE",
    [PS_LOG_LANGUAGE_FAILED] = "LANGUAGE_FAILED",
    [PS_LOG_HTACCESS] = "HTACCESS",
    [PS_LOG_XML] = "XML",
    [PS_LOG_OVERRIDES] = "OVERRIDES",
    [PS_LOG_THEME] = "THEME",
    [PS_LOG_CACHE] = "CACHE",
    [PS_LOG_DB_WARNED] = "DB_WARNED",
    [PS_LOG_DB_COMPLETED] = "DB_COMPLETED",
    [PS_LOG_DB_FAILED] = "DB_FAILED",
    [PS_LOG_DB_DONE] = "DB_DONE",
    [PS_LOG_MODULES] = "MODULES",
    [PS_LOG_MODULES_LEFT] = "MODULES_LEFT",
    [PS_LOG_MODULE] = "MODULE",
    [PS_LOG_MODULE_DONE] = "MODULE_DONE",
    [PS_LOG_MODULE_FAILED] = "MODULE_FAILED",
    [PS_LOG_MODULES_DONE] = "MODULES_DONE",
    [PS_LOG_RESTORE_START] = "RESTORE_START",
    [PS_LOG_RESTORE_FILES] = "RESTORE_FILES",
    [PS_LOG_RESTORE_REMOVE] = "RESTORE_REMOVE",
    [PS_LOG_RESTORE_FILES_DONE] = "RESTORE_FILES_DONE",
    [PS_LOG_RESTORE_FILES_FAILED] = "RESTORE_FILES_FAILED",
    [PS_LOG_RESTORE_DB_FILE] = "RESTORE_DB_FILE",
    [PS_LOG_RESTORE_DB_FILE_DONE] = "RESTORE_DB_FILE_DONE",
    [PS_LOG_RESTORE_DB_LEFT] = "RESTORE_DB_LEFT",
    [PS_LOG_RESTORE_SQL_ERROR] = "RESTORE_SQL_ERROR",
    [PS_LOG_RESTORE_DB_DONE] = "RESTORE_DB_DONE",
    [PS_LOG_RESTORE_DB_FAILED] = "RESTORE_DB_FAILED",
    [PS_LOG_RESTORE_REFUSED] = "RESTORE_REFUSED",
    [PS_LOG_RESTORE_COMPLETE] = "RESTORE_COMPLETE",
    [PS_LOG_SYMFONY] = "SYMFONY",
    [PS_LOG_EXCEPTION] = "EXCEPTION",
    [PS_LOG_ACTION] = "ACTION",
};
/* clang-format on */

const char *ps_log_kind_name(enum ps_log_kind kind)
{
    return (size_t)kind < PS_LOG_KINDS ? kind_names[kind] : "";
}
