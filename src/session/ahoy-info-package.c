/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-info-package-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-session-content-private.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"

/**
 * AhoyInfoPackage:
 *
 * What INFO requests of one kind mean (RFC 6086): a name, and the bodies that they may have. Added
 * with ahoy_session_service_add_info_package() it is announced in Recv-Info, and its requests reach
 * [signal@InfoPackage::received]. Requests of a package that nobody added get 469.
 *
 * Since: 0.1
 */
struct _AhoyInfoPackage {
  GObject parent_instance;

  char *name;
  char **content_types;
};

enum { PROP_0, PROP_NAME, PROP_CONTENT_TYPES, N_PROPS };
enum { SIGNAL_RECEIVED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyInfoPackage, ahoy_info_package, G_TYPE_OBJECT)

static void
ahoy_info_package_finalize (GObject *object)
{
  AhoyInfoPackage *self = AHOY_INFO_PACKAGE (object);

  g_free (self->name);
  g_strfreev (self->content_types);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_info_package_parent_class)->finalize (object);
}

static void
ahoy_info_package_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyInfoPackage *self = AHOY_INFO_PACKAGE (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_CONTENT_TYPES:
    g_value_set_boxed (value, self->content_types);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_info_package_class_init (AhoyInfoPackageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ahoy_info_package_finalize;
  object_class->get_property = ahoy_info_package_get_property;
  /**
   * AhoyInfoPackage:name:
   *
   * The name, in small letters.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * AhoyInfoPackage:content-types:
   *
   * The media types of its bodies.
   *
   * Since: 0.1
   */
  props[PROP_CONTENT_TYPES] = g_param_spec_boxed ("content-types", NULL, NULL, G_TYPE_STRV,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  /**
   * AhoyInfoPackage::received:
   * @self: the package
   * @session: the session that it came in
   * @request: an INFO of this package, answered already; its body has one of the media types of the
   *   package, or is empty
   *
   * The peer of a session sent an INFO of this package.
   *
   * Since: 0.1
   */
  signals[SIGNAL_RECEIVED] =
      g_signal_new ("received", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, AHOY_TYPE_SESSION, AHOY_TYPE_MESSAGE);
}

static void
ahoy_info_package_init (AhoyInfoPackage *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_info_package_new:
 * @name: the name, a token such as `dtmf` (RFC 6086 section 10.1)
 * @content_types: (nullable) (array zero-terminated=1): media types of bodies, without parameters;
 *   %NULL for a package whose requests have no body
 * @error: return location for an error
 *
 * Returns: (transfer full): a new package, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when the
 *   name is no token
 *
 * Since: 0.1
 */
AhoyInfoPackage *
ahoy_info_package_new (const char *name, const char *const *content_types, GError **error)
{
  static const char *const none[] = { NULL };
  g_autofree char *lower = NULL;
  AhoyInfoPackage *self;

  g_return_val_if_fail (name != NULL, NULL);

  lower = g_ascii_strdown (name, -1);
  if (*lower == '\0' || lower[strspn (lower, TOKEN)] != '\0') {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no name of an INFO package; write a token such as dtmf", name);
    return NULL;
  }
  self = g_object_new (AHOY_TYPE_INFO_PACKAGE, NULL);
  self->name = g_steal_pointer (&lower);
  self->content_types = g_strdupv ((char **) (content_types != NULL ? content_types : none));
  return self;
}

/**
 * ahoy_info_package_get_name:
 * @self: a package
 *
 * Returns: (transfer none): its name, in small letters
 *
 * Since: 0.1
 */
const char *
ahoy_info_package_get_name (AhoyInfoPackage *self)
{
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (self), NULL);

  return self->name;
}

/**
 * ahoy_info_package_get_content_types:
 * @self: a package
 *
 * Returns: (transfer none) (array zero-terminated=1): the media types of its bodies; empty when
 *   they have none
 *
 * Since: 0.1
 */
const char *const *
ahoy_info_package_get_content_types (AhoyInfoPackage *self)
{
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (self), NULL);

  return (const char *const *) self->content_types;
}

/* The name in a value of Info-Package or Recv-Info, without its parameters, in small letters. */
char *
ahoy_info_package_dup_token (const char *value)
{
  return g_strstrip (g_ascii_strdown (value, (gssize) strcspn (value, ";")));
}

/* Whether bodies of a media type belong to the package. */
gboolean
ahoy_info_package_takes (AhoyInfoPackage *self, const char *content_type)
{
  for (gsize i = 0; self->content_types[i] != NULL; i++) {
    if (ahoy_content_type_is (content_type, self->content_types[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

void
ahoy_info_package_emit (AhoyInfoPackage *self, AhoySession *session, AhoyMessage *request)
{
  g_signal_emit (self, signals[SIGNAL_RECEIVED], 0, session, request);
}
