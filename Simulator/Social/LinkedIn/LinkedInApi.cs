using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// LinkedIn: OAuth 2 with refresh tokens of a year, members (<c>urn:li:person:{id}</c>) and an organization of each
/// (<c>urn:li:organization:{id}</c>), and posts. Media are in <see cref="LinkedInMedia"/>.
/// </summary>
internal sealed partial class LinkedInApi(SocialNetwork network, AuthorizationCodes codes)
{
    private const int LongestCommentary = 3_000;
    private const int MostPosts = 150;
    private static readonly TimeSpan Life = TimeSpan.FromDays(60);

    private readonly SocialConsent _consent = new(network, codes);
    private readonly Quota _posts = new(network.Clock, TimeSpan.FromDays(1), fromMidnight: true);

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/oauth/v2/authorization", _consent.Authorize);
        group.MapPost("/oauth/v2/accessToken", TokenAsync);
        group.MapPost("/oauth/v2/revoke", RevokeAsync);
        group.MapGet("/v2/userinfo", (HttpRequest request) => Grant(request, out var problem) is not { } grant ? (IResult)problem!
            : grant.Allows("profile") ? UserInfo(grant) : LinkedInProblem.Denied);
        group.MapGet("/rest/organizations/{id}", (HttpRequest request, string id) =>
            RestAsync(request, grant => Task.FromResult(Organization(grant, id))));
        group.MapGet("/rest/organizationAcls", (HttpRequest request) =>
            RestAsync(
                request, grant => Task.FromResult<IResult>(ReadsOrganizations(grant) ? Organizations(grant) : LinkedInProblem.Denied)));
        group.MapPost("/rest/posts", (HttpRequest request) => RestAsync(request, grant => PostAsync(request, grant)));
        group.MapGet("/rest/posts", (HttpRequest request) => RestAsync(request, grant => Task.FromResult(List(request, grant))));
        group.MapGet("/rest/posts/{urn}", (HttpRequest request, string urn) =>
            RestAsync(request, grant => Task.FromResult(Find(grant, urn))));
        group.MapDelete("/rest/posts/{urn}", (HttpRequest request, string urn) =>
            RestAsync(request, grant => Task.FromResult(Delete(grant, urn))));
        new LinkedInMedia(network).Map(group, RestAsync);
        group.MapFallback(() => new LinkedInProblem(404, "NOT_FOUND", "No virtual resource found"));
    }

    /// <summary>Whether a token may act for an author: the member, or the organization that the member administers.</summary>
    public static bool MayBe(SocialGrant grant, string? author) =>
        author == PersonOf(grant.Account) || (author == OrganizationOf(grant.Account) && grant.Allows("w_organization_social"));

    private static bool ReadsOrganizations(SocialGrant grant) =>
        grant.Allows("r_organization_admin") || grant.Allows("rw_organization_admin");

    private static string PersonOf(SocialAccount account) => $"urn:li:person:{account.Id}";

    private static string OrganizationOf(SocialAccount account) => $"urn:li:organization:{OrganizationId(account)}";

    private static long OrganizationId(SocialAccount account) => Convert.ToInt64(account.Id, 16) % 100_000_000;

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            return LinkedInProblem.OAuth("invalid_request", "A required parameter \"grant_type\" is missing");
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var client = OAuthClient.Read(request.Headers.Authorization, form);
        switch ((string?)form["grant_type"])
        {
            case "authorization_code":
                return _consent.Redeem(client, name => form[name], out var fault) is { } code
                    ? Tokens(network.Accounts.Of(code.Address), code.Scope, network.Tokens.NewGrant(), refreshToken: null)
                    : Refuse(fault);
            case "refresh_token" when _consent.Check(client) is { } wrong:
                return Refuse(wrong);
            case "refresh_token":
                return network.Tokens.Read(form["refresh_token"], SocialTokens.Refresh, out var why) is { } grant
                    ? Tokens(grant.Account, grant.Scope, grant.Grant, form["refresh_token"])
                    : LinkedInProblem.OAuth("invalid_grant", why == TokenFault.Revoked
                        ? "The provided authorization grant or refresh token is invalid, expired or revoked"
                        : "The refresh token is invalid");
            default:
                return LinkedInProblem.OAuth("unsupported_grant_type", "The grant_type is not supported");
        }
    }

    // the refresh token stays the same through its year
    private JsonAnswer Tokens(SocialAccount account, string scope, string grant, string? refreshToken)
    {
        var life = network.Tokens.Life(Life);
        return new(new JsonObject
        {
            ["access_token"] = network.Tokens.Issue(SocialTokens.Access, account, scope, grant, life),
            ["expires_in"] = (long)life.TotalSeconds,
            ["refresh_token"] = refreshToken ?? network.Tokens.Issue(SocialTokens.Refresh, account, scope, grant, TimeSpan.FromDays(365)),
            ["refresh_token_expires_in"] = 31_536_000,
            ["scope"] = scope.Replace(' ', ','),
            ["token_type"] = "Bearer",
        });
    }

    private static JsonAnswer Refuse(CodeFault fault) => fault switch
    {
        CodeFault.UnknownClient or CodeFault.WrongSecret => LinkedInProblem.OAuth("invalid_client", "Client authentication failed", 401),
        CodeFault.WrongRedirect => LinkedInProblem.OAuth(
            "invalid_redirect_uri", "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code."),
        _ => LinkedInProblem.OAuth("invalid_request", "Unable to retrieve access token: authorization code not found"),
    };

    private async Task<IResult> RevokeAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (_consent.Check(OAuthClient.Read(request.Headers.Authorization, form)) is { } wrong)
        {
            return Refuse(wrong);
        }

        network.Tokens.End(form["token"]);
        return Results.Ok();
    }

    private SocialGrant? Grant(HttpRequest request, out LinkedInProblem? problem)
    {
        var grant = network.Tokens.Read(SocialTokens.Bearer(request), SocialTokens.Access, out var fault);
        problem = grant is null ? LinkedInProblem.Of(fault) : null;
        return grant;
    }

    private async Task<IResult> RestAsync(HttpRequest request, Func<SocialGrant, Task<IResult>> answer) =>
        Grant(request, out var problem) is not { } grant ? problem!
        : !VersionForm().IsMatch(request.Headers["Linkedin-Version"].ToString()) ? LinkedInProblem.NoVersion
        : request.Headers["X-Restli-Protocol-Version"] != "2.0.0"
            ? new LinkedInProblem(400, "ILLEGAL_ARGUMENT", "Use X-Restli-Protocol-Version: 2.0.0")
        : grant.Account.State == SocialAccountState.Suspended ? new LinkedInProblem(403, "ACCESS_DENIED", "The member is restricted")
        : await answer(grant);

    private static JsonAnswer UserInfo(SocialGrant grant) => new(new JsonObject
    {
        ["sub"] = grant.Account.Id,
        ["name"] = grant.Account.Handle,
        ["given_name"] = grant.Account.Handle,
        ["locale"] = "en-US",
    });

    private static IResult Organization(SocialGrant grant, string id) =>
        ReadsOrganizations(grant) && id == OrganizationId(grant.Account).ToString(CultureInfo.InvariantCulture)
        ? new JsonAnswer(new JsonObject
        {
            ["id"] = OrganizationId(grant.Account),
            ["localizedName"] = $"{grant.Account.Handle} Inc.",
            ["vanityName"] = $"{grant.Account.Handle}-inc",
        })
        : LinkedInProblem.Denied;

    private static JsonAnswer Organizations(SocialGrant grant) => new(new JsonObject
    {
        ["elements"] = new JsonArray(new JsonObject
        {
            ["organization"] = OrganizationOf(grant.Account),
            ["role"] = "ADMINISTRATOR",
            ["state"] = "APPROVED",
            ["roleAssignee"] = PersonOf(grant.Account),
        }),
    });

    private async Task<IResult> PostAsync(HttpRequest request, SocialGrant grant)
    {
        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body)
        {
            return LinkedInProblem.Invalid("The body is not valid JSON");
        }

        var account = grant.Account;
        var author = ControlBody.Text(body, "author");
        if (!MayBe(grant, author) || !(grant.Allows("w_member_social") || grant.Allows("w_organization_social")))
        {
            return LinkedInProblem.Denied;
        }

        var commentary = ControlBody.Text(body, "commentary") ?? "";
        var text = Plain(commentary, out var isEscaped);
        var media = LinkedInMedia.Of(network, account, body, out var link);
        var problem = !isEscaped ? LinkedInProblem.Invalid("commentary :: characters of the little text format have to be escaped")
            : PostLength.CodePoints(text) > LongestCommentary ? LinkedInProblem.Invalid($"commentary :: is longer than {LongestCommentary}")
            : ControlBody.Text(body, "visibility") is not ("PUBLIC" or "CONNECTIONS" or "LOGGED_IN")
                ? LinkedInProblem.Invalid("visibility :: field is required but not found")
            : ControlBody.Text(body, "lifecycleState") != "PUBLISHED"
                ? LinkedInProblem.Invalid("lifecycleState :: only PUBLISHED can be created")
            : ControlBody.Child(body, "distribution") is not { ValueKind: JsonValueKind.Object } distribution
                || ControlBody.Text(distribution, "feedDistribution") is null
                ? LinkedInProblem.Invalid("distribution :: field is required but not found")
            : media is null ? LinkedInProblem.Invalid("content :: a media does not exist or is not AVAILABLE")
            : text.Length == 0 && media.Count == 0 && link is null ? LinkedInProblem.Invalid("commentary :: the post is empty")
            : null;
        if (problem is not null)
        {
            return problem;
        }

        var limit = account.State == SocialAccountState.Limited ? 0 : network.Settings.PostsPerSpan ?? MostPosts;
        if (!_posts.Take(author!, limit).IsTaken)
        {
            return LinkedInProblem.TooMany;
        }

        var post = network.Posts.Add(network.Name, account, new NewPost(text)
        {
            Link = link,
            Media = media!,
            Body = (id, at) => Describe(id, at, author!, commentary, body),
        }, sequence => string.Create(CultureInfo.InvariantCulture, $"urn:li:share:{sequence}")).Post;
        request.HttpContext.Response.Headers["x-restli-id"] = post.Id;
        return new JsonAnswer(null, 201);
    }

    private static JsonObject Describe(string id, DateTimeOffset at, string author, string commentary, JsonElement body) => new()
    {
        ["id"] = id,
        ["author"] = author,
        ["commentary"] = commentary,
        ["visibility"] = ControlBody.Text(body, "visibility"),
        ["lifecycleState"] = "PUBLISHED",
        ["createdAt"] = at.ToUnixTimeMilliseconds(),
        ["publishedAt"] = at.ToUnixTimeMilliseconds(),
        ["lastModifiedAt"] = at.ToUnixTimeMilliseconds(),
    };

    private IResult List(HttpRequest request, SocialGrant grant)
    {
        string? author = request.Query["author"];
        var scope = author?.StartsWith("urn:li:organization:", StringComparison.Ordinal) == true
            ? "r_organization_social" : "r_member_social";
        if (request.Query["q"] != "author" || author is null)
        {
            return LinkedInProblem.Invalid("q and author are required");
        }

        if (!MayBe(grant, author) || !(grant.Allows(scope) || (scope == "r_member_social" && network.Settings.ListsMemberPosts)))
        {
            return LinkedInProblem.Denied;
        }

        var count = int.TryParse(request.Query["count"], out var asked) ? Math.Clamp(asked, 1, 100) : 10;
        var start = int.TryParse(request.Query["start"], out var from) ? from : 0;
        var posts = network.Posts.Of(network.Name, grant.Account.Id).Where(post => (string?)post.Body["author"] == author)
            .Skip(start).Take(count).Select(post => post.Body.DeepClone());
        return new JsonAnswer(new JsonObject
        {
            ["paging"] = new JsonObject { ["start"] = start, ["count"] = count, ["links"] = new JsonArray() },
            ["elements"] = new JsonArray([.. posts]),
        });
    }

    private IResult Find(SocialGrant grant, string urn) =>
        network.Posts.Find(network.Name, grant.Account.Id, Uri.UnescapeDataString(urn)) is { } post
            ? new JsonAnswer(post.Body.DeepClone())
            : LinkedInProblem.NotFound;

    private IResult Delete(SocialGrant grant, string urn) =>
        // what was deleted is deleted: LinkedIn says the same again
        network.Posts.Delete(network.Name, grant.Account.Id, Uri.UnescapeDataString(urn)) ? Results.NoContent() : LinkedInProblem.NotFound;

    // the little text format: what is not escaped would be an element of it, and hashtags and mentions are
    private static string Plain(string commentary, out bool isEscaped)
    {
        var text = Elements().Replace(
            commentary, match => match.Groups["name"] is { Success: true } name ? name.Value : $"#{match.Groups["tag"].Value}");
        isEscaped = !Reserved().IsMatch(Escapes().Replace(text, ""));
        return Escapes().Replace(text, "$1");
    }

    [GeneratedRegex(@"\A20\d\d(0[1-9]|1[0-2])(\.\d\d)?\z")]
    private static partial Regex VersionForm();

    [GeneratedRegex(@"\{hashtag\|\\?#\|(?<tag>[^}]*)\}|@\[(?<name>[^\]]*)\]\(urn:li:[^)]*\)")]
    private static partial Regex Elements();

    [GeneratedRegex(@"\\(.)", RegexOptions.Singleline)]
    private static partial Regex Escapes();

    [GeneratedRegex(@"[\\<>~_|\[\]*(){}@]")]
    private static partial Regex Reserved();
}
