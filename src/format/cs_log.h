/*
 * The upgrade log of CS-Cart 4: var/upgrade/core_log.txt and <add-on>_log.txt from 4.3.1 on, var/upgrade/upgrade.log before.
 *
 * From 4.3.1 on a line is "YYYY-MM-DD HH:MM:SS: message" in the time zone of the shop. All runs stand in one file; from 4.3.4
 * on each begins with two lines of 80 "#", before that one line of 48 "=" follows its first line. What an exception
 * says goes on in lines without a time. Some lines are begun before an action and get OK or FAILED behind it. 4.3.1 to 4.3.3 write
 * backslashes in front of some quotes.
 *
 * Before 4.3 a line is "<Unix time> - message in <php file> on line <n>".
 *
 * Lines are told one by one, in bounded memory; what they mean together is for the caller.
 */
#ifndef FORMAT_CS_LOG_H
#define FORMAT_CS_LOG_H

#include "base/clock.h"
#include "format/log_lines.h"

enum cs_log_kind {
    CS_LOG_OTHER, /* dated, and none of these */
    CS_LOG_MORE,  /* no time: what the line above says goes on */
    CS_LOG_RULE,  /* "####…", "====…" */
    CS_LOG_BLANK, /* nothing, or a time and nothing */
    CS_LOG_DOWNLOAD, /* a: package */
    CS_LOG_DOWNLOADED,
    CS_LOG_DOWNLOAD_FAILED,
    CS_LOG_START,    /* a: package */
    CS_LOG_VERSIONS, /* a: from, b: to */
    CS_LOG_USER,     /* a */
    CS_LOG_MODES_KEPT,
    CS_LOG_MODE,       /* a: file, "" is the root; value: st_mode */
    CS_LOG_CHECKS,     /* the checks begin */
    CS_LOG_CHECK,      /* a: the check */
    CS_LOG_CHECK_STOP, /* a: the check that stopped it */
    CS_LOG_PREPARE,    /* anything of making the restore script */
    CS_LOG_PREPARE_FAULT,
    CS_LOG_PREPARE_STOP,
    CS_LOG_BACKUP_NAME,    /* a: name without .zip */
    CS_LOG_RESTORE_SCRIPT, /* a: path */
    CS_LOG_BACKUP_SKIPPED,
    CS_LOG_CHMOD, /* the words around a chmod, which may say FAILED and mean no harm */
    CS_LOG_PRE_SCRIPT, /* a: path */
    CS_LOG_PRE_SCRIPT_DONE,
    CS_LOG_CLOSE,
    CS_LOG_BACKUP,
    CS_LOG_BACKUP_TROUBLE, /* meant no harm if BACKUP_DONE follows */
    CS_LOG_BACKUP_DONE,    /* a: path */
    CS_LOG_BACKUP_STOP,
    CS_LOG_MAIL, /* a: addresses */
    CS_LOG_MAIL_SENT,
    CS_LOG_MAIL_FAILED, /* ends the run before the migrations, means no harm after them */
    CS_LOG_NO_MIGRATIONS,
    CS_LOG_MIGRATIONS,  /* value: how many, 0 when it doesn't say */
    CS_LOG_PHINX,       /* its own words */
    CS_LOG_PHINX_TABLE, /* a: name of the table of progress; value: the number in it */
    CS_LOG_MIGRATING,   /* a: number, b: class */
    CS_LOG_MIGRATED,    /* a: number, b: class */
    CS_LOG_MIGRATIONS_DONE,
    CS_LOG_MIGRATIONS_STOP,
    CS_LOG_COPY,
    CS_LOG_DELETE,
    CS_LOG_THEMES,
    CS_LOG_CACHE,
    CS_LOG_LANGUAGES,
    CS_LOG_LANGUAGES_THERE, /* a: codes of installed languages, between commas */
    CS_LOG_LANGUAGES_AHEAD, /* a: codes */
    CS_LOG_LANGUAGE,        /* a: code */
    CS_LOG_LANGUAGES_FAILED, /* a: codes */
    CS_LOG_POST_SCRIPT,      /* a: path */
    CS_LOG_POST_SCRIPT_DONE,
    CS_LOG_RECORD,
    CS_LOG_STATISTICS,
    CS_LOG_PACKAGE_GONE,
    CS_LOG_MODES_BACK,
    CS_LOG_MODES_MISSING,
    CS_LOG_COMPLETED,
    CS_LOG_PHP,       /* a warning or notice of PHP */
    CS_LOG_FATAL,     /* a: the message */
    CS_LOG_EXCEPTION, /* a: the class */
    CS_LOG_CAUGHT,    /* a: what was caught */
    CS_LOG_RESTORED,  /* written by us: the store was brought back from a backup */
    CS_LOG_GIVEN_UP,  /* written by us: the attempt above was given up before it changed anything */
    /* before 4.3 */
    CS_LOG_L_COPY,      /* a: file */
    CS_LOG_L_BACKUP,    /* a: file or table */
    CS_LOG_L_MYSQLDUMP,
    CS_LOG_L_DB_ERROR,  /* a: the dump, "post upgrade" or "settings"; b: the message */
    CS_LOG_L_OTHER
};

enum cs_log_result {
    CS_LOG_NO_RESULT,
    CS_LOG_UNDECIDED, /* the line waits for its result: the process died inside */
    CS_LOG_OK,
    CS_LOG_FAILED,
    CS_LOG_SKIPPED
};

struct cs_log_line {
    uint64_t number;
    bool dated; /* time and seconds are set */
    struct civil time;
    int64_t seconds; /* of that clock face; before 4.3: seconds since 1970, UTC */
    enum cs_log_kind kind;
    struct str a;
    struct str b;
    uint64_t value;
    enum cs_log_result result;
    struct str text; /* without the time */
    bool ended;      /* false: the file stops inside the line */
};

/* What we write ourselves behind a restore; CS_LOG_RESTORED. */
#define CS_LOG_RESTORED_TEXT "The store was restored from a backup by toolkit"
#define CS_LOG_GIVEN_UP_TEXT "The upgrade was given up by toolkit before it changed anything"

/* Slices are valid during the call only. */
typedef void (*cs_log_fn)(void *context, const struct cs_log_line *line);

struct cs_log_reader {
    struct log_lines lines;
    cs_log_fn fn;
    void *context;
};

void cs_log_init(struct cs_log_reader *r, cs_log_fn fn, void *context);
void cs_log_feed(struct cs_log_reader *r, struct str chunk);
void cs_log_end(struct cs_log_reader *r); /* gives the last line when it has no end; call once */
void cs_log_free(struct cs_log_reader *r);

/* Kind, a, b, value and result of a text without its time. */
void cs_log_classify(struct str text, struct cs_log_line *out);

#endif
