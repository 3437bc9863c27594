/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-body-part.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-info-digit-private.h"
#include "ahoy-info-package-private.h"
#include "ahoy-media-control-private.h"
#include "ahoy-session-content-private.h"
#include "ahoy-session-private.h"

/* INFO requests: those of packages (RFC 6086), and those of old, of which only the media type says
 * what they are about: digits, the flash of a hook, a picture that is wanted. */

static guint flash_received;
static guint info_offered;

/* The signals of sessions that are about INFO. */
void
ahoy_session_install_info_signals (GType type)
{
  /**
   * AhoySession::flash-received:
   * @self: the session
   *
   * The peer flashed its hook: it wants to do something with the call. It came in an INFO request,
   * as `application/hook-flash`, or as the digit `!` or 16.
   *
   * Since: 0.1
   */
  flash_received = g_signal_new ("flash-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  /**
   * AhoySession::info-offered:
   * @self: the session
   * @request: an INFO without a package, whose body nobody understands
   *
   * Somebody may take an INFO request that would be refused with 415 else. It is answered
   * afterwards, and told by [signal@Session::request-received].
   *
   * Returns: whether somebody takes it; then the peer gets 200
   *
   * Since: 0.1
   */
  info_offered =
      g_signal_new ("info-offered", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                    NULL, NULL, G_TYPE_BOOLEAN, 1, AHOY_TYPE_MESSAGE);
}

static gboolean
is_offered (AhoySession *self, AhoyMessage *request)
{
  gboolean taken = FALSE;

  g_signal_emit (self, info_offered, 0, request, &taken);
  return taken;
}

/* -- what a request means ------------------------------------------------------------------- */

static void
want_pictures (AhoySession *self, const char *const *labels)
{
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    if (stream->active && g_str_equal (stream->media_type, "video") &&
        (labels[0] == NULL || ahoy_session_stream_has_label (stream, labels))) {
      ahoy_session_stream_emit_keyframe_requested (stream);
    }
  }
}

static void
take_part (AhoySession *self, AhoyBodyPart *part)
{
  const char *type = ahoy_body_part_get_content_type (part);
  GBytes *body = ahoy_body_part_get_body (part);
  AhoyMediaStream *media = ahoy_session_find_media (self, "audio");
  g_auto (GStrv) labels = NULL;
  AhoyInfoDigit digit;

  if (ahoy_info_digit_read (&digit, type, body)) {
    if (digit.digit == AHOY_INFO_DIGIT_FLASH) {
      g_signal_emit (self, flash_received, 0);
    } else if (media != NULL) {
      ahoy_media_stream_emit_dtmf_received (media, (char[]){ digit.digit, '\0' },
                                            digit.duration_ms);
    }
  } else if (ahoy_content_type_is (type, AHOY_MEDIA_CONTROL_TYPE) &&
             ahoy_media_control_read (body, &labels, NULL) && labels != NULL) {
    want_pictures (self, (const char *const *) labels);
  }
}

static void
take_parts (AhoySession *self, AhoyMessage *request)
{
  g_autoptr (GPtrArray) parts = ahoy_message_get_parts (request, NULL);
  g_autofree char *type = ahoy_message_dup_content_type (request);

  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    take_part (self, parts->pdata[i]);
  }
  /* Some phones say it with the type alone. */
  if (parts != NULL && parts->len == 0 && type != NULL &&
      ahoy_content_type_is (type, AHOY_INFO_DIGIT_FLASH_TYPE)) {
    g_signal_emit (self, flash_received, 0);
  }
}

/* -- without a package ---------------------------------------------------------------------- */

/* Whether programs take bodies of this type from the endpoint, whatever they are. */
static gboolean
is_for_programs (AhoySession *self, const char *content_type)
{
  const char *const *types;

  if (self->endpoint == NULL) {
    return FALSE;
  }
  types = ahoy_config_object_get_list (
      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)), "info-types");
  for (gsize i = 0; types != NULL && types[i] != NULL; i++) {
    if (g_str_equal (types[i], "*") || ahoy_content_type_is (content_type, types[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/* A media control that cannot be read is a bad request, as its sender is told (RFC 5168 §5.2). */
static gboolean
check_control (AhoyMessage *request, GError **error)
{
  g_autoptr (GPtrArray) parts = ahoy_message_get_parts (request, error);

  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    g_auto (GStrv) labels = NULL;

    if (ahoy_content_type_is (ahoy_body_part_get_content_type (parts->pdata[i]),
                              AHOY_MEDIA_CONTROL_TYPE) &&
        !ahoy_media_control_read (ahoy_body_part_get_body (parts->pdata[i]), &labels, error)) {
      return FALSE;
    }
  }
  return parts != NULL;
}

static void
answer (AhoySession *self, AhoyServerTransaction *transaction, AhoyMessage *request)
{
  ahoy_session_reply (self, transaction, 200, NULL);
  ahoy_session_emit_request (self, request);
}

static void
refuse (AhoySession *self, AhoyServerTransaction *transaction, guint status, const char *reason,
        const char *header, const char *value)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, reason);

  ahoy_message_set_header (response, header, value, NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
}

/* RFC 6086 §8: what an INFO without a package means is what its body means. */
static void
receive_plain (AhoySession *self, AhoyServerTransaction *transaction, AhoyMessage *request)
{
  g_autofree char *type = ahoy_message_dup_content_type (request);
  AhoyContentRefusal refusal = { 0 };
  g_autoptr (GError) error = NULL;

  if (ahoy_content_check (self->service, request, &refusal)) {
    if (!check_control (request, &error)) {
      g_autofree char *quoted = ahoy_content_quote (error->message);
      g_autofree char *warning = g_strconcat ("399 ahoy ", quoted, NULL);

      refuse (self, transaction, 400, NULL, "Warning", warning);
      return;
    }
    ahoy_session_reply (self, transaction, 200, NULL);
    take_parts (self, request);
    ahoy_session_emit_request (self, request);
    return;
  }
  if (refusal.status == 415 && ((type != NULL && is_for_programs (self, type)) ||
                                is_offered (self, request))) {
    g_free (refusal.value);
    answer (self, transaction, request);
    return;
  }
  refuse (self, transaction, refusal.status, NULL, refusal.header, refusal.value);
  g_free (refusal.value);
}

/* -- packages ------------------------------------------------------------------------------- */

/* The part that belongs to the package: the only one, or the one that says so (RFC 6086 §4). */
static AhoyBodyPart *
find_part (GPtrArray *parts)
{
  for (guint i = 0; parts->len > 1 && i < parts->len; i++) {
    g_autofree char *disposition =
        ahoy_body_part_get_header (parts->pdata[i], "Content-Disposition");

    if (disposition != NULL && ahoy_content_type_is (disposition, "info-package")) {
      return parts->pdata[i];
    }
  }
  return parts->len > 0 ? parts->pdata[0] : NULL;
}

static void
receive_packaged (AhoySession *self, AhoyServerTransaction *transaction, AhoyMessage *request,
                  const char *value)
{
  g_autofree char *name = ahoy_info_package_dup_token (value);
  AhoyInfoPackage *package = ahoy_session_service_find_info_package (self->service, name);
  g_autoptr (AhoyInfoPackage) hold = package != NULL ? g_object_ref (package) : NULL;
  g_autoptr (GPtrArray) parts = NULL;
  AhoyBodyPart *part;

  if (package == NULL) {
    g_autofree char *willing = ahoy_session_service_dup_recv_info (self->service);

    refuse (self, transaction, 469, "Bad Info Package", "Recv-Info", willing);
    return;
  }
  parts = ahoy_message_get_parts (request, NULL);
  if (parts == NULL) {
    ahoy_session_reply (self, transaction, 400, NULL);
    return;
  }
  part = find_part (parts);
  if (part != NULL &&
      !ahoy_info_package_takes (package, ahoy_body_part_get_content_type (part))) {
    g_autofree char *accept =
        g_strjoinv (", ", (char **) ahoy_info_package_get_content_types (package));

    refuse (self, transaction, 415, NULL, "Accept", accept);
    return;
  }
  ahoy_session_reply (self, transaction, 200, NULL);
  ahoy_info_package_emit (package, self, request);
  ahoy_session_emit_request (self, request);
}

/* An INFO that no supplement answered. */
void
ahoy_session_receive_info (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_autofree char *package = ahoy_message_get_header (request, "Info-Package");

  if (package != NULL) {
    receive_packaged (self, transaction, request, package);
  } else {
    receive_plain (self, transaction, request);
  }
}

/* What the peer is told that we take, in INVITE, UPDATE and answers to them (RFC 6086 §5.2.1). */
void
ahoy_session_add_recv_info (AhoySession *self, AhoyMessage *message)
{
  g_autofree char *willing =
      self->service != NULL ? ahoy_session_service_dup_recv_info (self->service) : NULL;

  if (willing != NULL && *willing != '\0') {
    ahoy_message_set_header (message, "Recv-Info", willing, NULL);
  }
}

static gboolean
peer_takes (AhoySession *self, const char *package)
{
  g_auto (GStrv) values =
      self->remote_recv_info != NULL ? g_strsplit (self->remote_recv_info, ",", -1) : NULL;
  g_autofree char *wanted = ahoy_info_package_dup_token (package);

  for (gsize i = 0; values != NULL && values[i] != NULL; i++) {
    g_autofree char *name = ahoy_info_package_dup_token (values[i]);

    if (g_str_equal (name, wanted)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* -- ours ----------------------------------------------------------------------------------- */

/**
 * ahoy_session_create_info:
 * @self: a session that has a dialog
 * @package: (nullable): the name of an INFO package, with parameters if it has any; %NULL for an
 *   INFO of old, of which only the media type says what it is about
 * @content_type: (nullable): the media type of @body
 * @body: (nullable): the body
 * @error: return location for an error
 *
 * Makes an INFO request (RFC 6086), for ahoy_session_send_request_async(). One of a package goes
 * only to a peer that said in Recv-Info that it takes it.
 *
 * Returns: (transfer full): a new request; %NULL with %AHOY_ERROR_INVALID_STATE when there is no
 *   dialog, %AHOY_ERROR_NOT_SUPPORTED when the peer does not take @package, or
 *   %AHOY_ERROR_INVALID_ARGUMENTS for what cannot stand in a message
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_create_info (AhoySession *self, const char *package, const char *content_type,
                          GBytes *body, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  request = ahoy_session_create_request (self, "INFO", error);
  if (request == NULL) {
    return NULL;
  }
  if (package != NULL && !peer_takes (self, package)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The peer of session %" G_GUINT64_FORMAT " takes no INFO of the package “%s”; it "
                 "said: %s",
                 self->id, package,
                 self->remote_recv_info != NULL ? self->remote_recv_info : "nothing");
    return NULL;
  }
  if (package != NULL && !ahoy_message_set_header (request, "Info-Package", package, error)) {
    return NULL;
  }
  if (body != NULL && g_bytes_get_size (body) > 0) {
    if (!ahoy_message_set_body (request, content_type, body, error) ||
        (package != NULL && !ahoy_message_set_header (request, "Content-Disposition",
                                                      "Info-Package", error))) {
      return NULL;
    }
  }
  return g_steal_pointer (&request);
}

/**
 * ahoy_session_request_keyframe:
 * @self: an active session with video
 * @error: return location for an error
 *
 * Asks the peer for a whole picture of each video stream, in an INFO request (RFC 5168), for a peer
 * that does not take such requests by RTCP (RFC 4585).
 *
 * Returns: %TRUE when it is on its way; %FALSE with %AHOY_ERROR_INVALID_STATE when there is no
 *   video or no dialog
 *
 * Since: 0.1
 */
gboolean
ahoy_session_request_keyframe (AhoySession *self, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GBytes) body = NULL;
  gboolean found = FALSE;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  for (guint i = 0; i < self->streams->len && !found; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    found = stream->active && g_str_equal (stream->media_type, "video");
  }
  if (!found) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no video: no picture can be asked for",
                 self->id);
    return FALSE;
  }
  body = ahoy_media_control_write ();
  request = ahoy_session_create_info (self, NULL, AHOY_MEDIA_CONTROL_TYPE, body, error);
  if (request == NULL) {
    return FALSE;
  }
  ahoy_session_send_request_async (self, request, NULL, NULL, NULL);
  return TRUE;
}
