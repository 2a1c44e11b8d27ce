using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Switchboard.Load.Tracking;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>
/// As much of the product and of the simulator as the load tool sees of lists, statistics and syncs, at one address: two accounts with
/// tracked mails, which it filters and pages as it should unless it is told otherwise.
/// </summary>
internal sealed class FakeTrackedProduct : IAsyncDisposable
{
    private const int MailsOfAnAccount = 300;
    private static readonly DateTimeOffset First = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Statuses = ["active", "responded", "bounced", "expired"];
    private static readonly string[] Subjects = ["Offer", "Contract", "Invoice", "Delivery"];

    private readonly WebApplication _app;
    private readonly List<EmailAccount> _accounts;
    private readonly List<TrackedEmail> _items;
    private int _syncs;
    private int _continued;

    private FakeTrackedProduct(int accounts)
    {
        _accounts = [.. Enumerable.Range(0, accounts).Select(n => new EmailAccount(Guid.CreateVersion7(), "microsoft", $"a{n}@load.test", "active", null))];
        _items = [.. _accounts.SelectMany(account => Enumerable.Range(0, MailsOfAnAccount).Select(n => Mail(account, n)))];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/alive", () => "Healthy");
        _app.MapGet("/api/accounts/email", () => new { items = _accounts.Select(View) });
        _app.MapGet("/api/emails/tracked", (HttpContext context) => List(context.Request.Query));
        _app.MapGet("/api/emails/analytics", AnalyticsAsync);
        _app.MapPost("/api/emails/sync", Sync);
        _app.MapGet("/_sim/graph/mailboxes/{address}", (string address) => MadeMailboxes.Contains(address)
            ? Results.Json(new { address, sent = 0, received = 0, requests = 0, throttled = 0, subscriptions = Array.Empty<object>() })
            : Results.NotFound());
        _app.MapPost("/_sim/graph/mailboxes", Make);
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>The parameter of lists that it does not look at.</summary>
    public string? Ignore { get; init; }

    /// <summary>How long it takes for statistics.</summary>
    public TimeSpan AnalyticsDelay { get; init; }

    /// <summary>Every so many syncs there is one already.</summary>
    public int ConflictEvery { get; init; } = int.MaxValue;

    /// <summary>The mailboxes that the simulator was told to make.</summary>
    public List<string> MadeMailboxes { get; } = [];

    /// <summary>How many lists were asked for by a cursor.</summary>
    public int Continued => _continued;

    public static async Task<FakeTrackedProduct> StartAsync(
        int accounts = 2, string? ignore = null, TimeSpan analyticsDelay = default, int conflictEvery = int.MaxValue)
    {
        var product = new FakeTrackedProduct(accounts) { Ignore = ignore, AnalyticsDelay = analyticsDelay, ConflictEvery = conflictEvery };
        await product._app.StartAsync();
        return product;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static TrackedEmail Mail(EmailAccount account, int number)
    {
        var (status, sentAt) = (Statuses[number % Statuses.Length], First.AddHours(number * 7));
        long? seconds = status == "responded" ? 60 + number : null;
        return new TrackedEmail(
            Guid.CreateVersion7(),
            account.Id,
            $"AAMk{number}",
            $"<{number}@load.test>",
            $"{Subjects[number / 4 % Subjects.Length]} {10_000 + number}",
            [$"person-{number % 20}@domain-{number % 5}.test"],
            sentAt,
            status,
            seconds is not null,
            seconds is { } after ? sentAt.AddSeconds(after) : null,
            seconds,
            null,
            sentAt);
    }

    private static object View(EmailAccount account) =>
        new { account.Id, account.Provider, account.Address, account.Status, tracking = new { mode = "all" } };

    private object List(IQueryCollection query)
    {
        string? Asked(string name) => name == Ignore ? null : (string?)query[name];
        var items = _items.Where(item =>
            (Asked("accountId") is not { } account || item.AccountId == Guid.Parse(account))
            && (Asked("status") is not { } status || item.Status == status)
            && (Asked("hasResponse") is not { } has || item.HasResponse == bool.Parse(has))
            && (Asked("recipient") is not { } recipient || item.Recipients[0] == recipient || item.Recipients[0].EndsWith('@' + recipient, StringComparison.Ordinal))
            && (Asked("search") is not { } search || item.Subject.Split(' ').Any(word => word.StartsWith(search, StringComparison.OrdinalIgnoreCase)))
            && (Asked("since") is not { } since || item.SentAt >= DateTimeOffset.Parse(since, CultureInfo.InvariantCulture))
            && (Asked("until") is not { } until || item.SentAt < DateTimeOffset.Parse(until, CultureInfo.InvariantCulture)));
        var sort = Asked("sort") ?? "-sentAt";
        Func<TrackedEmail, DateTimeOffset?> by = sort.TrimStart('-') == "sentAt" ? item => item.SentAt : item => item.RespondedAt;
        List<TrackedEmail> sorted = [.. sort.StartsWith('-') ? items.OrderByDescending(by) : items.OrderBy(by)];

        var limit = int.Parse(query["limit"]!, CultureInfo.InvariantCulture);
        if (query["cursor"] is [{ }])
        {
            Interlocked.Increment(ref _continued);
        }

        var start = query["page"] is [{ } page]
            ? (int.Parse(page, CultureInfo.InvariantCulture) - 1) * limit
            : query["cursor"] is [{ } cursor] ? int.Parse(cursor, CultureInfo.InvariantCulture) : 0;
        return new
        {
            items = sorted.Skip(start).Take(limit),
            nextCursor = start + limit < sorted.Count ? (start + limit).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    private async Task<object> AnalyticsAsync()
    {
        await Task.Delay(AnalyticsDelay);
        return new { viewsRefreshedAt = First };
    }

    private IResult Sync(JsonObject request)
    {
        _accounts.ShouldContain(account => account.Id == (Guid)request["accountId"]!);
        return Interlocked.Increment(ref _syncs) % ConflictEvery == 0
            ? Results.Problem("There is one already.", statusCode: 409)
            : Results.Json(new { id = Guid.CreateVersion7(), state = "queued" }, statusCode: 202);
    }

    private IResult Make(JsonObject mailbox)
    {
        var address = (string)mailbox["address"]!;
        MadeMailboxes.Add(address);
        return Results.Json(
            new { address, sent = 0, received = 0, requests = 0, throttled = 0, subscriptions = Array.Empty<object>() }, statusCode: 201);
    }
}
