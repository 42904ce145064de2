/*
 * Logs of PrestaShop's upgrades, of all generations of the upgrade module, told message by message in bounded memory:
 *
 *   4 to 6, in the browser    tmp/log.txt          [YYYY-MM-DD HH:MM:SS] message
 *   4 to 6, command line      what it printed      LEVEL - message, with "=== Step NAME" between
 *   7                         logs/…-update.txt    [YYYY-MM-DD HH:MM:SS] LEVEL - message, later ones LEVEL - Component - message
 *   Symfony                   var/logs/prod.log    [YYYY-MM-DD HH:MM:SS] channel.LEVEL: message {…} []
 *   PrestaShop's own logger   …_exception.log, …_upgrade.log of 1.5 and 1.6:  *ERROR* <tab>v1.6.1.4<tab>YYYY/MM/DD - HH:MM:SS: message
 *   install/upgrade/upgrade.php of 1.4 to 1.6      <action result="fail" error="34">, <request result="ok" sqlfile="1.6.0.1"> …
 *
 * A message lasts over lines until the next one begins; HTML around it is taken off. Times are as the shop's clock gave them.
 *
 * Shops log in the language of the employee. Kinds marked "*" are known by their form in any language: what the module never
 * translates, version numbers behind [OK] and SQL, names of backups, error numbers, paths. The other kinds need the English words; in
 * another language such a message is PS_LOG_OTHER, or one of PS_LOG_BACKUP_NAMED, PS_LOG_ERROR and PS_LOG_WARNING.
 */
#ifndef FORMAT_PS_LOG_H
#define FORMAT_PS_LOG_H

#include "format/log_lines.h"

enum ps_log_kind {
    PS_LOG_OTHER,   /* none of these */
    PS_LOG_ERROR,   /* * of level ERROR or above, or "[ERROR] …", and none of these; a: the text */
    PS_LOG_WARNING, /* * of level WARNING, or "[WARNING] …", and none of these; a: the text */
    /* the run */
    PS_LOG_START,
    PS_LOG_TARGET,          /* a: version */
    PS_LOG_STEP,            /* * "=== Step NAME"; a: name */
    PS_LOG_RESTART,         /* the line before PS_LOG_RESTART_COMMAND */
    PS_LOG_RESTART_COMMAND, /* * a: action, b: data (ps_state_data reads it), c: the whole command */
    PS_LOG_VERSION_REFUSED, /* the version to install is too old, or none; a: the text */
    PS_LOG_ALREADY,         /* "You already have the … version."; a: version */
    PS_LOG_CLEANED,         /* the database was cleaned */
    PS_LOG_COMPLETE,        /* a: version, or "" */
    PS_LOG_COMPLETE_WARNED, /* a: version, or "" */
    PS_LOG_INTERNAL,        /* * "[INTERNAL] FILE line N - MESSAGE"; a: file, number: line, b: message with its trace */
    PS_LOG_PHP_FATAL,       /* * PHP's own words; a: the text */
    /* download and unpacking */
    PS_LOG_DOWNLOAD,        /* * a: address of the release, or "" */
    PS_LOG_DOWNLOAD_SUM,    /* a: md5 */
    PS_LOG_DOWNLOADED,
    PS_LOG_DOWNLOAD_FAILED, /* a: the text */
    PS_LOG_UNZIP,
    PS_LOG_UNZIP_FAILED,    /* a: the text */
    PS_LOG_UNZIPPED,
    PS_LOG_SAMPLES,         /* up to 5: sample files are removed */
    /* backup */
    PS_LOG_BACKUP_START,
    PS_LOG_BACKUP_NAMED,    /* * a message that names a backup, its words unknown; a: the name V…, b: the file name, or "" */
    PS_LOG_BACKUP_FILES,    /* a: archive */
    PS_LOG_BACKUP_FILE,     /* a: file, number: files left */
    PS_LOG_BACKUP_FILE_SKIPPED, /* a: file, b: its size */
    PS_LOG_BACKUP_FILES_LEFT,   /* number */
    PS_LOG_BACKUP_FILES_DONE,
    PS_LOG_BACKUP_FILES_FAILED, /* a: file, or "" */
    PS_LOG_BACKUP_TABLE,        /* a: table */
    PS_LOG_BACKUP_TABLES,       /* number: tables saved in this round */
    PS_LOG_BACKUP_TABLES_LEFT,  /* number */
    PS_LOG_BACKUP_DB_DONE,      /* a: the name V… */
    PS_LOG_BACKUP_DB_FAILED,    /* a: file or table, or "" */
    PS_LOG_BACKUP_SKIPPED,
    PS_LOG_BACKUP_COMPLETE,
    /* files */
    PS_LOG_FILES,        /* number: files to be upgraded */
    PS_LOG_FILES_LEFT,   /* number */
    PS_LOG_FILE_COPIED,  /* a: path */
    PS_LOG_FILE_IGNORED, /* a: path */
    PS_LOG_FILE_REMOVED, /* * a: path of a file or a folder */
    PS_LOG_FILE_FAILED,  /* a: path */
    PS_LOG_RELEASE_BAD,  /* a: folder that holds no release */
    PS_LOG_FILES_DONE,
    /* database */
    PS_LOG_DB_CHECK,         /* constants, version, connection: before the database is changed */
    PS_LOG_MODULES_DISABLED, /* modules that are not PrestaShop's were disabled */
    PS_LOG_MODULES_KEPT,
    PS_LOG_DB_START,
    PS_LOG_DB_FILE,       /* a: the upgrade's file (a version), number: which one, c: of how many */
    PS_LOG_DB_LEFT,       /* number: statements left */
    PS_LOG_SQL_AT,        /* * 7: a: version of the upgrade's file, b: statement or call; it has run, and failed when one of
                           * PS_LOG_SQL_FAILED and PS_LOG_SQL_HARMLESS came right before */
    PS_LOG_SQL_OK,        /* * a: version, b: statement */
    PS_LOG_SQL_WARNING,   /* * a: version, b: statement, c: message, number: error number */
    PS_LOG_SQL_ERROR,     /* * the same, and the run went on; the module counts it as a failure */
    PS_LOG_SQL_FAILED,    /* * 7: number: error number, c: message; the next PS_LOG_SQL_AT names the statement */
    PS_LOG_SQL_HARMLESS,  /* * 7: the same, of an error that the module counts as none */
    PS_LOG_PHP_OK,        /* * a: version, b: the call */
    PS_LOG_PHP_ERROR,     /* * a: version, or the path of a file that is missing; b: the call; c: message, or "" */
    PS_LOG_TABLE_DROPPED, /* * a: table */
    PS_LOG_GENERIC,       /* the statements that set PS_VERSION_DB come next: all SQL has run */
    PS_LOG_DB_OK,
    PS_LOG_LANGUAGES,
    PS_LOG_LANGUAGE,        /* a: language */
    PS_LOG_LANGUAGE_FAILED, /* a: language, b: details */
    PS_LOG_HTACCESS,
    PS_LOG_XML,
    PS_LOG_OVERRIDES,
    PS_LOG_THEME,
    PS_LOG_CACHE,
    PS_LOG_DB_WARNED,    /* statements failed for good */
    PS_LOG_DB_COMPLETED,
    PS_LOG_DB_FAILED,
    PS_LOG_DB_DONE,      /* modules come next */
    /* modules */
    PS_LOG_MODULES,      /* number: modules to be upgraded */
    PS_LOG_MODULES_LEFT, /* number */
    PS_LOG_MODULE,       /* a: name; its upgrade begins */
    PS_LOG_MODULE_DONE,  /* a: name */
    PS_LOG_MODULE_FAILED, /* a: name, or the text when it names none */
    PS_LOG_MODULES_DONE,
    /* restore */
    PS_LOG_RESTORE_START,
    PS_LOG_RESTORE_FILES,
    PS_LOG_RESTORE_REMOVE,       /* number: files that the backup doesn't hold will be removed */
    PS_LOG_RESTORE_FILES_DONE,
    PS_LOG_RESTORE_FILES_FAILED, /* a: file, or "" */
    PS_LOG_RESTORE_DB_FILE,      /* a: file, b: how it is packed */
    PS_LOG_RESTORE_DB_FILE_DONE, /* a: number of the part or its file, number: parts left */
    PS_LOG_RESTORE_DB_LEFT,      /* a: number of the part or its file, number: statements left */
    PS_LOG_RESTORE_SQL_ERROR,    /* * a: statement, b: message */
    PS_LOG_RESTORE_DB_DONE,
    PS_LOG_RESTORE_DB_FAILED,
    PS_LOG_RESTORE_REFUSED,      /* nothing was changed; a: what is missing, or "" */
    PS_LOG_RESTORE_COMPLETE,
    /* other logs */
    PS_LOG_SYMFONY,   /* * a: channel, b: message */
    PS_LOG_EXCEPTION, /* * PrestaShop's own logger, any level; a: version, b: message */
    PS_LOG_ACTION,    /* * of upgrade.php; a: result ("ok", "fail", "info"), number: error, b: its attributes as they stand */
    PS_LOG_KINDS      /* how many there are */
};

enum ps_log_level {
    PS_LEVEL_NONE, /* the log has no levels */
    PS_LEVEL_DEBUG,
    PS_LEVEL_INFO,
    PS_LEVEL_NOTICE,
    PS_LEVEL_WARNING,
    PS_LEVEL_ERROR,
    PS_LEVEL_CRITICAL,
    PS_LEVEL_ALERT,
    PS_LEVEL_EMERGENCY
};

struct ps_log_event {
    uint64_t line;        /* of its first line, from 1 */
    uint64_t offset;      /* of its first line in the log */
    enum ps_log_kind kind;
    enum ps_log_level level;
    struct str time;      /* "YYYY-MM-DD HH:MM:SS", or "" */
    struct str component; /* "", or what stands between level and message */
    struct str a;
    struct str b;
    struct str c;
    uint64_t number;
    struct str text;      /* the message as it stands, lines joined by "\n", without time, level, component, and tags around it */
    bool by_form;         /* known by its form, not by English words */
    bool ended;           /* false: the log stops inside its last line */
    uint64_t lost;        /* bytes beyond PS_LOG_MESSAGE_MAX */
};

/* Of a longer message the first bytes are given. Statements of upgrades are far shorter; rows of restores may not be. */
#define PS_LOG_MESSAGE_MAX ((size_t)256 * 1024)

/* Slices are valid during the call only. */
typedef void (*ps_log_fn)(void *context, const struct ps_log_event *event);

struct ps_log_reader {
    struct log_lines lines;
    ps_log_fn fn;
    void *context;
    struct buf message;  /* of the message that is open */
    struct ps_log_event event;
    char time[20];
    char component[64];
    char source[64]; /* channel or version, of kinds that the head tells */
    bool open;
    bool headed;     /* some message had a head, so lines without one belong to the message before */
};

/* first_line is the number of the first line fed and inside says that the log is fed from within a line, as log_lines_init
 * has it: the end of a large log can be read alone. */
void ps_log_init(struct ps_log_reader *r, uint64_t first_line, bool inside, ps_log_fn fn, void *context);
void ps_log_feed(struct ps_log_reader *r, struct str chunk);
void ps_log_end(struct ps_log_reader *r); /* gives the last message; call once */
void ps_log_free(struct ps_log_reader *r);

/* Kind, a, b, c, number and by_form of a message without time and level, which event->level has; text has to be set. */
void ps_log_classify(struct ps_log_event *event);

const char *ps_log_kind_name(enum ps_log_kind kind); /* "SQL_OK", for reports and tests */
const char *ps_log_level_name(enum ps_log_level level); /* "WARNING"; "" for none */

#endif
