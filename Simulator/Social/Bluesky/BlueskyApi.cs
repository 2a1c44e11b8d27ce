using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// A PDS of Bluesky: records, of which one with the same key and the same fields changes nothing, and blobs. Sessions are in
/// <see cref="BlueskySessions"/>.
/// </summary>
internal sealed class BlueskyApi(SocialNetwork network)
{
    private const int PointsOfHour = 5_000;
    private const int PointsOfDay = 35_000;
    private const long MostBlobBytes = 100L * 1_024 * 1_024;
    private const int ToCreate = 3;
    private const int ToUpdate = 2;
    private const int ToDelete = 1;

    private readonly Quota _hour = new(network.Clock, TimeSpan.FromHours(1));
    private readonly Quota _day = new(network.Clock, TimeSpan.FromDays(1));

    public void Map(RouteGroupBuilder group)
    {
        var xrpc = group.MapGroup("/xrpc");
        new BlueskySessions(network).Map(xrpc, With);
        xrpc.MapGet("/com.atproto.server.describeServer", (HttpRequest request) => new JsonAnswer(
            new JsonObject { ["did"] = $"did:web:{request.Host.Host}", ["availableUserDomains"] = new JsonArray(".simulator.test") }));
        xrpc.MapGet("/com.atproto.identity.resolveHandle", (string? handle) => string.IsNullOrWhiteSpace(handle)
            ? Error(400, "InvalidRequest", "Error: Params must have the property \"handle\"")
            : new JsonAnswer(new JsonObject { ["did"] = network.Accounts.Of(handle).Id }));
        xrpc.MapGet("/app.bsky.actor.getProfile", (string? actor) => string.IsNullOrWhiteSpace(actor)
            ? Error(400, "InvalidRequest", "Error: Params must have the property \"actor\"")
            : Profile(network.Accounts.Of(actor)));
        xrpc.MapPost("/com.atproto.repo.createRecord", (HttpRequest request) =>
            WriteAsync(request, (grant, body) => Put(request, grant, body, mayReplace: false)));
        xrpc.MapPost("/com.atproto.repo.putRecord", (HttpRequest request) =>
            WriteAsync(request, (grant, body) => Put(request, grant, body, mayReplace: true)));
        xrpc.MapPost("/com.atproto.repo.deleteRecord", (HttpRequest request) =>
            WriteAsync(request, (grant, body) => Delete(request, grant, body)));
        xrpc.MapGet("/com.atproto.repo.getRecord", Get);
        xrpc.MapGet("/com.atproto.repo.listRecords", List);
        xrpc.MapPost("/com.atproto.repo.uploadBlob", (HttpRequest request) =>
            WithAsync(request, SocialTokens.Access, grant => UploadAsync(request, grant)));
        group.MapFallback(() => Error(501, "MethodNotImplemented", "Method Not Implemented"));
    }

    public static JsonAnswer Error(int status, string error, string message) =>
        new(new JsonObject { ["error"] = error, ["message"] = message }, status);

    /// <summary>The error of a fault that was asked for; of 429 with the time when it ends.</summary>
    public static JsonAnswer Fault(HttpResponse response, int? status, string? code, DateTimeOffset until)
    {
        if (status == 429)
        {
            Limits(response, new(false, PointsOfHour, 0, until), "5000;w=3600");
        }

        return code is not null ? Error(status ?? 400, code, code)
            : status switch
            {
                400 => Error(400, "InvalidRequest", "Bad Request"),
                401 => Error(401, "AuthenticationRequired", "Invalid identifier or password"),
                403 => Error(403, "Forbidden", "Forbidden"),
                429 => Error(429, "RateLimitExceeded", "Rate Limit Exceeded"),
                502 => Error(502, "UpstreamFailure", "Upstream Failure"),
                503 => Error(503, "NotEnoughResources", "Not Enough Resources"),
                _ => Error(status ?? 500, "InternalServerError", "Internal Server Error"),
            };
    }

    private static JsonAnswer Profile(SocialAccount account) => new(new JsonObject
    {
        ["did"] = account.Id,
        ["handle"] = account.Handle,
        ["displayName"] = account.Handle,
    });

    private async Task<IResult> WithAsync(HttpRequest request, string kind, Func<SocialGrant, Task<IResult>> answer) =>
        SocialTokens.Bearer(request) is not { } token ? Error(401, "AuthMissing", "Authentication Required")
        : network.Tokens.Read(token, kind, out var fault) is not { } grant
            ? fault == TokenFault.Unknown
                ? Error(400, "InvalidToken", "Token could not be verified")
                : Error(400, "ExpiredToken", fault == TokenFault.Revoked ? "Token has been revoked" : "Token has expired")
        : grant.Account.State == SocialAccountState.Suspended ? Error(401, "AccountTakedown", "Account has been taken down")
        : await answer(grant);

    private Task<IResult> With(HttpRequest request, string kind, Func<SocialGrant, IResult> answer) =>
        WithAsync(request, kind, grant => Task.FromResult(answer(grant)));

    private Task<IResult> WriteAsync(HttpRequest request, Func<SocialGrant, JsonElement, IResult> answer) =>
        WithAsync(request, SocialTokens.Access, async grant => await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body
            ? Error(400, "InvalidRequest", "The body is not valid JSON")
            : network.Accounts.Of(ControlBody.Text(body, "repo") ?? "") != grant.Account
                ? Error(403, "InvalidRequest", "Could not write to the repo of somebody else")
            : ControlBody.Text(body, "collection") != AtProtocol.Posts
                ? Error(400, "InvalidRequest", $"Only {AtProtocol.Posts} is simulated")
            : answer(grant, body));

    private JsonAnswer Put(HttpRequest request, SocialGrant grant, JsonElement body, bool mayReplace)
    {
        var key = ControlBody.Text(body, "rkey");
        if (key is null ? mayReplace : !AtProtocol.IsTid(key))
        {
            return Error(400, "InvalidRequest", "Invalid record key: it is no TID");
        }

        var record = ControlBody.Child(body, "record") ?? default;
        if (AtProtocol.ReadPost(record, network, grant.Account, out var problem) is not { } read)
        {
            return problem.StartsWith("Could not find blob", StringComparison.Ordinal)
                ? Error(400, "BlobNotFound", problem)
                : Error(400, "InvalidRequest", $"Invalid {AtProtocol.Posts} record: {problem}");
        }

        var cid = AtProtocol.CidOf(record);
        var before = key is null ? null : network.Posts.Find(network.Name, grant.Account.Id, key);
        if (before is not null && !mayReplace)
        {
            return Error(400, "InvalidRequest", "There is already a value at this key");
        }

        if (before is not null && (string?)before.Body["cid"] == cid)
        {
            return Written(before);
        }

        if (Spend(request, grant.Account, before is null ? ToCreate : ToUpdate) is { } tooMuch)
        {
            return tooMuch;
        }

        var posted = read with
        {
            Key = key,
            Body = (id, _) => new JsonObject
            {
                ["uri"] = $"at://{grant.Account.Id}/{AtProtocol.Posts}/{id}",
                ["cid"] = cid,
                ["value"] = JsonNode.Parse(record.GetRawText()),
            },
        };
        var (post, isNew) = network.Posts.Add(
            network.Name, grant.Account, posted, sequence => key ?? TidOf(sequence),
            posts => posts.LastOrDefault(post => post.Id == key && post.DeletedAt is null));
        if (!isNew && (string?)post.Body["cid"] != cid)
        {
            post.Replace(posted);
        }

        return Written(post);
    }

    private static JsonAnswer Written(SocialPost post) => new(new JsonObject
    {
        ["uri"] = (string?)post.Body["uri"],
        ["cid"] = (string?)post.Body["cid"],
        ["commit"] = new JsonObject { ["cid"] = (string?)post.Body["cid"], ["rev"] = TidOf(post.Sequence) },
        ["validationStatus"] = "valid",
    });

    private JsonAnswer Delete(HttpRequest request, SocialGrant grant, JsonElement body)
    {
        if (Spend(request, grant.Account, ToDelete) is { } tooMuch)
        {
            return tooMuch;
        }

        // what is not there is deleted
        network.Posts.Delete(network.Name, grant.Account.Id, ControlBody.Text(body, "rkey") ?? "");
        return new JsonAnswer(new JsonObject());
    }

    private JsonAnswer Get(string? repo, string? collection, string? rkey) =>
        collection == AtProtocol.Posts && network.Posts.Find(network.Name, network.Accounts.Of(repo ?? "").Id, rkey ?? "") is { } post
            ? new JsonAnswer(post.Body.DeepClone())
            : Error(400, "RecordNotFound", $"Could not locate record: at://{repo}/{collection}/{rkey}");

    private JsonAnswer List(string? repo, string? collection, int limit = 50, string? cursor = null, bool reverse = false)
    {
        if (limit is < 1 or > 100 || collection != AtProtocol.Posts)
        {
            return Error(400, "InvalidRequest", "Error: limit must be 1 to 100");
        }

        var account = network.Accounts.Of(repo ?? "");
        var all = network.Posts.Of(network.Name, account.Id).OrderByDescending(post => post.Id, StringComparer.Ordinal);
        var found = (reverse ? all.Reverse() : all)
            .Where(post => cursor is null || string.CompareOrdinal(post.Id, cursor) * (reverse ? 1 : -1) > 0).Take(limit).ToArray();
        var body = new JsonObject { ["records"] = new JsonArray([.. found.Select(post => post.Body.DeepClone())]) };
        if (found.Length == limit)
        {
            body["cursor"] = found[^1].Id;
        }

        return new(body);
    }

    private async Task<IResult> UploadAsync(HttpRequest request, SocialGrant grant)
    {
        var (bytes, type) = await FileType.ReadAsync(request.Body, MostBlobBytes, request.HttpContext.RequestAborted);
        if (bytes > MostBlobBytes)
        {
            return Error(413, "PayloadTooLarge", "request entity too large");
        }

        var blob = network.Uploads.Add(new SocialUpload(AtProtocol.BlobCid(network.Uploads.NextNumber()), grant.Account, network.Now)
        {
            Bytes = bytes,
            ContentType = type,
            ReadyAt = network.Now,
        });
        return new JsonAnswer(new JsonObject
        {
            ["blob"] = new JsonObject
            {
                ["$type"] = "blob",
                ["ref"] = new JsonObject { ["$link"] = blob.Id },
                ["mimeType"] = type ?? request.ContentType ?? "application/octet-stream",
                ["size"] = bytes,
            },
        });
    }

    private JsonAnswer? Spend(HttpRequest request, SocialAccount account, int points)
    {
        var most = account.State == SocialAccountState.Limited ? 0 : (network.Settings.PostsPerSpan * ToCreate) ?? PointsOfHour;
        var hour = _hour.Take(account.Id, most, points);
        var day = hour.IsTaken ? _day.Take(account.Id, PointsOfDay, points) : hour;
        Limits(request.HttpContext.Response, day.IsTaken ? hour : day, day.IsTaken || !hour.IsTaken ? "5000;w=3600" : "35000;w=86400");
        return day.IsTaken ? null : Error(429, "RateLimitExceeded", "Rate Limit Exceeded");
    }

    /// <summary>The headers that say what of a limit is left.</summary>
    public static void Limits(HttpResponse response, QuotaState state, string policy)
    {
        response.Headers["RateLimit-Limit"] = state.Limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Remaining"] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Reset"] = SocialTokens.Seconds(state.ResetsAt);
        response.Headers["RateLimit-Policy"] = policy;
    }

    // microseconds and a clock's id in 13 letters that sort by time
    private static string TidOf(long microseconds) => string.Create(13, microseconds << 10, (letters, number) =>
    {
        for (var index = letters.Length - 1; index >= 0; index--, number >>= 5)
        {
            letters[index] = "234567abcdefghijklmnopqrstuvwxyz"[(int)(number & 31)];
        }
    });
}
