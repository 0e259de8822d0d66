/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-busy.h"
#include "lf-clock.h"
#include "lf-codec.h"
#include "lf-contact.h"
#include "lf-conversation.h"
#include "lf-error.h"
#include "lf-instant.h"
#include "lf-json.h"
#include "lf-message.h"
#include "lf-plain-line.h"
#include "lf-presence.h"
#include "lf-problem.h"
#include "lf-resolver.h"
#include "lf-roster.h"
#include "lf-wire-calls.h"
#include "lf-wire.h"
