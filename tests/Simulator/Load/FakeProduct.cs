using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Switchboard.Load.Email;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>As much of the product as the load tool sees, which can be made to lose a notification or to send one twice.</summary>
internal sealed class FakeProduct : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RunningSimulator _provider;
    private readonly ConcurrentDictionary<string, User> _users = new();
    private int _notifications;

    private FakeProduct(RunningSimulator provider)
    {
        _provider = provider;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/alive", () => "Healthy");
        _app.MapPost("/api/users", () => Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201));
        _app.MapPost("/api/api-keys", AddKey);
        _app.MapPost("/api/rules", (HttpContext context, JsonObject rule) => AddRule(UserOf(context), rule));
        _app.MapPost("/api/webhooks/email", (HttpContext context, JsonObject mail) => ReceiveAsync(UserOf(context), mail));
        _app.MapGet("/api/notifications", (HttpContext context, int limit, int? cursor) => List(UserOf(context), limit, cursor ?? 0));
        _app.MapGet("/api/notifications/summary", (HttpContext context) => Summary(UserOf(context)));
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>The notification, counted from 1, that is never sent.</summary>
    public int Lose { get; init; }

    /// <summary>The notification, counted from 1, that is sent twice.</summary>
    public int Double { get; init; }

    public static async Task<FakeProduct> StartAsync(RunningSimulator provider, int lose = 0, int @double = 0)
    {
        var product = new FakeProduct(provider) { Lose = lose, Double = @double };
        await product._app.StartAsync();
        return product;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult AddKey(JsonObject request)
    {
        var key = $"sb_{request["userId"]}";
        _users[key] = new User();
        return Results.Json(new { id = Guid.CreateVersion7(), key }, statusCode: 201);
    }

    private static IResult AddRule(User user, JsonObject rule)
    {
        user.Rules.Add(new RuleSpec((string)rule["name"]!, (string)rule["type"]!, (int)rule["priority"]!)
        {
            Active = (bool)rule["active"]!,
            Continue = (bool)rule["continue"]!,
            Sender = rule["sender"].Deserialize<SenderSpec>(JsonSerializerOptions.Web),
            Content = rule["content"].Deserialize<ContentSpec>(JsonSerializerOptions.Web),
        });
        return Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201);
    }

    private async Task<IResult> ReceiveAsync(User user, JsonObject mail)
    {
        var (from, subject) = ((string)mail["from"]!, (string)mail["subject"]!);
        foreach (var rule in RuleModel.Notifying(user.Rules, new EmailMessage(from, subject, (string)mail["text"]!, mail["attachments"] is not null)))
        {
            var body = $"{user.Rules[rule].Name} | {subject} | from {from}";
            var number = Interlocked.Increment(ref _notifications);
            if (number == Lose)
            {
                continue;
            }

            for (var copy = number == Double ? 2 : 1; copy > 0; copy--)
            {
                await _provider.SendTextAsync(body);
            }

            var now = TimeProvider.System.GetUtcNow();
            user.Notifications.Enqueue(new { body, deliveryStatus = "delivered", sentAt = now, deliveredAt = now.AddMilliseconds(50) });
        }

        return Results.Json(new { accepted = 1 }, statusCode: 202);
    }

    private static object List(User user, int limit, int cursor)
    {
        var items = user.Notifications.Skip(cursor).Take(limit).ToList();
        var next = cursor + items.Count;
        return new { items, nextCursor = next < user.Notifications.Count ? next.ToString(CultureInfo.InvariantCulture) : null };
    }

    private static object Summary(User user) => new { total = user.Notifications.Count, delivered = user.Notifications.Count, failed = 0 };

    private User UserOf(HttpContext context) => _users[context.Request.Headers.Authorization.ToString()["Bearer ".Length..]];

    private sealed class User
    {
        public List<RuleSpec> Rules { get; } = [];

        public ConcurrentQueue<object> Notifications { get; } = new();
    }
}
