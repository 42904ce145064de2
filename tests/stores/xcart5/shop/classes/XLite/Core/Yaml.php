<?php

namespace XLite\Core;

/**
 * The part of YAML that the store's data files use. As lenient as the parser the store came with: list items
 * may follow mapping lines under the same key.
 */
class Yaml
{
    protected $lines;

    protected $at = 0;

    public static function parse($text)
    {
        $parser = new static();
        $parser->lines = preg_split('/\r?\n/', preg_replace('/^\xEF\xBB\xBF/', '', $text));
        $result = $parser->block(0);
        if ($parser->peek() !== null) {
            throw new \RuntimeException('YAML: line ' . ($parser->at + 1) . ' is not understood');
        }

        return is_array($result) ? $result : array();
    }

    /** Indent of the next line that says something, null at the end */
    protected function peek()
    {
        while ($this->at < count($this->lines)) {
            $line = $this->lines[$this->at];
            if (!preg_match('/^\s*(#.*)?$/', $line) && '---' !== $line) {
                return strspn($line, ' ');
            }
            $this->at++;
        }

        return null;
    }

    protected function block($minimum)
    {
        $indent = $this->peek();
        if (null === $indent || $indent < $minimum) {
            return null;
        }

        $result = array();
        while ($this->peek() === $indent) {
            $line = substr($this->lines[$this->at], $indent);
            if ('-' === $line || 0 === strpos($line, '- ')) {
                $result[] = $this->item($line, $indent);
            } elseif (preg_match('/^("(?:[^"\\\\]|\\\\.)*"|\'(?:[^\']|\'\')*\'|[^\s"\'{\[].*?):(?:\s+(.*))?$/', $line, $match)) {
                $this->at++;
                $result[$this->flow($match[1])] = $this->value($match[2] ?? '', $indent);
            } else {
                throw new \RuntimeException('YAML: line ' . ($this->at + 1) . ' is not understood');
            }
        }

        return $result;
    }

    protected function item($line, $indent)
    {
        $rest = ltrim(substr($line, 1));
        if ('' !== $rest && !preg_match('/^[{\["\'|>]/', $rest) && preg_match('/^[^#]+?:(\s|$)/', $rest)) {
            // A mapping that starts behind the dash: the dash is indentation.
            $this->lines[$this->at] = str_repeat(' ', $indent) . ' ' . substr($line, 1);

            return $this->block($indent + 1);
        }
        $this->at++;

        return $this->value($rest, $indent);
    }

    protected function value($text, $indent)
    {
        $text = trim($text);
        if ('' === $text || '#' === $text[0]) {
            return $this->block($indent + 1);
        }
        if (preg_match('/^([|>])([-+]?)$/', $text, $match)) {
            return $this->literal($match[1], $match[2], $indent);
        }

        return $this->flow($text);
    }

    protected function literal($style, $chomp, $indent)
    {
        $lines = array();
        $own = null;
        for (; $this->at < count($this->lines); $this->at++) {
            $line = $this->lines[$this->at];
            if ('' === trim($line)) {
                $lines[] = '';
                continue;
            }
            $depth = strspn($line, ' ');
            $own = $own ?? $depth;
            if ($depth <= $indent || $depth < $own) {
                break;
            }
            $lines[] = substr($line, $own);
        }
        $text = rtrim(implode('|' === $style ? "\n" : ' ', $lines), '|' === $style ? "\n" : ' ');

        return '-' === $chomp ? $text : $text . "\n";
    }

    protected function flow($text)
    {
        $at = 0;
        $result = $this->node($text, $at, '');
        $rest = ltrim(substr($text, $at));
        if ('' !== $rest && '#' !== $rest[0]) {
            throw new \RuntimeException('YAML: left over near line ' . $this->at . ': ' . $rest);
        }

        return $result;
    }

    protected function node($text, &$at, $ends)
    {
        $at += strspn($text, ' ', $at);
        switch ($text[$at] ?? '') {
            case '{':
            case '[':
                return $this->collection($text, $at);

            case '"':
                return $this->doubleQuoted($text, $at);

            case "'":
                if (!preg_match("/'((?:[^']|'')*)'/A", $text, $match, 0, $at)) {
                    throw new \RuntimeException('YAML: quote without an end near line ' . $this->at);
                }
                $at += strlen($match[0]);

                return str_replace("''", "'", $match[1]);
        }

        $length = strcspn($text, $ends, $at);
        if ('' === $ends || ':' === $ends) {
            $length = strlen($text) - $at;
        }
        $word = substr($text, $at, $length);
        $at += $length;
        $word = trim(preg_replace('/\s#.*$/', '', $word));

        $constants = array('null' => null, '~' => null, '' => null, 'true' => true, 'false' => false);

        return array_key_exists($word, $constants) ? $constants[$word] : $word;
    }

    protected function collection($text, &$at)
    {
        $map = '{' === $text[$at];
        $close = $map ? '}' : ']';
        $at++;
        $result = array();
        while (true) {
            $at += strspn($text, ' ,', $at);
            if (!isset($text[$at])) {
                throw new \RuntimeException('YAML: bracket without an end near line ' . $this->at);
            }
            if ($text[$at] === $close) {
                $at++;

                return $result;
            }
            $word = $this->node($text, $at, ($map ? ':' : '') . ',' . $close);
            if ($map) {
                $at += strspn($text, ' ', $at);
                $at++;
                $result[$word] = $this->node($text, $at, ',' . $close);
            } else {
                $result[] = $word;
            }
        }
    }

    protected function doubleQuoted($text, &$at)
    {
        if (!preg_match('/"((?:[^"\\\\]|\\\\.)*)"/A', $text, $match, 0, $at)) {
            throw new \RuntimeException('YAML: quote without an end near line ' . $this->at);
        }
        $at += strlen($match[0]);

        return preg_replace_callback('/\\\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/', function ($match) {
            $map = array('n' => "\n", 't' => "\t", 'r' => "\r", '0' => "\0");
            $code = $match[1];
            if (strlen($code) > 1) {
                return html_entity_decode('&#x' . substr($code, 1) . ';', ENT_QUOTES, 'UTF-8');
            }

            return $map[$code] ?? $code;
        }, $match[1]);
    }
}
