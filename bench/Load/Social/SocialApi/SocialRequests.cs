using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social.SocialApi;

/// <summary>The mix of <c>social-api</c>: what a team does that plans and looks after its posts, and what programs ask for.</summary>
internal sealed class SocialRequests
{
    /// <summary>What takes a draft of <see cref="ToPublish"/>.</summary>
    public const string Publish = "POST publish";

    private const string Cancel = "POST cancel";
    private const int Tags = 400;
    private const int SeveralAccounts = 5;
    private const int Spare = 10;
    private const double ShareOfTeam = 0.7;

    private static readonly string[] States = ["published", "published", "scheduled", "failed", "cancelled", "draft"];
    private static readonly string[] AccountStates = ["active", "active", "limited", "needs-authorization", "paused"];

    private readonly SocialSample _sample;
    private readonly RunToken _token;
    private readonly RequestMix _mix;
    private readonly ConcurrentQueue<Guid> _toCancel;

    public SocialRequests(SocialSample sample, RunToken token)
    {
        (_sample, _token) = (sample, token);
        _toCancel = new(Team.Waiting.Take(Team.Waiting.Count / 2));
        Kinds =
        [
            Get("GET posts", 12, "/api/posts"),
            Get("GET posts, by state", 6, random => $"/api/posts?state={random.Pick(States)}"),
            Get("GET posts, by tag", 5, random => $"/api/posts?tag=topic-{(int)Math.Pow(Tags, random.Next())}"),
            Get("GET posts, between two times", 5, random => Between("/api/posts", random, days: 7)),
            new("GET posts, deep page", 4, random => ApiCall.Get($"/api/posts?cursor={random.Pick(Cursors)}", Team.Key)),
            Get("GET a post", 12, (random, tenant) => $"/api/posts/{random.Pick(tenant.Posts)}"),
            Get("GET accounts", 5, "/api/accounts/social"),
            Get("GET accounts, by state", 4, random => $"/api/accounts/social?state={random.Pick(AccountStates)}"),
            Get("GET an account", 6, (random, tenant) => $"/api/accounts/social/{random.Pick(tenant.Accounts)}"),
            Get("GET health of accounts", 3, "/api/health/accounts"),
            Get("GET health of the swarm", 2, "/api/health/swarm"),
            Get("GET groups", 3, "/api/groups"),
            Get("GET schedules", 2, "/api/schedules"),
            Get("GET calendar", 3, random => Between("/api/calendar", random, days: 31)),
            new("POST post, one account", 8, random => Post(random, 1)),
            new("POST post, several accounts", 3, random => Post(random, SeveralAccounts)),
            new("POST validate", 4, random => Validate(random)),
            new("PATCH post", 4, Patch),
            new(Cancel, 2, _ => ApiCall.Post($"/api/posts/{Take(_toCancel, Cancel)}/cancel", Team.Key)),
            new(Publish, 1, _ => ApiCall.Post($"/api/posts/{Take(ToPublish, Publish)}/publish", Team.Key)),
        ];
        _mix = new([.. Kinds.Select(kind => kind.Share)]);
    }

    /// <summary>The kinds of requests.</summary>
    public IReadOnlyList<ApiKind> Kinds { get; }

    /// <summary>Drafts of the user with most, each published once.</summary>
    public ConcurrentQueue<Guid> ToPublish { get; set; } = new();

    /// <summary>Where deep pages begin, of the posts of the same user.</summary>
    public IReadOnlyList<string> Cursors { get; set; } = [];

    private SocialTenant Team => _sample.Tenants[0];

    /// <summary>How many of so many requests are of a kind; one more for each that is sent twice.</summary>
    public long CountOf(string kind, long requests) =>
        _mix.CountOf(Kinds.Index().Single(one => one.Item.Name == kind).Index, requests) + Spare;

    private SocialTenant Tenant(ApiRandom random) => random.Next() < ShareOfTeam ? Team : random.Pick(_sample.Tenants);

    private ApiKind Get(string name, int share, string path) => Get(name, share, (_, _) => path);

    private ApiKind Get(string name, int share, Func<ApiRandom, string> path) => Get(name, share, (random, _) => path(random));

    private ApiKind Get(string name, int share, Func<ApiRandom, SocialTenant, string> path) => new(name, share, random =>
    {
        var tenant = Tenant(random);
        return ApiCall.Get(path(random, tenant), tenant.Key);
    });

    // most look at what was, some at what comes
    private string Between(string path, ApiRandom random, int days)
    {
        var from = random.Day(_sample.Now, random.Next() < 0.3 ? -500 : -30, 30);
        return string.Create(
            CultureInfo.InvariantCulture, $"{path}?from={from:yyyy-MM-ddTHH:mm:ssZ}&to={from.AddDays(days):yyyy-MM-ddTHH:mm:ssZ}");
    }

    private ApiCall Post(ApiRandom random, int accounts)
    {
        var tenant = Tenant(random);
        var body = Body(random, tenant, accounts);
        body["scheduledAt"] = random.Day(_sample.Now, 2, 60).AddMinutes(random.Below(1_440));
        body["tags"] = new JsonArray($"topic-{random.Below(Tags)}");
        return ApiCall.Post("/api/posts", tenant.Key, body);
    }

    private ApiCall Validate(ApiRandom random)
    {
        var tenant = Tenant(random);
        return ApiCall.Post("/api/posts/validate", tenant.Key, Body(random, tenant, SeveralAccounts));
    }

    // half of them a word, half the time
    private ApiCall Patch(ApiRandom random)
    {
        var waiting = Team.Waiting;
        var post = waiting[(waiting.Count / 2) + random.Below(waiting.Count - (waiting.Count / 2))];
        var body = random.Next() < 0.5
            ? new JsonObject { ["content"] = new JsonObject { ["text"] = Text(random) } }
            : new JsonObject { ["scheduledAt"] = random.Day(_sample.Now, 2, 60).AddMinutes(random.Below(1_440)) };
        return new(HttpMethod.Patch, $"/api/posts/{post}", Team.Key, body);
    }

    private JsonObject Body(ApiRandom random, SocialTenant tenant, int accounts) => new()
    {
        ["content"] = new JsonObject { ["text"] = Text(random) },
        ["targets"] = new JsonObject
        {
            ["accounts"] = new JsonArray([.. random.Pick(tenant.Accounts, accounts).Select(id => JsonValue.Create(id))]),
        },
    };

    private string Text(ApiRandom random) => LoadTexts.Of(random, _token.Of(random.Number));

    private static Guid Take(ConcurrentQueue<Guid> posts, string kind) =>
        posts.TryDequeue(out var post) ? post : throw new LoadException($"There are too few posts for {kind}: seed more.");
}
