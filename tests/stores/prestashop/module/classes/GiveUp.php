<?php

namespace AutoUpgrade;

/** The upgrader itself ends the upgrade and says why */
final class GiveUp extends \Exception
{
}
