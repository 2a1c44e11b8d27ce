namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>What a fuzzed endpoint is given: who adds one need not add it here.</summary>
internal static class FuzzedEndpoint
{
    // what no schema tells: {account} and {unique} are put in
    private static readonly Dictionary<string, string[]> Right = new()
    {
        ["POST /api/rules"] = [Rule, ContentRule],
        ["PUT /api/rules/{id}"] = [Rule, ContentRule],
        ["POST /api/rules/test"] =
        [
            $$"""{"mail":{{Mail}},"rule":{{Rule}}}""",
            """{"text":{"from":"+15550100001","to":"+15550100009","body":"Hello","media":[{"contentType":"audio/ogg","transcript":"pay"}]}}""",
        ],
        ["POST /api/notifications"] =
        [
            """{"channel":"whatsapp","recipient":"+15550100001","body":"Hello","priority":"low","sendAt":"2026-12-24T18:00:00+01:00"}""",
            """{"channel":"sms","recipient":"+14155550100","body":"Hello","priority":"very-low"}""",
        ],
        ["POST /api/notify"] =
        [
            """
            {"to":["ann",{"email":"a@b.test"},{"phone":"+14155550100"}],"content":{"subject":"Hello","body":"Hello"},"data":{"n":[1,{"a":null}]},
            "channels":["sms","inbox"],"fallback":{"channels":["sms","email"],"afterMinutes":5},"priority":"low","digest":false,
            "sendAt":"2026-12-24T18:00:00+01:00","expiresAt":"2027-01-24T18:00:00Z","dedupKey":"{unique}"}
            """,
            """{"to":[{"whatsapp":"+15550100001"},{"id":"bob"}],"content":{"body":"Hello"},"category":"default"}""",
        ],
        ["POST /api/templates"] = [$$$"""{"key":"t-{unique}",{{{Variants}}}}""", """{"key":"l-{unique}","kind":"layout","variants":[{"text":"{{ content }}"}]}"""],
        ["PUT /api/templates/{key}"] = [$$$"""{{{{Variants}}}}"""],
        ["POST /api/templates/{key}/preview"] = ["""{"channel":"email","locale":"de-AT","data":{"name":"Ann","items":[{"title":"One"}],"recipient":{"time_zone":"UTC"}}}"""],
        ["POST /api/api-keys"] = ["""{"name":"made","scopes":["rules","mail"],"expiresAt":"2030-01-01T00:00:00Z"}"""],
        ["POST /api/users"] = ["""{"email":"{unique}@example.com","name":"Made"}"""],
        ["POST /api/accounts/email"] =
        [
            $$"""{"provider":"microsoft","address":"ann@example.com","tracking":{{Tracking}}}""", """{"provider":"gmail"}""",
        ],
        ["PATCH /api/accounts/email/{id}"] = ["""{"status":"paused"}""", $$"""{"status":"active","tracking":{{Tracking}}}""", """{"tracking":null}"""],
        ["POST /api/emails/sync"] = ["""{"accountId":"{account}","since":"2026-01-01T00:00:00Z","batchSize":10}"""],
        ["POST /api/emails/track"] = ["""{"accountId":"{account}","messageId":"<1@example.com>"}"""],
        ["PATCH /api/emails/tracked/{id}"] = ["""{"status":"stopped"}""", """{"snoozeUntil":"2026-12-24T18:00:00Z"}"""],
        ["POST /api/phone-numbers"] = ["""{"phoneNumber":"+1415555{digits}"}"""],
        ["POST /api/phone-numbers/{id}/verify"] = ["""{"code":"123456"}"""],
        ["POST /api/webhooks/email"] = [Mail, $"[{Mail},{Mail}]"],
        ["POST /api/recipients"] = [Recipient],
        ["POST /api/recipients/bulk"] = [Recipient],
        ["PUT /api/recipients/{id}/preferences"] = [Preferences],
        ["PUT /api/preferences"] = ["""{"preferences":{"*":{"sms":false}},"quietHours":[{"from":"22:00","to":"07:00"}]}"""],
        ["POST /api/topics"] = ["""{"name":"t{unique}"}"""],
        ["POST /api/topics/{name}/members"] = ["""{"recipients":["{account}","nobody"]}"""],
        ["PUT /api/categories/{name}"] =
        [
            """
            {"isCritical":false,"channels":["sms","email"],"preferences":{"email":false,"*":true},"fallback":{"channels":["sms","email"],"afterMinutes":5},
            "digest":{"mode":"sliding","minutes":5,"maxMinutes":60},"throttle":{"sms":{"count":3,"seconds":3600}}}
            """,
            """{"digest":{"mode":"daily","at":"08:00"}}""",
        ],
        ["POST /api/schedules"] =
        [
            """{"name":"s{unique}","timeZone":"Europe/Berlin","slots":[{"day":"monday","time":"09:30"},{"day":"sunday","time":"02:30"}],"missed":"once"}""",
            """
            {"name":"r{unique}","timeZone":"UTC","recurrence":{"start":"2027-01-01T09:00:00Z","every":2,"unit":"days","count":5,"until":"2027-02-01T00:00:00Z"},
            "content":{"text":"Hello","link":"https://a.test/","platforms":{"x":{"text":"Hi"}}},"targets":{"accounts":["{account}"],"groups":[]}}
            """,
        ],
        ["PATCH /api/schedules/{id}"] = ["""{"timeZone":"America/New_York","slots":[{"day":"friday","time":"12:00"}],"missed":"skip"}"""],
        ["PUT /api/schedules/{id}/queue"] = ["""{"posts":["{account}"]}"""],
        ["POST /api/webhook-endpoints"] = ["""{"url":"https://127.0.0.1/hook","events":["notification.*","*"],"description":"x","ratePerSecond":5}"""],
        ["PATCH /api/webhook-endpoints/{id}"] = ["""{"url":"https://127.0.0.1/other","events":["email.replied"],"ratePerSecond":null}"""],
        ["POST /api/webhook-endpoints/{id}/recover"] = ["""{"since":"2026-01-01T00:00:00Z","until":"2026-02-01T00:00:00Z"}"""],
        ["POST /api/posts"] = [$$$"""{"content":{{{PostContent}}},"draft":true,"scheduledAt":"2026-12-24T18:00:00Z","tags":["a"],"metadata":{"n":[1.5,null]}}"""],
        ["POST /api/posts/bulk"] = [$$$"""{"posts":[{"content":{"text":"{unique}"},"draft":true},{"content":{{{PostContent}}},"draft":true}],"allowDuplicates":true}"""],
        ["POST /api/posts/validate"] = [$$$"""{"content":{{{PostContent}}},"targets":{"accounts":["{account}"],"groups":[]}}""", $$$"""{"content":{{{PostContent}}}}"""],
        ["PATCH /api/posts/{id}"] = [$$$"""{"content":{{{PostContent}}},"version":1,"draft":false}"""],
        ["POST /api/posts/{id}/targets/{targetId}/settle"] = ["""{"outcome":"published","url":"https://a.test/1"}""", """{"outcome":"not-published"}"""],
        ["POST /api/media-library"] = ["""{"fileName":"a.png","totalBytes":100,"altText":"A"}"""],
        ["PUT /api/media-library/{id}"] = ["""{"fileName":"b.png","altText":"B"}"""],
        ["POST /api/jobs/dead/replay"] = ["""{"type":"none","since":"2026-01-01T00:00:00Z","until":"2026-02-01T00:00:00Z","errorContains":"x","limit":10}"""],
    };

    private const string Rule =
        """
        {"name":"Fuzzed","type":"sender","sender":{"addresses":["a@b.test","+15550100002"],"domains":["acme.test"],"wildcards":["*@*.bank.test"],
        "exclusions":["x@acme.test"]},"priority":3,"active":true,"continue":true,"template":"{{subject}}","channel":"whatsapp","recipient":"+15550100001"}
        """;

    private const string PostContent =
        """
        {"text":"Hello {unique}","link":"https://a.test/1","media":[],"platforms":{"x":{"text":"Hi"}},
        "accounts":{"01a2250d-90ed-7e74-9a6f-633a1b84b8f2":{"link":""}}}
        """;

    private const string Variants =
        """
        "category":"default","variants":[{"channel":"email","locale":"de","subject":"Hi {{ name }}","html":"<p>{% for i in items %}{{ i.title | upcase }}{% endfor %}</p>"},
        {"text":"{{ name | default: 'you' }}","whatsapp":{"name":"order","language":"en_US","parameters":["{{ name }}"]}}]
        """;

    private const string ContentRule =
        """
        {"name":"Fuzzed","content":{"anyOf":["pay"],"allOf":["now"],"noneOf":["never"],"scope":"both","hasAttachment":false,"include":"everything"},
        "target":{"channel":"sms","recipient":"+14155550100"}}
        """;

    private const string Recipient =
        """
        {"id":"r{unique}","email":"a@b.test","phone":"+14155550100","whatsapp":"+15550100001","timeZone":"Europe/Vienna","locale":"de-AT",
        "push":[{"service":"fcm","token":"aaaaaaaaaaaaaaaaaaaaaaaa:{unique}"},{"service":"web","subscription":{"endpoint":"https://push.example/{unique}",
        "keys":{"p256dh":"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","auth":"AAAAAAAAAAAAAAAAAAAAAA"}}}],
        "chat":[{"service":"slack","url":"https://hooks.slack.com/services/T/B/x"}],"properties":{"name":"Ann","n":[1.5,null]}}
        """;

    private const string Preferences =
        """{"preferences":{"default":{"sms":false,"*":true}},"quietHours":[{"days":[1,5],"from":"22:00","to":"07:00"}],"timeZone":"Asia/Kathmandu"}""";

    private const string Mail =
        """
        {"messageId":"{unique}","from":"Ann <a@b.test>","to":"me@example.com","subject":"Invoice","text":"Pay now","receivedAt":"2026-11-24T06:00:00Z",
        "threadId":"t","headers":{"Reply-To":"x@y.test"},"attachments":[{"name":"a.pdf","contentType":"application/pdf","size":1}]}
        """;

    private const string Tracking =
        """
        {"mode":"matching","categories":["Red"],"recipients":["*@contoso.test"],"windowDays":30,
        "followUp":{"afterWorkingDays":2,"maxReminders":1,"timeZone":"Europe/Zurich","channel":"whatsapp","recipient":"+15550100001"}}
        """;

    extension(ApiOperation endpoint)
    {
        /// <summary>Bodies that are right, or as near to it as their schema tells; none where it takes none.</summary>
        public IReadOnlyList<string> Bodies =>
            Right.TryGetValue(endpoint.Name, out var right) ? right : endpoint.Example is { } example ? [example] : [];

        /// <summary>Whether it changes anything.</summary>
        public bool Changes => endpoint.Method != HttpMethod.Get;

        /// <summary>Whether it makes something of a body that is known to be right.</summary>
        public bool Takes => Right.ContainsKey(endpoint.Name) && !endpoint.Path.Contains('{', StringComparison.Ordinal);

        /// <summary>Whether only operators may ask it.</summary>
        public bool IsForOperators => endpoint.Scopes.Contains("admin") || endpoint.Scopes.Contains("jobs");
    }

    /// <summary>Those that end something come last. What takes a recipient's token, and no key, is left out: it would refuse everything.</summary>
    public static IReadOnlyList<ApiOperation> InOrder(IReadOnlyList<ApiOperation> endpoints) =>
    [
        .. endpoints.Where(endpoint => !endpoint.NeedsToken).OrderBy(endpoint => endpoint.Method == HttpMethod.Delete).ThenBy(endpoint => endpoint.Name == "DELETE /api/users/me")
            .ThenBy(endpoint => endpoint.Name, StringComparer.Ordinal),
    ];
}
