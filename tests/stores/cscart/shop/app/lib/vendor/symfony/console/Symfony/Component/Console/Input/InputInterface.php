<?php

namespace Symfony\Component\Console\Input;

interface InputInterface
{
    /** @return string[] Words behind the name of the program */
    public function words();
}
