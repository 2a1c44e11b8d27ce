using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>As much of the product as the load tool sees of accounts, syncs and notifications, at the simulator's Microsoft 365.</summary>
internal sealed class FakeMailProduct : IAsyncDisposable
{
    // a sync is seen under way so often before it is finished
    private const int Steps = 3;

    private readonly WebApplication _app;
    private readonly RunningSimulator _provider;
    private readonly MailFaults _faults;
    private readonly ConcurrentDictionary<string, string> _connecting = new();
    private readonly ConcurrentDictionary<Guid, FakeMailAccount> _accounts = new();
    private readonly ConcurrentDictionary<Guid, FakeMailAccount> _subscriptions = new();
    private readonly ConcurrentDictionary<Guid, (long Mails, int Reads)> _syncs = new();

    private FakeMailProduct(RunningSimulator provider, MailFaults faults)
    {
        (_provider, _faults) = (provider, faults);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/alive", () => "Healthy");
        _app.MapPost("/api/users", () => Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201));
        _app.MapPost("/api/api-keys", () => Results.Json(new { id = Guid.CreateVersion7(), key = "sb_load" }, statusCode: 201));
        _app.MapPost("/api/accounts/email", Begin);
        _app.MapGet("/api/accounts/email/connect", () => Results.Content("<form method=\"post\"></form>", "text/html"));
        _app.MapPost("/api/accounts/email/connect", Confirm);
        _app.MapGet("/api/accounts/email/callback", FinishAsync);
        _app.MapPost("/api/emails/sync", SyncAsync);
        _app.MapGet("/api/emails/sync/{id:guid}", (Guid id) => Results.Json(Progress(id)));
        _app.MapGet("/api/emails/tracked", (Guid accountId, int limit, int? cursor) => _accounts[accountId].List(limit, cursor ?? 0));
        _app.MapGet("/api/emails/analytics", AnalyticsAsync);
        _app.MapPost("/api/webhooks/graph", (Delegate)NotifyAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeMailProduct> StartAsync(RunningSimulator provider, MailFaults? faults = null)
    {
        var product = new FakeMailProduct(provider, faults ?? new MailFaults());
        await product._app.StartAsync();
        return product;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Callback => $"{Address}api/accounts/email/callback";

    private IResult Begin(JsonObject request)
    {
        var (id, address) = (Guid.CreateVersion7(), (string)request["address"]!);
        _connecting[id.ToString()] = address;
        return Results.Json(
            new { id, provider = "microsoft", authorizationUrl = $"{Address}api/accounts/email/connect?state={id}" }, statusCode: 201);
    }

    private IResult Confirm(string state)
    {
        var hint = _faults.ForgetHint ? "" : $"&login_hint={Uri.EscapeDataString(_connecting[state])}";
        return Results.Redirect(
            $"{_provider.Http.BaseAddress}microsoft/common/oauth2/v2.0/authorize?response_type=code&client_id=demo-graph-client"
            + $"&state={state}&scope=offline_access%20Mail.Read&redirect_uri={Uri.EscapeDataString(Callback)}{hint}");
    }

    private async Task<IResult> FinishAsync(string code, string state)
    {
        if (!_connecting.TryRemove(state, out _))
        {
            return Results.Problem("Begin once more.", statusCode: 400);
        }

        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["client_id"] = "demo-graph-client",
                ["client_secret"] = "demo-graph-secret",
                ["code"] = code,
                ["redirect_uri"] = Callback,
            });
        using var answer = await _provider.Http.PostAsync("/microsoft/common/oauth2/v2.0/token", form);
        var token = (string)(await answer.ReadJsonAsync())["access_token"]!;
        var me = await GraphAsync(token, HttpMethod.Get, "me");
        var account = new FakeMailAccount(Guid.CreateVersion7(), (string)me["mail"]!, _faults);
        _accounts[account.Id] = account;
        if (!_faults.Deaf)
        {
            var subscription = await GraphAsync(token, HttpMethod.Post, "subscriptions", new
            {
                changeType = "created",
                resource = "me/messages",
                clientState = "demo-state",
                notificationUrl = $"{Address}api/webhooks/graph",
                expirationDateTime = TimeProvider.System.GetUtcNow().AddDays(2),
            });
            _subscriptions[(Guid)subscription["id"]!] = account;
        }

        return Results.Json(account.View);
    }

    private async Task<JsonNode> GraphAsync(string token, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/graph/v1.0/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _provider.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task<IResult> SyncAsync(JsonObject request)
    {
        var account = _accounts[(Guid)request["accountId"]!];
        var mailbox = await _provider.GetAsync($"/_sim/graph/mailboxes/{account.Address}");
        var expected = await _provider.GetAsync($"/_sim/graph/mailboxes/{account.Address}/truth/mails?limit=10000");
        foreach (var mail in expected["items"]!.AsArray())
        {
            var id = (string)mail!["internetMessageId"]!;
            account.Track(id, id, (string)mail["status"]!, (long?)mail["responseSeconds"], (bool)mail["autoReplied"]!);
        }

        var sync = Guid.CreateVersion7();
        _syncs[sync] = ((int)mailbox["sent"]! + (int)mailbox["received"]!, 0);
        return Results.Json(Progress(sync), statusCode: 202);
    }

    private object Progress(Guid id)
    {
        var (mails, reads) = _syncs.AddOrUpdate(id, _ => default, (_, sync) => (sync.Mails, sync.Reads + 1));
        var (isFinished, now) = (reads > Steps, TimeProvider.System.GetUtcNow());
        return new
        {
            id,
            state = reads == 1 ? "queued" : !isFinished ? "running" : _faults.Fail ? "failed" : "completed",
            processed = isFinished ? mails : mails * (reads - 1) / Steps,
            errors = 0,
            error = isFinished && _faults.Fail ? "The mailbox has moved." : null,
            startedAt = reads == 1 ? (DateTimeOffset?)null : now.AddSeconds(-2),
            finishedAt = isFinished ? now : (DateTimeOffset?)null,
        };
    }

    private async Task<object> AnalyticsAsync(Guid accountId, string from, string to)
    {
        var expected = await _provider.GetAsync($"/_sim/graph/mailboxes/{_accounts[accountId].Address}/truth?from={from}&to={to}");
        var (sent, responded, bounced) = ((int)expected["sent"]!, (int)expected["responded"]!, (int)expected["bounced"]!);
        var summary = new JsonObject
        {
            ["sent"] = sent,
            ["responded"] = responded,
            ["autoReplied"] = (int)expected["autoReplied"]!,
            ["bounced"] = bounced,
            ["active"] = sent - responded - bounced,
            ["responseRate"] = (double)expected["responseRate"]!,
            ["medianResponseSeconds"] = (double?)expected["medianSeconds"],
            ["p90ResponseSeconds"] = (double?)expected["p90Seconds"],
        };
        if (_faults.Inflate is { } statistic)
        {
            summary[statistic] = double.Parse(summary[statistic]!.ToJsonString(), CultureInfo.InvariantCulture) + 1;
        }

        var domains = expected["byDomain"]!.AsArray().Select(domain => new
        {
            domain = (string)domain!["domain"]!,
            sent = (int)domain["sent"]!,
            responded = (int)domain["responded"]!,
            bounced = (int)domain["bounced"]!,
            medianResponseSeconds = (double?)domain["medianSeconds"],
            p90ResponseSeconds = (double?)domain["p90Seconds"],
        });
        return new
        {
            summary,
            buckets = new[] { new { start = DateTimeOffset.UnixEpoch, sent, responded } },
            byHourOfWeek = expected["byHourOfWeek"],
            byRecipientDomain = domains,
        };
    }

    private async Task<IResult> NotifyAsync(HttpContext context)
    {
        if (context.Request.Query["validationToken"] is [{ } token])
        {
            return Results.Text(token, "text/plain");
        }

        var items = (await context.Request.ReadFromJsonAsync<JsonNode>())!["value"]!.AsArray();
        if (items.Any(item => (string?)item!["clientState"] != "demo-state"))
        {
            return Results.Problem("It is not from Microsoft.", statusCode: 403);
        }

        foreach (var item in items)
        {
            var id = (string)item!["resourceData"]!["id"]!;
            _subscriptions[(Guid)item["subscriptionId"]!].Track(id, $"<{id}>");
        }

        return Results.StatusCode(202);
    }
}
