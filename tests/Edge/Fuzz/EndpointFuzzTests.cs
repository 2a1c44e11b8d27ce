using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Fixtures.Fuzz;

namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>The edge with limits that as many requests of one address and user do not reach.</summary>
public class FuzzedEdge : EdgeProcess
{
    private static readonly string[] Limits =
    [
        "RateLimits__Default__Permits", "RateLimits__Keys__Permits", "RateLimits__Webhooks__Permits", "RateLimits__Open__Permits", "RateLimits__Refused__Permits",
        "Quotas__KeysPerDay", "Quotas__MailboxesPerDay", "Quotas__VerificationSmsPerDay",
    ];

    protected override IReadOnlyDictionary<string, string> Settings => Limits.ToDictionary(limit => limit, _ => "1000000");
}

/// <summary>
/// Every endpoint of the description of the API with odd paths, queries, headers and bodies: no error is ours, what is refused changes
/// nothing and says why, and all that was stored can be read.
/// </summary>
public sealed class EndpointFuzzTests(FuzzedEdge edge) : IClassFixture<FuzzedEdge>, IDisposable
{
    // of which one makes an end of its user
    private const string Ending = "DELETE /api/users/me";

    private const int WithBody = 100;
    private const int WithoutBody = 25;
    private const int ReadAllEach = 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    })
    { BaseAddress = edge.Http.BaseAddress };

    private readonly Dictionary<string, (int Tried, int Taken)> _counts = [];
    private NpgsqlCommand _snapshot = null!;
    private NpgsqlCommand _digest = null!;
    private (Guid User, string Snapshot, string Digest) _known;
    private (Guid Id, string Key) _user;
    private (Guid Id, string Key) _operator;
    private int _made;

    [Fact]
    public async Task Whatever_is_asked_no_error_is_ours_and_all_that_is_stored_can_be_read()
    {
        var endpoints = FuzzedEndpoint.InOrder(await ApiOperation.ReadAsync(_http));
        await using var connection = await edge.Database.OpenConnectionAsync();
        await using var snapshot = _snapshot = new NpgsqlCommand("SELECT pg_current_snapshot()::text", connection);
        // of all tables: it takes longer to plan than to run
        await using var digest = _digest = new NpgsqlCommand(await DigestAsync(), connection);
        digest.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid });
        await digest.PrepareAsync();
        _operator = await edge.NewUserAsync([.. Scope.All]);
        _user = await NewUserAsync();
        var (failures, changing) = (new List<string>(), 0);

        foreach (var endpoint in endpoints)
        {
            try
            {
                await FuzzRun.CheckAsync(
                    OddRequest.To(endpoint, endpoint.IsForOperators ? [] : [_user.Id.ToString()], Fill),
                    endpoint.Name == Ending ? 5 : endpoint.Bodies.Count > 0 ? WithBody : WithoutBody,
                    endpoint.Name, request => AskAsync(endpoint, request));
                // what it is about after each; after some all, since one may make things of another kind
                if (endpoint.Changes)
                    await ReadAllAsync(endpoints, ++changing % ReadAllEach == 0 || endpoint == endpoints[^1] ? "/" : KindOf(endpoint));
            }
            catch (Exception reason)
            {
                failures.Add($"{endpoint.Name}: {reason.Message}");
            }
        }

        failures.ShouldBeEmpty();
        _counts.Values.Sum(count => count.Tried).ShouldBeGreaterThan(3_500);
        endpoints.Where(endpoint => endpoint.Takes && _counts[endpoint.Name].Taken < _counts[endpoint.Name].Tried / 20)
            .Select(endpoint => $"{endpoint.Name} {_counts[endpoint.Name]}").ShouldBeEmpty("hardly anything was taken: nothing was tried");
    }

    public void Dispose() => _http.Dispose();

    private async Task AskAsync(ApiOperation endpoint, OddRequest request)
    {
        var (id, key) = endpoint.IsForOperators ? _operator : _user;
        var before = endpoint.Changes ? await ReadDigestAsync(id) : "";
        using var answer = await request.SendAsync(_http, key);
        var text = await answer.Content.ReadAsStringAsync();
        var status = (int)answer.StatusCode;
        // the server itself refuses a line that is too long, before anything of ours runs
        if (status == 414)
            return;

        // what is only published needs the broker, which is not there: it was read and found right
        var isTaken = status < 300 || (status == 503 && text.Contains("The message broker", StringComparison.Ordinal));
        var (tried, taken) = _counts.GetValueOrDefault(endpoint.Name);
        _counts[endpoint.Name] = (tried + 1, taken + (isTaken ? 1 : 0));
        // an odd id of a user is "me"
        if (status == 401 || (isTaken && endpoint.Method == HttpMethod.Delete && endpoint.Path.StartsWith("/api/users/", StringComparison.Ordinal)))
            (_user, _operator) = (await NewUserAsync(), await edge.NewUserAsync([.. Scope.All]));

        (status < 500 || isTaken).ShouldBeTrue($"{status} {text}");
        answer.Headers.Contains("X-Response-Time").ShouldBeTrue($"{status} {text}");
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type is "application/json" or "application/problem+json")
            _ = JsonNode.Parse(text);
        if (status < 400)
            return;
        // people in a browser are answered with a page
        type.ShouldBeOneOf(["application/problem+json", IsPage(endpoint) ? "text/html" : ""], $"{status} {text}");
        text.Length.ShouldBeLessThan(100_000);
        // a try of a code counts
        if (endpoint.Changes && !endpoint.Path.EndsWith("/verify", StringComparison.Ordinal))
            (await ReadDigestAsync(id)).ShouldBe(before, $"what is refused changes nothing: {status} {text}");
    }

    private static bool IsPage(ApiOperation endpoint) =>
        endpoint.Path.StartsWith("/api/accounts/email/c", StringComparison.Ordinal)
        || endpoint.Path.StartsWith("/api/accounts/social/c", StringComparison.Ordinal) || endpoint.Path.StartsWith("/u/", StringComparison.Ordinal);

    // /api/posts
    private static string KindOf(ApiOperation endpoint) => string.Join('/', endpoint.Path.Split('/').Take(3));

    // each list below a path, and each thing of it by its id
    private async Task ReadAllAsync(IReadOnlyList<ApiOperation> endpoints, string path)
    {
        foreach (var list in endpoints.Where(endpoint => !endpoint.Changes && endpoint.Scopes.Count > 0
            && endpoint.Path.StartsWith(path, StringComparison.Ordinal) && !endpoint.Path.Contains('{', StringComparison.Ordinal)))
        {
            // the one that has no end of its own
            var page = await ReadAsync(list, list.Path == "/api/calendar" ? "/api/calendar?from=2026-01-01T00:00:00Z&to=2026-01-08T00:00:00Z" : list.Path);
            foreach (var byId in endpoints.Where(endpoint => !endpoint.Changes && endpoint.Path == list.Path + "/{id}"))
                foreach (var item in (page["items"]?.AsArray() ?? []).Take(10))
                    await ReadAsync(byId, $"{list.Path}/{Uri.EscapeDataString($"{item!["id"]}")}");
        }
    }

    private async Task<JsonNode> ReadAsync(ApiOperation endpoint, string path)
    {
        using var answer = await new OddRequest(HttpMethod.Get, path, null, []).SendAsync(_http, endpoint.IsForOperators ? _operator.Key : _user.Key);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {text}");
        // an export is a value a line
        return answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text)! : new JsonObject();
    }

    private string Fill(string body) => body
        .Replace("{account}", _user.Id.ToString(), StringComparison.Ordinal)
        .Replace("{unique}", $"{++_made:x8}", StringComparison.Ordinal)
        .Replace("{digits}", $"{_made % 10_000:0000}", StringComparison.Ordinal);

    // with something of each kind
    private async Task<(Guid Id, string Key)> NewUserAsync()
    {
        var user = await edge.NewUserAsync([.. Scope.All.Where(scope => scope is not (Scope.Admin or Scope.Jobs))]);
        await EveryEndpointTests.SeedAsync(edge, user.UserId, await edge.NewKeyAsync(user.UserId));
        await edge.ExecuteAsync($$"""UPDATE mailboxes SET tracking = '{"mode": "all", "windowDays": 90}', tracking_since = now() WHERE user_id = '{{user.UserId}}'""");
        return user;
    }

    private async Task<string> DigestAsync()
    {
        await using var command = edge.Database.CreateCommand(
            """
            SELECT string_agg(format('SELECT %L || coalesce(md5(string_agg(t::text, '','' ORDER BY t::text)), '''') FROM %I t WHERE user_id = $1', table_name, table_name), ' UNION ALL ')
            FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND column_name = 'user_id' AND table_type = 'BASE TABLE'
            """);
        return $"SELECT string_agg(one, ' ') FROM ({await command.ExecuteScalarAsync()}) AS every (one)";
    }

    // what writes has a number in the snapshot: where that is the same, nothing was written since
    private async Task<string> ReadDigestAsync(Guid user)
    {
        var snapshot = (string)(await _snapshot.ExecuteScalarAsync())!;
        if ((_known.User, _known.Snapshot) != (user, snapshot))
        {
            _digest.Parameters[0].Value = user;
            _known = (user, snapshot, (string)(await _digest.ExecuteScalarAsync())!);
        }

        return _known.Digest;
    }
}
