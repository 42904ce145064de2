<?php

namespace Phinx\Migration;

interface MigrationInterface
{
    const UP = 'up';
    const DOWN = 'down';
}
