/*
 * The rows of signs.h. Only what the steps of the releases themselves take away, rename or put in counts; tables and columns that the change of
 * tables adds tell nothing, as it comes first.
 */
#include "platform/opencart/signs.h"

/* Extensions that the release itself brings, which 4.x marks as its own. */
#define OWN_EXTENSIONS "('account', 'activity', 'banner', 'basic', 'category', 'chart', 'cod', 'coupon', 'credit', 'customer', " \
                       "'customer_activity', 'customer_order', 'customer_reward', 'customer_search', 'customer_transaction', 'featured', " \
                       "'flat', 'free_checkout', 'handling', 'low_order_fee', 'map', 'online', 'order', 'product_purchased', "       \
                       "'product_viewed', 'reward', 'sale', 'sale_coupon', 'sale_order', 'sale_return', 'sale_shipping', 'sale_tax', " \
                       "'shipping', 'sub_total', 'tax', 'total')"

/* Routes that a shop installed anew with 3.0.5 has no more; others of the dropped extensions are in its first rows still. */
#define DROPPED_PAGES "permission LIKE '%/divido\"%' OR permission LIKE '%/openbay\"%' OR permission LIKE '%/citylink\"%'"

/* PHP's serialize() of an array. */
#define AS_ARRAY(column) column " LIKE 'a:%'"
#define SERIALIZED(step, since, before, table, column, came_below, what) \
    {step, since, before, OC_SIGN_NO_ROW, table, column, AS_ARRAY(column), came_below, true, false, what " are serialized by PHP, not JSON"}
#define SERIALIZED_MANY(step, since, before, table, what) \
    {step, since, before, OC_SIGN_NO_ROW, table, "custom_field", AS_ARRAY("custom_field"), NULL, false, true, what " are serialized by PHP, not JSON"}

/* 4.x: the step drops the column. */
#define DROPPED(step, since, table, column, came_below) \
    {step, since, NULL, OC_SIGN_COLUMN, table, column, NULL, came_below, true, false, "the column is still there"}

/* clang-format off */
static const struct oc_sign rows[] = {
    /* 2.1 */
    {"upgrade", "2.1", "2.2", OC_SIGN_NO_ROW, "setting", "serialized", "serialized = 1 AND " AS_ARRAY("value"), "2.1", true, false,
     "settings are serialized by PHP, not JSON"},
    SERIALIZED("upgrade", "2.1", "2.2", "user_group", "permission", "2.1", "permissions"),

    /* 2.2 to 3.0 */
    {"1001", NULL, "4.0", OC_SIGN_COLUMN, "setting", "group", NULL, "2.0.1.0", true, false, "the column that was renamed to code is still there"},
    {"1003", "2.3", "4.0", OC_SIGN_NO_ROW, "setting", "serialized", "serialized = 1 AND " AS_ARRAY("value"), "2.1", true, false,
     "settings are serialized by PHP, not JSON"},
    SERIALIZED("1003", "2.3", "4.0", "user_group", "permission", "2.1", "permissions"),
    SERIALIZED("1003", "2.3", "4.0", "module", "setting", NULL, "settings of modules"),
    SERIALIZED_MANY("1003", "2.3", "4.0", "customer", "fields of customers"),
    SERIALIZED_MANY("1003", "2.3", "4.0", "address", "fields of addresses"),
    SERIALIZED_MANY("1003", "2.3", "4.0", "order", "fields of orders"),
    {"1006", NULL, "4.0", OC_SIGN_NO_ROW, "setting", "key", "`key` IN ('config_language', 'config_admin_language') AND value = 'en'", "2.2", true, false,
     "the language of the shop is en, not en-gb"},
    {"1006", NULL, "4.0", OC_SIGN_NO_ROW, "language", "code", "code = 'en'", "2.2", false, false, "a language has the code en, not en-gb"},
    {"1006", NULL, "4.0", OC_SIGN_NO_ROW, "setting", "key", "`key` = 'config_template'", "2.2", true, false,
     "the setting config_template is not yet config_theme"},
    {"1006", NULL, "4.0", OC_SIGN_NO_ROW, "product", "image", "image LIKE 'data/%'", NULL, false, true, "pictures of products lie in data/, not catalog/"},
    {"1007", "2.3", "4.0", OC_SIGN_TABLE, "banner_image_description", NULL, NULL, "2.3", true, false,
     "titles of banners are still in a table of their own"},
    {"1007", NULL, "4.0", OC_SIGN_ROW, "extension", "type", "type = 'theme'", "2.2", true, false, "no theme is among the extensions"},
    {"1007", NULL, "4.0", OC_SIGN_ROW, "setting", "key", "`key` = 'theme_default_status'", "2.2", false, false, "the theme's settings are missing"},
    {"1007", NULL, "4.0", OC_SIGN_NO_ROW, "setting", "key", "`key` = 'config_product_limit'", NULL, true, false,
     "the setting config_product_limit is not yet the theme's"},
    {"1008", "2.3", "4.0", OC_SIGN_ROW, "extension", "type", "type = 'dashboard'", "2.3", true, false, "no tile of the dashboard is among the extensions"},
    {"1008", "2.3", "4.0", OC_SIGN_NO_ROW, "option", "type", "type = 'image'", NULL, false, false, "an option is of the old kind image"},
    {"1009", "3.0", "4.0", OC_SIGN_TABLE, "affiliate", NULL, NULL, "3.0", true, false, "affiliates are still in a table of their own"},
    {"1009", "3.0", "4.0", OC_SIGN_COLUMN, "event", "date_added", NULL, "3.0", true, false, "the column is still there"},
    {"1009", "3.0", "4.0", OC_SIGN_COLUMN, "api", "name", NULL, "3.0", true, false, "the column that was renamed to username is still there"},
    {"1010", "3.0.5", "4.0", OC_SIGN_ROW, "setting", "key", "`key` = 'config_timezone'", NULL, true, false, "the setting config_timezone is missing"},
    {"1010", "3.0.5", "4.0", OC_SIGN_ROW, "setting", "key", "`key` = 'developer_sass'", NULL, false, false, "the setting developer_sass is missing"},
    {"1010", "3.0.5", "4.0", OC_SIGN_NO_ROW, "setting", "key", "`key` = 'config_theme' AND value LIKE 'theme\\_%'", NULL, true, false,
     "the theme's name still begins with theme_"},
    {"1010", "3.0.5", "4.0", OC_SIGN_NO_ROW, "setting", "code", "code = 'voucher'", NULL, false, false, "settings of vouchers have their old name"},
    {"1010", "3.0.5", "4.0", OC_SIGN_NO_ROW, "country", "name", "name IN ('FYROM', 'Swaziland')", NULL, true, false, "countries have their old names"},
    {"1010", "3.0.5", "4.0", OC_SIGN_NO_ROW, "user_group", "permission", DROPPED_PAGES, NULL, true, false,
     "permissions name pages of extensions that the release has no more"},
    {"1010", "3.0.5", "4.0", OC_SIGN_NO_ROW, "extension", "code", "code IN ('divido', 'openbay', 'klarna_checkout', 'citylink', 'google_hangouts')", NULL, false,
     false, "extensions that the release has no more are installed"},
    /* These stay where a file of the store names them. */
    {"1010", "3.0.5", "4.0", OC_SIGN_TABLE, "order_shipment", NULL, NULL, NULL, false, false, "the table of an older version is still there"},
    {"1010", "3.0.5", "4.0", OC_SIGN_TABLE, "shipping_courier", NULL, NULL, NULL, false, false, "the table of an older version is still there"},
    /* The step takes routes out of a list and leaves the others their numbers. */
    {"1010", "3.0.5", "4.0", OC_SIGN_LEFT, "user_group", "permission", "permission LIKE '{\"access\":{\"%'", NULL, false, false, "lists of permissions have gaps"},

    /* 4.x */
    {"upgrade_4", "4.0", NULL, OC_SIGN_NO_ROW, "setting", "key", "`key` IN ('config_limit_admin', 'config_smtp_host', 'config_smtp_username', 'config_template')",
     "4.0", true, false, "settings have their old names"},
    {"upgrade_4", "4.1", NULL, OC_SIGN_NO_ROW, "setting", "key", "`key` = 'config_language'", "4.1", true, false,
     "the setting config_language is not yet config_language_catalog"},
    {"upgrade_4", "4.0.2", NULL, OC_SIGN_ROW, "setting", "key", "`key` = 'config_gdpr_limit'", "4.0", true, false, "the setting config_gdpr_limit is missing"},
    {"upgrade_4", "4.1.0.1", NULL, OC_SIGN_ROW, "setting", "key", "`key` = 'config_2fa_expire'", "4.1.0.1", true, false, "the setting config_2fa_expire is missing"},
    {"upgrade_4", "4.0", NULL, OC_SIGN_NO_ROW, "extension", "extension", "extension = '' AND code IN " OWN_EXTENSIONS, "4.0", true, false,
     "extensions of the release are not yet marked as its own"},
    DROPPED("upgrade_5", "4.0", "event", "date_added", NULL),
    {"upgrade_5", "4.1.0.1", NULL, OC_SIGN_NO_ROW, "event", "trigger", "`trigger` NOT LIKE '%.%'", "4.0.2", false, false,
     "events name their triggers as before 4.0.2"},
    {"upgrade_5", "4.1.0.1", NULL, OC_SIGN_NO_ROW, "layout_route", "route", "route LIKE '%|%'", NULL, false, false, "routes of layouts have | in them"},
    SERIALIZED("upgrade_6", "4.0", NULL, "user_group", "permission", "2.1", "permissions"),
    SERIALIZED("upgrade_6", "4.0", NULL, "module", "setting", NULL, "settings of modules"),
    SERIALIZED_MANY("upgrade_6", "4.0", NULL, "customer", "fields of customers"),
    SERIALIZED_MANY("upgrade_6", "4.0", NULL, "address", "fields of addresses"),
    SERIALIZED_MANY("upgrade_6", "4.0", NULL, "order", "fields of orders"),
    DROPPED("upgrade_7", "4.0.2", "extension_path", "date_added", "4.0"),
    DROPPED("upgrade_7", "4.1", "geo_zone", "date_added", NULL),
    DROPPED("upgrade_7", "4.1", "tax_class", "date_added", NULL),
    DROPPED("upgrade_7", "4.1", "tax_rate", "date_modified", NULL),
    {"upgrade_7", "4.0", NULL, OC_SIGN_TABLE, "banner_image_description", NULL, NULL, "2.3", true, false, "titles of banners are still in a table of their own"},
    {"upgrade_7", "4.0", NULL, OC_SIGN_NO_ROW, "option", "type", "type = 'image'", NULL, false, false, "an option is of the old kind image"},
    DROPPED("upgrade_8", "4.0", "customer", "fax", "4.0"),
    DROPPED("upgrade_8", "4.0", "customer", "cart", "4.0"),
    DROPPED("upgrade_8", "4.0", "language", "directory", "4.0"),
    DROPPED("upgrade_8", "4.0", "store", "ssl", "4.0"),
    DROPPED("upgrade_8", "4.0.2", "user_login", "status", NULL),
    DROPPED("upgrade_8", "4.0", "api", "name", NULL),
    {"upgrade_8", "4.0", NULL, OC_SIGN_TABLE, "affiliate", NULL, NULL, "3.0", true, false, "affiliates are still in a table of their own"},
    {"upgrade_8", "4.0", NULL, OC_SIGN_TABLE, "order_custom_field", NULL, NULL, "3.0", true, false, "the table of an older version is still there"},
    {"upgrade_8", "4.0", "4.1.0.1", OC_SIGN_TABLE, "modification", NULL, NULL, "4.0", true, false, "the table of an older version is still there"},
    {"upgrade_8", "4.0", NULL, OC_SIGN_TABLE, "customer_payment", NULL, NULL, NULL, true, false, "the table of an older version is still there"},
    DROPPED("upgrade_9", "4.0.2", "order", "payment_code", "4.0.2"),
    DROPPED("upgrade_9", "4.0.2", "order", "shipping_code", "4.0.2"),
    {"upgrade_9", "4.0.2", "4.1.0.1", OC_SIGN_NO_ROW, "layout_route", "route", "route LIKE '%|%'", NULL, false, false, "routes of layouts have | in them"},
    DROPPED("upgrade_10", "4.1.0.1", "product", "sku", "4.1.0.1"),
    DROPPED("upgrade_10", "4.1.0.1", "product", "upc", "4.1.0.1"),
    DROPPED("upgrade_10", "4.1.0.1", "product", "ean", "4.1.0.1"),
    DROPPED("upgrade_10", "4.1.0.1", "product", "jan", "4.1.0.1"),
    DROPPED("upgrade_10", "4.1.0.1", "product", "isbn", "4.1.0.1"),
    DROPPED("upgrade_10", "4.1.0.1", "product", "mpn", "4.1.0.1"),
    {"upgrade_10", "4.1.0.1", NULL, OC_SIGN_BEGUN, "product_code", "code", "TRUE", NULL, false, false, "codes have been moved"},
    {"upgrade_10", "4.1.0.1", NULL, OC_SIGN_BEGUN, "identifier", "code", "TRUE", NULL, false, false, "the kinds of codes are there"},
    DROPPED("upgrade_11", "4.1.0.1", "country", "name", "4.1.0.1"),
    DROPPED("upgrade_11", "4.1.0.1", "zone", "name", "4.1.0.1"),
    {"upgrade_11", "4.1.0.1", NULL, OC_SIGN_BEGUN, "country_description", "name", "TRUE", NULL, false, false, "names have been moved"},
    {"upgrade_12", "4.1.0.4", NULL, OC_SIGN_ROW, "setting", "key", "`key` = 'config_product_filters'", "4.1.0.4", true, false,
     "the setting config_product_filters is missing"},
};
/* clang-format on */

const struct oc_sign *oc_signs(size_t *n)
{
    *n = sizeof rows / sizeof *rows;
    return rows;
}

bool oc_sign_fits(const struct oc_sign *sign, const char *to, const struct schema *live, const struct schema *wanted)
{
    if ((sign->since && oc_version_compare(to, sign->since) < 0) || (sign->before && oc_version_compare(to, sign->before) >= 0))
        return false;
    switch (sign->kind) {
    case OC_SIGN_COLUMN:
        return schema_has(live, sign->table, NULL) && !schema_has(wanted, sign->table, sign->column);
    case OC_SIGN_TABLE:
        return !schema_has(wanted, sign->table, NULL);
    case OC_SIGN_NO_ROW:
    case OC_SIGN_ROW:
    case OC_SIGN_BEGUN:
    case OC_SIGN_LEFT:
        break;
    }
    return schema_has(live, sign->table, sign->column);
}
