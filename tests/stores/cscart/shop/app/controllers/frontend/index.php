<?php

// @@VERSION@@

if (fn_storefront_is_closed()) {
    throw new \Tygh\StoreClosed('the storefront is closed');
}
fn_check_schema();
$products = db_get_array("SELECT p.product_id, d.product FROM ?:products p JOIN ?:product_descriptions d ON d.product_id = p.product_id"
    . " AND d.lang_code = 'en' WHERE p.status = 'A' ORDER BY p.product_id LIMIT 5");
$text = db_get_field("SELECT value FROM ?:language_values WHERE lang_code = 'en' AND name = 'add_to_cart'");
echo "HTTP 200\n", PRODUCT_NAME, ' ', PRODUCT_VERSION, ' ', PRODUCT_EDITION, "\n";
foreach ($products as $product) {
    echo $product['product_id'], ' ', $product['product'], ' [', $text, "]\n";
}
