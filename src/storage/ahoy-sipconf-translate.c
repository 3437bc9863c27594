/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sipconf-job-private.h"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-config-value-private.h"

/* Makes objects of a sip.conf: what several keys say together. */

#define DEFAULT_REALM "asterisk" /* which hashes of passwords in such files are made for */

static const char *
last_text (AhoySipconfJob *job, const char *key)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, key);

  return entry != NULL && *entry->text != '\0' ? entry->text : NULL;
}

static void
set_escaped (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target,
             const char *value)
{
  g_autofree char *text = ahoy_config_text_escape (value);

  ahoy_sipconf_job_set (job, entry, target, text, TRUE);
}

void
ahoy_sipconf_job_begin (AhoySipconfJob *job, const char *type_name, const char *name,
                        const char *file, guint line)
{
  job->object = ahoy_config_schema_make_object (job->schema, type_name, name, NULL);
  job->unusable = job->object == NULL;
  if (job->object != NULL)
    ahoy_config_object_set_origin (job->object, file, line);
}

/* The object is as all keys say; it holds, or is left out. */
void
ahoy_sipconf_job_end (AhoySipconfJob *job)
{
  g_autoptr (AhoyConfigObject) object = g_steal_pointer (&job->object);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;

  if (object == NULL || job->unusable)
    return;
  if (!ahoy_config_object_validate (object, &error)) {
    label = ahoy_config_object_dup_label (object);
    ahoy_sipconf_complain (job->problems, AHOY_CONFIG_SEVERITY_ERROR,
                           ahoy_config_object_get_file (object),
                           ahoy_config_object_get_line (object), label, NULL, error->message);
    return;
  }
  ahoy_config_object_seal (object);
  ahoy_config_set_add (job->set, object, NULL);
}

/* -- codecs --------------------------------------------------------------------------------- */

static const struct {
  const char *theirs;
  const char *ours;
} codecs[] = { { "opus", "opus" }, { "g722", "g722" }, { "alaw", "pcma" }, { "ulaw", "pcmu" } };

static void
change_codec (GPtrArray *list, const char *name, gboolean allow)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (list, name, g_str_equal, &index) && !allow)
    g_ptr_array_remove_index (list, index);
  else if (allow && !g_ptr_array_find_with_equal_func (list, name, g_str_equal, NULL))
    g_ptr_array_add (list, (char *)name);
}

static void
apply_codec (AhoySipconfJob *job, GPtrArray *list, const AhoySipconfEntry *entry, char *name)
{
  gboolean allow = strcmp (entry->key, "allow") == 0;
  g_autofree char *message = NULL;
  gboolean known = FALSE;

  if (*name == '!') {
    allow = !allow;
    name++;
  }
  name[strcspn (name, ":")] = '\0'; /* alaw:20; Ahoy's ptime is of all codecs */
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (g_ascii_strcasecmp (name, "all") == 0 || g_ascii_strcasecmp (name, codecs[i].theirs) == 0) {
      change_codec (list, codecs[i].ours, allow);
      known = TRUE;
    }
  }
  if (known || !allow)
    return;
  message = g_strdup_printf ("Ahoy does not have the codec “%.40s”; it is left out", name);
  ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING, message);
}

static void
set_codecs (AhoySipconfJob *job)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const AhoySipconfEntry *last = NULL;

  /* What chan_sip begins with, as far as Ahoy has it. */
  g_ptr_array_add (list, "pcmu");
  g_ptr_array_add (list, "pcma");
  for (guint i = 0; i < job->entries->len; i++) {
    const AhoySipconfEntry *entry = job->entries->pdata[i];
    g_auto (GStrv) parts = NULL;

    if (strcmp (entry->key, "allow") != 0 && strcmp (entry->key, "disallow") != 0)
      continue;
    last = entry;
    parts = ahoy_sipconf_split (entry->text);
    for (gsize n = 0; parts[n] != NULL; n++)
      apply_codec (job, list, entry, parts[n]);
  }
  if (last == NULL)
    return;
  if (list->len == 0) {
    ahoy_sipconf_job_tell (job, last, AHOY_CONFIG_SEVERITY_ERROR,
                           "no codec is left that Ahoy has; write allow=alaw or allow=ulaw");
    job->unusable = TRUE;
    return;
  }
  for (guint i = 0; i < list->len; i++)
    ahoy_sipconf_job_append (job, last, "codecs", list->pdata[i], FALSE);
}

/* -- where a peer is ------------------------------------------------------------------------ */

static void
set_transports (AhoySipconfJob *job)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, "transport");
  g_autofree char *lower = entry != NULL ? g_ascii_strdown (entry->text, -1) : NULL;
  g_auto (GStrv) parts = lower != NULL ? ahoy_sipconf_split (lower) : NULL;

  for (gsize i = 0; parts != NULL && parts[i] != NULL; i++)
    ahoy_sipconf_job_append (job, entry, "allowed-transports", parts[i], TRUE);
}

static char *
make_contact (AhoySipconfJob *job, const char *host, guint port)
{
  const char *user = last_text (job, "defaultuser");
  const char *const *transports = ahoy_config_object_get_list (job->object, "allowed-transports");
  gboolean is_v6 = strchr (host, ':') != NULL;
  GString *uri = g_string_new ("<sip:");

  user = user != NULL ? user : last_text (job, "username");
  if (user != NULL) {
    g_string_append_uri_escaped (uri, user, "!$&'()*+,;=", FALSE);
    g_string_append_c (uri, '@');
  }
  g_string_append_printf (uri, is_v6 ? "[%s]" : "%s", host);
  if (port != 0)
    g_string_append_printf (uri, ":%u", port);
  if (transports[0] != NULL && strcmp (transports[0], "udp") != 0)
    g_string_append_printf (uri, ";transport=%s", transports[0]);
  g_string_append_c (uri, '>');
  return g_string_free (uri, FALSE);
}

/* Whether the peer has an address of its own. */
static gboolean
set_host (AhoySipconfJob *job)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, "host");
  const char *port_text = last_text (job, "port");
  g_autoptr (GSocketConnectable) parsed = NULL;
  g_autofree char *contact = NULL;
  guint64 port = 0;
  const char *host;

  if (entry == NULL || *entry->text == '\0')
    return FALSE;
  if (g_ascii_strcasecmp (entry->text, "dynamic") == 0) {
    ahoy_sipconf_set_dynamic (job, entry);
    return FALSE;
  }
  parsed = g_network_address_parse (entry->text, 0, NULL);
  if (parsed == NULL
      || (port_text != NULL
          && !g_ascii_string_to_unsigned (port_text, 10, 0, 65535, &port, NULL))) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR,
                           "host or port is not one; write host=192.0.2.7 and port=5060");
    job->unusable = TRUE;
    return FALSE;
  }
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  if (port == 0)
    port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
  contact = make_contact (job, host, port);
  set_escaped (job, entry, "match", host);
  set_escaped (job, entry, "contact", contact);
  return TRUE;
}

/* -- who a peer is -------------------------------------------------------------------------- */

static void
set_passwords (AhoySipconfJob *job)
{
  const AhoySipconfEntry *hash = ahoy_sipconf_job_last (job, "md5secret");
  const AhoySipconfEntry *secret = ahoy_sipconf_job_last (job, "secret");
  const AhoySipconfEntry *remote = ahoy_sipconf_job_last (job, "remotesecret");
  const AhoySipconfEntry *user = ahoy_sipconf_job_last (job, "defaultuser");
  const char *realm = NULL;

  if (hash != NULL && *hash->text != '\0') {
    set_escaped (job, hash, "password-md5", hash->text);
    for (guint i = 0; i < job->general->len; i++) {
      const AhoySipconfEntry *entry = job->general->pdata[i];

      realm = strcmp (entry->key, "realm") == 0 ? entry->text : realm;
    }
    set_escaped (job, hash, "realm", realm != NULL && *realm != '\0' ? realm : DEFAULT_REALM);
  } else if (secret != NULL && *secret->text != '\0') {
    set_escaped (job, secret, "password", secret->text);
  }
  user = user != NULL ? user : ahoy_sipconf_job_last (job, "username");
  remote = remote != NULL && *remote->text != '\0' ? remote : secret;
  if (user != NULL && *user->text != '\0' && remote != NULL && *remote->text != '\0') {
    set_escaped (job, user, "outbound-username", user->text);
    set_escaped (job, remote, "outbound-password", remote->text);
  }
}

/* Whether calls of the peer need no proof; only where its address says who it is. */
static gboolean
needs_no_proof (AhoySipconfJob *job, gboolean has_address)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, "insecure");
  g_auto (GStrv) parts = ahoy_sipconf_split (entry != NULL ? entry->text : "");
  gboolean insecure = g_strv_contains ((const char *const *)parts, "invite")
                      || g_strv_contains ((const char *const *)parts, "very");

  if (insecure && !has_address)
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "it would let in whoever knows the name; a proof is asked for all the "
                           "same. Write a host= to trust its address");
  if (last_text (job, "secret") == NULL && last_text (job, "md5secret") == NULL)
    insecure = TRUE;
  return has_address && insecure;
}

/* A user is known by its name, a peer by its address, a friend by both. */
static void
set_identification (AhoySipconfJob *job, const AhoySipconfEntry *type, gboolean has_address)
{
  gboolean is_user = g_ascii_strcasecmp (type->text, "user") == 0;
  gboolean is_friend = g_ascii_strcasecmp (type->text, "friend") == 0;

  if (!is_user && needs_no_proof (job, has_address)) {
    ahoy_sipconf_job_set (job, type, "auth", "none", TRUE);
    ahoy_sipconf_job_set (job, type, "identify", "ip", TRUE);
    return;
  }
  if (is_friend && has_address)
    ahoy_sipconf_job_set (job, type, "identify", "username;ip", TRUE);
  else
    ahoy_sipconf_job_set (job, type, "identify", !is_user && has_address ? "ip" : "username", TRUE);
  if (last_text (job, "secret") == NULL && last_text (job, "md5secret") == NULL)
    ahoy_sipconf_job_tell (job, type, AHOY_CONFIG_SEVERITY_WARNING,
                           "it has no secret, so that nobody gets in by its name; write secret=");
}

static void
set_caller (AhoySipconfJob *job)
{
  const AhoySipconfEntry *name = ahoy_sipconf_job_last (job, "fullname");
  const AhoySipconfEntry *number = ahoy_sipconf_job_last (job, "cid_number");
  g_autofree char *text = NULL;

  if (name == NULL && number == NULL)
    return;
  text = g_strdup_printf ("%s <%s>", name != NULL ? name->text : "",
                          number != NULL ? number->text
                                         : ahoy_config_object_get_name (job->object));
  set_escaped (job, name != NULL ? name : number, "caller-id", g_strstrip (text));
}

/* -- peers ---------------------------------------------------------------------------------- */

static GPtrArray *
collect_entries (AhoySipconfJob *job, AhoySipconfSection *section)
{
  GPtrArray *entries = g_ptr_array_new ();

  for (guint i = 0; i < job->general->len; i++) {
    AhoySipconfEntry *entry = job->general->pdata[i];
    const AhoySipconfRule *rule = ahoy_sipconf_rule_find (entry->key);

    if (rule != NULL && (rule->places & AHOY_SIPCONF_DEFAULT))
      g_ptr_array_add (entries, entry);
  }
  for (guint i = 0; i < section->entries->len; i++)
    g_ptr_array_add (entries, section->entries->pdata[i]);
  return entries;
}

static void
translate_callback (AhoySipconfJob *job, const char *name)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, "callbackextension");
  const char *user = last_text (job, "defaultuser");
  const char *secret = last_text (job, "remotesecret");

  if (entry == NULL || *entry->text == '\0')
    return;
  user = user != NULL ? user : last_text (job, "username");
  ahoy_sipconf_translate_callback (job, entry, ahoy_sipconf_job_last (job, "host"), user,
                                   secret != NULL ? secret : last_text (job, "secret"), name);
}

static gboolean
is_peer (const AhoySipconfEntry *type)
{
  return type != NULL
         && (g_ascii_strcasecmp (type->text, "friend") == 0
             || g_ascii_strcasecmp (type->text, "peer") == 0
             || g_ascii_strcasecmp (type->text, "user") == 0);
}

static void
translate_peer (AhoySipconfJob *job, AhoySipconfSection *section)
{
  g_autoptr (GPtrArray) entries = collect_entries (job, section);
  g_autofree char *label = g_strdup_printf ("endpoint %s", section->name);
  const AhoySipconfEntry *type;
  gboolean has_address;

  job->entries = entries;
  type = ahoy_sipconf_job_last (job, "type");
  if (!is_peer (type)) {
    ahoy_sipconf_complain (job->problems, AHOY_CONFIG_SEVERITY_ERROR,
                           type != NULL ? type->file : section->file,
                           type != NULL ? type->line : section->line, label, "type",
                           "the section says nothing of who it is; write type=friend, type=peer or "
                           "type=user");
    return;
  }
  ahoy_sipconf_job_begin (job, "endpoint", section->name, section->file, section->line);
  if (job->object == NULL)
    return;
  for (guint i = 0; i < entries->len && !job->unusable; i++)
    ahoy_sipconf_rule_apply (job, entries->pdata[i], AHOY_SIPCONF_PEER);
  set_codecs (job);
  ahoy_sipconf_set_access (job);
  set_transports (job);
  has_address = set_host (job);
  ahoy_sipconf_set_qualify (job);
  set_passwords (job);
  set_caller (job);
  if (!job->unusable)
    set_identification (job, type, has_address);
  ahoy_sipconf_job_end (job);
  translate_callback (job, section->name);
}

/* -- [general] ------------------------------------------------------------------------------ */

static void
set_realm (AhoySipconfJob *job, AhoySipconfSection *section)
{
  const AhoySipconfEntry *realm = ahoy_sipconf_job_last (job, "realm");
  const AhoySipconfEntry *context = ahoy_sipconf_job_last (job, "context");
  AhoySipconfEntry fallback = { "realm", DEFAULT_REALM, section->file, section->line };

  realm = realm != NULL && *realm->text != '\0' ? realm : &fallback;
  set_escaped (job, realm, "realm", realm->text);
  if (context != NULL)
    set_escaped (job, context, "guest-context", context->text);
}

static void
translate_core (AhoySipconfJob *job, AhoySipconfSection *section)
{
  ahoy_sipconf_job_begin (job, "core", "", section->file, section->line);
  if (job->object == NULL)
    return;
  for (guint i = 0; i < job->general->len; i++) {
    AhoySipconfEntry *entry = job->general->pdata[i];
    const AhoySipconfRule *rule = ahoy_sipconf_rule_find (entry->key);

    /* What holds for peers is told of them. */
    if (rule == NULL || (rule->places & AHOY_SIPCONF_DEFAULT) == 0)
      ahoy_sipconf_rule_apply (job, entry, AHOY_SIPCONF_GENERAL);
  }
  set_realm (job, section);
  ahoy_sipconf_job_end (job);
}

/* “example.org” or “example.org,context”. */
static void
translate_domains (AhoySipconfJob *job)
{
  for (guint i = 0; i < job->general->len; i++) {
    const AhoySipconfEntry *entry = job->general->pdata[i];
    g_auto (GStrv) parts = NULL;

    if (strcmp (entry->key, "domain") != 0)
      continue;
    parts = ahoy_sipconf_split (entry->text);
    if (parts[0] == NULL || strpbrk (parts[0], " \t[]();=#!\"\\") != NULL) {
      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING, "it is no domain");
      continue;
    }
    ahoy_sipconf_job_begin (job, "domain", parts[0], entry->file, entry->line);
    if (job->object != NULL && parts[1] != NULL)
      set_escaped (job, entry, "context", parts[1]);
    ahoy_sipconf_job_end (job);
  }
}

static void
add_transport (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *protocol,
               const char *host, guint port)
{
  gboolean is_v6 = strchr (host, ':') != NULL;
  g_autofree char *name = g_strconcat (protocol, is_v6 ? "6" : "", NULL);
  g_autofree char *bind = g_strdup_printf (is_v6 ? "[%s]:%u" : "%s:%u", host, port);
  static const char *const externals[] = { "externaddr", "externip", "externhost" };

  ahoy_sipconf_job_begin (job, "transport", name, entry->file, entry->line);
  if (job->object == NULL)
    return;
  ahoy_sipconf_job_set (job, entry, "protocol", protocol, TRUE);
  set_escaped (job, entry, "bind", bind);
  for (gsize i = 0; i < G_N_ELEMENTS (externals); i++) {
    const AhoySipconfEntry *external = ahoy_sipconf_job_last (job, externals[i]);

    if (external != NULL && !is_v6 && *external->text != '\0')
      ahoy_sipconf_job_set (job, external, "external-address", external->text, FALSE);
  }
  for (guint i = 0; i < job->general->len; i++) {
    const AhoySipconfEntry *net = job->general->pdata[i];
    g_autofree char *network
        = strcmp (net->key, "localnet") == 0 ? ahoy_sipconf_dup_network (net->text) : NULL;

    if (network != NULL)
      ahoy_sipconf_job_append (job, net, "local-networks", network, FALSE);
    else if (strcmp (net->key, "localnet") == 0)
      ahoy_sipconf_job_tell (job, net, AHOY_CONFIG_SEVERITY_WARNING, "it is no network");
  }
  ahoy_sipconf_job_end (job);
}

/* An address with or without a port; :: is the one of both families. */
static void
translate_transport (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *protocol,
                     guint default_port)
{
  const char *text = *entry->text != '\0' ? entry->text : "0.0.0.0";
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, default_port, NULL);
  const char *host;
  guint port;

  if (parsed == NULL) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR,
                           "it is no address to listen on; write one such as 0.0.0.0:5060");
    return;
  }
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
  if (strcmp (host, "::") == 0)
    add_transport (job, entry, protocol, "0.0.0.0", port);
  add_transport (job, entry, protocol, host, port);
}

static void
translate_transports (AhoySipconfJob *job, AhoySipconfSection *section)
{
  AhoySipconfEntry none = { "bindaddr", "", section->file, section->line };
  const AhoySipconfEntry *enable = ahoy_sipconf_job_last (job, "tcpenable");
  const AhoySipconfEntry *bind = ahoy_sipconf_job_last (job, "bindaddr");
  const AhoySipconfEntry *udp = ahoy_sipconf_job_last (job, "udpbindaddr");
  const AhoySipconfEntry *tcp = ahoy_sipconf_job_last (job, "tcpbindaddr");
  const char *port_text = last_text (job, "bindport");
  guint64 port = 5060;

  if (port_text != NULL && !g_ascii_string_to_unsigned (port_text, 10, 0, 65535, &port, NULL)) {
    ahoy_sipconf_job_tell (job, ahoy_sipconf_job_last (job, "bindport"),
                           AHOY_CONFIG_SEVERITY_ERROR, "it is no port; write one such as 5060");
    return;
  }
  bind = bind != NULL ? bind : &none;
  translate_transport (job, udp != NULL ? udp : bind, "udp", port);
  if (enable != NULL && ahoy_sipconf_is_true (enable->text))
    translate_transport (job, tcp != NULL ? tcp : bind, "tcp", port);
}

static void
translate_general (AhoySipconfJob *job, AhoySipconfSection *section)
{
  job->general = section->entries;
  job->entries = section->entries;
  translate_core (job, section);
  translate_transports (job, section);
  translate_domains (job);
}

static void
translate_section (AhoySipconfJob *job, AhoySipconfSection *section)
{
  if (strcmp (section->name, "general") == 0 || section->is_template || section->broken)
    return;
  if (strcmp (section->name, "authentication") == 0)
    ahoy_sipconf_complain (job->problems, AHOY_CONFIG_SEVERITY_WARNING, section->file,
                           section->line, NULL, NULL,
                           "[authentication] is not taken over; write [auth NAME] with its realm "
                           "to ahoy.conf, and outbound-auths= to the endpoint");
  else
    translate_peer (job, section);
}

/* The objects, all of which are sealed; adds to the problems of @document. */
AhoyConfigSet *
ahoy_sipconf_translate (AhoyConfigSchema *schema, AhoySipconfDocument *document)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  AhoySipconfJob job = { schema, document->problems, told, ahoy_config_set_new (), none };

  for (guint i = 0; i < document->sections->len; i++) {
    AhoySipconfSection *section = document->sections->pdata[i];

    if (strcmp (section->name, "general") == 0)
      translate_general (&job, section);
  }
  for (guint i = 0; i < document->sections->len; i++)
    translate_section (&job, document->sections->pdata[i]);
  ahoy_sipconf_translate_registers (&job);
  return job.set;
}
