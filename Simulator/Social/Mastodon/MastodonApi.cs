using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// An instance of Mastodon: applications register themselves, tokens do not end, and a post with an <c>Idempotency-Key</c> is made once
/// in an hour. What is posted is in <see cref="MastodonStatuses"/>.
/// </summary>
internal sealed class MastodonApi
{
    private const int MostRequests = 300;
    private readonly SocialNetwork _network;
    private readonly SocialConsent _consent;
    private readonly Quota _requests;

    public MastodonApi(SocialNetwork network, AuthorizationCodes codes)
    {
        _network = network;
        _consent = new(network, codes) { SecretOf = id => RedirectsOf(id) is null ? null : SecretOf(id!) };
        _requests = new(network.Clock, TimeSpan.FromMinutes(5));
    }

    public void Map(RouteGroupBuilder group)
    {
        group.MapPost("/api/v1/apps", RegisterAsync);
        group.MapGet("/oauth/authorize", Authorize);
        group.MapPost("/oauth/token", TokenAsync);
        group.MapPost("/oauth/revoke", RevokeAsync);
        group.MapGet("/api/v2/instance", Instance);
        group.MapGet("/api/v1/accounts/verify_credentials", (HttpRequest request) =>
            WithAsync(request, ["read", "read:accounts", "profile"], grant =>
                Task.FromResult<IResult>(new JsonAnswer(Describe(request, grant.Account)))));
        new MastodonStatuses(_network, Describe).Map(group, WithAsync);
        group.MapFallback(() => Error(404, "Record not found"));
    }

    public static JsonAnswer Error(int status, string error) => new(new JsonObject { ["error"] = error }, status);

    /// <summary>The error of a fault that was asked for; of 429 with the time when it ends.</summary>
    public static JsonAnswer Fault(HttpResponse response, int? status, string? code, DateTimeOffset until)
    {
        if (status == 429)
        {
            Limits(response, new(false, MostRequests, 0, until));
        }

        return Error(status ?? 500, code ?? status switch
        {
            401 => "The access token is invalid",
            403 => "This action is not allowed",
            404 => "Record not found",
            422 => "Validation failed",
            429 => "Too many requests",
            503 => "There was a temporary problem serving your request, please try again",
            _ => "500 Internal Server Error",
        });
    }

    /// <summary>What the error of the token endpoint is.</summary>
    public static JsonAnswer OAuth(string error, string description, int status = 400) =>
        new(new JsonObject { ["error"] = error, ["error_description"] = description }, status);

    private async Task<IResult> RegisterAsync(HttpRequest request)
    {
        var form = await MastodonForm.ReadAsync(request);
        var redirects = form.All("redirect_uris").SelectMany(one =>
            one.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToArray();
        if (string.IsNullOrWhiteSpace(form["client_name"]))
        {
            return Error(422, "Validation failed: Application name can't be blank");
        }

        if (redirects.Length == 0 || !Array.TrueForAll(redirects, one => Uri.IsWellFormedUriString(one, UriKind.Absolute)))
        {
            return Error(422, "Validation failed: Redirect URI must be an absolute URI.");
        }

        // it says itself what was registered: it is the same after a restart
        var registered = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', redirects)));
        var id = $"{registered}.{_network.Tokens.Sign(registered)}";
        return new JsonAnswer(new JsonObject
        {
            ["id"] = "1",
            ["name"] = form["client_name"],
            ["website"] = form["website"],
            ["scopes"] = new JsonArray([.. (form["scopes"] ?? "read").Split(' ').Select(scope => (JsonNode)scope)]),
            ["redirect_uri"] = string.Join('\n', redirects),
            ["redirect_uris"] = new JsonArray([.. redirects.Select(one => (JsonNode)one)]),
            ["client_id"] = id,
            ["client_secret"] = SecretOf(id),
            ["client_secret_expires_at"] = 0,
        });
    }

    // the addresses that an application registered; null when it is none of this instance
    private string[]? RedirectsOf(string? clientId) =>
        clientId?.Split('.') is [var registered, var signature] && _network.Tokens.Sign(registered) == signature
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(registered)).Split('\n')
            : null;

    private string SecretOf(string clientId) => _network.Tokens.Sign($"secret of {clientId}");

    private IResult Authorize(HttpContext context) =>
        RedirectsOf(context.Request.Query["client_id"]) is { } redirects
            && !redirects.Contains(context.Request.Query["redirect_uri"].ToString())
            ? Results.Text("The redirect uri included is not valid.", statusCode: 400)
            : _consent.Authorize(context);

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await MastodonForm.ReadAsync(request);
        if (form["grant_type"] != "authorization_code")
        {
            return OAuth("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.");
        }

        if (_consent.Redeem((form["client_id"], form["client_secret"]), name => form[name], out var fault) is not { } code)
        {
            return fault is CodeFault.UnknownClient or CodeFault.WrongSecret
                ? OAuth("invalid_client", "Client authentication failed due to unknown client.", 401)
                : OAuth("invalid_grant", "The provided authorization grant is invalid, expired, revoked, or was issued to another client.");
        }

        return new JsonAnswer(new JsonObject
        {
            ["access_token"] = _network.Tokens.Issue(
                SocialTokens.Access, _network.Accounts.Of(code.Address), code.Scope, _network.Tokens.NewGrant(), life: null),
            ["token_type"] = "Bearer",
            ["scope"] = code.Scope,
            ["created_at"] = _network.Now.ToUnixTimeSeconds(),
        });
    }

    private async Task<IResult> RevokeAsync(HttpRequest request)
    {
        var form = await MastodonForm.ReadAsync(request);
        if (_consent.Check((form["client_id"], form["client_secret"])) is not null)
        {
            return OAuth("unauthorized_client", "You are not authorized to revoke this token", 403);
        }

        _network.Tokens.End(form["token"]);
        return new JsonAnswer(new JsonObject());
    }

    private JsonAnswer Instance(HttpRequest request) => new(new JsonObject
    {
        ["domain"] = request.Host.Value,
        ["title"] = "Simulator",
        ["version"] = "4.4.0",
        ["configuration"] = new JsonObject
        {
            ["statuses"] = new JsonObject
            {
                ["max_characters"] = _network.Settings.MaxCharacters,
                ["max_media_attachments"] = 4,
                ["characters_reserved_per_url"] = 23,
            },
            ["media_attachments"] = new JsonObject
            {
                ["supported_mime_types"] = new JsonArray("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm"),
                ["image_size_limit"] = MastodonStatuses.MostImageBytes,
                ["video_size_limit"] = MastodonStatuses.MostVideoBytes,
                ["description_limit"] = 1_500,
            },
        },
    });

    private async Task<IResult> WithAsync(HttpRequest request, string[] scopes, Func<SocialGrant, Task<IResult>> answer)
    {
        if (_network.Tokens.Read(SocialTokens.Bearer(request), SocialTokens.Access, out var fault) is not { } grant)
        {
            return Error(401, fault == TokenFault.Revoked ? "The access token was revoked" : "The access token is invalid");
        }

        var limit = grant.Account.State == SocialAccountState.Limited ? 0 : _network.Settings.PostsPerSpan ?? MostRequests;
        var state = _requests.Take(grant.Account.Id, limit);
        Limits(request.HttpContext.Response, state);
        return !state.IsTaken ? Error(429, "Too many requests")
            : !Array.Exists(scopes, grant.Allows) ? Error(403, "This action is outside the authorized scopes")
            : grant.Account.State == SocialAccountState.Suspended ? Error(403, "Your login is currently disabled")
            : await answer(grant);
    }

    private static JsonObject Describe(HttpRequest request, SocialAccount account) => new()
    {
        ["id"] = account.Id,
        ["username"] = account.Handle,
        ["acct"] = account.Handle,
        ["display_name"] = account.Handle,
        ["url"] = $"{request.Scheme}://{request.Host}/@{account.Handle}",
    };

    // a time and not a number, unlike anywhere else
    private static void Limits(HttpResponse response, QuotaState state)
    {
        response.Headers["X-RateLimit-Limit"] = state.Limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Remaining"] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Reset"] = JsonAnswer.Time(state.ResetsAt);
    }
}

/// <summary>The parameters of a call of Mastodon, from a form or JSON.</summary>
internal sealed class MastodonForm
{
    private readonly Dictionary<string, List<string>> _values = [];

    public string? this[string name] => All(name) is [var value, ..] ? value : null;

    /// <summary>The file of a multipart form.</summary>
    public IFormFile? File { get; private init; }

    /// <summary>The values of a parameter; of a list, <c>name[]</c> in forms.</summary>
    public IReadOnlyList<string> All(string name) => _values.GetValueOrDefault(name) ?? [];

    public static async Task<MastodonForm> ReadAsync(HttpRequest request)
    {
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            var read = new MastodonForm { File = form.Files["file"] };
            foreach (var (name, values) in form)
            {
                read._values[name.Replace("[]", "", StringComparison.Ordinal)] = [.. values.OfType<string>()];
            }

            return read;
        }

        var json = new MastodonForm();
        if (await ControlBody.ReadAsync(request) is { ValueKind: JsonValueKind.Object } body)
        {
            foreach (var field in body.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
            {
                json._values[field.Name] = field.Value.ValueKind == JsonValueKind.Array
                    ? [.. field.Value.EnumerateArray().Select(one => one.ToString())]
                    : [field.Value.ToString()];
            }
        }

        return json;
    }
}
