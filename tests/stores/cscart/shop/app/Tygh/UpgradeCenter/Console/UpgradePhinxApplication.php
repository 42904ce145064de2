<?php

namespace Tygh\UpgradeCenter\Console;

class UpgradePhinxApplication extends \Phinx\Console\PhinxApplication
{
}
