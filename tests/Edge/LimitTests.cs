using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Switchboard.Tests.Edge;

/// <summary>An edge that lets little through.</summary>
public sealed class LimitedEdge : EdgeProcess
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Proxies__Trusted__0"] = "127.0.0.1, ::1",
        ["RateLimits__Default__Permits"] = "200",
        ["RateLimits__Webhooks__Permits"] = "1000",
        ["RateLimits__Open__Permits"] = "200",
        ["RateLimits__Refused__Permits"] = "20",
        ["RateLimits__Addresses__Permits"] = "1000",
        ["Quotas__KeysPerDay"] = "2",
        ["Quotas__NotificationsPerDay"] = "3",
        ["Quotas__VerificationSmsPerDay"] = "1",
        ["Quotas__MailboxesPerDay"] = "1",
    };
}

/// <summary>What nobody can do too often.</summary>
public sealed class LimitTests(LimitedEdge edge) : IClassFixture<LimitedEdge>
{
    private const string Intruder = "203.0.113.7";

    private static object Notification(string? priority = null) =>
        new { channel = "whatsapp", recipient = "+15550100001", body = "Hello", priority };

    [Fact]
    public async Task Who_tries_keys_or_shows_no_signature_is_stopped_and_keys_that_are_known_go_on()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        (await GetFromAsync(Intruder, key)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var answers = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 40; attempt++)
        {
            using var answer = attempt % 2 == 0
                ? await GetFromAsync(Intruder, $"sb_{Guid.CreateVersion7():n}")
                : await edge.SendAsync(
                    HttpMethod.Post, "none", "/api/sms/webhook",
                    new StringContent("From=x", MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded")), Forwarded(Intruder));
            answers.Add(answer.StatusCode);
            // without Redis nothing that is cached is used for longer than a second
            if (attempt == 30)
                await Task.Delay(TimeSpan.FromSeconds(1));
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        // one comes back every three seconds
        answers.Count(status => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden).ShouldBeInRange(20, 35);
        answers[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        (await GetFromAsync(Intruder, key)).StatusCode.ShouldBe(HttpStatusCode.OK, "the good key is remembered");
        (await GetFromAsync("203.0.113.8", "sb_unknown")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "another address tries its first");
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/accounts/email/callback")]
    [InlineData("/api/webhooks/whatsapp")]
    [InlineData("/api/nowhere")]
    public async Task What_needs_no_key_is_limited_too(string path)
    {
        using var answer = await edge.Http.GetAsync(path);

        answer.Headers.GetValues("RateLimit-Policy").ShouldHaveSingleItem().ShouldBe("\"open\";q=200;w=60");
    }

    [Theory]
    [InlineData("203.0.113.21", "GET", "/alive")]
    [InlineData("203.0.113.22", "GET", "/api/nowhere")]
    [InlineData("203.0.113.23", "POST", "/api/webhooks/graph?validationToken=x")]
    public async Task Keys_are_tried_no_oftener_where_none_is_needed(string address, string method, string path)
    {
        for (var attempt = 0; attempt < 20; attempt++)
            (await TryAsync()).ShouldNotBe(HttpStatusCode.TooManyRequests);

        // one comes back every three seconds
        var answers = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 20; attempt++)
            answers.Add(await TryAsync());
        answers.ShouldContain(HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> TryAsync()
        {
            using var answer = await edge.SendAsync(HttpMethod.Parse(method), $"sb_{Guid.CreateVersion7():n}", path, null, Forwarded(address));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_address_sends_only_so_much_whatever_it_is()
    {
        var refused = 0;
        for (var requests = 0; requests < 1_500 && refused == 0; requests += 100)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => GetFromAsync("203.0.113.24", "none")));
            foreach (var answer in answers)
            {
                refused += (await answer.Content.ReadAsStringAsync()).Contains("(addresses)", StringComparison.Ordinal) ? 1 : 0;
                answer.Dispose();
            }
        }

        refused.ShouldBePositive();
        (await GetFromAsync("203.0.113.25", "none")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "another address has its own");
    }

    [Fact]
    public async Task Twenty_keys_of_a_user_are_no_more_than_one()
    {
        var (userId, _) = await edge.NewUserAsync("rules");
        var refused = 0;
        for (var key = 0; key < 20; key++)
        {
            var one = await edge.NewKeyAsync(userId, "rules");
            for (var request = 0; request < 11; request++)
                refused += (await edge.GetAsync(one, "/api/rules")).StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        refused.ShouldBeInRange(1, 20);
    }

    [Fact]
    public async Task A_bulk_counts_as_many_as_it_has_mails()
    {
        var (_, key) = await edge.NewUserAsync("mail");
        var mails = Enumerable.Range(0, 500)
            .Select(number => new { messageId = $"{number}", from = "a@a.test", to = "b@b.test", subject = "x", text = "y" }).ToArray();

        var answers = new List<HttpStatusCode>();
        for (var bulk = 0; bulk < 3; bulk++)
            answers.Add((await edge.PostAsync(key, "/api/webhooks/email", mails)).StatusCode);

        // there is no broker; what counts is what was asked
        answers.ShouldBe([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests]);
    }

    [Fact]
    public async Task A_large_body_counts_by_its_size()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        var text = new string('x', 800_000);

        using var answer = await edge.PostAsync(
            key, "/api/rules/test", new { mail = new { messageId = "1", from = "a@a.test", to = "b@b.test", subject = "x", text } });

        Remaining(answer).ShouldBe(200 - 49);
    }

    [Fact]
    public async Task A_day_has_so_many_of_each()
    {
        var (_, key) = await edge.NewUserAsync("notifications", "texts", "mail", "keys");

        await UsesUpAsync(key, 2, "/api/api-keys", number => new { name = $"{number}", scopes = new[] { "mail" } });
        await UsesUpAsync(key, 3, "/api/notifications", _ => Notification());
        (await edge.PostAsync(key, "/api/topics", new { name = "news" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await UsesUpAsync(key, 0, "/api/notify", _ => new { to = new[] { new { topic = "news" } }, content = new { body = "Hello" } });
        await UsesUpAsync(key, 1, "/api/phone-numbers", number => new { phoneNumber = $"+1555012000{number}" });
        await UsesUpAsync(key, 1, "/api/accounts/email", _ => new { provider = "microsoft" });
        await UsesUpAsync(key, 0, "/api/mailboxes", _ => new { address = "x@gmail.test", refreshToken = "t" });
    }

    [Fact]
    public async Task Critical_needs_its_scope()
    {
        var (userId, key) = await edge.NewUserAsync("notifications");
        using var refused = await edge.PostAsync(key, "/api/notifications", Notification("critical"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ((string?)(await EdgeProcess.JsonAsync(refused))["type"]).ShouldBe("urn:switchboard:problem:missing-scope");

        var critical = await edge.NewKeyAsync(userId, "notifications", "critical");
        var made = (Guid)(await EdgeProcess.JsonAsync(await edge.PostAsync(critical, "/api/notifications", Notification("critical"))))["id"]!;

        await edge.ExecuteAsync($"UPDATE notifications SET delivery_status = 'failed', failed_at = now() WHERE id = '{made}'");
        using var again = await edge.SendAsync(HttpMethod.Post, key, $"/api/notifications/{made}/retry", null);
        again.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ((string?)(await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/notifications/{made}")))["deliveryStatus"]).ShouldBe("failed");
        (await edge.SendAsync(HttpMethod.Post, critical, $"/api/notifications/{made}/retry", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private Task<HttpResponseMessage> GetFromAsync(string address, string key) =>
        edge.SendAsync(HttpMethod.Get, key, "/api/rules", null, Forwarded(address));

    // as a proxy of ours tells it
    private static (string Name, string Value) Forwarded(string address) => ("X-Forwarded-For", address);

    private async Task UsesUpAsync(string key, int times, string path, Func<int, object> body)
    {
        for (var number = 0; number < times; number++)
            ((int)(await edge.PostAsync(key, path, body(number))).StatusCode).ShouldBeInRange(200, 299, path);
        using var refused = await edge.PostAsync(key, path, body(times));
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests, path);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        ((string?)(await EdgeProcess.JsonAsync(refused))["type"]).ShouldBe("urn:switchboard:problem:quota-exceeded");
    }

    private static int Remaining(HttpResponseMessage answer)
    {
        using (answer)
        {
            var limit = answer.Headers.GetValues("RateLimit").Single();
            return int.Parse(limit.Split(";r=")[1].Split(';')[0], CultureInfo.InvariantCulture);
        }
    }
}
