/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <gmodule.h>

#include <exception>
#include <phonenumbers/phonenumberutil.h>
#include <string>

#include "ahoy-error.h"
#include "ahoy-number-formatter.h"

/* Numbers as people write them, by libphonenumber: the only file in C++ (docs/decisions). What it
 * throws ends here. */

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

#define NOWHERE "ZZ" /* the region of nobody: numbers need their + */

typedef struct {
  GObject parent_instance;
} AhoyPhonenumber;

typedef struct {
  GObjectClass parent_class;
} AhoyPhonenumberClass;

static void formatter_iface_init (AhoyNumberFormatterInterface *iface);
static GType ahoy_phonenumber_get_type (void);

G_DEFINE_TYPE_WITH_CODE (AhoyPhonenumber, ahoy_phonenumber, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (AHOY_TYPE_NUMBER_FORMATTER,
                                                formatter_iface_init))

/* A number that is none of its country's is an extension, or a short one: it stays. */
static std::string
write (const std::string &number, const std::string &region)
{
  const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance ();
  PhoneNumber parsed;
  std::string text;

  if (number.find_first_of ("*#") != std::string::npos ||
      util->Parse (number, region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR ||
      !util->IsValidNumber (parsed)) {
    return number;
  }
  util->Format (parsed,
                parsed.country_code () == util->GetCountryCodeForRegion (region)
                    ? PhoneNumberUtil::NATIONAL
                    : PhoneNumberUtil::INTERNATIONAL,
                &text);
  return text;
}

static char *
ahoy_phonenumber_format (AhoyNumberFormatter *formatter, const char *number, const char *country,
                         GError **error)
{
  try {
    const char *region = country != NULL ? country : NOWHERE;

    if (country != NULL &&
        PhoneNumberUtil::GetInstance ()->GetCountryCodeForRegion (country) == 0) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "No country has the code “%s”; write one of ISO 3166, such as GB", country);
      return NULL;
    }
    return g_strdup (write (number, region).c_str ());
  } catch (const std::exception &failure) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "libphonenumber failed: %s",
                 failure.what ());
  }
  return NULL;
}

static void
formatter_iface_init (AhoyNumberFormatterInterface *iface)
{
  iface->format = ahoy_phonenumber_format;
}

static void
ahoy_phonenumber_class_init (AhoyPhonenumberClass *klass)
{
}

static void
ahoy_phonenumber_init (AhoyPhonenumber *self)
{
}

/* What the core calls when it has loaded the module. The table is read now, and not when the first
 * call waits for it. NULL: it cannot be. */
extern "C" G_MODULE_EXPORT GObject *ahoy_plugin_new (void);

GObject *
ahoy_plugin_new (void)
{
  try {
    PhoneNumberUtil::GetInstance ();
  } catch (const std::exception &failure) {
    g_message ("libphonenumber cannot be used: %s", failure.what ());
    return NULL;
  }
  return G_OBJECT (g_object_new (ahoy_phonenumber_get_type (), NULL));
}
