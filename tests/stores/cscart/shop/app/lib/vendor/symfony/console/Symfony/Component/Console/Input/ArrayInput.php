<?php

namespace Symfony\Component\Console\Input;

class ArrayInput implements InputInterface
{
    private $words = array();

    public function __construct(array $parameters)
    {
        foreach ($parameters as $name => $value) {
            $name = (string) $name;
            if ('-' !== ($name[0] ?? '')) {
                $this->words[] = $value;
            } else {
                $this->words[] = '-' === $name[1] ? "$name=$value" : $name . $value;
            }
        }
    }

    public function words()
    {
        return $this->words;
    }
}
