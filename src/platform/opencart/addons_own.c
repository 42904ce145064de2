/*
 * Extensions that releases of 2.0 to 3.0.5 bring along, by type and code: their database does not say which are somebody else's. From 4.0 on it
 * does.
 */
#include "platform/opencart/addons_own.h"

#include <stdlib.h>
#include <string.h>

/* By name. */
static const char *const own[] = {
    "advertise/google", "analytics/google", "analytics/google_analytics", "captcha/basic", "captcha/basic_captcha", "captcha/google",
    "captcha/google_captcha", "credit_card/sagepay_direct", "credit_card/sagepay_server", "credit_card/squareup", "dashboard/activity",
    "dashboard/chart", "dashboard/customer", "dashboard/map", "dashboard/online", "dashboard/order", "dashboard/recent", "dashboard/sale",
    "feed/google_base", "feed/google_sitemap", "feed/openbaypro", "fraud/fraudlabspro", "fraud/ip", "fraud/maxmind", "module/account",
    "module/affiliate", "module/amazon_button", "module/amazon_checkout_layout", "module/amazon_login", "module/amazon_pay",
    "module/banner", "module/bestseller", "module/carousel", "module/category", "module/divido_calculator", "module/ebay_listing",
    "module/ebaydisplay", "module/featured", "module/filter", "module/google_hangouts", "module/html", "module/information",
    "module/klarna_checkout_module", "module/latest", "module/laybuy_layout", "module/paypal_smart_button", "module/pilibaba_button",
    "module/pp_braintree_button", "module/pp_button", "module/pp_layout", "module/pp_login", "module/sagepay_direct_cards",
    "module/sagepay_server_cards", "module/slideshow", "module/special", "module/store", "openbay/amazon", "openbay/amazon_listing",
    "openbay/amazon_product", "openbay/amazonus", "openbay/amazonus_listing", "openbay/amazonus_product", "openbay/ebay",
    "openbay/ebay_profile", "openbay/ebay_template", "openbay/etsy", "openbay/etsy_product", "openbay/etsy_shipping", "openbay/etsy_shop",
    "openbay/fba", "openbay/openbay", "payment/alipay", "payment/alipay_cross", "payment/amazon_checkout", "payment/amazon_login_pay",
    "payment/authorizenet_aim", "payment/authorizenet_sim", "payment/bank_transfer", "payment/bluepay_hosted",
    "payment/bluepay_hosted_form", "payment/bluepay_redirect", "payment/cardconnect", "payment/cardinity", "payment/cheque", "payment/cod",
    "payment/divido", "payment/eway", "payment/firstdata", "payment/firstdata_remote", "payment/free_checkout", "payment/g2apay",
    "payment/globalpay", "payment/globalpay_remote", "payment/klarna_account", "payment/klarna_checkout", "payment/klarna_invoice",
    "payment/laybuy", "payment/liqpay", "payment/moneybookers", "payment/nochex", "payment/opayo", "payment/paymate", "payment/paypal",
    "payment/paypal_applepay", "payment/paypal_fastlane", "payment/paypal_googlepay", "payment/paypal_paylater", "payment/paypoint",
    "payment/payza", "payment/perpetual_payments", "payment/pilibaba", "payment/pp_braintree", "payment/pp_express", "payment/pp_payflow",
    "payment/pp_payflow_iframe", "payment/pp_pro", "payment/pp_pro_iframe", "payment/pp_standard", "payment/realex",
    "payment/realex_remote", "payment/sagepay_direct", "payment/sagepay_server", "payment/sagepay_us", "payment/securetrading_pp",
    "payment/securetrading_ws", "payment/skrill", "payment/squareup", "payment/twocheckout", "payment/web_payment_software",
    "payment/wechat_pay", "payment/worldpay", "report/affiliate", "report/affiliate_activity", "report/affiliate_login",
    "report/customer_activity", "report/customer_credit", "report/customer_login", "report/customer_online", "report/customer_order",
    "report/customer_reward", "report/customer_search", "report/customer_transaction", "report/marketing", "report/online",
    "report/product_purchased", "report/product_viewed", "report/report", "report/sale_coupon", "report/sale_order", "report/sale_return",
    "report/sale_shipping", "report/sale_tax", "report/statistics", "shipping/auspost", "shipping/citylink", "shipping/ec_ship",
    "shipping/fedex", "shipping/flat", "shipping/free", "shipping/item", "shipping/parcelforce_48", "shipping/pickup",
    "shipping/royal_mail", "shipping/ups", "shipping/usps", "shipping/usps_oauth", "shipping/weight", "theme/default",
    "theme/theme_default", "total/coupon", "total/credit", "total/handling", "total/klarna_fee", "total/low_order_fee", "total/reward",
    "total/shipping", "total/sub_total", "total/tax", "total/total", "total/voucher",
};

/* Codes of events that releases of 2.2 to 4.1 and their extensions bring, by name. */
static const char *const own_events[] = {
    "activity_address_add", "activity_address_delete", "activity_address_edit", "activity_affiliate_add", "activity_affiliate_edit",
    "activity_customer_add", "activity_customer_edit", "activity_customer_forgotten", "activity_customer_login",
    "activity_customer_password", "activity_customer_transaction", "activity_order_add", "activity_return_add", "activity_transaction",
    "admin_currency_add", "admin_currency_edit", "admin_currency_setting", "admin_mail_affiliate_approve", "admin_mail_affiliate_deny",
    "admin_mail_customer_approve", "admin_mail_customer_deny", "admin_mail_customer_transaction", "admin_mail_forgotten", "admin_mail_gdpr",
    "admin_mail_return", "admin_mail_reward", "admin_mail_transaction", "admin_mail_user_authorize", "admin_mail_user_authorize_reset",
    "admin_mail_user_forgotten", "admin_setting", "advertise_google", "amazon_edit_capture", "amazon_history_capture", "amazon_login",
    "amazon_pay", "laybuy", "mail_affiliate_add", "mail_affiliate_alert", "mail_customer_add", "mail_customer_alert",
    "mail_customer_authorize", "mail_customer_authorize_reset", "mail_customer_forgotten", "mail_customer_transaction", "mail_forgotten",
    "mail_gdpr", "mail_gdpr_delete", "mail_order", "mail_order_add", "mail_order_alert", "mail_review", "mail_subscription",
    "mail_transaction", "mail_voucher", "openbay_amazon_add_order", "openbay_amazonus_add_order", "openbay_ebay_add_order",
    "openbay_etsy_add_order", "openbay_fba_add_order", "openbay_fba_add_orderhistory", "openbay_menu", "openbay_product_del_after",
    "openbay_product_edit_after", "paypal", "statistics_order_history", "statistics_return_add", "statistics_return_delete",
    "statistics_review_add", "subscription", "voucher",
};

static int by_name(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

bool oc_is_own_extension(const char *name)
{
    return bsearch(name, own, sizeof own / sizeof *own, sizeof *own, by_name) != NULL;
}

static bool is_type(struct str word)
{
    static const char *const types[] = {"advertise", "analytics", "captcha", "credit_card", "dashboard", "feed",  "fraud", "menu",
                                        "module",    "openbay",   "payment", "report",      "shipping",  "theme", "total"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(word, types[i]))
            return true;
    return false;
}

static bool is_extension_route(struct str route)
{
    struct str type = str_cut(route, '/', &(struct str){0});

    return str_has(route, STR("extension/")) || is_type(type);
}

/* Routes of extensions are "extension/module/seo/index" from 2.3 on, "total/voucher/send" before, "extension/opencart/…" from 4.0 on. */
bool oc_is_own_route(struct arena *mem, struct str route)
{
    size_t at = str_find(route, STR("extension/"), 0);
    bool below = at != SIZE_MAX && (at == 0 || route.p[at - 1] == '/');
    struct str rest;
    struct str type;
    struct str code;

    if (below)
        route = str_sub(route, at + strlen("extension/"), route.n);
    type = str_cut(route, '/', &rest);
    if (!is_type(type))
        return !below || str_is(type, "opencart");
    code = str_cut(rest, '/', &rest);
    return oc_is_own_extension(arena_printf(mem, "%.*s/%.*s", STR_FMT(type), STR_FMT(code)));
}

bool oc_is_own_event(struct arena *mem, struct str code, struct str route)
{
    const char *name = arena_dup(mem, code.p, code.n);
    bool known = bsearch(name, own_events, sizeof own_events / sizeof *own_events, sizeof *own_events, by_name) != NULL;

    return oc_is_own_route(mem, route) && (known || is_extension_route(route));
}
