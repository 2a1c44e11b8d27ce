using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>X: OAuth 2 with PKCE, whose refresh tokens are good for once; posts. Media are in <see cref="XMedia"/>.</summary>
internal sealed class XApi(SocialNetwork network, AuthorizationCodes codes)
{
    private const int LongestText = 280;
    private const int MostPosts = 100;
    private const int MostReads = 900;
    private const string Write = "tweet.write";
    private static readonly TimeSpan Life = TimeSpan.FromHours(2);
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    private readonly SocialConsent _consent = new(network, codes) { NeedsChallenge = true };
    private readonly Quota _posts = new(network.Clock, Span);
    private readonly Quota _reads = new(network.Clock, Span);
    private readonly Quota _app = new(network.Clock, TimeSpan.FromDays(1));

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/i/oauth2/authorize", _consent.Authorize);
        group.MapPost("/2/oauth2/token", TokenAsync);
        group.MapPost("/2/oauth2/revoke", RevokeAsync);
        group.MapGet("/2/users/me", (HttpRequest request) => With(request, "users.read", Me));
        group.MapPost("/2/tweets", (HttpRequest request) => WithAsync(request, Write, grant => PostAsync(request, grant)));
        group.MapDelete("/2/tweets/{id}", (HttpRequest request, string id) => With(request, Write, grant => Delete(grant, id)));
        group.MapGet("/2/users/{id}/tweets", (HttpRequest request, string id) =>
            With(request, "tweet.read", grant => List(request, grant, id)));
        new XMedia(network).Map(group, (request, answer) => WithAsync(request, "media.write", answer));
        group.MapFallback(() => XProblem.NotFound);
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            return XProblem.OAuth("invalid_request", "Missing required parameter [grant_type].");
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var client = OAuthClient.Read(request.Headers.Authorization, form);
        switch ((string?)form["grant_type"])
        {
            case "authorization_code":
                return _consent.Redeem(client, name => form[name], out var fault) is { } code
                    ? Tokens(network.Accounts.Of(code.Address), code.Scope, network.Tokens.NewGrant(), code.WithRefresh ? 0 : null)
                    : Refuse(fault);
            case "refresh_token" when _consent.Check(client) is { } wrong:
                return Refuse(wrong);
            case "refresh_token":
                // each is good for once: who uses one again has lost the next, or is somebody else
                return network.Tokens.Read(form["refresh_token"], SocialTokens.Refresh, out _) is { } grant
                    && grant.Account.Spend(grant.Grant, grant.Number)
                    ? Tokens(grant.Account, grant.Scope, grant.Grant, grant.Number + 1)
                    : XProblem.OAuth("invalid_request", "Value passed for the token was invalid.");
            default:
                return XProblem.OAuth("unsupported_grant_type", "The grant_type is not supported.");
        }
    }

    private JsonAnswer Tokens(SocialAccount account, string scope, string grant, int? refreshNumber)
    {
        var life = network.Tokens.Life(Life);
        var body = new JsonObject
        {
            ["token_type"] = "bearer",
            ["expires_in"] = (long)life.TotalSeconds,
            ["access_token"] = network.Tokens.Issue(SocialTokens.Access, account, scope, grant, life),
            ["scope"] = scope,
        };
        if (refreshNumber is { } number)
        {
            body["refresh_token"] = network.Tokens.Issue(SocialTokens.Refresh, account, scope, grant, TimeSpan.FromDays(180), number);
        }

        return new(body);
    }

    private static JsonAnswer Refuse(CodeFault fault) => fault switch
    {
        CodeFault.UnknownClient or CodeFault.WrongSecret =>
            XProblem.OAuth("unauthorized_client", "Missing valid authorization header", 401),
        CodeFault.WrongVerifier =>
            XProblem.OAuth("invalid_request", "Value passed for the code verifier did not match the code challenge."),
        CodeFault.WrongRedirect =>
            XProblem.OAuth("invalid_request", "Value passed for the redirect uri did not match the uri of the authorization code."),
        _ => XProblem.OAuth("invalid_request", "Value passed for the authorization code was invalid."),
    };

    private async Task<IResult> RevokeAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (_consent.Check(OAuthClient.Read(request.Headers.Authorization, form)) is { } wrong)
        {
            return Refuse(wrong);
        }

        return new JsonAnswer(new JsonObject { ["revoked"] = network.Tokens.End(form["token"]) });
    }

    private async Task<IResult> WithAsync(HttpRequest request, string scope, Func<SocialGrant, Task<IResult>> answer) =>
        network.Tokens.Read(SocialTokens.Bearer(request), SocialTokens.Access, out _) is not { } grant ? XProblem.Unauthorized
        : !grant.Allows(scope) ? XProblem.Forbidden("You are not permitted to perform this action.")
        : grant.Account.State == SocialAccountState.Suspended ? XProblem.Suspended
        : await answer(grant);

    private Task<IResult> With(HttpRequest request, string scope, Func<SocialGrant, IResult> answer) =>
        WithAsync(request, scope, grant => Task.FromResult(answer(grant)));

    private static JsonAnswer Me(SocialGrant grant) => new(new JsonObject
    {
        ["data"] = new JsonObject { ["id"] = grant.Account.Id, ["name"] = grant.Account.Handle, ["username"] = grant.Account.Handle },
    });

    private async Task<IResult> PostAsync(HttpRequest request, SocialGrant grant)
    {
        var account = grant.Account;
        var own = _posts.Take(account.Id, account.State == SocialAccountState.Limited ? 0 : network.Settings.PostsPerSpan ?? MostPosts);
        XProblem.Limits(request.HttpContext.Response, own);
        if (!own.IsTaken)
        {
            return XProblem.TooMany;
        }

        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body)
        {
            return XProblem.Invalid("$", "The body is not valid JSON.");
        }

        var text = ControlBody.Text(body, "text") ?? "";
        var ids = ControlBody.Child(body, "media") is { } media
            && ControlBody.Child(media, "media_ids") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(id => id.ToString()).ToArray()
            : [];
        var uploads = ids.Select(id => network.Uploads.Find(id, account)).Where(upload => upload?.IsReady(network.Now) == true).ToArray();
        var problem = text.Length == 0 && ids.Length == 0 ? XProblem.Invalid("text", "text or media is required.")
            : PostLength.Weighted(text) > LongestText
                ? XProblem.Forbidden("Your Tweet text is too long.")
            : uploads.Length < ids.Length ? XProblem.Invalid("media.media_ids", "Your media IDs are invalid.")
            : ids.Length > (Array.TrueForAll(uploads, upload => upload!.ContentType is "image/jpeg" or "image/png" or "image/webp") ? 4 : 1)
                ? XProblem.Invalid("media.media_ids", "A post has up to 4 images, or one video or GIF.")
            : network.IsDuplicate(account, text) ? XProblem.Forbidden("You are not allowed to create a Tweet with duplicate content.")
            : !_app.Take("app", network.Settings.AppPostsPerDay).IsTaken ? XProblem.TooMany
            : null;
        if (problem is not null)
        {
            return problem;
        }

        var post = network.Posts.Add(
            network.Name, account, new NewPost(text) { Media = uploads! },
            sequence => sequence.ToString(CultureInfo.InvariantCulture)).Post;
        return new JsonAnswer(
            new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["id"] = post.Id,
                    ["text"] = Shown(text).Text,
                    ["edit_history_tweet_ids"] = new JsonArray(post.Id),
                },
            },
            201);
    }

    private JsonAnswer Delete(SocialGrant grant, string id) => network.Posts.Delete(network.Name, grant.Account.Id, id)
        ? new JsonAnswer(new JsonObject { ["data"] = new JsonObject { ["deleted"] = true } })
        : XProblem.NotFound;

    private JsonAnswer List(HttpRequest request, SocialGrant grant, string id)
    {
        var state = _reads.Take(grant.Account.Id, MostReads);
        XProblem.Limits(request.HttpContext.Response, state);
        if (!state.IsTaken)
        {
            return XProblem.TooMany;
        }

        DateTimeOffset? since = null;
        if ((string?)request.Query["start_time"] is { } text)
        {
            if (!DateTimeOffset.TryParseExact(
                text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return XProblem.Invalid("start_time", $"The `start_time` query parameter value [{text}] is not valid.");
            }

            since = time;
        }

        var most = int.TryParse(request.Query["max_results"], out var asked) ? asked : 10;
        if (most is < 5 or > 100)
        {
            return XProblem.Invalid("max_results", $"The `max_results` query parameter value [{most}] is not between 5 and 100");
        }

        var fields = request.Query["tweet.fields"].ToString().Split(',');
        var found = network.Posts.Of(network.Name, id).Where(post => since is null || post.At >= since).Take(most)
            .Select(post => (JsonNode)Describe(post, fields)).ToArray();
        var meta = new JsonObject { ["result_count"] = found.Length };
        return new JsonAnswer(found.Length == 0
            ? new JsonObject { ["meta"] = meta }
            : new JsonObject { ["data"] = new JsonArray(found), ["meta"] = meta });
    }

    private static JsonObject Describe(SocialPost post, string[] fields)
    {
        var (text, entities) = Shown(post.Text);
        var tweet = new JsonObject { ["id"] = post.Id, ["text"] = text, ["edit_history_tweet_ids"] = new JsonArray(post.Id) };
        if (fields.Contains("created_at"))
        {
            tweet["created_at"] = JsonAnswer.Time(post.At);
        }

        if (fields.Contains("entities") && entities.Count > 0)
        {
            tweet["entities"] = new JsonObject { ["urls"] = entities };
        }

        return tweet;
    }

    // links are shown by those of X's own, and the text for HTML
    private static (string Text, JsonArray Links) Shown(string text)
    {
        var links = new JsonArray();
        var shown = PostLength.ReplaceLinks(text, link =>
        {
            var own = $"https://t.co/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(link.Value)), 0, 5)}";
            links.Add(new JsonObject
            {
                ["url"] = own,
                ["expanded_url"] = link.Value,
                ["display_url"] = link.Value[(link.Value.IndexOf("//", StringComparison.Ordinal) + 2)..],
            });
            return own;
        });
        return (shown.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal), links);
    }
}
