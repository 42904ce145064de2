SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* PHP:ps_811_update_redirect_type(); */;
UPDATE `PREFIX_carrier` SET `position` = `position` + 1;
