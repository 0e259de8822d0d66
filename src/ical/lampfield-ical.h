/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-ical-availability.h"
#include "lf-ical-event.h"
#include "lf-ical-expand.h"
#include "lf-ical-issue.h"
#include "lf-ical-line.h"
#include "lf-ical-reader.h"
#include "lf-ical-recur.h"
#include "lf-ical-rules.h"
#include "lf-ical-splitter.h"
#include "lf-ical-time.h"
#include "lf-ical-vtimezone.h"
#include "lf-ical-zone.h"
