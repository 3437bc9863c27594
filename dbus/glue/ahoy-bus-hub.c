/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-hub.h"

#include <string.h>

#include "ahoy-bus-error.h"
#include "ahoy-bus-listing.h"
#include "ahoy-bus-variant.h"
#include "ahoy.h"

/*
 * All objects of the daemon on one connection: finds the one that a call is for, lists them, and
 * lets the objects tell what changed when the link gathers it.
 *
 * Objects below one prefix share one table of sd-bus: nothing is registered for a call.
 */
struct _AhoyBusHub {
  GObject parent_instance;

  AhoyBusLink *link;
  AhoyBusObject *root;
  GTree *objects;      /* path → AhoyBusObject, without the root, in the order of paths */
  GHashTable *fresh;   /* AhoyBusObject that nobody heard of yet */
  GQueue dirty;        /* AhoyBusObject */
  gboolean speaking;   /* somebody may know that we are here */
  GPtrArray *tables;   /* Table */
  sd_bus_slot *manager;
  sd_bus_slot *listing;
  guint last_tree;
  gboolean trusting;
};

G_DEFINE_FINAL_TYPE (AhoyBusHub, ahoy_bus_hub, G_TYPE_OBJECT)

/* An interface as sd-bus has it: of the root, or of the objects below a prefix. */
typedef struct {
  AhoyBusHub *hub;
  char *prefix;
  const AhoyBusInterface *interface;
  guint tree; /* 0 for the root's */
  sd_bus_vtable *vtable;
  sd_bus_slot *slot;
  sd_bus_slot *enumerator;
} Table;

static void
table_free (gpointer data)
{
  Table *table = data;

  sd_bus_slot_unref (table->slot);
  sd_bus_slot_unref (table->enumerator);
  g_clear_pointer (&table->vtable, ahoy_bus_interface_free_vtable);
  g_free (table->prefix);
  g_free (table);
}

/* The path of a named object: what is no letter or digit becomes _xx, as systemd does for units. */
char *
ahoy_bus_make_path (const char *kind, const char *name)
{
  GString *text = g_string_new (AHOY_BUS_ROOT "/");

  g_string_append_printf (text, "%s/", kind);
  for (const char *at = name; *at != '\0'; at++) {
    if (g_ascii_isalpha (*at) || (g_ascii_isdigit (*at) && at != name)) {
      g_string_append_c (text, *at);
    } else {
      g_string_append_printf (text, "_%02x", (guchar) *at);
    }
  }
  return g_string_free (text, FALSE);
}

AhoyBusObject *
ahoy_bus_hub_lookup (AhoyBusHub *self, const char *path)
{
  if (g_str_equal (path, ahoy_bus_object_get_path (self->root))) {
    return self->root;
  }
  return g_tree_lookup (self->objects, path);
}

/* The objects behind @after in the order of paths, the root left out.
 * Returns: (transfer none) (nullable): the next one */
AhoyBusObject *
ahoy_bus_hub_get_next (AhoyBusHub *self, const char *after)
{
  GTreeNode *node = g_tree_upper_bound (self->objects, after);

  return node != NULL ? g_tree_node_value (node) : NULL;
}

guint
ahoy_bus_hub_get_n_objects (AhoyBusHub *self)
{
  return (guint) g_tree_nnodes (self->objects);
}

/* Below which path objects with that interface are.
 * Returns: (transfer none) (nullable): NULL when none can have it */
const char *
ahoy_bus_hub_find_prefix (AhoyBusHub *self, const char *interface)
{
  const char *found = NULL;

  for (guint i = 0; i < self->tables->len; i++) {
    const Table *table = self->tables->pdata[i];

    if (table->tree != 0 && g_str_equal (table->interface->info->name, interface)) {
      found = found == NULL ? table->prefix : AHOY_BUS_ROOT;
    }
  }
  return found;
}

/* sd-bus looks for an object with an interface: @found is what the functions below get. */
static int
find_facet (sd_bus *bus, const char *path, const char *interface, void *user_data, void **found,
            sd_bus_error *error)
{
  Table *table = user_data;
  AhoyBusObject *object = ahoy_bus_hub_lookup (table->hub, path);

  if (object == NULL && g_str_equal (path, table->prefix)) {
    return 0;
  }
  if (object == NULL) {
    return sd_bus_error_setf (error, "org.ahoy.Ahoy1.Error.NotFound",
                              "There is no object %s on the bus any more", path);
  }
  *found = ahoy_bus_object_find (object, interface);
  return *found != NULL;
}

static int
on_method (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  AhoyBusFacet *facet = user_data;
  g_autoptr (GObject) target = g_object_ref (facet->target);
  const AhoyBusMethod *method =
      ahoy_bus_interface_find_method (facet->interface, sd_bus_message_get_member (message));
  AhoyBusCall *call = ahoy_bus_call_new (message);
  GError *failure = NULL;
  g_autoptr (GVariant) arguments = ahoy_bus_call_read_arguments (call, &failure);

  if (arguments == NULL) {
    ahoy_bus_return_error (call, failure);
  } else {
    method->handle (target, arguments, call);
  }
  return 1;
}

static int
on_get (sd_bus *bus, const char *path, const char *interface, const char *property,
        sd_bus_message *reply, void *user_data, sd_bus_error *error)
{
  AhoyBusFacet *facet = user_data;
  int index = ahoy_bus_interface_find (facet->interface, property);
  g_autoptr (GVariant) value =
      ahoy_bus_interface_get (facet->interface, facet->target, (guint) index);

  return ahoy_bus_variant_append (reply, value);
}

/* Objects below the prefix, for the object manager and for who introspects. */
static int
on_enumerate (sd_bus *bus, const char *path, void *user_data, char ***nodes, sd_bus_error *error)
{
  Table *table = user_data;
  g_autofree char *prefix = g_strconcat (table->prefix, "/", NULL);
  GStrvBuilder *builder = g_strv_builder_new ();

  for (GTreeNode *node = g_tree_lower_bound (table->hub->objects, prefix);
       node != NULL && g_str_has_prefix (g_tree_node_key (node), prefix);
       node = g_tree_node_next (node)) {
    g_strv_builder_add (builder, g_tree_node_key (node));
  }
  *nodes = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return 0;
}

static void
ahoy_bus_hub_dispose (GObject *object)
{
  ahoy_bus_hub_close (AHOY_BUS_HUB (object));
  G_OBJECT_CLASS (ahoy_bus_hub_parent_class)->dispose (object);
}

static void
ahoy_bus_hub_finalize (GObject *object)
{
  AhoyBusHub *self = AHOY_BUS_HUB (object);

  g_tree_unref (self->objects);
  g_hash_table_unref (self->fresh);
  g_ptr_array_unref (self->tables);
  g_clear_object (&self->root);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (ahoy_bus_hub_parent_class)->finalize (object);
}

static void
ahoy_bus_hub_class_init (AhoyBusHubClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_hub_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_hub_finalize;
}

static int
compare_paths (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

static void
ahoy_bus_hub_init (AhoyBusHub *self)
{
  self->objects = g_tree_new_full (compare_paths, NULL, NULL, g_object_unref);
  self->fresh = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->tables = g_ptr_array_new_with_free_func (table_free);
  g_queue_init (&self->dirty);
}

static void
gather (gpointer user_data)
{
  ahoy_bus_hub_flush (user_data);
}

static void
schedule (AhoyBusObject *object, gpointer user_data)
{
  AhoyBusHub *self = user_data;

  g_queue_push_tail (&self->dirty, g_object_ref (object));
  ahoy_bus_link_want_gather (self->link);
}

static gboolean
check (int result, const char *path, GError **error)
{
  if (result < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be put on the bus: %s", path,
                 g_strerror (-result));
  }
  return result >= 0;
}

static Table *
add_table (AhoyBusHub *self, const char *prefix, const AhoyBusInterface *interface)
{
  Table *table = g_new0 (Table, 1);

  table->hub = self;
  table->prefix = g_strdup (prefix);
  table->interface = interface;
  table->vtable = ahoy_bus_interface_make_vtable (interface, on_method, on_get);
  g_ptr_array_add (self->tables, table);
  return table;
}

/* sd-bus would answer it, too: slowly, and with more than a message may have. */
static int
on_root_message (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  if (!sd_bus_message_is_method_call (message, AHOY_BUS_OBJECT_MANAGER, "GetManagedObjects")) {
    return 0;
  }
  ahoy_bus_listing_return_all (user_data, ahoy_bus_call_new (message));
  return 1;
}

static gboolean
register_root (AhoyBusHub *self, GError **error)
{
  sd_bus *bus = ahoy_bus_link_get_bus (self->link);
  const char *path = ahoy_bus_object_get_path (self->root);
  AhoyBusFacet *facet;

  for (guint i = 0; (facet = ahoy_bus_object_get_facet (self->root, i)) != NULL; i++) {
    Table *table = add_table (self, path, facet->interface);

    if (!check (sd_bus_add_object_vtable (bus, &table->slot, path, facet->interface->info->name,
                                          table->vtable, facet),
                path, error)) {
      return FALSE;
    }
  }
  return check (sd_bus_add_object_manager (bus, &self->manager, path), path, error) &&
         check (sd_bus_add_object (bus, &self->listing, path, on_root_message, self), path, error);
}

/* @root carries its interfaces already. */
AhoyBusHub *
ahoy_bus_hub_new (AhoyBusLink *link, AhoyBusObject *root, GError **error)
{
  g_autoptr (AhoyBusHub) self = g_object_new (AHOY_BUS_TYPE_HUB, NULL);
  const AhoyBusOutlet outlet = { link, schedule, self };

  self->link = g_object_ref (link);
  self->root = g_object_ref (root);
  if (!register_root (self, error)) {
    return NULL;
  }
  ahoy_bus_object_set_outlet (root, &outlet);
  ahoy_bus_link_set_gather (link, gather, self);
  return g_steal_pointer (&self);
}

/* Whether callers may do what the user may whom the daemon runs as: on the session bus, where they
 * are that user. */
void
ahoy_bus_hub_set_trusting (AhoyBusHub *self, gboolean trusting)
{
  self->trusting = trusting;
}

gboolean
ahoy_bus_hub_is_trusting (AhoyBusHub *self)
{
  return self->trusting;
}

/* Objects below @prefix that have @interface can be called, and are listed. Returns a number for
 * ahoy_bus_hub_remove_tree(), 0 on failure. */
guint
ahoy_bus_hub_add_tree (AhoyBusHub *self, const char *prefix, const AhoyBusInterface *interface,
                       GError **error)
{
  sd_bus *bus = ahoy_bus_link_get_bus (self->link);
  Table *table = add_table (self, prefix, interface);

  if (!check (sd_bus_add_fallback_vtable (bus, &table->slot, prefix, interface->info->name,
                                          table->vtable, find_facet, table),
              prefix, error) ||
      !check (sd_bus_add_node_enumerator (bus, &table->enumerator, prefix, on_enumerate, table),
              prefix, error)) {
    g_ptr_array_remove_fast (self->tables, table);
    return 0;
  }
  table->tree = ++self->last_tree;
  return table->tree;
}

void
ahoy_bus_hub_remove_tree (AhoyBusHub *self, const char *prefix, guint tree)
{
  for (guint i = 0; i < self->tables->len; i++) {
    Table *table = self->tables->pdata[i];

    if (tree != 0 && table->tree == tree) {
      g_ptr_array_remove_index_fast (self->tables, i);
      return;
    }
  }
}

/* The object can be called at once; it is announced at the end of the turn. */
void
ahoy_bus_hub_add (AhoyBusHub *self, AhoyBusObject *object)
{
  const AhoyBusOutlet outlet = { self->link, schedule, self };

  ahoy_bus_object_set_outlet (object, &outlet);
  g_tree_replace (self->objects, (char *) ahoy_bus_object_get_path (object),
                  g_object_ref (object));
  g_hash_table_add (self->fresh, g_object_ref (object));
  schedule (object, self);
}

/* What the object still has to say goes out first. */
void
ahoy_bus_hub_remove (AhoyBusHub *self, AhoyBusObject *object)
{
  g_autoptr (AhoyBusObject) hold = g_object_ref (object);
  const char *path = ahoy_bus_object_get_path (object);

  if (g_tree_lookup (self->objects, path) != object) {
    return;
  }
  ahoy_bus_hub_flush (self);
  if (self->speaking) {
    ahoy_bus_object_withdraw (object, ahoy_bus_object_get_path (self->root));
  }
  ahoy_bus_object_forget (object);
  g_tree_remove (self->objects, path);
}

/* Everything that changed in this turn is told now, in front of what is told later. */
void
ahoy_bus_hub_flush (AhoyBusHub *self)
{
  AhoyBusObject *next;

  while ((next = g_queue_pop_head (&self->dirty)) != NULL) {
    g_autoptr (AhoyBusObject) object = next;

    if (!self->speaking) {
      g_hash_table_remove (self->fresh, object);
      ahoy_bus_object_skip (object);
      continue;
    }
    if (g_hash_table_remove (self->fresh, object)) {
      ahoy_bus_object_announce (object, ahoy_bus_object_get_path (self->root));
    }
    ahoy_bus_object_flush (object);
  }
}

/* From now on. Before the name is taken nobody listens, and who comes then asks for all that there
 * is: with 100 000 endpoints that saves a second of telling. */
void
ahoy_bus_hub_speak (AhoyBusHub *self)
{
  ahoy_bus_hub_flush (self);
  self->speaking = TRUE;
}

/* Nothing is on the bus any more. */
void
ahoy_bus_hub_close (AhoyBusHub *self)
{
  if (self->link != NULL) {
    ahoy_bus_link_set_gather (self->link, NULL, NULL);
  }
  g_ptr_array_set_size (self->tables, 0);
  self->listing = sd_bus_slot_unref (self->listing);
  self->manager = sd_bus_slot_unref (self->manager);
  g_queue_clear_full (&self->dirty, g_object_unref);
  g_hash_table_remove_all (self->fresh);
  for (GTreeNode *node = g_tree_node_first (self->objects); node != NULL;
       node = g_tree_node_next (node)) {
    ahoy_bus_object_forget (g_tree_node_value (node));
  }
  if (self->root != NULL) {
    ahoy_bus_object_forget (self->root);
  }
  g_tree_remove_all (self->objects);
}
