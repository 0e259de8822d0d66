/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-emoji-button.h"

typedef struct
{
  LfEmojiPicked picked;
  gpointer      object; /* borrowed: it owns the button */
} Target;

static void
on_emoji_picked (GtkEmojiChooser *chooser, const char *emoji, gpointer user_data)
{
  const Target *target = user_data;

  target->picked (target->object, emoji);
}

static void
make_chooser (GtkMenuButton *button, gpointer user_data)
{
  GtkWidget *chooser;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  chooser = gtk_emoji_chooser_new ();
  g_signal_connect (chooser, "emoji-picked", G_CALLBACK (on_emoji_picked), user_data);
  gtk_menu_button_set_popover (button, chooser);
}

/**
 * lf_emoji_button_init:
 * @button: a button without a popover
 * @picked: called with each emoji that is picked
 * @object: its first argument; it owns @button
 *
 * Lets @button open a chooser of emoji. The chooser measures the picture of every emoji as soon as it
 * exists, half a second of work: so it is made when it is first wanted.
 */
void
lf_emoji_button_init (GtkMenuButton *button, LfEmojiPicked picked, gpointer object)
{
  Target *target;

  g_return_if_fail (GTK_IS_MENU_BUTTON (button) && picked != NULL);

  target = g_new0 (Target, 1);
  target->picked = picked;
  target->object = object;
  gtk_menu_button_set_create_popup_func (button, make_chooser, target, g_free);
}
