using System.Globalization;
using System.Text.Json.Nodes;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Notify.NotifyApi;

/// <summary>
/// The mix of <c>notify-api</c>: a team's tools look at what was sent and to whom, the apps of recipients at their inboxes, and programs
/// make recipients known and tell them something.
/// </summary>
internal sealed class NotifyRequests
{
    private const int SeveralRecipients = 20;
    private const double ShareOfTeam = 0.7;
    private const int SeedDays = 85;

    private static readonly string[] Categories = ["default", "news", "orders"];
    private static readonly string[] Sent = ["sent", "delivered", "read"];

    private readonly NotifySample _sample;
    private readonly RunToken _token;

    public NotifyRequests(NotifySample sample, IReadOnlyList<string> inboxes, RunToken token)
    {
        (_sample, _token) = (sample, token);
        Kinds =
        [
            Get("GET a recipient", 10, (random, tenant) => $"/api/recipients/{random.Pick(tenant.Recipients)}"),
            Get("GET recipients", 5, (_, _) => "/api/recipients"),
            Get(
                "GET recipients, by address", 3,
                (random, tenant) => $"/api/recipients?address={AddressOf(random.Pick(tenant.Recipients))}"),
            Get("GET preferences", 5, (random, tenant) => $"/api/recipients/{random.Pick(tenant.Recipients)}/preferences"),
            Get("GET topics", 2, (_, _) => "/api/topics"),
            Get("GET members of a topic", 2, (random, tenant) => $"/api/topics/{random.Pick(tenant.Topics)}/members"),
            Get("GET notifications", 8, (_, _) => "/api/notifications"),
            Get("GET notifications, sent", 3, (random, _) => $"/api/notifications?status={random.Pick(Sent)}"),
            Get("GET notifications, failed", 3, (_, _) => "/api/notifications?status=failed"),
            Get("GET notifications, pending", 2, (_, _) => "/api/notifications?status=pending"),
            Get("GET notifications, of a day", 2, (random, _) => OfDay(random)),
            Get("GET notifications, by recipient", 4, (random, tenant) => $"/api/notifications?recipient={random.Pick(tenant.Recipients)}"),
            Get("GET notifications, by category", 2, (random, _) => $"/api/notifications?category={random.Pick(Categories)}"),
            Get("GET a notification", 10, (random, tenant) => $"/api/notifications/{random.Pick(tenant.Notifications)}"),
            Get("GET requests", 2, (_, _) => "/api/notify"),
            Get("GET a request", 6, (random, tenant) => $"/api/notify/{random.Pick(tenant.Requests)}"),
            new("GET a request to 10,000", 1, random => ApiCall.Get($"/api/notify/{random.Pick(_sample.Large)}", Team.Key)),
            new("GET inbox", 6, random => ApiCall.Get("/api/inbox", random.Pick(inboxes))),
            new("GET count of unread", 6, random => ApiCall.Get("/api/inbox/unread-count", random.Pick(inboxes))),
            Write("POST recipient, new", 4, (random, tenant) => Recipient(random, tenant, $"n-{Token(random)}")),
            Write("POST recipient, known", 3, (random, tenant) => Recipient(random, tenant, random.Pick(tenant.Recipients))),
            Write("PUT preferences", 3, Preferences),
            Write("POST notify, one recipient", 4, (random, tenant) => Notify(random, tenant, 1)),
            Write("POST notify, 20 recipients", 2, (random, tenant) => Notify(random, tenant, SeveralRecipients)),
            Write("POST notification", 4, Notification),
        ];
    }

    /// <summary>The kinds of requests.</summary>
    public IReadOnlyList<ApiKind> Kinds { get; }

    private NotifyTenant Team => _sample.Tenants[0];

    private NotifyTenant Tenant(ApiRandom random) => random.Next() < ShareOfTeam ? Team : random.Pick(_sample.Tenants);

    private ApiKind Get(string name, int share, Func<ApiRandom, NotifyTenant, string> path) =>
        Write(name, share, (random, tenant) => ApiCall.Get(path(random, tenant), tenant.Key));

    private ApiKind Write(string name, int share, Func<ApiRandom, NotifyTenant, ApiCall> call) =>
        new(name, share, random => call(random, Tenant(random)));

    // r-42 as notify-api.sql has it
    private static string AddressOf(string recipient) => $"person-{recipient[2..]}@load.test";

    private string OfDay(ApiRandom random)
    {
        var day = random.Day(_sample.Now, -SeedDays, -1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"/api/notifications?since={day:yyyy-MM-ddTHH:mm:ssZ}&until={day.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}");
    }

    private static ApiCall Recipient(ApiRandom random, NotifyTenant tenant, string id) => ApiCall.Post(
        "/api/recipients", tenant.Key,
        new JsonObject
        {
            ["id"] = id,
            ["email"] = $"{id.ToLowerInvariant()}@load.test",
            ["phone"] = string.Create(CultureInfo.InvariantCulture, $"+1415{2_000_000 + random.Below(7_000_000)}"),
            ["timeZone"] = "Europe/Vienna",
            ["properties"] = new JsonObject { ["name"] = $"Person {random.Below(1_000)}" },
        });

    private static ApiCall Preferences(ApiRandom random, NotifyTenant tenant) => new(
        HttpMethod.Put, $"/api/recipients/{random.Pick(tenant.Recipients)}/preferences", tenant.Key,
        new JsonObject
        {
            ["preferences"] = new JsonObject { [random.Pick(Categories)] = new JsonObject { ["sms"] = random.Next() < 0.5 } },
        });

    private ApiCall Notify(ApiRandom random, NotifyTenant tenant, int recipients) => ApiCall.Post("/api/notify", tenant.Key, new JsonObject
    {
        ["to"] = new JsonArray([.. random.Pick(tenant.Recipients, recipients).Distinct().Select(id => JsonValue.Create(id))]),
        ["category"] = random.Pick(Categories),
        ["content"] = new JsonObject { ["subject"] = "News", ["body"] = LoadTexts.Of(random, Token(random)) },
        ["channels"] = new JsonArray("inbox", "email"),
    });

    private ApiCall Notification(ApiRandom random, NotifyTenant tenant) => ApiCall.Post("/api/notifications", tenant.Key, new JsonObject
    {
        ["channel"] = "email",
        ["recipient"] = AddressOf(random.Pick(tenant.Recipients)),
        ["body"] = LoadTexts.Of(random, Token(random)),
    });

    // the warm-up has the same numbers
    private string Token(ApiRandom random) => $"{_token.Of(random.Number)}-{random.Below(1_000_000)}";
}
