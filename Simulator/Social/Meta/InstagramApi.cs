using System.Globalization;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// Instagram with its own login: tokens of an hour that are exchanged for those of 60 days, profile, what was posted, and the quota.
/// Publishing itself is in <see cref="InstagramPublishing"/>.
/// </summary>
internal sealed class InstagramApi(SocialNetwork network, AuthorizationCodes codes, MediaFetcher fetcher)
{
    public const string Basic = "instagram_business_basic";
    private const string LongLived = SocialTokens.Access;
    private const string ShortLived = "short";
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongLife = TimeSpan.FromDays(60);
    private static readonly TimeSpan YoungestToRefresh = TimeSpan.FromHours(24);

    private readonly SocialConsent _consent = new(network, codes);
    private readonly MetaUsage _usage = new(network, "instagram");

    public void Map(RouteGroupBuilder group)
    {
        var publishing = new InstagramPublishing(network, fetcher);
        group.MapGet("/oauth/authorize", _consent.Authorize);
        group.MapPost("/oauth/access_token", ExchangeCodeAsync);
        foreach (var prefix in (string[])["", "/v{version:double}"])
        {
            group.MapGet($"{prefix}/access_token", ExchangeAsync);
            group.MapGet($"{prefix}/refresh_access_token", RefreshAsync);
            group.MapGet($"{prefix}/{{id}}", (HttpRequest request, string id) => CallAsync(request, id, Read));
            group.MapGet($"{prefix}/{{id}}/media", (HttpRequest request, string id) => OwnAsync(request, id, List));
            group.MapGet($"{prefix}/{{id}}/content_publishing_limit", (HttpRequest request, string id) => OwnAsync(request, id, Limit));
            group.MapPost($"{prefix}/{{id}}/media", (HttpRequest request, string id) => OwnAsync(request, id, publishing.CreateAsync));
            group.MapPost($"{prefix}/{{id}}/media_publish", (HttpRequest request, string id) =>
                OwnAsync(request, id, publishing.PublishAsync));
        }

        group.MapFallback(() => new MetaProblem(400, 2500, "Unknown path components"));
    }

    // the first token comes in a form of its own, and so do its errors
    private async Task<IResult> ExchangeCodeAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        if (_consent.Redeem((call["client_id"], call["client_secret"]), name => call[name], out var fault) is not { } code)
        {
            return new JsonAnswer(
                new JsonObject
                {
                    ["error_type"] = "OAuthException",
                    ["code"] = 400,
                    ["error_message"] = fault switch
                    {
                        CodeFault.UnknownClient => "Invalid platform app",
                        CodeFault.WrongSecret => "Error validating client secret.",
                        CodeFault.WrongRedirect => "Error validating verification code. Please make sure your redirect_uri is identical.",
                        _ => "Invalid authorization code",
                    },
                },
                400);
        }

        var account = network.Accounts.Of(code.Address);
        return new JsonAnswer(new JsonObject
        {
            ["access_token"] = network.Tokens.Issue(ShortLived, account, code.Scope, network.Tokens.NewGrant(), ShortLife),
            ["user_id"] = long.Parse(account.Id, CultureInfo.InvariantCulture),
            ["permissions"] = code.Scope.Replace(' ', ','),
        });
    }

    private async Task<IResult> ExchangeAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        return call["grant_type"] != "ig_exchange_token" ? MetaProblem.Invalid("grant_type must be ig_exchange_token")
            : call["client_secret"] != network.ClientSecret ? new MetaProblem(400, 1, "Error validating client secret.")
            : call.Grant(network, ShortLived, out var problem) is not { } grant ? problem!
            : LongToken(grant);
    }

    private async Task<IResult> RefreshAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        return call["grant_type"] != "ig_refresh_token" ? MetaProblem.Invalid("grant_type must be ig_refresh_token")
            : call.Grant(network, LongLived, out var problem) is not { } grant ? problem!
            : network.Now - grant.IssuedAt < YoungestToRefresh
                ? MetaProblem.Invalid("The access token must be at least 24 hours old to be refreshed.")
            : LongToken(grant);
    }

    private JsonAnswer LongToken(SocialGrant grant)
    {
        var life = network.Tokens.Life(LongLife);
        return new(new JsonObject
        {
            ["access_token"] = network.Tokens.Issue(LongLived, grant.Account, grant.Scope, grant.Grant, life),
            ["token_type"] = "bearer",
            ["expires_in"] = (long)life.TotalSeconds,
            ["permissions"] = grant.Scope.Replace(' ', ','),
        });
    }

    private async Task<IResult> CallAsync(HttpRequest request, string id, Func<MetaCall, SocialGrant, string, IResult> answer)
    {
        var call = await MetaCall.ReadAsync(request);
        return call.Grant(network, LongLived, out var problem) is not { } grant ? problem!
            : !grant.Allows(Basic) ? MetaProblem.Denied(Basic)
            : _usage.Count(request.HttpContext.Response, grant.Account) is { } tooMuch ? tooMuch
            : answer(call, grant, id);
    }

    private async Task<IResult> OwnAsync(HttpRequest request, string id, Func<MetaCall, SocialGrant, Task<IResult>> answer)
    {
        var call = await MetaCall.ReadAsync(request);
        return call.Grant(network, LongLived, out var problem) is not { } grant ? problem!
            : id != "me" && id != grant.Account.Id ? MetaProblem.Unknown(id)
            : !grant.Allows(Basic) ? MetaProblem.Denied(Basic)
            : _usage.Count(request.HttpContext.Response, grant.Account) is { } tooMuch ? tooMuch
            : await answer(call, grant);
    }

    private IResult Read(MetaCall call, SocialGrant grant, string id) =>
        id == "me" || id == grant.Account.Id ? new JsonAnswer(JsonAnswer.Pick(Profile(grant.Account), call["fields"]))
        : network.Uploads.Find(id, grant.Account) is { } container
            ? new JsonAnswer(JsonAnswer.Pick(InstagramPublishing.Describe(container, network.Now), call["fields"]))
        : network.Posts.Find(network.Name, grant.Account.Id, id) is { } post
            ? new JsonAnswer(JsonAnswer.Pick(post.Body, call["fields"]))
        : MetaProblem.Unknown(id);

    private JsonObject Profile(SocialAccount account) => new()
    {
        ["id"] = account.Id,
        ["user_id"] = account.Id,
        ["username"] = account.Handle,
        ["name"] = account.Handle,
        ["account_type"] = "BUSINESS",
        ["profile_picture_url"] = $"https://instagram.example/{account.Handle}.jpg",
        ["followers_count"] = 100,
        ["media_count"] = network.Posts.Of(network.Name, account.Id).Count,
    };

    private Task<IResult> List(MetaCall call, SocialGrant grant)
    {
        var limit = int.TryParse(call["limit"], out var asked) ? Math.Clamp(asked, 1, 100) : 25;
        var posts = network.Posts.Of(network.Name, grant.Account.Id).Take(limit)
            .Select(post => (JsonNode)JsonAnswer.Pick(post.Body, call["fields"]));
        return Task.FromResult<IResult>(new JsonAnswer(new JsonObject { ["data"] = new JsonArray([.. posts]) }));
    }

    private Task<IResult> Limit(MetaCall call, SocialGrant grant) => Task.FromResult<IResult>(new JsonAnswer(new JsonObject
    {
        ["data"] = new JsonArray(JsonAnswer.Pick(
            new JsonObject
            {
                ["quota_usage"] = InstagramPublishing.Used(network, grant.Account),
                ["config"] = new JsonObject
                {
                    ["quota_total"] = InstagramPublishing.Quota(network),
                    ["quota_duration"] = 86_400,
                },
            },
            call["fields"] ?? "quota_usage")),
    }));
}
