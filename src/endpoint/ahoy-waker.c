/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-waker.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-uri.h"

/**
 * AhoyWaker:
 *
 * Asks programs to wake phones that sleep (RFC 8599): the phone of an application on a mobile that
 * is called, and is not there until a push notification tells it to register again.
 *
 * A phone says by parameters of its Contact how it is told: `pn-provider`, `pn-prid` and
 * `pn-param`. What sends the notification is a program that handles [signal@Ahoy.Waker::wake]; that
 * the phone is awake is seen when it registers.
 *
 * Since: 0.1
 */
struct _AhoyWaker {
  GObject parent_instance;

  AhoyLocation *location;
  GHashTable *gone;  /* name of an address of record → AhoyContact that can be woken there */
  GHashTable *asked; /* name → when, monotonic time in µs */
};

enum { SIGNAL_WAKE, SIGNAL_GIVEN_UP, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyWaker, ahoy_waker, G_TYPE_OBJECT)

/* More phones that sleep are not remembered. */
#define MAX_GONE 10000
#define MAX_ASKED 1000
/* A phone that is being woken is not woken once more within this time. */
#define PAUSE (5 * G_USEC_PER_SEC)

static void
on_contact_added (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer data)
{
  AhoyWaker *self = data;

  g_hash_table_remove (self->gone, aor);
  g_hash_table_remove (self->asked, aor);
}

static gboolean
has_push (AhoyContact *contact)
{
  return strstr (ahoy_contact_get_uri (contact), ";pn-prid=") != NULL;
}

/* Who went without saying so may be asleep. */
static void
on_contact_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                    AhoyContactRemoval reason, gpointer data)
{
  AhoyWaker *self = data;

  if ((reason == AHOY_CONTACT_REMOVAL_EXPIRED || reason == AHOY_CONTACT_REMOVAL_UNAVAILABLE ||
       reason == AHOY_CONTACT_REMOVAL_CONNECTION_CLOSED) &&
      has_push (contact) && g_hash_table_size (self->gone) < MAX_GONE) {
    g_hash_table_replace (self->gone, g_strdup (aor), ahoy_contact_ref (contact));
  }
}

static void
ahoy_waker_dispose (GObject *object)
{
  AhoyWaker *self = AHOY_WAKER (object);

  if (self->location != NULL) {
    g_signal_handlers_disconnect_by_data (self->location, self);
  }
  g_clear_object (&self->location);
  G_OBJECT_CLASS (ahoy_waker_parent_class)->dispose (object);
}

static void
ahoy_waker_finalize (GObject *object)
{
  AhoyWaker *self = AHOY_WAKER (object);

  g_hash_table_unref (self->gone);
  g_hash_table_unref (self->asked);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_waker_parent_class)->finalize (object);
}

static void
ahoy_waker_class_init (AhoyWakerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ahoy_waker_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_waker_finalize;

  /**
   * AhoyWaker::wake:
   * @self: the waker
   * @endpoint: the endpoint that is called
   * @facts: what is known (`a{ss}`): `endpoint` and `aor`, their names; `caller`, its URI; and of a
   *   phone that said how it is woken `contact`, `pn-provider`, `pn-prid` and `pn-param`
   *
   * A phone that sleeps is called. A handler that wakes it returns %TRUE, and the call waits until
   * it registers; when nobody does, the call does without it.
   *
   * Returns: whether the phone is being woken
   *
   * Since: 0.1
   */
  signals[SIGNAL_WAKE] = g_signal_new ("wake", type, G_SIGNAL_RUN_LAST, 0,
                                       g_signal_accumulator_true_handled, NULL, NULL,
                                       G_TYPE_BOOLEAN, 2, AHOY_TYPE_ENDPOINT, G_TYPE_VARIANT);
  /**
   * AhoyWaker::given-up:
   * @self: the waker
   * @aor: the name of an address of record
   *
   * A phone that was being woken does not come: calls wait for it no longer.
   *
   * Since: 0.1
   */
  signals[SIGNAL_GIVEN_UP] = g_signal_new ("given-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ahoy_waker_init (AhoyWaker *self)
{
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) ahoy_contact_unref);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_waker_new:
 * @location: where everybody is
 *
 * Returns: (transfer full): a new waker
 *
 * Since: 0.1
 */
AhoyWaker *
ahoy_waker_new (AhoyLocation *location)
{
  AhoyWaker *self;

  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);

  self = g_object_new (AHOY_TYPE_WAKER, NULL);
  self->location = g_object_ref (location);
  g_signal_connect (location, "contact-added", G_CALLBACK (on_contact_added), self);
  g_signal_connect (location, "contact-removed", G_CALLBACK (on_contact_removed), self);
  return self;
}

/**
 * ahoy_waker_is_asleep:
 * @self: a waker
 * @contact: a contact
 *
 * Tells whether a contact has to be woken before it is called: it says how that is done, and it is
 * not known to be there (RFC 8599 section 5.6.2).
 *
 * Returns: %TRUE when it is to be woken
 *
 * Since: 0.1
 */
gboolean
ahoy_waker_is_asleep (AhoyWaker *self, AhoyContact *contact)
{
  g_return_val_if_fail (AHOY_IS_WAKER (self), FALSE);
  g_return_val_if_fail (contact != NULL, FALSE);

  return has_push (contact) && ahoy_contact_get_status (contact) != AHOY_CONTACT_STATUS_AVAILABLE;
}

static void
add_fact (GVariantBuilder *builder, const char *name, const char *value)
{
  if (value != NULL && *value != '\0') {
    g_variant_builder_add (builder, "{ss}", name, value);
  }
}

static GVariant *
make_facts (AhoyEndpoint *endpoint, const char *aor, AhoyContact *contact, const char *caller)
{
  static const char *const params[] = { "pn-provider", "pn-prid", "pn-param" };
  g_autoptr (AhoyUri) uri =
      contact != NULL ? ahoy_uri_parse (ahoy_contact_get_uri (contact), NULL) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  add_fact (&builder, "endpoint", ahoy_endpoint_get_name (endpoint));
  add_fact (&builder, "aor", aor);
  add_fact (&builder, "caller", caller);
  add_fact (&builder, "contact", contact != NULL ? ahoy_contact_get_uri (contact) : NULL);
  for (gsize i = 0; uri != NULL && i < G_N_ELEMENTS (params); i++) {
    add_fact (&builder, params[i], ahoy_uri_get_param (uri, params[i]));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
is_old (gpointer key, gpointer value, gpointer now)
{
  return *(gint64 *) now - *(gint64 *) value > PAUSE;
}

/* Many calls to one phone are one notification. */
static gboolean
was_asked (AhoyWaker *self, const char *aor)
{
  gint64 *when = g_hash_table_lookup (self->asked, aor);
  gint64 now = g_get_monotonic_time ();

  if (when != NULL && now - *when < PAUSE) {
    return TRUE;
  }
  if (g_hash_table_size (self->asked) >= MAX_ASKED) {
    g_hash_table_foreach_remove (self->asked, is_old, &now);
  }
  return FALSE;
}

static void
note_asked (AhoyWaker *self, const char *aor)
{
  gint64 *when = g_new (gint64, 1);

  *when = g_get_monotonic_time ();
  if (g_hash_table_size (self->asked) < MAX_ASKED) {
    g_hash_table_replace (self->asked, g_strdup (aor), when);
  } else {
    g_free (when);
  }
}

/* Whether it is known how, or somebody else knows it. */
static gboolean
can_be_woken (AhoyEndpoint *endpoint, AhoyContact *contact)
{
  return (contact != NULL && has_push (contact)) ||
         ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                         "wake");
}

/**
 * ahoy_waker_may_wake:
 * @self: a waker
 * @endpoint: an endpoint that nobody is registered for
 * @aor: the address of record that a phone of it would register at
 *
 * Tells whether a call to the endpoint would ask to have a phone woken. Nobody is asked for it.
 *
 * Returns: %TRUE when somebody may wake it
 *
 * Since: 0.1
 */
gboolean
ahoy_waker_may_wake (AhoyWaker *self, AhoyEndpoint *endpoint, const char *aor)
{
  g_return_val_if_fail (AHOY_IS_WAKER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (aor != NULL, FALSE);

  return can_be_woken (endpoint, g_hash_table_lookup (self->gone, aor));
}

/**
 * ahoy_waker_ask:
 * @self: a waker
 * @endpoint: the endpoint that is called
 * @aor: the address of record that a phone of it registers at
 * @contact: (nullable): the contact that sleeps; %NULL for the last one that is gone
 * @caller: (nullable): the URI of who calls
 *
 * Has a phone woken. It can be when it says how, or when the endpoint has the key `wake`, for
 * programs that know it by other means. A phone that is being woken is not woken once more within 5
 * seconds.
 *
 * Returns: %TRUE when somebody wakes it, and waiting for it to register makes sense
 *
 * Since: 0.1
 */
gboolean
ahoy_waker_ask (AhoyWaker *self, AhoyEndpoint *endpoint, const char *aor, AhoyContact *contact,
                const char *caller)
{
  g_autoptr (GVariant) facts = NULL;
  gboolean handled = FALSE;

  g_return_val_if_fail (AHOY_IS_WAKER (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (aor != NULL, FALSE);

  contact = contact != NULL ? contact : g_hash_table_lookup (self->gone, aor);
  if (!can_be_woken (endpoint, contact)) {
    return FALSE;
  }
  if (was_asked (self, aor)) {
    return TRUE;
  }
  facts = make_facts (endpoint, aor, contact, caller);
  g_signal_emit (self, signals[SIGNAL_WAKE], 0, endpoint, facts, &handled);
  if (handled) {
    note_asked (self, aor);
  }
  return handled;
}

/**
 * ahoy_waker_give_up:
 * @self: a waker
 * @aor: the name of an address of record
 *
 * Tells that a phone that was being woken does not come. Calls that wait for it go on without.
 *
 * Since: 0.1
 */
void
ahoy_waker_give_up (AhoyWaker *self, const char *aor)
{
  g_return_if_fail (AHOY_IS_WAKER (self));
  g_return_if_fail (aor != NULL);

  g_hash_table_remove (self->asked, aor);
  g_signal_emit (self, signals[SIGNAL_GIVEN_UP], 0, aor);
}
