<?php

namespace Tygh\Exceptions;

class DatabaseException extends \Exception
{
}
