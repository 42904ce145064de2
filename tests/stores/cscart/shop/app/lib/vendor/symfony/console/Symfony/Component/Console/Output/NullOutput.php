<?php

namespace Symfony\Component\Console\Output;

class NullOutput extends Output
{
    protected function doWrite($message, $newline)
    {
    }
}
