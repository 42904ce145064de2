<?php

namespace AutoUpgrade;

/** What the module says, in the language of the owner; what has no translation stays English */
final class Texts
{
    const GERMAN = array(
        'Starting upgrade...' => 'Die Aktualisierung beginnt...',
        'Shop deactivated. Now downloading... (this can take a while)' => 'Shop abgeschaltet. Herunterladen läuft... (das kann dauern)',
        'Download complete. Now extracting...' => 'Herunterladen fertig. Wird jetzt entpackt...',
        'File extraction complete. Removing sample files...' => 'Dateien entpackt. Beispieldateien werden entfernt...',
        'All files saved. Now backing up database' => 'Alle Dateien gesichert. Jetzt wird die Datenbank gesichert',
        'All files upgraded. Now upgrading database...' => 'Alle Dateien aktualisiert. Jetzt kommt die Datenbank...',
        'Updating database data and structure' => 'Daten und Aufbau der Datenbank werden aktualisiert',
        'Running generic queries' => 'Allgemeine Abfragen laufen',
        'Database upgrade OK' => 'Datenbank aktualisiert',
        'Upgrading languages' => 'Sprachen werden aktualisiert',
        'Regenerating htaccess' => '.htaccess wird neu erzeugt',
        'Cleaning XML files' => 'XML-Dateien werden aufgeräumt',
        'Disabling overrides' => 'Overrides werden abgeschaltet',
        'Database upgraded. Now upgrading your Addons modules...' => 'Datenbank aktualisiert. Jetzt kommen die Module von Addons...',
        'Addons modules files have been upgraded.' => 'Die Dateien der Module von Addons sind aktualisiert.',
        'The database has been cleaned.' => 'Die Datenbank ist aufgeräumt.',
        'Upgrade process done. Congratulations! You can now reactivate your shop.' => 'Fertig. Glückwunsch! Der Shop kann wieder eingeschaltet werden.',
        'Error during database upgrade. You may need to restore your database.' => 'Fehler bei der Datenbank. Vielleicht muss sie wiederhergestellt werden.',
    );

    /** Texts with a name or a number in them */
    const GERMAN_PATTERNS = array(
        '/^(\d+) files will be upgraded\.$/' => '$1 Dateien werden aktualisiert.',
        '/^(\d+) files left to upgrade\.$/' => '$1 Dateien sind noch zu aktualisieren.',
        '/^Copied (.*)\.$/' => '$1 kopiert.',
        '/^(.*) added to archive\. (\d+) files left\.$/' => '$1 ins Archiv gelegt. Noch $2 Dateien.',
        '/^(\S+) table has been saved\.$/' => 'Die Tabelle $1 ist gesichert.',
        '/^Error when trying to upgrade file (.*)\.$/' => 'Fehler beim Aktualisieren der Datei $1.',
    );

    public static function say($language, $text)
    {
        if ('de' !== $language) {
            return $text;
        }

        return self::GERMAN[$text] ?? preg_replace(array_keys(self::GERMAN_PATTERNS), array_values(self::GERMAN_PATTERNS), $text);
    }
}
