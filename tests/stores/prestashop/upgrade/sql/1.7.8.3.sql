SET SESSION sql_mode = '';
SET NAMES 'utf8mb4';

/* PHP:ps_1783_move_hours_of_stores(); */;
ALTER TABLE `PREFIX_product` CHANGE `location` `location` varchar(255) DEFAULT NULL;
ALTER TABLE `PREFIX_carrier` CHANGE `url` `url` varchar(255) DEFAULT NULL;
