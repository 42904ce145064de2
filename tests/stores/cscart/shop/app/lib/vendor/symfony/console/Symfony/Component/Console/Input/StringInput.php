<?php

namespace Symfony\Component\Console\Input;

class StringInput extends ArgvInput
{
    public function __construct($input)
    {
        parent::__construct(array_merge(array('phinx'), preg_split('/\s+/', $input, -1, PREG_SPLIT_NO_EMPTY)));
    }
}
