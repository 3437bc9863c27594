/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-agents.h"

#include "ahoy-bus-agent-authenticator.h"
#include "ahoy-bus-agent-clerk.h"
#include "ahoy-bus-agent-doorman.h"
#include "ahoy-bus-agent-identifier.h"
#include "ahoy-bus-agent-waker.h"
#include "ahoy-bus-agent-porter.h"
#include "ahoy-bus-agent-registrar.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-variant.h"

/*
 * Programs on the bus that decide. As long as one of a kind is there, an extension of libahoy asks
 * it; requests wait meanwhile (docs/bus.md).
 *
 * Agents of a kind are asked in the order in which they registered, until one does not pass. What
 * fails, answers nonsense or says nothing in time ends the question: nobody behind it decides.
 */
struct _AhoyBusAgents {
  GObject parent_instance;

  AhoyCore *core;
  AhoyBusLink *link;
  GPtrArray *agents;  /* Agent, in the order of their ids */
  GQueue questions;   /* AhoyBusQuestion */
  GObject *extensions[AHOY_BUS_AGENT_N_KINDS]; /* NULL: nobody is to be asked */
  guint64 last_id;
  guint64 refused; /* questions that were too many */
};

typedef struct {
  AhoyBusAgents *agents; /* not a reference */
  guint64 id;
  char *owner; /* its unique name */
  char *path;
  char *label; /* for people */
  guint kinds; /* a bit for each kind */
  guint64 failures;
  sd_bus_track *track;
} Agent;

struct _AhoyBusQuestion {
  AhoyBusAgents *agents; /* not a reference: it ends us before it goes */
  AhoyBusAgentKind kind;
  char *object;
  GVariant *facts;
  gint64 deadline; /* monotonic time in µs */
  guint64 asked;   /* the id of the agent */
  char *label;     /* of it */
  sd_bus_slot *slot;
  AhoyBusAgentFunc callback;
  gpointer user_data;
};

#define MAX_AGENTS 32
/* A bus lets nobody wait for more than 128 answers, if it says nothing else. */
#define MAX_QUESTIONS 100

/* What extensions are called. */
#define NAME "agents"

static const struct {
  const char *nick;
  gboolean supported;
} kinds[] = {
  { "authenticate", TRUE }, { "identify", TRUE },     { "incoming-call", TRUE },
  { "wake", TRUE },         { "registration", TRUE }, { "message", TRUE },
  { "transfer", TRUE },     { "subscription", FALSE },
};

G_DEFINE_FINAL_TYPE (AhoyBusAgents, ahoy_bus_agents, G_TYPE_OBJECT)

static void
agent_free (gpointer data)
{
  Agent *agent = data;

  sd_bus_track_unref (agent->track);
  g_free (agent->owner);
  g_free (agent->path);
  g_free (agent->label);
  g_free (agent);
}

static void
question_free (AhoyBusQuestion *self)
{
  sd_bus_slot_unref (self->slot);
  g_free (self->object);
  g_variant_unref (self->facts);
  g_free (self->label);
  g_free (self);
}

/* -- extensions ----------------------------------------------------------------------------- */

static GType
type_of (guint kind)
{
  switch (kind) {
  case AHOY_BUS_AGENT_AUTHENTICATE:
    return AHOY_TYPE_AUTHENTICATOR;
  case AHOY_BUS_AGENT_IDENTIFY:
    return AHOY_TYPE_ENDPOINT_IDENTIFIER;
  case AHOY_BUS_AGENT_REGISTRATION:
    return AHOY_TYPE_SERVICE;
  case AHOY_BUS_AGENT_MESSAGE:
    return AHOY_TYPE_MESSAGE_HANDLER;
  default:
    return AHOY_TYPE_SESSION_SUPPLEMENT;
  }
}

static GObject *
make_extension (AhoyBusAgents *self, guint kind)
{
  switch (kind) {
  case AHOY_BUS_AGENT_AUTHENTICATE:
    return G_OBJECT (ahoy_bus_agent_authenticator_new (self));
  case AHOY_BUS_AGENT_IDENTIFY:
    return G_OBJECT (ahoy_bus_agent_identifier_new (self));
  case AHOY_BUS_AGENT_WAKE:
    return G_OBJECT (ahoy_bus_agent_waker_new (self));
  case AHOY_BUS_AGENT_REGISTRATION:
    return G_OBJECT (ahoy_bus_agent_registrar_new (self));
  case AHOY_BUS_AGENT_MESSAGE:
    return G_OBJECT (ahoy_bus_agent_clerk_new (self));
  case AHOY_BUS_AGENT_TRANSFER:
    return G_OBJECT (ahoy_bus_agent_porter_new (self));
  default:
    return G_OBJECT (ahoy_bus_agent_doorman_new (self));
  }
}

/* Others hear a signal. */
static gboolean
is_extension (guint kind)
{
  return kind != AHOY_BUS_AGENT_WAKE && kind != AHOY_BUS_AGENT_TRANSFER;
}

static gboolean
is_wanted (AhoyBusAgents *self, guint kind)
{
  for (guint i = 0; i < self->agents->len; i++) {
    if (((Agent *) self->agents->pdata[i])->kinds & (1u << kind)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Agents are asked before all others that are there. */
static gboolean
add_extension (AhoyBusAgents *self, guint kind, GError **error)
{
  g_autoptr (AhoyExtensionSnapshot) others = NULL;
  g_autofree const char **before = NULL;
  g_autoptr (GObject) extension = make_extension (self, kind);
  guint n;

  if (!is_extension (kind)) {
    self->extensions[kind] = g_steal_pointer (&extension);
    return TRUE;
  }
  others = ahoy_extension_registry_snapshot (
      ahoy_stack_get_extensions (ahoy_core_get_stack (self->core)), type_of (kind));
  n = ahoy_extension_snapshot_get_length (others);
  before = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++) {
    before[i] = ahoy_extension_get_name (ahoy_extension_snapshot_get (others, i));
  }
  if (!ahoy_core_add_extension (self->core, type_of (kind), extension, NAME, before, NULL, NULL,
                                error)) {
    return FALSE;
  }
  self->extensions[kind] = g_steal_pointer (&extension);
  return TRUE;
}

static gboolean
update_extensions (AhoyBusAgents *self, GError **error)
{
  for (guint kind = 0; kind < AHOY_BUS_AGENT_N_KINDS; kind++) {
    gboolean wanted = is_wanted (self, kind);

    if (wanted && self->extensions[kind] == NULL && !add_extension (self, kind, error)) {
      return FALSE;
    }
    if (!wanted && self->extensions[kind] != NULL) {
      if (is_extension (kind)) {
        ahoy_core_remove_extension (self->core, type_of (kind), self->extensions[kind]);
      }
      g_clear_object (&self->extensions[kind]);
    }
  }
  return TRUE;
}

/* -- questions ------------------------------------------------------------------------------ */

static void
conclude (AhoyBusQuestion *question, AhoyBusAgentOutcome outcome, const char *verdict,
          GVariant *changes)
{
  AhoyBusAgentFunc callback = question->callback;
  gpointer user_data = question->user_data;
  g_autofree char *label = g_steal_pointer (&question->label);

  ahoy_bus_question_cancel (question);
  callback (outcome, verdict, changes, label, user_data);
}

static Agent *
find_by_id (AhoyBusAgents *self, guint64 id)
{
  for (guint i = 0; i < self->agents->len; i++) {
    Agent *agent = self->agents->pdata[i];

    if (agent->id == id) {
      return agent;
    }
  }
  return NULL;
}

/* The first one of the kind behind the one that was asked last. */
static Agent *
find_next (AhoyBusQuestion *question)
{
  GPtrArray *agents = question->agents->agents;

  for (guint i = 0; i < agents->len; i++) {
    Agent *agent = agents->pdata[i];

    if (agent->id > question->asked && (agent->kinds & (1u << question->kind))) {
      return agent;
    }
  }
  return NULL;
}

/* One that fails again and again is told of at its 1st, 2nd, 4th, 8th… failure. */
static gboolean
is_worth_telling (guint64 failures)
{
  return (failures & (failures - 1)) == 0;
}

/* @agent, as a verdict came with it, said something that makes no sense: whether to tell of it. */
gboolean
ahoy_bus_agents_note_nonsense (AhoyBusAgents *self, const char *agent)
{
  for (guint i = 0; i < self->agents->len; i++) {
    Agent *known = self->agents->pdata[i];

    if (g_str_equal (known->label, agent)) {
      return is_worth_telling (++known->failures);
    }
  }
  return TRUE;
}

static void
give_up (AhoyBusQuestion *question, const char *why)
{
  AhoyBusAgents *self = question->agents;
  Agent *agent = find_by_id (self, question->asked);
  gboolean passes = ahoy_bus_agents_may_fall_back (self);
  guint64 failures = agent != NULL ? ++agent->failures : 1;

  if (is_worth_telling (failures)) {
    g_warning ("The agent %s decided nothing of a question of the kind %s: %s; %s (failure "
               "%" G_GUINT64_FORMAT ")",
               question->label, kinds[question->kind].nick, why,
               passes ? "it is decided without it" : "the request is refused", failures);
  }
  conclude (question, passes ? AHOY_BUS_AGENT_PASSED : AHOY_BUS_AGENT_FAILED, NULL, NULL);
}

static gboolean ask_next (AhoyBusQuestion *question);

static void
take_answer (AhoyBusQuestion *question, GVariant *answer)
{
  g_autoptr (GVariant) changes = NULL;
  const char *verdict;

  g_variant_get (answer, "(&s@a{ss})", &verdict, &changes);
  if (!g_str_equal (verdict, "pass")) {
    conclude (question, AHOY_BUS_AGENT_DECIDED, verdict, changes);
  } else if (!ask_next (question)) {
    conclude (question, AHOY_BUS_AGENT_PASSED, NULL, NULL);
  }
}

static int
on_answer (sd_bus_message *reply, void *user_data, sd_bus_error *unused)
{
  AhoyBusQuestion *question = user_data;
  g_autoptr (AhoyBusAgents) self = g_object_ref (question->agents);
  g_autoptr (GArray) descriptors = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GVariant) answer = NULL;
  const sd_bus_error *error = sd_bus_message_get_error (reply);

  if (error != NULL) {
    g_autofree char *why = g_utf8_make_valid (error->name, -1);

    give_up (question, why);
  } else if (!sd_bus_message_has_signature (reply, "sa{ss}") ||
             ahoy_bus_variant_read (reply, descriptors, &answer) < 0) {
    give_up (question, "the answer is no verdict (sa{ss})");
  } else {
    take_answer (question, answer);
  }
  return 0;
}

static int
send_question (AhoyBusQuestion *question, Agent *agent)
{
  sd_bus *bus = ahoy_bus_link_get_bus (question->agents->link);
  gint64 left = question->deadline - g_get_monotonic_time ();
  sd_bus_message *message = NULL;
  int result = sd_bus_message_new_method_call (bus, &message, agent->owner, agent->path,
                                               org_ahoy_ahoy1_agent_interface.name, "Decide");

  if (result >= 0) {
    result = sd_bus_message_append (message, "so", kinds[question->kind].nick, question->object);
  }
  if (result >= 0) {
    result = ahoy_bus_variant_append (message, question->facts);
  }
  if (result >= 0) {
    result = sd_bus_call_async (bus, &question->slot, message, on_answer, question,
                                (guint64) MAX (left, 1));
  }
  sd_bus_message_unref (message);
  return result;
}

/* FALSE: there is nobody else to ask. */
static gboolean
ask_next (AhoyBusQuestion *question)
{
  Agent *agent = find_next (question);
  int result;

  if (agent == NULL) {
    return FALSE;
  }
  g_clear_pointer (&question->slot, sd_bus_slot_unref);
  question->asked = agent->id;
  g_free (question->label);
  question->label = g_strdup (agent->label);
  result = send_question (question, agent);
  if (result < 0) {
    give_up (question, g_strerror (-result));
  }
  return TRUE;
}

/*
 * Asks the agents of a kind about something: @object is its path, @facts (a{ss}) what is known of
 * it. Returns: (nullable): the question, which lasts until @callback is called or it is cancelled;
 * NULL when nobody can be asked.
 */
AhoyBusQuestion *
ahoy_bus_agents_ask (AhoyBusAgents *self, AhoyBusAgentKind kind, const char *object,
                     GVariant *facts, AhoyBusAgentFunc callback, gpointer user_data)
{
  AhoyBusQuestion *question;
  Agent *agent;

  if (self->questions.length >= MAX_QUESTIONS || !ahoy_bus_link_is_open (self->link)) {
    if (is_worth_telling (++self->refused)) {
      g_warning ("%u questions to agents are not answered; no more is asked", MAX_QUESTIONS);
    }
    return NULL;
  }
  question = g_new0 (AhoyBusQuestion, 1);
  question->agents = self;
  question->kind = kind;
  question->object = g_strdup (object);
  question->facts = g_variant_ref (facts);
  question->deadline =
      g_get_monotonic_time () + (gint64) ahoy_bus_agents_get_deadline (self) * 1000;
  agent = find_next (question);
  if (agent != NULL) {
    question->asked = agent->id;
    question->label = g_strdup (agent->label);
  }
  if (agent == NULL || send_question (question, agent) < 0) {
    question_free (question);
    return NULL;
  }
  question->callback = callback;
  question->user_data = user_data;
  g_queue_push_tail (&self->questions, question);
  return question;
}

/* Nobody wants to know any more; what the agent says then is nothing. */
void
ahoy_bus_question_cancel (AhoyBusQuestion *self)
{
  g_queue_remove (&self->agents->questions, self);
  question_free (self);
}

/* How long agents have for a question together, in milliseconds. */
guint
ahoy_bus_agents_get_deadline (AhoyBusAgents *self)
{
  return (guint) (ahoy_config_object_get_duration (ahoy_core_get_settings (self->core),
                                                   "agent-deadline")
                  / 1000);
}

/* Whether it is decided without agents when they fail. */
gboolean
ahoy_bus_agents_may_fall_back (AhoyBusAgents *self)
{
  return ahoy_config_object_get_choice (ahoy_core_get_settings (self->core), "agent-fallback") ==
         AHOY_AGENT_FALLBACK_PASS;
}

/* -- registering ---------------------------------------------------------------------------- */

/* Whoever waits for it waits no longer. */
static void
remove_agent (AhoyBusAgents *self, Agent *agent, const char *why)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new ();
  guint64 id = agent->id;

  g_info ("The agent %s %s", agent->label, why);
  for (GList *at = self->questions.head; at != NULL; at = at->next) {
    if (((AhoyBusQuestion *) at->data)->asked == id) {
      g_ptr_array_add (orphans, at->data);
    }
  }
  g_ptr_array_remove (self->agents, agent);
  update_extensions (self, NULL);
  for (guint i = 0; i < orphans->len; i++) {
    AhoyBusQuestion *question = orphans->pdata[i];

    /* Answering one may have ended another. */
    if (g_queue_find (&self->questions, question) != NULL && question->asked == id) {
      give_up (question, why);
    }
  }
}

static int
on_owner_left (sd_bus_track *track, void *user_data)
{
  Agent *agent = user_data;
  g_autoptr (AhoyBusAgents) self = g_object_ref (agent->agents);

  remove_agent (self, agent, "left the bus");
  return 0;
}

static gboolean
watch_owner (Agent *agent, GError **error)
{
  sd_bus *bus = ahoy_bus_link_get_bus (agent->agents->link);
  int result = sd_bus_track_new (bus, &agent->track, on_owner_left, agent);

  if (result >= 0) {
    result = sd_bus_track_add_name (agent->track, agent->owner);
  }
  if (result < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be watched: %s", agent->owner,
                 g_strerror (-result));
  }
  return result >= 0;
}

/* A bit for each kind; 0 with an error. */
static guint
read_kinds (const char *const *names, GError **error)
{
  guint bits = 0;

  for (gsize i = 0; names[i] != NULL; i++) {
    guint kind = 0;

    while (kind < G_N_ELEMENTS (kinds) && !g_str_equal (kinds[kind].nick, names[i])) {
      kind++;
    }
    if (kind == G_N_ELEMENTS (kinds)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” is no kind of question; agents are asked to authenticate, to identify, "
                   "about an incoming-call and about a message",
                   names[i]);
      return 0;
    }
    if (!kinds[kind].supported) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                   "Agents are not asked about a %s yet; they are asked to authenticate, to "
                   "identify, about an incoming-call and about a message",
                   names[i]);
      return 0;
    }
    bits |= 1u << kind;
  }
  if (bits == 0) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "An agent that decides nothing is none; name a kind, such as "
                         "authenticate");
  }
  return bits;
}

static gboolean
check_free (AhoyBusAgents *self, const char *owner, const char *path, guint bits, GError **error)
{
  if (self->agents->len >= MAX_AGENTS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "There are %d agents already; unregister one", MAX_AGENTS);
    return FALSE;
  }
  for (guint i = 0; i < self->agents->len; i++) {
    Agent *agent = self->agents->pdata[i];

    if (g_str_equal (agent->owner, owner) &&
        ((agent->kinds & bits) || g_str_equal (agent->path, path))) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                   "The caller has an agent of this kind or path already, at %s; unregister it "
                   "first",
                   agent->path);
      return FALSE;
    }
  }
  return TRUE;
}

/* From now on @owner, a unique name, is asked at @path. */
gboolean
ahoy_bus_agents_register (AhoyBusAgents *self, const char *owner, const char *path,
                          const char *const *names, GError **error)
{
  guint bits = read_kinds (names, error);
  Agent *agent;

  if (bits == 0 || !check_free (self, owner, path, bits, error)) {
    return FALSE;
  }
  agent = g_new0 (Agent, 1);
  agent->agents = self;
  agent->id = ++self->last_id;
  agent->owner = g_strdup (owner);
  agent->path = g_strdup (path);
  agent->label = g_strdup_printf ("%s%s", owner, path);
  agent->kinds = bits;
  if (!watch_owner (agent, error)) {
    agent_free (agent);
    return FALSE;
  }
  g_ptr_array_add (self->agents, agent);
  if (!update_extensions (self, error)) {
    g_ptr_array_remove (self->agents, agent);
    update_extensions (self, NULL);
    return FALSE;
  }
  g_info ("The agent %s decides", agent->label);
  return TRUE;
}

gboolean
ahoy_bus_agents_unregister (AhoyBusAgents *self, const char *owner, const char *path,
                            GError **error)
{
  for (guint i = 0; i < self->agents->len; i++) {
    Agent *agent = self->agents->pdata[i];

    if (g_str_equal (agent->owner, owner) && g_str_equal (agent->path, path)) {
      remove_agent (self, agent, "was unregistered");
      return TRUE;
    }
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "The caller has no agent at %s", path);
  return FALSE;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
release (Agent *agent)
{
  sd_bus *bus = ahoy_bus_link_get_bus (agent->agents->link);
  sd_bus_message *message = NULL;

  if (sd_bus_message_new_method_call (bus, &message, agent->owner, agent->path,
                                      org_ahoy_ahoy1_agent_interface.name, "Release") >= 0) {
    sd_bus_message_set_expect_reply (message, 0);
    sd_bus_send (bus, message, NULL);
  }
  sd_bus_message_unref (message);
}

/* The daemon ends: agents are told, and whoever waits for one is refused. */
void
ahoy_bus_agents_close (AhoyBusAgents *self)
{
  g_autoptr (AhoyBusAgents) hold = g_object_ref (self);

  for (guint i = 0; i < self->agents->len && ahoy_bus_link_is_open (self->link); i++) {
    release (self->agents->pdata[i]);
  }
  g_ptr_array_set_size (self->agents, 0);
  update_extensions (self, NULL);
  while (self->questions.length > 0) {
    conclude (g_queue_peek_head (&self->questions), AHOY_BUS_AGENT_FAILED, NULL, NULL);
  }
}

static void
ahoy_bus_agents_dispose (GObject *object)
{
  AhoyBusAgents *self = AHOY_BUS_AGENTS (object);

  if (self->core != NULL) {
    ahoy_bus_agents_close (self);
  }
  g_clear_object (&self->link);
  g_clear_object (&self->core);
  G_OBJECT_CLASS (ahoy_bus_agents_parent_class)->dispose (object);
}

static void
ahoy_bus_agents_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_BUS_AGENTS (object)->agents);
  G_OBJECT_CLASS (ahoy_bus_agents_parent_class)->finalize (object);
}

static void
ahoy_bus_agents_class_init (AhoyBusAgentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_agents_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_agents_finalize;
}

static void
ahoy_bus_agents_init (AhoyBusAgents *self)
{
  self->agents = g_ptr_array_new_with_free_func (agent_free);
  g_queue_init (&self->questions);
}

/* @core was configured. */
AhoyBusAgents *
ahoy_bus_agents_new (AhoyCore *core, AhoyBusLink *link)
{
  AhoyBusAgents *self = g_object_new (AHOY_BUS_TYPE_AGENTS, NULL);

  self->core = g_object_ref (core);
  self->link = g_object_ref (link);
  return self;
}

AhoyCore *
ahoy_bus_agents_get_core (AhoyBusAgents *self)
{
  return self->core;
}
