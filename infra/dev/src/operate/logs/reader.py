"""Prints events of log groups in the order of time: a JSON list [group, milliseconds, text] a line.

Called with one JSON object: groups, start (milliseconds), pattern (or ""), follow. Pages are read
as they are needed, so that a long time back does not fill the memory.
"""

import heapq
import json
import signal
import sys
import time

import botocore.exceptions
import botocore.session

# Lines come in late; those of this long ago are asked for again, and known ones passed over.
OVERLAP = 20_000
PAUSE = 2

signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.SIG_DFL)


def events(client, group, start, pattern):
    call = {"logGroupName": group, "startTime": start}
    if pattern:
        call["filterPattern"] = pattern
    try:
        for page in client.get_paginator("filter_log_events").paginate(**call):
            for event in page["events"]:
                yield event["timestamp"], group, event
    except client.exceptions.ResourceNotFoundException:
        # A function that has not run yet, on an emulator.
        return


def key(group, event):
    return event.get("eventId") or (
        group,
        event.get("logStreamName"),
        event["timestamp"],
        event["message"],
    )


def main(groups, start, pattern, follow):
    client = botocore.session.get_session().create_client("logs")
    seen = {}
    latest = start
    while True:
        counts = {}
        since = max(start, latest - OVERLAP)
        streams = [events(client, group, since, pattern) for group in groups]
        for at, group, event in heapq.merge(*streams, key=lambda one: one[0]):
            known = key(group, event)
            # Equal lines of one moment are told apart by their number.
            nth = counts[known] = counts.get(known, 0) + 1
            if (known, nth) in seen:
                continue
            seen[known, nth] = at
            latest = max(latest, at)
            print(json.dumps([group, at, event["message"]]), flush=follow)
        if not follow:
            return
        seen = {one: at for one, at in seen.items() if at >= latest - 2 * OVERLAP}
        sys.stdout.flush()
        time.sleep(PAUSE)


try:
    main(**json.loads(sys.argv[1]))
except botocore.exceptions.BotoCoreError as error:
    raise SystemExit(str(error))
except botocore.exceptions.ClientError as error:
    raise SystemExit(str(error))
