/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* What the peer can, and how it is told something that changes no media (RFC 3311). */

static void
note_list (AhoyMessage *message, const char *name, char **list)
{
  g_auto (GStrv) values = ahoy_message_get_headers (message, name);

  if (values[0] != NULL) {
    g_free (*list);
    *list = g_strjoinv (",", values);
  }
}

static gboolean
has_token (const char *list, const char *token)
{
  g_auto (GStrv) tokens = list != NULL ? g_strsplit (list, ",", -1) : NULL;

  for (gsize i = 0; tokens != NULL && tokens[i] != NULL; i++) {
    if (g_ascii_strcasecmp (g_strstrip (tokens[i]), token) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What the peer says of itself in an INVITE, an UPDATE or an answer to one. A refusal may be of
 * somebody on the way. */
void
ahoy_session_note_peer (AhoySession *self, AhoyMessage *message)
{
  const char *method = ahoy_message_get_method (message);
  guint status = ahoy_message_get_status (message);

  if ((g_str_equal (method, "INVITE") || g_str_equal (method, "UPDATE")) &&
      (status == 0 || (status > 100 && status < 300))) {
    note_list (message, "Allow", &self->remote_allow);
    note_list (message, "Supported", &self->remote_supported);
    note_list (message, "Recv-Info", &self->remote_recv_info);
    ahoy_session_note_source (self, message);
  }
}

/* Whether the peer said that it takes requests of this method. */
gboolean
ahoy_session_peer_allows (AhoySession *self, const char *method)
{
  return has_token (self->remote_allow, method);
}

/* Whether the peer said that it knows this extension. */
gboolean
ahoy_session_peer_supports (AhoySession *self, const char *tag)
{
  return has_token (self->remote_supported, tag);
}

static char **
copy_headers (GVariant *headers)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const char *name;
  const char *value;
  GVariantIter iter;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    g_ptr_array_add (list, g_strdup (name));
    g_ptr_array_add (list, g_strdup (value));
  }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_steal (list, NULL);
}

/**
 * ahoy_session_update_async:
 * @self: a session that is active, or whose peer has acknowledged a reliable provisional response
 *   or sent one (RFC 3262)
 * @headers: (nullable): names and values of type `a(ss)` that the request has besides its own; a
 *   floating reference is sunk. %NULL for none
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the final response
 * @user_data: for @callback
 *
 * Tells the peer something that changes no media, such as whom it is connected to now. It is an
 * UPDATE without a body (RFC 3311) where the peer says in Allow that it knows UPDATE, else a
 * re-INVITE that offers again what holds, with the same version (RFC 4028 §7.4). Before the answer
 * it can only be an UPDATE.
 *
 * The request waits until nothing else is being changed. When both sides asked at once (491), or
 * the peer was not ready (500 with Retry-After of at most 10 s), it is repeated later, at most ten
 * times (RFC 3311 §5.2, RFC 3261 §14.1). A peer that does not know the dialog (481) or does not
 * answer (408) ends the session.
 *
 * Since: 0.1
 */
void
ahoy_session_update_async (AhoySession *self, GVariant *headers, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) sunk = headers != NULL ? g_variant_ref_sink (headers) : NULL;
  AhoySessionModification *modification;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (headers == NULL ||
                    g_variant_is_of_type (headers, G_VARIANT_TYPE ("a(ss)")));

  modification = g_new0 (AhoySessionModification, 1);
  modification->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (modification->task, ahoy_session_update_async);
  modification->headers = sunk != NULL ? copy_headers (sunk) : NULL;
  modification->keeps = TRUE;
  ahoy_session_queue_modification (self, modification);
}

/**
 * ahoy_session_update_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the final response, whatever its status; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when the session is not active or ended meanwhile, with
 *   %AHOY_ERROR_LIMIT_EXCEEDED when too much waits already, or with %AHOY_ERROR_INVALID_ARGUMENTS
 *   when a header cannot be sent
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_update_finish (AhoySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
