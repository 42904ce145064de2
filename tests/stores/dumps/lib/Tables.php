<?php

namespace Dumps;

/** Reading a database for a writer: tables and rows, as that writer's connection gives them */
final class Tables
{
    private $db;

    public function __construct(\mysqli $db)
    {
        $this->db = $db;
    }

    /** @return array<string, boolean> Name => whether it is a view, in the order of SHOW TABLES */
    public function names()
    {
        $names = array();
        foreach ($this->db->query('SHOW FULL TABLES')->fetch_all() as $row) {
            $names[$row[0]] = 'VIEW' === $row[1];
        }

        return $names;
    }

    public function create($name)
    {
        return $this->db->query('SHOW CREATE TABLE ' . dumps_quote($name))->fetch_row()[1];
    }

    /** @return iterable<array> Rows by column; numbers are texts as well */
    public function rows($name)
    {
        $result = $this->db->query('SELECT * FROM ' . dumps_quote($name), MYSQLI_USE_RESULT);
        while ($row = $result->fetch_assoc()) {
            yield $row;
        }
        $result->free();
    }

    /** @return array<string, array> Column => its row of the information schema */
    public function columns($name)
    {
        $result = $this->db->query("SELECT * FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '"
            . $this->db->real_escape_string($name) . "' ORDER BY ordinal_position");
        $columns = array();
        foreach ($result->fetch_all(MYSQLI_ASSOC) as $row) {
            $row = array_change_key_case($row, CASE_LOWER);
            $columns[$row['column_name']] = $row;
        }

        return $columns;
    }

    /** @return array<array> Rows of SHOW TRIGGERS with the whole statement */
    public function triggers()
    {
        $triggers = array();
        foreach ($this->db->query('SHOW TRIGGERS')->fetch_all(MYSQLI_ASSOC) as $row) {
            $row['text'] = $this->db->query('SHOW CREATE TRIGGER ' . dumps_quote($row['Trigger']))->fetch_assoc()['SQL Original Statement'];
            $triggers[] = $row;
        }

        return $triggers;
    }
}
