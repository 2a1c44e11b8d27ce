using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Switchboard.Load.Sms;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>
/// As much of the product and of the simulator as the load tool sees of SMS, at one address; it can be made to treat the SMS with
/// a number, counted from 1, badly.
/// </summary>
internal sealed class FakeSmsProduct : IAsyncDisposable
{
    private const string Token = "demo-twilio-token";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, User> _users = new();
    private readonly ConcurrentDictionary<Guid, (string Number, string Code)> _linked = new();
    private readonly ConcurrentDictionary<string, User> _owners = new();
    private readonly ConcurrentDictionary<string, JsonObject> _media = new();
    private int _texts;

    private FakeSmsProduct()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/alive", () => "Healthy");
        _app.MapPost("/api/users", () => Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201));
        _app.MapPost("/api/api-keys", AddKey);
        _app.MapPost("/api/phone-numbers", Link);
        _app.MapPost("/api/phone-numbers/{id:guid}/verify", (HttpContext context, Guid id, JsonObject body) => Verify(UserOf(context), id, body));
        _app.MapPost("/api/sms/webhook", (Delegate)ReceiveAsync);
        _app.MapGet("/api/enrichments", (HttpContext context, int limit, int? cursor) => List(UserOf(context), limit, cursor ?? 0));
        _app.MapGet("/api/sms/performance/cache", () => new { metrics = new { cacheHits = 98 * _texts, cacheMisses = 2 * _texts, hitRate = 0.5 } });
        _app.MapGet("/_sim/twilio/messages", () => new { items = _linked.Values.Select(one => new { to = one.Number, body = $"Your code is {one.Code}." }) });
        _app.MapPost("/_sim/twilio/media", MakeMedia);
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>The SMS that leads to nothing.</summary>
    public int Lose { get; init; }

    /// <summary>The SMS that leads to its items twice.</summary>
    public int Double { get; init; }

    /// <summary>The SMS that is written down as another.</summary>
    public int Garble { get; init; }

    /// <summary>The SMS from which on all are refused.</summary>
    public int Refuse { get; init; } = int.MaxValue;

    public static async Task<FakeSmsProduct> StartAsync(int lose = 0, int @double = 0, int garble = 0, int refuse = int.MaxValue)
    {
        var product = new FakeSmsProduct { Lose = lose, Double = @double, Garble = garble, Refuse = refuse };
        await product._app.StartAsync();
        return product;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult AddKey(JsonObject request)
    {
        var key = $"sb_{request["userId"]}";
        _users[key] = new User();
        return Results.Json(new { id = Guid.CreateVersion7(), key }, statusCode: 201);
    }

    private IResult Link(JsonObject request)
    {
        var id = Guid.CreateVersion7();
        _linked[id] = ((string)request["phoneNumber"]!, (_linked.Count % 1_000_000).ToString("D6", CultureInfo.InvariantCulture));
        return Results.Json(new { id, verified = false }, statusCode: 201);
    }

    private IResult Verify(User user, Guid id, JsonObject body)
    {
        if ((string?)body["code"] != _linked[id].Code)
        {
            return Results.Problem("It is wrong.", statusCode: 400);
        }

        _owners[_linked[id].Number] = user;
        return Results.Json(new { id, verified = true });
    }

    private IResult MakeMedia(JsonObject media)
    {
        var url = $"{Address}media/{_media.Count}";
        _media[url] = media;
        return Results.Json(new { url, sizeBytes = (long)media["sizeBytes"]! });
    }

    private async Task<IResult> ReceiveAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var fields = form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()));
        if (context.Request.Headers[TwilioSigner.Header] != new TwilioSigner(Token).Sign($"{Address}api/sms/webhook", fields))
        {
            return Results.Problem("It is not signed.", statusCode: 403);
        }

        var number = Interlocked.Increment(ref _texts);
        if (number >= Refuse)
        {
            return Results.Text("<Response><Message>You&#39;ve sent too many.</Message></Response>", "text/xml");
        }

        var user = _owners[form["From"].ToString()];
        for (var copy = number == Lose ? 0 : number == Double ? 2 : 1; copy > 0; copy--)
        {
            user.Add(form, _media, isGarbled: number == Garble);
        }

        return Results.Text("<Response/>", "text/xml");
    }

    private static object List(User user, int limit, int cursor)
    {
        // newest first
        var items = user.Items.Reverse().Skip(cursor).Take(limit).ToList();
        var next = cursor + items.Count;
        return new { items, nextCursor = next < user.Items.Count ? next.ToString(CultureInfo.InvariantCulture) : null };
    }

    private User UserOf(HttpContext context) => _users[context.Request.Headers.Authorization.ToString()["Bearer ".Length..]];

    private sealed class User
    {
        public ConcurrentQueue<object> Items { get; } = new();

        public void Add(IFormCollection form, ConcurrentDictionary<string, JsonObject> media, bool isGarbled)
        {
            var body = form["Body"].ToString();
            Items.Enqueue(Item(form, 0, "text", isGarbled ? body + "?" : body, null, null));
            if (form["NumMedia"] == "1")
            {
                var (file, type) = (media[form["MediaUrl0"].ToString()], form["MediaContentType0"].ToString());
                Items.Enqueue(Item(form, 1, type.Split('/')[0], null, (long)file["sizeBytes"]!, (string?)file["says"]));
            }
        }

        private static object Item(IFormCollection form, int part, string kind, string? text, long? sizeBytes, string? says) => new
        {
            id = Guid.CreateVersion7(),
            messageSid = form["MessageSid"].ToString(),
            part,
            source = form["NumMedia"] == "0" ? "sms" : "mms",
            kind,
            status = "completed",
            from = form["From"].ToString(),
            text,
            sizeBytes,
            transcript = says,
            receivedAt = TimeProvider.System.GetUtcNow(),
            completedAt = TimeProvider.System.GetUtcNow().AddMilliseconds(5),
        };
    }
}
