using System.Globalization;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// Facebook: a person logs in and has a page, whose token does not end. What is posted to the page is in <see cref="FacebookPublishing"/>.
/// </summary>
internal sealed class FacebookApi(SocialNetwork network, AuthorizationCodes codes, MediaFetcher fetcher)
{
    public const string Page = "page";
    private const string ListPages = "pages_show_list";
    private const string Read = "pages_read_engagement";
    private const string ShortLived = "short";
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongLife = TimeSpan.FromDays(60);

    private readonly SocialConsent _consent = new(network, codes);
    private readonly MetaUsage _usage = new(network, "pages");

    public void Map(RouteGroupBuilder group)
    {
        var publishing = new FacebookPublishing(network, fetcher);
        foreach (var prefix in (string[])["", "/v{version:double}"])
        {
            group.MapGet($"{prefix}/dialog/oauth", _consent.Authorize);
            group.MapGet($"{prefix}/oauth/access_token", TokenAsync);
            group.MapPost($"{prefix}/oauth/access_token", TokenAsync);
            group.MapGet($"{prefix}/debug_token", DebugAsync);
            group.MapGet($"{prefix}/me", MeAsync);
            group.MapDelete($"{prefix}/me/permissions", RevokeAsync);
            group.MapGet($"{prefix}/me/accounts", PagesAsync);
            group.MapGet($"{prefix}/{{id}}", (HttpRequest request, string id) =>
                PageAsync(request, null, (call, page) => Find(call, page, id)));
            group.MapDelete($"{prefix}/{{id}}", (HttpRequest request, string id) =>
                PageAsync(request, null, (_, page) => Delete(page, id)));
            group.MapPost($"{prefix}/{{id}}/feed", (HttpRequest request, string id) => PageAsync(request, id, publishing.Feed));
            group.MapPost($"{prefix}/{{id}}/photos", (HttpRequest request, string id) => PageAsync(request, id, publishing.PhotoAsync));
            group.MapPost($"{prefix}/{{id}}/videos", (HttpRequest request, string id) => PageAsync(request, id, publishing.VideoAsync));
            foreach (var list in (string[])["feed", "posts", "published_posts"])
            {
                group.MapGet($"{prefix}/{{id}}/{list}", (HttpRequest request, string id) => PageAsync(request, id, List));
            }
        }

        group.MapFallback(() => new MetaProblem(400, 2500, "Unknown path components"));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        var client = (call["client_id"], call["client_secret"]);
        if (call["grant_type"] == "fb_exchange_token")
        {
            return _consent.Check(client) is { } wrong ? Refuse(wrong)
                : (network.Tokens.Read(call["fb_exchange_token"], ShortLived, out _)
                    ?? network.Tokens.Read(call["fb_exchange_token"], SocialTokens.Access, out _)) is { } grant
                    ? Token(SocialTokens.Access, grant.Account, grant.Scope, grant.Grant, network.Tokens.Life(LongLife))
                    : MetaProblem.WrongToken;
        }

        return _consent.Redeem(client, name => call[name], out var fault) is { } code
            ? Token(ShortLived, network.Accounts.Of(code.Address), code.Scope, network.Tokens.NewGrant(), ShortLife)
            : Refuse(fault);
    }

    private JsonAnswer Token(string kind, SocialAccount account, string scope, string grant, TimeSpan life) => new(new JsonObject
    {
        ["access_token"] = network.Tokens.Issue(kind, account, scope, grant, life),
        ["token_type"] = "bearer",
        ["expires_in"] = (long)life.TotalSeconds,
    });

    private static MetaProblem Refuse(CodeFault fault) => fault switch
    {
        CodeFault.UnknownClient => new(400, 101, "Error validating application. Cannot get application info due to a system error."),
        CodeFault.WrongSecret => new(400, 1, "Error validating client secret."),
        CodeFault.WrongRedirect => new(400, 100, "Error validating verification code. Please make sure your redirect_uri is identical.", 36008),
        CodeFault.WrongVerifier => new(400, 100, "Code verifier does not match.", 36007),
        _ => new(400, 100, "This authorization code has been used or has expired.", 36009),
    };

    // a person's token, long-lived or not
    private SocialGrant? Person(MetaCall call, out MetaProblem? problem) =>
        call.Grant(network, SocialTokens.Access, out problem) is { } grant ? grant
        : problem!.Subcode is null && call.Grant(network, ShortLived, out problem) is { } other ? other
        : null;

    private async Task<IResult> MeAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        return Person(call, out var problem) is { } person
            ? new JsonAnswer(JsonAnswer.Pick(
                new JsonObject { ["id"] = PersonId(person.Account), ["name"] = person.Account.Handle }, call["fields"] ?? "name"))
            : network.Tokens.Read(call.Token, Page, out _) is { } page ? Find(call, page, page.Account.Id)
            : problem!;
    }

    private async Task<IResult> PagesAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        if (Person(call, out var problem) is not { } person)
        {
            return problem!;
        }

        if (!person.Allows(ListPages))
        {
            return MetaProblem.Denied(ListPages);
        }

        // the pages of a long-lived token have one that does not end
        var life = person.Kind == ShortLived ? ShortLife : (TimeSpan?)null;
        var page = PageOf(person.Account);
        page["access_token"] = network.Tokens.Issue(Page, person.Account, person.Scope, person.Grant, life);
        page["tasks"] = new JsonArray("CREATE_CONTENT", "MODERATE", "ANALYZE");
        return new JsonAnswer(new JsonObject
        {
            ["data"] = new JsonArray(JsonAnswer.Pick(page, call["fields"] ?? "name,access_token,category,tasks")),
        });
    }

    private async Task<IResult> RevokeAsync(HttpRequest request)
    {
        if (Person(await MetaCall.ReadAsync(request), out var problem) is not { } person)
        {
            return problem!;
        }

        person.Account.Become(SocialAccountState.Revoked);
        return new JsonAnswer(new JsonObject { ["success"] = true });
    }

    private async Task<IResult> DebugAsync(HttpRequest request)
    {
        var call = await MetaCall.ReadAsync(request);
        var grant = ((string[])[Page, SocialTokens.Access, ShortLived])
            .Select(kind => network.Tokens.Read(call["input_token"], kind, out _)).FirstOrDefault(found => found is not null);
        return new JsonAnswer(new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["app_id"] = network.ClientId,
                ["is_valid"] = grant is not null,
                ["type"] = grant?.Kind == Page ? "PAGE" : "USER",
                ["scopes"] = new JsonArray([.. (grant?.Scope ?? "").Split(',', ' ').Select(scope => (JsonNode)scope)]),
            },
        });
    }

    // a call with a page's token, of the page itself where one is named
    private async Task<IResult> PageAsync(HttpRequest request, string? id, Func<MetaCall, SocialGrant, Task<IResult>> answer)
    {
        var call = await MetaCall.ReadAsync(request);
        return call.Grant(network, Page, out var problem) is not { } page ? problem!
            : id is not (null or "me") && id != page.Account.Id ? MetaProblem.Unknown(id)
            : _usage.Count(request.HttpContext.Response, page.Account) is { } tooMuch ? tooMuch
            : await answer(call, page);
    }

    private Task<IResult> PageAsync(HttpRequest request, string? id, Func<MetaCall, SocialGrant, IResult> answer) =>
        PageAsync(request, id, (call, page) => Task.FromResult(answer(call, page)));

    private IResult Find(MetaCall call, SocialGrant page, string id) =>
        id == page.Account.Id ? new JsonAnswer(JsonAnswer.Pick(PageOf(page.Account), call["fields"] ?? "name"))
        : network.Posts.Find(network.Name, page.Account.Id, id) is { } post
            ? new JsonAnswer(JsonAnswer.Pick(post.Body, call["fields"] ?? "message,created_time"))
        : MetaProblem.Unknown(id);

    private IResult Delete(SocialGrant page, string id) => network.Posts.Delete(network.Name, page.Account.Id, id)
        ? new JsonAnswer(new JsonObject { ["success"] = true })
        : MetaProblem.Unknown(id);

    private IResult List(MetaCall call, SocialGrant page)
    {
        if (!page.Allows(Read))
        {
            return MetaProblem.Denied(Read);
        }

        var limit = int.TryParse(call["limit"], out var asked) ? Math.Clamp(asked, 1, 100) : 25;
        var (since, until) = (Time(call["since"]), Time(call["until"]));
        var posts = network.Posts.Of(network.Name, page.Account.Id)
            .Where(post => (since is null || post.At >= since) && (until is null || post.At <= until)).Take(limit)
            .Select(post => (JsonNode)JsonAnswer.Pick(post.Body, call["fields"] ?? "message,created_time"));
        return new JsonAnswer(new JsonObject { ["data"] = new JsonArray([.. posts]) });
    }

    private static DateTimeOffset? Time(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : null;

    private static JsonObject PageOf(SocialAccount account) => new()
    {
        ["id"] = account.Id,
        ["name"] = account.Handle,
        ["username"] = account.Handle,
        ["category"] = "Software company",
        ["link"] = $"https://www.facebook.com/{account.Handle}",
    };

    private static string PersonId(SocialAccount account) => $"9{account.Id}";
}
