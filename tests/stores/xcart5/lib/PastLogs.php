<?php

namespace Xc5;

/**
 * What earlier upgrades, the marketplace and earlier rebuilds have left in the logs
 */
final class PastLogs
{
    private $family;

    public function __construct(Family $family)
    {
        $this->family = $family;
    }

    /** @return array<string, string> Path => text */
    public function files()
    {
        $past = strtotime('2014-04-09 11:43:18');
        $guard = $this->family->set['logGuard'] ? "<?php die(1); ?>\n" : '';
        $folder = $this->family->set['logFolders'] ? '2014/04/' : '';

        if ('bare' === $this->family->set['upgradeLog']) {
            $files = array('var/log/upgrade.log' => $this->noise($past) . $this->run($past + 3600));
        } else {
            $today = 'var/log/' . ($this->family->set['logFolders'] ? date('Y/m/') : '') . 'upgrade.log.' . date('Y-m-d') . '.php';
            $files = array(
                "var/log/{$folder}upgrade.log.2014-04-09.php" => $guard . $this->noise($past) . $this->run($past + 3600),
                $today                                        => $guard . $this->noise(time() - 60),
            );
            if ($this->family->set['logFolders']) {
                // Left by an older branch, which had no folders.
                $files['var/log/upgrade.log.2013-12-01.php'] = $guard . $this->noise($past - 11000000);
            }
        }
        $files["var/log/{$folder}decorator.log.2014-04-09.php"] = $this->rebuild();

        return $files;
    }

    private function line($time, $text, $type = 'info')
    {
        return '[' . $type . ', ' . date('M d Y H:i:s', $time) . '] ' . $text . "\n";
    }

    private function noise($time)
    {
        return $this->line(
            $time,
            "Marketplace [check_for_updates]: can't connect to the marketplace server: Curl SSL certificate problem, verify that "
                . "the CA cert is OK. Details:\nerror:14090086:SSL routines:SSL3_GET_SERVER_CERTIFICATE:certificate verify failed (60)",
            'error'
        )
            . $this->line($time + 2, 'Marketplace [get_addons]: the "https://market.x-cart.com/api/" URL requested')
            . $this->line($time + 3, 'Marketplace [get_addons]: valid response received')
            . $this->line($time + 4, 'The module "Flash banners" has been uninstalled successfully');
    }

    /** A run that came to its end: of an earlier version, and with a hook whose path the present run has too */
    private function run($time)
    {
        $suffix = $this->family->set['hookMap'] ? ' ()' : '';
        $version = $this->family->version('old');
        $base = Family::baseDir('XC\Reviews') . 'upgrade/';
        $hook = $base . $this->family->set['modules']['in'][0] . '/post_rebuild.php';

        return $this->line($time, "Core pack (v.$version) is received: \"/home/shop/var/tmp/53452a7c1f042.gz\"")
            . $this->line($time + 5, 'Module pack ("XC\Reviews") is received: "/home/shop/var/tmp/53452a8103a77.gz"')
            . $this->line($time + 9, 'Entry "Core" archive is unpacked: "/home/shop/var/tmp/53452a7c1f042"')
            . $this->line($time + 10, 'Entry "XC\Reviews" archive is unpacked: "/home/shop/var/tmp/53452a8103a77"')
            . $this->line($time + 30, 'File is updated: "classes/XLite.php"')
            . $this->line($time + 31, 'Unable to delete directory: "skins/admin/gone"')
            . $this->line($time + 90, "Common update hook 'add_labels' is run for Core (labels were uploaded)")
            . $this->line($time + 91, 'Update hook is run: XC\Reviews:' . $hook . $suffix)
            . $this->line($time + 92, "Common update hook 'add_labels' is run for XC\\Reviews (labels were not uploaded)");
    }

    private function rebuild()
    {
        $steps = $this->family->set['steps'];
        $words = array('rebuilding' => 'Re-building cache', 'deploying' => 'Deploying store', 'timed' => '[11:44:02] Deploying store');
        $text = "<?php die(); ?>\n";
        for ($step = 1; $step <= $steps; $step++) {
            $text .= $words[$this->family->set['stepWords']] . " [step $step of $steps], please wait...\n";
            if (4 === $step) {
                $text .= "Run the \"Doctrine_Plugin_UpdateModules\" plugin... 0.22sec, 3.8MB (602kB)\n";
            }
        }

        return $text;
    }
}
