// Takes deliveries as a partner's system would: checks each signature, reads each event, and says what it read.
"use strict";

const { readFileSync } = require("node:fs");
const { HTTP } = require("cloudevents");
const { Webhook } = require("standardwebhooks");

const { secret, deliveries } = JSON.parse(readFileSync(0, "utf8"));
const webhook = new Webhook(secret);

function take({ headers, body }) {
  try {
    webhook.verify(body, headers);
    const event = HTTP.toEvent({ headers, body });
    event.validate();
    return { ok: true, id: event.id, type: event.type, subject: event.subject, time: event.time, data: event.data };
  } catch (error) {
    return { ok: false, error: `${error.name}: ${error.message}` };
  }
}

process.stdout.write(JSON.stringify(deliveries.map(take)));
