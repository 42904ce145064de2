<?php

namespace Tygh;

class StoreClosed extends \Exception
{
}
