using System.Net;

namespace Switchboard.Tests.Edge;

/// <summary>An edge as it is deployed: not in Development, with a port for operators.</summary>
public sealed class DeployedEdge : EdgeProcess
{
    public int ManagementPort { get; } = FreePort.Next();

    protected override string Urls => $"http://127.0.0.1:0;http://127.0.0.1:{ManagementPort}";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Management__Port"] = $"{ManagementPort}",
        ["Proxies__Trusted__0"] = "127.0.0.1",
        ["Gmail__PushAudience"] = "https://switchboard.test",
        ["Gmail__PushServiceAccount"] = "push@switchboard.test",
        ["WhatsApp__AppSecret"] = "Xq3vZ8r1Kp7wT5nB2mL9",
        ["WhatsApp__VerifyToken"] = "c4Yt6Hs0Qe8uJ2fD7kN1",
        ["Twilio__AccountSid"] = "AC0123456789abcdef0123456789abcdef",
        ["Twilio__AuthToken"] = "h7Gd3Wb9Rx5aV1jM6pE4",
        ["Twilio__PublicBaseUrl"] = "https://switchboard.test",
        ["Encryption__Key"] = "b9TzK4nW7xQ2mV8cR5yH1pL6dF3gJ0sA9uE4iO7tX2w",
    };

}

/// <summary>What the outside sees of it, and what operators do.</summary>
public sealed class DeployedEdgeTests(DeployedEdge edge) : IClassFixture<DeployedEdge>
{
    private Uri Management(string path) => new($"http://127.0.0.1:{edge.ManagementPort}{path}");

    [Fact]
    public async Task Health_is_one_word_and_its_reasons_and_metrics_are_for_operators()
    {
        // the broker is not there
        (await TextAsync(edge.Http.GetAsync("/health"))).ShouldBe("Unhealthy");
        (await TextAsync(edge.Http.GetAsync("/alive"))).ShouldBe("Healthy");
        (await edge.Http.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await TextAsync(edge.Http.GetAsync(Management("/health")))).ShouldContain("RabbitMQ");
        (await TextAsync(edge.Http.GetAsync(Management("/metrics")))).ShouldContain("# TYPE");
    }

    [Theory]
    [InlineData("/api/health/performance")]
    [InlineData("/health/performance")]
    [InlineData("/api/sms/performance/health")]
    public async Task By_what_performance_is_judged_is_for_operators_and_keys_that_may(string path)
    {
        var (_, key) = await edge.NewUserAsync("jobs");

        (await EdgeProcess.JsonAsync(await edge.Http.GetAsync(path)))["checks"]!.AsArray().ShouldBeEmpty();
        (await EdgeProcess.JsonAsync(await edge.GetAsync(key, path)))["checks"]!.AsArray().ShouldNotBeEmpty();
        (await EdgeProcess.JsonAsync(await edge.Http.GetAsync(Management(path))))["checks"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_description_of_the_api_asks_for_a_key_and_is_sent_once()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        (await edge.Http.GetAsync("/openapi/v1.json")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var described = await edge.GetAsync(key, "/openapi/v1.json");
        (await EdgeProcess.JsonAsync(described))["paths"]!["/api/rules"].ShouldNotBeNull();
        using var again = await edge.SendAsync(
            HttpMethod.Get, key, "/openapi/v1.json", null, ("If-None-Match", described.Headers.ETag!.ToString()));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task A_HEAD_is_answered_as_a_GET_without_its_body()
    {
        var (_, key) = await edge.NewUserAsync("rules");

        using var head = await edge.SendAsync(HttpMethod.Head, key, "/api/rules", null);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        (await edge.SendAsync(HttpMethod.Head, key, "/api/rules/test", null)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task An_answer_with_a_secret_is_kept_by_nobody_and_comes_by_https_the_next_time()
    {
        var (_, key) = await edge.NewUserAsync("rules", "keys");

        using var made = await edge.PostAsync(
            key, "/api/api-keys", new { name = "one", scopes = new[] { "rules" } }, ("X-Forwarded-Proto", "https"), ("Host", "switchboard.test"));

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        made.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        made.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"]);
    }

    [Fact]
    public async Task What_a_dead_job_carries_is_for_administrators_and_it_is_logged_that_they_looked()
    {
        await edge.ExecuteAsync(
            """
            INSERT INTO dead_jobs (id, type, version, worker, priority, payload, idempotency_key, attempts, error, errors, created_at, died_at)
            VALUES (gen_random_uuid(), 'enrich-message', 1, 'ingest', 1, convert_to('{"from": "+15550177001", "body": "My secret"}', 'UTF8'), 'SM1/+15550177001', 1,
                    'Twilio error 21211: +15550177001 is not valid', '[]', now(), now())
            """);
        var (operatorId, operatorKey) = await edge.NewUserAsync("jobs");
        var (adminId, adminKey) = await edge.NewUserAsync("admin");

        var seen = await TextAsync(edge.GetAsync(operatorKey, "/api/jobs/dead"));
        seen.ShouldContain("Twilio error 21211");
        seen.ShouldNotContain("My secret");
        seen.ShouldNotContain("15550177001");
        (await TextAsync(edge.GetAsync(adminKey, "/api/jobs/dead"))).ShouldContain("My secret");

        // nor is anything found out by looking for it
        foreach (var (words, asOperator) in new[] { ("TWILIO error 21211", 1), ("+15550177001", 0), ("550177", 0), ("7001", 0) })
        {
            (await CountAsync(operatorKey, words)).ShouldBe(asOperator, words);
            (await CountAsync(adminKey, words)).ShouldBe(1, words);
        }

        using var replayed = await edge.PostAsync(operatorKey, "/api/jobs/dead/replay", new { errorContains = "550177" });
        ((int)(await EdgeProcess.JsonAsync(replayed))["replayed"]!).ShouldBe(0);

        await edge.SaysAsync($"of user {adminId} read 1 dead jobs");
        edge.Output().ShouldNotContain($"of user {operatorId} read");
        edge.Output().ShouldNotContain("15550177001");
    }

    private async Task<int> CountAsync(string key, string errorContains)
    {
        using var found = await edge.GetAsync(key, $"/api/jobs/dead?errorContains={Uri.EscapeDataString(errorContains)}");
        return (await EdgeProcess.JsonAsync(found))["items"]!.AsArray().Count;
    }

    private static async Task<string> TextAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return await response.Content.ReadAsStringAsync();
    }
}
