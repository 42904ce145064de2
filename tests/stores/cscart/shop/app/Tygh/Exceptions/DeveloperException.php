<?php

namespace Tygh\Exceptions;

class DeveloperException extends \Exception
{
}
