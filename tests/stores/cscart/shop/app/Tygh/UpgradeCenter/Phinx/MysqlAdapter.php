<?php

namespace Tygh\UpgradeCenter\Phinx;

class MysqlAdapter extends \Phinx\Db\Adapter\MysqlAdapter
{
}
