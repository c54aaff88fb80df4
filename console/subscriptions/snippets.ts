/** How to verify a request in one language. */
export interface Snippet {
  readonly id: string;
  readonly language: string;
  readonly install: string;
  readonly code: string;
}

/** By the Standard Webhooks libraries, which accept our signatures as they are. https://www.standardwebhooks.com */
export const SNIPPETS: readonly Snippet[] = [
  {
    id: 'node',
    language: 'Node.js',
    install: 'npm install standardwebhooks express',
    code: `import express from 'express';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const app = express();

app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
  let event;
  try {
    event = webhook.verify(req.body, req.headers); // the bytes as received
  } catch {
    return res.status(401).end();
  }
  // The webhook-id header is the same on every repeat: skip ids you have seen.
  console.log(event.type, event.data);
  res.status(204).end();
});

app.listen(8080);`,
  },
  {
    id: 'python',
    language: 'Python',
    install: 'pip install standardwebhooks flask',
    code: `import os
from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
app = Flask(__name__)

@app.post("/webhooks")
def receive():
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return "", 401
    # The webhook-id header is the same on every repeat: skip ids you have seen.
    print(event["type"], event["data"])
    return "", 204`,
  },
  {
    id: 'go',
    language: 'Go',
    install: 'go get github.com/standard-webhooks/standard-webhooks/libraries',
    code: `package main

import (
	"io"
	"log"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		// The webhook-id header is the same on every repeat: skip ids you have seen.
		log.Printf("%s", body)
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}`,
  },
  {
    id: 'java',
    language: 'Java',
    install: 'implementation("com.standardwebhooks:standardwebhooks:1.1.1")',
    code: `import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

public class Receiver {
  public static void main(String[] args) throws Exception {
    Webhook webhook = new Webhook(System.getenv("WEBHOOK_SECRET"));
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext("/webhooks", exchange -> {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int status = 204;
      try {
        webhook.verify(body, exchange.getRequestHeaders());
        // The webhook-id header is the same on every repeat: skip ids you have seen.
        System.out.println(body);
      } catch (WebhookVerificationException refused) {
        status = 401;
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
  }
}`,
  },
  {
    id: 'php',
    language: 'PHP',
    install: 'composer require standard-webhooks/standard-webhooks',
    code: `<?php
require 'vendor/autoload.php';

use StandardWebhooks\\Exception\\WebhookVerificationException;
use StandardWebhooks\\Webhook;

$webhook = new Webhook(getenv('WEBHOOK_SECRET'));
$headers = array_change_key_case(getallheaders());

try {
    $event = $webhook->verify(file_get_contents('php://input'), $headers);
} catch (WebhookVerificationException $refused) {
    http_response_code(401);
    exit;
}
// The webhook-id header is the same on every repeat: skip ids you have seen.
error_log($event['type']);
http_response_code(204);`,
  },
  {
    id: 'ruby',
    language: 'Ruby',
    install: 'gem install standardwebhooks sinatra',
    code: `require "sinatra"
require "standardwebhooks"

WEBHOOK = StandardWebhooks::Webhook.new(ENV.fetch("WEBHOOK_SECRET"))

post "/webhooks" do
  headers = %w[webhook-id webhook-timestamp webhook-signature].to_h do |name|
    [name, request.get_header("HTTP_#{name.upcase.tr("-", "_")}")]
  end
  begin
    event = WEBHOOK.verify(request.body.read, headers)
  rescue StandardWebhooks::WebhookVerificationError
    halt 401
  end
  # The webhook-id header is the same on every repeat: skip ids you have seen.
  puts event["type"]
  status 204
end`,
  },
];
